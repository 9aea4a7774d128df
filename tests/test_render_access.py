"""What a machine can check of how a page reads in mail programs, in the dark and to a screen reader (E8 to E10)."""

import re
from collections.abc import Iterable
from itertools import pairwise, product

import pytest
from golden_editions import MAILS, archive_index, golden_files
from selectolax.lexbor import LexborHTMLParser, LexborNode


def mail_html(name: str) -> str:
    return golden_files(name)[f"{name}.html"]


def nodes(html: str, selector: str = "*") -> list[LexborNode]:
    return LexborHTMLParser(html).css(selector)


INDEX = ("index", "html")
HTML_EDITIONS = [(name, kind) for name in MAILS for kind in ("html", "page.html")]


@pytest.fixture(params=[*HTML_EDITIONS, INDEX], ids=".".join)
def html(request: pytest.FixtureRequest) -> str:
    name, kind = request.param
    return archive_index() if request.param == INDEX else golden_files(name)[f"{name}.{kind}"]


def test_a_page_has_language_direction_and_title(html: str) -> None:
    (root,) = nodes(html, "html")
    assert (root.attributes["lang"], root.attributes["dir"]) == ("en", "ltr")
    assert nodes(html, "title")[0].text().strip()


def test_headings_begin_with_one_h1_and_skip_no_level(html: str) -> None:
    levels = [int(node.tag[1]) for node in nodes(html) if node.tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_links_say_where_they_lead_and_only_to_the_web_or_this_page(html: str) -> None:
    targets = {str(node.attributes["id"]) for node in nodes(html, "[id]")}
    for link in nodes(html, "a"):
        href = str(link.attributes["href"])
        assert link.text().strip().lower() not in ("", "here", "more", "read more", "link")
        in_the_archive = re.fullmatch(r"\.\./index\.html|(\.\./)?\w+/[\dTZ-]+\.html(#topic-[0-9a-f]{8})?", href)
        assert href.startswith(("http://", "https://")) or href.removeprefix("#") in targets or in_the_archive


def test_a_drawing_says_what_it_shows(html: str) -> None:
    for drawing in nodes(html, "svg"):
        assert drawing.attributes["role"] == "img"
        assert re.search(r"Stories a day .* at most \d", str(drawing.attributes["aria-label"]))


def test_bars_of_text_are_hidden_from_screen_readers_and_said_in_words(html: str) -> None:
    for node in nodes(html, "span"):
        if re.search("[▁▂▃▄▅▆▇█▲]", node.text()) and not node.css("span span"):
            is_hidden = node.attributes.get("aria-hidden") == "true" or node.css('[aria-hidden="true"]')
            assert is_hidden or "▲ ·" in node.text()


def test_nothing_is_loaded_from_anywhere(html: str) -> None:
    assert not nodes(html, "img, link, script, iframe, video, audio, source, object, embed, [src], [background]")
    assert "url(" not in html
    assert "@import" not in html
    assert "@font-face" not in html


def test_there_is_one_style_block_and_every_colour_is_also_inline(html: str) -> None:
    assert len(nodes(html, "style")) == 1
    for node in nodes(html, "h1, h2, h3, h4, b, li"):
        assert node.attributes.get("style"), node.html


def test_every_colour_has_its_counterpart_in_the_dark(html: str) -> None:
    """Inline colours stay as they are in dark mode, unless a class of the style block says otherwise."""
    (style,) = nodes(html, "style")
    known = set(re.findall(r"\.([a-z]+) \{[^}]*color:", style.text().partition("prefers-color-scheme: dark")[2]))
    for node in nodes(html, "[style]"):
        if re.search(r"(?<![-\w])color:", str(node.attributes["style"])) and node.tag != "body":
            assert known & set(str(node.attributes.get("class")).split()), node.html


def test_tables_are_for_layout_and_no_wider_than_600(html: str) -> None:
    for table in nodes(html, "table"):
        assert table.attributes["role"] == "presentation"
    assert "max-width:600px" in str(nodes(html, "table.sheet")[0].attributes["style"])


def test_text_is_never_smaller_than_14_pixels(html: str) -> None:
    assert all(float(size) >= 14 for size in re.findall(r"font-size:\s*([\d.]+)px", html))


def test_right_to_left_items_say_so() -> None:
    pages = [mail_html(name) for name in ("ordinary", "flood")]
    for node in (node for page in pages for node in nodes(page, "[lang=ar]")):
        assert node.attributes["dir"] == "rtl"
    assert any(nodes(page, "h3[lang=ar][dir=rtl]") for page in pages)


def test_ids_are_unique(html: str) -> None:
    ids = [node.attributes["id"] for node in nodes(html, "[id]")]
    assert len(ids) == len(set(ids))


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    """WCAG 2.1, 1.4.3."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _inverted(colour: str) -> str:
    return "#" + "".join(f"{255 - int(colour[place : place + 2], 16):02x}" for place in (1, 3, 5))


def _colours(styles: Iterable[str], what: str) -> set[str]:
    return {colour for style in styles for colour in re.findall(rf"(?<![-\w]){what}:\s*(#[0-9a-f]{{6}})", style)}


LIGHT = (("#24272d", "#1d2026", "#5b5f68", "#8a3324", "#1c3350"), ("#fffdf8", "#f3f0e9"))
LIGHT_TINTS = (("#24272d",), ("#fcefb4", "#f6efdd"))
DARK = (("#e8e5de", "#a9adb5", "#eba48f", "#b9d2f1"), ("#1c1f24", "#141619"))
DARK_TINTS = (("#fff4c9",), ("#57480f",))
DARK_NOTE = (("#e8e5de",), ("#2b2820",))


@pytest.mark.parametrize("pairs", [LIGHT, LIGHT_TINTS, DARK, DARK_TINTS, DARK_NOTE])
def test_every_pair_of_colours_can_be_read_also_when_inverted(pairs: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    for ink, paper in product(*pairs):
        assert _contrast(ink, paper) >= 4.5, (ink, paper)
        assert _contrast(_inverted(ink), _inverted(paper)) >= 4.5, (ink, paper)


def test_the_pages_use_no_colours_but_those_whose_contrast_is_known(html: str) -> None:
    inline = [str(node.attributes["style"]) for node in nodes(html, "[style]")]
    assert _colours(inline, "color") <= {*LIGHT[0], *LIGHT_TINTS[0]}
    assert _colours(inline, "background-color") <= {*LIGHT[1], *LIGHT_TINTS[1]}
    (style,) = nodes(html, "style")
    dark = [style.text()]
    assert _colours(dark, "color") == {*DARK[0], *DARK_TINTS[0]}
    assert _colours(dark, "background-color") == {*DARK[1], *DARK_TINTS[1], *DARK_NOTE[1]}
