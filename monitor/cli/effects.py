"""What the topics of a config would change of the stored matches, for `check` and `reload`. Writes nothing.

Whether anything changed is asked without SQLAlchemy, whose import takes half as long as all of `check`.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.errors import NewsMonitorError
from monitor.match import fingerprint
from monitor.model.ids import ArticleId
from monitor.model.rule_change import RuleChange
from monitor.model.topic import Topic
from monitor.unusable import why

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.store import Store

LONGEST = timedelta(days=30)
MOST_ARTICLES = 20_000
"""Beyond these, the newest, and those of the same day, none is asked: that takes some seconds."""

COUNT_SECONDS = 30.0
"""So long a person waits for `check`. A text in which a topic is found hundreds of times takes some milliseconds."""

LOOK_SECONDS = 1
TOOK_LONGER = (
    "What changed topics match of the stored articles took longer than {seconds:g} s to count. The daemon counts it"
    " when it reads the config, and the next edition says it."
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class NotCountedInTimeError(Exception):
    """Matching the stored articles again took longer than the caller waits."""


def would_change(settings: "Settings", now: datetime, is_over: Callable[[], bool] = lambda: False) -> list[RuleChange]:
    """What a reload would do to the matches of the stored articles: of each topic that the owner changed since the
    daemon last read the config. Nothing if there is no store, or one of another version. Raises StoreError, OSError,
    and NotCountedInTimeError as soon as `is_over`, which is asked for each article.
    """
    wordings = {topic: fingerprint(topic, settings.lists) for topic in settings.topics if topic.enabled}
    if settings.storage.is_file and _is_known(settings.storage.database_file, wordings):
        return []
    from monitor.store import open_store
    from monitor.store.place import place_of
    from monitor.store.revision import revisions

    if not place_of(settings.storage).is_there():
        return []
    store = open_store(settings.storage.database_url, now=lambda: now)
    try:
        found, needed = revisions(store.database)
        return _changes(store, settings, wordings, now, is_over) if found == needed else []
    finally:
        store.close()


def told_changes(settings: "Settings", seconds: float = COUNT_SECONDS) -> list[RuleChange]:
    """The same now, if it takes no longer than this. Whatever is wrong with the store is no mistake in the config: that
    is said, and nothing is known.
    """
    from monitor.daemon.clock import SystemClock

    ends_at = time.monotonic() + seconds
    try:
        return would_change(settings, SystemClock().now(), lambda: time.monotonic() >= ends_at)
    except NotCountedInTimeError:
        typer.echo(TOOK_LONGER.format(seconds=seconds), err=True)
        return []
    except NewsMonitorError as error:
        reason = str(error)
    except OSError as error:
        reason = why(settings.storage.folder, error)
    typer.echo(f"What changed topics would do is not known, because the store cannot be read: {reason}", err=True)
    return []


def facts(changes: Sequence[RuleChange]) -> list[dict[str, object]]:
    """As JSON has them."""
    return [
        {
            "topic": change.topic,
            "is_new": change.effect.before is None,
            "hours": round(change.window.total_seconds() / 3600),
            "before": change.effect.before or 0,
            "now": change.effect.after,
            "entered": change.effect.entered,
            "left": change.effect.left,
        }
        for change in changes
    ]


def _is_known(file: Path, wordings: Mapping[Topic, str]) -> bool:
    """Whether stored articles are matched under these wordings, or there are none. If the look fails, the store will
    say why.
    """
    if not file.exists():
        return True
    try:
        address = f"{file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=LOOK_SECONDS)) as connection:
            stored = dict(connection.execute("SELECT name, fingerprint FROM topics"))
    except sqlite3.Error:
        return False
    names = _stored_names(wordings, stored)
    return all(stored.get(names[topic]) == each for topic, each in wordings.items())


def _stored_names(topics: Iterable[Topic], stored: Mapping[str, str]) -> dict[Topic, str]:
    """The name that each topic has in the store before a rename is read; "" if that is another's."""
    renamed = {topic: topic.was for topic in topics if topic.was in stored and topic.name not in stored}
    taken = set(renamed.values())
    return {topic: renamed.get(topic, "" if topic.name in taken else topic.name) for topic in topics}


def _changes(
    store: "Store",
    settings: "Settings",
    wordings: Mapping[Topic, str],
    now: datetime,
    is_over: Callable[[], bool],
) -> list[RuleChange]:
    from monitor.boilerplate import document_of
    from monitor.match import TopicIndex
    from monitor.match.fingerprint import own_wordings

    names = _stored_names(wordings, store.topics.wordings())
    written = own_wordings(wordings, settings.lists, settings.shipped)
    asked = (
        {names[topic]: each for topic, each in wordings.items()},
        {names[topic]: written[topic.name] for topic in wordings},
    )
    reworded = store.topics.changed(*asked).reworded
    topics = [topic for topic in wordings if names[topic] in reworded]
    window = _window(store, settings.storage.backfill, now)
    since = now - window
    before = store.rule_changes.before([names[topic] for topic in topics], since)
    index, shared = TopicIndex(topics, settings.lists), store.boilerplate.of_all()
    page_of = store.pages.reader(since)
    found: dict[str, set[ArticleId]] = {topic.name: set() for topic in topics}
    has_articles = False
    for article in store.articles.since(since) if topics else ():
        has_articles = True
        if is_over():
            raise NotCountedInTimeError
        document = document_of(article, shared.get(article.feed_id, ()), article.first_seen_at)
        for match in index.matches(replace(document, page=page_of(article.id))):
            found[match.topic].add(article.id)
    return [
        RuleChange(
            topic=topic.name, changed_at=now, window=window, effect=before[names[topic]].effect(found[topic.name])
        )
        for topic in topics
        if has_articles
    ]


def _window(store: "Store", backfill: timedelta, now: datetime) -> timedelta:
    """As far back as a reload goes, within bounds; in whole days, or hours where that is less than two."""
    window = min(backfill, LONGEST)
    edge = store.articles.newest_bound(MOST_ARTICLES, now - window)
    if edge is None:
        return window
    unit = DAY if now - edge >= 2 * DAY else HOUR
    return min(-((edge - now) // unit) * unit, window)
