"""Articles, their edits and their matches: written by polls, read by identity and grouping."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, insert, null, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.article import Arrival, Article
from monitor.model.boilerplate import Boilerplate
from monitor.model.edition_input import HighWater, Origin
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
from monitor.model.match import Evidence, Match, Tier
from monitor.model.story import StoryArticle, WordCounts
from monitor.policy.news import origin_of, origin_when_reread
from monitor.policy.retention import noted_again_before
from monitor.store.boilerplate import save_boilerplate
from monitor.store.database import Database, portions
from monitor.store.feeds import row_from_state
from monitor.store.holds import save_hold
from monitor.store.tables import articles, feeds, matches, polls, revisions, tombstones, topics
from monitor.store.word_counts import count_words

ISSUES_READ = 20
"""How many earlier articles under one guid or address are compared."""

AFTER_ANY_KEY = "~"
"""Sorts behind every hexadecimal digit."""


class ArticleStore:
    """Every article that was ever in a feed, whether it matches or not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, feed_id: int, lookup: Lookup) -> Stored:
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
        return Stored(
            by_key=by_key, by_alias={alias: tuple(found) for alias, found in by_alias.items()}, tombstones=forgotten
        )

    def past(self, feed_id: int, doubts: Sequence[Doubt]) -> Mapping[int, Past]:
        """By article, the text it has and the headlines that came before its own: edited ones, and those of earlier
        articles under the same guid or address.
        """
        with self._database.read() as connection:
            return {each.article_id: _past(connection, feed_id, each) for each in doubts}

    def topics_of(self, article_ids: Sequence[int]) -> Mapping[int, frozenset[str]]:
        """The names of the topics that match each of these articles; no entry if there is none."""
        found: defaultdict[int, set[str]] = defaultdict(set)
        with self._database.read() as connection:
            for chosen in portions(article_ids):
                query = select(matches.c.article_id, topics.c.name).select_from(matches.join(topics))
                for row in connection.execute(query.where(matches.c.article_id.in_(chosen))):
                    found[row.article_id].add(row.name)
        return {article_id: frozenset(names) for article_id, names in found.items()}

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
        """
        with self._database.write() as connection:
            _save_feed(connection, update_, now)
            ids = {article.key: article.id for article in (*update_.changed, *update_.reread)}
            for changed in update_.changed:
                _remember_words(connection, changed, now)
            for words_of_now in (*update_.changed, *update_.reread):
                _save_words(connection, words_of_now)
            for renamed in update_.renamed:
                _save_name(connection, renamed)
            for chosen in portions(update_.recalled):
                _save_sighting(connection, update_.state.id, chosen, now)
            ids |= _insert_articles(connection, update_)
            count_words(connection, words)
            if shared is not None:
                save_boilerplate(connection, update_.state.id, shared)
            origins = {each.key: origin_of(each.arrival, is_mailable=each.is_mailable) for each in update_.new}
            origins |= _backfill_origins(connection, update_.reread, None if backfill is None else now - backfill)
            by_article = {ids[key]: (each, origins.get(key, Origin.NEW)) for key, each in found.items()}
            save_matches(connection, by_article, now)

    def ungrouped(self, knows: HighWater | None = None) -> tuple[StoryArticle, ...]:
        """Articles that match and belong to no story yet, in order of (first seen, id); by the matches that are known
        to an edition that is being made (None: by all).
        """
        matched = select(matches.c.article_id)
        if knows is not None:
            matched = matched.where(matches.c.id <= knows.matches)
        return self._stories(articles.c.story_id.is_(None), articles.c.id.in_(matched))

    def grouped_between(self, since: datetime, until: datetime) -> tuple[StoryArticle, ...]:
        """Articles of stories, first seen from then to then, in order of (first seen, id)."""
        return self._stories(articles.c.story_id.is_not(None), articles.c.first_seen_at.between(since, until))

    def keep_stories(self, stories: Mapping[int, int]) -> None:
        """Article → story, for as long as both are stored."""
        rows = [{"article": each, "story": story_id} for each, story_id in stories.items()]
        with self._database.write() as connection:
            connection.execute(
                update(articles).where(articles.c.id == bindparam("article")).values(story_id=bindparam("story")), rows
            )

    def matched_since(self, since: datetime) -> tuple[tuple[Article, Match], ...]:
        """The matches found after `since`, in order of (matched, article, topic)."""
        query = (
            select(articles, matches, topics.c.name.label("topic"))
            .select_from(matches.join(articles).join(topics))
            .where(matches.c.matched_at > since)
            .order_by(matches.c.matched_at, articles.c.id, topics.c.name)
        )
        with self._database.read() as connection:
            return tuple((article_from_row(row), match_from_row(row)) for row in connection.execute(query))

    def count(self) -> int:
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(articles)) or 0

    def _stories(self, *conditions: Any) -> tuple[StoryArticle, ...]:
        query = select(articles).where(*conditions).order_by(articles.c.first_seen_at, articles.c.id)
        proofs = select(matches.c.article_id, matches.c.evidence).join(articles).where(*conditions)
        found: defaultdict[int, set[str]] = defaultdict(set)
        with self._database.read() as connection:
            for proof in connection.execute(proofs):
                found[proof.article_id].update(each["found"] for each in proof.evidence)
            return tuple(_story_article(row, found[row.id]) for row in connection.execute(query))


def _story_article(row: Row[Any], found: Iterable[str]) -> StoryArticle:
    return StoryArticle(
        id=row.id,
        title=row.title,
        text=row.text,
        outlet=row.outlet,
        first_seen_at=row.first_seen_at,
        story_id=row.story_id,
        found=tuple(sorted(found)),
    )


def article_from_row(row: Row[Any]) -> Article:
    return Article(
        id=row.id,
        feed_id=row.feed_id,
        key=row.key,
        link=row.link,
        title=row.title,
        text=row.text,
        outlet=row.outlet,
        language=row.language,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        arrival=Arrival(row.arrival),
        is_mailable=row.is_mailable,
        author=row.author,
        categories=tuple(row.categories),
    )


def match_from_row(row: Row[Any]) -> Match:
    """A match, from a row that has the topic's name as `topic`."""
    return Match(
        topic=row.topic,
        rule=row.rule,
        tier=Tier(row.tier),
        evidence=tuple(Evidence(**each) for each in row.evidence),
        fingerprint=row.fingerprint,
    )


