"""What one poll changes: which articles are new, edited, known or late, and how the feed fares.

Works on values alone: the stored state of the feed, the articles stored under any of
`candidate_keys`, the answer and what was parsed of it. It neither loads nor stores, and does not
match: that topics are matched again after an edit is `pipeline`'s work.

    identity.py   which item is which stored article
    articles.py   new, changed, late; dates, outlets, languages
    health.py     validators, failures, the next due time
    poll.py       the circumstances that all of them need
"""

from collections.abc import Mapping
from datetime import datetime

from monitor.model.feed import ParseFailed, ParseOutcome
from monitor.model.fetch import Fetched, FetchFailed, FetchOutcome, NotModified
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.model.update import FeedState, FeedUpdate, KnownArticle
from monitor.reconcile.articles import with_articles
from monitor.reconcile.health import after_document, after_failure, after_no_feed, after_not_modified, after_same_body
from monitor.reconcile.health import body_hash as body_hash
from monitor.reconcile.identity import candidate_keys as candidate_keys
from monitor.reconcile.identity import content_hash as content_hash
from monitor.reconcile.identity import item_keys as item_keys
from monitor.reconcile.poll import Poll


def reconcile(
    state: FeedState,
    known: Mapping[str, KnownArticle],
    outcome: FetchOutcome,
    parsed: ParseOutcome | None,
    *,
    feed: FeedSettings,
    polling: PollingSettings,
    now: datetime,
    jitter: float,
) -> FeedUpdate:
    """The change that this answer makes to what is stored about the feed; `jitter` in [0, 1).

    `known`: what is stored of this feed under `candidate_keys` of the items, by key. `parsed` is None for
    an answer without a body, or with the very body that was read before; ValueError for another.
    """
    poll = Poll(state=state, feed=feed, polling=polling, now=now, jitter=jitter)
    if isinstance(outcome, FetchFailed):
        return after_failure(poll, outcome)
    if isinstance(outcome, NotModified):
        return after_not_modified(poll, outcome)
    return _after_body(poll, known, outcome, parsed)


def _after_body(
    poll: Poll, known: Mapping[str, KnownArticle], fetched: Fetched, parsed: ParseOutcome | None
) -> FeedUpdate:
    if parsed is None:
        return after_same_body(poll, fetched)
    if isinstance(parsed, ParseFailed):
        return after_no_feed(poll, fetched, parsed)
    return with_articles(poll, after_document(poll, fetched, parsed), known, parsed)
