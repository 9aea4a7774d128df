"""Instant alerts: what a topic asks for, what was noticed, and what a recipient gets of it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from monitor.model.delivery import NewDelivery
from monitor.model.ids import ArticleId, DeliveryId, StoryId
from monitor.model.match import Origin, Tier

QuietHours = tuple[time, time]
"""From the first time of day until the second; over midnight if that is the earlier one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """The key `alert` of a topic. Its defaults are what `alert = true` means."""

    to: tuple[str, ...] = ()
    """The recipients, as messages to them are stored; empty for those of the digests that have the topic."""
    cool_down: timedelta = timedelta(minutes=30)
    """The shortest time between two alerts on the topic to one recipient."""
    at_most: int = 4
    """How many alert messages a recipient gets in an hour, at most, of all topics together."""
    quiet: QuietHours | None = None
    """The hours in which no alert is sent; None for none."""
    timezone: str = ""
    """The IANA time zone of `quiet`; "" for that of the first digest that has the topic."""
    grown: int = 10
    """A story that this many publishers carry is reported once more; 0 for never."""
    pages: bool = False
    """Whether what matches by the page behind an article alone is reported, too."""
    poll_every: timedelta | None = None
    """How often feeds are asked at least in which the topic may be found; None for as often as without alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRules:
    """What applies to the alerts on one topic: its settings, and what its digests say where these say nothing."""

    topic: str
    """The name of the topic."""
    to: tuple[str, ...]
    """The recipients, as messages to them are stored."""
    cool_down: timedelta
    """The shortest time between two alerts on the topic to one recipient."""
    at_most: int
    """How many alert messages a recipient gets in an hour, at most."""
    quiet: QuietHours | None
    """The hours in which no alert is sent; None for none."""
    zone: tzinfo
    """The time zone of `quiet` and of dates."""
    grown: int
    """A story that this many publishers carry is reported once more; 0 for never."""
    pages: bool = False
    """Whether what matches by the page behind an article alone is reported, too."""
    language: str = "en"
    """The language of dates."""
    is_muted: bool = False
    """Whether the topic is muted today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCandidate:
    """A match that may deserve an alert."""

    match_id: int
    """The number of the match."""
    topic: str
    """The name of the topic."""
    article_id: ArticleId
    """The article."""
    story_id: StoryId | None
    """Its story; None if it is not grouped yet."""
    origin: Origin
    """Why there is the match."""
    tier: Tier
    """Where its rule was found."""
    is_by_page: bool = False
    """Whether it needs the page behind the article."""
    is_story_muted: bool = False
    """Whether the owner muted the story."""
    is_listed: bool = False
    """Whether an edition has listed the article under the topic already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingAlert:
    """An alert that a recipient has not got yet."""

    alert_id: int
    """Its number."""
    topic: str
    """The name of the topic."""
    story_id: StoryId
    """The story."""
    ordinal: int
    """1 for the alert on a story, 2 for the one that says that it has grown."""
    noticed_at: datetime
    """When it was noticed (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """An alert to insert."""

    topic: str
    """The name of the topic."""
    story_id: StoryId
    """The story."""
    ordinal: int
    """1 for the alert on a story, 2 for the one that says that it has grown."""
    article_id: ArticleId
    """The article that is shown."""
    publishers: int
    """How many publishers carried the story then."""
    to: tuple[str, ...]
    """The addresses of the recipients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAlert:
    """An alert on a story that was noticed before."""

    ordinal: int
    """1 for the alert on a story, 2 for the one that says that it has grown."""
    noticed_at: datetime
    """When it was noticed (UTC)."""
    publishers: int
    """How many publishers carried the story then."""


class AlertState(StrEnum):
    """Of one alert and one recipient: it waits, went into the outbox, or is never sent."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingAlert:
    """An alert that a recipient has not got yet, with what holds it as far as the store knows."""

    recipient: str
    """The address."""
    alert: PendingAlert
    """The alert."""
    hold: "Hold | None"
    """What holds it; None if nobody looked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMessage:
    """A finished message of alerts for the outbox."""

    delivery: NewDelivery
    """The message."""
    owner: str
    """The topic, or "several topics"."""
    slot: str
    """Which of its messages: story and ordinal, or the time of a bundle."""
    alert_ids: tuple[int, ...]
    """The alerts that it carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    """An alert for one recipient, as people look at it."""

    alert_id: int
    """Its number."""
    topic: str
    """The name of the topic."""
    story_id: StoryId
    """The story."""
    ordinal: int
    """1 for the alert on a story, 2 for the one that says that it has grown."""
    article_id: ArticleId
    """The article that it shows."""
    title: str
    """The headline; "" if the article is gone."""
    noticed_at: datetime
    """When it was noticed (UTC)."""
    publishers: int
    """How many publishers carried the story then."""
    recipient: str
    """The address."""
    state: AlertState
    """How far it is."""
    why: str
    """What holds it, held it, or why it is never sent; "" if nothing did."""
    until: datetime | None
    """Until when it is held (UTC); None if it is not."""
    delivery_id: DeliveryId | None
    """The message in the outbox; None if there is none."""
    made_at: datetime | None
    """When that was made (UTC); None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStanding:
    """How alerts are. Each counts once for each of its recipients."""

    topics: int = 0
    """How many topics have alerts."""
    sent: int = 0
    """Those of the last day that went into the outbox."""
    waiting: int = 0
    """Those that wait."""
    dropped: int = 0
    """Those of the last day that are never sent."""
    overdue_since: datetime | None = None
    """Since when nothing holds the oldest of those that wait (UTC); None if something holds each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAlert:
    """A message of alerts that a recipient got, or is to get."""

    at: datetime
    """When it was made (UTC)."""
    topics: frozenset[str]
    """The topics of its alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why an alert waits, and until when."""

    why: str
    """In words, such as "quiet hours"."""
    until: datetime
    """When it is looked at again (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPlan:
    """What a recipient gets now of the alerts that wait for them."""

    messages: tuple[tuple[PendingAlert, ...], ...] = ()
    """The alerts of each message; a message of several is a bundle."""
    held: tuple[tuple[PendingAlert, Hold], ...] = ()
    """Those that wait."""
    dropped: tuple[tuple[PendingAlert, str], ...] = ()
    """Those that are never sent, and why."""
