"""How much faster the database grows with pages: recorded feeds of three sites, two days, the second one measured, with
its edition.

The topics say which pages `near` wants: those of `labelled/topics.final.toml`, without and with that of the World
Health Organization (the days are of April 2020), and those of `config.example.toml`. The texts are those of the 61 real
pages of `../shared/corpora/pages`, in turn; each is stored as the reader stores it, 40 a host and day as by default,
and its host remembers its sentences.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from benchmarks.evaluation.methods import Rules, rules_in
from benchmarks.measure import table
from benchmarks.page_recall import RULES
from benchmarks.pages import pages, text_of
from benchmarks.replay import Replay, program
from benchmarks.week import CONFIG, CORPORA, START, recorded
from monitor.config import Settings, load
from monitor.model.stored_page import PageResult, PageState
from monitor.policy.pages import PAGE_KEPT_CHARACTERS
from monitor.resources import resource
from monitor.url import host_of, origin_of

DAYS = 2
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What a day came to."""

    articles: int
    pages: int
    megabytes: float


def report(corpora: Path = CORPORA) -> str:
    """The table; why there is none where the corpora are not here."""
    if not (corpora / "polls").is_dir():
        return "../shared/corpora/polls is not here."
    texts = [text_of(page) for page, _ in pages()]
    labelled, example = rules_in(RULES), rules_in(resource("config.example.toml"))
    normal = replace(labelled, topics=[each for each in labelled.topics if each.name != "who-outbreaks"])
    ways = [("five topics", normal), ("two topics", example), ("six topics", labelled)]
    found = {"off": measured(corpora, "off", normal, texts)}
    found |= {f"near, {name}": measured(corpora, "near", rules, texts) for name, rules in ways}
    found |= {"all": measured(corpora, "all", normal, texts)}
    least = found["off"].megabytes
    rows = [
        [way, str(each.articles), str(each.pages), f"{each.megabytes:.2f}", f"{each.megabytes / least:.2f}"]
        for way, each in found.items()
    ]
    return table(["pages", "articles", "pages read", "MB a day", "times"], rows)


def measured(corpora: Path, way: str, rules: Rules, texts: list[str]) -> Growth:
    """The second day with these pages."""
    settings = _settings(way, rules)
    snapshots = recorded(corpora, settings)
    waiting, source = iter(snapshots), cycle(texts)
    with TemporaryDirectory() as place, program(Path(place), START, settings) as replay:
        before, articles, read = 0.0, 0, 0
        following = next(waiting)
        for day in range(1, DAYS + 1):
            before, articles = _megabytes(Path(place)), replay.jobs.store.articles.count()
            while following[1].at < START + day * DAY:
                replay.poll(*following)
                following = next(waiting)
            replay.clock.moment = START + day * DAY
            read = _read(replay, source)
            replay.jobs.publisher.run()
        return Growth(
            articles=replay.jobs.store.articles.count() - articles,
            pages=read,
            megabytes=_megabytes(Path(place)) - before,
        )


def _settings(way: str, rules: Rules) -> Settings:
    settings = load(CONFIG, {})
    feeds = tuple(replace(each, pages=way) for each in settings.feeds)
    lists = {name: tuple(terms) for name, terms in rules.lists.items()}
    return replace(settings, feeds=feeds, topics=tuple(rules.topics), lists=lists)


def _read(replay: Replay, texts: Iterator[str]) -> int:
    """Store a page behind each article whose page is wanted. Returns how many."""
    reader, store, now = replay.jobs.page_reader, replay.jobs.store.pages, replay.clock.now()
    reader.queue.fill(lambda: False)
    count = 0
    while (article := reader.queue.next(())) is not None:
        if store.begin(article.id, host_of(article.link), now, reader.visit.budget):
            text = next(texts)[:PAGE_KEPT_CHARACTERS]
            reader.visit.hosts.remember(origin_of(article.link), text)
            result = PageResult(state=PageState.FRESH, text=text, keep_until=now + 30 * DAY)
            store.finish(article.id, result, now)
            count += 1
    while replay.jobs.page_matcher.run() or replay.jobs.store.pages.fresh(1):
        pass
    return count


def _megabytes(folder: Path) -> float:
    """What the database holds, without pages that are free."""
    with closing(sqlite3.connect(folder / "news-monitor.db")) as database:
        used, free, size = (
            database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
    return float((used - free) * size / 1e6)


if __name__ == "__main__":
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)
    print(report())
