"""Other projects' test feeds through the whole flow: polled three times over loopback, every article stored once."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from house import House, lived_in, settings
from origin import Origin, reply
from test_parse_corpora import feeds, read

from benchmarks.corpora import CORPORA, HEADERS
from monitor.model.feed import ParsedFeed
from monitor.model.feed_update import PollReport
from monitor.url import canonical_url

pytestmark = [pytest.mark.whole, pytest.mark.skipif(not CORPORA.is_dir(), reason="../shared/corpora is not here")]

ADDRESSES = tuple(f"127.0.{number}.1" for number in range(1, 65))
LATER = timedelta(days=8)
"""Longer than any back-off, hint or run of days to skip: at each tick every feed is due."""

Words = tuple[str, str, str]


@pytest.mark.parametrize(
    "share", [30, pytest.param(1, marks=[pytest.mark.simulate, pytest.mark.timeout(600)])], ids=["a sample", "all"]
)
def test_three_polls_store_every_article_once_and_name_what_cannot_be_read(
    tmp_path: Path, share: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three polls of all 3,574 feeds take 100 s on two cores: `make simulate` has them, `make test` a thirtieth."""
    with Origin(*ADDRESSES) as origin:
        files = served(origin, chosen(share))
        with lived_in(settings(tmp_path, list(files), origin.port), in_children=True) as home:
            polls = [home.tick()]
            for _ in range(2):
                home.clock.advance(LATER)
                polls.append(asked(home, files))
            assert len(home.mails()) == 2
    with capsys.disabled():
        print(f"\n{len(files)} feeds, {total(polls[0], 'new')} articles. {reasons(polls[0])}")
    assert [len(poll) for poll in polls] == [len(files)] * 3
    assert [total(poll, "new") for poll in polls[1:]] == [0, 0]
    assert [total(poll, "changed") for poll in polls[1:]] == [0, 0]
    assert [total(poll, "known") for poll in polls[1:]] == [total(polls[0], "new")] * 2
    assert {report.status for poll in polls for report in poll} <= {"ok", "not a feed", "broken off"}
    assert all(report.reason for poll in polls for report in poll if report.is_failure)
    assert stored(tmp_path / "news-monitor.db") == Counter(
        words for url, path in files.items() for words in distinct(url, path)
    )


def asked(home: House, urls: Collection[str]) -> tuple[PollReport, ...]:
    """A tick, and by hand those whose document asks to skip this hour or this weekday."""
    reports = home.tick()
    waiting = set(urls) - {report.url for report in reports}
    return (*reports, *home.poll(*waiting)) if waiting else reports


def chosen(share: int) -> list[Path]:
    """Whatever is hostile, and this share of the suites."""
    every = feeds()
    suites = [path for path in every if path.is_relative_to(CORPORA / "suites")]
    return suites[::share] + [path for path in every if path.is_relative_to(CORPORA / "hostile")]


def served(origin: Origin, paths: Iterable[Path]) -> dict[str, Path]:
    """URL → file. Nothing tells a poll that it need not read: no validators, and a line break comes and goes."""
    files = {}
    for number, (path, address) in enumerate(zip(paths, cycle(ADDRESSES), strict=False)):
        body, headers = path.read_bytes(), list(HEADERS.items())
        origin.serve(f"/{number}", *(reply(each, headers=headers) for each in (body, body + b"\n", body)))
        files[origin.url(f"/{number}", host=address)] = path
    return files


def stored(database: Path) -> Counter[Words]:
    query = "SELECT feeds.url, articles.title, articles.text FROM articles JOIN feeds ON feeds.id = articles.feed_id"
    with closing(sqlite3.connect(database)) as connection:
        return Counter(connection.execute(query).fetchall())


def distinct(url: str, path: Path) -> list[Words]:
    """The items of a document; those that are equal in all they say are one."""
    parsed = read(path)
    items = parsed.items if isinstance(parsed, ParsedFeed) else ()
    facts = {(item.guid, canonical_url(item.link), item.title, item.text) for item in items}
    return [(url, title, text) for _guid, _link, title, text in facts]


def total(reports: Sequence[PollReport], count: str) -> int:
    return sum(getattr(report.counts, count) for report in reports)


def reasons(reports: Sequence[PollReport]) -> str:
    """How many could not be read, and why, as a table."""
    failures = Counter(f"{report.status}: {report.reason}" for report in reports if report.is_failure)
    rows = (f"\n{number:5} {reason}" for reason, number in failures.most_common())
    return f"Not read: {failures.total()}{''.join(rows)}"
