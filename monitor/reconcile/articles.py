"""Which articles a document brings: new, changed, known, late, and what is said of each.

It decides what is stored, not what is mailed: that is `digest`'s work, from the marks set here. No
item is dropped for its date.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from monitor.model.article import Arrival
from monitor.model.feed import ParsedFeed, ParsedItem
from monitor.model.feed_update import (
    ChangedArticle,
    FeedState,
    FeedUpdate,
    KnownArticle,
    NewArticle,
    PollCounts,
    RenamedArticle,
    Stored,
)
from monitor.model.ids import ArticleId
from monitor.model.settings import PAID, FeedSettings
from monitor.policy.aggregators import is_new_outlet
from monitor.policy.clock import latest_credible
from monitor.policy.gaps import was_paused_well
from monitor.policy.sitemap_parts import MOST_IN_WINDOW
from monitor.reconcile.identity import Identity, free_key, issue_key
from monitor.reconcile.poll import Poll
from monitor.reconcile.recognition import Recognised, Sighting, recognised
from monitor.reconcile.reused_keys import shows_one_place
from monitor.reconcile.sitemap_age import is_too_old, may_have_run_out
from monitor.reconcile.window import joined, share_an_item, window_of
from monitor.spoken_language import identified_language
from monitor.url import canonical_url, host_of, registrable_domain

MAX_REVISIONS = 24
"""The most stored edits of one article: otherwise a text with the current time would be written at every poll (rule
I5).
"""
BASELINE_WINDOW = timedelta(hours=24)
LATE_AFTER = timedelta(hours=48)
"""How late an item may be and still be news: beyond that a publisher has opened an archive (rule I7)."""
EARLIEST_DATE = datetime(1990, 1, 1, tzinfo=UTC)
"""The earliest credible date: earlier ones are the zero of a clock or an error of a parser (rule I8)."""

_PRIMARY_SUBTAG = re.compile(r"[a-z]{2,3}(?![a-z])", re.IGNORECASE)


def with_articles(
    poll: Poll, update: FeedUpdate, items: Sequence[Identity], stored: Stored, parsed: ParsedFeed
) -> FeedUpdate:
    """`update` with every item of the document accounted for; `items` are its distinct ones."""
    is_alone = shows_one_place(poll.state, items)
    found = recognised(items, stored, is_aggregator=poll.feed.aggregator, is_alone=is_alone, window=poll.state.window)
    above = _above_the_known(items, found)
    young = tuple(
        each for each in found.new if not is_too_old(parsed.format, each.item.published, poll.state, poll.now)
    )
    too_old, found = len(found.new) - len(young), replace(found, new=young)
    new = tuple(
        _new(poll, parsed, each, _key(each, found, stored), stored.outlets, is_above=each.name in above)
        for each in found.new
    )
    edits = [_changed(poll, parsed, each) for each in found.known if _is_edit(each)]
    changed = tuple(edit for edit in edits if edit.revisions <= MAX_REVISIONS)
    counts = PollCounts(
        fetched=len(parsed.items) + parsed.refused,
        new=len(new),
        known=len(found.known) + len(found.gone),
        changed=len(changed),
        duplicate=len(parsed.items) - len(new) - len(found.known) - len(found.gone) - too_old,
        refused=parsed.refused + too_old,
        late=sum(article.arrival is Arrival.LATE for article in new),
        left_out=parsed.left_out,
        recovered=sum(each.item.is_recovered for each in found.new),
    )
    update = replace(
        update,
        new=new,
        changed=changed,
        excess=tuple(edit for edit in edits if edit.revisions > MAX_REVISIONS),
        reread=tuple(_reread(poll, parsed, each) for each in found.known if _is_reread(each)),
        renamed=(
            *map(_set_back, found.repeated),
            *(_renamed(each) for each in found.known if _needs_a_name(each)),
            *(_succeeded(each, found.succeeded[each.name]) for each in found.new if each.name in found.succeeded),
        ),
        state=replace(update.state, shows_several=not is_alone),
        recalled=tuple(trace for each in found.gone for trace in each.tombstones if trace in stored.tombstones),
        counts=counts,
    )
    may_be_gap = not parsed.is_in_part and not may_have_run_out(parsed.format, poll.state, poll.now)
    if parsed.is_cut_off:
        return update
    with_window = _with_window(poll, update, found, may_be_gap=may_be_gap)
    return _with_parts_before(poll, with_window) if parsed.is_in_part else with_window


def _with_window(poll: Poll, update: FeedUpdate, found: Recognised, *, may_be_gap: bool) -> FeedUpdate:
    """With a gap, if nothing of the document before is in this one. One without items says nothing of that, and what
    was read on earlier pages is in no window.
    """
    before = poll.state.window
    gone = [each.keys[each.own] for each in found.gone]
    # A reused name is not a gap, and neither is an old copy of the document.
    names = [each.identity.keys[each.identity.own] for each in found.known if each.is_earlier_issue]
    fresh = [new.key for new, each in zip(update.new, found.new, strict=True) if not each.item.is_recovered]
    window = window_of([*fresh, *(each.key for each in found.known), *names, *gone])
    succeeded = [article.key for article in found.succeeded.values()]
    common = window_of([*(each.article.key for each in found.known), *names, *succeeded, *gone])
    may_be_gap = may_be_gap and not was_paused_well(poll.state)
    is_gap = may_be_gap and bool(window and before) and not share_an_item(before, common)
    state = replace(update.state, window=window or before)
    return replace(update, state=state, gap_since=poll.state.succeeded_at if is_gap else None)


def _with_parts_before(poll: Poll, update: FeedUpdate) -> FeedUpdate:
    """The parts of an index that are missing here still have what they had."""
    window = joined(poll.state.window, update.state.window, MOST_IN_WINDOW)
    return replace(update, state=replace(update.state, window=window))


def admitted(
    update: FeedUpdate, found: Mapping[ArticleId, Collection[str]], known: Mapping[ArticleId, Collection[str]]
) -> FeedUpdate:
    """`update` with those edits beyond `MAX_REVISIONS` that make a topic hold which did not hold so far.

    A live blog that goes on for days must neither be written at every poll nor go unread after the first day.
    `found` and `known`: the topics that hold for the excess edits, and for the stored articles, by their ids.
    """
    told = tuple(edit for edit in update.excess if set(found.get(edit.id, ())) - set(known.get(edit.id, ())))
    counts = replace(update.counts, changed=update.counts.changed + len(told))
    return replace(update, changed=(*update.changed, *told), excess=(), counts=counts)


def primary_language(*tags: str) -> str:
    """The primary subtag, in lower case, of the first tag that has one (`pt` of `pt-BR`); "" if none has."""
    found = (_PRIMARY_SUBTAG.match(tag.strip()) for tag in tags)
    return next((subtag[0].lower() for subtag in found if subtag), "")


def _above_the_known(items: Sequence[Identity], found: Recognised) -> set[str]:
    """The items that stand before all that are known: added on top, as nearly all feeds do."""
    known = {each.identity.name for each in found.known}
    return {each.name for each in takewhile(lambda item: item.name not in known, items)}


def _new(
    poll: Poll, parsed: ParsedFeed, identity: Identity, key: str, seen: Mapping[str, datetime], *, is_above: bool
) -> NewArticle:
    item = identity.item
    published_at = _credible(item.published, poll.now)
    arrival = _arrival(poll.state, item, published_at, poll.now, is_above=is_above)
    return NewArticle(
        key=key,
        link=item.link,
        title=item.title,
        text=item.text,
        outlet=(outlet := _outlet(poll.feed, parsed, item)),
        language=(language := primary_language(poll.feed.language, item.language, parsed.language)),
        identified_language="" if language else identified_language(item.title, item.text),
        published_at=published_at,
        first_seen_at=poll.now,
        arrival=arrival,
        is_mailable=arrival is not Arrival.BASELINE or _is_fresh(published_at, poll.now),
        content_hash=identity.content_hash,
        link_alias=identity.names.link,
        guid_alias=identity.names.guid,
        author=item.author,
        categories=item.categories,
        via=_via(poll.feed, parsed, item),
        is_new_outlet=poll.feed.aggregator
        and is_new_outlet(seen.get(outlet.casefold()), poll.state.baseline_at, poll.now),
        is_paid=poll.feed.access == PAID,
    )


def _changed(poll: Poll, parsed: ParsedFeed, sighting: Sighting) -> ChangedArticle:
    identity, old, item = sighting.identity, sighting.article, sighting.identity.item
    return ChangedArticle(
        id=old.id,
        key=sighting.key,
        link=item.link,
        title=item.title,
        text=item.text,
        outlet=_outlet(poll.feed, parsed, item),
        language=(language := primary_language(poll.feed.language, item.language, parsed.language)),
        identified_language="" if language else identified_language(item.title, item.text),
        content_hash=identity.content_hash,
        revisions=old.revisions + 1,
        link_alias=identity.names.link,
        guid_alias=identity.names.guid,
        author=item.author,
        categories=item.categories,
        via=_via(poll.feed, parsed, item),
    )


def _key(identity: Identity, found: Recognised, stored: Stored) -> str:
    """Its own if an earlier article under it makes room, so that the latest one is found by the plainest key."""
    return identity.keys[identity.own] if identity.name in found.succeeded else free_key(identity, stored.by_key)


def _succeeded(identity: Identity, article: KnownArticle) -> RenamedArticle:
    return RenamedArticle(
        id=article.id,
        key=issue_key(identity, article.content_hash),
        link=article.link,
        link_alias=article.link_alias,
        guid_alias=article.guid_alias,
    )


def _set_back(article: KnownArticle) -> RenamedArticle:
    """Its key goes to a later article with the same words, which makes room for another one day."""
    return RenamedArticle(
        id=article.id,
        key=f"{article.key}:{article.id}",
        link=article.link,
        link_alias=article.link_alias,
        guid_alias=article.guid_alias,
    )


def _reread(poll: Poll, parsed: ParsedFeed, sighting: Sighting) -> ChangedArticle:
    """The article with all its texts, author and categories; the earlier text was a part of it, so this is not a
    revision.
    """
    return replace(_changed(poll, parsed, sighting), revisions=sighting.article.revisions)


def _renamed(sighting: Sighting) -> RenamedArticle:
    identity = sighting.identity
    return RenamedArticle(
        id=sighting.article.id,
        key=sighting.key,
        link=identity.item.link,
        link_alias=identity.names.link,
        guid_alias=identity.names.guid,
    )


def _is_edit(sighting: Sighting) -> bool:
    """Whether the words differ, or the address under the same name. A new name usually has a new
    address: not an edit.
    """
    if not sighting.identity.has_words_of(sighting.article):
        return True
    return not sighting.is_renamed and sighting.identity.link != canonical_url(sighting.article.link)


def _is_reread(sighting: Sighting) -> bool:
    return sighting.identity.is_read_in_part(sighting.article) and not _is_edit(sighting)


def _needs_a_name(sighting: Sighting) -> bool:
    """Renamed by its publisher, or stored by a version that read names otherwise."""
    names = (sighting.identity.names.link, sighting.identity.names.guid)
    has_them = names == (sighting.article.link_alias, sighting.article.guid_alias)
    return sighting.is_renamed or not (has_them or _is_edit(sighting))


def _arrival(
    state: FeedState, item: ParsedItem, published_at: datetime | None, now: datetime, *, is_above: bool
) -> Arrival:
    """Undated items count as news: to call one late would be a guess (rules I6, I7). Not so what earlier pages had
    that reached nothing known: a site that begins again under other names shows its archive there.

    Articles that a first document lacked because it was cut off are not news; they come in the next hours, if ever:
    dated before it or, without a date, below what it had.
    """
    if state.baseline_at is None or item.was_there:
        return Arrival.BASELINE
    is_open = state.is_baseline_open and now < state.baseline_at + BASELINE_WINDOW
    is_later = is_above if published_at is None else published_at > state.baseline_at
    if is_open and not is_later:
        return Arrival.BASELINE
    previous = min(state.succeeded_at or state.baseline_at, now)  # the clock may have been ahead then
    is_late = item.is_beyond if published_at is None else published_at < previous - LATE_AFTER
    return Arrival.LATE if is_late else Arrival.NEW


def _is_fresh(published_at: datetime | None, now: datetime) -> bool:
    return published_at is not None and published_at >= now - BASELINE_WINDOW


def _credible(published: datetime | None, now: datetime) -> datetime | None:
    """The date, or None if it is missing, ahead or before there were feeds (rule I8). A date ahead says nothing of when
    the item came: of a calendar it is the day of the event. From a clock that is minutes fast it counts as now.
    """
    if published is None or not EARLIEST_DATE <= published <= latest_credible(now):
        return None
    return min(published, now)


def _outlet(feed: FeedSettings, parsed: ParsedFeed, item: ParsedItem) -> str:
    """Who speaks. `<source>` does in an aggregator alone: elsewhere any feed could speak as any paper."""
    named = (item.source if feed.aggregator else "") or feed.outlet
    return named or registrable_domain(item.link) or parsed.title or host_of(feed.url)


def _via(feed: FeedSettings, parsed: ParsedFeed, item: ParsedItem) -> str:
    """Whom else the item names as its source. One at the article's own domain is another feed of the same outlet."""
    own = {"", _outlet(feed, parsed, item).casefold(), parsed.title.casefold()}
    if feed.aggregator or item.source.casefold() in own:
        return ""
    place = registrable_domain(item.source_url)
    return "" if place and place == registrable_domain(item.link) else item.source
