"""What filters, summaries and inverted colours make of a mail."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from editions import NOW, SLOT, Desk, article, edition_of
from golden_editions import MAILS, TEMPLATES, golden_files
from selectolax.lexbor import LexborHTMLParser, LexborNode
from test_render_access import _contrast, _inverted

from monitor.render import render, render_page
from monitor.render.links import WORD_JOINER, link_text
from monitor.resources import resource

STYLE = (resource("templates") / "style.html.j2").read_text("utf-8")
DARK = STYLE.partition("prefers-color-scheme: dark")[2]

# ---- links


@pytest.mark.parametrize(
    "text",
    [
        "Booking.com sues a ferry line",
        "paypaI.com is down",
        "Вooking.com sues",
        "xn--bcher-kva.example opens",
        "bücher.example opens",
        "例え。テスト opens",
        "Log in at bank．example now",
        "Amazon.co.uk and eBay.de agree",
        "news.example.evil.test",
        "write to ann@post.example",
        "router at 192.168.0.1 burns",
        "https://other.example/login",
        "http://localhost/login",
        "Booking.com.",
        "(Booking.com)",
        f"{'é' * 70}.example",
    ],
)
def test_no_link_reads_as_another_host(text: str) -> None:
    shown = link_text(text, "https://news.example/1")
    assert WORD_JOINER in shown
    assert shown.replace(WORD_JOINER, "") == text
    assert not re.search(r"[^\W_][.。．｡][^\W_]", shown)
    assert not re.search(r"\w://", shown)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("news.example reports", "https://news.example/1"),
        ("news.example reports", "https://www.news.example:8443/1"),
        ("NEWS.example reports", "https://news.example/1"),
        ("bücher.example opens", "https://xn--bcher-kva.example/1"),
        ("https://news.example/archive", "https://news.example/archive"),
        ("U.S. puts 3.5 m on hold, e.g. 1.000", "https://news.example/1"),
        ("Truce… over? No. Yes", "https://news.example/1"),
        ("هدنة جديدة", "https://news.example/1"),
        ("", ""),
    ],
)
def test_other_words_stay_as_they_are(text: str, url: str) -> None:
    assert link_text(text, url) == text


@pytest.mark.parametrize("full", [5, 0])
def test_every_link_of_a_mail_and_a_page_keeps_to_that(full: int) -> None:
    title = "Booking.com sues evil.example"
    told = [article(n, f"{title} {n % 3}", f"{title}. It says so.", outlet="Post.example") for n in range(1, 9)]
    desk = Desk().add(*told)
    for number in range(20, 24):
        desk.add(article(number, f"{title} again {number}", "It says more."))
    edition = replace(edition_of(desk.edition_input()), full=full)
    for html in (render(edition, TEMPLATES).html, render_page(edition, TEMPLATES)):
        links = LexborHTMLParser(html).css("a")
        assert links
        assert not [link.text() for link in links if re.search(r"\w\.(com|example)", link.text())]


# ---- the first line


def visible(html: str) -> str:
    body = LexborHTMLParser(html).css_first("body")
    return "" if body is None else body.text(separator="\n").strip()


@pytest.mark.parametrize("name", MAILS)
def test_the_first_visible_line_has_the_date_and_the_news(name: str) -> None:
    html, text = golden_files(name)[f"{name}.html"], golden_files(name)[f"{name}.txt"]
    first = visible(html).split("\n")[0]
    assert first.startswith(("Wed 21 Sep: ", "Week to Wed 21 Sep: "))
    as_text = text.partition("\n\n")[2].partition("\n\n")[0]
    assert " ".join(re.sub("[\u2068\u2069]", "", as_text).split()) == " ".join(first.split())
    assert "display:none" not in html


def test_two_quiet_editions_in_a_row_begin_differently() -> None:
    later = replace(SLOT, day=SLOT.day + timedelta(days=1), due_at=SLOT.due_at + timedelta(days=1))
    quiet = Desk().edition_input()
    mails = [
        render(edition_of(quiet), TEMPLATES),
        render(edition_of(quiet, slot=later, now=NOW + timedelta(days=1)), TEMPLATES),
    ]
    for firsts in ({visible(mail.html).split("\n")[0] for mail in mails}, {mail.text.split("\n")[0] for mail in mails}):
        assert len(firsts) == 2
        assert all("nothing new on your topics" in first for first in firsts)


def test_the_first_line_stays_short() -> None:
    desk = Desk()
    for number in range(1, 6):
        desk.add(article(number, f"{number} {'a very long headline ' * 12}"))
    assert len(visible(render(edition_of(desk.edition_input()), TEMPLATES).html).split("\n")[0]) < 160


# ---- structure


@pytest.mark.parametrize("name", MAILS)
def test_the_first_element_of_the_body_has_language_and_direction(name: str) -> None:
    html = golden_files(name)[f"{name}.html"]
    first = LexborHTMLParser(html).css_first("body > *")
    assert first is not None
    assert (first.attributes["lang"], first.attributes["dir"]) == ("en", "ltr")
    assert not LexborHTMLParser(html).css("svg")


# ---- contrast


def _class_colours(what: str) -> dict[str, str]:
    return dict(re.findall(rf"\.(\w+) \{{[^}}]*?(?<![-\w]){what}: (#[0-9a-f]{{6}})", DARK))


DARK_INK, DARK_PAPER = _class_colours("color"), _class_colours("background-color")


def _colour(node: LexborNode | None, what: str, dark: dict[str, str]) -> str:
    """The colour that a node has or inherits; `dark`: what classes make of it in the dark."""
    while node is not None and node.tag != "html":
        for name in str(node.attributes.get("class") or "").split():
            if name in dark:
                return dark[name]
        found = re.search(rf"(?<![-\w]){what}:\s*(#[0-9a-f]{{6}})", str(node.attributes.get("style") or ""))
        if found:
            return found[1]
        node = node.parent
    raise AssertionError(f"no {what}")


def _pairs(html: str, *, is_dark: bool) -> Iterator[tuple[str, str]]:
    """Ink and paper of every element with words of its own."""
    for node in LexborHTMLParser(html).css("body *"):
        if node.text(deep=False).strip():
            ink = _colour(node, "color", DARK_INK if is_dark else {})
            yield ink, _colour(node, "background-color", DARK_PAPER if is_dark else {})


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("file", [f"{name}.{kind}" for name in MAILS for kind in ("html", "page.html")])
def test_all_words_can_be_read_in_both_lights_and_inverted(file: str, *, is_dark: bool) -> None:
    pairs = set(_pairs(golden_files(file.partition(".")[0])[file], is_dark=is_dark))
    assert len(pairs) >= 3
    for ink, paper in pairs:
        assert _contrast(ink, paper) >= 4.5, (ink, paper)
        assert _contrast(_inverted(ink), _inverted(paper)) >= 4.5, (ink, paper)
