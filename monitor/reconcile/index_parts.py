"""Which parts of an index of sitemaps a poll reads, how it asks for them, and what is remembered of them (rule P17)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from monitor.model.feed import ParsedItem
from monitor.model.feed_update import FeedState
from monitor.model.fetch import Fetched, NotModified, Validators
from monitor.model.sitemap_index import PartState, SitemapPart
from monitor.policy.sitemap_parts import KEPT_FOR_OTHERS, MOST_PARTS, MOST_PLAIN, MOST_WAITING, RECENT, WHOLE_EVERY
from monitor.reconcile.sitemap_age import AGE
from monitor.url import registrable_domain, url_fingerprint

_NEWS = re.compile(r"news(?!letter)", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])(?:[-_/]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_OPEN = timedelta(hours=24)
"""So long after the first document an undated item of a part that was not read then is one of it (as in rule I6)."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def own_parts(parts: Sequence[SitemapPart], index_url: str) -> tuple[SitemapPart, ...]:
    """Those at the site of the index: nobody else's sitemaps are its word."""
    site = registrable_domain(index_url)
    return tuple(part for part in parts if registrable_domain(part.url) == site)


def chosen_parts(parts: Sequence[SitemapPart], known: Sequence[PartState], now: datetime) -> tuple[SitemapPart, ...]:
    """The parts to ask, in this order, at most `MOST_PARTS`. What failed is asked last, and keeps its place; what was
    not asked at the last poll, which had enough already, is asked first, the longest postponed before the others.

    If any is called news, only such parts and those that were read as news, else all that are not known to be plain.
    Chosen first is what the last poll could not read, then what has changed of late, then the newest by the index or by
    a date in the address.
    """
    by_url = {each.url: each for each in known}
    asked = [part for part in parts if not _is_known_as_plain(part, by_url.get(part.url), now)] or list(parts)
    if any(is_called_news(part.url) for part in asked):
        asked = [part for part in asked if is_called_news(part.url) or _was_news(by_url.get(part.url))]
    asked.sort(key=_newest, reverse=True)
    asked.sort(key=lambda part: _turn(part, by_url.get(part.url), now))
    waiting = [part for part in asked if part.url in by_url and by_url[part.url].is_pending]
    others = [part for part in asked if part not in waiting]
    waiting.sort(key=lambda part: -by_url[part.url].postponed)
    waiting = waiting[: MOST_PARTS - min(len(others), KEPT_FOR_OTHERS)]
    first = [part for part in waiting if by_url[part.url].postponed]
    last = [part for part in waiting if not by_url[part.url].postponed]
    return (*first, *others[: MOST_PARTS - len(waiting)], *last)


def without_place(
    parts: Sequence[SitemapPart], chosen: Sequence[SitemapPart], known: Sequence[PartState], now: datetime
) -> tuple[PartState, ...]:
    """What is remembered of parts that wait already, and for which this poll has no place either: so the turn of each
    comes, even if all places are taken at each poll.
    """
    named, taken = {part.url: part for part in parts}, {part.url for part in chosen}
    waiting = [each for each in known if each.is_pending and not each.is_plain and each.url in named.keys() - taken]
    return tuple(postponed(named[each.url], each, now) for each in waiting)


def left_unread(parts: Sequence[SitemapPart], chosen: Sequence[SitemapPart], known: Sequence[PartState]) -> int:
    """How many parts that are called news, are not known to be anything else, and do not wait for their turn either,
    this poll has no place for.
    """
    others = {each.url for each in known if each.is_plain or each.is_pending} | {part.url for part in chosen}
    return sum(is_called_news(part.url) and part.url not in others for part in parts)


def is_called_news(url: str) -> bool:
    """Whether its path or query says so; a host is often called news, and says it of all that is there."""
    where = urlsplit(url)
    return bool(_NEWS.search(f"{where.path}?{where.query}"))


def validators_of_part(known: PartState | None, now: datetime, *, is_whole: bool) -> Validators:
    """Those to ask with: none if it `is_whole`, was not read to the end, or was not asked without them for a day."""
    if known is None or is_whole or known.is_pending or known.whole_at is None:
        return Validators()
    is_rested = not known.whole_at <= now < known.whole_at + WHOLE_EVERY  # the clock may have been ahead (rule D24)
    return Validators() if is_rested else known.validators


def after_reading(
    part: SitemapPart, fetched: Fetched, body_hash: str, known: PartState | None, now: datetime
) -> PartState:
    """A part that was read to its end now. Validators of another URL, to which it redirects, are not kept (rule P1)."""
    is_from_there = url_fingerprint(fetched.final_url) == url_fingerprint(part.url)
    whole_at = known.whole_at if known and fetched.request.validators else now
    return PartState(
        url=part.url,
        validators=fetched.validators if is_from_there else Validators(),
        body_hash=body_hash,
        changed_at=part.changed_at,
        read_at=now,
        whole_at=whole_at,
    )


