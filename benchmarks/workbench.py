"""`python -m benchmarks.workbench N [FOLDER]`: how long a draft of a topic takes on N made-up articles.

The articles are those of `benchmarks.searching`, of five languages. A draft that adds a term to a topic is tried as the
page tries it: the first figures are those of the newest 5,000 articles, then all articles follow that the topic could
match, whatever their age. Beside it stands what it took before: every article read. Wall time, in seconds, and
processor time. FOLDER keeps the store for the next run, which may be one of `benchmarks.searching`.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: every run has the same news)
from tempfile import TemporaryDirectory

from benchmarks.measure import table
from benchmarks.searching import KINDS, SEED, START, Language, filled, languages
from monitor.model.topic import Rule, Topic
from monitor.store import Store
from monitor.web.tried import tried
from monitor.workbench import entry_of
from monitor.workbench.tuned import Figures, Tuning

READ_ALL = 20_000
"""With more articles nobody waits for all of them to be read, kind by kind."""


def drafts(spoken: Mapping[str, Language], chance: Random) -> dict[str, tuple[Topic, Topic]]:
    """By its kind, a topic and a draft of it with one more term."""

    def words(kind: str, count: int) -> tuple[str, ...]:
        first, last = KINDS[kind]
        some = range(first, min(last, len(spoken["en"].words)))
        return tuple(spoken["en"].words[each] for each in chance.sample(some, count))

    rules = {
        "two groups of five usual words": (words("usual", 5), words("usual", 5)),
        "a list of 200 usual words, and five of them": (words("usual", 200), words("usual", 5)),
        "twenty rare words": (words("rare", 20),),
        "five usual words": (words("usual", 5),),
        "two groups of two common words": (words("common", 2), words("common", 2)),
        "one common word": (words("common", 1),),
    }
    more = words("usual", 1)
    found = {}
    for kind, groups in rules.items():
        topic = Topic(name=kind, rules=(Rule(all=groups),))
        found[kind] = topic, replace(topic, rules=(Rule(all=(*groups[:-1], groups[-1] + more)),))
    return found


def report(store: Store, spoken: Mapping[str, Language], number: int, rounds: int = 3) -> str:
    """A table in Markdown: the best of the rounds."""
    rows = []
    for kind, (old, new) in drafts(spoken, Random(SEED)).items():
        taken = [_tried(store, old, new) for _ in range(rounds)]
        (first, whole, busy, found) = min(taken, key=lambda each: each[1])
        all_, matches = _read_all(store, old, new) if number <= READ_ALL else (0.0, found.matches)
        if matches != found.matches:
            raise AssertionError(f"{kind}: {found.matches} matches by the index, {matches} of all articles")
        share = f"{found.matches / number:.2%}"
        before = f"{all_:.1f}" if all_ else "–"
        rows.append((kind, share, f"{first * 1000:,.0f} ms", f"{whole:.2f} s", f"{busy:.2f} s", before))
    head = ("the topic", "of all match", "first figures", "all of them", "processor", "every article read, s")
    return table(head, rows)


def _tried(store: Store, old: Topic, new: Topic) -> tuple[float, float, float, Figures]:
    """Seconds until the first figures and until the last, seconds of the processor, and the last figures."""
    began, busy, first = time.perf_counter(), time.process_time(), 0.0
    last = None
    for found in tried(store, Tuning(old, new, {}), {}, START):
        first = first or (time.perf_counter() - began if found else 0.0)
        last = found or last
    assert last is not None
    return first, time.perf_counter() - began, time.process_time() - busy, last


def _read_all(store: Store, old: Topic, new: Topic) -> tuple[float, int]:
    tuning, began = Tuning(old, new, {}), time.perf_counter()
    shared = store.boilerplate.of_all()
    for article in store.articles.since(START):
        tuning.add(entry_of(article, shared))
    return time.perf_counter() - began, tuning.figures(articles=0, is_whole=True).matches


def measured(number: int, folder: Path) -> str:
    """All of it for a store of so many articles, which is kept in the folder."""
    chance = Random(SEED)
    spoken = languages(chance)
    store, sizes = filled(folder, number, spoken, chance)
    try:
        return f"{sizes}\n\n{report(store, spoken, number)}"
    finally:
        store.close()


def in_passing(number: int) -> str:
    """The same, and nothing is kept."""
    with TemporaryDirectory() as folder:
        return measured(number, Path(folder))


def main(arguments: Sequence[str]) -> int:
    """Exit code 2 if N is missing."""
    if not arguments or not arguments[0].replace("_", "").isdecimal():
        print(__doc__, file=sys.stderr)
        return 2
    number = int(arguments[0])
    print(measured(number, Path(arguments[1])) if len(arguments) > 1 else in_passing(number))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
