"""How common words are: written by polls, in the transaction that stores the articles; read when stories are made."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, select

from monitor.model.story import WordCounts
from monitor.store.database import portions
from monitor.store.group import Group
from monitor.store.tables import words

ADDED = "ON CONFLICT (word) DO UPDATE SET articles = words.articles + excluded.articles"
COUNT = f"INSERT INTO words (word, articles) VALUES (?, ?) {ADDED}"  # noqa: S608 (fixed words)
"""For the driver itself: a thousand words a poll, and SQLAlchemy takes three times as long with the parameters."""

COUNT_LISTS = f"INSERT INTO words (word, articles) SELECT * FROM unnest(%s::text[], %s::bigint[]) {ADDED}"  # noqa: S608
"""The same for a server, which is asked once and not once a word."""

ANY_ARTICLE = ""
"""No word is empty, so this row counts the articles."""


class WordCountStore(Group):
    """The words of every article that was ever stored."""

    def counts(self, wanted: Collection[str]) -> WordCounts:
        """The number of articles with each of the words; words of no article are left out."""
        names = [ANY_ARTICLE, *sorted(wanted)]
        found: dict[str, int] = {}
        with self._database.read() as connection:
            for some in portions(names):
                query = select(words).where(words.c.word.in_(some))
                found |= {row.word: row.articles for row in connection.execute(query)}
        return WordCounts(articles=found.pop(ANY_ARTICLE, 0), words=found)


def forget_words(connection: Connection, counts: Mapping[str, int]) -> None:
    """Drop words that no other articles have had than those that go; of each word, how many of these have it."""
    for some in portions(sorted(counts)):
        rows = connection.execute(select(words).where(words.c.word.in_(some))).all()
        own = [row.word for row in rows if row.articles <= counts[row.word]]
        connection.execute(delete(words).where(words.c.word.in_(own)))


def count_words(connection: Connection, counts: WordCounts) -> None:
    """Add the counts of articles that were just stored."""
    if not counts.articles:
        return
    rows = [(ANY_ARTICLE, counts.articles), *sorted(counts.words.items())]
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(COUNT, rows)
    else:
        connection.exec_driver_sql(COUNT_LISTS, ([word for word, _ in rows], [articles for _, articles in rows]))
