"""What counts as news: of a poll, of an edition, and of the last seven days."""

from datetime import UTC, datetime, timedelta

from monitor.model.article import Arrival
from monitor.model.match import Origin
from monitor.policy.clock import latest_credible

NEWS_BEFORE = timedelta(days=1)
"""How long before a digest was configured its news begins, so that its first edition covers a day."""

WEEK = timedelta(days=7)
"""What commands count as "in 7 days"."""

MONTH = timedelta(days=30)

INDEX_DAYS = 30
"""How many days the trends on the first page of the archive show."""

EVER = datetime.min.replace(tzinfo=UTC)

NOT_OF_THE_DAY = (Arrival.LATE,)
"""What does not count in a topic's trend, like all that is not mailable: what is late, or was there before the first
poll, did not happen on the day on which it was first seen.
"""


def origin_of(arrival: Arrival, *, is_mailable: bool) -> Origin:
    """Why an article that came with this poll matches."""
    if not is_mailable:
        return Origin.BASELINE
    return Origin.LATE if arrival is Arrival.LATE else Origin.NEW


def origin_when_reread(first_seen_at: datetime, since: datetime | None, *, is_mailable: bool) -> Origin:
    """The origin of a match that an article has because more of its text is read than when it was stored. It is not
    news; it is listed once if the article was stored after `since` (None: always).
    """
    is_listed = is_mailable and (since is None or first_seen_at >= since)
    return Origin.BACKFILL if is_listed else Origin.BASELINE


def origin_in_edition(origin: Origin, *, was_known: bool) -> Origin:
    """What a match that is not listed yet is to an edition. One that the edition before it knew, and did not list,
    belongs to a topic that was given to the digest since.
    """
    return Origin.BACKFILL if was_known and origin is not Origin.BASELINE else origin


def news_since(configured_at: datetime | None) -> datetime:
    """The moment from which matches are news for a digest; for one that is not configured, the beginning of time."""
    return configured_at - NEWS_BEFORE if configured_at else EVER


def recent(span: timedelta, now: datetime) -> tuple[datetime, datetime]:
    """The bounds of what counts as new in that time: after the first, up to the second.

    New is an article that was first seen between them and was not there at the first poll of its feed. What a clock
    that was ahead says was seen tomorrow is not new today.
    """
    return now - span, latest_credible(now)
