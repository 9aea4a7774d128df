"""The corpus of `tests/page_corpus`: walls, error pages, teasers and true short articles, in own words, of outlets that
do not exist. A record is a line "=== wall …" or "=== article …", the title and summary of the feed, and the page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.model.page import PageReading
from monitor.pages.gate import Announced
from monitor.parse.article_page import read_page

FOLDER = Path(__file__).parent / "page_corpus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A page, and what a feed said of the article behind it."""

    name: str
    is_article: bool
    announced: Announced
    page: bytes

    def read(self) -> PageReading:
        found = read_page(self.page, url="https://post.example/1", headers={}, max_items=50_000)
        assert isinstance(found, PageReading)
        return found


def cases(*names: str) -> Iterator[Case]:
    """All records of these files."""
    for name in names:
        text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
        for record in text.removeprefix("=== ").split("\n=== "):
            head, title, summary, page = record.split("\n", 3)
            language = page.partition('lang="')[2][:2] if 'lang="' in page else ""
            yield Case(
                name=f"{name}: {head}",
                is_article=head.startswith("article"),
                announced=Announced(
                    title=title.removeprefix("title: "),
                    summary=summary.removeprefix("summary:").strip(),
                    language=language or name[:2],
                ),
                page=page.encode(),
            )
