"""When to ask a feed again: interval, what its publisher asks for, back-off, quiet for a host.

Nothing here waits or reads a clock: `now` is an argument, and `jitter` too, a number in [0, 1).
The spacing of requests to one host within a round of polls is `fetch`'s.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.model.feed import PollHints
from monitor.model.feed_update import FeedState, FeedUpdate, Hold
from monitor.model.fetch import FetchFailed, FetchProblem
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.policy.clock import is_credible
from monitor.policy.http_values import http_date, http_seconds
from monitor.policy.silence import usual_gap
from monitor.url import host_of, is_allowed_private

ARRIVALS_KEPT = 12
"""Enough for a median that one odd day does not move."""

POLLS_A_GAP = 12
"""How often a feed is polled in the usual time, or the time so far, between two of its articles."""

STUCK_AFTER = timedelta(days=8)
STUCK_GAPS = 5
PROBE_EVERY = timedelta(days=30)
"""When "not modified" is not believed any more, and how often a whole document is asked for at most (rule P15)."""

OF_ANY_REQUEST = frozenset(
    {
        FetchProblem.ADDRESS,
        FetchProblem.RESOLVE,
        FetchProblem.TLS,
        FetchProblem.PARSER,
        FetchProblem.SET_ASIDE,
        FetchProblem.SURPRISE,
    }
)
"""Failures that no header of a request can have caused; any other has been seen of conditional requests alone."""

PUBLIC_FLOOR = timedelta(minutes=15)
"""No public server is asked more often, whatever the owner sets (rule P6)."""

CLAIM = timedelta(seconds=10)
"""How soon a feed without a floor may be asked again at the earliest after a crash in the middle of its poll."""

ASIDE_ASKED_AFTER = timedelta(hours=1)
"""How soon at the latest it is seen that the document of a feed that is set aside has changed."""

HINT_CAP = timedelta(hours=24)
"""The longest wait that a server may ask for: one asked for 16 years (rule P7)."""
BACKOFF_CAP = timedelta(hours=24)
"""A feed that fails is asked once a day at least, for ever (rule P11)."""
EARLY_CAP, EARLY = timedelta(hours=6), timedelta(days=3)
"""And four times a day at least in the first days: what stands in a feed for a day is not lost to a host that is well
for one hour in six (docs/decisions/0056).
"""
HOLD_CAP = timedelta(days=7)
"""Retry-After is believed for so long at most (rule P8). A stored hold that ends later than that was given while the
clock was ahead.
"""
LONG_HOLD = timedelta(hours=24)
"""A hold this long is reported: a failing feed is polled again within a day, and a digest comes once a day, so a
shorter hold delays neither by more than that.
"""
LEAST_HOLD = timedelta(hours=1)

JITTER = 0.10
RETRY_JITTER = 0.25
"""More jitter than usual: feeds that fail together must not come back together (rule P9)."""

GOLDEN_RATIO = (5**0.5 - 1) / 2

MAX_DOUBLINGS = 17
"""Enough doublings to bring one second to the cap, and too few to overflow a timedelta."""
HOURS_A_WEEK = 168
TOO_MANY_REQUESTS, UNAVAILABLE = 429, 503
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?(\d{1,12})', re.IGNORECASE)


def floor(feed: FeedSettings, polling: PollingSettings) -> timedelta:
    """The least time between two requests to this feed, whoever asks for them.

    15 minutes or more for public hosts, whatever the config says; for hosts in `allow_private`, which are the
    owner's own, the configured time, or none.
    """
    least = polling.min_interval if feed.min_interval is None else feed.min_interval
    if is_allowed_private(host_of(feed.url), polling.allow_private):
        return least or timedelta()
    return max(least or PUBLIC_FLOOR, PUBLIC_FLOOR)


def claimed_until(feed: FeedSettings, polling: PollingSettings, now: datetime) -> datetime:
    """When a feed is asked again at the earliest that is being asked now, whatever becomes of us meanwhile (P6)."""
    return now + max(floor(feed, polling), CLAIM)


def asked_again_aside(feed: FeedSettings, polling: PollingSettings, due_at: datetime, now: datetime) -> datetime:
    """When a feed is asked again whose document is set aside: other words are read at once, so it is looked for them
    soon.
    """
    return min(due_at, now + max(ASIDE_ASKED_AFTER, floor(feed, polling)))


def believed(state: FeedState, now: datetime) -> FeedState:
    """Without a poll that lies in the future, and what the feed was asked for then: the clock was wrong."""
    is_right = state.polled_at is None or is_credible(state.polled_at, now)
    return state if is_right else replace(state, polled_at=None, hold_until=None)


def pace(feed: FeedSettings, polling: PollingSettings, state: FeedState, now: datetime) -> timedelta:
    """How long to wait until the next poll, before what the publisher asks for is added.

    The feed's own `interval`, if it has one. Else the usual interval: longer, up to `max_interval`, for a feed that
    publishes rarely or has gone quiet; shorter, down to the floor, if the window would be replaced before half of it
    has been seen.
    """
    usual = _interval(feed, polling)
    if feed.interval is not None:
        return usual
    longest = max(usual, feed.max_interval or polling.max_interval)
    latest = state.arrivals[-1] if state.arrivals else state.baseline_at or now
    seldom = max(now - latest, usual_gap(state.arrivals) or timedelta()) / POLLS_A_GAP
    wait = max(usual, min(seldom, longest))
    return wait if state.turnover is None else max(min(wait, state.turnover / 2), _least(feed, polling))


def is_probe_due(state: FeedState, now: datetime) -> bool:
    """Whether to poll once without validators, because "not modified" has become hard to believe: a feed that used
    to publish has not changed for far longer than ever before; or because it fails, which some servers do at every
    conditional request (rule P15).
    """
    if not state.validators:
        return False
    is_rested = state.probed_at is None or now - state.probed_at >= PROBE_EVERY
    if state.failing_since is not None:
        was_tried = state.probed_at is not None and state.probed_at >= state.failing_since
        is_busy = state.hold_until is not None  # 429, 503: more work would be no answer to that
        return not is_busy and state.problem not in OF_ANY_REQUEST and (is_rested or not was_tried)
    gap = usual_gap(state.arrivals)
    seen_at = state.fetched_at or state.baseline_at
    if gap is None or seen_at is None:
        return False
    return is_rested and now - seen_at >= max(STUCK_AFTER, STUCK_GAPS * gap)


def retry_jitter(feed_id: FeedId, failures: int = 0) -> float:
    """A different delay for each feed, far apart for neighbours: feeds that failed together do not
    come back together. With `failures` another one at each failure.
    """
    return (feed_id + failures) * GOLDEN_RATIO % 1


def next_poll_at(
    feed: FeedSettings,
    polling: PollingSettings,
    *,
    own_interval: timedelta | None = None,
    turnover: timedelta | None = None,
    hints: PollHints,
    headers: Mapping[str, str],
    now: datetime,
    jitter: float,
) -> datetime:
    """When a feed that answered is due again (rules P6, P7): never sooner than `own_interval` (its `pace`; None:
    its configured interval), later where document or headers (lower-case names) ask for it, and not in hours they ask
    to skip. What its owner has set for it wins over what they ask, and so does its measured `turnover`.
    """
    hinted = timedelta() if feed.interval is not None else min(_hinted_wait(feed, hints, headers, now), HINT_CAP)
    if turnover is not None:
        hinted = min(hinted, max(turnover / 2, _least(feed, polling)))  # else what comes meanwhile is never seen
    wait = max(_interval(feed, polling) if own_interval is None else own_interval, hinted)
    return _first_allowed(now + wait * (1 + JITTER * jitter), believed_hints(feed, hints), jitter)


def believed_hints(feed: FeedSettings, hints: PollHints) -> PollHints:
    """What the document asks for, unless the owner ignores it or has set an interval for the feed."""
    return PollHints() if feed.ignore_hints or feed.interval is not None else hints


def retry_at(
    feed: FeedSettings,
    polling: PollingSettings,
    *,
    failures: int,
    is_gone: bool,
    hints: PollHints,
    now: datetime,
    jitter: float,
    drift: float = 0.0,
    failing_since: datetime | None = None,
    hold: datetime | None = None,
) -> datetime:
    """When a feed that failed `failures` times in a row is asked again (rule P11): after its interval, then after
    twice that, up to four times a day while it has not failed for long, then up to once a day, and so on for ever. A
    feed that is gone (410) is asked once a day from the start.

    `jitter` is the feed's own, `drift` another number in [0, 1) at each failure. It shortens the longest wait, so that
    a feed is not asked at the same bad hour of the day for ever.
    """
    interval = _interval(feed, polling)
    is_early = failing_since is not None and now - failing_since < EARLY
    longest = max(EARLY_CAP if is_early and not is_gone else BACKOFF_CAP, interval)
    doublings = min(max(failures - 1, 0), MAX_DOUBLINGS)
    wait = interval * 2**doublings * (1 + RETRY_JITTER * jitter)
    if is_gone:
        wait = longest
    elif wait >= longest:
        wait = max(longest * (1 - RETRY_JITTER * drift), interval)
    return _first_allowed(max(now + wait, hold or now), believed_hints(feed, hints), jitter)


def hold_until(failed: FetchFailed, feed: FeedSettings, polling: PollingSettings, *, now: datetime) -> datetime | None:
    """Until when the server wants to be left alone: Retry-After of a 429 or 503 in seconds or as a date, 7 days at
    most; where it is missing or makes no sense, an hour or two intervals (rule P8).
    """
    if failed.status not in {TOO_MANY_REQUESTS, UNAVAILABLE}:
        return None
    wait = _retry_after(failed.retry_after or "", now)
    if wait is None:
        wait = max(LEAST_HOLD, 2 * _interval(feed, polling))
    return now + min(wait, HOLD_CAP)


def hold_of(
    failed: FetchFailed, state: FeedState, feed: FeedSettings, polling: PollingSettings, now: datetime
) -> Hold | None:
    """The quiet that this answer asks for all feeds of its origin, if it is the origin's own word (rule P8). It is
    stored, so it names the feed as the database does: the URL of the config may have a secret.
    """
    until = hold_until(failed, feed, polling, now=now)
    return (
        Hold(origin=failed.origin, until=until, asked_by=state.url, asked_at=now) if until and failed.origin else None
    )


def may_poll_at(state: FeedState, feed: FeedSettings, polling: PollingSettings, hold: datetime | None) -> datetime:
    """The earliest moment at which a poll by hand may ask: it keeps the floor, what the feed itself was asked for, and
    the `hold` of its origin too.
    """
    rested_at = state.polled_at + floor(feed, polling) if state.polled_at else LONG_AGO
    return max(rested_at, state.hold_until or LONG_AGO, hold or LONG_AGO)


def redirected_hold(until: datetime, now: datetime) -> datetime:
    """When a feed that redirects to an origin on hold is polled again: after the hold, or in a day to see whether it
    still redirects there, which sends no request to that origin.
    """
    return min(until, now + BACKOFF_CAP)


def is_long(hold: Hold) -> bool:
    """Whether this hold is long enough to be reported."""
    return hold.until - hold.asked_at >= LONG_HOLD


def is_welcome(feed: FeedSettings, hints: PollHints, now: datetime) -> bool:
    """Whether the publisher does not ask to skip this hour: a poll that was due long ago, because the machine
    slept, waits for an hour that is allowed (rule P7).
    """
    return _first_allowed(now, believed_hints(feed, hints), 0) == now


def _interval(feed: FeedSettings, polling: PollingSettings) -> timedelta:
    general = polling.interval if feed.max_interval is None else min(polling.interval, feed.max_interval)
    return max(general if feed.interval is None else feed.interval, floor(feed, polling))


def _least(feed: FeedSettings, polling: PollingSettings) -> timedelta:
    """The floor; where the owner's own server has none, what any other has, or else its interval."""
    return floor(feed, polling) or min(PUBLIC_FLOOR, _interval(feed, polling))


