"""Histories of mail: few feeds, three digests in three zones, and all that can befall an outbox for months."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: the same history again)
from zoneinfo import ZoneInfo

from monitor.model.settings import DigestSettings
from simulation.histories import (
    BEGINNING,
    HOUR,
    MINUTE,
    Event,
    History,
    accidents,
    fill_disk,
    kill,
    lose_replies,
    publisher,
    put,
    reload,
    restart,
    set_clock_wrong,
    settings_for,
    suspend,
)
from simulation.newsroom import DAY, Publisher
from simulation.world import World

RECIPIENTS = ("a@reader.example", "b@reader.example")
DIGESTS = (
    DigestSettings(name="Daily", to=RECIPIENTS, at=time(7)),
    DigestSettings(name="Evening", to=RECIPIENTS, at=time(1, 30), timezone="America/New_York"),
    DigestSettings(name="Morning", to=RECIPIENTS, at=time(2, 30), timezone="Pacific/Auckland"),
    DigestSettings(name="Twice", to=RECIPIENTS, at=(time(2, 30), time(18)), timezone="Europe/Berlin"),
)
"""Three of them at times that a change of clocks skips or repeats."""

PATIENCE = 3 * HOUR
"""Within which an edition is made after its time: ticks are up to an hour apart, a full disk lasts longer."""


def mailing(seed: int, days: int, feeds: int, folder: Path, interval: timedelta = 6 * HOUR) -> History:
    """Months in which mail servers fail, disks are full, machines sleep and clocks are wrong."""
    rng = Random(seed)
    end = BEGINNING + days * DAY
    publishers = tuple(
        replace(publisher(number, rng, end), interval=interval, has_own_interval=True) for number in range(feeds)
    )
    return History(
        seed=seed,
        end=end,
        publishers=publishers,
        settings=settings_for(publishers, folder, DIGESTS),
        events=tuple(accidents(publishers, rng, end, MISHAPS)),
        longest_step=80 * MINUTE,
    )


def lose_server(at: datetime, _rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    yield at, partial(put, "post.weather", value="down")
    yield at + 3 * DAY, partial(put, "post.weather", value="fair")


def greylist(at: datetime, _rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    yield at, partial(put, "post.weather", value="greylisting")
    yield at + 2 * DAY, partial(put, "post.weather", value="fair")


def lose_password(at: datetime, _rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    yield at, partial(put, "post.weather", value="login")
    yield at + DAY, partial(put, "post.weather", value="fair")


def be_off(at: datetime, rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    days = rng.uniform(1, 3)
    yield at, lambda world: world.be_down(days * DAY)


def move_time(at: datetime, rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    """An owner changes when a digest comes, and how often, and goes back to the old time a week later."""
    hour = rng.randrange(24)
    times = (time(hour),) if hour % 2 else (time(hour), time((hour + 7) % 24), time((hour + 7) % 24, 1))
    yield at, lambda world: _at(world, times, "Europe/Berlin")
    yield at + 7 * DAY, lambda world: _at(world, DIGESTS[0].times, DIGESTS[0].timezone)


MISHAPS = (
    (2, restart), (4, kill), (2, reload), (1, suspend), (1, fill_disk), (1, set_clock_wrong), (1, lose_replies),
    (1, lose_server), (1, greylist), (1, lose_password), (1, be_off), (1, move_time),
)  # fmt: skip


def slot_faults(world: World, past: History) -> list[str]:
    """Each time of each local date has its edition, unless the machine was off or asleep when it was due."""
    faults = []
    for digest in DIGESTS:
        pages = world.shelf.pages.get(digest.name, {})
        for name, due in _due(digest, past.end):
            is_there = any(page.startswith(name) for page in pages)  # with a time, while its owner wants several
            if not is_there and not any(start - DAY <= due <= end + DAY for start, end in world.absences):
                faults.append(f"{digest.name} has no edition {name}, due at {due}")
    return faults


def _due(digest: DigestSettings, end: datetime) -> Iterator[tuple[str, datetime]]:
    """Names of pages without their ending, and when they are due."""
    zone = ZoneInfo(digest.timezone)
    day = BEGINNING.astimezone(zone).date() + DAY
    while datetime.combine(day, digest.times[-1], zone) < end - PATIENCE:
        for at in digest.times:
            name = f"{day}T{at:%H%M}" if digest.has_several_a_day else f"{day}"
            yield name, datetime.combine(day, at, zone).astimezone(UTC)
        day += DAY


def _at(world: World, at: tuple[time, ...], timezone: str) -> None:
    first, *others = world.settings.digests
    world.absences.append((world.clock.true, world.clock.true))  # a date may be without an edition here
    world.settings = replace(world.settings, digests=(replace(first, at=at, timezone=timezone), *others))
    world.reload()
