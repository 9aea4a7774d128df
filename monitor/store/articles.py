"""Articles and their edits: what a poll brings is written, and read by identity, by id, and in the order they came.

A long history is read in batches, each a transaction of its own, so that it neither fills the memory nor keeps the
write-ahead log from being emptied while a daemon works beside it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select, tuple_

from monitor.model.article import Article
from monitor.model.boilerplate import Boilerplate, Specimen
from monitor.model.feed_update import (
    ChangedArticle,
    Doubt,
    FeedUpdate,
    FormerTitle,
    KnownArticle,
    Lookup,
    Past,
    RenamedArticle,
    Stored,
)
from monitor.model.ids import ArticleId, FeedId
from monitor.model.ledger import BaselineArticle
from monitor.model.match import Match, Origin
from monitor.model.past import ListedArticle
from monitor.model.story import WordCounts
from monitor.policy.news import origin_of, origin_when_reread
from monitor.store.article_rows import (
    WHOLE,
    article_from_row,
    as_licensed,
    came_at,
    insert_articles,
    keep_revision,
    save_article,
    save_sighting,
)
from monitor.store.baseline import baseline_matches
from monitor.store.boilerplate import save_boilerplate
from monitor.store.database import portions
from monitor.store.group import Group, each_of
from monitor.store.match_rows import match_from_row
from monitor.store.matches import save_matches, with_topics
from monitor.store.polls import save_poll
from monitor.store.tables import articles, matches, outlets, revisions, tombstones, topics
from monitor.store.word_counts import count_words
from monitor.url import asked_url, canonical_url, page_asked_for, spellings

ISSUES_READ = 20
"""How many earlier articles under one guid or address are compared."""

AFTER_ANY_KEY = "~"
"""Sorts behind every hexadecimal digit."""


AFTER_ANY_LETTER = "\U0010ffff"
PAGES_COMPARED = 1_000
"""How many addresses that begin like the one that is looked for are compared with it."""

BATCH_ARTICLES = 500
"""Few enough for one statement to name their ids, and for the texts of a batch to be a few megabytes."""

Decided = tuple[Article, tuple[Match, ...]]


class ArticleStore(Group):
    """Every article that was ever in a feed, whether it matches or not."""

    def known(self, feed_id: FeedId, lookup: Lookup) -> Stored:
        """The articles of a feed that are stored under one of these keys or aliases."""
        by_alias: defaultdict[int, list[KnownArticle]] = defaultdict(list)
        with self._database.read() as connection:
            by_key = {
                row.key: _known_from_row(row)
                for chosen in portions(lookup.keys)
                for row in connection.execute(_known(feed_id, articles.c.key.in_(chosen)))
            }
            for chosen in portions(lookup.aliases):
                for column in (articles.c.link_alias, articles.c.guid_alias):
                    for article in map(_known_from_row, connection.execute(_known(feed_id, column.in_(chosen)))):
                        by_alias[getattr(article, column.name)].append(article)
            of_feed = select(tombstones.c.trace, tombstones.c.seen_at).where(tombstones.c.feed_id == feed_id)
            forgotten = {
                row.trace: row.seen_at
                for chosen in portions(lookup.tombstones)
                for row in connection.execute(of_feed.where(tombstones.c.trace.in_(chosen)))
            }
            known = {
                row.name: row.first_seen_at
                for chosen in portions(lookup.outlets)
                for row in connection.execute(select(outlets).where(outlets.c.name.in_(chosen)))
            }
        return Stored(
            by_key=by_key,
            by_alias={alias: tuple(found) for alias, found in by_alias.items()},
            tombstones=forgotten,
            outlets=known,
        )

    def past(self, feed_id: FeedId, doubts: Sequence[Doubt]) -> Mapping[ArticleId, Past]:
        """By article, the text it has and the headlines that came before its own: edited ones, and those of earlier
        articles under the same guid or address.
        """
        with self._database.read() as connection:
            return {each.article_id: _past(connection, feed_id, each) for each in doubts}

    def apply(
        self,
        update_: FeedUpdate,
        found: Mapping[str, Sequence[Match]],
        now: datetime,
        words: WordCounts = WordCounts(),  # noqa: B008 (frozen)
        backfill: timedelta | None = None,
        shared: Sequence[Boilerplate] | None = None,
    ) -> None:
        """Commit one poll of one feed: articles, their matches by key and their words, validators, due time,
        ledger (P5, D12). `backfill`: how long ago an article may have come to be listed for what was read of it only
        now (None: however long). `shared`: what is learned of the feed (None: nothing else than before).

        Texts that the licence does not allow are not written. That is decided in the transaction: since the poll was
        decided, the licence may have changed, or texts been removed, of which the remover does not look at any again.
        """
        with self._database.write() as connection:
            update_ = as_licensed(connection, update_, now)
            save_poll(connection, update_, now)
            ids = {article.key: article.id for article in (*update_.changed, *update_.reread)}
            for changed in update_.changed:
                keep_revision(connection, changed, now)
            edits: tuple[ChangedArticle | RenamedArticle, ...] = (*update_.changed, *update_.reread, *update_.renamed)
            for edit in edits:
                save_article(connection, edit)
            for chosen in portions(update_.recalled):
                save_sighting(connection, update_.state.id, chosen, now)
            ids |= insert_articles(connection, update_)
            count_words(connection, words)
            if shared is not None:
                save_boilerplate(connection, update_.state.id, shared)
            origins = {each.key: origin_of(each.arrival, is_mailable=each.is_mailable) for each in update_.new}
            origins |= _backfill_origins(connection, update_.reread, None if backfill is None else now - backfill)
            by_article = {ids[key]: (each, origins.get(key, Origin.NEW)) for key, each in found.items()}
            save_matches(connection, by_article, now)

    def since(self, moment: datetime) -> Iterator[Article]:
        """Articles first seen from `moment` on, in order of (first seen, id)."""
        for rows in self._batches(moment):
            now = self._database.now()
            yield from (article_from_row(row, now) for row in rows)

    def decided_since(self, moment: datetime) -> Iterator[Decided]:
        """The same, each with its stored matches, in the order of their topics' names."""
        for rows in self._batches(moment):
            found: dict[ArticleId, list[Match]] = {row.id: [] for row in rows}
            query = with_topics().where(matches.c.article_id.in_(found)).order_by(topics.c.name)
            for row in self._all(query):
                found[row.article_id].append(match_from_row(row))
            now = self._database.now()
            yield from ((article_from_row(row, now), tuple(found[row.id])) for row in rows)

    def each(self, article_ids: Sequence[ArticleId]) -> Iterator[Article]:
        """These articles in this order, without those that are not stored any more."""
        for place in range(0, len(article_ids), BATCH_ARTICLES):
            chosen = article_ids[place : place + BATCH_ARTICLES]
            rows = {row.id: row for row in self._all(select(*WHOLE).where(articles.c.id.in_(chosen)))}
            now = self._database.now()
            yield from (article_from_row(rows[each], now) for each in chosen if each in rows)

    def one(self, article_id: ArticleId) -> Article | None:
        """The article with this id; None if it is not stored."""
        rows = self._all(select(*WHOLE).where(articles.c.id == article_id))
        return article_from_row(rows[0], self._database.now()) if rows else None

    def decided(self, article_id: ArticleId) -> Decided | None:
        """An article with its stored matches, in the order of their topics' names."""
        article = self.one(article_id)
        query = with_topics().where(matches.c.article_id == article_id).order_by(topics.c.name)
        return None if article is None else (article, tuple(map(match_from_row, self._all(query))))

    def at(self, url: str) -> tuple[Article, ...]:
        """The articles at an address as people write it, oldest first: several feeds may carry one.

        Those whose link leads to the same address (rule I1) if there are any, else those of the same page in another
        form (`url.page_asked_for`), or that had such an address before an edit.
        """
        asked = asked_url(url)
        if not asked:
            return ()
        with self._database.read() as connection:
            found = _at_page(connection, asked)
            rows = connection.execute(select(*WHOLE).where(articles.c.id.in_(found)).order_by(articles.c.id))
            now = self._database.now()
            return tuple(article_from_row(row, now) for row in rows)

    def headlines(self, most: int) -> tuple[tuple[ArticleId, str], ...]:
        """The headlines of the newest articles, the newest first."""
        query = select(articles.c.id, articles.c.title).order_by(articles.c.id.desc()).limit(most)
        return tuple((row.id, row.title) for row in self._all(query))

    def count(self, since: datetime | None = None) -> int:
        """How many articles are stored; of those that `since` gives, if it is not None."""
        query = select(func.count()).select_from(articles)
        if since is not None:
            query = query.where(articles.c.first_seen_at >= since)
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def newest_bound(self, most: int, since: datetime) -> datetime | None:
        """When the last article came behind which there are `most` newer ones; None if fewer came since then."""
        newest = select(articles.c.first_seen_at).where(articles.c.first_seen_at >= since)
        query = newest.order_by(articles.c.first_seen_at.desc()).offset(most).limit(1)
        with self._database.read() as connection:
            return connection.scalar(query)

    def with_former_titles(self, article_ids: Collection[ArticleId]) -> dict[ArticleId, ListedArticle]:
        """These articles, with the headlines that they had before."""
        before = select(revisions.c.article_id, revisions.c.replaced_at, revisions.c.title)
        before = before.where(revisions.c.article_id.in_(article_ids)).order_by(revisions.c.replaced_at, revisions.c.id)
        earlier: defaultdict[ArticleId, list[tuple[datetime, str]]] = defaultdict(list)
        with self._database.read() as connection:
            for row in connection.execute(before):
                earlier[row.article_id].append((row.replaced_at, row.title))
            rows = connection.execute(select(*WHOLE).where(articles.c.id.in_(article_ids)))
            now = self._database.now()
            found = (article_from_row(row, now) for row in rows)
            return {each.id: ListedArticle(article=each, earlier=tuple(earlier[each.id])) for each in found}

    def latest(self, feed_id: FeedId, limit: int) -> tuple[Specimen, ...]:
        """The latest articles of a feed, the newest first."""
        query = (
            select(articles.c.title, articles.c.text, articles.c.first_seen_at)
            .where(articles.c.feed_id == feed_id)
            .order_by(articles.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(
                Specimen(title=row.title, text=row.text, seen_at=row.first_seen_at) for row in connection.execute(query)
            )

    def came_at(self, article_ids: Sequence[ArticleId]) -> Mapping[ArticleId, datetime]:
        """When each of these articles was first seen."""
        with self._database.read() as connection:
            return came_at(connection, article_ids)

    def baseline(self, names: Sequence[str], feed_ids: Collection[FeedId]) -> tuple[BaselineArticle, ...]:
        """What matches these topics, was in these feeds before their first poll, and was no news then."""
        with self._database.read() as connection:
            return baseline_matches(connection, names, feed_ids, self._database.now())

    def _batches(self, moment: datetime) -> Iterator[Sequence[Row[Any]]]:
        order = (articles.c.first_seen_at, articles.c.id)
        query = select(*WHOLE).order_by(*order).limit(BATCH_ARTICLES)
        last: tuple[datetime, int] = (moment, 0)
        while rows := self._all(query.where(tuple_(*order) > last)):
            yield rows
            last = (rows[-1].first_seen_at, rows[-1].id)


def _at_page(connection: Connection, asked: str) -> set[ArticleId]:
    """Looked up by an index: of the spellings of an address, those that are stored."""
    whole, beginnings = spellings(asked)
    found: dict[ArticleId, str] = {}
    begins = each_of(beginnings)
    for column, article_id in ((articles.c.link, articles.c.id), (revisions.c.link, revisions.c.article_id)):
        columns = (article_id.label("id"), column)
        is_so = and_(column >= begins, column < begins + AFTER_ANY_LETTER)
        there = [
            select(*columns).where(column.in_(whole)),
            select(*columns).join_from(begins.table, column.table, is_so),
        ]
        for query in there:
            found = {row.id: row.link for row in connection.execute(query.limit(PAGES_COMPARED))} | found
    for page_of in (canonical_url, page_asked_for, partial(page_asked_for, is_loosest=True)):
        wanted = page_of(asked)
        same = {article_id for article_id, link in found.items() if page_of(canonical_url(link)) == wanted}
        if same:
            return same
    return set()


def _known(feed_id: FeedId, condition: ColumnElement[bool]) -> Select[Any]:
    """The columns without the texts, which are most of a row and not needed."""
    columns = (articles.c[each.name] for each in fields(KnownArticle))
    return select(*columns).where(articles.c.feed_id == feed_id, condition).order_by(articles.c.id)


def _known_from_row(row: Row[Any]) -> KnownArticle:
    return KnownArticle(**row._asdict())


def _past(connection: Connection, feed_id: FeedId, doubt: Doubt) -> Past:
    article = connection.execute(select(articles).where(articles.c.id == doubt.article_id)).one()
    edited = select(revisions).where(revisions.c.article_id == doubt.article_id).order_by(revisions.c.id)
    titles, since = [], article.first_seen_at
    for row in connection.execute(edited):
        titles.append(FormerTitle(title=row.title, stood=row.replaced_at - since))
        since = row.replaced_at
    is_issue = articles.c.key.between(doubt.issues, doubt.issues + AFTER_ANY_KEY)
    issues = select(articles.c.title).where(articles.c.feed_id == feed_id, is_issue)
    before = connection.scalars(issues.order_by(articles.c.id.desc()).limit(ISSUES_READ))
    former = (*titles, *(FormerTitle(title=each, stood=timedelta.max) for each in before))
    return Past(text=article.text, text_runs=article.text_runs, titles=former)


def _backfill_origins(
    connection: Connection, reread: Sequence[ChangedArticle], since: datetime | None
) -> dict[str, Origin]:
    """By key, why there is a match that is found only because more of a stored article is read."""
    keys = {article.id: article.key for article in reread}
    origins: dict[str, Origin] = {}
    for chosen in portions(list(keys)):
        facts = select(articles.c.id, articles.c.is_mailable, articles.c.first_seen_at)
        for row in connection.execute(facts.where(articles.c.id.in_(chosen))):
            origins[keys[row.id]] = origin_when_reread(row.first_seen_at, since, is_mailable=row.is_mailable)
    return origins
