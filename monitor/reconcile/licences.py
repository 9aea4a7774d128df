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
from monitor.policy.licences import is_over

Written = TypeVar("Written", Article, NewArticle, ChangedArticle)


def licensed(
    update: FeedUpdate,
    kept: timedelta | None,
    came_at: Mapping[ArticleId, datetime],
    removed_to: ArticleId,
    now: datetime,
) -> FeedUpdate:
    """The update without texts that the licence of its feed does not allow. `kept`: see `is_over`; `came_at`: when
    edited articles came; `removed_to`: the last article at which the remover looked, which does not come back to it.
    """
    if kept is None:
        return update

    def allowed(edits: Sequence[ChangedArticle]) -> tuple[ChangedArticle, ...]:
        over = {each.id for each in edits if each.id <= removed_to or is_over(came_at[each.id], kept, now)}
        return tuple(without_text(each, now) if each.id in over else each for each in edits)

    new = tuple(without_text(each, now) if is_over(each.first_seen_at, kept, now) else each for each in update.new)
    return replace(update, new=new, changed=allowed(update.changed), reread=allowed(update.reread))


def without_text(article: Written, now: datetime) -> Written:
    """What is left of it. One without a text stays as it is."""
    if not article.text:
        return article
    return replace(article, text="", text_removed_at=now, text_runs=runs_of(article.text))
