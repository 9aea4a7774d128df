"""match, for the articles of one poll: in slices that let the event loop and the watchdog see that it goes on.

It decides nothing: what matches is `match`'s word, which edits are worth storing `reconcile`'s.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import structlog

from monitor.boilerplate import RECENT_ARTICLES, document_of, learned
from monitor.cluster import words_of
from monitor.jobs.stages import Stages
from monitor.jobs.work_units import done
from monitor.model.boilerplate import Boilerplate, Specimen
from monitor.model.feed_update import FeedUpdate, NewArticle
from monitor.model.match import Document, Match
from monitor.model.story import WordCounts
from monitor.progress import Unit
from monitor.reconcile import admitted
from monitor.url import shown_url

log = structlog.get_logger(__name__)


async def matches_of(
    stages: Stages, unit: Unit, update: FeedUpdate, shared: Sequence[Boilerplate] = ()
) -> dict[str, tuple[Match, ...]]:
    """In slices of one article, whose text is bounded: thousands must not keep the other feeds' sockets waiting, nor be
    taken for hanging. `shared`: what is known of the feed; an edit is judged by what was known when its article came.
    """
    stored = [*update.changed, *update.excess, *update.reread]
    has_habits = any(each.left_out_since for each in shared)
    came_at = stages.store.boilerplate.came_at([edit.id for edit in stored]) if has_habits and stored else {}
    documents: Iterable[tuple[str, Document]] = chain(
        ((new.key, document_of(new, shared, new.first_seen_at)) for new in update.new),
        ((edit.key, document_of(edit, shared, came_at.get(edit.id))) for edit in stored),
    )
    found = {}
    for key, document in documents:
        found[key] = done(stages, unit, stages.index.matches, document)
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


def shared_by(stages: Stages, update: FeedUpdate) -> tuple[Boilerplate, ...]:
    """What texts of the feed begin or end with, as far as is known; not asked where there is nothing to judge."""
    has_articles = update.new or update.changed or update.excess or update.reread
    return stages.store.boilerplate.of_feed(update.state.id) if has_articles else ()


async def learned_by(
    stages: Stages, unit: Unit, update: FeedUpdate, shared: Sequence[Boilerplate]
) -> tuple[Boilerplate, ...] | None:
    """What is known of the feed after its new articles; None if they change nothing, as where there are none."""
    if not update.new:
        return None
    new = [Specimen(title=each.title, text=each.text, seen_at=each.first_seen_at) for each in update.new]
    recent = stages.store.boilerplate.recent(update.state.id, RECENT_ARTICLES)
    found = await asyncio.to_thread(done, stages, unit, learned, shared, new, recent, stages.clock.now())
    before = {each.words for each in shared if each.left_out_since}
    for each in found:
        if each.left_out_since and each.words not in before:
            log.info("left out of matching from now on", feed=shown_url(update.state.url), words=each.sample)
    return None if set(found) == set(shared) else found
