"""The labelled texts, their two sets of labels, the half that rules were tuned on, the texts held out, and where the
labellers differ.

    python -m benchmarks.evaluation.labels > benchmarks/labelled/disagreements.md

It judges no rule.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.evaluation.figures import kappa
from benchmarks.measure import table
from monitor.model.match import Document

FOLDER = Path(__file__).parents[1] / "labelled"
HELD_OUT = FOLDER / "heldout"
"""Texts written after the revised rules, of neither half; the final rules were tuned on them, too."""

SECOND_HELD_OUT = FOLDER / "heldout2"
"""Texts that no rule has been changed for."""

TOPICS = (
    "syria-ceasefire",
    "us-russia-coordination",
    "gaza-aid",
    "turkey-refugees",
    "iran-sanctions",
    "who-outbreaks",
)
FLAGSHIPS = TOPICS[:2]

Labels = Mapping[str, frozenset[str]]
"""By text: the topics it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Texts by id, and what a careful reader files them under."""

    documents: Mapping[str, Document]
    labels: Labels

    def only(self, ids: Iterable[str]) -> "Pool":
        wanted = frozenset(ids)
        return Pool(
            documents={name: self.documents[name] for name in self.documents if name in wanted}, labels=self.labels
        )

    def __add__(self, other: "Pool") -> "Pool":
        return Pool(documents={**self.documents, **other.documents}, labels={**self.labels, **other.labels})


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How two labellers judged the texts for one topic: counts of texts."""

    topic: str
    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def kappa(self) -> float:
        return kappa(self.both, self.only_first, self.only_second, self.neither)


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def labelled_texts() -> Pool:
    """The texts of both halves, with the first labeller's labels: the reference."""
    return Pool(documents=documents_in(FOLDER / "texts.jsonl"), labels=labels_in(FOLDER / "labels_a.jsonl"))


def held_out_texts(folder: Path = HELD_OUT) -> Pool:
    """The texts of a set held out, with the labels of their one labeller."""
    return Pool(documents=documents_in(folder / "texts.jsonl"), labels=labels_in(folder / "labels.jsonl"))


def documents_in(file: Path) -> dict[str, Document]:
    return {
        line["id"]: Document(title=line["title"], text=line["text"], outlet=line["source"]) for line in lines_of(file)
    }


def labels_in(file: Path) -> Labels:
    return {line["id"]: frozenset(line["topics"]) for line in lines_of(file)}


def is_for_tuning(name: str) -> bool:
    """Half of the texts, by a hash of their id; figures of the other half are those of rules that never saw it."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def agreements(first: Labels, second: Labels) -> list[Agreement]:
    return [_agreement(topic, first, second) for topic in TOPICS]


def _agreement(topic: str, first: Labels, second: Labels) -> Agreement:
    verdicts = [(topic in first[name], topic in second[name]) for name in first]
    return Agreement(
        topic=topic,
        both=verdicts.count((True, True)),
        only_first=verdicts.count((True, False)),
        only_second=verdicts.count((False, True)),
        neither=verdicts.count((False, False)),
    )


def disputed(first: Labels, second: Labels) -> list[tuple[str, str]]:
    """Pairs of text and topic that one labeller alone marked positive."""
    return [(name, topic) for name in first for topic in TOPICS if topic in first[name] ^ second[name]]


def agreement_table(found: Sequence[Agreement]) -> str:
    rows = [
        [each.topic, *map(str, (each.both, each.only_first, each.only_second, each.neither)), f"{each.kappa:.3f}"]
        for each in found
    ]
    return table(["topic", "both", "first only", "second only", "neither", "kappa"], rows)


def disagreements(folder: Path = FOLDER) -> str:
    """disagreements.md: agreement in figures, then every disputed pair with both notes."""
    one, two = ({line["id"]: line for line in lines_of(folder / f"labels_{who}.jsonl")} for who in "ab")
    first, second = labels_in(folder / "labels_a.jsonl"), labels_in(folder / "labels_b.jsonl")
    titles = {line["id"]: line["title"] for line in lines_of(folder / "texts.jsonl")}
    rows = [
        [
            name,
            topic,
            "first" if topic in first[name] else "second",
            *(line.get("note", "").replace("|", "/") for line in (one[name], two[name])),
            titles[name].replace("|", "/"),
        ]
        for name, topic in disputed(first, second)
    ]
    head = ["text", "topic", "marked by", "first's note", "second's note", "title"]
    parts = ("# Where the labellers differ", agreement_table(agreements(first, second)), plain_table(head, rows))
    return "\n\n".join(parts) + "\n"


def plain_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """In Markdown, words to the left."""
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows])


if __name__ == "__main__":
    print(disagreements(), end="")
