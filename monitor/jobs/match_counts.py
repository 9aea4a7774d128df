"""Counts for the report on a poll: new matches, and what was in the feed before its first poll."""

from collections.abc import Mapping, Sequence

from monitor.model.article import Arrival
from monitor.model.feed_update import BaselineCounts, FeedUpdate
from monitor.model.match import Match
from monitor.store import Store


def flagged(store: Store, update: FeedUpdate, matches: Mapping[str, Sequence[Match]]) -> int:
    """How many matches are new with this poll, which is not stored yet. An edit that leaves a match unchanged adds
    none, and neither does a text that is read again.
    """
    known = store.matches.topics_of([edit.id for edit in update.changed])
    before = {edit.key: known.get(edit.id, frozenset()) for edit in update.changed}
    reread = {article.key for article in update.reread}
    return sum(
        match.topic not in before.get(key, ()) for key, each in matches.items() if key not in reread for match in each
    )


def baseline_counts(update: FeedUpdate, matches: Mapping[str, Sequence[Match]]) -> BaselineCounts | None:
    """What was in the feed at its first poll; None for any other poll, and for an empty feed."""
    there = [article for article in update.new if article.arrival is Arrival.BASELINE]
    matching = [article for article in there if article.key in matches]
    fresh = sum(article.is_mailable for article in matching)
    return BaselineCounts(articles=len(there), matching=len(matching), fresh=fresh) if there else None
