"""Documents that browsers read and strict readers do not, and what their links are relative to."""

from html import escape

import pytest

from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.parse import parse_feed

ATOM_NAMESPACE = 'xmlns="http://www.w3.org/2005/Atom"'


def outcome_of(document: str) -> ParseOutcome:
    return parse_feed(document.encode(), url="https://harbour.example/news/feed.xml", headers={}, max_items=100)


def parsed(document: str) -> ParsedFeed:
    outcome = outcome_of(document)
    assert isinstance(outcome, ParsedFeed), outcome
    return outcome


def rss(items: str, channel: str = "") -> str:
    return f'<rss version="2.0"><channel><title>Harbour</title>{channel}{items}</channel></rss>'


@pytest.mark.parametrize(
    ("channel", "link", "expected"),
    [
        ("<link>https://site.example/x/</link>", "a", "https://site.example/x/a"),
        ("<link>https://site.example/x/</link>", "/a", "https://site.example/a"),
        ("<link>https://site.example/x?y=1</link>", "?p=2", "https://site.example/x?p=2"),
        ("<link>https://site.example/</link>", "//quay.example/a", "https://quay.example/a"),
        ("<link>https://site.example/</link>", "https://quay.example/a", "https://quay.example/a"),
        ("<link>/</link>", "a", "https://harbour.example/a"),
        ("<link/>", "a", "https://harbour.example/news/a"),
        ("<link>javascript:x</link>", "a", "https://harbour.example/news/a"),
    ],
)
def test_in_rss_links_are_relative_to_the_site_of_the_channel(channel: str, link: str, expected: str) -> None:
    assert parsed(rss(f"<item><guid>1</guid><link>{link}</link></item>", channel)).items[0].link == expected


def test_xml_base_comes_before_the_channels_link() -> None:
    item_ = "<item xml:base='https://quay.example/q/'><guid>1</guid><link>a</link></item>"
    assert parsed(rss(item_, "<link>https://site.example/</link>")).items[0].link == "https://quay.example/q/a"


@pytest.mark.parametrize(
    ("language", "page"),
    [("", "plain"), ("fr", "fr"), ("fr-CA", "ca"), ("de-AT", "de"), ("DE", "de"), ("ja", "plain")],
)
def test_the_page_in_the_language_of_the_feed_is_the_link(language: str, page: str) -> None:
    pages = [("de", "de"), ("fr-CA", "ca"), ("fr", "fr"), ("", "plain"), ("it", "it")]
    links = (
        "".join(f'<link href="{name}" hreflang="{tag}"/>' for tag, name in pages)
        + '<link href="x.json" type="application/json" hreflang="ja"/>'
    )
    tag = f'xml:lang="{language}"' if language else ""
    feed = f"<feed {ATOM_NAMESPACE} {tag}><title>x</title><entry><id>1</id>{links}</entry></feed>"
    assert parsed(feed).items[0].link == f"https://harbour.example/news/{page}"


PLAIN = "<item><title>Tide</title><guid>1</guid></item>"
EXTENSIONS = (
    "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "http://search.yahoo.com/mrss/",
    "http://purl.org/dc/terms/",
)


@pytest.mark.parametrize("namespace", [*EXTENSIONS, "https://quay.example/ns", "http://www.w3.org/1999/xhtml"])
@pytest.mark.parametrize("element", ["rss", "channel", "feed"])
def test_a_default_namespace_of_an_extension_hides_no_feed(element: str, namespace: str) -> None:
    document = (
        "<feed><title>x</title><entry><id>1</id><title>Tide</title></entry></feed>" if element == "feed" else rss(PLAIN)
    )
    feed = parsed(document.replace(f"<{element}", f"<{element} xmlns='{namespace}'", 1))
    assert [(each.guid, each.title) for each in feed.items] == [("1", "Tide")]


def test_the_namespace_of_rdf_itself_stays() -> None:
    rdf = "<RDF xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><item xmlns='http://purl.org/rss/1.0/'><title>Tide</title></item></RDF>"
    assert [each.title for each in parsed(rdf).items] == ["Tide"]


@pytest.mark.parametrize(
    "before",
    [
        "<!-- made by hand -->",
        "<!-- no <html> and no <feed> -->\n",
        "<!DOCTYPE html>",
        "<!DOCTYPE rss PUBLIC '-//Netscape//DTD RSS 0.91//EN' 'https://quay.example/rss.dtd'>",
        "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY nbsp '&#160;'><!-- > -->]>",
        "<!-- first --><?xml version='1.0'?>",
        "Notice: undefined index in line 7\n",
    ],
)
def test_what_stands_before_a_feed_hides_it_not(before: str) -> None:
    assert [each.title for each in parsed(before + rss(PLAIN)).items] == ["Tide"]


PAGE = "<!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body>%s</body></html>"


@pytest.mark.parametrize(
    "inside",
    [
        rss(PLAIN),
        f"<div><p>Our feed</p>{rss(PLAIN)}</div>",
        f"<feed {ATOM_NAMESPACE}><title>x</title><entry><id>1</id><title>Tide</title></entry></feed>",
        f"<pre class='xml'>\n{escape(rss(PLAIN))}</pre>",
        f"<pre>&lt;?xml version='1.0'?&gt;{escape(rss(PLAIN))}</pre>",
        f"<div>This XML file does not appear to have any style. Shown below.</div><pre>{escape(rss(PLAIN))}</pre>",
        f"<!-- a viewer --><style>p {{}}</style><pre>{escape(rss(PLAIN))}</pre><script>fold()</script>",
    ],
)
def test_a_feed_inside_a_web_page_is_read(inside: str) -> None:
    assert [(each.guid, each.title) for each in parsed(PAGE % inside).items] == [("1", "Tide")]


@pytest.mark.parametrize(
    "inside",
    [
        f"<!-- {rss(PLAIN)} -->",
        "<rdf:RDF xmlns:rdf='x'><Work/></rdf:RDF>",
        "<feed>of <item>s</feed>",
        "<rss version='2.0'>",
        "<pre>rss</pre>",
        f"<h1>How to write RSS</h1><pre>{escape(rss(PLAIN))}</pre>",
        f"<pre>{escape(rss(PLAIN))}</pre><p>Then save it.</p>",
    ],
)
def test_a_web_page_that_mentions_a_feed_is_a_page(inside: str) -> None:
    failed = outcome_of(PAGE % inside)
    assert isinstance(failed, ParseFailed)
    assert failed.detail == "This is an HTML page titled “x”, not a feed."


@pytest.mark.parametrize(
    ("end", "is_cut_in_item"),
    [
        ("", False),
        ("\n", False),
        ("</channel>", False),
        ("</channel></rs", False),
        ("<item><title>T", True),
        ("<item", True),
        ("<!-- to be", True),
        ("</channel></rss>", False),
    ],
)
def test_a_feed_that_never_closes_its_root_is_cut_in_no_item(end: str, *, is_cut_in_item: bool) -> None:
    feed = parsed(rss(PLAIN).removesuffix("</channel></rss>") + end)
    assert [each.title for each in feed.items] == ["Tide"]
    assert (feed.is_cut_in_item, feed.is_cut_off) == (is_cut_in_item, end != "</channel></rss>")
