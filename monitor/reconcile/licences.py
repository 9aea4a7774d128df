"""What the licence of a feed leaves of its articles: headline, link and evidence, but no text.

A text is read before it goes: it was matched, its words were counted, and of its runs hashes are kept, by which copies
and edits are known (docs/decisions/0064). Evidence needs no care: what was found is no more than the words of a term.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.copies import runs_of
from monitor.model.article import Article
from monitor.model.feed_update import ChangedArticle, FeedUpdate, NewArticle
from monitor.model.ids import ArticleId
from monitor.model.settings import FeedSettings
from monitor.policy.licences import is_over

Written = TypeVar("Written", Article, NewArticle, ChangedArticle)


def licensed(
    update: FeedUpdate, feed: FeedSettings, came_at: Mapping[ArticleId, datetime], now: datetime
) -> FeedUpdate:
    """The update without texts that the feed's licence does not allow to keep. `came_at`: when edited articles came."""
    kept = feed.keep_text if feed.quote else timedelta()

    def allowed(edits: Sequence[ChangedArticle]) -> tuple[ChangedArticle, ...]:
        return tuple(without_text(each, now) if is_over(came_at[each.id], kept, now) else each for each in edits)

    new = update.new if feed.quote else tuple(without_text(each, now) for each in update.new)
    return replace(update, new=new, changed=allowed(update.changed), reread=allowed(update.reread))


def without_text(article: Written, now: datetime) -> Written:
    """What is left of it. One without a text stays as it is."""
    if not article.text:
        return article
    return replace(article, text="", text_removed_at=now, text_runs=runs_of(article.text))