def _hinted_wait(feed: FeedSettings, hints: PollHints, headers: Mapping[str, str], now: datetime) -> timedelta:
    """The longest of the waits asked for. `no-cache` and `max-age=0` speak of caches, not of readers: no wait. With
    max-age the server has said what Expires says otherwise (RFC 9111 §5.3).
    """
    if feed.ignore_hints:
        return timedelta()
    max_age = _max_age(headers)
    asked = (hints.ttl, hints.update_every, _expiry(headers, now) if max_age is None else max_age)
    return max((wait for wait in asked if wait is not None), default=timedelta())


def _max_age(headers: Mapping[str, str]) -> timedelta | None:
    """What is left of Cache-Control's max-age after the Age it has already (RFC 9111 §4.2)."""
    found = _MAX_AGE.search(headers.get("cache-control", ""))
    age = http_seconds(headers.get("age", "")) or timedelta()
    return timedelta(seconds=int(found[1])) - age if found else None


def _expiry(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Expires counted from the server's own Date, so that its wrong clock does no harm."""
    expires = http_date(headers.get("expires", ""))
    return expires - (http_date(headers.get("date", "")) or now) if expires else None


def _retry_after(value: str, now: datetime) -> timedelta | None:
    seconds = http_seconds(value)
    if seconds is not None:
        return seconds
    date = http_date(value)
    return max(date - now, timedelta()) if date else None


def _first_allowed(moment: datetime, hints: PollHints, jitter: float) -> datetime:
    """`moment`, or the start of the next hour that the publisher does not ask to skip, jittered within
    it; `moment` too if all hours are to be skipped, for that is a mistake.
    """
    if _is_allowed(moment, hints):
        return moment
    this_hour = moment.replace(minute=0, second=0, microsecond=0)
    later = (this_hour + timedelta(hours=hours) for hours in range(1, HOURS_A_WEEK))
    allowed = next((hour for hour in later if _is_allowed(hour, hints)), None)
    return moment if allowed is None else allowed + timedelta(hours=1) * JITTER * jitter


def _is_allowed(moment: datetime, hints: PollHints) -> bool:
    return moment.hour not in hints.skip_hours and moment.weekday() not in hints.skip_days


def held_for(
    quiet: FetchFailed | None,
    update: FeedUpdate,
    before: FeedState,
    feed: FeedSettings,
    polling: PollingSettings,
    now: datetime,
) -> FeedUpdate:
    """The update of a poll that was good: if its last answer asked for `quiet`, the feed is held until then."""
    if quiet is None or (until := hold_until(quiet, feed, polling, now=now)) is None:
        return update
    held = replace(update.state, hold_until=until, next_poll_at=max(until, update.state.next_poll_at))
    return replace(update, state=held, hold=hold_of(quiet, before, feed, polling, now))
