"""What one poll changes: which articles are new, edited, known or late, and the state of the feed.

Works on values alone: the stored state of the feed, the articles stored under any key of the items
(`lookup_for`), the answer and what was parsed of it. It neither loads nor stores, and does not
match: that topics are matched again after an edit is the work of `jobs`.

    identity.py         the keys of an item, and the stored article they prove it to be
    aliases.py          what still identifies an item when its publisher changes guids or addresses
    reused_keys.py      whether a guid or an address was used again, for another article
    recognition.py      which item of a document is which stored article, a repetition, or new
    feed_identity.py    which stored feed a configured URL continues
    tombstones.py       what remains of articles that retention has removed
    articles.py         new, changed, late; dates, outlets, languages
    feed_state.py       validators, failures, the next due time
    moves.py            permanent redirects, watched before they are believed
    publishing_rate.py  how often a feed publishes
    earlier_pages.py    what earlier pages have of a gap
    index_parts.py      which parts of an index of sitemaps a poll reads, and what is remembered of them
    window.py           which items the previous document had
    poll.py             the circumstances that all of them need
"""

from collections.abc import Sequence
from datetime import datetime

from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.feed_update import FeedState, FeedUpdate, Stored
from monitor.model.fetch import FetchFailed, FetchOutcome, NotModified
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.reconcile.articles import admitted as admitted
from monitor.reconcile.articles import with_articles
from monitor.reconcile.feed_identity import adopted as adopted
from monitor.reconcile.feed_identity import carries_the_same as carries_the_same
from monitor.reconcile.feed_state import (
    after_document,
    after_failure,
    after_no_feed,
    after_not_modified,
    after_same_body,
    scheduled,
)
from monitor.reconcile.feed_state import body_hash as body_hash
from monitor.reconcile.feed_state import is_idle as is_idle
from monitor.reconcile.identity import Identity as Identity
from monitor.reconcile.identity import content_hash as content_hash
from monitor.reconcile.identity import identified
from monitor.reconcile.identity import lookup_for as lookup_for
from monitor.reconcile.poll import Poll
from monitor.reconcile.publishing_rate import with_publishing_rate
from monitor.reconcile.reused_keys import doubtful as doubtful
from monitor.reconcile.tombstones import address_traces as address_traces
from monitor.reconcile.tombstones import tombstones as tombstones
from monitor.reconcile.window import key_hash as key_hash
from monitor.reconcile.window import key_hashes as key_hashes


def distinct_items(parsed: ParseOutcome | None, feed: FeedSettings) -> tuple[Identity, ...]:
    """The distinct items that were parsed, with all they may be recognised by."""
    return identified(parsed.items, is_aggregator=feed.aggregator) if isinstance(parsed, ParsedFeed) else ()


def reconcile(
    state: FeedState,
    items: Sequence[Identity],
    stored: Stored,
    outcome: FetchOutcome,
    parsed: ParseOutcome | None,
    *,
    feed: FeedSettings,
    polling: PollingSettings,
    now: datetime,
    jitter: float,
) -> FeedUpdate:
    """The change that this answer makes to what is stored about the feed; `jitter` in [0, 1).

    `items`: the distinct ones of what was parsed; `stored`: what there is of this feed under their keys.
    `parsed` is None for an answer without a body, or with the very body that was read before; ValueError for another.
    """
    poll = Poll(state=state, feed=feed, polling=polling, now=now, jitter=jitter)
    if isinstance(outcome, FetchFailed):
        return after_failure(poll, outcome)
    if isinstance(outcome, NotModified):
        return after_not_modified(poll, outcome)
    if parsed is None:
        return after_same_body(poll, outcome)
    if isinstance(parsed, ParseFailed):
        return after_no_feed(poll, outcome, parsed)
    update = with_articles(poll, after_document(poll, outcome, parsed), items, stored, parsed)
    return scheduled(poll, with_publishing_rate(poll, update), outcome.headers)
