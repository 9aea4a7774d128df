"""What is found: a sentence for people, and a cause for machines."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """Where on its way from the feed to the reader."""

    SEEN = "seen"
    STORED = "stored"
    TOPIC = "topic"
    STORY = "story"
    ALERT = "alert"
    EDITION = "edition"
    DELIVERY = "delivery"
    FEED = "feed"


class Cause(StrEnum):
    """What happened there, or why nothing did."""

    SEEN_AS_NEWS = "seen-as-news"
    SEEN_AT_FIRST_POLL = "seen-at-first-poll"
    SEEN_LATE = "seen-late"
    STORED = "stored"
    EDITED = "edited"
    SAME_PAGE = "same-page"
    FEED_REMOVED = "feed-removed"
    TEXT_REMOVED = "text-removed"
    PAGE_READ = "page-read"
    PAGE_REFUSED = "page-refused"
    PAGE_FAILED = "page-failed"

    MATCHES = "matches"
    TAKEN_BACK = "taken-back"
    NOT_MATCHED_AGAIN = "not-matched-again"
    LACKS_A_GROUP = "lacks-a-group"
    EXCLUDED = "excluded"
    OTHER_LANGUAGE = "other-language"
    OTHER_SOURCE = "other-source"
    TOO_FAR_APART = "too-far-apart"
    TOO_FEW_MENTIONS = "too-few-mentions"
    NOT_A_PAIR = "not-a-pair"
    NO_TOPIC = "no-topic"

    IN_A_STORY = "in-a-story"
    NOT_GROUPED = "not-grouped"
    MUTED = "muted"

    ALERTED = "alerted"
    ALERT_WAITS = "alert-waits"
    NO_ALERT = "no-alert"

    LISTED = "listed"
    FOLDED = "folded"
    POINTER = "pointer"
    DROPPED_BY_HAND = "dropped-by-hand"
    IN_ATTACHMENT = "in-attachment"
    IN_ARCHIVE = "in-archive"
    PERHAPS = "perhaps"
    CORRECTED = "corrected"
    WAITING = "waiting"
    COUNTED_AT_FIRST_POLL = "counted-at-first-poll"
    BEFORE_THE_DIGEST = "before-the-digest"
    IN_NO_DIGEST = "in-no-digest"

    SENT = "sent"
    NOT_SENT_YET = "not-sent-yet"
    NOT_DELIVERED = "not-delivered"
    PAUSED = "paused"
    NO_RECIPIENTS = "no-recipients"

    NEVER_SEEN = "never-seen"
    REMOVED = "removed"
    DROPPED = "dropped"
    NO_FEED = "no-feed"
    NOT_POLLED = "not-polled"
    FEED_IS_NEW = "feed-is-new"
    FEED_FAILED = "feed-failed"
    FEED_SILENT = "feed-silent"
    GAP = "gap"
    OUTAGE = "outage"
    LEFT_OUT = "left-out"
    REFUSED = "refused"
    NOT_IN_FEED = "not-in-feed"
    NOT_REMEMBERED = "not-remembered"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is known. `sentence` may hold foreign text. `topic`: whom it is about, if it is one."""

    stage: Stage
    cause: Cause
    sentence: str
    topic: str = ""


def at(moment: datetime) -> str:
    """A time to the minute, as people read it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
