"""Reads the parts of an index of news sitemaps, one after another, each with its own conditions (rule P17).

It decides nothing: `reconcile.index_parts` chooses the parts and says what is remembered of them. A part that could
not be read makes nothing complete: the others are taken, and the next poll has a place for it. What
there was no room for is asked first then.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.fetch import Session
from monitor.fetch.sniff import feed_root
from monitor.model.feed import NEWS_SITEMAP, ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.feed_update import FeedState
from monitor.model.fetch import Fetched, FetchFailed, FetchProblem, FetchRequest, NotModified
from monitor.model.sitemap_index import PartState, SitemapPart
from monitor.reconcile import body_hash, index_parts
from monitor.url import origin_of, shown_url

ABSENT = frozenset({404, 410})
ASKS_FOR_QUIET = frozenset({429, 503})
MOST_REASONS = 3

Parse = Callable[[Fetched], Awaitable[ParseOutcome]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a poll of an index found: either `parsed`, or `failed` if no part of it could be read."""

    parsed: ParsedFeed | None = None
    failed: FetchFailed | ParseFailed | None = None
    is_unchanged: bool = False
    """Whether each part is as it was."""
    before: FeedState
    """The feed, as it was when the parts read now were last read, with what is remembered of them."""
    quiet: FetchFailed | None = None
    """The answer of a part that asked for quiet."""


@dataclass(slots=True)
class _Tally:
    """The parts so far."""

    state: FeedState
    feeds: list[ParsedFeed] = field(default_factory=list)
    states: list[PartState] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    unchanged: int = 0
    items: int = 0
    notes: list[str] = field(default_factory=list)
    failed: FetchFailed | None = None
    pending: int = 0
    postponed: int = 0
    """Parts that were not asked, since there was enough already, others had the places, or a server asked for quiet."""
    missed: int = 0
    """Parts that are not there any more and had something of late."""


async def read_index(
    session: Session,
    state: FeedState,
    index: Fetched,
    parts: Sequence[SitemapPart],
    parse: Parse,
    *,
    now: datetime,
    most: int,
    is_whole: bool = False,
) -> Reading:
    """Ask the parts of the `index` that this poll has to. After `most` items the rest waits for the next poll."""
    known = {each.url: each for each in state.parts}
    own = index_parts.own_parts(parts, index.final_url)
    chosen = index_parts.chosen_parts(own, state.parts, now)
    tally = _Tally(state)
    for part in chosen:
        before = known.get(part.url)
        if tally.items >= most or (tally.failed and tally.failed.status in ASKS_FOR_QUIET):
            tally.states.append(index_parts.postponed(part, before, now))
            tally.postponed += 1
            continue
        validators = index_parts.validators_of_part(before, now, is_whole=is_whole)
        answer = await session.fetch(_request(index, part, replace(index.request, validators=validators)))
        if isinstance(answer, Fetched):
            await _read(tally, part, before, answer, parse, now)
        elif isinstance(answer, NotModified) and before and validators:
            tally.states.append(index_parts.after_no_change(part, answer, before, now))
            tally.unchanged += 1
        elif isinstance(answer, FetchFailed) and answer.status in ABSENT:
            _miss(tally, part, before, answer, now)
        else:
            _fail(tally, part, before, answer if isinstance(answer, FetchFailed) else None, now)
    without_place = index_parts.without_place(own, chosen, state.parts, now)
    tally.states.extend(without_place)
    tally.postponed += len(without_place)
    _count_what_waits(tally, index_parts.left_unread(own, chosen, state.parts))
    return _reading(tally, state, index, own, len(parts))


async def read_afresh(
    session: Session, index: Fetched, parts: Sequence[SitemapPart], parse: Parse, *, now: datetime, most: int
) -> ParsedFeed | FetchFailed | ParseFailed | None:
    """What an index has of which nothing is remembered: the feed, or why there is none."""
    state = FeedState(id=index.request.feed_id, url=index.request.url, next_poll_at=now)
    reading = await read_index(session, state, index, parts, parse, now=now, most=most)
    return reading.parsed or reading.failed


async def _read(
    tally: _Tally, part: SitemapPart, before: PartState | None, answer: Fetched, parse: Parse, now: datetime
) -> None:
    hashed = body_hash(answer.body)
    after = index_parts.after_reading(part, answer, hashed, before, now)
    if before and before.body_hash == hashed and not before.is_pending:
        tally.states.append(after)
        tally.unchanged += 1
        return
    found = await parse(answer)
    if isinstance(found, ParsedFeed) and found.format == NEWS_SITEMAP:
        marked = index_parts.with_start(found.items, before, tally.state, now)
        tally.feeds.append(replace(found, items=marked))
        tally.read.append(part.url)
        tally.items += len(found.items)
        if found.is_cut_off:
            _pend(tally, part, before, "cut off", now)
        else:
            tally.states.append(after)
    elif isinstance(found, ParseFailed) and found.parts:
        tally.states.append(index_parts.plain(part, now))
        _note(tally, part, "an index in an index is not followed")
    elif isinstance(found, ParsedFeed) or _is_plain(found, answer):
        tally.states.append(after if before and before.read_at else index_parts.plain(part, now))
        _note(tally, part, "no news in it")
    else:
        failed = FetchFailed(
            request=answer.request, problem=found.problem, detail=found.detail, status=answer.status, reached=True
        )
        _fail(tally, part, before, failed, now)


