"""`benchmarks/replay.py`: what it counts, and what three real sites' snapshots of two months come to."""

import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (a seeded one turns documents round)

import pytest
from databases import lay_database
from house import Story, rss

from benchmarks.replay import Snapshot, program, snapshots_in, time_of, totals
from monitor.model.feed import ParsedFeed
from monitor.parse import parse_feed
from monitor.url import canonical_url

ROOT = Path(__file__).parents[1]
POLLS = ROOT / ".." / "shared" / "corpora" / "polls"
START = datetime(2020, 4, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ITEM = re.compile(rb"<item\b.*?</item>", re.DOTALL)

USED_AGAIN = {("nzherald", 1): 1}
"""Addresses that count as used again, for another article, by feed and share (docs/identity.md)."""

pytestmark = pytest.mark.whole
needs_polls = pytest.mark.skipif(not POLLS.is_dir(), reason="../shared/corpora is not here")


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("20200421T004301Z", datetime(2020, 4, 21, 0, 43, 1, tzinfo=UTC)),
        ("2020-04-21T00:43:01Z", datetime(2020, 4, 21, 0, 43, 1, tzinfo=UTC)),
        ("2020-04-21T00-43-01.250Z", datetime(2020, 4, 21, 0, 43, 1, tzinfo=UTC)),
        ("2020-04-21_00.43", datetime(2020, 4, 21, 0, 43, tzinfo=UTC)),
        ("20200421004301", datetime(2020, 4, 21, 0, 43, 1, tzinfo=UTC)),
        ("feed-20200421T0043Z", datetime(2020, 4, 21, 0, 43, tzinfo=UTC)),
        ("2020-04-21", datetime(2020, 4, 21, tzinfo=UTC)),
        ("1587429781", datetime(2020, 4, 21, 0, 43, 1, tzinfo=UTC)),
        ("1587429781000", datetime(2020, 4, 21, 0, 43, 1, tzinfo=UTC)),
        ("20201341T004301Z", None),
        ("README", None),
        ("12", None),
    ],
)
def test_a_snapshot_is_named_by_its_time(name: str, moment: datetime | None) -> None:
    assert time_of(name) == moment


def test_the_script_writes_one_object_per_folder(tmp_path: Path) -> None:
    old, new = (Story(id=f"{n}", title=f"Story {n}", at=START) for n in range(2))
    late = Story(id="late", title="From the archive", at=START - 30 * DAY)
    answers = {
        "20200421T120000Z": rss(old, old),
        "20200421T130000Z": rss(new, replace(old, title="Story 0, edited")),
        "20200421T140000Z": b"<html><title>Sign in</title></html>",
        "20200421T150000Z": b"",
        "20200421T160000Z": rss(),
        "20200421T170000Z": rss(late),
    }
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    for name, body in answers.items():
        (tmp_path / "a" / f"{name}.xml").write_bytes(body)
    (tmp_path / "a" / "README").write_text("not a snapshot")
    (tmp_path / "b" / "20200421T120000Z.xml").write_bytes(rss(old))
    first, second = map(json.loads, script(tmp_path / "a", tmp_path / "b", "--json").splitlines())
    assert first.pop("seconds") > 0
    assert first.pop("failed") == [
        {"file": "20200421T140000Z.xml", "reason": "not a feed: This is an HTML page titled “Sign in”, not a feed."},
        {"file": "20200421T150000Z.xml", "reason": "empty body: the server sent an empty document"},
    ]
    assert first == {
        "folder": str(tmp_path / "a"), "snapshots": 6, "fetched": 5, "new": 3, "known": 1, "changed": 1,
        "duplicate": 1, "refused": 0, "late": 1, "gaps": 1, "stored": 3,
    }  # fmt: skip
    assert (second["folder"], second["stored"], second["failed"]) == (str(tmp_path / "b"), 1, [])
    assert "stored            1" in script(tmp_path / "b")


def test_a_folder_without_snapshots_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/replay.py", tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"in {tmp_path}." in done.stderr


def script(*arguments: Path | str) -> str:
    command = [sys.executable, "benchmarks/replay.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@needs_polls
@pytest.mark.parametrize(
    "share", [24, pytest.param(1, marks=[pytest.mark.simulate, pytest.mark.timeout(900)])], ids=["a sample", "all"]
)
@pytest.mark.parametrize("feed", ["nzherald", "philstar", "straittimes"])
def test_every_item_is_stored_once_and_never_again(feed: str, share: int, tmp_path: Path) -> None:
    """Replayed, then from the middle again, then after a restart with all items shuffled."""
    with tarfile.open(POLLS / f"{feed}.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    recorded = snapshots_in(tmp_path / feed)
    chosen = [each for n, each in enumerate(recorded) if n % share == 0 or len(each.body) < 1_000]
    place = tmp_path / "state"
    lay_database(place / "news-monitor.db")
    with program(place, chosen[0].at) as replay:
        first = replay.play(chosen)
        assert [(each.status, bool(chosen[n].body)) for n, each in enumerate(first) if each.is_failure] == [
            ("empty body", False) for each in chosen if not each.body
        ]
        counts = totals([each.counts for each in first])
        assert counts["fetched"] == counts["new"] + counts["known"] + counts["duplicate"] + counts["refused"]
        assert replay.jobs.store.articles.count() == counts["new"]
        assert counts["new"] - len(names_in(chosen)) == USED_AGAIN.get((feed, share), 0)
        again = totals([each.counts for each in replay.play(after(chosen, chosen[len(chosen) // 2 :]))])
        assert again["new"] == 0
    with program(place, chosen[-1].at + 400 * DAY) as replay:
        shuffled = [replace(each, body=turned_round(each.body), at=each.at + 400 * DAY) for each in chosen]
        assert totals([each.counts for each in replay.play(shuffled)])["new"] == 0
        assert replay.jobs.store.articles.count() == counts["new"]


def names_in(snapshots: Sequence[Snapshot]) -> set[str]:
    """The distinct items by what publishers say they are: the guid, else the address."""
    documents = [
        parse_feed(each.body, url="https://replay.example/feed", headers={}, max_items=5_000) for each in snapshots
    ]
    return {
        item.guid or canonical_url(item.link)
        for each in documents
        if isinstance(each, ParsedFeed)
        for item in each.items
    }


def after(snapshots: Sequence[Snapshot], again: Sequence[Snapshot]) -> list[Snapshot]:
    """The same once more, when all is over."""
    shift = snapshots[-1].at - again[0].at + DAY
    return [replace(each, at=each.at + shift) for each in again]


def turned_round(body: bytes) -> bytes:
    items = ITEM.findall(body)
    Random(len(body)).shuffle(items)
    parts = iter(items)
    return ITEM.sub(lambda _found: next(parts), body)
