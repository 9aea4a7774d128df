"""Deletes articles that are older than the owner wants to keep, and leaves tombstones, so that none returns as news.

It decides nothing: when what may go is decided in `policy.retention`, and whether the clock is right in `policy.clock`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from monitor.counted import counted
from monitor.log import logger
from monitor.model.feed_update import KnownArticle
from monitor.model.ids import ArticleId, FeedId
from monitor.model.note import NoteKind
from monitor.model.retention_plan import RetentionPlan
from monitor.policy.pages import PAGE_HOSTS_KEPT
from monitor.policy.retention import ANNOUNCED, is_announced, is_known, may_go_on, new_plan, next_until
from monitor.reconcile import key_hash, key_hashes, tombstones
from monitor.store import Store

log = logger(__name__)

BATCH_ARTICLES = 500
BATCH_MESSAGES = 200
MOST_BATCHES = 20
"""The most batches of one run, which must be short because polls wait for it; the next run continues."""

NOTE_KEY = "keep"

Batch = list[tuple[FeedId, KnownArticle]]
BeforeDropped = Callable[[Sequence[ArticleId]], Collection[ArticleId]]


def forget_old(
    store: Store, keep: timedelta | None, now: datetime, before_dropped: BeforeDropped = lambda _: frozenset()
) -> None:
    """Drop articles first seen longer than `keep` ago (`[storage] keep`; None: keep for ever), with their revisions and
    matches (rule I10), and the bytes of messages that arrived before that. Only with a clock that is plausible.

    Articles stay that their feed still has, that may yet be in an edition, or that are the first of a story with
    others. The first run with a new `keep` only says what it will drop, and later ones drop no more than some days.
    `before_dropped` is given those that are about to go, and returns those of them that stay until the next run.
    """
    plan = store.retention_plan.get()
    if keep is None or plan is None or not is_known(plan, keep, now):
        _announce(store, keep, now, was=plan)
        return
    if is_announced(plan, now):
        return
    store.notes.over(NoteKind.RETENTION, NOTE_KEY, now)
    if may_go_on(plan, now):
        first = next((gone[0] for gone in islice(_going(store, now - keep), MOST_BATCHES) if gone), None)
        oldest = now - keep if first is None else store.retention.first_seen_at(first[1].id)
        plan = replace(plan, day_began_at=now, until=next_until(plan, oldest))
        store.retention_plan.put(plan)
    _drop(store, min(plan.until, now - keep), now, before_dropped)


def forget_pages(store: Store, keep_pages: timedelta, now: datetime) -> None:
    """Drop texts of pages behind articles whose time is over (`[storage] keep_pages`, `keep_text`), and what is known
    of hosts of which no page was asked for that long. Only with a clock that is plausible.

    A shorter `keep_pages` is for what was read before it, too; what topics found in a text stays.
    """
    count = 0
    for _ in range(MOST_BATCHES):
        count += (dropped := store.pages.drop_texts(now, now - keep_pages, limit=BATCH_ARTICLES))
        if dropped < BATCH_ARTICLES:
            break
    hosts = store.pages.forget_hosts(now - PAGE_HOSTS_KEPT, now)
    if count or hosts:
        log.info("texts of pages dropped", texts=count, hosts=hosts)


def _announce(store: Store, keep: timedelta | None, now: datetime, *, was: RetentionPlan | None) -> None:
    if keep is None and was is None:
        return
    store.retention_plan.put(None if keep is None else new_plan(keep, now))
    store.notes.over(NoteKind.RETENTION, NOTE_KEY, now)
    articles = 0 if keep is None else sum(map(len, _going(store, now - keep)))
    if articles:
        text = (
            f"[storage] keep is new: {counted(articles, 'article is', 'articles are')} older than that and will be "
            f"dropped from {now + ANNOUNCED:%Y-%m-%d %H:%M} UTC on. To keep them, change it before then."
        )
        log.warning("old articles will be dropped", articles=articles, at=str(now + ANNOUNCED))
        store.notes.add(NoteKind.RETENTION, NOTE_KEY, text, now)


def _going(store: Store, before: datetime) -> Iterator[Batch]:
    """The old articles that their feeds no longer have, in batches, with the ids of their feeds."""
    held = {feed: key_hashes(window) for feed, window in store.feeds.windows().items()}
    last = 0
    while batch := store.retention.old(before, beyond=last, limit=BATCH_ARTICLES):
        last = batch[-1][1].id
        yield [(feed, article) for feed, article in batch if key_hash(article.key) not in held[feed]]


def _drop(store: Store, before: datetime, now: datetime, before_dropped: BeforeDropped) -> None:
    count = 0
    for going in islice(_going(store, before), MOST_BATCHES):
        staying = before_dropped([article.id for _, article in going])
        gone = {article.id: (feed, tombstones(article)) for feed, article in going if article.id not in staying}
        store.retention.bury(gone, now)
        count += len(gone)
    store.retention.forget_tombstones()
    messages = store.retention.empty_sent(before, limit=BATCH_MESSAGES)
    if count or messages:
        log.info("old articles dropped", articles=count, messages=messages)
