"""The index of searches: what of the stored articles is in it, and which articles have certain words.

It follows the database in batches, each of which is a transaction of the index. Where it is, is read in that same
transaction, so that no two of those that write can skip an article or index one twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, takewhile
from threading import Lock
from typing import Any

from sqlalchemy import Row, Select, delete, func, or_, select

from monitor.model.article import Article
from monitor.model.ids import ArticleId
from monitor.model.settings import SearchSettings
from monitor.search import Indexed, best_first, expression, feed_token, indexed, language_token, parse
from monitor.search.columns import Memory
from monitor.search.query import Query
from monitor.store.article_rows import WHOLE, article_from_row
from monitor.store.database import Database, portions
from monitor.store.feeds import FeedStore
from monitor.store.group import Group, among
from monitor.store.search_index import Index, State, UnusableIndex
from monitor.store.tables import articles, generations, pages, reindex
from monitor.store.topic_filter import TopicFilter
from monitor.url import stored_url

BATCH = 200
"""Articles a transaction: a tenth of a second to half a second, in which nobody else can write to the index."""

CHECKED_AT_ONCE = 10_000
NOWHERE = ":f"
"""A word that no article has."""

JUDGED = 500
"""Of so many newest articles, and as many newest ones with the words in the headline, the best are shown first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is searched."""

    query: Query
    """The words."""
    facts: tuple[tuple[str, ...], ...] = ()
    """Words of the index for feeds, language and dates: of each tuple an article has at least one."""
    topics: tuple[str, ...] = ()
    """The names of topics that must all match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found."""

    articles: tuple[Article, ...]
    """In the order that was asked for."""
    has_more: bool
    """Whether there are more than were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """How far the index is."""

    percent: int
    """Of the stored articles, those that are indexed: 100 if none is missing, but for those of the last seconds."""
    waiting: int
    """So many articles are not indexed yet, or were changed since; estimated by their ids."""
    because: str = ""
    """Why it cannot be used; "" if it can."""

    @property
    def is_whole(self) -> bool:
        return self.percent == 100


