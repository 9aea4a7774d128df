"""Pages of strangers: their text, what they say of themselves, and nothing that ends a child."""

import asyncio
import os
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.pages import CORPUS, score
from monitor.model.feed import ParseFailed
from monitor.model.fetch import FetchProblem
from monitor.model.page import PageOutcome, PageReading
from monitor.parse import article_page
from monitor.parse.article_page import PAGE_CHARACTERS, read_page
from monitor.workers import PAGES_PER_CHILD, ChildPool, PagePool

BODY = (
    "The ferry to the northern islands will not sail before Thursday, the harbour office said. Its engineers have "
    "found a crack in the second shaft, and the yard has no spare part. The mail boat takes passengers at six."
)
MORE = "The company carries four hundred people a day in winter. It last lost a day in the storm of February."


def page(body: str = f"<p>{BODY}</p><p>{MORE}</p>", head: str = "", lang: str = "en") -> str:
    return (
        f"<!DOCTYPE html><html lang='{lang}'><head><title>Ferry late - Harbour News</title>{head}</head><body>"
        f"<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
        f"<article><h1>Ferry late</h1>{body}</article><footer>© Harbour News. All rights reserved.</footer>"
        "</body></html>"
    )


def read(document: str | bytes, headers: Mapping[str, str] = {}, limit: int = 10_000) -> PageReading:
    body = document.encode() if isinstance(document, str) else document
    found = read_page(body, url="https://harbour.example/1", headers=headers, max_items=limit)
    assert isinstance(found, PageReading), found
    return found


def test_the_text_is_the_article_without_menus() -> None:
    found = read(page())
    assert BODY in found.text
    assert MORE in found.text
    assert "Sport" not in found.text
    assert "rights" not in found.text


def test_the_text_is_bounded() -> None:
    assert read(page(), limit=50).text == read(page()).text[:50].rstrip()
    assert len(read(page("<p>One sentence is here.</p>" * 5_000)).text) == 10_000


@pytest.mark.parametrize("document", ["", "   ", "\0\0", "<p></p>", "{}", "<html><body></body></html>"])
def test_a_page_without_text_is_a_reading_without_text(document: str) -> None:
    assert read(document).text in ("", "{}")


def test_what_a_page_calls_itself() -> None:
    head = "<meta property='og:title' content='Ferry to the\n islands'><meta name=twitter:title content='Ferry'>"
    assert read(page(head=head)).titles == (
        "Ferry late - Harbour News",
        "Ferry late",
        "Ferry to the islands",
        "Ferry",
    )


def test_what_a_page_says_to_programs() -> None:
    head = "<META NAME='Robots' content='noindex'><meta name=robots content=noai><meta name=tdm-reservation content=1>"
    found = read(page(head=f"{head}<meta charset=utf-8><meta name=empty>", lang="en-GB"))
    assert dict(found.metas) == {"robots": "noindex, noai", "tdm-reservation": "1"}
    assert found.language == "en-GB"


@pytest.mark.parametrize(
    ("head", "is_free"),
    [
        ("", None),
        ("<script type='application/ld+json'>{\"isAccessibleForFree\": true}</script>", True),
        ("<script type='application/ld+json'>{\"isAccessibleForFree\":\"False\",\"a\":1}</script>", False),
        ("<script type='application/ld+json'>{\"isAccessibleForFree\":\"http://schema.org/False\"}</script>", False),
        ("<script type='application/ld+json'>{\"isAccessibleForFree\":true,\"hasPart\":{\"isAccessibleForFree\":false}}</script>", False),  # noqa: E501
        ('<script>{"isAccessibleForFree": false}</script>', None),
        ("<script type='application/ld+json' src='a'></script>", None),
        ("<meta property='article:content_tier' content='locked'>", False),
        ("<meta property='article:content_tier' content='metered'>", None),
    ],
)  # fmt: skip
def test_whether_a_page_says_that_it_is_free(head: str, is_free: bool | None) -> None:  # noqa: FBT001
    assert read(page(head=head)).is_free is is_free


