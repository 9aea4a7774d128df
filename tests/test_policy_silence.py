"""Which feeds are silent: one definition, whoever asks."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import NOON
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli import settings as cli_settings
from monitor.config import Settings
from monitor.model.silence import FeedSightings, SilentFeed
from monitor.policy.silence import idle_since, is_silent, may_be_silent, norm_since, silent_feeds, usual_gap
from monitor.policy.standing import standing_of

NOW = datetime(2016, 9, 21, 7, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def seen_with(gaps_in_hours: Sequence[float], silent_hours: float) -> tuple[datetime, ...]:
    """When a feed brought something that let these gaps pass, oldest first, and then was silent so long."""
    moments = [NOW - silent_hours * HOUR]
    for gap in reversed(gaps_in_hours):
        moments.append(moments[-1] - gap * HOUR)
    return tuple(reversed(moments))


@pytest.mark.parametrize(
    ("case", "gaps_in_hours", "silent_hours", "expected"),
    [
        ("six a day, nothing for nine days", [4] * 12, 9 * 24, True),
        ("a weekend is no silence", [4] * 12, 47, False),
        ("two days to the minute", [4] * 12, 48, False),
        ("as long as it was silent before", [4] * 6 + [72] + [4] * 6, 72, False),
        ("longer than ever before", [4] * 6 + [72] + [4] * 6, 73, True),
        ("once a day, five days of nothing", [24] * 8, 5 * 24, False),
        ("once a day, six days of nothing", [24] * 8, 6 * 24, True),
        ("once a day, seven days of nothing", [24] * 8, 7 * 24, True),
        ("twice a week, two weeks of nothing", [84] * 8, 14 * 24, False),
        ("twice a week, three weeks of nothing", [84] * 8, 21 * 24, True),
        ("of an even number of gaps the longer middle one counts", [12] * 3 + [24] * 3, 4 * 24, False),
        ("until that is over", [12] * 3 + [24] * 3, 5 * 24 + 1, True),
        ("too young to have a norm", [4] * 4, 9 * 24, False),
        ("just old enough", [4] * 5, 9 * 24, True),
        ("one article", [], 99 * 24, False),
    ],
)
def test_a_feed_is_silent_by_its_own_norm(
    case: str, gaps_in_hours: list[float], silent_hours: float, *, expected: bool
) -> None:
    assert is_silent(seen_with(gaps_in_hours, silent_hours), NOW) is expected, case


def test_what_never_brought_anything_is_not_silent() -> None:
    assert not is_silent((), NOW)


@pytest.mark.parametrize(
    ("gaps_in_hours", "hours"),
    [([], None), ([5], None), ([5, 7], 7), ([7, 5], 7), ([1, 5, 9], 5), ([1, 1, 3, 9], 3), ([1, 1, 3, 3, 9, 9], 3)],
)
def test_what_is_usual_is_the_middle_gap_and_of_two_the_longer(gaps_in_hours: list[float], hours: float | None) -> None:
    assert usual_gap(seen_with(gaps_in_hours, 1)) == (None if hours is None else hours * HOUR)


def test_silent_feeds_are_given_with_what_is_usual() -> None:
    quiet = FeedSightings(name="Quiet", url="https://q.example/", seen_at=seen_with([4] * 8, 200))
    lively = FeedSightings(name="Lively", url="https://l.example/", seen_at=seen_with([4] * 8, 20))
    found = silent_feeds([lively, quiet], NOW)
    assert found == (SilentFeed(name="Quiet", url="https://q.example/", since=NOW - 200 * HOUR, usual_gap=4 * HOUR),)


def test_a_feed_is_looked_at_after_two_days_over_the_two_months_before() -> None:
    assert not may_be_silent(NOW - 47 * HOUR, NOW)
    assert may_be_silent(NOW - 48 * HOUR, NOW)
    assert norm_since(NOW) == NOW - 60 * DAY


@pytest.mark.parametrize(
    ("failing_for", "latest", "since"),
    [
        (None, 59, None),
        (None, 60, 60),
        (None, None, None),
        (13, 99, None),
        (14, 99, 14),
        (14, None, 14),
    ],
)
def test_a_feed_could_be_removed_that_fails_for_two_weeks_or_brings_nothing_for_two_months(
    failing_for: int | None, latest: int | None, since: int | None
) -> None:
    def ago(days: int | None) -> datetime | None:
        return None if days is None else NOW - days * DAY

    assert idle_since(ago(failing_for), ago(latest), NOW) == ago(since)


# ---- the same answer everywhere


def answers(home: House, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, list[timedelta]]:
    """Of a world of one feed: its state and its usual gap as commands say them, and the gaps that the digest names."""
    monkeypatch.setattr("monitor.daemon.clock.SystemClock", lambda: home.clock)
    command = ["feeds", "show", *home.jobs.poller.feeds, "--json"]
    shown = json.loads(CliRunner().invoke(app, command, catch_exceptions=False).output)
    edition = home.jobs.publisher.editor.preview(home.jobs.publisher.digests[0], home.clock.now()).edition
    return shown["state"], shown["usual_gap"], [feed.usual_gap for feed in edition.coverage.silent]


@pytest.mark.parametrize(
    ("quiet_days", "state", "in_digest"),
    [(5, "ok", []), (6, "silent", [DAY]), (7, "silent", [DAY]), (9, "silent", [DAY]), (90, "silent", [DAY])],
)
def test_a_feed_that_the_digest_calls_silent_is_silent_in_the_list_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quiet_days: int, state: str, in_digest: list[timedelta]
) -> None:
    """An article a day, then nothing: after 6 and 7 days the list once said "ok", and after 90 the digest nothing."""
    with Origin("127.0.0.1") as origin, daily(tmp_path, origin) as (home, config):
        for read in ("draft_of", "outline_of"):
            monkeypatch.setattr(cli_settings, read, lambda _context: config)
        home.clock.advance((quiet_days - 1) * DAY)
        home.poll()
        assert answers(home, monkeypatch) == (state, "1 day, 0:00:00", in_digest)


def test_a_clock_that_was_ahead_hides_no_silence(tmp_path: Path) -> None:
    """What came while the clock was a year ahead did not come lately."""
    with Origin("127.0.0.1") as origin, daily(tmp_path, origin) as (home, _):
        home.clock.advance(365 * DAY)
        origin.serve("/a", reply(rss(Story(id="ahead", title="Regatta of a year ahead"))))
        home.poll()
        home.clock.advance(-360 * DAY)
        (standing,) = home.jobs.store.feeds.standings(home.clock.now())
        assert standing.seen_at[-1] == NOON + 8 * DAY
        assert standing_of(standing.state, home.clock.now(), seen_at=standing.seen_at)[0] == "silent"
        assert standing.new_in_7_days == 1


@contextmanager
def daily(folder: Path, origin: Origin) -> Iterator[tuple[House, Settings]]:
    """A feed that has brought an article at noon on each of nine days, the last one a day ago."""
    config = settings(folder, [origin.url("/a")], origin.port)
    with lived_in(config) as home:
        for day in range(9):
            origin.serve("/a", reply(rss(Story(id=str(day), title=f"Regatta of day {day}"))))
            home.poll()
            home.clock.advance(DAY)
        yield home, config
