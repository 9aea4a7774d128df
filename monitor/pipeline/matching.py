"""match, for the articles of one poll: in slices that let the event loop and the watchdog see that it goes on.

It decides nothing: what matches is `match`'s word, which edits are worth storing `reconcile`'s.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence

from monitor.cluster import words_of
from monitor.model.article import Article
from monitor.model.match import Document, Match
from monitor.model.story import WordCounts
from monitor.model.update import ChangedArticle, FeedUpdate, NewArticle
from monitor.pipeline.stages import Stages
from monitor.pipeline.units import done
from monitor.progress import Unit
from monitor.reconcile import admitted


async def matches_of(
    stages: Stages, unit: Unit, articles: Sequence[NewArticle | ChangedArticle]
) -> dict[str, tuple[Match, ...]]:
    """In slices of one article, whose text is bounded: thousands must not keep the other feeds' sockets waiting, nor be
    taken for hanging.
    """
    found = {}
    for article in articles:
        found[article.key] = done(stages, unit, stages.index.matches, document_of(article))
        stages.progress.sign_of_life()
        await asyncio.sleep(0)
    return {key: matches for key, matches in found.items() if matches}


def with_finds(stages: Stages, update: FeedUpdate, matches: dict[str, tuple[Match, ...]]) -> FeedUpdate:
    """With the edits beyond what an article may cost that are worth it; the matches of the others are taken out."""
    if not update.excess:
        return update
    found = {edit.id: [match.topic for match in matches.get(edit.key, ())] for edit in update.excess}
    kept = admitted(update, found, stages.store.articles.topics_of([edit.id for edit in update.excess]))
    for edit in update.excess:
        if edit not in kept.changed:
            matches.pop(edit.key, None)
    return kept


async def words_in(stages: Stages, unit: Unit, articles: Sequence[NewArticle]) -> WordCounts:
    """How common the words of the new articles are among them: what grouping weighs words by."""
    words: Counter[str] = Counter()
    for article in articles:
        words.update(done(stages, unit, words_of, [article]))
        stages.progress.sign_of_life()
        await asyncio.sleep(0)
    return WordCounts(articles=len(articles), words=words)


def document_of(article: Article | NewArticle | ChangedArticle) -> Document:
    return Document(title=article.title, text=article.text, language=article.language, outlet=article.outlet)
