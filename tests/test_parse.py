import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.feed import ParsedFeed, ParsedItem, ParseFailed, PollHints
from monitor.model.fetch import FetchProblem
from monitor.parse import parse_feed, text_from_html
from monitor.parse.html import text_from_field
from monitor.parse.item import MAX_DOCUMENT_CHARACTERS, MAX_TEXT_CHARACTERS, RawItem, refined_together

URL = "https://harbour.example/news/feed.xml"
NOON = datetime(2016, 9, 12, 12, tzinfo=UTC)


def parsed(document: str | bytes, *, content_type: str = "", max_items: int = 100, url: str = URL) -> ParsedFeed:
    body = document.encode() if isinstance(document, str) else document
    outcome = parse_feed(body, url=url, headers={"content-type": content_type}, max_items=max_items)
    assert isinstance(outcome, ParsedFeed), outcome
    return outcome


def failed(document: str | bytes) -> ParseFailed:
    body = document.encode() if isinstance(document, str) else document
    outcome = parse_feed(body, url=URL, headers={}, max_items=100)
    assert isinstance(outcome, ParseFailed), outcome
    return outcome


def rss(items: str, channel: str = "") -> str:
    return f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Harbour</title>{channel}{items}</channel></rss>'


def item(fields: str) -> ParsedItem:
    (only,) = parsed(rss(f"<item>{fields}</item>")).items
    return only


def title(escaped: str) -> str:
    return item(f"<guid>1</guid><title>{escaped}</title>").title


# What is no feed


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\xff\xfe", b"\0\0\0"])
def test_an_empty_body_is_a_failure_with_that_name(body: bytes) -> None:
    assert failed(body).problem is FetchProblem.EMPTY


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (
            "<!DOCTYPE html><html><head><title>Sign in\n to Café</title></head></html>",
            "This is an HTML page titled “Sign in to Café”, not a feed.",
        ),
        ("<!-- x --><HTML lang=en><body>Hi", "This is an HTML page without a title, not a feed."),
        ("<?php ?>\n<html xmlns='http://www.w3.org/2005/Atom'><feed/></html>", "This is an HTML page without a title"),
        ("<p>oops</p><html><body>", "This is an HTML page without a title, not a feed."),
        ("<?xml version='1.0'?><opml version='2.0'/>", "This is an XML document with the root element <opml>"),
        ("<opml><body>x</body></opml>", "This is an XML document with the root element <opml>, not a feed."),
        ("<!DOCTYPE svg []>\n<svg/>", "This is an XML document with the root element <svg>, not a feed."),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'></rdf:RDF>", "root element <rdf:RDF>"),
        ("/etc/hostname", "This is text that begins “/etc/hostname”, not a feed."),
        ("\x1b]0;gone\u202e", "This is text that begins “]0;gone”, not a feed."),
        ('{"status": "error"}', "This is a JSON document without the version of a JSON Feed."),
        ("[1]", "This is a JSON document without the version of a JSON Feed."),
        ('{"version": ', "This looks like JSON but is not valid: Expecting value"),
    ],
)
def test_what_is_no_feed_says_what_it_looks_like(body: str, detail: str) -> None:
    outcome = failed(body)
    assert outcome.problem is FetchProblem.NOT_A_FEED
    assert detail in outcome.detail


def test_an_exception_of_the_parser_is_a_failure_with_a_reason() -> None:
    outcome = failed("[" * 200_000)
    assert outcome.problem is FetchProblem.PARSER
    assert "RecursionError" in outcome.detail


# Formats

ATOM_NAMESPACE = 'xmlns="http://www.w3.org/2005/Atom"'
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>Harbour</title>
<entry><id>tag:harbour.example,2016:1</id><title type="html">Ferry &amp;amp; &lt;b&gt;train&lt;/b&gt;</title>
<link rel="self" href="/self"/><link href="/1"/><summary>Short.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The ferry is late.</p><p>The train too.</p></div>
</content><published>2016-09-12T14:00:00+02:00</published><updated>2016-09-13T00:00:00Z</updated>
<source><title>Quay Radio</title></source></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://harbour.example/"><title>Harbour</title></channel>
<item rdf:about="https://harbour.example/1"><title>Ferry</title><link>https://harbour.example/1</link>
<dc:date>2016-09-12T12:00Z</dc:date></item></rdf:RDF>"""
NETSCAPE = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>Harbour</title></channel><item><title>Ferry</title><link>https://harbour.example/1</link></item></rdf:RDF>"""
CDF = """<CHANNEL HREF="https://harbour.example/"><TITLE>Harbour</TITLE><ITEM HREF="https://harbour.example/1">
<TITLE>Ferry</TITLE><ABSTRACT>Late.</ABSTRACT></ITEM></CHANNEL>"""
ATOM03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Harbour</title><entry><id>x:1</id><title>Ferry</title>
<link rel="alternate" type="text/html" href="https://harbour.example/1"/><issued>2016-09-12T12:00:00Z</issued></entry></feed>"""
RSS091 = """<rss version="0.91"><channel><title>Harbour</title><language>en_us</language>
<item><title>Ferry</title><link>https://harbour.example/1</link></item></channel></rss>"""


