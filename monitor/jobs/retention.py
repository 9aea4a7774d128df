"""What is older than its owner wants to keep goes, and leaves behind what keeps it from coming back as news."""

import structlog

from monitor.jobs.stages import Stages
from monitor.reconcile import key_hash, key_hashes, tombstones

log = structlog.get_logger(__name__)

BATCH_ARTICLES = 500
BATCH_MESSAGES = 200
MOST_BATCHES = 20
"""A run is short, since polls wait for it; what it leaves, the next one takes."""


def forget_old(stages: Stages) -> None:
    """Drop articles first seen longer than `[storage] keep` ago, with their revisions and matches (rule I10), and the
    bytes of messages that arrived before that.

    Not what its feed still holds, nor what may yet be in an edition, nor the first article of a story that has others.
    """
    store, keep, now = stages.store, stages.storage.keep, stages.clock.now()
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
        log.info("what is old was dropped", articles=count, messages=messages)
