"""`python benchmarks/corpora.py`: what is stored of other projects' test feeds, beside what feedparser alone finds.

Every file of `../shared/corpora/suites` and `hostile` goes through the parser and identity, as at a first poll. Prints
a table in Markdown with a reason for each item that one side has and the other has not; a difference without a
reason is counted as LOST, and tests/test_parse_corpora.py fails on it. Databases and sockets are left to
tests/test_corpora.py.
"""

import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser

from monitor.model.feed import ParsedFeed, ParseOutcome
from monitor.model.feed_update import Stored
from monitor.model.fetch import FetchProblem
from monitor.model.settings import FeedSettings
from monitor.parse import parse_feed
from monitor.reconcile import distinct_items
from monitor.reconcile.recognition import recognised

CORPORA = Path(__file__).parents[1] / ".." / "shared" / "corpora"
URL = "https://harbour.example/feed.xml"
HEADERS = {"content-type": "application/xml"}
MAX_ITEMS = 5_000
NOT_FEEDS = {".htaccess", ".tsv", ".txt"}

JSON_FEED = "+ JSON Feed, which feedparser does not read"
ENCODING = "+ an encoding that feedparser does not find"
RECOVERED = "+ a document that feedparser gives up in the middle"
WORDLESS = "− nothing to store: no guid, no web link, no words"
PHANTOM = "− cut off: the last item, which is broken"
REPEATED = "− says again what another item of the document says"
UNREAD = "− no feed by its root element, or a web page"
LOST = "LOST"
"""The reasons, in the order of the table; each with the sign of what it does to our count."""

REASONS = (JSON_FEED, ENCODING, RECOVERED, WORDLESS, PHANTOM, REPEATED, UNREAD, LOST)


@dataclass(slots=True)
class Tally:
    """A suite. `found` is feedparser's count of entries, `stored` ours of articles; `reasons` what lies between."""

    files: int = 0
    found: int = 0
    stored: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, body: bytes) -> None:
        """One file more."""
        ours = parse_feed(body, url=URL, headers=HEADERS, max_items=MAX_ITEMS)
        theirs = entries_of(body)
        stored = articles_in(ours)
        self.files += 1
        self.found += len(theirs)
        self.stored += stored
        self.reasons.update(differences(ours, theirs, stored))


def entries_of(body: bytes) -> list[Mapping[str, Any]]:
    """What feedparser makes of the bytes as they came."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return list(feedparser.parse(BytesIO(body), response_headers=HEADERS, sanitize_html=False).entries)


def articles_in(outcome: ParseOutcome) -> int:
    """How many a first poll stores of it."""
    return len(recognised(distinct_items(outcome, FeedSettings(url=URL)), Stored(), is_aggregator=False).new)


def differences(ours: ParseOutcome, theirs: list[Mapping[str, Any]], stored: int) -> dict[str, int]:
    """How many items each reason explains; in sum `stored - len(theirs)`, the signs taken into account."""
    if not isinstance(ours, ParsedFeed):
        return {PHANTOM if ours.problem is FetchProblem.BROKEN_OFF else UNREAD: len(theirs)}
    seen = len(ours.items) + ours.refused
    unexplained = max(0, ours.refused - sum(map(is_wordless, theirs)))
    found = {REPEATED: len(ours.items) - stored, WORDLESS: ours.refused - unexplained, LOST: unexplained}
    if seen > len(theirs):
        more = JSON_FEED if ours.format.startswith("json") else RECOVERED if theirs else ENCODING
        return found | {more: seen - len(theirs)}
    return found | ({PHANTOM: len(theirs) - seen} if ours.is_cut_off else {LOST: unexplained + len(theirs) - seen})


def is_wordless(entry: Mapping[str, Any]) -> bool:
    """Without what an item may be recognised by."""
    return not entry.get("id") and not str(entry.get("link", "")).startswith("http")


def tallies(corpora: Path = CORPORA, *, share: int = 1) -> dict[str, Tally]:
    """By suite, in the order of their names: of each the first file and every `share`-th after it."""
    folders = [*sorted((corpora / "suites").iterdir()), corpora / "hostile"]
    files = {folder.name: [path for path in sorted(folder.rglob("*")) if is_document(path)] for folder in folders}
    return {name: tally(paths[::share]) for name, paths in files.items()}


def is_document(path: Path) -> bool:
    return path.is_file() and path.suffix not in NOT_FEEDS and not path.name.startswith(("LICENSE", "."))


def tally(paths: Iterable[Path]) -> Tally:
    result = Tally()
    for path in paths:
        result.add(path.read_bytes())
    return result


def table(found: Mapping[str, Tally]) -> str:
    """In Markdown, a column for each suite; reasons that explain nothing are left out."""
    reasons = [reason for reason in REASONS if any(each.reasons[reason] for each in found.values())]
    rows: list[tuple[str, list[int]]] = [
        ("files", [each.files for each in found.values()]),
        ("entries that feedparser alone finds", [each.found for each in found.values()]),
        *((reason, [each.reasons[reason] for each in found.values()]) for reason in reasons),
        ("**articles stored**", [each.stored for each in found.values()]),
    ]
    head = f"| | {' | '.join(found)} | all |\n|---|{'---:|' * (len(found) + 1)}"
    lines = (
        f"| {name} | {' | '.join(f'{number:,}' for number in (*numbers, sum(numbers)))} |" for name, numbers in rows
    )
    return "\n".join([head, *lines])


if __name__ == "__main__":
    print(table(tallies()))
    sys.exit(0)
