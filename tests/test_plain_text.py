"""Foreign text as one safe line: what is taken out, what is escaped, and what must survive both."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.parse.html import clean_text
from monitor.plain_text import escaped, one_line
from monitor.url import shown_url

PERSIAN = "می\u200cخواهم بروم"
FAMILY = "👨\u200d👩\u200d👧\u200d👦"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"

SURVIVES = [
    "Ein schöner Tag – “so” «ça» 50 %",
    "שָׁלוֹם עֲלֵיכֶם",
    "اَلسَّلَامُ عَلَيْكُمْ",
    PERSIAN,
    "क्\u200dष और क्\u200cष",
    "ශ්\u200dරී ලංකාව",
    f"The {FAMILY} festival ❤\ufe0f\u200d🔥 👩🏽\u200d🚀 1\ufe0f\u20e3",
    f"{SCOTLAND} votes",
    "葛\U000e0100城市 漢字",
    "ญี่ปุ่น ဗမာ ខ្មែរ",
    "e\u0301clair",
    "\u0600\u0661\u0662 \u06dd\u0663",
]


@pytest.mark.parametrize("text", SURVIVES)
def test_what_a_language_is_spelled_with_survives(text: str) -> None:
    assert one_line(text) == text


@pytest.mark.parametrize("text", SURVIVES[:-1])
def test_it_can_be_read_where_faults_are_searched_for(text: str) -> None:
    assert escaped(text) == text


def test_marks_of_direction_are_read_past_and_seen_in_a_log() -> None:
    assert one_line("שלום \u200f(עולם)\u200e \u061c") == "שלום \u200f(עולם)\u200e \u061c"
    assert escaped("שלום \u200f") == r"שלום \u200f"


@pytest.mark.parametrize(
    ("raw", "clean", "visible"),
    [
        ("  two   words ", "two words", "  two   words "),
        ("  a\r\nb\tc ", "a b c", r"  a\r\nb\tc "),
        ("a\x00b\x07\x9bc", "a b c", r"a\x00b\x07\x9bc"),
        ("a\x00b\x1b[2Jc\x9d", "a b [2Jc", r"a\x00b\x1b[2Jc\x9d"),
        ("a\x7fb\x1c\x85c", "a b c", r"a\x7fb\x1c\x85c"),
        ("\u202eabc\u202c \u2066d\u2069", "abc d", r"\u202eabc\u202c \u2066d\u2069"),
        ("lone \ud800 surrogate", "lone surrogate", r"lone \ud800 surrogate"),
        ("line\u2028separator\u2029here\x85", "line separator here", r"line\u2028separator\u2029here\x85"),
        ("no\u00a0break\u202f\u3000wide", "no break wide", r"no\xa0break\u202f\u3000wide"),
        (
            "vac\u200bcine sy\u00adria \ufeffnews\u2060",
            "vaccine syria news",
            r"vac\u200bcine sy\xadria \ufeffnews\u2060",
        ),
        ("pay\u200dpal bank\u200c", "paypal bank", r"pay\u200dpal bank\u200c"),
        (
            "\u200c\u200d\u200dمی\u200c\u200c\u200dرود",
            "می\u200cرود",
            "\\u200c\\u200d\\u200dمی\u200c\\u200c\\u200dرود",
        ),
        ("x\U000e0068\U000e0069", "x", r"x\U000e0068\U000e0069"),
        ("🏴\U000e0067", "🏴", r"🏴\U000e0067"),
        ("a\ufdd0b\uffffc\U0001fffe", "abc", r"a\ufdd0b\uffffc\U0001fffe"),
        ("anno\ufff9ta\ufffbtion\u206a", "annotation", r"anno\ufff9ta\ufffbtion\u206a"),
        ("", "", ""),
    ],
)
def test_what_cannot_be_read_is_taken_out_or_escaped(raw: str, clean: str, visible: str) -> None:
    assert one_line(raw) == clean
    assert escaped(raw) == visible


def test_a_long_line_is_cut_between_words_or_where_there_are_none() -> None:
    assert one_line("four more words here", 14) == "four more …"
    assert one_line("x" * 20, 10) == "xxxxxxxx …"
    assert one_line("word " * 200, None) == ("word " * 200).strip()
    assert escaped("x" * 20, 10) == "x" * 9 + "…"
    assert escaped("x" * 10, 10) == "x" * 10


def test_a_piece_of_a_line_keeps_its_ends_and_is_not_cut() -> None:
    assert one_line(" \n truce\u202e holds\t", 5, is_piece=True) == " truce holds "


def test_the_form_of_an_escape_can_be_chosen() -> None:
    assert escaped("a\x1bb", form=lambda sign: f"<{ord(sign)}>") == "a<27>b"


def test_whatever_can_be_printed_is_fit_to_be_read() -> None:
    """The shortcut of `one_line`: what it takes out is never printable, so that printable text needs no second look."""
    signs = "".join(filter(str.isprintable, map(chr, range(0x110000))))
    assert one_line(f"x{signs}\u200b", None) == f"x{signs}"


@settings(deadline=None)
@given(st.text(), st.integers(10, 40))
def test_any_text_becomes_one_line_that_can_be_written_and_is_its_own(raw: str, limit: int) -> None:
    line = one_line(raw, limit)
    assert len(line) <= limit
    assert len(f"|{line}|".splitlines()) == 1
    assert line.encode().decode() == line
    assert not {unicodedata.category(sign) for sign in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(sign) for sign in line} & {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    }
    assert one_line(line, limit) == line


@settings(deadline=None)
@given(st.text())
def test_nothing_is_hidden_in_what_is_escaped(raw: str) -> None:
    assert all(
        sign.isprintable() or sign in "\u200c\u200d" or "\U000e0030" <= sign <= "\U000e007f" for sign in escaped(raw)
    )


def test_what_is_stored_without_a_sign_is_shown_without_it() -> None:
    """Articles are stored by a rule of their own: what it takes out must not come back by another way in."""
    signs = {chr(code) for code in (*range(0x20, 0x10000), 0x1FFFE, 0xE0041)} - set("\u200e\u200f\u061c")
    taken_out = {sign for sign in signs if clean_text(f"x{sign}y") == "xy"}
    assert len(taken_out) > 2_000
    assert not {sign for sign in taken_out if sign in one_line(f"x{sign}y")}


def test_a_joiner_in_a_url_is_percent_encoded() -> None:
    assert shown_url(f"https://post.example/{PERSIAN[:4]}") == "https://post.example/می%E2%80%8Cخ"
