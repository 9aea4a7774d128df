"""What a poll costs on SQLite and on PostgreSQL, in one run, in turns: time, statements, bytes of the log.

`python -m benchmarks.databases [URL]`; the URL is that of an empty database of PostgreSQL, without it SQLite is alone.
The store is the program's own and flushes as it does. Processor time of the server is counted if it is on this machine.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from benchmarks.measure import table
from monitor.model.article import Arrival
from monitor.model.feed_update import FeedUpdate, NewArticle, PollCounts
from monitor.model.match import Match, Tier
from monitor.model.settings import FeedSettings
from monitor.model.story import WordCounts
from monitor.store import Store, open_store
from monitor.store.schema import migrate

START = datetime(2031, 3, 1, tzinfo=UTC)
FEEDS = 50
NEW = 3
WORDS = 60
ROUNDS, POLLS = 9, 60
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one poll: milliseconds of this process, of the server, on the clock; statements; bytes of the log."""

    own: float
    server: float
    clock: float
    statements: float
    log: float


def main(url: str | None) -> str:
    """The table as Markdown."""
    with TemporaryDirectory() as folder:
        stores = {"SQLite": open_store(f"sqlite:///{folder}/news-monitor.db", is_owner=True)}
        if url:
            stores["PostgreSQL"] = open_store(url, is_owner=True)
        for store in stores.values():
            migrate(store.database)
            store.feeds.sync([FeedSettings(url=f"https://outlet{n}.example/feed") for n in range(FEEDS)], START)
        kinds = {"nothing new": 0, f"{NEW} new articles, a match": NEW}
        costs: dict[tuple[str, str], list[Cost]] = {}
        for number in range(ROUNDS):
            for name in list(stores)[:: -1 if number % 2 else 1]:
                for kind, new in kinds.items():
                    costs.setdefault((kind, name), []).append(_round(stores[name], number, new))
        for store in stores.values():
            store.close()
    head = ["poll", "this process", "server", "on the clock", "statements", "log"]
    return table(head, [_row(f"{kind}, {name}", each) for (kind, name), each in sorted(costs.items())])


def _row(name: str, rounds: list[Cost]) -> list[str]:
    middle = {each: median(getattr(cost, each) for cost in rounds) for each in Cost.__dataclass_fields__}
    times = [f"{middle[each]:.2f} ms" for each in ("own", "server", "clock")]
    return [name, *times, f"{middle['statements']:.1f}", f"{middle['log']:,.0f} B"]


def _round(store: Store, number: int, new: int) -> Cost:
    states = store.feeds.configured()
    updates = [_update(states[poll % FEEDS], f"{number}-{poll}", new) for poll in range(POLLS)]
    log, server = _log(store), _server_seconds(store)
    clock, own = time.perf_counter(), time.process_time()
    with _counted() as statements:
        for poll, (update, found, words) in enumerate(updates):
            store.articles.apply(update, found, START + timedelta(seconds=poll), words)
    own, clock = time.process_time() - own, time.perf_counter() - clock
    milli = 1_000 / POLLS
    return Cost(
        own=own * milli,
        server=(_server_seconds(store) - server) * milli,
        clock=clock * milli,
        statements=len(statements) / POLLS,
        log=(_log(store) - log) / POLLS,
    )


def _update(state: Any, name: str, new: int) -> tuple[FeedUpdate, dict[str, list[Match]], WordCounts]:
    articles = tuple(_article(f"{name}-{number}") for number in range(new))
    counts = PollCounts(fetched=new, new=new)
    update = FeedUpdate(state=replace(state), new=articles, counts=counts, status="ok" if new else "not modified")
    words = {f"word{hash((name, number)) % 20_000}": 1 for number in range(new * WORDS)}
    found = {
        each.key: [Match(topic="Ports", tier=Tier.LEAD, rule=0, evidence=(), fingerprint="w")] for each in articles[:1]
    }
    return update, found, WordCounts(articles=new, words=words)


def _article(key: str) -> NewArticle:
    return NewArticle(
        key=key,
        link=f"https://outlet.example/{key}",
        title="Dock strike ends",
        text="The harbour works again. " * 20,
        outlet="",
        language="en",
        published_at=START,
        first_seen_at=START,
        arrival=Arrival.NEW,
        is_mailable=True,
        content_hash=key,
    )


@contextmanager
def _counted() -> Iterator[list[str]]:
    found: list[str] = []
    count: Callable[..., None] = lambda _connection, _cursor, statement, *_: found.append(statement)  # noqa: E731
    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def _log(store: Store) -> int:
    """How far the log has got, in bytes. SQLite writes its own over again, so all that was written is not known."""
    if store.database.url.startswith("sqlite"):
        return 0
    with store.database.read() as connection:
        return int(connection.scalar(text("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")) or 0)


def _server_seconds(store: Store) -> float:
    """Processor time of the sessions of this database; 0 where there are none on this machine."""
    if store.database.url.startswith("sqlite"):
        return 0.0
    with store.database.read() as connection:
        pids = connection.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")).all()
    return sum(map(_seconds_of, pids))


def _seconds_of(pid: int) -> float:
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) / TICK


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?")
    print(main(parser.parse_args().url))