def test_a_field_for_a_password_is_seen() -> None:
    assert read(page(f"<p>{BODY}</p><form><input name=u><input type=Password></form>")).asks_for_password
    assert not read(page()).asks_for_password


def test_the_charset_of_the_header_comes_before_that_of_the_page() -> None:
    document = page(f"<p>Паром опоздал на четыре часа, сообщает порт. {BODY}</p>", "<meta charset='windows-1251'>")
    assert "Паром опоздал" in read(document.encode("cp1251")).text
    assert "Паром опоздал" in read(document.encode("koi8-r"), {"content-type": "text/html; charset=koi8-r"}).text


def test_an_xml_declaration_is_no_obstacle() -> None:
    assert BODY in read(f"<?xml version='1.0' encoding='utf-8'?>\n{page()}").text


def test_the_cells_of_a_table_are_read_without_its_empty_ones() -> None:
    rows = "<tr><td colspan='100000000'>Sailings on Thursday</td></tr><tr><td>six</td><td>nine</td></tr>"
    found = read(page(f"<p>{BODY}</p><p>{MORE}</p><table>{rows}</table>"))
    assert "Sailings on Thursday" in found.text.split("\n")
    assert "six | nine" in found.text.split("\n")


BOMBS = {
    "nested": "<div>" * 100_000 + BODY,
    "nested tables": "<table><tr><td>" * 3_000 + BODY,
    "spans": page(f"<table>{'<tr><td colspan=99999999 rowspan=99999999>a' * 500}</table>"),
    "unclosed": page("<p>a b c. <b>x" * 5_000),
    "attributes": f"<html {'a=b ' * 100_000}>{page()}",
    "scripts": page(head="<script type='application/ld+json'>" + '"isAccessibleForFree":' * 20_000 + "</script>"),
    "metas": page(head="<meta name=robots content=a>" * 20_000),
    "comments": "<!--" * 100_000 + page(),
    "entities": page(f"<p>{'&lt;' * 100_000}</p>"),
    "long": page() + "x" * (PAGE_CHARACTERS + 1),
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_pages_are_read_in_bounded_time_and_memory(name: str) -> None:
    assert len(read(BOMBS[name]).text) <= 10_000


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="<>/=\"' pdivtableas&;!-[]\0é", max_size=80), st.binary(max_size=40))
def test_no_page_is_a_surprise(markup: str, noise: bytes) -> None:
    assert isinstance(read_page(markup.encode() + noise, url="", headers={}, max_items=100), PageReading)


def test_what_the_parser_raises_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> PageReading:
        raise MemoryError("too\nmuch")

    monkeypatch.setattr(article_page, "_read", broken)
    failure = read_page(b"<p>", url="", headers={}, max_items=100)
    assert isinstance(failure, ParseFailed)
    assert failure.problem is FetchProblem.PARSER
    assert failure.detail == "The page could not be read: MemoryError too much."


def count(body: bytes, *, url: str, headers: Mapping[str, str], max_items: int) -> PageOutcome:
    """The work of the test below: the number of the process."""
    return PageReading(text=str(os.getpid()))


def test_a_child_is_replaced_after_so_many_pages() -> None:
    async def three() -> list[str]:
        outcomes = [await pool.parse(b"", url="", headers={}, max_items=1) for _ in range(3)]
        return [each.text for each in outcomes if isinstance(each, PageReading)]

    with ChildPool(count, size=1, timeout_seconds=30, memory_bytes=1024**3, tasks_per_child=2) as pool:
        first, second, third = asyncio.run(three())
    assert first == second != third
    assert PAGES_PER_CHILD > 0


def test_pages_are_read_in_children_with_limits() -> None:
    with PagePool() as pool:
        found = asyncio.run(pool.read(page().encode(), url="https://harbour.example/1", headers={}))
    assert isinstance(found, PageReading)
    assert BODY in found.text


@pytest.mark.whole
@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpora/pages is not here")
def test_of_real_pages_the_text_is_right() -> None:
    found = score()
    assert len(found.milliseconds) == 61
    assert found.f1 >= 0.955
