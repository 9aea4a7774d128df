"""Whether grouping should read the first paragraph of a page: the labelled stories, with feeds of one sentence.

Of each text of `labelled/stories` the first sentence is what the feed says; the others are the page's first paragraph.
Some articles have a page, as where pages are read of near-misses alone, or all of them. Grouping is the product's own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random  # noqa: TID251 (seeded: every run has the same pages)

from benchmarks.measure import table
from benchmarks.stories.figures import bcubed, mean, pairwise
from benchmarks.stories.lines import Stories, halves, stories_in
from benchmarks.stories.methods import ours
from benchmarks.stories.report import TEXTS
from monitor.model.story import StoryArticle

SHARES = (0.0, 0.1, 0.25, 0.5, 1.0)
SEEDS = 20
_SENTENCE = re.compile(r".*?[.!?。؟](?=\s|$)|.*?。", re.DOTALL)


def report() -> str:
    """F1 (BCubed and pairwise) by the share of articles of which a page is read, means over the seeds."""
    tuning, reporting = halves(stories_in(TEXTS))
    named = {"tuning": tuning, "reporting": reporting, "both": stories_in(TEXTS)}
    rows = [[f"{share:.0%}", *_figures(list(named.values()), share)] for share in SHARES]
    head = [f"{name}, {measure}" for name in named for measure in ("BCubed F1", "pairwise F1")]
    return table(["articles with a page", *head], rows)


def _figures(sets: Sequence[Stories], share: float) -> Iterator[str]:
    for stories in sets:
        stored = _with_pages(stories.stream, 0.0, 0)  # how common words are is counted of what feeds say
        read = [_with_pages(stories.stream, share, seed) for seed in range(SEEDS)]
        pairs = [(stories.labels(), ours(each, stored=stored)) for each in read]
        yield f"{mean([bcubed(*pair) for pair in pairs]).f1:.3f}"
        yield f"{mean([pairwise(*pair) for pair in pairs]).f1:.3f}"


def _with_pages(stream: Sequence[StoryArticle], share: float, seed: int) -> tuple[StoryArticle, ...]:
    """The articles as grouping would see them: one sentence, or with the paragraph of the page behind it."""
    chosen = set(Random(seed).sample(range(len(stream)), round(share * len(stream))))
    return tuple(
        each if place in chosen else replace(each, text=first_sentence(each.text)) for place, each in enumerate(stream)
    )


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence."""
    found = _SENTENCE.match(text)
    return found[0] if found else text


if __name__ == "__main__":
    print(report())
