"""`handover`: the last days for a colleague, in days of the reader's zone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from daemons import CONFIG, asked
from sqlalchemy import insert

from monitor.cli import local_time
from monitor.cli.handover import first_midnight
from monitor.config import load
from monitor.daemon.clock import SystemClock
from monitor.model.fate import MissedReport
from monitor.model.ids import StoryId
from monitor.model.note import NoteKind
from monitor.store import open_store
from monitor.store.tables import rule_changes, topics

NOW = SystemClock().now()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    text = CONFIG.format(url="https://harbour.example/rss", port=443)
    text = text.replace('at = "07:00"', 'at = "07:00"\ntimezone = "Asia/Tokyo"')
    path.write_text(text + '\n[[topics]]\nname = "Ports"\nenabled = false\n', encoding="utf-8")
    assert asked(path, "migrate").returncode == 0
    return path


def filled(config: Path) -> None:
    store = open_store(load(config, {}).storage.database_url)
    store.stories.mute(StoryId(9), NOW - timedelta(days=40))
    store.notes.add(NoteKind.TEMPLATE, "Daily", "A template has an error.", NOW - timedelta(days=2))
    store.notes.over(NoteKind.TEMPLATE, "Daily", NOW - timedelta(days=1))
    store.notes.add(NoteKind.DISK, "", "The disk is full.", NOW - timedelta(days=30))
    store.notes.add(NoteKind.BACKUP, "", "Long gone.", NOW - timedelta(days=30))
    store.notes.over(NoteKind.BACKUP, "", NOW - timedelta(days=20))
    for days, closed in ((50, None), (40, 2), (40, 30)):
        case = MissedReport(
            id=0,
            subject=f"words {days} {closed}",
            topic="Ports" if closed else "",
            article_id=None,
            cause="absent",
            finding="No feed has it.",
            reported_at=NOW - timedelta(days=days),
            closed_at=NOW - timedelta(days=closed) if closed else None,
        )
        store.missed.report(case)
    with store.database.write() as connection:
        connection.execute(insert(topics).values(name="Ports", fingerprint="x"))
        for days in (2, 20):
            counts = {"hours": 168, "before": 14, "after": 17, "entered": 4, "left": 1}
            connection.execute(insert(rule_changes).values(topic_id=1, changed_at=NOW - timedelta(days=days), **counts))
    store.close()


def test_it_says_what_was_changed_silenced_missed_and_noted_in_80_columns(config: Path) -> None:
    filled(config)
    done = asked(config, "handover")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Asia/Tokyo" in done.stdout.splitlines()[0]
    text = " ".join(done.stdout.split())
    for said in (
        "Ports: 14 matches in 7 days before, 17 now (+4 −1)",
        "topic Ports (disabled)",
        "its first article has gone",
        "words 50 None – No feed has it.",
        "for Ports: words 40 2",
        "still so The disk is full.",
        "A template has an error.",
        "No edition was made.",
        "No feed fails now",
    ):
        assert said in text, said
    assert "Long gone" not in text
    assert "words 40 30" not in text
    assert text.count("17 now") == 1
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []


def test_the_same_as_json(config: Path) -> None:
    filled(config)
    found = json.loads(asked(config, "handover", "--days", "25", "--json").stdout)
    assert found["zone"] == "Asia/Tokyo"
    assert found["since"].endswith("T00:00:00+09:00")
    assert [len(found[key]) for key in ("topic_changes", "muted_stories", "misses", "notes")] == [2, 1, 2, 3]
    assert found["muted_topics"] == ["Ports (disabled)"]
    assert found["editions"] == found["lost_messages"] == found["failing_feeds"] == []


def test_an_empty_week_says_so(config: Path) -> None:
    text = asked(config, "handover").stdout
    assert text.count("None.") == 2
    assert "No case is open." in text


@pytest.mark.parametrize(
    ("zone", "now", "days", "since"),
    [
        ("UTC", "2026-07-01T22:30+00:00", 7, "2026-06-24T00:00:00+00:00"),
        ("Asia/Tokyo", "2026-07-01T22:30+00:00", 7, "2026-06-25T00:00:00+09:00"),
        ("Europe/Berlin", "2026-04-01T10:00+00:00", 7, "2026-03-25T00:00:00+01:00"),
        ("America/New_York", "2026-07-01T01:00+00:00", 1, "2026-06-29T00:00:00-04:00"),
    ],
)
def test_days_begin_at_midnight_where_the_reader_lives(
    zone: str, now: str, days: int, since: str, config: Path
) -> None:
    config.write_text(config.read_text("utf-8").replace("Asia/Tokyo", zone), encoding="utf-8")
    local_time.use_zone_of(load(config, {}))
    assert first_midnight(datetime.fromisoformat(now).astimezone(UTC), days).isoformat() == since
