"""Matching: how its cost grows with topics and with words, beside a bare index and regular expressions.

Every round has articles of its own, so that words turn up for the first time as they do in news. Before anything is
timed, all methods must find the same pairs of topic and article.
"""

import gc
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 (seeded: every run has the same news)
from typing import NamedTuple

from benchmarks.measure import Timings, Work, interleaved, table
from benchmarks.news import Language, article, language, topics
from benchmarks.rivals import BareIndex, ExpressionPerTopic, words_of
from monitor.match import TopicIndex
from monitor.model.match import Document
from monitor.model.topic import Topic

SEED = 3
SHORT, LONG = 60, 600
"""Words of an article beside its title."""

PLANTED_SHARE = 0.01
"""Of the articles of workload A: one of the first topics holds for so many, the same however many topics there are."""

MOST_BARE, MOST_GROWTH, LEAST_EXPRESSIONS, MOST_LONG, MOST_BUILD_SECONDS = 8, 2, 50, 10, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured: numbers of topics, ascending; up to `few_topics` with expressions too.

    `articles` a round; `few` of them for regular expressions.
    """

    topics: tuple[int, ...]
    few_topics: int
    rounds: int
    articles: int
    few: int
    spoken: int
    unspoken: int


FULL = Size(
    topics=(10, 100, 1_000, 10_000),
    few_topics=1_000,
    rounds=7,
    articles=1_000,
    few=50,
    spoken=50_000,
    unspoken=40_000,
)
TINY = Size(topics=(3, 30, 90), few_topics=90, rounds=1, articles=200, few=20, spoken=3_000, unspoken=400)


class Case(NamedTuple):
    """What is timed: a method with so many topics, on articles of so many words."""

    method: str
    topics: int
    words: int = SHORT


OURS, BARE, EXPRESSIONS = "ours", "bare index", "expressions"

Method = Callable[[Document], Sequence[str]]
"""The names of the topics that hold, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Topics, and articles by their words: one batch a round, and one before them to warm up and compare with."""

    topics: Sequence[Topic]
    articles: Mapping[int, Sequence[Sequence[Document]]]


class DisagreementError(Exception):
    """Two methods differ about an article, so their costs do not compare."""


def report(size: Size) -> str:
    """Both workloads as Markdown."""
    chance = Random(SEED)
    speech = language(chance, spoken=size.spoken, unspoken=size.unspoken)
    sparse, dense = sparse_workload(speech, chance, size), dense_workload(speech, chance, size)
    return "\n\n".join((*_sparse_report(sparse, size), *_dense_report(dense, size)))


def sparse_workload(speech: Language, chance: Random, size: Size) -> Workload:
    """A: topics for what is hardly ever in the news, though half of their words are."""
    rare, ordinary = range(size.spoken, size.spoken + size.unspoken), range(100, size.spoken // 10)
    rules = topics(speech, chance, size.topics[-1], ordinary=ordinary, rare=rare)
    wanted = [[group[0] for group in topic.rules[0].all] for topic in rules[: size.topics[0]]]
    return Workload(topics=rules, articles=_articles(speech, chance, size, wanted))


def dense_workload(speech: Language, chance: Random, size: Size) -> Workload:
    """B: topics for words that any article may have, so that many topics hold for each."""
    ranks = range(size.spoken // 50, size.spoken // 2)
    rules = topics(speech, chance, size.topics[-1], ordinary=ranks, rare=ranks)
    return Workload(topics=rules, articles=_articles(speech, chance, size, []))


def _articles(
    speech: Language, chance: Random, size: Size, wanted: Sequence[Sequence[str]]
) -> dict[int, list[list[Document]]]:
    def batch(words: int, count: int) -> list[Document]:
        planted = [chance.choice(wanted) if wanted and chance.random() < PLANTED_SHARE else () for _ in range(count)]
        return [article(speech, chance, words, terms) for terms in planted]

    return {
        words: [batch(words, count) for _ in range(size.rounds + 1)]
        for words, count in ((SHORT, size.articles), (LONG, size.articles * SHORT // LONG))  # as many words of both
    }


# ---- Measuring


def methods_for(work: Workload, size: Size) -> dict[Case, Method]:
    """Each method with each number of topics."""
    frequency = Counter(word for document in work.articles[SHORT][0] for word in words_of(document))
    methods: dict[Case, Method] = {}
    for count in size.topics:
        some = work.topics[:count]
        methods[Case(OURS, count)] = ours(some)
        methods[Case(BARE, count)] = BareIndex(some, frequency)
        if count <= size.few_topics:
            methods[Case(EXPRESSIONS, count)] = ExpressionPerTopic(some)
    return methods


def ours(some: Sequence[Topic]) -> Method:
    """With offsets, tier and evidence made, as the daemon has it; only the comparison looks at the names alone."""
    index = TopicIndex(some, {})
    return lambda document: [match.topic for match in index.matches(document)]


def agreed_pairs(methods: Mapping[Case, Method], articles: Sequence[Document], few: int) -> dict[int, list[int]]:
    """By number of topics, how many hold for each article. Raises DisagreementError.

    Regular expressions are asked about `few` articles, the others about all.
    """
    pairs: dict[int, list[int]] = {}
    for case, method in methods.items():
        reference = methods[case._replace(method=OURS)]
        asked = articles[:few] if case.method == EXPRESSIONS else articles
        for document in asked:
            if (its := method(document)) != (our := reference(document)):
                raise DisagreementError(f"{case.method}: {its}; {OURS}: {our}; about {document}")
        pairs.setdefault(case.topics, [len(reference(document)) for document in asked])
    return pairs


def measured(methods: Mapping[Case, Method], work: Workload, size: Size) -> Timings:
    long = {case._replace(words=LONG): method for case, method in methods.items() if case.method != EXPRESSIONS}
    return interleaved(dict(_contenders({**methods, **long}, work, size)), size.rounds)


def _contenders(methods: Mapping[Case, Method], work: Workload, size: Size) -> Iterator[tuple[Hashable, Work]]:
    for case, method in methods.items():
        batches = work.articles[case.words]
        yield case, _over(method, [batch[: size.few if case.method == EXPRESSIONS else None] for batch in batches[1:]])


def _over(method: Method, batches: Sequence[Sequence[Document]]) -> Work:
    def work(number: int) -> int:
        for document in batches[number]:
            method(document)
        return len(batches[number])

    return work


def build_seconds(some: Sequence[Topic], rounds: int) -> float:
    """Processor time to make an index of all these topics."""

    def build(_: int) -> int:
        TopicIndex(some, {})
        return 1

    gc.freeze()
    timings = interleaved({OURS: build}, rounds)
    gc.unfreeze()
    return timings.median(OURS) / 1e6


# ---- Telling


def _sparse_report(work: Workload, size: Size) -> Iterator[str]:
    timings, hits = _compared(work, size)
    yield f"Workload A: {hits}"
    yield _costs(timings, size)
    yield _long_costs(timings, size)
    yield _targets(timings, build_seconds(work.topics, size.rounds), size)


def _dense_report(work: Workload, size: Size) -> Iterator[str]:
    timings, hits = _compared(work, size)
    yield f"Workload B: {hits}"
    yield _costs(timings, size)


def _compared(work: Workload, size: Size) -> tuple[Timings, str]:
    methods = methods_for(work, size)
    pairs = agreed_pairs(methods, work.articles[SHORT][0], size.few)
    gc.freeze()  # else the collector walks the bench's own articles in the middle of what is timed
    timings = measured(methods, work, size)
    gc.unfreeze()
    return timings, _hits(pairs)


def _hits(pairs: Mapping[int, Sequence[int]]) -> str:
    shares = (
        f"{sum(hits) / len(hits):.3g} with {count:,} topics ({sum(map(bool, hits)) / len(hits):.1%} of articles match)"
        for count, hits in pairs.items()
    )
    return f"matches per article: {', '.join(shares)}. All methods found the same."


def _costs(timings: Timings, size: Size) -> str:
    rows = []
    for count in size.topics:
        our, bare, slow = Case(OURS, count), Case(BARE, count), Case(EXPRESSIONS, count)
        has_slow = count <= size.few_topics
        rows.append(
            [
                f"{count:,}",
                f"{timings.median(our):.0f} µs",
                f"{timings.median(bare):.0f} µs",
                f"{timings.median(slow):,.0f} µs" if has_slow else "–",
                f"{timings.ratio(our, bare):.1f}",
                f"{timings.ratio(slow, our):.0f}" if has_slow else "–",
                f"{1e6 / timings.median(our):,.0f}",
            ]
        )
    head = ["topics", OURS, BARE, EXPRESSIONS, f"{OURS} / {BARE}", f"{EXPRESSIONS} / {OURS}", "articles a second"]
    return table(head, rows)


def _long_costs(timings: Timings, size: Size) -> str:
    rows = [
        [
            f"{count:,}",
            *(f"{timings.median(Case(method, count, LONG)):.0f} µs" for method in (OURS, BARE)),
            *(f"{timings.ratio(Case(method, count, LONG), Case(method, count)):.1f}" for method in (OURS, BARE)),
        ]
        for count in size.topics
    ]
    return table([f"topics, {LONG} words", OURS, BARE, f"{OURS}, long / short", f"{BARE}, long / short"], rows)


def _targets(timings: Timings, build: float, size: Size) -> str:
    """At the largest number of topics that regular expressions are tried with, but for the index and its building."""
    many = size.few_topics
    worst = max(timings.ratio(Case(OURS, count), Case(BARE, count)) for count in size.topics)
    growth = timings.ratio(Case(OURS, many), Case(OURS, size.topics[0]))
    faster = timings.ratio(Case(EXPRESSIONS, many), Case(OURS, many))
    longer = timings.ratio(Case(OURS, many, LONG), Case(OURS, many))
    rows = [
        _row(f"× the {BARE}, at worst", worst, "≤", MOST_BARE),
        _row(f"{many:,} topics × the cost of {size.topics[0]}", growth, "≤", MOST_GROWTH),
        _row(f"× faster than {EXPRESSIONS} at {many:,} topics", faster, "≥", LEAST_EXPRESSIONS),
        _row(f"{LONG} words × the cost of {SHORT}", longer, "≤", MOST_LONG),
        _row(f"seconds to build the index of {size.topics[-1]:,} topics", build, "≤", MOST_BUILD_SECONDS),
    ]
    return table(["target", "measured", "asked", ""], rows)


def _row(what: str, figure: float, relation: str, bound: float) -> list[str]:
    is_met = figure <= bound if relation == "≤" else figure >= bound
    return [what, f"{figure:.3g}", f"{relation} {bound}", "ok" if is_met else "MISSED"]
