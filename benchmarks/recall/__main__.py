"""`python -m benchmarks.recall [SET] [--check]`: what rules find on labelled texts, alone and with lines beside.

SET is a folder beside this file (default: first) or a path; README.md has the format of its files. The texts are read
as a stream, day by day: `past.jsonl` and `dev.jsonl` are what the monitor has seen before, `heldout.jsonl` is what is
scored. For first-draft and tuned rules, with 0, 3 and 5 lines a topic and day, and for first drafts with 5 lines after
one round of judging (all lines that were shown in the past are judged): precision of all that is shown, recall of what
a reader gets to see, and the share of lines that are right, in all topics together, with intervals of 95 % by drawing
the texts again; and the share of topic-days without a relevant text that show a line. --check only says what is wrong
with the files, as it is said before scoring. Ends with 1 if something is.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)

from benchmarks.nearly import shown
from benchmarks.recall.sets import FOLDER, HELD_OUT, LabelledSet, Pair, kappa, problems

DRAWS, SEED = 2_000, 1
RUNS = ((0, False), (3, False), (5, False), (5, True))
"""Lines, and whether the past is judged."""

ONE_ROUND_OF = "first.toml"

ByKind = Mapping[str, set[Pair]]
"""By kind, "match" or "perhaps", what was shown."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right: the pairs of the texts that are scored."""

    ids: tuple[str, ...]
    right: frozenset[Pair]
    quiet: frozenset[tuple[str, str]]
    """Topic and day (ISO) without a relevant text."""


def truth(of: LabelledSet) -> Truth:
    days, right = of.days(), of.labels("labels")
    busy = {(topic, days[name].isoformat()) for topic, name in right}
    all_days = {(topic, day.isoformat()) for topic in of.topics for day in {*days.values()}}
    return Truth(tuple(days), frozenset(right), frozenset(all_days - busy))


def run(of: LabelledSet, rules: str, lines: int, judged: Path | None = None) -> tuple[ByKind, set[tuple[str, str]]]:
    """What was shown, and the topic-days with a line."""
    found: dict[str, set[Pair]] = {"match": set(), "perhaps": set()}
    days = set()
    for line in shown([of.path(name) for name in of.texts], of.folder / rules, lines, judged):
        found[line["kind"]].add((line["topic"], line["id"]))
        if line["kind"] == "perhaps":
            days.add((line["topic"], line["day"]))
    return found, days


def judged_run(of: LabelledSet, rules: str, lines: int) -> tuple[ByKind, set[tuple[str, str]]]:
    """The same after one round: a person says of every line of the past whether it is right."""
    past, right = of.past_ids(), of.past_labels()
    asked = sorted(pair for pair in run(of, rules, lines)[0]["perhaps"] if pair[1] in past)
    said = [{"topic": topic, "id": name, "relevant": (topic, name) in right} for topic, name in asked]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "judged.jsonl"
        file.write_text("".join(json.dumps(each) + "\n" for each in said), "utf-8")
        return run(of, rules, lines, file)


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


def described(of: LabelledSet, draws: int = DRAWS) -> Iterable[str]:
    """The table, line by line."""
    known = truth(of)
    chance = Random(SEED)
    drawn_ids = [chance.choices(known.ids, k=len(known.ids)) for _ in range(draws)]
    rightly = by_id(known.right)
    yield f"{len(known.ids)} texts, {len(of.topics)} topics, {len(known.right)} relevant pairs"
    if of.path("labels_second").exists():
        agreed = kappa(set(known.right), of.labels("labels_second"), known.ids, of.topics)
        yield f"kappa of two labellers {agreed:.2f}"
    yield "rules, lines, judged | precision | recall | lines right | lines shown | gap closed | quiet days with a line"
    for rules in of.rules:
        alone = 0.0
        for lines, is_judged in RUNS if rules == ONE_ROUND_OF else RUNS[:-1]:
            found, days = judged_run(of, rules, lines) if is_judged else run(of, rules, lines)
            kept = {kind: by_id(pair for pair in pairs if pair[1] in known.ids) for kind, pairs in found.items()}
            precision, recall, lines_right = figures(known.ids, rightly, kept)
            drawn = [figures(each, rightly, kept) for each in drawn_ids]
            alone = recall if lines == 0 else alone
            gap = (recall - alone) / max(1 - alone, 1e-9)
            yield " | ".join(
                (
                    f"{rules}, {lines}, {'yes' if is_judged else 'no'}",
                    f"{precision:.2f} ({interval([each[0] for each in drawn])})",
                    f"{recall:.2f} ({interval([each[1] for each in drawn])})",
                    f"{lines_right:.2f}",
                    str(sum(map(len, kept["perhaps"].values()))),
                    f"{gap:.2f}",
                    f"{len(days & known.quiet)} of {len(known.quiet)}",
                )
            )


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recall", description="Score rules and lines.")
    parser.add_argument("set", nargs="?", default="first", metavar="SET", help="a folder beside this file, or a path")
    parser.add_argument("--check", action="store_true", help="only say what is wrong with the files")
    asked = parser.parse_args(words)
    folder = FOLDER / asked.set if (FOLDER / asked.set).is_dir() else Path(asked.set)
    of = LabelledSet(folder)
    wrong = list(problems(of)) if folder.is_dir() else [f"{asked.set}: no such folder, and none in {FOLDER.name}/"]
    for each in wrong:
        print(each, file=sys.stderr)
    if not wrong and asked.check:
        print(f"{folder.name}: {len(of.rows(HELD_OUT))} texts to be scored, nothing wrong")
    elif not wrong:
        for line in described(of):
            print(line, flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
