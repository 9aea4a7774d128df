"""Deletes articles that are older than the owner wants to keep, and leaves tombstones, so that none returns as news."""

from datetime import datetime, timedelta

from monitor.log import logger
from monitor.reconcile import key_hash, key_hashes, tombstones
from monitor.store import Store

log = logger(__name__)

BATCH_ARTICLES = 500
BATCH_MESSAGES = 200
MOST_BATCHES = 20
"""The most batches of one run, which must be short because polls wait for it; the next run continues."""


def forget_old(store: Store, keep: timedelta | None, now: datetime) -> None:
    """Drop articles first seen longer than `keep` ago (`[storage] keep`; None: keep for ever), with their revisions and
    matches (rule I10), and the bytes of messages that arrived before that.

    Articles stay that their feed still has, that may yet be in an edition, or that are the first of a story with
    others.
    """
    if keep is None:
        return
    held = {feed: key_hashes(window) for feed, window in store.feeds.windows().items()}
    count, last = 0, 0
    for _ in range(MOST_BATCHES):
        batch = store.retention.old(now - keep, beyond=last, limit=BATCH_ARTICLES)
        if not batch:
            break
        last = batch[-1][1].id
        gone = [(feed, article) for feed, article in batch if key_hash(article.key) not in held[feed]]
        store.retention.bury({article.id: (feed, tombstones(article)) for feed, article in gone}, now)
        count += len(gone)
    store.retention.forget_tombstones()
    messages = store.retention.empty_sent(now - keep, limit=BATCH_MESSAGES)
    if count or messages:
        log.info("old articles dropped", articles=count, messages=messages)
