"""`python -m benchmarks.recall`: what rules find on texts that nobody tuned on, alone and with lines beside.

The texts (README.md) are read as a stream, day by day: `past.jsonl` and `dev.jsonl` are what the monitor has seen
before, `heldout.jsonl` is what is scored. For first-draft and tuned rules, with 0, 3 and 5 lines a topic and day, and
for first drafts with 5 lines after one round of judging (all lines that were shown in the past are judged): precision
of all that is shown, recall of what a reader gets to see, and the share of lines that are right, in all topics
together, with intervals of 95 % by drawing the texts again.
"""

import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)
from typing import Any

from benchmarks.nearly import shown

FOLDER = Path(__file__).resolve().parent
DRAWS, SEED = 2_000, 1
FILES = tuple(FOLDER / name for name in ("past.jsonl", "dev.jsonl", "heldout.jsonl"))

Pair = tuple[str, str]
"""A topic and the id of a text."""


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


def labels(name: str) -> set[Pair]:
    """The pairs that belong together."""
    return {(topic, each["id"]) for each in read(name) for topic in each["topics"]}


def run(rules: str, lines: int, judged: Path | None = None) -> dict[str, set[Pair]]:
    """By kind, "match" or "perhaps", what was shown."""
    found: dict[str, set[Pair]] = {"match": set(), "perhaps": set()}
    for line in shown(FILES, FOLDER / rules, lines, judged):
        found[line["kind"]].add((line["topic"], line["id"]))
    return found


def of(ids: frozenset[str], pairs: Iterable[Pair]) -> set[Pair]:
    return {pair for pair in pairs if pair[1] in ids}


def figures(
    ids: Sequence[str], right: Mapping[str, set[Pair]], found: Mapping[str, Mapping[str, set[Pair]]]
) -> tuple[float, float, float]:
    """Precision of all that is shown, recall, and the share of lines that are right; ids may stand there repeatedly."""
    wanted = sum(len(right.get(each, ())) for each in ids)
    matched = [(each, found["match"].get(each, set())) for each in ids]
    lined = [(each, found["perhaps"].get(each, set())) for each in ids]
    hits = sum(len(pairs & right.get(each, set())) for each, pairs in matched)
    good = sum(len(pairs & right.get(each, set())) for each, pairs in lined)
    lines = sum(len(pairs) for _, pairs in lined)
    shown_pairs = sum(len(pairs) for _, pairs in matched) + lines
    return (hits + good) / max(shown_pairs, 1), (hits + good) / max(wanted, 1), good / max(lines, 1)


def by_id(pairs: Iterable[Pair]) -> dict[str, set[Pair]]:
    found: dict[str, set[Pair]] = {}
    for pair in pairs:
        found.setdefault(pair[1], set()).add(pair)
    return found


def interval(values: Sequence[float]) -> str:
    ordered = sorted(values)
    return f"{ordered[len(ordered) * 25 // 1000]:.2f}–{ordered[len(ordered) * 975 // 1000]:.2f}"


def judged_lines(found: Mapping[str, set[Pair]], right: set[Pair], past: frozenset[str]) -> list[dict[str, Any]]:
    """One round of judging: a person says of every line of the past whether it is right."""
    lines = sorted(of(past, found["perhaps"]))
    return [{"topic": topic, "id": name, "relevant": (topic, name) in right} for topic, name in lines]


def main() -> int:
    ids = [each["id"] for each in read("heldout.jsonl")]
    right = labels("labels.jsonl")
    past_right = labels("past_labels.jsonl") | labels("dev_labels.jsonl")
    past = frozenset(each["id"] for name in ("past.jsonl", "dev.jsonl") for each in read(name))
    chance = Random(SEED)
    draws = [chance.choices(ids, k=len(ids)) for _ in range(DRAWS)]
    print("rules, lines, judged | precision | recall | lines right | lines shown | gap closed")
    alone: dict[str, float] = {}
    for rules, lines, is_judged in (
        ("first.toml", 0, False),
        ("first.toml", 3, False),
        ("first.toml", 5, False),
        ("first.toml", 5, True),
        ("tuned.toml", 0, False),
        ("tuned.toml", 3, False),
        ("tuned.toml", 5, False),
    ):
        found = run(rules, lines)
        if is_judged:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "judged.jsonl"
                said = judged_lines(found, past_right, past)
                file.write_text("".join(json.dumps(each) + "\n" for each in said), "utf-8")
                found = run(rules, lines, file)
        kept = {kind: by_id(of(frozenset(ids), pairs)) for kind, pairs in found.items()}
        rightly = by_id(right)
        precision, recall, lines_right = figures(ids, rightly, kept)
        drawn = [figures(each, rightly, kept) for each in draws]
        alone.setdefault(rules, recall)
        gap = (recall - alone[rules]) / max(1 - alone[rules], 1e-9)
        print(
            f"{rules}, {lines}, {'yes' if is_judged else 'no'} | {precision:.2f} ({interval([d[0] for d in drawn])}) | "
            f"{recall:.2f} ({interval([d[1] for d in drawn])}) | {lines_right:.2f} | "
            f"{sum(map(len, kept['perhaps'].values()))} | {gap:.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