@pytest.mark.parametrize(
    ("document", "name", "guid"),
    [
        (ATOM03, "atom03", "x:1"),
        (RDF, "rss10", "https://harbour.example/1"),
        (NETSCAPE, "rss090", ""),
        (RSS091, "rss091u", ""),
        (RSS091.replace("0.91", "0.92"), "rss092", ""),
        (RSS091.replace("0.91", "2.0"), "rss20", ""),
        (CDF, "channel", ""),
        (f"\n\n <?xml version='1.0'?>{RSS091}", "rss091u", ""),
        (f"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><!-- y -->{RSS091}", "rss091u", ""),
        (f"<br/><b>Warning</b>: cache is full {RSS091}", "rss091u", ""),
    ],
)
def test_formats_are_read(document: str, name: str, guid: str) -> None:
    feed = parsed(document)
    assert (feed.format, feed.title, feed.is_cut_off) == (name, "Harbour", False)
    (only,) = feed.items
    assert (only.guid, only.link, only.title) == (guid, "https://harbour.example/1", "Ferry")


def test_an_atom_entry_is_read_whole() -> None:
    feed = parsed(ATOM)
    assert (feed.format, feed.language, feed.warning) == ("atom10", "en-gb", "")
    assert feed.items == (
        ParsedItem(
            guid="tag:harbour.example,2016:1",
            link="https://harbour.example/1",
            title="Ferry & train",
            text="Short.\n\nThe ferry is late.\nThe train too.",
            longest="The ferry is late.\nThe train too.",
            published=NOON,
            source="Quay Radio",
            language="en-gb",
        ),
    )


def test_a_feed_without_items_is_a_quiet_feed_and_no_failure() -> None:
    assert parsed(rss("")).items == ()


def test_ill_formed_xml_is_read_to_its_end_and_the_warning_says_where() -> None:
    feed = parsed(rss("<item><title>Bread & butter</title></item>\n<item><title>Ferry<br>late</title></item>"))
    assert [each.title for each in feed.items] == ["Bread & butter", "Ferry late"]
    assert feed.warning.startswith("The XML is ill-formed in line 2: ")


# JSON Feed

WEB = "https://harbour.example/a"

JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Harbour &amp; Quay",
    "language": "en-GB",
    "items": [
        {
            "id": 7,
            "url": "/7",
            "title": "Ferry",
            "content_html": "<p>Late</p><p>again</p>",
            "content_text": "Late",
            "date_published": "2016-09-12T14:00:00+02:00",
        },
        {"id": "\ud800", "external_url": "https://quay.example/8", "content_text": "A\n\nB", "date_modified": "soon"},
        {"id": True, "url": "javascript:alert(1)", "title": ["x"]},
        "nothing",
    ],
}


def test_a_json_feed_is_read_like_any_other() -> None:
    feed = parsed(json.dumps(JSON))
    assert (feed.format, feed.title, feed.language, feed.refused) == ("json11", "Harbour & Quay", "en-gb", 2)
    assert feed.items == (
        ParsedItem(
            guid="7", link="https://harbour.example/7", title="Ferry", text="Late\nagain", published=NOON, language=""
        ),
        ParsedItem(guid="?", link="https://quay.example/8", title="", text="A\nB"),
    )


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ({"id": WEB}, WEB),
        ({"id": WEB, "url": ""}, WEB),
        ({"id": WEB, "url": "javascript:go()"}, WEB),
        ({"id": WEB, "external_url": "https://quay.example/8"}, "https://quay.example/8"),
        ({"id": "a"}, ""),
        ({"id": "/a"}, ""),
        ({"id": "tag:x,1"}, ""),
    ],
)
def test_an_id_that_is_an_address_is_the_link_of_a_json_item_without_one(item: dict[str, str], link: str) -> None:
    feed = parsed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}))
    assert [each.link for each in feed.items] == [link]


def test_a_json_feed_of_version_1_without_items_is_quiet() -> None:
    feed = parsed('{"version": "https://jsonfeed.org/version/1", "items": 5}')
    assert (feed.format, feed.items) == ("json10", ())