def topic_ids(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The row id of each topic; a topic that is new gets its row."""
    wanted = sorted(set(names))
    if wanted:
        connection.execute(upsert(topics).on_conflict_do_nothing(), [{"name": name} for name in wanted])
    query = select(topics.c.name, topics.c.id).where(topics.c.name.in_(wanted))
    return {row.name: row.id for row in connection.execute(query)}


def _known(feed_id: int, condition: ColumnElement[bool]) -> Select[Any]:
    """The columns without the texts, which are most of a row and not needed."""
    columns = (articles.c[each.name] for each in fields(KnownArticle))
    return select(*columns).where(articles.c.feed_id == feed_id, condition).order_by(articles.c.id)


def _known_from_row(row: Row[Any]) -> KnownArticle:
    return KnownArticle(**row._asdict())


def _save_feed(connection: Connection, update_: FeedUpdate, now: datetime) -> None:
    state = update_.state
    this = feeds.c.id == bindparam("this")
    connection.execute(update(feeds).where(this), {"this": state.id, **row_from_state(state)})
    if update_.hold is not None:
        save_hold(connection, update_.hold, now)
    ledger = {
        "feed_id": state.id,
        "polled_at": now,
        "status": update_.status,
        "detail": state.problem_detail or update_.warning,
        "elapsed_ms": int(update_.elapsed.total_seconds() * 1000),
        "gap_since": update_.gap_since,
        "is_gap_closed": update_.is_gap_closed,
        "reached": update_.reached,
    }
    connection.execute(insert(polls), {**ledger, **asdict(update_.counts)})


def _remember_words(connection: Connection, changed: ChangedArticle, now: datetime) -> None:
    old = select(articles.c.id, articles.c.link, articles.c.title, articles.c.text).where(articles.c.id == changed.id)
    row = connection.execute(old).one()
    connection.execute(
        insert(revisions).values(article_id=row.id, replaced_at=now, link=row.link, title=row.title, text=row.text)
    )


def _save_words(connection: Connection, changed: ChangedArticle) -> None:
    connection.execute(
        update(articles)
        .where(articles.c.id == changed.id)
        .values(
            key=changed.key,
            link=changed.link,
            title=changed.title,
            text=changed.text,
            outlet=changed.outlet,
            language=changed.language,
            content_hash=changed.content_hash,
            revisions=changed.revisions,
            link_alias=changed.link_alias,
            guid_alias=changed.guid_alias,
            author=changed.author,
            categories=changed.categories,
        )
    )


def _past(connection: Connection, feed_id: int, doubt: Doubt) -> Past:
    article = connection.execute(select(articles).where(articles.c.id == doubt.article_id)).one()
    edited = select(revisions).where(revisions.c.article_id == doubt.article_id).order_by(revisions.c.id)
    titles, since = [], article.first_seen_at
    for row in connection.execute(edited):
        titles.append(FormerTitle(title=row.title, stood=row.replaced_at - since))
        since = row.replaced_at
    is_issue = articles.c.key.between(doubt.issues, doubt.issues + AFTER_ANY_KEY)
    issues = select(articles.c.title).where(articles.c.feed_id == feed_id, is_issue)
    before = connection.scalars(issues.order_by(articles.c.id.desc()).limit(ISSUES_READ))
    return Past(text=article.text, titles=(*titles, *(FormerTitle(title=each, stood=timedelta.max) for each in before)))


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


def _save_name(connection: Connection, renamed: RenamedArticle) -> None:
    values = asdict(renamed)
    connection.execute(update(articles).where(articles.c.id == values.pop("id")).values(values))


def _save_sighting(connection: Connection, feed_id: int, traces: Sequence[int], now: datetime) -> None:
    known = tombstones.c.trace.in_(traces), tombstones.c.seen_at < noted_again_before(now)
    connection.execute(update(tombstones).where(tombstones.c.feed_id == feed_id, *known).values(seen_at=now))


def _insert_articles(connection: Connection, update_: FeedUpdate) -> dict[str, int]:
    if not update_.new:
        return {}
    rows = [{"feed_id": update_.state.id, **asdict(article)} for article in update_.new]
    inserted = connection.execute(insert(articles).returning(articles.c.key, articles.c.id), rows)
    return {row.key: row.id for row in inserted}


def save_matches(connection: Connection, found: Mapping[int, tuple[Sequence[Match], Origin]], now: datetime) -> None:
    """Insert matches by article; a known match keeps its origin and gets the current evidence.

    All in one statement: a document may have thousands.
    """
    ids = topic_ids(connection, (match.topic for each, _ in found.values() for match in each))
    rows = [
        {
            "topic_id": ids[match.topic],
            "article_id": article_id,
            "origin": origin,
            "matched_at": now,
            "rule": match.rule,
            "tier": match.tier,
            "evidence": [asdict(proof) for proof in match.evidence],
            "fingerprint": match.fingerprint,
        }
        for article_id, (each, origin) in found.items()
        for match in each
    ]
    if rows:
        statement = upsert(matches)
        proof: dict[str, Any] = {name: statement.excluded[name] for name in ("rule", "tier", "evidence", "fingerprint")}
        proof["stale_since"] = null()
        anew = statement.on_conflict_do_update(index_elements=["topic_id", "article_id"], set_=proof)
        connection.execute(anew, rows)