class SearchStore(Group):
    """The index of one database. What writes to it takes turns: the weekly check may last for minutes."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._place = database.search_index()
        self._turn = Lock()
        self._settled: tuple[object, ...] | None = None
        self._is_tidy = False
        self._topics = TopicFilter(database)

    # ---- Written by the daemon, or by a search where none runs

    def advance(self, memory: Memory) -> bool:
        """Index one batch: what has changed, then what is new, then what was there before, the newest of it first.

        Returns whether anything was done; nothing is while another thread has its turn. `memory` is that of
        `search.indexed`. An index that cannot be used, or is of another database, is begun again.
        """
        if not self._turn.acquire(blocking=False):
            return False
        try:
            return self._advance(memory)
        finally:
            self._turn.release()

    def _advance(self, memory: Memory) -> bool:
        generation, newest = self._origin()
        now = generation, newest, self._newest_change()
        if (*now, self._place.version()) == self._settled:
            return False  # the file is not even opened, every two seconds
        self._settled = None
        try:
            with self._place.writing() as index:
                state = index.state()
                if state is None:
                    state = index.begin(generation, newest)
                is_other = state.generation != generation or state.high > newest
                done, changed = (False, 0) if is_other else self._batch(index, state, memory)
        except UnusableIndex:
            is_other, done, changed = True, False, 0
        if is_other:
            self._reset()
            return True
        if changed:
            with self._database.write() as connection:
                connection.execute(delete(reindex).where(reindex.c.id <= changed))
        if done or changed:
            self._is_tidy = False
        else:
            self._settled = (*now, self._place.version())
        return done or bool(changed)

    def reset(self) -> None:
        """Empty the index; `advance` builds it again."""
        with self._turn:
            self._reset()

    def _reset(self) -> None:
        self._settled = None
        try:
            with self._place.writing() as index:
                if index.state() is not None:
                    index.clear()
        except UnusableIndex:
            self._place.remove()

    def tidy(self, *, is_overwritten: bool = False) -> bool:
        """Join some of the parts of the index. Returns whether there is more to join."""
        if not self._turn.acquire(blocking=False):
            return False
        try:
            if self._is_tidy:
                return False
            with self._place.writing(is_overwritten=is_overwritten) as index:
                state = index.state()
                self._is_tidy = state is None or state.is_tidy or index.tidy()
            return not self._is_tidy
        finally:
            self._turn.release()

    def drop(self, ids: Sequence[ArticleId]) -> None:
        """Remove the words of articles now, and overwrite them. An index that cannot be used is deleted."""
        if not self._place.exists():
            return
        with self._turn:
            try:
                with self._place.writing(is_overwritten=True) as index:
                    if index.state() is not None:
                        index.drop(ids)
                        self._is_tidy = False
            except UnusableIndex:
                self._place.remove()

    def check(self, sign_of_life: Callable[[], None] = lambda: None) -> int:
        """Compare the index with the articles. Returns how many were missing or too many; `advance` puts them right.

        Raises UnusableIndex.
        """
        wrong: set[ArticleId] = set()
        with self._turn, self._place.writing() as index:
            state = index.state()
            if state is None:
                return 0
            index.check()
            sign_of_life()
            above, last = state.low, state.high
        while above < last:
            with self._place.reading() as there:
                held = [] if there is None else there.ids(above, CHECKED_AT_ONCE)
            until = min(held[-1] if len(held) == CHECKED_AT_ONCE else last, last)
            query = select(articles.c.id).where(articles.c.id > above, articles.c.id <= until)
            stored = {row.id for row in self._all(query)}
            wrong |= stored ^ {each for each in held if each <= until}
            above = until
            sign_of_life()
        self._read_again(wrong)
        return len(wrong)

    # ---- Read by anybody

    def examine(self) -> None:
        """Raise UnusableIndex if the index is damaged."""
        with self._place.reading() as index:
            if index is not None:
                index.examine()

    def built(self) -> Built:
        """How far the index is."""
        generation, newest = self._origin()
        with self._database.read() as connection:
            oldest = connection.scalar(select(func.min(articles.c.id))) or 1
            changed = connection.scalar(select(func.count()).select_from(reindex)) or 0
        try:
            with self._place.reading() as index:
                state = None if index is None else index.state()
        except UnusableIndex as error:
            return Built(percent=0, waiting=newest - oldest + 1, because=str(error))
        if state is None or state.generation != generation or state.high > newest:
            state = State(generation=generation, low=newest, high=ArticleId(0), is_tidy=False)
        before, after = max(0, state.low - oldest + 1), newest - max(state.high, state.low)
        percent = 100 if not before else min(99, 100 - 100 * before // max(1, newest - oldest + 1))
        return Built(percent=percent, waiting=before + after + changed)

    def newest(self, sought: Sought, limit: int, since: ArticleId | None = None) -> Found:
        """The newest articles, in the order in which they came; only those with a higher id than `since`."""
        with self._place.reading() as index:
            ids = [] if index is None else list(islice(self._ids(index, sought, since or ArticleId(0)), limit + 1))
        return Found(articles=self._stored(ids[:limit]), has_more=len(ids) > limit)

    def best(self, sought: Sought, limit: int) -> Found:
        """The best articles of the newest and of those with the words in the headline."""
        with self._place.reading() as index:
            if index is None:
                return Found(articles=(), has_more=False)
            chosen = list(islice(self._ids(index, sought, ArticleId(0)), JUDGED))
            titled = islice(self._ids(index, sought, ArticleId(0), is_in_title=True), JUDGED)
            words = dict(index.words_of(dict.fromkeys((*chosen, *titled))))
        ids = best_first(words, sought.query.wanted)
        return Found(articles=self._stored(ids[:limit]), has_more=len(ids) > limit)

    def sought(self, search: SearchSettings) -> Sought:
        """What a saved search of the config looks for. Raises QueryError, which `check` reports."""
        facts = []
        if search.feed:
            feeds = FeedStore(self._database).called(search.feed, stored_url(search.feed))
            facts.append(tuple(map(feed_token, feeds)) or (NOWHERE,))
        if search.language:
            facts.append((language_token(search.language),))
        topics_ = (search.topic,) if search.topic else ()
        return Sought(query=parse(search.words), facts=tuple(facts), topics=topics_)

    def saved(self, search: SearchSettings, limit: int) -> Found:
        """The newest articles that a saved search finds, so many at most, the newest first: for the feed of it."""
        return self.newest(self.sought(search), limit)

    def count(self, sought: Sought, since: datetime) -> int:
        """How many articles first seen from then on have these words."""
        first = self._first_since(since)
        if first is None:
            return 0
        with self._place.reading() as index:
            if index is None:
                return 0
            if sought.topics:
                return sum(1 for _ in self._ids(index, sought, ArticleId(first - 1)))
            written = expression(sought.query, sought.facts)
            return index.count(written, ArticleId(first - 1)) if written else 0

    def candidates(self, written: str, since: datetime) -> list[ArticleId] | None:
        """The articles first seen from then on for which a query of the index is true, and those that the index does
        not know yet or not as they are now, the newest first. None if it cannot be used; then any may be one.
        """
        generation, newest = self._origin()
        first = self._first_since(since)
        if first is None:
            return []
        try:
            with self._place.reading() as index:
                state = None if index is None else index.state()
                if index is None or state is None or state.generation != generation or state.high > newest:
                    return None
                found = set(index.find(written, ArticleId(first - 1)))
        except UnusableIndex:
            return None
        return sorted(found | self._unknown(state, first), reverse=True)

    def counts(self, asked: Mapping[str, str], since: datetime) -> dict[str, int]:
        """Of each of these queries of the index, how many articles first seen from then on it finds."""
        first = self._first_since(since)
        with self._place.reading() as index:
            if first is None or index is None:
                return dict.fromkeys(asked, 0)
            return {name: index.count(written, ArticleId(first - 1)) for name, written in asked.items()}

    def absent(self, asked: Mapping[str, str], since: datetime) -> tuple[str, ...]:
        """Those of the queries that find no article first seen from then on."""
        first = self._first_since(since)
        with self._place.reading() as index:
            if first is None or index is None:
                return tuple(asked)
            above = ArticleId(first - 1)
            return tuple(name for name, written in asked.items() if not any(index.find(written, above)))

    def _first_since(self, since: datetime) -> int | None:
        with self._database.read() as connection:
            found: int | None = connection.scalar(
                select(func.min(articles.c.id)).where(articles.c.first_seen_at >= since)
            )
        return found

    def _unknown(self, state: State, first: int) -> set[ArticleId]:
        """The articles from this id on that the index does not have as they are now."""
        outside = or_(articles.c.id > state.high, articles.c.id <= state.low)
        rows = self._all(select(articles.c.id).where(articles.c.id >= first, outside))
        changed = self._all(select(reindex.c.article_id).where(reindex.c.article_id >= first))
        return {ArticleId(row.id) for row in rows} | {ArticleId(row.article_id) for row in changed}

    # ---- Parts

    def _origin(self) -> tuple[str, ArticleId]:
        """The generation of the database and the id of its newest article, even if that is gone."""
        with self._database.read() as connection:
            token = connection.scalar(select(generations.c.token).order_by(generations.c.id.desc()).limit(1))
        return token or "", ArticleId(self._database.last_given(articles.name))

    def _newest_change(self) -> int:
        with self._database.read() as connection:
            return connection.scalar(select(func.max(reindex.c.id))) or 0

    def _batch(self, index: Index, state: State, memory: Memory) -> tuple[bool, int]:
        """Whether articles were indexed, and up to which row of `reindex` was read."""
        changed = self._all(select(reindex.c.id, reindex.c.article_id).order_by(reindex.c.id).limit(BATCH))
        if changed:
            ids = {ArticleId(row.article_id) for row in changed if state.low < row.article_id <= state.high}
            index.drop(ids)
            index.put([_words(row, memory) for row in self._all(_texts().where(articles.c.id.in_(ids)))])
            return True, changed[-1].id
        above = _texts().where(articles.c.id > state.high).order_by(articles.c.id)
        if rows := self._all(above.limit(BATCH)):
            index.put([_words(row, memory) for row in rows])
            index.move(low=state.low, high=rows[-1].id)
            return True, 0
        if not state.low:
            return False, 0
        below = _texts().where(articles.c.id <= state.low).order_by(articles.c.id.desc())
        rows = self._all(below.limit(BATCH))
        index.put([_words(row, memory) for row in rows])
        index.move(low=ArticleId(rows[-1].id - 1) if len(rows) == BATCH else ArticleId(0), high=state.high)
        return True, 0

    def _read_again(self, ids: set[ArticleId]) -> None:
        with self._database.write() as connection:
            for chosen in portions(sorted(ids)):
                connection.execute(reindex.insert(), [{"article_id": each} for each in chosen])

    def _ids(self, index: Index, sought: Sought, above: ArticleId, *, is_in_title: bool = False) -> Iterator[ArticleId]:
        written = expression(sought.query, sought.facts, is_in_title=is_in_title)
        names = sought.topics
        if not names:
            return index.find(written, above) if written else iter(())
        few = self._topics.few(names)
        if few is not None:
            chosen = [each for each in few if each > above]
            return self._topics.matched(index.among(written, chosen) if written else chosen, names)
        if written:
            return self._topics.matched(index.find(written, above), names)
        return self._topics.matched(takewhile(lambda each: each > above, self._topics.newest(names[0])), names)

    def _stored(self, ids: Sequence[ArticleId]) -> tuple[Article, ...]:
        """In this order; without those that are gone since they were indexed."""
        now = self._database.now()
        rows = {row.id: row for row in self._all(select(*WHOLE).where(among(articles.c.id, ids)))}
        return tuple(article_from_row(rows[each], now) for each in ids if each in rows)


def _texts() -> Select[Any]:
    names = ("id", "feed_id", "title", "text", "language", "identified_language", "published_at", "first_seen_at")
    page = func.coalesce(pages.c.text, "").label("page")
    columns = (articles.c[name] for name in names)
    return select(*columns, page).outerjoin_from(articles, pages, pages.c.article_id == articles.c.id)


def _words(row: Row[Any], memory: Memory) -> tuple[ArticleId, Indexed]:
    dated = min(row.published_at or row.first_seen_at, row.first_seen_at)
    words = indexed(
        title=row.title,
        text=row.text,
        page=row.page,
        feed_id=row.feed_id,
        language=row.language or row.identified_language,
        dated=dated.astimezone(UTC).date(),
        memory=memory,
    )
    return row.id, words