def _is_plain(found: ParseFailed, answer: Fetched) -> bool:
    """Whether it is a sitemap, and not a page that asks for a login."""
    return found.problem is FetchProblem.NOT_A_FEED and feed_root(answer.body).lower().endswith(b"urlset")


def _miss(tally: _Tally, part: SitemapPart, before: PartState | None, absent: FetchFailed, now: datetime) -> None:
    """The part is gone. If it had something of late, the document is not complete without it."""
    if before:
        tally.states.append(index_parts.after_absence(before))
        tally.missed += index_parts.is_missed(before, now)
    _note(tally, part, absent.detail)
    tally.failed = tally.failed or absent


def _fail(
    tally: _Tally, part: SitemapPart, before: PartState | None, failed: FetchFailed | None, now: datetime
) -> None:
    why = f"{failed.problem}: {failed.detail}" if failed else "its server asks to be left alone"
    _pend(tally, part, before, why, now)
    if failed and not (tally.failed and tally.failed.status in ASKS_FOR_QUIET):
        tally.failed = failed


def _pend(tally: _Tally, part: SitemapPart, before: PartState | None, why: str, now: datetime) -> None:
    tally.states.append(index_parts.still_pending(part, before, now))
    tally.pending += 1
    _note(tally, part, why)


def _count_what_waits(tally: _Tally, unread: int) -> None:
    if tally.postponed:
        tally.pending += tally.postponed
        tally.notes.append(f"{tally.postponed} more of its parts wait for the next polls, which ask them first")
    if unread:
        tally.notes.append(f"{unread} more of its parts are called news, and are not read at each poll")


def _note(tally: _Tally, part: SitemapPart, why: str) -> None:
    if len(tally.notes) < MOST_REASONS:
        tally.notes.append(f"{shown_url(part.url)[:200]}: {why}")


def _reading(tally: _Tally, state: FeedState, index: Fetched, own: Sequence[SitemapPart], named: int) -> Reading:
    quiet = tally.failed if tally.failed and tally.failed.status in ASKS_FOR_QUIET else None
    if not tally.feeds and not tally.unchanged:
        known = index_parts.after_failure(tally.states, state.parts, own)
        return Reading(failed=_failure(tally, index, own, named), before=replace(state, parts=known), quiet=quiet)
    before = index_parts.as_last_read(state, {each.url: each for each in state.parts}, tally.read)
    before = replace(before, parts=index_parts.remembered(tally.states, state.parts, own))
    return Reading(
        parsed=_together(tally), is_unchanged=not tally.feeds and not tally.pending, before=before, quiet=quiet
    )


def _together(tally: _Tally) -> ParsedFeed:
    """What the parts have, as one document. An item that two of them have is one, as in any document."""
    feeds = tally.feeds
    titles = Counter(each.title for each in feeds if each.title)
    languages = {each.language for each in feeds}
    return ParsedFeed(
        format=NEWS_SITEMAP,
        title=titles.most_common(1)[0][0] if titles else "",
        items=tuple(item for each in feeds for item in each.items),
        language=languages.pop() if len(languages) == 1 else "",
        refused=sum(each.refused for each in feeds),
        left_out=sum(each.left_out for each in feeds),
        warning="; ".join(dict.fromkeys(filter(None, (*tally.notes, *(each.warning for each in feeds))))),
        doubt=next((each.doubt for each in feeds if each.doubt), ""),
        is_index=True,
        is_in_part=bool(tally.unchanged or tally.pending or tally.missed),
    )


def _failure(tally: _Tally, index: Fetched, own: Sequence[SitemapPart], named: int) -> FetchFailed | ParseFailed:
    """Why there is nothing. That a part is gone for good says nothing of the index."""
    if tally.failed:
        status = None if tally.failed.status in ABSENT else tally.failed.status
        where = shown_url(tally.failed.request.url)[:200]
        detail = f"No part of this index of sitemaps could be read. {where}: {tally.failed.detail}"
        return replace(tally.failed, request=index.request, status=status, detail=detail)
    if tally.pending:
        return FetchFailed(
            request=index.request,
            problem=FetchProblem.STATUS,
            detail="The server of the parts of this index of sitemaps asks to be left alone.",
            reached=True,
        )
    if not own:
        why = "all are at other sites." if named else "it names none."
        detail = f"This is an index of sitemaps without parts to read: {why}"
    else:
        detail = f"This is an index of sitemaps without news. Asked: {'; '.join(tally.notes)}."
    return ParseFailed(problem=FetchProblem.NOT_A_FEED, detail=detail)


def _request(index: Fetched, part: SitemapPart, request: FetchRequest) -> FetchRequest:
    """A part is asked for as its index is. At another origin its answer speaks for nobody else."""
    is_own_word = request.is_own_word and origin_of(part.url) == origin_of(index.final_url)
    return replace(request, url=part.url, validators_from="", is_own_word=is_own_word)
