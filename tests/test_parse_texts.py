"""Of several texts of an item all that say something new are read, the summary first; its author and categories too."""

import pytest

from monitor.model.feed import ParsedFeed, ParsedItem
from monitor.parse import parse_feed
from monitor.parse.html import text_from_field
from monitor.parse.item import MAX_TITLE_CHARACTERS, title_text
from monitor.parse.texts import joined

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:yandex="http://news.yandex.ru" xmlns:mailru="http://news.mail.ru/" xmlns:turbo="http://turbo.yandex.ru"'
    ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:m="http://search.yahoo.com/mrss/"'
)
LEAD = "The ferry is cancelled until Friday."
BODY = "Only the gulls were up when the night watchman swept the steps of the north mole."
CAPTION = (
    "Grey boats in a row before a grey wall, seen from the roof of the fish market by our own photographer at dawn."
)


def read(body: str) -> ParsedItem:
    outcome = parse_feed(body.encode(), url="https://post.example/feed", headers={}, max_items=10)
    assert isinstance(outcome, ParsedFeed)
    return outcome.items[0]


def rss(fields: str) -> ParsedItem:
    return read(f'<rss version="2.0" {NAMESPACES}><channel><item><guid>1</guid>{fields}</item></channel></rss>')


def atom(fields: str, feed: str = "") -> ParsedItem:
    head = 'xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
    return read(f"<feed {head}>{feed}<entry><id>1</id><title>T</title>{fields}</entry></feed>")


def json(fields: str, feed: str = "") -> ParsedItem:
    return read(f'{{"version": "https://jsonfeed.org/version/1.1", {feed}"items": [{{"id": "1", {fields}}}]}}')


BOTH = f"{LEAD}\n\n{BODY}"


@pytest.mark.parametrize(
    "fields",
    [
        f"<description>{LEAD}</description><content:encoded>{BODY}</content:encoded>",
        f"<content:encoded>{BODY}</content:encoded><description>{LEAD}</description>",
        f"<content:encoded><![CDATA[<p>{BODY}</p>]]></content:encoded><description>&lt;b>{LEAD}&lt;/b></description>",
        f"<description>{LEAD}</description><itunes:summary>{BODY}</itunes:summary>",
        f"<itunes:summary>{BODY}</itunes:summary><description>{LEAD}</description>",
        f"<itunes:subtitle>{LEAD}</itunes:subtitle><itunes:summary>{BODY}</itunes:summary>",
        f"<description>{LEAD}</description><yandex:full-text>{BODY}</yandex:full-text>",
        f'<yandex:full-text type="html">{BODY}</yandex:full-text><description>{LEAD}</description>',
        f"<description>{LEAD}</description><mailru:full-text><p>{BODY}</p></mailru:full-text>",
        f"<description>{LEAD}</description><fulltext>{BODY}</fulltext>",
        f"<description>{LEAD}</description><full_text>{BODY}</full_text>",
        f"<description>{LEAD}</description><turbo:content><![CDATA[<p>{BODY}</p>]]></turbo:content>",
        f"<excerpt:encoded>{LEAD}</excerpt:encoded><content:encoded>{BODY}</content:encoded>",
        f"<dc:description>{LEAD}</dc:description><content:encoded>{BODY}</content:encoded>",
        f"<dcterms:abstract>{LEAD}</dcterms:abstract><content:encoded>{BODY}</content:encoded>",
        f"<teaser>{LEAD}</teaser><content:encoded>{BODY}</content:encoded>",
        f"<description>{LEAD}</description><body>{BODY}</body>",
    ],
)
def test_every_text_of_an_item_is_read_the_summary_first(fields: str) -> None:
    assert rss(fields).text == BOTH


def test_an_ill_formed_document_loses_no_text_either() -> None:
    item = rss(
        f"<description>{LEAD} & more</description><media:text>{CAPTION}</media:text><full-text>{BODY}</full-text>"
    )
    assert item.text == f"{LEAD} & more\n\n{BODY}\n\n{CAPTION}"


