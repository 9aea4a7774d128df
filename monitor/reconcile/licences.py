"""What the licence of a feed leaves of its articles: headline, link and evidence, but no text.

A text is read before it goes: it was matched, its words were counted, and of its runs hashes are kept, by which copies
and edits are known (docs/decisions/0064).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from monitor.copies import runs_of
from monitor.model.feed_update import ChangedArticle, FeedUpdate, NewArticle
from monitor.model.ids import ArticleId
from monitor.model.match import Evidence, Match
from monitor.model.settings import FeedSettings

Written = TypeVar("Written", NewArticle, ChangedArticle)

MOST_WORDS = 6
"""What was found by a term of few words may be a longer piece of a sentence: only its ends are kept."""


def licensed(
    update: FeedUpdate, feed: FeedSettings, came_at: Mapping[ArticleId, datetime], now: datetime
) -> FeedUpdate:
    """The update without texts that the feed's licence does not allow to keep. `came_at`: when edited articles came."""
    if feed.quote and feed.keep_text is None:
        return update

    def allowed(edits: Sequence[ChangedArticle]) -> tuple[ChangedArticle, ...]:
        return tuple(without_text(each, now) if _is_over(feed, came_at[each.id], now) else each for each in edits)

    new = update.new if feed.quote else tuple(without_text(each, now) for each in update.new)
    return replace(update, new=new, changed=allowed(update.changed), reread=allowed(update.reread))


def without_text(article: Written, now: datetime) -> Written:
    """What is left of it. One without a text stays as it is."""
    if not article.text:
        return article
    return replace(article, text="", text_removed_at=now, text_runs=runs_of(article.text))


def bare_matches(matches: Mapping[str, Sequence[Match]], keys: Iterable[str]) -> dict[str, tuple[Match, ...]]:
    """By article, its matches: those of `keys`, whose texts were removed, say only which terms were found where."""
    gone = frozenset(keys)
    return {key: tuple(map(bare, each)) if key in gone else tuple(each) for key, each in matches.items()}


def bare(match: Match) -> Match:
    """The match of an article whose text was removed."""
    return replace(match, evidence=tuple(map(bare_evidence, match.evidence)))


def bare_evidence(item: Evidence) -> Evidence:
    """Without the words between the ends of a long piece of the text."""
    words = item.found.split()
    if item.field != "text" or len(words) <= max(MOST_WORDS, len(item.term.split())):
        return item
    return replace(item, found=f"{words[0]} … {words[-1]}")


def _is_over(feed: FeedSettings, came_at: datetime, now: datetime) -> bool:
    return not feed.quote or (feed.keep_text is not None and came_at + feed.keep_text <= now)
