"""`python benchmarks/quotes.py FOLDER… [--show]`: what is left out of the texts of recorded feeds, what that changes.

A folder holds what one feed's URL answered, as for `replay.py`. Each item counts when it is first seen; what texts
share is learned document by document, as polls do. Printed for each folder: of N items, spread evenly, how many texts
begin or end with what is left out of quotes; what is left out of matching; which articles match one of a few broad
topics with all their words, and do not without. With `--show` the quotes themselves, before and after, for somebody
to read: a count of what a rule finds says nothing of what it misses.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from benchmarks.replay import snapshots_in
from monitor.boilerplate import RECENT_ARTICLES, kept, learned, left_out_of_matching, left_out_of_quotes
from monitor.match import TopicIndex
from monitor.model.boilerplate import Boilerplate, Specimen
from monitor.model.feed import ParsedFeed
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.parse import parse_feed

QUOTE_CHARACTERS = 160
TOPICS = tuple(
    Topic(name=word, rules=(Rule(all=((word, *more),)),))
    for word, *more in (
        ("virus", "coronavirus", "Covid*"),
        ("police", "court*"),
        ("minister*", "president*"),
        ("school*", "student*"),
        ("Singapore", "Manila", "Auckland", "New Zealand", "Philippines"),
        ("Reuters", "AFP", "AP", "Bloomberg"),
        ("newsletter*", "subscri*", "sign up"),
        ("news", "read"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An item when it was first seen, and what was known of its feed after its document."""

    title: str
    text: str
    at: datetime
    before: tuple[Boilerplate, ...]
    after: tuple[Boilerplate, ...]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="What is left out of quotes and of matching.")
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="one feed's snapshots, named by their UTC times")
    parser.add_argument("--quotes", type=int, default=30, metavar="N", help="quotes of each folder (default: 30)")
    parser.add_argument("--show", action="store_true", help="print the quotes, before and after")
    asked = parser.parse_args(arguments)
    index = TopicIndex(TOPICS, {})
    for folder in asked.folders:
        seen = list(items_in(Path(folder)))
        with_text = [each for each in seen if each.text]
        chosen = with_text[:: max(1, len(with_text) // asked.quotes)][: asked.quotes]
        begun, ended = (sum(cuts(each)[side] for each in chosen) for side in (0, 1))
        print(
            f"{folder}: {len(seen)} items; of {len(chosen)} texts {begun} begin and {ended} end with what is left out"
        )
        for shared in seen[-1].after:
            print(
                f"  learned: {shared.side} {shared.items}/{shared.of_items} {shared.sample!r} {shared.left_out_since}"
            )
        for line in differences(seen, index):
            print(f"  {line}")
        for each in chosen if asked.show else ():
            print(f"  - {each.text[:QUOTE_CHARACTERS]!r}\n  + {quote(each)!r}")
    return 0


def items_in(folder: Path) -> Iterator[Seen]:
    known: tuple[Boilerplate, ...] = ()
    past: list[Specimen] = []
    names: set[str] = set()
    for snapshot in snapshots_in(folder):
        feed = parse_feed(snapshot.body, url="https://replay.example/", headers={}, max_items=500)
        items = feed.items if isinstance(feed, ParsedFeed) else ()
        fresh = [item for item in items if (item.guid or item.link) not in names]
        names.update(item.guid or item.link for item in fresh)
        new = [Specimen(title=item.title, text=item.text, seen_at=snapshot.at) for item in fresh]
        before, known = known, learned(known, new, past[: -RECENT_ARTICLES - 1 : -1], snapshot.at) if new else known
        past += new
        yield from (Seen(title=each.title, text=each.text, at=each.seen_at, before=before, after=known) for each in new)


def cuts(seen: Seen) -> tuple[bool, bool]:
    """Whether something is left out at the start of its text, and at its end."""
    found = left_out_of_quotes(seen.text, seen.after)
    return any(each.start == 0 for each in found), any(each.end == len(seen.text) for each in found)


def quote(seen: Seen) -> str:
    own = (seen.text[start:end].strip() for start, end in kept(seen.text, left_out_of_quotes(seen.text, seen.after)))
    return next(filter(None, own), "")[:QUOTE_CHARACTERS]


def differences(seen: Sequence[Seen], index: TopicIndex) -> Iterator[str]:
    matches = 0
    for each in seen:
        whole = Document(title=each.title, text=each.text)
        left_out = left_out_of_matching(each.text, each.before, each.at)
        found = {match.topic for match in index.matches(whole)}
        matches += len(found)
        lost = found - {match.topic for match in index.matches(replace(whole, left_out=left_out))}
        for piece in left_out:
            yield f"left out of matching: {each.text[piece.start : piece.end]!r} – {piece.reason}"
        if lost:
            yield f"no longer matches {', '.join(sorted(lost))}: {each.title!r}"
    yield f"{matches} matches of {len(TOPICS)} topics with all words"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