# What an item is

LINK = "<link>https://harbour.example/a</link>"


@pytest.mark.parametrize(
    ("fields", "guid", "link"),
    [
        (f"<guid>tag:x,1</guid>{LINK}", "tag:x,1", "https://harbour.example/a"),
        (f"<guid isPermaLink='false'> 4711 </guid>{LINK}", "4711", "https://harbour.example/a"),
        (f"<guid/>{LINK}", "", "https://harbour.example/a"),
        (f"<guid>  </guid>{LINK}", "", "https://harbour.example/a"),
        (LINK, "", "https://harbour.example/a"),
        ("<guid>https://harbour.example/a</guid>", "https://harbour.example/a", "https://harbour.example/a"),
        (f"{LINK}<guid>/relative</guid>", "/relative", "https://harbour.example/a"),
        ("<guid>/relative</guid>", "/relative", ""),
        ("<link></link><guid isPermaLink='true'>https://harbour.example/a</guid>", WEB, WEB),
        ("<guid>https://harbour.example/a</guid><link> </link>", WEB, WEB),
        ("<link/><guid isPermaLink='True'>https://harbour.example/a</guid>", WEB, WEB),
        ("<link>javascript:go()</link><guid>https://harbour.example/a</guid>", WEB, WEB),
        ("<link/><guid isPermaLink='false'>https://harbour.example/a</guid>", "https://harbour.example/a", ""),
        ("<link>#</link><guid>https://harbour.example/a</guid>", WEB, WEB),
        ("<guid>https://harbour.example/a</guid><link> ? </link>", WEB, WEB),
        ("<guid>1</guid><link>#</link>", "1", ""),
        ("<guid>1</guid><link>#a</link>", "1", "https://harbour.example/news/feed.xml#a"),
        ("<link/><guid>/relative</guid>", "/relative", ""),
        ("<guid>1</guid><link>&lt;![CDATA[https://harbour.example/a]]&gt;</link>", "1", "https://harbour.example/a"),
        ("<guid>tag:x,1</guid>", "tag:x,1", ""),
        ("<guid>4711</guid>", "4711", ""),
        ("<guid isPermaLink='false'>https://harbour.example/a</guid>", "https://harbour.example/a", ""),
        ("<guid>1</guid><link>/a?x=1&amp;y=2</link>", "1", "https://harbour.example/a?x=1&y=2"),
        ("<guid>1</guid><link>b/c</link>", "1", "https://harbour.example/news/b/c"),
        ("<guid>1</guid><link>//quay.example/c</link>", "1", "https://quay.example/c"),
        ("<guid>1</guid><link>https://ann:secret@harbour.example/a</link>", "1", "https://harbour.example/a"),
        ("<guid>1</guid><link>javascript:alert(1)</link>", "1", ""),
        ("<guid>1</guid><link>JaVa\tscript:alert(1)</link>", "1", ""),
        ("<guid>1</guid><link>data:text/html,x</link>", "1", ""),
        ("<guid>1</guid><link>mailto:ann@harbour.example</link>", "1", ""),
        ("<guid>1</guid><enclosure url='https://harbour.example/a.mp3' type='audio/mpeg'/>", "1", "https://harbour.example/a.mp3"),
        (f"<guid>{'g' * 1000}</guid>", "g" * 1000, ""),
    ],
)  # fmt: skip
def test_a_guid_stays_as_it_is_and_only_a_web_address_becomes_a_link(fields: str, guid: str, link: str) -> None:
    only = item(fields + "<title>x</title>")
    assert (only.guid, only.link) == (guid, link)


def test_a_relative_guid_does_not_change_when_the_feed_moves() -> None:
    feed = rss("<item><guid>/a</guid><title>x</title></item>")
    assert parsed(feed).items == parsed(feed, url="http://elsewhere.example/").items


def test_an_enormous_guid_is_replaced_by_its_hash() -> None:
    guids = [item(f"<guid>{'g' * 5000}{end}</guid><title>x</title>").guid for end in "aab"]
    assert guids[0] == guids[1] != guids[2]
    assert guids[0].startswith("sha256:")


@pytest.mark.parametrize(
    ("base", "link"),
    [
        ("https://quay.example/x/", "https://quay.example/x/1"),
        ("/y/", "https://harbour.example/y/1"),
        ("z/", "https://harbour.example/news/z/1"),
        ("javascript:x/", "https://harbour.example/news/1"),
    ],
)
def test_links_are_relative_to_xml_base(base: str, link: str) -> None:
    feed = f'<feed {ATOM_NAMESPACE} xml:base="{base}"><entry><id>x:1</id><link href="1"/></entry></feed>'
    assert parsed(feed).items[0].link == link


