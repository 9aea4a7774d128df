"""Headlines for the two shipped topics: the rules of config.example.toml beside those of the final stage.

A headline is labelled for one topic, and is `plain` (it names the thing), `oblique` (it does not) or `negative`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.evaluation.figures import Score, score_of, total
from benchmarks.evaluation.labels import (
    FLAGSHIPS,
    FOLDER,
    SECOND_HELD_OUT,
    Pool,
    held_out_texts,
    labelled_texts,
    lines_of,
)
from benchmarks.evaluation.methods import Rules, ours, rules_in
from benchmarks.measure import table
from monitor.model.match import Document

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
FIRST = FOLDER / "headlines" / "first.jsonl"
"""Written by somebody who saw the two paragraphs alone, and committed before any rule was run on them."""

SECOND = FOLDER / "headlines" / "second.jsonl"
"""By the same author, who was asked to word it as differently as possible. Its errors were read after one run."""

THIRD = FOLDER / "headlines" / "third.jsonl"
"""By somebody else, asked for the natural mix of a newspaper's headlines; committed before any rule was run on it."""

TUNING = FOLDER / "headlines" / "tuning.jsonl"
"""Those that the shipped rules were written with."""

SETS = {
    "that no rule had seen": FIRST,
    "that no rule had seen, in the natural mix": THIRD,
    "worded as differently as possible, after their errors were read": SECOND,
    "that the shipped rules were written with": TUNING,
}

POSITIVE = ("plain", "oblique")
HEAD = ("rules", "right", "wrong", "missed", "precision", "recall")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A headline (with text beside it, or none), the topic it was written for, and whether it is about that topic."""

    document: Document
    topic: str
    kind: str
    is_about: bool


def headlines_in(file: Path) -> list[Headline]:
    return [
        Headline(
            document=Document(title=line["title"], text=line.get("text", "")),
            topic=line["topic"],
            kind=line["kind"],
            is_about=bool(line["label"]),
        )
        for line in lines_of(file)
    ]


def shipped_rules() -> Rules:
    """The topics of the example config, under the names that the labels use."""
    rules = rules_in(EXAMPLE)
    named = [replace(topic, name=name) for topic, name in zip(rules.topics, FLAGSHIPS, strict=True)]
    return Rules(topics=named, lists=rules.lists)


def scores(rules: Rules, headlines: Sequence[Headline], topic: str) -> dict[str, Score]:
    """By kind, of the headlines written for the topic."""
    asked = [each for each in headlines if each.topic == topic]
    found = ours(rules, [each.document for each in asked])[topic]
    verdicts = [(each.kind, score_of(number in found, each.is_about)) for number, each in enumerate(asked)]
    return {kind: total([score for other, score in verdicts if other == kind]) for kind, _ in verdicts}


def told(final: Rules) -> Iterator[str]:
    """The section of the report."""
    rules = {"final": final, "shipped": shipped_rules()}
    yield "### Headlines of the two shipped topics"
    for name, file in SETS.items():
        headlines = headlines_in(file)
        yield f"{len(headlines)} headlines {name}:"
        yield headlines_table(rules, headlines)
    yield "The two topics on the texts:"
    pools = {
        "327 texts": labelled_texts(),
        "held out, first": held_out_texts(),
        "held out, second": held_out_texts(SECOND_HELD_OUT),
    }
    yield texts_table(rules, pools)


def headlines_table(rules: Mapping[str, Rules], headlines: Sequence[Headline]) -> str:
    rows = []
    for topic in FLAGSHIPS:
        for name, each in rules.items():
            by_kind = scores(each, headlines, topic)
            found = [f"{by_kind[kind].true} of {by_kind[kind].true + by_kind[kind].missed}" for kind in POSITIVE]
            rows.append([topic, name, *_figures(total(list(by_kind.values()))), *found])
    return table(("topic", *HEAD, *POSITIVE), rows)


def texts_table(rules: Mapping[str, Rules], pools: Mapping[str, Pool]) -> str:
    rows = []
    for topic in FLAGSHIPS:
        for where, pool in pools.items():
            for name, each in rules.items():
                found = ours(each, list(pool.documents.values()))[topic]
                verdicts = [
                    score_of(number in found, topic in pool.labels[text]) for number, text in enumerate(pool.documents)
                ]
                rows.append([topic, where, name, *_figures(total(verdicts))])
    return table(("topic", "texts", *HEAD), rows)


def _figures(score: Score) -> list[str]:
    return [*map(str, (score.true, score.false, score.missed)), f"{score.precision:.3f}", f"{score.recall:.3f}"]
