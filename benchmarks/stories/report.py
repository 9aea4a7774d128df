"""The tables of docs/grouping.md. The tuning halves are those that every threshold was chosen on."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Work, microseconds, table
from benchmarks.stories.figures import Figures, bcubed, mean, pairwise
from benchmarks.stories.lines import Stories, halves, stories_in
from benchmarks.stories.methods import RIVALS, Method, Stream, max_link, ours
from benchmarks.stories.streams import SPARSE_STREAMS, TOPICS, one_word_topics, sparse, topical
from monitor.cluster import THRESHOLDS, Thresholds
from monitor.cluster.events import Threshold

HEADLINES = Path(__file__).parents[2] / ".." / "shared" / "corpora" / "news" / "headlines.jsonl"
TEXTS = Path(__file__).parents[1] / "labelled" / "stories" / "texts.jsonl"

METHODS: Mapping[str, Method] = {"ours": ours, **RIVALS}
HEAD = ("BCubed P", "R", "F1", "pairwise F1")
CURVE = (0.06, 0.08, 0.10, 0.12, 0.14, 0.16, 0.18, 0.22, 0.26, 0.32, 0.40)
TEXT_CURVE = (0.14, 0.16, 0.18, 0.20, 0.22, 0.24, 0.26, 0.28, 0.32, 0.40)
MAX_LINKS = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40)
NOTHING = Figures(1.0, 1.0)
NEVER = Threshold(titles=2.0, texts=2.0)
COST_SIZES = (250, 500, 1000, 2000)


def report(headlines: Path = HEADLINES, texts: Path = TEXTS, streams: int = SPARSE_STREAMS) -> str:
    """All tables as Markdown; those of the headlines only if the file is there."""
    parts = [*_texts_told(stories_in(texts))]
    if headlines.exists():
        parts = [*_headlines_told(stories_in(headlines), streams), *parts]
    return "\n\n".join(parts)


def judged(method: Method, each: Sequence[Stories]) -> tuple[Figures, Figures]:
    """BCubed and pairwise, the means over the streams."""
    pairs = [(stories.labels(), method(stories.stream)) for stories in each]
    return mean([bcubed(*pair) for pair in pairs]), mean([pairwise(*pair) for pair in pairs])


def figures_row(method: Method, each: Sequence[Stories]) -> list[str]:
    both, pairs = judged(method, each)
    return [f"{both.p:.3f}", f"{both.r:.3f}", f"{both.f1:.3f}", f"{pairs.f1:.3f}"]


def with_yardstick(yardstick: Thresholds) -> Method:
    return lambda stream: ours(stream, yardstick)


def _headlines_told(stories: Stories, streams: int) -> Iterator[str]:
    tuning, reporting = halves(stories)
    few = {
        name: [sparse(half, seed) for seed in range(streams)]
        for name, half in (("tuning", tuning), ("reporting", reporting))
    }
    yield "### Headlines, titles alone: sparse streams"
    yield _methods_table(few)
    yield "### Headlines, titles alone: all articles in one stream (dense)"
    yield _methods_table({"tuning": [tuning], "reporting": [reporting], "both": [stories]})
    yield "### The threshold for titles, sparse streams"
    yield _curve(few, CURVE, lambda value: _bars(titles=value))
    yield "### The threshold of max-link Jaccard, sparse streams"
    yield _curve(few, MAX_LINKS, None)
    yield "### What each part is worth, F1"
    yield _parts_table({**few, "dense, reporting": [reporting]})
    yield "### The topic's own words, titles of twelve topics"
    yield _topic_table({"tuning": tuning, "reporting": reporting})
    yield "### Topics of one word, every one that is in several stories"
    yield _word_table({"tuning": tuning, "reporting": reporting})
    yield "### Cost, in one dense stream"
    yield _cost_table(stories.stream)


def _texts_told(stories: Stories) -> Iterator[str]:
    tuning, reporting = halves(stories)
    named = {"tuning": [tuning], "reporting": [reporting], "both": [stories]}
    yield "### Our own texts, title and summary"
    yield _methods_table(named)
    yield "### Our own texts, titles alone"
    yield _methods_table({name: [_titles(each) for each in half] for name, half in named.items()})
    yield "### The threshold for texts"
    yield _curve(named, TEXT_CURVE, lambda value: _bars(texts=value))


def _methods_table(named: Mapping[str, Sequence[Stories]]) -> str:
    rows = [
        [half, _size(each), name, *figures_row(method, each)]
        for half, each in named.items()
        for name, method in METHODS.items()
    ]
    return table(["half", "articles/stories", "method", *HEAD], rows)


def _size(each: Sequence[Stories]) -> str:
    articles = sum(len(stories.stream) for stories in each) // len(each)
    stories = sum(len(set(stories.labels())) for stories in each) // len(each)
    return f"{articles}/{stories}"


def _bars(titles: float | None = None, texts: float | None = None) -> Thresholds:
    """The yardstick with another threshold for two stories to be one, and the one of the pass as far above as ever."""
    now = THRESHOLDS
    is_one = Threshold(titles=titles or now.is_one.titles, texts=texts or now.is_one.texts)
    joins = Threshold(
        titles=now.joins.titles + is_one.titles - now.is_one.titles,
        texts=now.joins.texts + is_one.texts - now.is_one.texts,
    )
    return replace(now, is_one=is_one, joins=joins)


def _curve(
    named: Mapping[str, Sequence[Stories]], values: Sequence[float], bars: Callable[[float], Thresholds] | None
) -> str:
    """Ours with other bars, or max-link Jaccard where there are none."""
    rows = []
    for value in values:
        method = with_yardstick(bars(value)) if bars else _max_link_at(value)
        figures = (judged(method, each)[0] for each in named.values())
        rows.append([f"{value:.2f}", *(f"{figure:.3f}" for each in figures for figure in (each.p, each.r, each.f1))])
    return table(["threshold", *(f"{half} {figure}" for half in named for figure in ("P", "R", "F1"))], rows)


def _max_link_at(threshold: float) -> Method:
    return lambda stream: max_link(stream, threshold)


def _parts_table(named: Mapping[str, Sequence[Stories]]) -> str:
    without = {
        "all of it": THRESHOLDS,
        "without the second look": replace(THRESHOLDS, joins=THRESHOLDS.is_one, is_one=NEVER),
        "without evidence": replace(THRESHOLDS, evidence=0.0),
    }
    rows = [
        [name, *(f"{judged(with_yardstick(yardstick), each)[0].f1:.3f}" for each in named.values())]
        for name, yardstick in without.items()
    ]
    return table(["what", *named], rows)


def _topic_table(named: Mapping[str, Stories]) -> str:
    rows = []
    for name, share in (("kept", 1.0), ("halved", 0.5), ("dropped", 0.0)):
        row = [name]
        for half in named.values():
            row += [f"{figure:.3f}" for figure in _mean_of_topics(half, TOPICS.values(), share)]
        rows.append(row)
    return table(["the words", *(f"{half} {figure}" for half in named for figure in ("P", "R", "F1"))], rows)


def _word_table(named: Mapping[str, Stories]) -> str:
    rows = []
    for name, half in named.items():
        words = one_word_topics(half)
        figures = _mean_of_topics(half, [(word,) for word in words], THRESHOLDS.topic_weight)
        rows.append([name, str(len(words)), *(f"{figure:.3f}" for figure in figures)])
    return table(["half", "topics", "P", "R", "F1"], rows)


def _mean_of_topics(half: Stories, topics: Iterable[Sequence[str]], share: float) -> tuple[float, float, float]:
    """Precision, recall and F1 over the topics whose articles belong to more than one story."""
    each = [topical(half, words) for words in topics]
    each = [stories for stories in each if len(set(stories.labels())) > 1]
    both = mean([_topical_figures(stories, half, share) for stories in each]) if each else NOTHING
    return both.p, both.r, both.f1


def _topical_figures(stories: Stories, stored: Stories, share: float) -> Figures:
    found = ours(stories.stream, replace(THRESHOLDS, topic_weight=share), stored.stream)
    return bcubed(stories.labels(), found)


def _titles(stories: Stories) -> Stories:
    stream = tuple(replace(article, text="") for article in stories.stream)
    return replace(stories, stream=stream)


def _grouping(stream: Stream) -> Work:
    return lambda _: len(ours(stream))


def _cost_table(stream: Stream) -> str:
    rows = []
    for size in (*(size for size in COST_SIZES if size < len(stream)), len(stream)):
        cost = microseconds(_grouping(stream[:size]), 0)
        rows.append([f"{size:,}", f"{cost / 1000:.2f} ms", f"{cost * size / 1_000_000:.2f} s"])
    return table(["titles", "a title", "all"], rows)
