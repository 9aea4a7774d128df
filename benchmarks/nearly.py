"""`python benchmarks/nearly.py FILE… --topics FILE [--lines N] [--judged FILE]`: what "Perhaps also" would have shown.

FILE has an article a line, as JSON: {"id", "title", "text", "published", "source", "language", "topics"}; "topics" is
not read, because the topics learn from what their own rules match. --topics is a configuration. Days (UTC) are taken in
order, and each is scored with nothing but itself and the days before it, by the functions that the daemon uses. Prints
a line for each match and for each article shown beside: {"day", "topic", "id", "kind": "match" or "perhaps", "rank",
"why"}. --judged has {"topic", "id", "relevant"} a line, which are known from the day after their article.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor.config import load
from monitor.match import TopicIndex
from monitor.match.explain import why
from monitor.model.match import Match
from monitor.model.topic import Topic
from monitor.nearly import (
    MIN_EXAMPLES,
    PAST_DAYS,
    SHARED_WORDS,
    Day,
    Examples,
    NearMisses,
    Rules,
    Specimen,
    as_written,
    best_of,
    distinct,
    floor_of,
    telling_words,
)
from monitor.text import normalised_title
from monitor.workbench import Entry, entry_from_line

LINES = 3
Line = dict[str, Any]


@dataclass(slots=True)
class Learned:
    """What is known of a topic: its articles in order, the best likeness of each day, and headlines that were shown."""

    like: list[Specimen] = field(default_factory=list)
    unlike: list[Specimen] = field(default_factory=list)
    best: list[float] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)


class Stream:
    """A stream of news that is read day by day."""

    def __init__(
        self, topics: Sequence[Topic], lists: Mapping[str, Sequence[str]], judged: Mapping[tuple[str, object], bool]
    ) -> None:
        self._topics = [topic for topic in topics if topic.enabled]
        self._index = TopicIndex(self._topics, lists)
        self._rules = Rules(self._topics, lists)
        self._near_misses = NearMisses(self._topics, lists)
        self._judged = judged
        self._learned = {topic.name: Learned() for topic in self._topics}

    def day(self, at: date, entries: Sequence[Entry], lines: int) -> Iterator[Line]:
        """What is shown on that day."""
        articles = [(each.id, telling_words(each.document.title, each.document.text)) for each in entries]
        found = {each.id: self._index.matches(each.document) for each in entries}
        matched: dict[str, set[object]] = defaultdict(set)
        for entry in entries:
            for match in found[entry.id]:
                matched[match.topic].add(entry.id)
                if self._judged.get((match.topic, entry.id), True):
                    self._learned[match.topic].like.append(_specimen(entry))
        examples = {
            name: Examples(like=distinct(each.like), unlike=distinct(each.unlike))
            for name, each in self._learned.items()
        }
        near_misses: dict[Any, frozenset[str]] = {}
        for each in entries:
            near_misses[each.id] = self._near_misses.of(each.document.title, each.document.text)
        today = Day(articles, examples, matched, near_misses)
        ranked, words, by_id = today.ranked(), dict(articles), {each.id: each for each in entries}
        for topic in self._topics:
            yield from _matches(at, topic.name, entries, found)
            if topic.name in ranked:
                for place, entry in enumerate(self._perhaps(topic.name, ranked[topic.name], by_id, examples, lines), 1):
                    document = entry.document
                    keys = today.shared(topic.name, words[entry.id])
                    shared = as_written(keys, document.title, document.text, SHARED_WORDS)
                    lacks = self._rules.lacks(topic.name, document)
                    lacking = f"no word for {' or '.join(lacks)}; " if lacks else ""
                    yield _line(at, topic.name, entry, "perhaps", place, f"{lacking}resembles by: {', '.join(shared)}")
        self._judge(entries)

    def _perhaps(
        self,
        topic: str,
        ranked: Sequence[tuple[float, Any]],
        by_id: Mapping[Any, Entry],
        examples: Mapping[str, Examples],
        lines: int,
    ) -> Sequence[Entry]:
        """The articles above the floor, each headline once in all days; then the day becomes a past one."""
        learned = self._learned[topic]
        open_ = [each for each in ranked if not self._rules.excludes(topic, by_id[each[1]].document)]
        floor = floor_of(learned.best[-PAST_DAYS:], len(examples[topic].like), MIN_EXAMPLES)
        learned.best.append(best_of(open_, lambda _: True))
        shown: list[Entry] = []
        for likeness, name in open_ if floor is not None else ():
            title = normalised_title(by_id[name].document.title)
            if floor is not None and likeness >= floor and len(shown) < lines and title not in learned.shown:
                learned.shown.add(title)
                shown.append(by_id[name])
        return shown

    def _judge(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            for name, learned in self._learned.items():
                is_relevant = self._judged.get((name, entry.id))
                if is_relevant is not None:
                    (learned.like if is_relevant else learned.unlike).append(_specimen(entry))


def _matches(at: date, topic: str, entries: Iterable[Entry], found: Mapping[Any, Sequence[Match]]) -> Iterator[Line]:
    of_topic = [(match, entry) for entry in entries for match in found[entry.id] if match.topic == topic]
    for place, (match, entry) in enumerate(sorted(of_topic, key=lambda each: each[0].tier.rank), 1):
        yield _line(at, topic, entry, "match", place, why(match.evidence))


def _line(at: date, topic: str, entry: Entry, kind: str, rank: int, reason: str) -> Line:
    return {"day": at.isoformat(), "topic": topic, "id": entry.id, "kind": kind, "rank": rank, "why": reason}


def _specimen(entry: Entry) -> Specimen:
    return Specimen(title=entry.document.title, text=entry.document.text)


def shown(files: Sequence[Path], topics: Path, lines: int = LINES, judged: Path | None = None) -> Iterator[Line]:
    """All that is shown, in order; lines without a date are left out. Raises ValueError for an invalid line."""
    settings = load(topics, {}, is_draft=True)
    said = [json.loads(line) for line in judged.read_text("utf-8").splitlines() if line.strip()] if judged else []
    days: dict[date, dict[object, Entry]] = defaultdict(dict)
    for file in files:
        with file.open("rb") as opened:
            for line in filter(bytes.strip, opened):
                entry = entry_from_line(line)
                if entry.day is not None:
                    days[entry.day].setdefault(entry.id, entry)
    stream = Stream(settings.topics, settings.lists, {(each["topic"], each["id"]): each["relevant"] for each in said})
    for day in sorted(days):
        entries = sorted(days[day].values(), key=lambda each: (str(each.seen_at), str(each.id)))
        yield from stream.day(day, entries, lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--topics", required=True, type=Path, metavar="FILE")
    parser.add_argument("--lines", type=int, default=LINES, metavar="N")
    parser.add_argument("--judged", type=Path, metavar="FILE")
    asked = parser.parse_args()
    for line in shown(asked.files, asked.topics, asked.lines, asked.judged):
        print(json.dumps(line, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
