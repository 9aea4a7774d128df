"""News sitemaps (rule P17): what they say, what is refused, what is hostile."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from poll_history import FRESH, PAST_BASELINE, START, answer, update

from monitor.fetch.sniff import has_items, is_whole
from monitor.model.feed import ParsedFeed, ParsedItem, ParseFailed
from monitor.model.fetch import FetchProblem
from monitor.parse import parse_feed

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
PAGE = (
    "<url><loc>https://kite.example/a?x=1&amp;y=2</loc><news:news><news:publication><news:name>The Kite</news:name>"
    "<news:language>en</news:language></news:publication><news:publication_date>2016-09-16T09:30Z"
    "</news:publication_date><news:title><![CDATA[Bridge & road]]> open</news:title><news:keywords>bridge, road"
    "</news:keywords></news:news><image:image><image:loc>https://kite.example/a.jpg</image:loc></image:image></url>"
)


def read(body: str, max_items: int = 100) -> ParsedFeed | ParseFailed:
    return parse_feed(body.encode(), url="https://kite.example/news.xml", headers={}, max_items=max_items)


def sitemap(pages: str = PAGE, declared: str = NS) -> str:
    return f'<?xml version="1.0"?>\n<urlset {declared}>{pages}</urlset>'


def items(body: str) -> tuple[ParsedItem, ...]:
    found = read(body)
    assert isinstance(found, ParsedFeed), found
    return found.items


def test_what_it_says() -> None:
    found = read(sitemap())
    assert isinstance(found, ParsedFeed)
    assert (found.format, found.title, found.language, found.warning) == ("news sitemap", "The Kite", "en", "")
    (item,) = found.items
    assert (item.guid, item.link, item.title) == ("", "https://kite.example/a?x=1&y=2", "Bridge & road open")
    assert item.published == datetime(2016, 9, 16, 9, 30, tzinfo=UTC)
    assert (item.language, item.categories) == ("en", ("bridge", "road"))


@pytest.mark.parametrize(
    "body",
    [
        sitemap(PAGE, ""),
        sitemap(PAGE.replace("news:", "n:")),
        sitemap(PAGE.replace("news:", "")),
        sitemap(PAGE.replace("&amp;", "&")),
        sitemap(PAGE).replace("urlset", "URLSET").replace("news:title", "NEWS:TITLE"),
        sitemap(PAGE.replace("<url>", '<url><!-- x --><xhtml:link rel="alternate" href="https://kite.example/fr"/>')),
        sitemap(PAGE + "<url><loc>https://kite.example/about</loc></url>"),
        f"<!-- <rss> instead --><?xml-stylesheet href='x.xsl'?>{sitemap()}",
        sitemap(PAGE.replace("</news:name>", "</news:name><news:genres>Blog</news:genres></x>")),
    ],
)
def test_written_otherwise_it_says_the_same(body: str) -> None:
    assert items(body) == items(sitemap())


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("2016-09-16", datetime(2016, 9, 16, tzinfo=UTC)),
        ("2016-09-16T09:30:15+02:00", datetime(2016, 9, 16, 7, 30, 15, tzinfo=UTC)),
        ("2016-09-16T09:30:15.25Z", datetime(2016, 9, 16, 9, 30, 15, tzinfo=UTC)),
        ("2016-09", None),
        ("2016", None),
    ],
)
def test_dates(written: str, published: datetime | None) -> None:
    assert items(sitemap(PAGE.replace("2016-09-16T09:30Z", written)))[0].published == published


def test_cut_off_and_limits() -> None:
    second = PAGE.replace("/a?", "/b?").replace("<news:language>en", "<news:language>de")
    found = read(sitemap(PAGE + second)[:-40])
    assert isinstance(found, ParsedFeed)
    assert (len(found.items), found.is_cut_off, found.is_cut_in_item) == (1, True, True)
    found = read(sitemap(PAGE + second), max_items=1)
    assert isinstance(found, ParsedFeed)
    assert (len(found.items), found.left_out, found.language) == (1, 1, "")
    for body in (sitemap(""), f"<urlset {NS}/>"):
        empty = read(body)
        assert isinstance(empty, ParsedFeed)
        assert (empty.items, empty.is_cut_off) == ((), False)


@pytest.mark.parametrize(
    ("body", "problem", "words"),
    [
        (sitemap("<url><loc>https://kite.example/</loc></url>"), FetchProblem.NOT_A_FEED, "a sitemap without news"),
        (sitemap("", ""), FetchProblem.NOT_A_FEED, "a sitemap without news"),
        ("<urlset><url><loc>https://kite.example/</loc></url><url>", FetchProblem.NOT_A_FEED, "without news"),
        ("<urlset/>", FetchProblem.NOT_A_FEED, "a sitemap without news"),
        ("<urlset><url>", FetchProblem.BROKEN_OFF, "before the end of its first article"),
        ("<sitemapindex><sitemap/></sitemapindex>", FetchProblem.NOT_A_FEED, "give the address of the part with news."),
        (
            (
                "<sitemapindex><!-- x --><sitemap><loc>https://news.example/pages.xml</loc></sitemap>"
                "<sm:sitemap><sm:loc> <![CDATA[/a.xml?token=hush-4711]]></sm:loc></sm:sitemap><loc>javascript:x</loc>"
                f"<loc>/{'x' * 300}</loc><loc>https://kite.example/News.xml?a=1&amp;b=2</loc><loc>/last.xml</loc>"
            ),
            FetchProblem.NOT_A_FEED,
            (
                "Give the address of one of its parts: https://kite.example/News.xml?a=1&b=2, "
                "https://news.example/pages.xml, https://kite.example/a.xml?token=***"
            ),
        ),
        (sitemap()[:200], FetchProblem.BROKEN_OFF, "before the end of its first article"),
    ],
)
def test_refused_in_words(body: str, problem: FetchProblem, words: str) -> None:
    found = read(body)
    assert isinstance(found, ParseFailed)
    assert found.problem is problem
    assert words in found.detail


@pytest.mark.parametrize(
    "piece", ["<url>", "<url><news:news><news:title>", "<a", "<![CDATA[", "<!--", "a", "&a;", "<url></url>", "<loc>x"]
)
def test_hostile_bytes_take_linear_time(piece: str) -> None:
    began = time.process_time()
    for root in ("urlset", "sitemapindex"):
        read(f'<!DOCTYPE x [<!ENTITY a "&b;&b;">]><{root}>' + piece * (5_000_000 // len(piece)))
    assert time.process_time() - began < 60


def test_sniffed_as_a_document() -> None:
    assert is_whole(sitemap().encode())
    assert has_items(sitemap().encode())
    assert not has_items(sitemap("").encode())
    assert not has_items(b"<rss><channel><image><url>https://kite.example/i</url></image></channel></rss>")


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><item><title>&lt;a</title><link>https://kite.example/a</link><x><urlset/></x></item></channel></rss>"
    ],
)
def test_what_only_quotes_a_sitemap_is_none(body: str) -> None:
    found = read(body)
    assert isinstance(found, ParsedFeed)
    assert found.format.startswith("rss")
    page = read("<!doctype html><head></head><pre><urlset></pre>")
    assert isinstance(page, ParseFailed)
    assert "HTML page" in page.detail


def test_what_is_too_old_is_refused_and_no_gap() -> None:
    found = read(sitemap())
    assert isinstance(found, ParsedFeed)
    (item,) = found.items
    at = [START - timedelta(hours=hours) for hours in (1, 48, 50)]
    aged = tuple(replace(item, link=f"{item.link}&n={n}", published=each) for n, each in enumerate([*at, None]))
    parsed = replace(found, items=aged)
    for state, new in ((FRESH, 3), (PAST_BASELINE, 3), (replace(PAST_BASELINE, succeeded_at=START - timedelta(3)), 4)):
        done = update(state, answer(b"x"), parsed)
        assert (done.counts.new, done.counts.refused, done.counts.duplicate) == (new, 4 - new, 0)
        assert done.gap_since is None
    midnight = replace(parsed, items=(replace(item, published=datetime(2016, 9, 14, tzinfo=UTC)),))
    assert update(FRESH, answer(b"x"), midnight).counts.new == 1


def test_what_has_run_out_is_no_gap_and_what_should_still_be_there_is() -> None:
    found = read(sitemap())
    assert isinstance(found, ParsedFeed)
    (item,) = found.items

    def gap(known: timedelta, asked: timedelta, format_: str = found.format) -> bool:
        """The first of two articles is not there any more. How long ago was it published, and the feed asked?"""
        one = replace(item, published=START - known)
        state = update(PAST_BASELINE, answer(), replace(found, items=(one,)), now=START - known).state
        other = replace(item, link="https://kite.example/other", published=START)
        state = replace(state, succeeded_at=START - asked)
        return update(state, answer(b"y"), replace(found, format=format_, items=(other,))).gap_since is not None

    hour = timedelta(hours=1)
    assert not gap(49 * hour, hour)
    assert not gap(47 * hour, hour)  # it holds 46 hours or more
    assert not gap(2 * hour, hour)
    assert gap(2 * hour, 1.5 * hour)
    assert gap(60 * hour, 49 * hour)
    assert gap(49 * hour, hour, "rss20")


def test_the_parts_of_an_index() -> None:
    found = read(
        "<sitemapindex><sitemap><loc>https://kite.example/a.xml</loc><lastmod>2026-03-01T10:00Z</lastmod></sitemap>"
        "<s:sitemap><s:lastmod>2026-02-01</s:lastmod><s:loc>/b.xml?x=1&amp;y=2</s:loc></s:sitemap><loc>javascript:x</loc>"
        "<sitemap><loc>/b.xml?x=1&amp;y=2</loc><lastmod>soon</lastmod></sitemap><sitemap><lastmod>2026-02-01</lastmod>"
    )
    assert isinstance(found, ParseFailed)
    assert [(part.url, part.changed_at and part.changed_at.isoformat()) for part in found.parts] == [
        ("https://kite.example/a.xml", "2026-03-01T10:00:00+00:00"),
        ("https://kite.example/b.xml?x=1&y=2", None),
    ]
