"""Reservations and licences that forbid a program to read a page, and those that do not."""

from hypothesis import given
from hypothesis import strategies as st
from table import each_row

from monitor.model.page import PageRefusal
from monitor.pages import directive_refusal, licence_refusal, tdm_refusal
from monitor.pages.licence import MAX_CHARACTERS, MAX_CONTENTS, UNREAD

PAGE = "https://post.example/news/1?a=b"


def words(refusal: PageRefusal | None) -> str:
    return refusal.reason if refusal else ""


DIRECTIVES = [
    # X-Robots-Tag, meta elements, the word that forbids
    ("", (), ""),
    ("noai", (), "noai"),
    ("noindex, NoAI", (), "noai"),
    ("noml", (), "noml"),
    ("noimageai", (), ""),
    ("noindex, nofollow, noarchive, nosnippet", (), ""),
    ("news-monitor: noai", (), "noai"),
    ("*: noai", (), "noai"),
    ("otherbot: noai", (), ""),
    ("otherbot: noindex, noai", (), "noai"),
    ("unavailable_after: 25 Jun 2030 15:00:00 PST", (), ""),
    ("", (("robots", "noimageai,noai"),), "noai"),
    ("", (("news-monitor", "noai"),), "noai"),
    ("", (("otherbot", "noai"), ("description", "noai")), ""),
    ("none", (("robots", "all"),), ""),
]


def test_words_for_programs() -> None:
    def check(header: str, metas: tuple[tuple[str, str], ...], word: str) -> None:
        said = words(directive_refusal({"x-robots-tag": header}, metas, "News-Monitor"))
        assert (f'forbids it: "{word}"' in said) if word else said == ""

    each_row(check, DIRECTIVES)


RESERVED = '[{"location": "/news/", "tdm-reservation": 1, "tdm-policy": "https://post.example/tdm"}]'
RESERVATIONS = [
    # tdmrep.json, headers, meta elements, reserved
    ("", {}, (), False),
    (RESERVED, {}, (), True),
    ('[{"location": "/sport/", "tdm-reservation": 1}]', {}, (), False),
    ('[{"location": "/news/1$", "tdm-reservation": 1}]', {}, (), False),
    ('[{"location": "/*", "tdm-reservation": "1"}]', {}, (), True),
    ('[{"location": "/news", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]', {}, (), False),
    ('[{"location": "/", "tdm-reservation": 7}]', {}, (), False),
    ('[{"location": "/", "tdm-reservation": true}, 1, null]', {}, (), False),
    ('[1, {"location": "/", "tdm-reservation": 1}]', {}, (), True),
    ('{"location": "/", "tdm-reservation": 1}', {}, (), False),
    ("<html>not found</html>", {}, (), False),
    ("[" * 200_000, {}, (), False),
    ("", {"tdm-reservation": "1"}, (), True),
    ("", {"tdm-reservation": " 1 ", "tdm-policy": "https://post.example/tdm"}, (), True),
    (RESERVED, {"tdm-reservation": "0"}, (), False),
    (RESERVED, {"tdm-reservation": "perhaps"}, (), True),
    (RESERVED, {"tdm-reservation": "1"}, (("tdm-reservation", "0"),), False),
    ("", {"tdm-reservation": "0"}, (("tdm-reservation", "1"),), True),
]


def test_the_right_to_mine_a_text() -> None:
    def check(file: str, headers: dict[str, str], metas: tuple[tuple[str, str], ...], *expected: bool) -> None:
        assert (tdm_refusal(file, PAGE, headers, metas) is not None) is expected[0]

    each_row(check, RESERVATIONS)
    said = words(tdm_refusal(RESERVED, PAGE, {}, ()))
    assert said.endswith("(tdm-reservation: 1; licences: https://post.example/tdm)")


def rsl(*licences: str, url: str = "/") -> str:
    inside = "".join(f"<license>{each}</license>" for each in licences)
    return f'<rsl xmlns="https://rslstandard.org/rsl"><content url="{url}">{inside}</content></rsl>'


LICENCES = [
    # document, what the refusal says
    ("", ""),
    ("<html><body>Terms of use", ""),
    ("<terms/>", ""),
    (rsl(), ""),
    (rsl(""), ""),
    (rsl('<permits type="usage">all</permits>'), ""),
    (rsl('<permits type="usage">search</permits>'), ""),
    (rsl('<permits type="usage">ai-train, search</permits>'), ""),
    (rsl('<permits type="usage">ai-train ai-input</permits>'), "permits ai-input, ai-train alone"),
    (rsl('<permits type="usage"/>'), ""),
    (rsl('<prohibits type="usage">ai-train</prohibits>'), ""),
    (rsl('<prohibits type="usage">ai-all</prohibits>'), "prohibits ai-all"),
    (rsl('<prohibits type="usage">Search,ALL</prohibits>'), "prohibits all and search"),
    (rsl('<prohibits type="geo">all</prohibits>'), ""),
    (rsl('<permits type="user">education</permits>'), "is for certain users or places alone"),
    (rsl('<permits type="usage">all</permits><payment type="crawl"/>'), "asks for payment (crawl)"),
    (rsl('<permits type="usage">all</permits><payment type="attribution"/>'), ""),
    (rsl('<payment type="training"/>'), ""),
    (rsl('<payment type="subscription"/>', '<payment type="free"/>'), ""),
    (rsl('<prohibits type="usage">all</prohibits>', url="/sport/"), ""),
    (rsl('<prohibits type="usage">all</prohibits>', url="https://POST.example/news/*"), "prohibits all"),
    (rsl('<prohibits type="usage">all</prohibits>', url="/news/1?a="), "prohibits all"),
    (rsl('<prohibits type="usage">all</prohibits>', url="https://other.example/"), ""),
    (rsl('<prohibits type="usage">all</prohibits>', url="https://[other.example/"), ""),
    ("<!DOCTYPE rsl><rsl/>", ""),
    (" " * (MAX_CHARACTERS + 1), ""),
    ('<?xml version="1.0" encoding="no-such"?><rsl/>', ""),
    (
        (
            '<rsl><content url="/"><license><prohibits type="usage">all</prohibits></license></content>'
            '<content url="/news/"><license><permits type="usage">search</permits></license></content></rsl>'
        ),
        "",
    ),
]


def test_what_a_licence_lets_us_do() -> None:
    def check(document: str, expected: str) -> None:
        said = words(licence_refusal(document, PAGE))
        assert said == (f"the licence that robots.txt names (RSL) {expected}" if expected else "")

    each_row(check, LICENCES)


def test_a_licence_that_could_not_be_had_lets_nobody_in() -> None:
    assert "could not be read" in words(licence_refusal(UNREAD, PAGE))


def test_contents_beyond_the_limit_are_not_read() -> None:
    last = '<content url="/news/"><license><prohibits type="usage">all</prohibits></license></content>'
    many = '<content url="/x/"/>' * MAX_CONTENTS
    assert licence_refusal(f"<rsl>{many}{last}</rsl>", PAGE) is None


@given(st.text(alphabet='<>/rslcontent url="a[]{}:1,', max_size=80), st.text(max_size=30))
def test_no_document_is_a_surprise(document: str, url: str) -> None:
    licence_refusal(document, url)
    licence_refusal(f"<rsl>{document}</rsl>", url)
    tdm_refusal(document, url, {}, ())
