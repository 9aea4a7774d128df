"""What happens in a world, drawn from a seed: who publishes what, who fails when, which accidents befall us."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: the same history again)
from typing import Any, get_args

from monitor.config import Settings, load
from monitor.model.settings import DigestSettings, FeedSettings, PollingSettings, StorageSettings
from monitor.model.topic import Rule, Topic
from monitor.resources import resource
from simulation.documents import Hints
from simulation.newsroom import DAY, Item, OutletBoilerplate, Publisher, Trouble, Validating
from simulation.world import World

BEGINNING = datetime(2026, 3, 2, 9, 41, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WANTED_SHARE = 0.3
QUIET_END = 3 * DAY
"""How long before the end nothing is broken any more, so that all can be judged."""

SYLLABLES = ("ba", "do", "fe", "gi", "ku", "la", "me", "no", "pi", "ro", "su", "ta", "ve", "wi", "zo")
FORMATS = ("rss", "atom", "rdf", "json")
VALIDATING: tuple[Validating, ...] = get_args(Validating)
TROUBLES: tuple[Trouble, ...] = tuple(kind for kind in get_args(Trouble) if kind not in ("stuck", "410"))
INTERVALS = (60, 120, 90, 180, 240)
"""Minutes."""

Event = tuple[datetime, Callable[[World], None]]
Accidents = tuple[tuple[int, Callable[[datetime, Random, Sequence[Publisher]], Iterator[Event]]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that a run needs, made of one seed."""

    seed: int
    end: datetime
    publishers: tuple[Publisher, ...]
    settings: Settings
    events: tuple[Event, ...]
    longest_step: timedelta = timedelta(minutes=36)
    """Between two ticks."""


def history(seed: int, days: int, feeds: int, folder: Path) -> History:
    """Many odd feeds, one digest, and every accident a few times."""
    rng = Random(seed)
    end = BEGINNING + days * DAY
    publishers = tuple(publisher(number, rng, end) for number in range(feeds))
    settings = settings_for(publishers, folder, (DigestSettings(name="Daily", to=("you@reader.example",), at=time(7)),))
    return History(
        seed=seed,
        end=end,
        publishers=publishers,
        settings=settings,
        events=tuple(accidents(publishers, rng, end, ACCIDENTS)),
    )


def settings_for(publishers: Sequence[Publisher], folder: Path, digests: tuple[DigestSettings, ...]) -> Settings:
    feeds = tuple(
        FeedSettings(
            url=each.url,
            interval=each.interval if each.has_own_interval else None,
            aggregator=each.habits.is_aggregator,
        )
        for each in publishers
    )
    return replace(
        load(resource("config.example.toml"), {}),
        feeds=feeds,
        lists={},
        topics=(Topic(name="Syria", rules=(Rule(all=(("Syria",),)),)),),
        digests=digests,
        polling=PollingSettings(),
        storage=StorageSettings(folder=folder),
    )