def test_items_with_nothing_to_store_are_refused_and_counted() -> None:
    feed = parsed(rss("<item/><item><pubDate>Mon, 12 Sep 2016</pubDate></item><item><title>x</title></item>"))
    assert ([each.title for each in feed.items], feed.refused) == (["x"], 2)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ("<description>Short</description>", "Short"),
        ("<description>S</description><c:encoded>&lt;p>Long&lt;/p>&lt;p>text&lt;/p></c:encoded>", "S\n\nLong\ntext"),
        ("<description>The longer text</description><c:encoded>x</c:encoded>", "The longer text\n\nx"),
        ("<title>Ferry late</title><description>&lt;b>FERRY&lt;/b> late</description>", ""),
        ("<title>Ferry late</title><description>Ferry late again</description>", "Ferry late again"),
        (f"<description>{'word ' * 40_000}</description>", ("word " * 20_000)),
    ],
)
def test_the_text_is_summary_and_content_and_no_repeated_title(fields: str, text: str) -> None:
    channel = 'xmlns:c="http://purl.org/rss/1.0/modules/content/"'
    feed = rss(f"<item><guid>1</guid>{fields}</item>").replace("<channel>", f"<channel {channel}>")
    assert parsed(feed).items[0].text == text


def test_a_picture_in_base64_is_no_text() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>x:1</id><summary>Ferry</summary>
    <content type="image/png">iVBORw0KGgoAAAANSUhEUgAAAAUA</content></entry></feed>"""
    assert parsed(feed).items[0].text == "Ferry"


@pytest.mark.parametrize(
    ("escaped", "expected"),
    [
        ("Ferry", "Ferry"),
        ("  Ferry\n\t late ", "Ferry late"),
        ("Bread &amp; butter", "Bread & butter"),
        ("Bread &amp;amp; butter", "Bread & butter"),
        ("Bread &amp;amp;amp; butter", "Bread & butter"),
        ("Bread &amp;amp;amp;amp; butter", "Bread &amp; butter"),
        ("It&amp;#8217;s", "It’s"),
        ("&lt;b&gt;Ferry&lt;/b&gt; late", "Ferry late"),
        ("&amp;lt;b&amp;gt;Ferry&amp;lt;/b&amp;gt; late", "Ferry late"),
        ("The &amp;lt;b&amp;gt; tag", "The <b> tag"),
        ("List&lt;String&gt; and 5 &lt; 6", "List<String> and 5 < 6"),
        ("AT&amp;T", "AT&T"),
        ("<![CDATA[Bread & <i>butter</i>]]>", "Bread & butter"),
        ("<![CDATA[Bread &amp; butter]]>", "Bread & butter"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Ferry", "Ferry"),
        ("&lt;![CDATA[Ferry &amp;amp; tide]]&gt;", "Ferry & tide"),
        ("<![CDATA[&lt;![CDATA[Ferry]]&gt;]]>", "Ferry"),
        ("&amp;lt;![CDATA[&amp;lt;b&amp;gt;Ferry&amp;lt;/b&amp;gt;]]&amp;gt; sails", "Ferry sails"),
        ("&lt;![cdata[Bread &lt; 5]]&gt;", "Bread < 5"),
        ("Ferry]]&gt;", "Ferry"),
        ("&lt;!CDATA[Ferry sails]]&gt;", "Ferry sails"),
        ("![CDATA[Ferry sails]]", "Ferry sails"),
        ("CDATA[Ferry sails", "Ferry sails"),
        ("<![CDATA[<![CDATA[Ferry sails]]>]]>", "Ferry sails"),
        ("Seats a[b[0]] and CDATA[ sail", "Seats a[b[0]] and CDATA[ sail"),
        ("What &lt;!-- on the ferry hides", "What <!-- on the ferry hides"),
        ("<![CDATA[<!-- x --><b>Ferry</b> <!-- sails]]>", "Ferry <!-- sails"),
        ("Why the &lt;br breaks the ferry", "Why the <br breaks the ferry"),
        ("The &lt;a href tag sails", "The <a href tag sails"),
        ("Ferry sails &lt;a href='https://quay.example/", "Ferry sails"),
        ("Ferry &lt;b&gt;sails&lt;/b", "Ferry sails</b"),
        ("What the &lt;video&gt; of the ferry shows", "What the <video> of the ferry shows"),
        ("The &lt;script&gt; behind the tide tables", "The <script> behind the tide tables"),
        ("&lt;b&gt;New&lt;/b&gt; &lt;Select&gt; for ferries", "New <Select> for ferries"),
        ("&lt;title&gt; and &lt;iframe src=x&gt;tide", "<title> and tide"),
        ("&lt;video&gt;clip&lt;/video&gt;Ferry &lt;video&gt; news", "Ferry <video> news"),
        ("Cafe&#x301;", "Café"),
        ("a&#x202E;b&#x2066;c&#xAD;d&#x200B;e&#xFEFF;", "abcde"),
        ("نامه&#x200C;ها", "نامه\u200cها"),
        ("x&#8;&#xD800;&#99999999999999;&#x1F6A2;", "x\ufffd\ufffd\ufffd🚢"),
        ("x\x08y&#x85;z\x1b", "xy…z"),
        ("{{7*7}}", "{{7*7}}"),
        ("a" * 600, "a" * 500),
    ],
)
def test_titles_are_plain_words_on_one_line(escaped: str, expected: str) -> None:
    assert title(escaped) == expected


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ("<pubDate>Mon, 12 Sep 2016 14:00:00 +0200</pubDate>", NOON),
        ("<pubDate>Mon, 12 Sep 2016 12:00:00</pubDate>", NOON),
        ("<pubDate>2016-09-12T12:00:00</pubDate>", NOON),
        ("<pubDate>2016-09-12T12:00:60Z</pubDate>", NOON + timedelta(minutes=1)),
        ("<lastBuildDate>2016-09-12T12:00:00Z</lastBuildDate>", NOON),
        ("<pubDate>Mon,12 Sep 2016 12:00:00 GMT</pubDate>", NOON),
        ("<pubDate>1473681600</pubDate>", None),
        ("<pubDate>yesterday</pubDate><lastBuildDate>2016-09-12T12:00:00Z</lastBuildDate>", NOON),
        ("<pubDate>yesterday</pubDate>", None),
        ("<pubDate/>", None),
        ("<pubDate>0001-01-01T00:00:00Z</pubDate>", None),
        ("<pubDate>9999-12-31T23:59:59-12:00</pubDate>", None),
        ("<pubDate>Fri, 31 Dec 9999 23:59:59 -1200</pubDate>", None),
        ("", None),
    ],
)  # fmt: skip
def test_dates_are_in_utc_or_none(fields: str, published: datetime | None) -> None:
    assert item(f"<title>x</title>{fields}").published == published


def test_languages_are_tags_or_nothing() -> None:
    feed = rss(
        "<item><title xml:lang='pt-BR'>x</title></item><item><title>x</title></item>", "<language>no idea</language>"
    )
    assert [each.language for each in parsed(feed).items] == ["pt-br", ""]
    assert parsed(feed).language == ""


def test_an_aggregator_names_the_outlet() -> None:
    assert (
        item("<title>x</title><source url='https://quay.example/feed'>Quay &amp;amp; Co</source>").source == "Quay & Co"
    )


# Limits


def test_of_too_many_items_the_newest_are_kept_in_the_order_of_the_document() -> None:
    days = [f"<item><guid>{day}</guid><pubDate>{day} Sep 2016</pubDate></item>" for day in range(1, 11)]
    feed = parsed(rss("<item><guid>undated</guid></item>" + "".join(days)), max_items=3)
    assert [each.guid for each in feed.items] == ["8", "9", "10"]
    assert (feed.refused, feed.left_out) == (8, 8)


def test_of_too_many_items_without_dates_the_first_are_kept() -> None:
    feed = parsed(rss("".join(f"<item><guid>{n}</guid></item>" for n in range(9))), max_items=4)
    assert [each.guid for each in feed.items] == ["0", "1", "2", "3"]


def test_what_is_left_out_is_told_apart_from_what_holds_nothing() -> None:
    document = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a"}, {}, 7, {"id": "b"}, {"id": "c"}]}
    outcome = parse_feed(json.dumps(document).encode(), url=URL, headers={}, max_items=3)
    assert isinstance(outcome, ParsedFeed)
    assert ([each.guid for each in outcome.items], outcome.refused, outcome.left_out) == (["a", "b"], 3, 1)
    feed = parsed(rss("<item></item><item><guid>a</guid></item>"))
    assert (feed.refused, feed.left_out) == (1, 0)


# Hints


@pytest.mark.parametrize(
    ("channel", "hints"),
    [
        ("<ttl>90</ttl>", PollHints(ttl=timedelta(minutes=90))),
        ("<ttl>-5</ttl>", PollHints()),
        ("<ttl>soon</ttl>", PollHints()),
        ("<ttl>9999999999999</ttl>", PollHints()),
        ("<ttl>999999</ttl>", PollHints(ttl=timedelta(days=366))),
        (
            "<skipHours><hour>0</hour><hour> 5 </hour><hour>24</hour><hour>25</hour><hour>x</hour></skipHours>",
            PollHints(skip_hours=frozenset({0, 5})),
        ),
        (
            "<skipDays><day>Saturday</day><day>sunday</day><day>Noday</day></skipDays>",
            PollHints(skip_days=frozenset({5, 6})),
        ),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", PollHints(update_every=timedelta(days=1))),
        (
            "<sy:updatePeriod>Daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            PollHints(update_every=timedelta(hours=6)),
        ),
        ("<sy:updatePeriod>never</sy:updatePeriod>", PollHints()),
        (
            "<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            PollHints(update_every=timedelta(weeks=1)),
        ),
    ],
)  # fmt: skip
def test_hints_are_read_or_left_out(channel: str, hints: PollHints) -> None:
    feed = rss("", channel).replace("<channel>", '<channel xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">')
    assert parsed(feed).hints == hints


# Encodings

CYRILLIC = rss("<item><title>Перемирие в силе</title><description>Стороны объявили о перемирии</description></item>")
KOREAN = rss("<item><title>항구 소식이 도착했다</title></item>")
FRENCH = rss("<item><title>« L’été »</title></item>")


@pytest.mark.parametrize(
    ("document", "encoding", "declared", "content_type"),
    [
        (CYRILLIC, "utf-8", "", ""),
        (CYRILLIC, "utf-8-sig", "", ""),
        (CYRILLIC, "utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1"),
        (CYRILLIC, "utf-8", "", "text/html"),
        (CYRILLIC, "windows-1251", "windows-1251", ""),
        (CYRILLIC, "windows-1251", "", 'application/rss+xml; charset="windows-1251"'),
        (CYRILLIC, "koi8-r", "utf-8", "text/xml; charset=koi8-r"),
        (CYRILLIC, "utf-16", "utf-16", ""),
        (CYRILLIC, "utf-16-le", "", ""),
        (CYRILLIC, "utf-16-be", "", "text/xml; charset=utf-8"),
        (CYRILLIC, "utf-32", "", ""),
        (KOREAN, "euc-kr", "euc-kr", ""),
        (KOREAN, "cp949", "EUC-KR", ""),
        (FRENCH, "windows-1252", "", ""),
        (FRENCH, "windows-1252", "utf-8", "application/xml; charset=utf-8"),
        (FRENCH, "windows-1252", "iso-8859-1", ""),
        (FRENCH, "windows-1252", "zlib", "text/xml; charset=no-such-thing"),
    ],
)
def test_encodings_are_found(document: str, encoding: str, declared: str, content_type: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    body = document.replace('<?xml version="1.0"?>', declaration).encode(encoding)
    assert parsed(body, content_type=content_type).items == parsed(document).items


def test_one_broken_character_does_not_spoil_the_others() -> None:
    broken = CYRILLIC.encode().replace("силе".encode(), "силе".encode()[:-1])
    assert parsed(broken).items[0].title == "Перемирие в сил\ufffd"


# Documents that break off


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("step", [7])
def test_a_document_cut_anywhere_yields_only_whole_items_as_they_are(encoding: str, step: int) -> None:
    items = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>Été à l’île &amp;amp; {n}</title><!-- </item> -->"
        f"<description><![CDATA[<p>Über <item>s</item> & {n}</p></channel></rss>]]></description><br x='1'/></item>\n"
        for n in range(4)
    )
    whole = rss(items, "<language>fr</language>")
    body = whole.encode(encoding)
    expected = parsed(body)
    assert not expected.is_cut_off
    for length in range(2, len(body) - 1, step):
        outcome = parse_feed(body[:length], url=URL, headers={}, max_items=100)
        if isinstance(outcome, ParseFailed):
            assert b"<item>" not in body[:length] or outcome.problem is FetchProblem.BROKEN_OFF
            continue
        assert outcome.is_cut_off
        assert outcome.warning == (
            "The document is cut off; its last, incomplete item was left out."
            if outcome.is_cut_in_item
            else "The document ends without closing its root element."
        )
        assert outcome.items == expected.items[: len(outcome.items)]


@pytest.mark.parametrize("document", [ATOM, RDF, CDF, RSS091])
def test_every_format_is_mended_when_it_breaks_off(document: str) -> None:
    end = max(document.rfind(f"</{name}>") for name in ("item", "ITEM", "entry"))
    broken = document[:end] + document[end:].split(">", 1)[0] + "><item><title>Half"
    assert parsed(broken).items == parsed(document).items
    assert parsed(broken).is_cut_off


def test_a_document_that_breaks_off_in_its_first_item_is_a_failure() -> None:
    outcome = failed("<rss version='2.0'><channel><item><title>Half")
    assert (outcome.problem, outcome.detail) == (
        FetchProblem.BROKEN_OFF,
        "The document is cut off before the end of its first item.",
    )


def test_a_stray_end_tag_does_not_confuse_the_mending() -> None:
    feed = parsed("<rss version='2.0'><channel></b><item><title>x</title></item><item><title>Half")
    assert [each.title for each in feed.items] == ["x"]


def test_what_servers_add_after_the_end_is_no_break() -> None:
    assert not parsed(rss("<item><title>x</title></item>") + "\n<!-- cached <![CDATA -->").is_cut_off


# Hostile documents


class Opened:
    """What Python code opened or connected to while it was watched."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.is_watching = False
        sys.addaudithook(self.hook)

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.is_watching and event in (
            "open",
            "socket.connect",
            "socket.getaddrinfo",
            "subprocess.Popen",
            "os.exec",
        ):
            self.events.append(f"{event} {arguments[:1]}")


