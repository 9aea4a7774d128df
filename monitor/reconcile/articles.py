"""Which articles a document brings: new, changed, known, late, and what is said of each.

It decides what is stored, not what is mailed: that is `digest`'s work, from the marks set here. No
item is dropped for its date.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.model.article import Arrival
from monitor.model.feed import ParsedFeed, ParsedItem
from monitor.model.settings import FeedSettings
from monitor.model.update import ChangedArticle, FeedState, FeedUpdate, KnownArticle, NewArticle, PollCounts
from monitor.reconcile.identity import Identity, content_hash, distinct_items, free_key, stored_article
from monitor.reconcile.poll import Poll
from monitor.url import canonical_url, host_of, registrable_domain

MAX_REVISIONS = 24
"""A text that tells the time would else be a write at every poll, for ever (rule I5)."""
BASELINE_WINDOW = timedelta(hours=24)
LATE_AFTER = timedelta(hours=48)
"""Items do land a day or two late; beyond that a publisher has opened an archive (rule I7)."""
MAX_AHEAD = timedelta(hours=24)
EARLIEST_DATE = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing was on the web before: such dates are the zero of a clock or a slip of a parser (rule I8)."""

_PRIMARY_SUBTAG = re.compile(r"[a-z]{2,3}(?![a-z])", re.IGNORECASE)


def with_articles(poll: Poll, update: FeedUpdate, known: Mapping[str, KnownArticle], parsed: ParsedFeed) -> FeedUpdate:
    """`update` with every item of the document accounted for."""
    identities = distinct_items(parsed.items)
    stored = [(identity, stored_article(identity, known)) for identity in identities]
    new = tuple(_new(poll, parsed, identity.item, free_key(identity, known)) for identity, old in stored if old is None)
    edits = [(identity.item, old) for identity, old in stored if old is not None and _is_edit(identity, old)]
    changed = tuple(_changed(poll, parsed, item, old) for item, old in edits)
    counts = PollCounts(
        fetched=len(parsed.items) + parsed.refused,
        new=len(new),
        known=len(identities) - len(new),
        changed=len(changed),
        duplicate=len(parsed.items) - len(identities),
        refused=parsed.refused,
        late=sum(article.arrival is Arrival.LATE for article in new),
    )
    return replace(update, new=new, changed=changed, counts=counts)


def primary_language(*tags: str) -> str:
    """The primary subtag, in lower case, of the first tag that has one (`pt` of `pt-BR`); "" if none has."""
    found = (_PRIMARY_SUBTAG.match(tag.strip()) for tag in tags)
    return next((subtag[0].lower() for subtag in found if subtag), "")


def _new(poll: Poll, parsed: ParsedFeed, item: ParsedItem, key: str) -> NewArticle:
    published_at = _credible(item.published, poll.now)
    arrival = _arrival(poll.state, published_at)
    return NewArticle(
        key=key,
        link=item.link,
        title=item.title,
        text=item.text,
        outlet=_outlet(poll.feed, parsed, item),
        language=primary_language(poll.feed.language, item.language, parsed.language),
        published_at=published_at,
        first_seen_at=poll.now,
        arrival=arrival,
        is_mailable=arrival is not Arrival.BASELINE or _is_fresh(published_at, poll.now),
        content_hash=content_hash(item.title, item.text),
    )


def _changed(poll: Poll, parsed: ParsedFeed, item: ParsedItem, old: KnownArticle) -> ChangedArticle:
    return ChangedArticle(
        id=old.id,
        key=old.key,
        link=item.link,
        title=item.title,
        text=item.text,
        outlet=_outlet(poll.feed, parsed, item),
        language=primary_language(poll.feed.language, item.language, parsed.language),
        content_hash=content_hash(item.title, item.text),
        revisions=old.revisions + 1,
    )


def _is_edit(identity: Identity, old: KnownArticle) -> bool:
    """Whether there is something to write: other words or another address, within what one article may cost."""
    has_old_words = content_hash(identity.item.title, identity.item.text) == old.content_hash
    is_same = has_old_words and identity.link == canonical_url(old.link)
    return not is_same and old.revisions < MAX_REVISIONS


def _arrival(state: FeedState, published_at: datetime | None) -> Arrival:
    """Undated items count as news: to call one late would be a guess (rules I6, I7)."""
    if state.baseline_at is None:
        return Arrival.BASELINE
    previous = state.succeeded_at or state.baseline_at
    is_late = published_at is not None and published_at < previous - LATE_AFTER
    return Arrival.LATE if is_late else Arrival.NEW


def _is_fresh(published_at: datetime | None, now: datetime) -> bool:
    return published_at is not None and published_at >= now - BASELINE_WINDOW


def _credible(published: datetime | None, now: datetime) -> datetime | None:
    """The date, or None if it is missing, far ahead or before there were feeds (rule I8)."""
    return published if published is not None and EARLIEST_DATE <= published <= now + MAX_AHEAD else None


def _outlet(feed: FeedSettings, parsed: ParsedFeed, item: ParsedItem) -> str:
    named = item.source or feed.outlet if feed.aggregator else feed.outlet or item.source
    return named or registrable_domain(item.link) or parsed.title or host_of(feed.url)