def publisher(number: int, rng: Random, end: datetime) -> Publisher:
    """The nth of a long row: each oddity comes round again, with other formats and validators."""
    oddity = ODDITIES[number % len(ODDITIES)]
    start = BEGINNING - 4 * DAY
    per_day, burst = oddity.get("per_day", 5.0), oddity.get("burst", 1)
    is_undated = number % 11 == 10
    items = tuple(news(number, rng, rhythm(rng, start, end, per_day, burst), is_undated=is_undated))
    habits, hints = oddity.get("habits", lambda _rng: OutletBoilerplate()), oddity.get("hints", Hints())
    has_wishes = "max_age" in oddity or "hints" in oddity
    validating = oddity.get("validating", VALIDATING[(number * 5 + number // 9) % len(VALIDATING)])
    return Publisher(
        number=number,
        host=f"paper{number - number % 7 // 6}.example",  # every seventh shares the host of the one before
        items=items,
        window=oddity.get("window", 5),
        format=oddity.get("format", FORMATS[number % len(FORMATS)]),
        validating=validating,
        obeys_conditions=validating != "gzip" and number % 9 != 8,
        bare_304=number % 2 == 0 and validating != "drifting",
        max_age=oddity.get("max_age", 0),
        hints=hints,
        habits=habits(rng),
        troubles=tuple(troubles(rng, end, oddity.get("always"))),
        moves_at=BEGINNING + 2 * DAY if oddity.get("moves") else None,
        interval=PollingSettings().interval if has_wishes else INTERVALS[number % len(INTERVALS)] * MINUTE,
        has_own_interval=not has_wishes,
    )


def _later(rng: Random) -> datetime:
    return BEGINNING + rng.uniform(2, 8) * DAY


ODDITIES: tuple[dict[str, Any], ...] = (
    {"per_day": 4},
    {"per_day": 5, "burst": 4},
    {"per_day": 2 / 7},
    {"per_day": 1 / 7, "validating": "date"},
    {"per_day": 3, "habits": lambda _rng: OutletBoilerplate(churns_guids=True)},
    {"per_day": 4, "habits": lambda _rng: OutletBoilerplate(mends_after=5 * HOUR)},
    {"per_day": 2, "window": 4, "habits": lambda _rng: OutletBoilerplate(is_live_blog=True)},
    {"per_day": 3, "habits": lambda rng: OutletBoilerplate(https_from=_later(rng))},
    {"per_day": 3, "habits": lambda rng: OutletBoilerplate(tracking_from=_later(rng))},
    {"per_day": 3, "habits": lambda _rng: OutletBoilerplate(is_aggregator=True)},
    {"per_day": 3, "validating": "odd"},
    {"per_day": 3, "validating": "restless"},
    {"per_day": 3, "validating": "gzip"},
    {"per_day": 2, "always": "stuck"},
    {"per_day": 4, "always": "429"},
    {"per_day": 4, "max_age": 7200},
    {"per_day": 4, "format": "rss", "hints": Hints(ttl_minutes=180, skip_hours=(0, 1, 2, 3, 4, 5))},
    {"per_day": 3, "moves": True},
    {"per_day": 30, "burst": 30, "window": 12},
    {"per_day": 4, "format": "rdf", "hints": Hints(update_period="daily")},
    {"per_day": 4, "always": "410"},
    {"per_day": 4, "max_age": 504_576_000},
)


def rhythm(rng: Random, start: datetime, end: datetime, per_day: float, burst: int) -> Iterator[datetime]:
    """Moments of publication; bursts bring several within minutes."""
    moment = start + rng.random() * DAY / per_day
    while moment < end:
        for place in range(burst):
            yield moment + place * MINUTE
        moment += rng.expovariate(per_day / burst) * DAY + burst * MINUTE


def news(number: int, rng: Random, moments: Iterator[datetime], *, is_undated: bool) -> Iterator[Item]:
    """Unlike each other, so that no two are taken for one story; one in twelve is dated days before it appears."""
    for place, moment in enumerate(moments):
        mark = "mark" + _letters(number, 2) + _letters(place, 4)
        is_wanted = rng.random() < WANTED_SHARE
        words = [_word(rng) for _ in range(14)]
        title = f"{'Syria' if is_wanted else 'Harbour'} {' '.join(words[:3])} {mark}"
        late = rng.uniform(2, 9) * DAY if rng.random() < 1 / 12 else timedelta()
        dated = None if is_undated else (moment - late).replace(microsecond=0)
        yield Item(mark=mark, title=title, text=" ".join(words[3:]), at=moment, dated=dated, is_wanted=is_wanted)


def troubles(rng: Random, end: datetime, always: Trouble | None) -> Iterator[tuple[datetime, datetime, Trouble]]:
    """A few, hours or days long, over well before the end."""
    last = end - QUIET_END
    if always is not None:
        start = BEGINNING + rng.uniform(1, 2) * DAY
        yield start, min(start + (9 * DAY if always == "stuck" else 2.5 * DAY), last), always
    for _ in range(2 if always is None else 1):
        start = BEGINNING + rng.random() * (last - BEGINNING - DAY)
        span = rng.choice([2 * HOUR, 2 * HOUR, 7 * HOUR, 3 * DAY])
        kind = rng.choice(TROUBLES)
        yield start, min(start + (2 * HOUR if kind == "portal" else span), last), kind


def accidents(publishers: Sequence[Publisher], rng: Random, end: datetime, kinds: Accidents) -> Iterator[Event]:
    """So many of each kind per fortnight, at random moments, the last of them well before the end."""
    span = end - QUIET_END - BEGINNING
    fortnights = max(1, round(span / (11 * DAY)))
    for count, befall in kinds:
        for _ in range(count * fortnights):
            yield from befall(BEGINNING + rng.uniform(0.02, 1) * span, rng, publishers)


def restart(at: datetime, _rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    yield at, World.restart


def kill(at: datetime, rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    yield at, partial(put, "seams.left", value=rng.randrange(60))


def reload(at: datetime, rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    yield at, World.reload if rng.random() < 0.5 else _reload_bad


def poll_by_hand(at: datetime, rng: Random, publishers: Sequence[Publisher]) -> Iterator[Event]:
    urls = [each.url for each in rng.sample(list(publishers), 3)]
    yield at, lambda world: world.poll_by_hand([feed.url for feed in world.settings.feeds if feed.url in urls])


def take_out(at: datetime, rng: Random, publishers: Sequence[Publisher]) -> Iterator[Event]:
    gone = rng.choice(publishers).url
    yield at, lambda world: _reload_feeds(world, lambda url: url != gone)
    yield at + 20 * HOUR, lambda world: _reload_feeds(world, lambda _url: True)


def lose_line(at: datetime, rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    yield at, partial(put, "network.is_down", value=True)
    yield at + rng.uniform(1, 6) * HOUR, partial(put, "network.is_down", value=False)


def suspend(at: datetime, _rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    yield at, lambda world: world.sleep(8 * HOUR)


def fill_disk(at: datetime, _rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    yield at, partial(put, "seams.is_full", value=True)
    yield at + 90 * MINUTE, partial(put, "seams.is_full", value=False)


def set_clock_wrong(at: datetime, rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    ahead = rng.choice([-2, 2]) * HOUR
    yield at, lambda world: world.jump(ahead)
    yield at + 5 * HOUR, lambda world: world.jump(-ahead)


def lose_replies(at: datetime, _rng: Random, _publishers: Sequence[Publisher]) -> Iterator[Event]:
    yield at, partial(put, "post.weather", value="unknown")
    yield at + DAY, partial(put, "post.weather", value="fair")


ACCIDENTS: Accidents = (
    (5, restart), (8, kill), (4, reload), (5, poll_by_hand), (1, take_out), (2, lose_line), (1, suspend),
    (1, fill_disk), (1, set_clock_wrong), (1, lose_replies),
)  # fmt: skip
"""How many of each there are in a fortnight."""


def put(path: str, world: World, *, value: object) -> None:
    part, name = path.split(".")
    setattr(getattr(world, part), name, value)


def _reload_bad(world: World) -> None:
    world.is_bad_config = True
    world.reload()
    world.is_bad_config = False


def _reload_feeds(world: World, is_kept: Callable[[str], bool]) -> None:
    every = settings_for(world.publishers, world.settings.storage.folder, world.settings.digests).feeds
    world.settings = replace(world.settings, feeds=tuple(feed for feed in every if is_kept(feed.url)))
    for publisher in world.publishers:
        if not is_kept(publisher.url):
            world.shelf.gaps.forget(publisher.number)
    world.reload()


def live(world: World, past: History) -> None:
    """To the end, tick by tick, at moments that follow no pattern."""
    due = sorted(past.events, key=lambda event: event[0])
    while world.clock.true < past.end:
        world.clock.pass_time(world.rng.uniform(4, past.longest_step / MINUTE) * MINUTE)
        while due and due[0][0] <= world.clock.true:
            world.befall(due.pop(0)[1])
        world.tick(is_quick=world.rng.random() < 0.5)


def _letters(number: int, length: int) -> str:
    """`number` in letters: a word that no text has by chance."""
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 26)
        digits.append(chr(ord("a") + digit))
    return "".join(reversed(digits))


def _word(rng: Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4)))
