"""Other projects' test feeds, read in place: no exception, no hang, and a reason for what we store otherwise than
feedparser finds.
"""

import asyncio
import re
from pathlib import Path

import pytest
from poll_history import Shelf

from benchmarks.corpora import CORPORA, HEADERS, LOST, is_document, table, tallies
from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.fetch import FetchProblem
from monitor.parse import parse_feed
from monitor.workers import ParserPool

IDENTITY = Path(__file__).parents[1] / "docs" / "identity.md"
URL = "https://harbour.example/feed.xml"
SECONDS, MEMORY_BYTES = 5, 512 * 1024**2
FEED_ROOT = re.compile(
    rb"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*<(?:\w+:)?(?:rss|rdf|feed|channel)\b",
    re.IGNORECASE | re.DOTALL,
)

pytestmark = [pytest.mark.whole, pytest.mark.skipif(not CORPORA.is_dir(), reason="../shared/corpora is not here")]
shares = pytest.mark.parametrize(
    "share", [30, pytest.param(1, marks=[pytest.mark.simulate, pytest.mark.timeout(600)])], ids=["a sample", "all"]
)


def documents(share: int = 1) -> list[Path]:
    """All of what is hostile, and this share of the suites."""
    suites, hostile = (
        [path for path in sorted((CORPORA / folder).rglob("*")) if is_document(path)]
        for folder in ("suites", "hostile")
    )
    return suites[::share] + hostile


def feeds() -> list[Path]:
    """Every file whose document element is a known feed type, in whatever encoding."""
    return [
        path
        for path in documents()
        if FEED_ROOT.match(path.read_bytes().replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf"))
    ]


def read(path: Path) -> ParseOutcome:
    return parse_feed(path.read_bytes(), url=URL, headers=HEADERS, max_items=5_000)


@shares
def test_each_difference_from_feedparser_has_a_reason_and_the_docs_say_so(share: int) -> None:
    found = tallies(share=share)
    assert sum(tally.files for tally in found.values()) > 3_600 // share
    assert {name: tally.reasons[LOST] for name, tally in found.items() if tally.reasons[LOST]} == {}
    assert share > 1 or table(found) in IDENTITY.read_text("utf-8")


@shares
def test_no_document_hangs_or_bloats_a_worker(share: int) -> None:
    async def outcomes(pool: ParserPool) -> list[ParseOutcome]:
        bodies = [path.read_bytes() for path in documents(share)]
        return [await pool.parse(body, url=URL, headers=HEADERS, max_items=5_000) for body in bodies]

    with ParserPool(1, timeout_seconds=SECONDS, memory_bytes=MEMORY_BYTES) as pool:
        found = asyncio.run(outcomes(pool))
    assert [each for each in found if isinstance(each, ParseFailed) and each.problem is FetchProblem.PARSER] == []


@shares
def test_identity_is_stable_over_three_polls_with_items_reversed(share: int) -> None:
    for path in documents(share):
        outcome = read(path)
        if not isinstance(outcome, ParsedFeed):
            continue
        shelf = Shelf()
        first = shelf.poll(*outcome.items)
        for order in (outcome.items[::-1], outcome.items):
            again = shelf.poll(*order)
            assert (again.new, again.changed, again.known) == (0, 0, first.new), path
