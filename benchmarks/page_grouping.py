"""Whether the beginning of a page helps grouping: the labelled stories, as feeds of one sentence bring them.

Of each text of `labelled/stories` the first sentence is what the feed says. The page begins with headline and text,
for pages mostly repeat what the feed says. Some articles have a page, or all.
Grouping is the product's own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random  # noqa: TID251 (seeded: every run has the same pages)
from statistics import fmean

from benchmarks.measure import table
from benchmarks.stories.figures import bcubed, pairwise
from benchmarks.stories.lines import Stories, halves, stories_in
from benchmarks.stories.methods import ours
from benchmarks.stories.report import TEXTS
from monitor.model.story import StoryArticle

SHARES = (0.0, 0.1, 0.25, 0.5, 1.0)
SEEDS = 10
_SENTENCE = re.compile(r".*?[.!?。؟](?=\s|$)|.*?。", re.DOTALL)


def report(seeds: int = SEEDS) -> str:
    """Precision, recall and F1 by the share of articles of which a page is read, means over the seeds."""
    tuning, reporting = halves(stories_in(TEXTS))
    named = {"tuning": tuning, "reporting": reporting, "both": stories_in(TEXTS)}
    chosen = [(name, share) for name in named for share in SHARES]
    rows = [[f"{name}, {share:.0%}", *_figures(named[name], share, seeds)] for name, share in chosen]
    return table(["half, articles with a page", "BCubed P", "R", "F1", "pairwise F1"], rows)


def _figures(stories: Stories, share: float, seeds: int) -> Iterator[str]:
    stored = with_pages(stories.stream, 0.0, 0)  # how common words are is counted of what feeds say
    numbers = range(seeds if 0 < share < 1 else 1)  # else they are all the same
    found = [(stories.labels(), ours(with_pages(stories.stream, share, seed), stored=stored)) for seed in numbers]
    figures = [bcubed(*each) for each in found]
    yield from (f"{fmean(values):.3f}" for values in zip(*((each.p, each.r, each.f1) for each in figures), strict=True))
    yield f"{fmean(pairwise(*each).f1 for each in found):.3f}"


def with_pages(stream: Sequence[StoryArticle], share: float, seed: int) -> tuple[StoryArticle, ...]:
    """The articles with one sentence each, and so many of them with a page."""
    chosen = set(Random(seed).sample(range(len(stream)), round(share * len(stream))))
    pages = (f"{each.title}\n{each.text}" if place in chosen else "" for place, each in enumerate(stream))
    return tuple(
        replace(each, text=first_sentence(each.text), page_start=page) for each, page in zip(stream, pages, strict=True)
    )


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence."""
    found = _SENTENCE.match(text)
    return found[0] if found else text


if __name__ == "__main__":
    print(report())