def after_no_change(part: SitemapPart, answer: NotModified, known: PartState, now: datetime) -> PartState:
    """A part that is as it was; a 304 erases no validator (rule P3)."""
    kept, sent = known.validators, answer.validators
    validators = Validators(
        etag=kept.etag if sent.etag is None else sent.etag,
        last_modified=kept.last_modified if sent.last_modified is None else sent.last_modified,
    )
    return replace(known, validators=validators, changed_at=part.changed_at, read_at=now)


def still_pending(part: SitemapPart, known: PartState | None, now: datetime) -> PartState:
    """A part that could not be read: what is known of it stays, and one of the next polls has a place for it."""
    known = known or PartState(url=part.url)
    return replace(known, is_pending=True, pending_since=known.pending_since or now, postponed=0)


def postponed(part: SitemapPart, known: PartState | None, now: datetime) -> PartState:
    """A part that was not asked: what is known of it stays, and its turn comes before that of what was asked."""
    return replace(still_pending(part, known, now), postponed=(known.postponed if known else 0) + 1)


def plain(part: SitemapPart, now: datetime) -> PartState:
    """A part that is no news sitemap, or has no news now."""
    return PartState(url=part.url, changed_at=part.changed_at, whole_at=now, is_plain=True)


def after_absence(known: PartState) -> PartState:
    """A part that is not there (404, 410): when it was last read stays known, for the day on which it is back."""
    return replace(known, is_pending=False, pending_since=None, postponed=0)


def is_missed(known: PartState, now: datetime) -> bool:
    """Whether a part that is not there had something of late, so that the document is not complete without it. After 48
    hours all that it had is too old for a news sitemap.
    """
    return known.read_at is not None and now - known.read_at <= AGE


def after_failure(
    read: Sequence[PartState], known: Sequence[PartState], parts: Sequence[SitemapPart]
) -> tuple[PartState, ...]:
    """What to keep after a poll that could read none of the parts: all that is known, and what this poll learned."""
    named = {part.url for part in parts}
    states = {each.url: each for each in (*known, *read) if each.url in named}
    return remembered([each for each in states.values() if not each.is_plain], tuple(states.values()), parts)


def remembered(
    read: Sequence[PartState], known: Sequence[PartState], parts: Sequence[SitemapPart]
) -> tuple[PartState, ...]:
    """What to keep of the parts: of this poll what was read and what waits the longest, of earlier ones what is no
    news, as long as the index names it.
    """
    named, now_read = {part.url for part in parts}, {each.url for each in read}
    kept = [each for each in known if each.is_plain and each.url in named - now_read]
    is_plain = [each for each in read if each.is_plain]
    news = [each for each in read if not each.is_plain]
    waiting = sorted((each for each in news if each.is_pending), key=lambda each: -each.postponed)
    in_use = [each for each in news if not each.is_pending]
    return (*in_use, *waiting[:MOST_WAITING], *[*is_plain, *kept][:MOST_PLAIN])


def as_last_read(state: FeedState, known: Mapping[str, PartState], read: Sequence[str]) -> FeedState:
    """The feed as if its last good poll had been when the parts read now were last read: what came into a part while
    it could not be read is neither late nor too old.
    """
    moments = [at for url in read if url in known and (at := known[url].read_at or known[url].pending_since)]
    if state.succeeded_at is None or not moments:
        return state
    return replace(state, succeeded_at=min(state.succeeded_at, *moments))


def with_start(
    items: Sequence[ParsedItem], known: PartState | None, state: FeedState, now: datetime
) -> tuple[ParsedItem, ...]:
    """The items of a part, marked if they were there at the first document of the feed: the part is read for the first
    time, and they are dated before. Without a date they count as such for a day, if the part was named then.
    """
    start, is_first = state.baseline_at, known is None or not (known.read_at or known.is_plain)
    if start is None or not is_first:
        return tuple(items)
    has_waited = known is not None and known.pending_since is not None and known.pending_since <= start
    is_open = has_waited and now < start + _OPEN
    return tuple(
        replace(item, was_there=is_open if item.published is None else item.published <= start) for item in items
    )


def _is_known_as_plain(part: SitemapPart, known: PartState | None, now: datetime) -> bool:
    """Without a word of the index on when it changed, it is asked again after a day: it may have had no news then."""
    if known is None or not known.is_plain or known.changed_at != part.changed_at:
        return False
    return part.changed_at is not None or (
        known.whole_at is not None and known.whole_at <= now < known.whole_at + WHOLE_EVERY
    )


def _was_news(known: PartState | None) -> bool:
    return known is not None and (known.is_pending or known.read_at is not None)


def _turn(part: SitemapPart, known: PartState | None, now: datetime) -> int:
    if known and known.is_pending:
        return 0
    if known and known.is_plain and known.changed_at == part.changed_at:
        return 3
    is_new = known is None or known.changed_at != part.changed_at
    return 1 if is_new and part.changed_at and now - part.changed_at <= RECENT else 2


def _newest(part: SitemapPart) -> datetime:
    """When it changed, else the day or month that its address names."""
    if part.changed_at:
        return part.changed_at
    days = [_day(*found.groups(default="01")) for found in _DAY.finditer(urlsplit(part.url).path)]
    return max(filter(None, days), default=_LONG_AGO)


def _day(year: str, month: str, day: str) -> datetime | None:
    try:
        return datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        return None
