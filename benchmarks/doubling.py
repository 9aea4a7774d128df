"""How costs grow when feeds, articles and topics are doubled: the exponent of each, 1 if twice as much costs twice as
much and 0 if it costs the same. Processor time; `benchmarks.growth` has grouping and editions.

`python -m benchmarks doubling`. An unchanged poll is one that a server answers with 304; what it costs may depend
neither on the number of feeds nor on that of the articles stored.
"""

import asyncio
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: every run has the same news)
from statistics import median
from tempfile import TemporaryDirectory

import httpx
from sqlalchemy import insert

from benchmarks.backtests import START, row
from benchmarks.measure import exponent, seconds, table
from benchmarks.news import Language, article, language, topics
from benchmarks.replay import Replay, program
from monitor.config import load
from monitor.match import TopicIndex
from monitor.model.match import Document
from monitor.model.settings import FeedSettings
from monitor.resources import resource
from monitor.store.tables import articles

SEED = 7
SPOKEN, UNSPOKEN = 50_000, 40_000
FEEDS_A_HOST = 4
DAY = timedelta(days=1)
ROUNDS = 5
MOST, MOST_UNCHANGED = 1.1, 0.1
DOCUMENT = b"""<rss version="2.0"><channel><title>News</title><link>https://outlet.example/</link><item>
<guid>1</guid><title>Talks go on</title><link>https://outlet.example/1</link><description>In Tolmar.</description>
</item></channel></rss>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What is doubled, each ascending; the least of feeds is that with which articles are doubled."""

    feeds: tuple[int, ...]
    articles: tuple[int, ...]
    topics: tuple[int, ...]
    matched: int
    """Articles that are matched against each number of topics."""


FULL = Size(
    feeds=(100, 200, 400, 800),
    articles=(10_000, 20_000, 40_000, 80_000),
    topics=(1_250, 2_500, 5_000, 10_000),
    matched=1_000,
)
TINY = Size(feeds=(2, 4), articles=(20, 40), topics=(10, 20), matched=20)


class NeverChanged(httpx.AsyncBaseTransport):
    """The network: one document at every address, and 304 for whoever has it."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        headers = {"ETag": '"1"', "Content-Type": "application/rss+xml"}
        if request.headers.get("if-none-match"):
            return httpx.Response(304, headers=headers)
        return httpx.Response(200, headers=headers, content=DOCUMENT)


def report(size: Size) -> str:
    """A table in Markdown: for each cost that of one at each size, and the exponent from the first to the last."""
    chance = Random(SEED)
    speech = language(chance, spoken=SPOKEN, unspoken=UNSPOKEN)
    least = size.feeds[0]
    kinds = (
        ("an unchanged poll, by feeds", size.feeds, [_poll(each, 0, speech) for each in size.feeds], MOST_UNCHANGED),
        (
            f"an unchanged poll of {least} feeds, by articles",
            size.articles,
            [_poll(least, each, speech) for each in size.articles],
            MOST_UNCHANGED,
        ),
        ("to match an article, by topics", size.topics, list(_matching(size, speech, chance)), MOST),
    )
    rows = [
        [
            kind,
            " / ".join(f"{each:,}" for each in sizes),
            " / ".join(f"{1e6 * each:,.0f}" for each in costs),
            f"{exponent(sizes, costs):.2f}",
            f"≤ {most}",
        ]
        for kind, sizes, costs, most in kinds
    ]
    return table(["cost", "sizes", "µs of one", "exponent", "asked"], rows)


def _poll(feeds: int, stored: int, speech: Language) -> float:
    """Seconds of an unchanged poll, the median of a few rounds."""
    with TemporaryDirectory() as folder, _polling(Path(folder), feeds) as replay:
        chance = Random(SEED)
        with replay.jobs.store.database.write() as connection:
            rows = [row(place, stored, article(speech, chance, 60), feeds) for place in range(stored)]
            if rows:
                connection.execute(insert(articles), rows)
        _round(replay)
        _round(replay)
        gc.freeze()
        taken = [seconds(lambda: _round(replay)) / feeds for _ in range(ROUNDS)]
        gc.unfreeze()
        return median(taken)


@contextmanager
def _polling(folder: Path, feeds: int) -> Iterator[Replay]:
    shipped = load(resource("config.example.toml"), {})
    urls = (f"https://f{number}.outlet{number // FEEDS_A_HOST}.example/feed" for number in range(feeds))
    settings = replace(shipped, feeds=tuple(FeedSettings(url=url) for url in urls))
    with program(folder, START, settings, NeverChanged()) as replay:
        yield replay


def _round(replay: Replay) -> None:
    replay.clock.moment += DAY
    asyncio.run(replay.jobs.poller.run(is_once=True))


def _matching(size: Size, speech: Language, chance: Random) -> Iterator[float]:
    """Seconds to match an article when words are known: one that hits words of many topics, and matches few."""
    rare = range(SPOKEN, SPOKEN + UNSPOKEN)
    rules = topics(speech, chance, size.topics[-1], ordinary=range(100, 5_000), rare=rare)
    news = [article(speech, chance, 60) for _ in range(size.matched)]
    for count in size.topics:
        index = TopicIndex(rules[:count], {})
        _matched(index, news)
        yield median([seconds(lambda: _matched(index, news)) / len(news) for _ in range(ROUNDS)])  # noqa: B023 (at once)


def _matched(index: TopicIndex, news: Sequence[Document]) -> None:
    for each in news:
        index.matches(each)
