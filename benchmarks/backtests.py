"""What a changed topic costs over stored articles: `topics test`, `topics diff`, and a reload. Processor time.

`python -m benchmarks backtests`. The articles are made up, 70 words each, all of a week; of the topics one is changed.
Each way reads every stored article: the index of searches, by which the workbench of the page chooses, is not used.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: every run has the same news)
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from benchmarks.measure import seconds, table
from benchmarks.news import article, language, topics
from benchmarks.replay import Replay, program
from monitor.cli.topics.asked import entries, past
from monitor.config import Settings, load
from monitor.model.match import Document
from monitor.model.settings import FeedSettings
from monitor.model.topic import Rule, Topic
from monitor.resources import resource
from monitor.store.tables import articles
from monitor.workbench import changes, trials

SEED = 5
SPOKEN, UNSPOKEN = 50_000, 40_000
ORDINARY = range(100, 5_000)
TEXT_WORDS = 60
FEEDS = 200
ROWS = 2_000
START = datetime(2026, 3, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
MOST_SECONDS = {100_000: 3, 1_000_000: 30}


def report(number: int, count: int = 20) -> str:
    """A table in Markdown, for so many articles and topics."""
    chance = Random(SEED)
    speech = language(chance, spoken=SPOKEN, unspoken=UNSPOKEN)
    old = topics(speech, chance, count, ordinary=ORDINARY, rare=range(SPOKEN, SPOKEN + UNSPOKEN))
    new = [_with(old[0], speech.words[2_000]), *old[1:]]
    with TemporaryDirectory() as folder:
        with program(Path(folder), START + WEEK, _settings(old)) as replay:
            _fill(replay, number, lambda: article(speech, chance, TEXT_WORDS))
            first = seconds(replay.jobs.rematcher.run)
            tried = seconds(lambda: trials(entries(replay.jobs.store, START), new[:1], {}))
            compared = seconds(lambda: _compared(replay, new))
        with program(Path(folder), START + WEEK, _settings(new)) as replay:
            again = seconds(replay.jobs.rematcher.run)
    kinds = {
        "topics test, the changed topic": tried,
        f"topics diff of {count} topics, one changed": compared,
        f"a reload, one of {count} topics changed": again,
        f"a reload, {count} topics new": first,
    }
    asked = f"≤ {MOST_SECONDS[number]} s" if number in MOST_SECONDS else ""
    rows = [
        [kind, f"{taken:.2f} s", f"{1e6 * taken / number:.0f} µs", asked if "changed" in kind else ""]
        for kind, taken in kinds.items()
    ]
    return table([f"over {number:,} articles", "all", "an article", "asked"], rows)


def _with(topic: Topic, term: str) -> Topic:
    (rule,) = topic.rules
    return replace(topic, rules=(Rule(all=(*rule.all[:-1], (*rule.all[-1], term))),))


def _compared(replay: Replay, new: list[Topic]) -> object:
    before = past(replay.jobs.store, START, None)
    return changes(before.decided, new, {}, before.wordings)


def _settings(topics: list[Topic]) -> Settings:
    shipped = load(resource("config.example.toml"), {})
    feeds = tuple(FeedSettings(url=f"https://outlet{number}.example/feed") for number in range(FEEDS))
    (digest, *_) = shipped.digests
    return replace(shipped, feeds=feeds, topics=tuple(topics), digests=(replace(digest, topics=()),))


def _fill(replay: Replay, number: int, told: Callable[[], Document]) -> None:
    for first in range(0, number, ROWS):
        with replay.jobs.store.database.write() as connection:
            rows = [row(place, number, told()) for place in range(first, min(first + ROWS, number))]
            connection.execute(insert(articles), rows)


def row(place: int, number: int, told: Document, feeds: int = FEEDS) -> dict[str, object]:
    """A stored article, the one at this place of so many in a week."""
    return {
        "id": place + 1,
        "feed_id": 1 + place % feeds,
        "key": f"{place}",
        "link": f"https://outlet.example/{place}",
        "title": told.title,
        "text": told.text,
        "language": "en",
        "first_seen_at": START + WEEK * (place + 1) / (number + 1),
        "arrival": "new",
        "is_mailable": True,
        "content_hash": "",
    }
