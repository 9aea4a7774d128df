"""A scripted web of many hosts: nothing is asked for that its publisher forbids, nor too often; and what blocks us is
left alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from house import House, lived_in, settings
from newspaper import TRUCE
from page_web import BLOCKS_AFTER, SAID, Web

from monitor.fetch import Session
from monitor.model.settings import FeedSettings
from monitor.policy.pages import BLOCKS_IN_A_ROW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EXCHANGE = Session._exchange


@contextmanager
def newsroom(folder: Path, web: Web) -> Iterator[House]:
    base = settings(folder, [], web.port)
    feeds = (FeedSettings(url=web.url(path), outlet=f"Post {path}", language="en", pages="near") for path in web.feeds)
    with lived_in(replace(base, feeds=tuple(feeds), topics=(TRUCE,))) as home:
        home.poll()
        yield home


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[float, str]]]:
    """By host, when what was asked for, in seconds of the clock of the house."""
    found: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)

    async def noted(session: Any, url: Any, *rest: Any) -> Any:
        found[url.host].append((session._turns._clock.monotonic(), url.path))
        return await EXCHANGE(session, url, *rest)

    monkeypatch.setattr(Session, "_exchange", noted)
    return found


@pytest.mark.parametrize(
    ("hosts", "days"),
    [(17, 2), pytest.param(200, 9, marks=[pytest.mark.simulate, pytest.mark.timeout(1_800)])],
    ids=["short", "long"],
)
def test_every_host_is_asked_as_it_wants_to_be(
    tmp_path: Path, dialled: dict[str, list[tuple[float, str]]], hosts: int, days: int
) -> None:
    with Web(hosts, feeds=8, seed=1) as web, newsroom(tmp_path, web) as home:
        blocking = [name for name, kind in web.kinds.items() if kind == "blocking"]
        for day in range(days):
            web.publish(f"d{day}", blocking=14)
            home.clock.advance(HOUR)
            home.tick()
            home.read_pages()
            if day == 0:
                alone = home.jobs.store.page_counts.left_alone(home.clock.now())
                assert {urlsplit(each.origin).hostname for each in alone} == set(blocking)
            for _ in range(3):
                home.clock.advance(6 * HOUR)
                home.tick()
                home.read_pages()
            home.clock.advance(5 * HOUR)
        home.live(2 * DAY)
        mails = home.mails()
    assert web.forbidden() == []
    for name, manner in web.manners.items():
        moments = dialled[name]
        assert all(after - before >= 5 for (before, _), (after, _) in pairwise(moments)), name
        pages = [moment for moment, path in moments if path not in SAID]
        assert all(after - before >= manner.delay for before, after in pairwise(pages)), name
    times = Counter((each.address, each.target) for each in web.asked_pages() if "/moved" not in each.target)
    assert max(times.values()) <= 2
    for name in blocking:
        pages = [moment for moment, path in dialled[name] if path not in SAID]
        first, later = pages[: BLOCKS_AFTER + BLOCKS_IN_A_ROW], pages[BLOCKS_AFTER + BLOCKS_IN_A_ROW :]
        assert len(first) == BLOCKS_AFTER + BLOCKS_IN_A_ROW
        assert all(moment - first[-1] >= timedelta(days=7).total_seconds() for moment in later)
        assert bool(later) is (days > 7)
    read = [name for name, kind in web.kinds.items() if kind in ("open", "willing", "slow", "patient")]
    assert all(web.pages[name] >= days for name in read)
    listed = Counter(line for mail in mails for line in set(mail.splitlines()) if "Lorries wait" in line)
    assert listed
    assert max(listed.values()) == 1
