"""Which matches deserve an instant alert, and when a recipient gets it: at once, later in a bundle, or never.

The limits are kept by construction: `plan` counts what the recipient got in the last hour and makes no more messages
than are left.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from monitor.model.alert import (
    AlertCandidate,
    AlertPlan,
    AlertRules,
    AlertSettings,
    Hold,
    PendingAlert,
    QuietHours,
    SentAlert,
)
from monitor.model.ids import StoryId
from monitor.model.match import Origin
from monitor.model.settings import DigestSettings
from monitor.model.topic import Topic
from monitor.policy.clock import latest_credible

HOUR = timedelta(hours=1)
"""The time in which `at_most` messages are allowed."""

STALE_AFTER = timedelta(hours=24)
"""An alert that could not go out for so long is no alert any more; a digest has listed the story since."""

GROWS_WITHIN = timedelta(hours=24)
"""After its alert, a story is watched for so long: what grows over days is news for the digest."""

GROWTH = 2
"""A story is said to have grown if at least this many times the publishers carry it that did when it was reported."""

COOL_DOWN, QUIET, LIMIT = "cool-down of the topic", "quiet hours", "limit of messages an hour"

WHY_NOT_ORIGIN = {
    Origin.BASELINE: "it was in its feed before the first poll, or came too long ago",
    Origin.LATE: "it came long after its date",
    Origin.BACKFILL: "it was stored before the topic matched it",
}
"""Why a match that is not news gets no alert."""


def rules_of(topic: Topic, digests: Iterable[DigestSettings], now: datetime) -> AlertRules | None:
    """What applies to the alerts on a topic; None if it has none. `digests`: the enabled ones."""
    return None if topic.alert is None or not topic.enabled else rules_with(topic, topic.alert, digests, now)


def rules_with(topic: Topic, alert: AlertSettings, digests: Iterable[DigestSettings], now: datetime) -> AlertRules:
    """What would apply to the alerts on a topic with these settings."""
    having = [each for each in digests if not each.topics or topic.name in each.topics]
    readers = (recipient for digest in having for recipient in digest.to)
    first = having[0] if having else None
    zone = ZoneInfo(alert.timezone or (first.timezone if first else "UTC"))
    today = now.astimezone(zone).date()
    return AlertRules(
        topic=topic.name,
        to=alert.to or tuple(dict.fromkeys(readers)),
        cool_down=alert.cool_down,
        at_most=alert.at_most,
        quiet=alert.quiet,
        zone=zone,
        grown=alert.grown,
        pages=alert.pages,
        language=first.language if first else "en",
        is_muted=topic.mute_until is not None and today < topic.mute_until,
    )


def why_not(candidate: AlertCandidate, rules: AlertRules) -> str:
    """Why a match gets no alert, as a clause; "" if it deserves one."""
    if candidate.origin is not Origin.NEW:
        return WHY_NOT_ORIGIN[candidate.origin]
    if candidate.is_by_page and not rules.pages:
        return "it matches by the page behind the article alone"
    if candidate.tier.is_mention and not candidate.is_by_page:
        return "it mentions the topic only in passing"
    if rules.is_muted:
        return "the topic is muted"
    if candidate.is_story_muted:
        return "the story is muted"
    return "a digest had listed it before" if candidate.is_listed else ""


def first_of_stories(candidates: Iterable[AlertCandidate]) -> tuple[AlertCandidate, ...]:
    """Of each story and topic one match: the one of the best tier, and of equals the first."""
    best: dict[tuple[str, StoryId | None], AlertCandidate] = {}
    for each in candidates:
        place = each.topic, each.story_id
        if place not in best or each.tier.rank < best[place].tier.rank:
            best[place] = each
    return tuple(sorted(best.values(), key=lambda each: each.match_id))


def has_grown(rules: AlertRules, *, before: int, after: int, noticed_at: datetime, now: datetime) -> bool:
    """Whether a story is reported once more. `before`, `after`: how many publishers carried it when it was reported,
    and how many do now.
    """
    is_recent = noticed_at <= now < noticed_at + GROWS_WITHIN
    return 0 < rules.grown <= after and after >= GROWTH * before and is_recent and not rules.is_muted


def quiet_until(quiet: QuietHours | None, zone: tzinfo, now: datetime) -> datetime | None:
    """When the quiet hours that it is now in this zone are over; None if it is none of them."""
    if quiet is None:
        return None
    begins, ends = quiet
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    is_quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not is_quiet:
        return None
    day = local.date() if clock < ends else local.date() + timedelta(days=1)
    until = datetime.combine(day, ends, tzinfo=zone).astimezone(now.tzinfo)
    return max(until, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for one recipient, and what they got."""

    recipient: str
    """The address, or the name of `[recipients]`."""
    pending: tuple[PendingAlert, ...]
    """What waits, in the order in which it was noticed."""
    sent: tuple[SentAlert, ...] = ()
    """The messages of the last day."""
    told: Mapping[tuple[StoryId, int], str] | None = None
    """Story and ordinal → the topic under which they got it."""
    quiet: QuietHours | None = None
    """The hours in which the recipient gets no alert on any topic; None for none."""
    zone: tzinfo | None = None
    """The recipient's own time zone; None for that of the topic."""


