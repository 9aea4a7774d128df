"""Text from article pages: how much of it is right, and what it costs a child.

The pages are a third of scrapinghub's article-extraction-benchmark, with the body of each by hand, in
`../shared/corpora/pages`; scored as that benchmark does, by runs of four words: precision and recall are means over
pages.
"""

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean, median

from benchmarks.measure import table
from monitor.model.page import PageReading
from monitor.parse.article_page import read_page
from monitor.workers import PAGE_TEXT_CHARACTERS

CORPUS = Path(__file__).parents[1] / ".." / "shared" / "corpora" / "pages"
RUN = 4
FULL = 10_000
"""Pages that one child reads for the figure of its memory; the pool replaces children ten times as often."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of all pages. `milliseconds` are of processor time, one figure a page, the smallest first."""

    precision: float
    recall: float
    milliseconds: tuple[float, ...]

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def pages() -> Iterator[tuple[bytes, str]]:
    """Each page and its body as people read it."""
    bodies = json.loads((CORPUS / "ground-truth.json").read_text(encoding="utf-8"))
    for name, said in sorted(bodies.items()):
        yield gzip.decompress((CORPUS / "html" / f"{name}.html.gz").read_bytes()), said["articleBody"]


def text_of(page: bytes) -> str:
    """What a child would send of it."""
    found = read_page(page, url="", headers={}, max_items=PAGE_TEXT_CHARACTERS)
    assert isinstance(found, PageReading)
    return found.text


def score() -> Score:
    precisions, recalls, taken = [], [], []
    text_of(b"<p>What reads pages is loaded with the first one.</p>")
    for page, body in pages():
        start = time.process_time()
        found = _runs(text_of(page))
        taken.append(1000 * (time.process_time() - start))
        wanted = _runs(body)
        both = (found & wanted).total()
        precisions += [both / found.total()] if found else []
        recalls += [both / wanted.total()] if wanted else []
    return Score(precision=fmean(precisions), recall=fmean(recalls), milliseconds=tuple(sorted(taken)))


def peak_megabytes(count: int) -> tuple[float, float]:
    """What a fresh process used at most when it had read each page once, and after `count` pages."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
        return child.submit(_peaks, count).result()


def report(count: int = FULL) -> str:
    """The table; "" and why where the corpus is not here."""
    if not CORPUS.is_dir():
        return "../shared/corpora/pages is not here."
    found, (first, last) = score(), peak_megabytes(count)
    rows = [
        ["F1 / precision / recall", f"{found.f1:.3f} / {found.precision:.3f} / {found.recall:.3f}"],
        [
            "processor time, median / worst page",
            f"{median(found.milliseconds):.0f} / {found.milliseconds[-1]:.0f} ms",
        ],
        [f"memory of a child after {len(found.milliseconds)} / {count:,} pages", f"{first:.0f} / {last:.0f} MB"],
    ]
    return table(["61 pages", ""], rows)


def _peaks(count: int) -> tuple[float, float]:
    read = [page for page, _ in pages()]
    own = sum(map(len, read)) / 1e6  # the pages themselves are not the parser's
    peaks = []
    for number in range(count):
        text_of(read[number % len(read)])
        if number + 1 in (len(read), count):
            peaks.append(_peak() - own)
    return peaks[0], peaks[-1]


def _peak() -> float:
    """The most memory of this process so far, in MB. What `getrusage` says begins with that of its parent."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[start : start + RUN]) for start in range(max(1, len(words) - RUN + 1)) if words)


if __name__ == "__main__":
    print(report(int(sys.argv[1]) if len(sys.argv) > 1 else FULL))
