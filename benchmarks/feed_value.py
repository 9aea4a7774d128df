"""`python -m benchmarks.feed_value N`: how long `feeds value` takes over 30 days with N made-up articles.

The same days stand in a store of nothing else and in one with three times as many older articles. One article in ten
matches; stories have one to sixty articles; each of 200 feeds is polled every hour. Wall time, in milliseconds.
"""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: every run has the same articles)
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Table, insert, update

from benchmarks.measure import table
from monitor.model.settings import FeedSettings
from monitor.store import Store, open_store
from monitor.store.schema import migrate
from monitor.store.tables import articles, feeds, matches, polls, topics
from monitor.workbench.feed_value import feed_values

SEED = 17
NOW = datetime(2026, 12, 1, tzinfo=UTC)
SPAN = timedelta(days=30)
LEDGER_HOURS = 90 * 24
FEEDS = 200
SIZES = (*[1] * 10, 2, 2, 2, 3, 3, 5, 8, 12, 60)
"""How many articles a story has."""
TEXT = "word " * 300
ROWS = 5_000
TIMES = 5


def report(count: int) -> str:
    """The table for so many articles in 30 days."""
    rows = []
    for months in (1, 4):
        with TemporaryDirectory() as folder:
            store = _filled(Path(folder), count, months)
            rows.append(_measured(store, count * months))
            store.close()
    return table(("stored", "of 30 days, matching", "stories", "first time", "median", "for the roll-up"), rows)


def _measured(store: Store, stored: int) -> tuple[str, ...]:
    times, others = [], []
    for _ in range(TIMES):
        began = time.perf_counter()
        facts = store.feed_value.facts(SPAN, NOW, {})
        feed_values(facts)
        times.append(time.perf_counter() - began)
        began = time.perf_counter()
        store.feed_value.unmatched(SPAN, NOW)
        others.append(time.perf_counter() - began)
    spent = (f"{1000 * each:,.0f}" for each in (times[0], median(times), median(others)))
    return f"{stored:,}", f"{len(facts.matching):,}", f"{len(facts.members):,}", *spent


def _filled(folder: Path, count: int, months: int) -> Store:
    store = open_store(f"sqlite:///{folder / 'news-monitor.db'}", is_owner=True)
    migrate(store.database)
    store.feeds.sync([FeedSettings(url=f"https://f{n}.example/rss") for n in range(FEEDS)], NOW)
    with store.database.write() as connection:
        connection.execute(update(feeds).values(baseline_at=NOW - 12 * SPAN))
        connection.execute(insert(topics), {"name": "Ports"})
    news = list(_news(count * months, months))
    _write(store, articles, (article for article, _ in news))
    _write(store, matches, (match for _, match in news if match))
    _write(store, polls, _ledger())
    return store


def _news(count: int, months: int) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Articles in the order they came, each with its match."""
    chance = Random(SEED)
    story, left = 0, 0
    for number in range(1, count + 1):
        seen = NOW - months * SPAN * (1 - number / count)
        is_matching = chance.random() < 1 / 10
        if is_matching:
            story, left = (story, left - 1) if left else (number, chance.choice(SIZES) - 1)
        yield (
            _article(number, chance.randint(1, FEEDS), seen, story if is_matching else None),
            (_match(number, seen) if is_matching else None),
        )


def _article(number: int, feed: int, seen: datetime, story: int | None) -> dict[str, Any]:
    return {
        "id": number,
        "feed_id": feed,
        "key": str(number),
        "text": TEXT,
        "first_seen_at": seen,
        "arrival": "new",
        "is_mailable": True,
        "content_hash": "",
        "story_id": story,
    }


def _match(article: int, at: datetime) -> dict[str, Any]:
    proof = {"rule": 0, "tier": "lead", "origin": "new", "evidence": [], "fingerprint": "x"}
    return {"topic_id": 1, "article_id": article, "matched_at": at, **proof}


def _ledger() -> Iterator[dict[str, Any]]:
    for hour in range(LEDGER_HOURS):
        at = NOW - timedelta(hours=LEDGER_HOURS - hour)
        yield from ({"feed_id": feed, "polled_at": at, "status": "ok"} for feed in range(1, FEEDS + 1))


def _write(store: Store, to: Table, rows: Iterator[dict[str, Any]]) -> None:
    while portion := list(islice(rows, ROWS)):
        with store.database.write() as connection:
            connection.execute(insert(to), portion)


if __name__ == "__main__":
    print(report(int(sys.argv[1])))