def plan(waiting: Waiting, rules: Mapping[str, AlertRules], now: datetime) -> AlertPlan:
    """What a recipient gets now. `rules`: by topic, of the topics that have alerts.

    No more messages come out than are left of `at_most` in this hour. What was held goes out in one bundle; of what is
    new each topic has a message of its own, unless there is only one left.
    """
    dropped = tuple((each, why) for each in waiting.pending if (why := _why_dropped(each, waiting, rules, now)))
    gone = {each.alert_id for each, _ in dropped}
    alive = [each for each in waiting.pending if each.alert_id not in gone]
    lately = sorted(sent.at for sent in waiting.sent if now - HOUR < sent.at <= latest_credible(now))
    waits = [(each, _hold(each, waiting, lately, rules[each.topic], now)) for each in alive]
    ready = [each for each, hold in waits if hold is None]
    held = tuple((each, hold) for each, hold in waits if hold is not None)
    room = min((rules[each.topic].at_most for each in ready), default=0) - len(lately)
    return AlertPlan(messages=_messages(ready, room, now), held=held, dropped=dropped)


def _why_dropped(each: PendingAlert, waiting: Waiting, rules: Mapping[str, AlertRules], now: datetime) -> str:
    of_topic = rules.get(each.topic)
    if of_topic is None or waiting.recipient not in of_topic.to:
        return "the topic has no alerts for this recipient any more"
    under = (waiting.told or {}).get((each.story_id, each.ordinal))
    if under is not None:
        return f"the recipient had the story as an alert on {under}"
    if now - each.noticed_at >= STALE_AFTER:
        return f"it waited for {STALE_AFTER // HOUR} hours"
    return "the topic is muted" if of_topic.is_muted else ""


def _hold(
    each: PendingAlert, waiting: Waiting, lately: Sequence[datetime], rules: AlertRules, now: datetime
) -> Hold | None:
    """Why it waits, None if it does not. `lately`: when the messages of the last hour were made, in order."""
    quiet = quiet_until(rules.quiet, rules.zone, now), quiet_until(waiting.quiet, waiting.zone or rules.zone, now)
    if any(quiet):
        return Hold(why=QUIET, until=max(filter(None, quiet)))
    latest = latest_credible(now)
    of_topic = [message.at for message in waiting.sent if each.topic in message.topics and message.at <= latest]
    warm_at = max(of_topic) + rules.cool_down if of_topic else now
    if warm_at > now:
        return Hold(why=COOL_DOWN, until=warm_at)
    return Hold(why=LIMIT, until=lately[-rules.at_most] + HOUR) if len(lately) >= rules.at_most else None


def _messages(ready: Sequence[PendingAlert], room: int, now: datetime) -> tuple[tuple[PendingAlert, ...], ...]:
    """What was held first, in one message; then a message for each topic; the last one has all that is left. A story is
    in one message only, and so is a topic.
    """
    was_held = [each for each in ready if each.noticed_at < now]
    groups: list[list[PendingAlert]] = [was_held] if was_held else []
    for each in ready:
        if each.noticed_at >= now:
            next((group for group in groups if _belongs(each, group)), _new(groups)).append(each)
    groups = [group for group in groups if group]
    first, rest = groups[: room - 1], groups[room - 1 :]
    last = [each for group in rest for each in group]
    return tuple(tuple(group) for group in (*first, last) if group)


def _new(groups: list[list[PendingAlert]]) -> list[PendingAlert]:
    groups.append([])
    return groups[-1]


def _belongs(each: PendingAlert, group: Collection[PendingAlert]) -> bool:
    return any(other.topic == each.topic or other.story_id == each.story_id for other in group)
