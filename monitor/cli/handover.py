"""`handover`: the last days for a colleague who takes over: what was changed, silenced, missed, and what failed."""

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import local_time, output
from monitor.cli.local_time import minute

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.config import Settings
    from monitor.model.delivery import DeliveryRecord
    from monitor.model.edition_input import FeedTrouble
    from monitor.model.fate import MissedReport
    from monitor.model.note import Note
    from monitor.model.past import PastEdition
    from monitor.model.rule_change import RuleChange
    from monitor.model.story import MutedStory
    from monitor.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What happened since a moment, and what is open now."""

    since: datetime
    """The beginning of the first day, in the zone of the first digest."""
    editions: "tuple[PastEdition, ...]"
    """The editions made since then, oldest first."""
    rules: "tuple[RuleChange, ...]"
    """The changes of topics since then, oldest first."""
    muted_stories: "tuple[MutedStory, ...]"
    """The stories that are muted now, whenever that was done."""
    muted_topics: tuple[str, ...]
    """The topics that are muted or disabled now, with the day on which they are reported again."""
    misses: "tuple[MissedReport, ...]"
    """The open cases, and those closed since then."""
    failing: "tuple[FeedTrouble, ...]"
    """The feeds that fail now."""
    lost: "tuple[DeliveryRecord, ...]"
    """The messages that failed a recipient since then."""
    notes: "tuple[Note, ...]"
    """What the operator was to know since then, over or not."""
    reasons: tuple[tuple[str, str], ...]
    """The feeds of which the config says why they are there, by outlet or URL, with that (`note`)."""


def handover(
    context: typer.Context,
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, max=365, help="How many days to look back.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the last days for a colleague: changes of topics, mutes, open misses, failures, notes.

    A day begins at midnight in the time zone of the first digest. Nothing is marked or sent.
    """
    from monitor.cli.settings import outline_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store

    settings, clock = outline_of(context), SystemClock()
    now = clock.now()
    with opened_store(settings.storage, clock) as store:
        found = _found(settings, store, since=first_midnight(now, days), now=now)
    if as_json:
        output.print_json({"zone": local_time.zone_name(), "until": now, **_facts(found)})
    else:
        _print(found, now)


def first_midnight(now: datetime, days: int) -> datetime:
    """The beginning of the day so many days ago, in the zone that times are shown in."""
    today = now.astimezone(local_time.zone()).date()
    return datetime.combine(today - timedelta(days=days), time(), local_time.zone())


def _found(settings: "Settings", store: "Store", *, since: datetime, now: datetime) -> Handover:
    from monitor.url import shown_url

    made = [each for each in store.editions.all() if each.made_at >= since]
    misses = [each for each in store.missed.all() if each.closed_at is None or each.closed_at >= since]
    today = now.astimezone(local_time.zone()).date()
    return Handover(
        since=since,
        editions=tuple(sorted(made, key=lambda each: each.made_at)),
        rules=store.rule_changes.since(since),
        muted_stories=store.stories.muted(),
        muted_topics=tuple(
            f"{topic.name} (until {topic.mute_until})" if topic.enabled else f"{topic.name} (disabled)"
            for topic in settings.topics
            if not topic.enabled or (topic.mute_until and topic.mute_until > today)
        ),
        misses=tuple(misses),
        failing=store.overview.overview(now).troubles,
        lost=store.deliveries.failed(since),
        notes=store.notes.since(since),
        reasons=tuple((each.outlet or shown_url(each.url), each.note) for each in settings.feeds if each.note),
    )


def _facts(found: Handover) -> dict[str, Any]:
    return {
        "since": found.since,
        "editions": [
            {"edition": each.name, "made_at": each.made_at, "subject": each.subject, "deliveries": each.deliveries}
            for each in found.editions
        ],
        "topic_changes": [
            {"topic": each.topic, "changed_at": each.changed_at, "effect": each.effect.in_words(each.window)}
            for each in found.rules
        ],
        "muted_stories": [asdict(each) for each in found.muted_stories],
        "muted_topics": found.muted_topics,
        "misses": [asdict(each) for each in found.misses],
        "failing_feeds": [asdict(each) for each in found.failing],
        "lost_messages": [
            {"delivery": each.id, "edition": f"{each.digest}/{each.slot}", "to": each.recipient, "answer": each.answer}
            for each in found.lost
        ],
        "notes": [
            {"kind": each.kind, "text": each.text, "since": each.since, "over_at": each.over_at} for each in found.notes
        ],
        "feed_notes": [{"feed": feed, "note": note} for feed, note in found.reasons],
    }


def _print(found: Handover, now: datetime) -> None:
    print(f"From {minute(found.since)} to {minute(now)}, {local_time.zone_name()}.")
    sections = (
        ("Digests", _editions(found.editions), "No edition was made."),
        (
            "Changes of topics",
            [f"{minute(each.changed_at)}  {each.in_words()}" for each in found.rules],
            "None.",
        ),
        ("Muted now", list(_muted(found)), "Nothing."),
        ("Missed articles", list(map(_miss, found.misses)), "No case is open."),
        ("Failures", list(_failures(found)), "No feed fails now, and no message was lost."),
        ("Notes to the operator", list(map(_note, found.notes)), "None."),
        ("Why feeds are there", [f"{feed}: {note}" for feed, note in found.reasons], "No feed has a note."),
    )
    for title, lines, nothing in sections:
        print(f"\n{title}")
        for line in lines or [nothing]:
            output.print_wrapped(line, first=" ")


def _editions(editions: "Sequence[PastEdition]") -> list[str]:
    """One line for each digest."""
    from monitor.counted import counted

    found = []
    for name in dict.fromkeys(each.digest for each in editions):
        own = [each for each in editions if each.digest == name]
        states: dict[str, int] = {}
        for each in own:
            for state, count in each.deliveries.items():
                states[state] = states.get(state, 0) + count
        said = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none mailed"
        found.append(
            f"{name}: {counted(len(own), 'edition', 'editions')}, the last on {minute(own[-1].made_at)}; {said}"
        )
    return found


def _muted(found: Handover) -> "Iterator[str]":
    yield from (f"topic {each}" for each in found.muted_topics)
    yield from (
        f"story {each.id}, since {minute(each.muted_at)}: {each.title or 'its first article has gone'}"
        for each in found.muted_stories
    )


def _miss(case: "MissedReport") -> str:
    state = f"closed {minute(case.closed_at)}" if case.closed_at else f"open since {minute(case.reported_at)}"
    topic = f" for {case.topic}" if case.topic else ""
    return f"case {case.id}, {state}{topic}: {case.subject} – {case.finding}"


def _failures(found: Handover) -> "Iterator[str]":
    yield from (f"{each.name}, since {minute(each.since)}: {each.reason}" for each in found.failing)
    for each in found.lost:
        yield f"delivery {each.id}, {each.digest} {each.slot} to {each.recipient}: {each.answer or each.state}"


def _note(note: "Note") -> str:
    end = f", over {minute(note.over_at)}" if note.over_at else ", still so"
    return f"{minute(note.since)}{end}  {note.text}"
