"""The soak runs, at a tiny size, and its summary says what the samples say."""

import csv
import sys
from dataclasses import replace
from pathlib import Path
from random import Random  # noqa: TID251 (the newsstand's news is made with a seeded one)

import pytest

from benchmarks import soak
from benchmarks.news import language
from benchmarks.newsstand import WINDOW, Feed

SAMPLE = soak.Sample(
    minute=0,
    rss=100,
    pss=90,
    own=80,
    children=3,
    children_rss=70,
    children_pss=40,
    descriptors=20,
    threads=10,
    articles=0,
    database=1,
)


def stand() -> Feed:
    return Feed(7, language(Random(1), spoken=300, unspoken=0), Random(1))


def test_the_feeds_change_and_say_truly_when_they_have_not() -> None:
    one, etag, seen, unchanged = stand(), None, set[bytes](), 0
    for _ in range(60):
        found, body = one.answer(etag)
        assert (body is None) == (found == etag)
        unchanged += body is None
        if body is not None:
            assert body not in seen
            assert body.count(b"<item>") <= WINDOW
            seen.add(body)
        etag = found
    assert 0 < unchanged < 60


def test_the_summary_judges_what_comes_after_the_first_half_hour() -> None:
    growing = [replace(SAMPLE, minute=minute, rss=100 + minute, threads=10 + minute) for minute in range(30)]
    flat = [replace(SAMPLE, minute=minute, rss=130 + minute / 60) for minute in range(30, 121)]
    found = soak.summary([*growing, *flat], ['{"level": "info"}', '{"level": "error", "event": "poll failed"}'])
    assert (
        "rss           at 30 min  130.5 MiB, at the end  132.0, least  130.5, most  132.0, growth +1.0 MiB an hour"
        in found
    )
    assert "threads       10 to 10, at the end 10" in found
    assert "errors in the log: 1" in found
    assert "too short" in soak.summary([], [])


@pytest.mark.whole
@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
def test_a_tiny_soak_samples_a_real_daemon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(soak, "SAMPLE_SECONDS", 2)
    monkeypatch.setattr(soak, "EDITION_MINUTES", 0.1)
    out = tmp_path / "soak.csv"
    assert soak.main(["--minutes", "0.15", "--feeds", "4", "--interval", "1", "--csv", str(out)]) == 0
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert rows
    assert all(float(row["own"]) > 10 and int(row["descriptors"]) > 3 and int(row["threads"]) > 1 for row in rows)
    assert "errors in the log: 0" in capsys.readouterr().out
