"""A draft of a topic, tried on what is stored: first on the newest articles, then on all of the last days.

Of the articles only those are read that the index of searches names; it also says how many articles have a term.
Without an index the newest articles are read, to a bound.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from monitor.match.terms import parse_term
from monitor.model.article import Article
from monitor.model.ids import ArticleId
from monitor.model.topic import Topic
from monitor.search.for_topics import term_expression, topic_expression
from monitor.store import Store
from monitor.workbench import entry_of
from monitor.workbench.tuned import Figures, Tuning

FIRST_ARTICLES, FIRST_READ = 5_000, 500
"""The first figures are of the newest articles, so many at most, of which so many could match."""

MOST_ARTICLES = 100_000
"""Of so many newest articles the figures are where the index cannot choose."""

STEP = 200
"""Articles between two looks whether anybody still waits for the answer."""

COUNTED, COUNTED_FIRST = 60, 20
"""Terms of which the index is asked how many articles have them, those with most matches; and for the first figures."""

LOOKED_UP = 300
"""Terms that are looked up in the index before they are called dead."""

MOST_NEAR = 1_000
"""Articles of which it is asked whether they lack one group: the newest that may."""

Lists = Mapping[str, Sequence[str]]


def tried(
    store: Store, tuning: Tuning, lists: Lists, since: datetime, *, is_whole: bool = True
) -> Iterator[Figures | None]:
    """Figures of the newest articles, then, if that is wanted, of all since then; None between, at times."""
    asked = topic_expression([rule for topic in tuning.topics for rule in topic.rules], lists)
    first, chosen = _newest(store, asked, since)
    yield None
    yield from _figured(store, tuning, chosen, (first or since, None), is_last=first is None)
    if first is not None and is_whole:
        every = _candidates(store, asked, since)
        seen = set(chosen or ())
        rest = None if every is None else [each for each in every if each not in seen]
        yield None
        yield from _figured(store, tuning, rest, (since, first), is_last=True)


Chosen = list[ArticleId] | None
"""The articles that the index names, the newest first; None if it cannot choose."""


def _newest(store: Store, asked: str, since: datetime) -> tuple[datetime | None, Chosen]:
    """Since when the articles came of which the first figures are, None if these are all; and which to read of them."""
    first = store.articles.newest_bound(FIRST_ARTICLES, since)
    chosen = _candidates(store, asked, first or since)
    if chosen is None or len(chosen) <= FIRST_READ:
        return first, chosen
    last = store.articles.one(chosen[FIRST_READ - 1])
    if last is None or last.first_seen_at <= (first or since):
        return first, chosen
    return last.first_seen_at, _candidates(store, asked, last.first_seen_at)


def _candidates(store: Store, asked: str, since: datetime) -> Chosen:
    return store.searching.candidates(asked, since) if asked else None


def _figured(
    store: Store, tuning: Tuning, chosen: Chosen, span: tuple[datetime, datetime | None], *, is_last: bool
) -> Iterator[Figures | None]:
    start, end = span
    if chosen is None:
        yield from _by_reading(store, tuning, start, end, is_last=is_last)
    else:
        recent = (each for each in store.articles.each(chosen) if each.first_seen_at >= start)
        yield from _passing(store, tuning, recent, start)
        yield _by_index(store, tuning, start, is_last=is_last)


def nearly(store: Store, topic: Topic, lists: Lists, since: datetime) -> list[ArticleId]:
    """Articles since then that may lack one group of a rule, or match, the newest first and not too many."""
    rules = [
        replace(rule, all=(*rule.all[:group], *rule.all[group + 1 :]), is_pair=False)
        for rule in topic.rules
        for group in range(len(rule.all) if len(rule.all) > 1 else 0)
    ]
    asked = topic_expression(rules or topic.rules, lists)
    found = _candidates(store, asked, since)
    return [each for each, _ in store.articles.headlines(MOST_NEAR)] if found is None else found[:MOST_NEAR]


def _by_index(store: Store, tuning: Tuning, start: datetime, *, is_last: bool) -> Figures:
    """The figures, with what the index knows of terms."""
    counted = store.searching.counts(_asked(tuning.by_matches()[: COUNTED if is_last else COUNTED_FIRST]), start)
    dead = store.searching.absent(_asked(tuning.unheard[:LOOKED_UP]), start) if is_last else ()
    return tuning.figures(articles=store.articles.count(start), is_whole=is_last, counted=counted, dead=dead)


def _by_reading(
    store: Store, tuning: Tuning, start: datetime, end: datetime | None, *, is_last: bool
) -> Iterator[Figures | None]:
    """The same where the index cannot choose: every article is read, of very many the newest."""
    bound = store.articles.newest_bound(MOST_ARTICLES, start) or start
    found = takewhile(lambda each: end is None or each.first_seen_at < end, store.articles.since(bound))
    yield from _passing(store, tuning, found, bound)
    yield tuning.figures(articles=tuning.read, is_whole=is_last, dead=tuning.unheard if is_last else ())


def _passing(store: Store, tuning: Tuning, found: Iterable[Article], start: datetime) -> Iterator[None]:
    shared, page_of = store.boilerplate.of_all(), store.pages.reader(start)
    for number, each in enumerate(found, 1):
        tuning.add(entry_of(each, shared, page_of(each.id)))
        if number % STEP == 0:
            yield


def _asked(terms: Iterable[str]) -> dict[str, str]:
    """By term, the query that finds it; none for a term that the index cannot find."""
    asked = {term: term_expression([parse_term(term)]) for term in terms}
    return {term: written for term, written in asked.items() if written}
