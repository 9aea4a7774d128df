"""How often a feed publishes, and how fast its window is replaced: the basis of the adaptive interval.

Kept as facts of the feed; what follows from them is decided in `policy.polling`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model.article import Arrival
from monitor.model.feed_update import FeedState, FeedUpdate, NewArticle
from monitor.policy.polling import ARRIVALS_KEPT
from monitor.reconcile.poll import Poll

SLOW = timedelta(days=1)
"""A window that lasts longer than that never overflows between two polls."""


def with_publishing_rate(poll: Poll, update: FeedUpdate) -> FeedUpdate:
    """`update` with the publishing rate that follows from its new articles."""
    moments = {moment for article in update.new for moment in _moments(poll, article)}
    arrivals = tuple(sorted({*poll.state.arrivals, *moments}))[-ARRIVALS_KEPT:]
    state = replace(update.state, arrivals=arrivals, turnover=_turnover(poll, update))
    return replace(update, state=state)


def relaxed(state: FeedState) -> FeedState:
    """After an answer that brought nothing new: the window fills more slowly than it did."""
    longer = 2 * (state.turnover or timedelta())
    return replace(state, turnover=longer if timedelta() < longer <= SLOW else None)


def _moments(poll: Poll, article: NewArticle) -> Iterator[datetime]:
    """When it was published, as far as that can be known: of a baseline only what is dated, of the late nothing."""
    if article.arrival is Arrival.LATE:
        return
    if article.published_at is not None and article.published_at <= poll.now:
        yield article.published_at
    elif article.arrival is Arrival.NEW:
        yield poll.now


def _turnover(poll: Poll, update: FeedUpdate) -> timedelta | None:
    """The time in which all items of the document are replaced, at the rate since the previous success."""
    since, counts = poll.state.succeeded_at, update.counts
    fresh, items = counts.new - counts.late, counts.new + counts.known - counts.recovered
    calmer = relaxed(poll.state).turnover
    if poll.state.baseline_at is None or since is None or since >= poll.now or not fresh:
        return calmer  # the clock may have been set back: such a time is not usable
    observed = (poll.now - since) * items / fresh
    shortest = observed if calmer is None else min(observed, calmer)
    return shortest if shortest <= SLOW else None