@pytest.fixture(scope="module")
def opened() -> Opened:
    parsed(rss("<item><title>x</title></item>"))
    return Opened()


ONE = rss("<item><title>a</title></item>")
ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "document",
    [
        "/etc/hostname",
        "/dev/zero",
        __file__,
        "http://127.0.0.1:9/",
        "file:///etc/passwd",
        f"<!DOCTYPE rss [<!ENTITY l0 'lol'>{ENTITIES}]>{rss('<item><title>&l9;</title></item>')[21:]}",
        f"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{rss('<item><title>a &x;</title></item>')[21:]}",
        f"<!DOCTYPE rss [<!ENTITY % x SYSTEM 'http://127.0.0.1:9/x.dtd'> %x;]>{ONE[21:]}",
        f"<!DOCTYPE rss SYSTEM 'http://127.0.0.1:9/x.dtd'>{ONE[21:]}",
        f"<?xml-stylesheet href='http://127.0.0.1:9/'?>{ONE[21:]}",
        f"<!DOCTYPE rss [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>{rss('<item><title>&a;</title></item>')[21:]}",
    ],
)
def test_no_document_makes_the_parser_open_anything(document: str, opened: Opened) -> None:
    opened.is_watching = True
    outcome = parse_feed(document.encode(), url=URL, headers={}, max_items=100)
    opened.is_watching = False
    assert opened.events == []
    assert "root:" not in str(outcome)
    assert len(str(outcome)) < 2_000


