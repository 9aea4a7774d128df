"""What alerts would have been sent for matches of past days: the same decisions, played in the order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model.alert import AlertCandidate, AlertRules, PendingAlert, SentAlert
from monitor.model.ids import StoryId
from monitor.policy.alerts import Waiting, plan, why_not

SOMEBODY = "somebody"
"""Stands for each recipient: what is played is what one of them would have got."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMatch:
    """A match, and when it was found."""

    at: datetime
    """When it was matched (UTC)."""
    candidate: AlertCandidate
    """The match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedMessage:
    """A message that would have been sent."""

    at: datetime
    """When (UTC)."""
    alerts: tuple[PastMatch, ...]
    """The matches that it would have reported, each of another story."""
    held: int
    """How many of them were held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What would have been sent, and what not."""

    messages: tuple[ReplayedMessage, ...]
    """The messages, the oldest first."""
    waiting: int
    """How many alerts still wait at the end."""
    refused: tuple[tuple[str, int], ...]
    """Why matches deserve no alert, and how many, the most first."""


def replayed(matches: Iterable[PastMatch], rules: AlertRules, now: datetime) -> Replay:
    """Play these matches of one topic, in the order of time. Growth is not played: it needs the past of each story."""
    rules = replace(rules, to=(SOMEBODY,))
    events = sorted(matches, key=lambda each: (each.at, each.candidate.match_id))
    refused: dict[str, int] = {}
    first: dict[int, PastMatch] = {}
    for each in events:
        why = why_not(each.candidate, rules)
        if why:
            refused[why] = refused.get(why, 0) + 1
        elif each.candidate.story_id is not None:
            first.setdefault(each.candidate.story_id, each)
    messages, waiting = _played(tuple(first.values()), rules, now)
    by_number = sorted(refused.items(), key=lambda item: (-item[1], item[0]))
    return Replay(messages=messages, waiting=waiting, refused=tuple(by_number))


def _played(events: Sequence[PastMatch], rules: AlertRules, now: datetime) -> tuple[tuple[ReplayedMessage, ...], int]:
    sent: list[SentAlert] = []
    messages: list[ReplayedMessage] = []
    pending: tuple[PendingAlert, ...] = ()
    due: list[datetime] = []
    coming = list(events)
    while coming or due:
        moment = min([each.at for each in coming[:1]] + due[:1])
        if moment > now:
            break
        arrived = [each for each in coming if each.at == moment]
        coming = coming[len(arrived) :]
        pending += tuple(_pending(each) for each in arrived)
        found = plan(Waiting(recipient=SOMEBODY, pending=pending, sent=tuple(sent)), {rules.topic: rules}, moment)
        for message in found.messages:
            sent.append(SentAlert(at=moment, topics=frozenset({rules.topic})))
            reported = tuple(each for each in events if each.candidate.match_id in {one.alert_id for one in message})
            held = sum(each.at < moment for each in reported)
            messages.append(ReplayedMessage(at=moment, alerts=reported, held=held))
        pending = tuple(each for each, _ in found.held)
        due = sorted({hold.until for _, hold in found.held if hold.until > moment})
    return tuple(messages), len(pending)


def _pending(each: PastMatch) -> PendingAlert:
    story = each.candidate.story_id or StoryId(0)  # only those of a story are played
    return PendingAlert(
        alert_id=each.candidate.match_id, topic=each.candidate.topic, story_id=story, ordinal=1, noticed_at=each.at
    )
