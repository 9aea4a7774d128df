"""What resembles a topic: cost per article of a day of news, with few and with many topics, and of the first learning.

A day's cost is that of everything a day needs: the words of its articles and of the examples, which articles lack one
group of a rule, the vectors, and the comparison. Each rule has two groups of words of the news. Learning runs over a
real store of made-up news. Processor time; memory is the growth of the process.
"""

import resource
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: every run has the same news)
from tempfile import TemporaryDirectory
from time import process_time

from sqlalchemy import insert

from benchmarks.measure import table
from benchmarks.news import Language, article, language
from benchmarks.news import topics as rules_of
from monitor.jobs.likeness import Likeness
from monitor.model.match import Document
from monitor.model.settings import FeedSettings
from monitor.model.topic import Rule, Topic
from monitor.nearly import EXAMPLES, Day, Examples, NearMisses, Specimen, distinct, telling_words
from monitor.store import Store, open_store
from monitor.store.schema import migrate
from monitor.store.tables import articles, matches, topics

SEED = 5
WORDS = 60
"""Of a text beside its title, as in benchmarks/matching.py."""

TWO_GROUPS = 3
"""One made-up topic in so many, the last of them, has two groups."""

START = datetime(2031, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Numbers of topics, articles of one day, and days and articles a day of the store that is learned from."""

    topics: tuple[int, ...]
    articles: int
    days: int
    a_day: int
    spoken: int = 50_000


FULL = Size(topics=(20, 1_000), articles=1_000, days=60, a_day=1_667)
TINY = Size(topics=(2, 5), articles=40, days=4, a_day=20, spoken=2_000)


def report(size: Size) -> str:
    """Two tables in Markdown."""
    chance = Random(SEED)
    speech = language(chance, spoken=size.spoken, unspoken=0)
    days = [(f"{number:,}", f"{_day(size, number, speech, chance):.2f}") for number in size.topics]
    first, again, grown = _learned(size, speech, chance)
    learned = [(f"{size.days * size.a_day:,}", str(size.topics[0]), f"{first:.0f}", f"{again:.2f}", f"{grown:.0f}")]
    head = ("articles", "topics", "first learning, s", "nothing to learn, s", "memory grows by, MB")
    return f"{table(('topics', 'ms an article'), days)}\n\n{table(head, learned)}"


def _day(size: Size, number: int, speech: Language, chance: Random) -> float:
    """Milliseconds an article, with so many topics of as many examples as count."""
    news = list(_news(speech, chance, size.articles + EXAMPLES))
    common, seldom = range(size.spoken // 500, size.spoken // 10), range(size.spoken // 10, size.spoken)
    rules = rules_of(speech, chance, TWO_GROUPS * number, ordinary=common, rare=seldom)[TWO_GROUPS - 1 :: TWO_GROUPS]
    known = [Specimen(title=each.title, text=each.text) for each in news[size.articles :]]
    began = process_time()
    read = [(place, telling_words(each.title, each.text)) for place, each in enumerate(news[: size.articles])]
    like = [distinct(chance.sample(known, len(known))) for _ in range(number)]
    groups = NearMisses(rules, {})
    near = {place: groups.of(each.title, each.text) for place, each in enumerate(news[: size.articles])}
    Day(read, {f"T{place}": Examples(like=each) for place, each in enumerate(like)}, {}, near).ranked()
    return (process_time() - began) / size.articles * 1_000


def _learned(size: Size, speech: Language, chance: Random) -> tuple[float, float, float]:
    """Seconds of the first learning and of seeing that nothing is missing, and megabytes."""
    rules = [Topic(name=f"T{place}", rules=(Rule(all=(("nothing",), ("never",))),)) for place in range(size.topics[0])]
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'news.db'}", is_owner=True)
        migrate(store.database)
        _fill(store, size, rules, _news(speech, chance, size.days * size.a_day))
        likeness, now = Likeness(store, rules, {}), START + timedelta(days=size.days, hours=1)
        memory, times = _megabytes(), [process_time()]
        for _ in range(2):
            likeness.learn(now)
            times.append(process_time())
        store.close()
    return times[1] - times[0], times[2] - times[1], _megabytes() - memory


def _fill(store: Store, size: Size, rules: Sequence[Topic], news: Iterator[Document]) -> None:
    """Each topic matches one article in a hundred."""
    store.feeds.sync([FeedSettings(url="https://quay.example/feed")], START)
    with store.database.write() as connection:
        connection.execute(insert(topics), [{"id": place, "name": each.name} for place, each in enumerate(rules, 1)])
        for day in range(size.days):
            at = START + timedelta(days=day, hours=8)
            rows = [_row(day * size.a_day + place, next(news), at) for place in range(1, size.a_day + 1)]
            connection.execute(insert(articles), rows)
            found = [
                _match(topic, int(str(row["id"])), at)
                for row in rows
                for topic in range(1, len(rules) + 1)
                if (int(str(row["id"])) * 31 + topic) % 100 == 0
            ]
            if found:
                connection.execute(insert(matches), found)


def _row(number: int, document: Document, at: datetime) -> Mapping[str, object]:
    fixed = {"feed_id": 1, "arrival": "new", "is_mailable": True, "content_hash": "", "revisions": 0, "outlet": "Quay"}
    own = {"id": number, "key": str(number), "title": document.title, "text": document.text, "first_seen_at": at}
    return {**fixed, **own}


def _match(topic: int, article_id: int, at: datetime) -> Mapping[str, object]:
    fixed = {"rule": 0, "tier": "headline", "origin": "new", "evidence": [], "fingerprint": ""}
    return {**fixed, "topic_id": topic, "article_id": article_id, "matched_at": at}


def _news(speech: Language, chance: Random, number: int) -> Iterator[Document]:
    return (article(speech, chance, WORDS) for _ in range(number))


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