def test_deep_nesting_and_endless_repetition_do_no_harm() -> None:
    for part in ("<div>", "<p ", "<iframe '", "<b>", "&lt;", "<!--", "\u0301\u0316", "\n \n"):
        assert len(text_from_field(part * 30_000)) <= 400_000
    for part in ("<item>", "<item><a>x</b></item>", "<!--", "<![CDATA[", "</item>"):
        parse_feed(rss(part * 5_000).encode(), url=URL, headers={}, max_items=10)


# HTML

TICK = "`"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br>Two<br/>Three<BR />Four", "One\nTwo\nThree\nFour"),
        ("<p>A\n  wrapped\tline</p>", "A wrapped line"),
        ("a<b>b</b><i>c</i> <em>d</em>", "abc d"),
        ("<ul><li>One<li>Two</ul>", "One\nTwo"),
        ("<h2>Head</h2>Body", "Head\nBody"),
        ("<table><tr><td>a<td>b</table>", "a\nb"),
        ("<div><div><p>deep</p></div></div>", "deep"),
        ("x &amp; y &lt; z", "x & y < z"),
        ("&amp;amp;", "&amp;"),
        ("a&nbsp;&nbsp;b", "a b"),
        ("it&#8217;s &eacute;t&#xe9;", "it’s été"),
        ("&bogus; &", "&bogus; &"),
        ("<img src=x alt='no'>picture", "picture"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<script>alert(1)</script>x", "x"),
        ("<SCRIPT SRC=//evil.example/x.js></SCRIPT>x", "x"),
        ("<scr<script>ipt>alert(1)</scr</script>ipt>", "ipt>alert(1)ipt>"),
        ("<<script>alert(1)//<</script>x", "<x"),
        ("<script/xss src=x></script>x", "x"),
        ("<script>unclosed", ""),
        ("<style>p{color:red}</style>x", "x"),
        ("<style>@import'//evil.example'</style>", ""),
        ("<svg onload=alert(1)><text>t</text></svg>x", "x"),
        ("<svg><script>alert(1)</script></svg>x", "x"),
        ("<math><mi>y</mi></math>x", "x"),
        ("<iframe src=javascript:alert(1)></iframe>x", "x"),
        ("<iframe src='https://video.example/1' /><p>the article</p>", "the article"),
        ("<iframe/>x", "x"),
        ("<script src='x'/>x", "x"),
        ("<object data=x>fallback</object>x", "x"),
        ("<video controls>no video</video>x", "x"),
        ("<noscript><p>enable it</p></noscript>x", "x"),
        ("<template><p>x</p></template>y", "y"),
        ("<textarea><script>alert(1)</script></textarea>x", "x"),
        ("<title>t</title>x", "x"),
        ("<form><input value=secret><button>Go</button>x</form>", "x"),
        ("<a href='javascript:alert(1)'>click</a>", "click"),
        ('<a href="x" title="a > b">click</a>', "click"),
        ('<p title="<script>alert(1)</script>">x</p>', "x"),
        ("<p title='a > b'>x</p>y", "x\ny"),
        ("<!-- hidden <p>x</p> -->y", "y"),
        ("<!--[if IE]>x<![endif]-->y", "y"),
        ("<!-->y", "y"),
        ("<![CDATA[x]]>y", "xy"),
        ("<p>of the <video> of</p><p>the tide</p>", "of the <video> of\nthe tide"),
        ("<p>tide</p><script>go(", "tide"),
        ("<?php echo 1 ?>y", "y"),
        ("<x-card>a</x-card><o:p>b</o:p>", "ab"),
        ("<b onmouseover=alert(1)>x</b", "x"),
        ('<img """><script>alert(1)</script>">', '">'),
        (f"<img src={TICK}javascript:alert(1){TICK}>x", "x"),
        ("<body onload=alert(1)>x", "x"),
        ("<base href='//evil.example'>x", "x"),
        ("<meta http-equiv=refresh content='0;url=//evil.example'>x", "x"),
        ("<link rel=stylesheet href='//evil.example'>x", "x"),
        ("a\0b\u202ec\u2067d\u00ade", "abcde"),
        ("e\u0301", "é"),
        ("<p>&#x202e;x&#0;y</p>", "x\ufffdy"),
        ("<p>one</p>\n\n<p> </p><p>&nbsp;</p><p>two</p>", "one\ntwo"),
    ],
)  # fmt: skip
def test_html_becomes_lines_of_words(markup: str, text: str) -> None:
    """And of nothing else that a feed writes (rule S7)."""
    assert text_from_html(markup) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("wrapped\nline\n\nnext paragraph\r\n \r\nlast", "wrapped line\nnext paragraph\nlast"),
        ("Map<K, V> & 1 < 2", "Map<K, V> & 1 < 2"),
        ("<p>Use &lt;b&gt;bold&lt;/b&gt;</p>", "Use <b>bold</b>"),
        ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "One\nTwo"),
        ("Bread&amp;nbsp;and butter", "Bread and butter"),
        ("x<br>y", "x\ny"),
    ],
)
def test_a_field_is_read_as_what_it_looks_like(value: str, text: str) -> None:
    assert text_from_field(value) == text


