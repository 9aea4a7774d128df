"""A labelled set: its texts, what belongs to which topic, and what is wrong with its files (README.md: the format)."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
TEXTS = {"past": "past_labels", "dev": "dev_labels", "heldout": "labels"}
"""Files of texts, in the order in which they are read, and the file with the labels of each."""

OPTIONAL = frozenset({"dev"})
HELD_OUT = "heldout"
KEYS = ("id", "title", "text", "published", "source", "language")
TOPIC = re.compile(r"^\d+\. \*\*(.+?)\*\*", re.MULTILINE)

Pair = tuple[str, str]
"""A topic and the id of a text."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """The folder of a set."""

    folder: Path

    @property
    def texts(self) -> tuple[str, ...]:
        """The names of its files of texts, without suffix."""
        return tuple(name for name in TEXTS if name not in OPTIONAL or self.path(name).exists())

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(name for name in ("first.toml", "tuned.toml") if (self.folder / name).exists())

    @property
    def topics(self) -> tuple[str, ...]:
        """Their names, as topics.md has them."""
        return tuple(TOPIC.findall((self.folder / "topics.md").read_text("utf-8")))

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"

    def rows(self, name: str) -> list[Row]:
        return [json.loads(line) for line in self.path(name).read_text("utf-8").splitlines() if line.strip()]

    def days(self) -> dict[str, date]:
        """By id, the UTC day of each text that is scored."""
        return {each["id"]: day_of(each) for each in self.rows(HELD_OUT)}

    def labels(self, name: str) -> set[Pair]:
        """The pairs of a file of labels that belong together."""
        return {(topic, each["id"]) for each in self.rows(name) for topic in each["topics"]}

    def past_labels(self) -> set[Pair]:
        return {pair for name in self.texts if name != HELD_OUT for pair in self.labels(TEXTS[name])}

    def past_ids(self) -> frozenset[str]:
        return frozenset(each["id"] for name in self.texts if name != HELD_OUT for each in self.rows(name))


def day_of(row: Mapping[str, Any]) -> date:
    """Raises ValueError for a time that is not one, or that is not in UTC."""
    moment = datetime.fromisoformat(row["published"])
    if moment.utcoffset() != timedelta(0):
        raise ValueError(f"{row['published']} is not in UTC")
    return moment.date()


def problems(of: LabelledSet) -> Iterator[str]:
    """What is wrong with the files of a set, each with its file and line."""
    needed = [f"{name}.jsonl" for name in (*of.texts, *(TEXTS[each] for each in of.texts))]
    missing = [name for name in ("topics.md", "first.toml", *needed) if not (of.folder / name).exists()]
    if missing:
        yield from (f"{name}: is missing" for name in missing)
        return
    seen: dict[str, str] = {}
    last = date.min
    for name in of.texts:
        rows = list(_read(of, name))
        yield from _of_texts(rows, seen)
        days = [day for _, row in rows if (day := _day(row))]
        if name == HELD_OUT and days and min(days) <= last:
            yield f"{name}.jsonl: begins on {min(days)}, and the texts before it end on {last}"
        last = max([last, *days])
        ids = [row.get("id") for _, row in rows]
        yield from _of_labels(list(_read(of, TEXTS[name])), ids, of.topics)
    if of.path("labels_second").exists():
        ids = [row.get("id") for _, row in _read(of, HELD_OUT)]
        yield from _of_labels(list(_read(of, "labels_second")), ids, of.topics)
    for rules in of.rules:
        names = {each["name"] for each in tomllib.loads((of.folder / rules).read_text("utf-8"))["topics"]}
        yield from (f"{rules}: topics.md has no topic {name!r}" for name in sorted(names - {*of.topics}))
        yield from (f"{rules}: has no topic {name!r}" for name in sorted({*of.topics} - names))


def kappa(left: set[Pair], right: set[Pair], ids: Sequence[str], topics: Sequence[str]) -> float:
    """Cohen's kappa of two labellers over all decisions: each text and each topic."""
    decisions = len(ids) * len(topics)
    agreed = 1 - len(left ^ right) / decisions
    shares = len(left) / decisions, len(right) / decisions
    by_chance = shares[0] * shares[1] + (1 - shares[0]) * (1 - shares[1])
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0


def _read(of: LabelledSet, name: str) -> Iterator[tuple[str, Row]]:
    """Each row with its place. A line that is not a JSON object is an empty row, which lacks everything."""
    for number, line in enumerate(of.path(name).read_text("utf-8").splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError:
                row = {}
            yield f"{name}.jsonl:{number}", row if isinstance(row, dict) else {}


def _of_texts(rows: Iterable[tuple[str, Row]], seen: dict[str, str]) -> Iterator[str]:
    for place, row in rows:
        lacking = [key for key in KEYS if not isinstance(row.get(key), str)]
        if lacking:
            yield f"{place}: not a JSON object with a text for {', '.join(lacking)}"
            continue
        if row["id"] in seen:
            yield f"{place}: the id {row['id']!r} is that of {seen[row['id']]}"
        seen[row["id"]] = place
        if not row["title"].strip():
            yield f"{place}: has no title"
        if _day(row) is None:
            yield f"{place}: `published` is not a time in UTC such as 2026-10-01T04:40:00Z: {row['published']}"


def _of_labels(rows: Sequence[tuple[str, Row]], ids: Sequence[object], topics: Sequence[str]) -> Iterator[str]:
    labelled = [row.get("id") for _, row in rows]
    for place, row in rows:
        if not isinstance(row.get("topics"), list):
            yield f"{place}: not a JSON object with a list of `topics`, which may be empty"
            continue
        yield from (f"{place}: topics.md has no topic {each!r}" for each in row["topics"] if each not in topics)
        if row.get("id") not in ids:
            yield f"{place}: no text has the id {row.get('id')!r}"
        if labelled.count(row.get("id")) > 1:
            yield f"{place}: {row.get('id')!r} is labelled more than once"
    if rows:
        file = rows[0][0].partition(":")[0]
        yield from (f"{file}: {each!r} is not labelled" for each in ids if each not in labelled)


def _day(row: Mapping[str, Any]) -> date | None:
    try:
        return day_of(row)
    except (KeyError, TypeError, ValueError):
        return None