def test_a_full_text_inside_a_content_is_a_part_of_it() -> None:
    inside = f"<fulltext>{LEAD}</fulltext><p>{BODY}</p>"
    item = atom(f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{inside}</div></content>')
    assert LEAD in item.text
    assert BODY in item.text


@pytest.mark.parametrize(
    "item",
    [
        atom(f"<summary>{LEAD}</summary><content>{BODY}</content>"),
        atom(f'<content type="html">&lt;p>{BODY}&lt;/p></content><summary type="html">{LEAD}</summary>'),
        atom(
            f'<summary>{LEAD}</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{BODY}</p>'
            "</div></content>"
        ),
        atom(f"<summary>{LEAD}</summary><media:group><media:description>{BODY}</media:description></media:group>"),
        json(f'"summary": "{LEAD}", "content_html": "<p>{BODY}</p>"'),
        json(f'"content_text": "{BODY}", "summary": "{LEAD}"'),
        json(f'"summary": "{LEAD}", "content_html": "<p>{BODY}</p>", "content_text": "{BODY}"'),
    ],
)
def test_atom_and_json_are_read_alike(item: ParsedItem) -> None:
    assert item.text == BOTH


@pytest.mark.parametrize(
    "media",
    [
        f'<media:content url="x.jpg"><media:description>{CAPTION}</media:description></media:content>',
        f"<media:description>{CAPTION}</media:description>",
        f"<m:group><m:content><m:description>{CAPTION}</m:description></m:content></m:group>",
        f"<media:text>{CAPTION}</media:text><media:description>{CAPTION}</media:description>",
        f"<media:description>{CAPTION}</media:description><media:description>&lt;i>{CAPTION}&lt;/i></media:description>",
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_caption_follows_the_description_and_is_there_once(media: str, is_first: bool) -> None:  # noqa: FBT001
    described = f"<description>{LEAD}</description>"
    assert rss(media + described if is_first else described + media).text == f"{LEAD}\n\n{CAPTION}"
    assert rss(media).text == CAPTION


@pytest.mark.parametrize(
    ("texts", "text"),
    [
        ([LEAD, f"{LEAD} {BODY}"], f"{LEAD} {BODY}"),
        ([LEAD, f"{BODY} {LEAD}"], f"{BODY} {LEAD}"),
        ([f"{LEAD}\n{BODY}", LEAD], f"{LEAD}\n{BODY}"),
        ([LEAD.upper(), f"“{LEAD}”"], f"“{LEAD}”"),
        ([BODY[:40] + "…", BODY], BODY),
        ([BODY[:43] + " [...]", BODY], BODY),
        ([BODY[:40] + "... Continue reading “The mole” →", BODY], BODY),
        ([f"{LEAD} Read more", f"{BODY} {LEAD}"], f"{BODY} {LEAD}"),
        ([f"{LEAD}\nThe post The mole appeared first on Harbour Post.", f"{LEAD} {BODY}"], f"{LEAD} {BODY}"),
        ([f"{LEAD} [Lire la suite]", f"{LEAD} {BODY}"], f"{LEAD} {BODY}"),
        ([f"{LEAD} Читать далее", f"{LEAD} {BODY}"], f"{LEAD} {BODY}"),
        ([CAPTION[:90], CAPTION], CAPTION),
        (["Syria", "Syrian ferries are late."], "Syria\n\nSyrian ferries are late."),
        (["Calm.", LEAD, "Calm."], f"Calm.\n\n{LEAD}"),
        ([LEAD, LEAD, LEAD], LEAD),
        ([f"{LEAD} (more…)", f"{LEAD} {BODY}"], f"{LEAD} {BODY}"),
        ([f"{LEAD[:-1]}... [Devamını oku]", f"{LEAD} {BODY}"], f"{LEAD} {BODY}"),
        ([f"{LEAD[:-1]}... (Meer)", f"{LEAD} {BODY}"], f"{LEAD} {BODY}"),
        ([f"{LEAD[:20]}… Only the gulls were up", f"{LEAD} {BODY}"], f"{LEAD} {BODY}"),
        (["大雾停航，明天再…続きを読む", "大雾停航，明天再开。"], "大雾停航，明天再开。"),
        ([f"Wait… {LEAD}", BODY], f"Wait… {LEAD}\n\n{BODY}"),
        (["Calm… the truce is over", "Calm waters."], "Calm… the truce is over\n\nCalm waters."),
        ([f"{LEAD} … Also: a strike", f"{LEAD} {BODY}"], f"{LEAD} … Also: a strike\n\n{LEAD} {BODY}"),
        (["…and then it rained", LEAD], f"…and then it rained\n\n{LEAD}"),
        (["大雾停航。", "大雾停航。明天再开。"], "大雾停航。明天再开。"),
        (["مياه هادئة", "عاد الصيادون مبكرا"], "مياه هادئة\n\nعاد الصيادون مبكرا"),
        (["The Mole!", LEAD], LEAD),
        (["…", LEAD, "⛴"], LEAD),
        (["⛴", "⚓"], "⚓"),
        (["", ""], ""),
    ],
)
def test_what_another_text_says_is_left_out(texts: list[str], text: str) -> None:
    assert joined(texts, "The mole", 1_000) == text


@pytest.mark.parametrize("name", ["kept", "texts", "authors", "texts_and_authors", "value", "content_detail"])
def test_an_element_of_whatever_name_costs_no_text(name: str) -> None:
    strange = f"<{name}>strange</{name}>"
    assert rss(f"{strange}<description>{LEAD}</description>").text == LEAD
    assert rss(f"<description>{LEAD}</description>{strange}").text == LEAD


def test_a_caption_with_a_type_is_read() -> None:
    assert rss(f'<media:text type="html">&lt;b>{CAPTION}&lt;/b></media:text>').text == CAPTION
    assert rss(f"<media:text type='plain'>{CAPTION}</media:text><description>{LEAD}</description>").text == (
        f"{LEAD}\n\n{CAPTION}"
    )


def test_a_text_of_signs_alone_is_kept_unless_it_is_the_headline() -> None:
    assert joined(["⛴"], "", 100) == joined(["⛴"], "!", 100) == "⛴"
    assert joined(["⛴"], "⛴", 100) == ""


def test_all_texts_together_are_bounded() -> None:
    assert len(joined([f"{n} " + "word " * 30_000 for n in range(30)], "", 100_000)) == 100_000
    texts = "".join(f"<media:description>number {n} of many</media:description>" for n in range(1_000))
    assert len(rss(texts).text) < 500


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", ["(", "… ", "...", ">", "read more ", "a" * 99 + " ", "[", "Continue reading "])
def test_no_text_takes_quadratic_time(piece: str) -> None:
    long = (piece * 100_000)[:100_000]
    joined([long, f"x {long}", f"y {long} z", LEAD, long[:-1]], "The mole", 100_000)


@pytest.mark.parametrize(
    ("item", "body"),
    [
        (rss(f"<description>{LEAD}</description>"), LEAD),
        (rss(f"<description>{LEAD}</description><content:encoded>{BODY}</content:encoded>"), BODY),
        (rss(f"<description>{LEAD}</description><media:description>{CAPTION}</media:description>"), CAPTION),
        (rss(f"<title>{LEAD}</title><description>{LEAD}</description>"), ""),
        (rss(f"<description>{LEAD}</description><yandex:full-text>{BODY}</yandex:full-text>"), LEAD),
        (atom(f"<summary>{LEAD}</summary><content>{BODY}</content>"), BODY),
        (json(f'"summary": "{BODY}", "content_text": "{LEAD}"'), BODY),
    ],
)
def test_an_item_is_recognised_by_its_longest_text_as_it_was(item: ParsedItem, body: str) -> None:
    """What the text was for versions that read only one: their keys and hashes rest on it."""
    assert item.body == body


# Authors and categories


@pytest.mark.parametrize(
    ("item", "author"),
    [
        (rss("<author>desk@post.example (Ines Okafor)</author>"), "Ines Okafor"),
        (rss("<author>Ines Okafor &lt;desk@post.example&gt;</author>"), "Ines Okafor"),
        (rss("<author>desk@post.example</author>"), "desk@post.example"),
        (rss("<dc:creator>Ines Okafor</dc:creator><dc:creator>Pavel Lind</dc:creator>"), "Ines Okafor, Pavel Lind"),
        (rss("<dc:creator>Ines Okafor</dc:creator><itunes:author>INES OKAFOR</itunes:author>"), "Ines Okafor"),
        (rss("<atom:author><atom:name>Ines Okafor</atom:name></atom:author>"), "Ines Okafor"),
        (rss("<dc:creator><![CDATA[Ines &amp; Pavel]]></dc:creator>"), "Ines & Pavel"),
        (rss("<description>x</description>"), ""),
        (atom("<author><name>Ines Okafor</name><email>i@post.example</email></author>"), "Ines Okafor"),
        (atom("<author><name>A</name></author><author><name>B</name></author>"), "A, B"),
        (atom("<contributor><name>Somebody</name></contributor>"), ""),
        (atom("<title/>", "<author><name>The desk</name></author>"), "The desk"),
        (json('"authors": [{"name": "Jo"}, {"name": "Al"}, 5, {"url": "x"}]'), "Jo, Al"),
        (json('"author": {"name": "Jo"}'), "Jo"),
        (json('"title": "x"', '"authors": [{"name": "The desk"}], '), "The desk"),
    ],
)
def test_the_author_is_a_line_of_names(item: ParsedItem, author: str) -> None:
    assert item.author == author


@pytest.mark.parametrize(
    ("item", "categories"),
    [
        (
            rss("<category>Port</category><category domain='x'>Labour &amp;amp; law</category>"),
            ("Port", "Labour & law"),
        ),
        (rss("<dc:subject>Port; Labour;</dc:subject><category>Port</category>"), ("Port", "Labour")),
        (
            rss("<media:keywords>sea, ships</media:keywords><itunes:keywords>fog</itunes:keywords>"),
            ("sea", "ships", "fog"),
        ),
        (atom('<category term="p" label="Port"/><category term="law"/>'), ("Port", "law")),
        (json('"tags": ["port", 5, "port", " law "]'), ("port", "law")),
        (rss("<category/>"), ()),
    ],
)
def test_categories_are_a_short_list(item: ParsedItem, categories: tuple[str, ...]) -> None:
    assert item.categories == categories


def test_authors_and_categories_are_bounded() -> None:
    creators = "".join(f"<dc:creator>{'n' * 300} {n}</dc:creator>" for n in range(500))
    item = rss(creators + "".join(f"<category>{n} {'c' * 300}</category>" for n in range(500)))
    assert len(item.author) == 200
    assert len(item.categories) == 20
    assert {len(each) for each in item.categories} == {80}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", ["<!--", "<br ", "<a=' ", "<!-- --", "CDATA[", "]]>", " ", "&lt;!--", "<!-->"])
def test_no_headline_takes_quadratic_time(piece: str) -> None:
    long = (piece * 100_000)[:100_000]
    assert len(title_text(f"Tide {long}")) <= MAX_TITLE_CHARACTERS
    text_from_field(long, is_headline=True)
