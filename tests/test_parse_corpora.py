"""Other projects' test feeds, read in place: no exception, and what we leave out of what feedparser finds."""

import re
import time
from collections import Counter
from io import BytesIO
from pathlib import Path

import feedparser
import pytest

from monitor.model.feed import ParsedFeed, ParseOutcome
from monitor.parse import parse_feed

CORPORA = Path(__file__).parents[1] / ".." / "shared" / "corpora"
HEADERS = {"content-type": "application/xml"}
FEED_ROOT = re.compile(
    rb"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*<(?:\w+:)?(?:rss|rdf|feed|channel)\b",
    re.IGNORECASE | re.DOTALL,
)

pytestmark = [pytest.mark.whole, pytest.mark.skipif(not CORPORA.is_dir(), reason="../shared/corpora is not here")]


def feeds() -> list[Path]:
    """Every file whose document element is a known feed type, in whatever encoding."""
    files = (
        path for folder in ("suites", "hostile") for path in sorted((CORPORA / folder).rglob("*")) if path.is_file()
    )
    return [
        path for path in files if FEED_ROOT.match(path.read_bytes().replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf"))
    ]


def read(path: Path) -> ParseOutcome:
    return parse_feed(path.read_bytes(), url="https://harbour.example/feed.xml", headers=HEADERS, max_items=5_000)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_known_feed_is_read_or_refused_with_a_reason_and_no_article_is_lost(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcomes, differences = Counter[str](), Counter[str]()
    started = time.monotonic()
    for path in feeds():
        ours = read(path)
        theirs = feedparser.parse(BytesIO(path.read_bytes()), response_headers=HEADERS, sanitize_html=False).entries
        outcomes[ours.format if isinstance(ours, ParsedFeed) else ours.detail] += 1
        differences[difference(ours, theirs)] += 1
    with capsys.disabled():
        print(f"\n{outcomes.total()} feeds in {time.monotonic() - started:.1f} s\n{outcomes}\n{differences}")
    assert outcomes.total() > 3_000
    assert not [reason for reason in differences if reason.startswith("LOST")]


def difference(ours: ParseOutcome, theirs: list[dict[str, object]]) -> str:
    """Why we have other items than feedparser alone."""
    if not isinstance(ours, ParsedFeed):
        return f"{ours.problem}: {ours.detail}" if theirs else "none in either"
    if len(ours.items) == len(theirs):
        return "as many"
    if len(ours.items) > len(theirs):
        return "more: an encoding that feedparser does not find"
    if len(ours.items) + ours.refused < len(theirs):
        return "fewer: the document breaks off in its last item" if ours.is_cut_off else f"LOST {theirs}"
    return "fewer: items without guid, web link and words" if has_wordless(theirs, ours.refused) else f"LOST {theirs}"


def has_wordless(entries: list[dict[str, object]], at_least: int) -> bool:
    wordless = [entry for entry in entries if not entry.get("id") and not str(entry.get("link", "")).startswith("http")]
    return len(wordless) >= at_least