def test_a_document_that_unfolds_to_far_more_than_it_holds_is_refused() -> None:
    """A declared entity, named again and again, would bring half a gigabyte into the daemon."""
    item = f"<item><guid>1</guid><description>{'&a;' * 500}</description></item>"
    declared = f"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a \"{'word ' * 40}\">]>"
    body = f"{declared}<rss version='2.0'><channel>{item}</channel></rss>"
    outcome = parse_feed(body.encode(), url="https://p.example/", headers={}, max_items=10)
    assert isinstance(outcome, ParseFailed)
    assert (outcome.problem, outcome.detail) == (
        FetchProblem.PARSER,
        "The document expands to far more text than its size allows.",
    )


def test_texts_that_are_too_much_together_are_cut_where_they_are_longest() -> None:
    long, short = "word " * (MAX_TEXT_CHARACTERS // 5), "A truce begins."
    most = MAX_DOCUMENT_CHARACTERS // MAX_TEXT_CHARACTERS
    items = [RawItem(guid=f"{number}", texts=(long,), bodies=(long,)) for number in range(most + 1)]
    together = refined_together([RawItem(guid="short", texts=(short,), bodies=(short,)), *items])
    assert [len(item.text) for item in together] == [len(short), *[MAX_TEXT_CHARACTERS // 2] * (most + 1)]
    assert {len(item.text) for item in refined_together(items[:-1])} == {len(long) - 1}
