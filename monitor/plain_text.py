"""The only two functions that make foreign text one safe line (rules S10, S11).

`one_line` is for text that people read: a table, a mail, a header. Unreadable characters are removed. `escaped` is for
text in which people look for faults: a log, an error, a server's answer, a URL. Unreadable characters become escapes,
so that nothing is hidden.

Both keep what a language is spelled with: combining marks, and the joiners of Persian, of Indian scripts and of emoji.
`parse.html` decides how an article's text is stored, and the templates escape for HTML.
"""

import re
from collections.abc import Callable

TITLE_CHARACTERS = 300
"""Longer titles are cut: no headline needs more, and a hostile one must not fill the mail."""

LINE_CHARACTERS = 200
"""Of a subject, or of what somebody else said within a sentence of ours."""

ELLIPSIS = "…"

_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
"""A control character becomes a blank like any white space: words that it kept apart stay apart."""

_JOINED = (
    "(?<=[\u0590-\u180d\u180f-\u1cff\u2190-\u2bff\ua800-\uabff\ufb1d-\ufdcf\ufdf0-\ufe0f\ufe70-\ufefc"
    "\U00011000-\U00011fff\U0001f000-\U0001faff])[\u200c\u200d]"
)
"""A joiner behind a letter of Hebrew to Mongolian or behind an emoji. Elsewhere it joins nothing: it only makes two
words that look the same differ.
"""

_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"
"""The flag of a region, such as Scotland (UTS #51): the one honest use of tag characters."""

_KEPT = f"{_JOINED}|{_FLAG}"

_NO_CHARACTERS = "\ufdd0-\ufdef" + "".join(f"{chr(end)}{chr(end + 1)}" for end in range(0xFFFE, 0x110000, 0x10000))

_UNFIT = re.compile(
    f"({_KEPT})"
    "|[\ud800-\udfff"  # lone surrogates: no encoding can write them, and one would block a digest for ever
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates reorder what stands around them
    "\u00ad\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb"  # invisible: they split words
    "\U000e0000-\U000e00ff"  # tag characters: invisible text
    f"{_NO_CHARACTERS}]"
)

_SIGN = re.compile(f"({_KEPT})|.", re.DOTALL)


def one_line(text: str, limit: int | None = TITLE_CHARACTERS, *, is_piece: bool = False) -> str:
    """`text` as people can read it, on one line of at most `limit` characters (None: uncut).

    White space is folded to single blanks. A longer line is cut between words, unless that would lose half of it. A
    piece of a longer line keeps the blanks at its ends, and is never cut.
    """
    is_fit = text.isprintable() and "  " not in text  # nearly always: 0.7 µs in place of 25
    line = text if is_fit else _BLANK.sub(" ", _UNFIT.sub(r"\1", text))
    if is_piece:
        return line
    line = line.strip()
    if limit is None or len(line) <= limit:
        return line
    cut = line[: limit - len(f" {ELLIPSIS}")]
    space = cut.rfind(" ")
    return f"{cut[:space] if space > limit // 2 else cut} {ELLIPSIS}"


def _backslashed(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


def escaped(text: str, limit: int | None = None, *, form: Callable[[str], str] = _backslashed) -> str:
    r"""`text` with all that cannot be read written as an escape: `\n`, `\x1b`, `\u202e`; at most `limit` characters.

    White space but for the blank is escaped too; who wants it folded does so before. `form` says how one character is
    escaped.
    """
    line = text if text.isprintable() else _SIGN.sub(lambda sign: _readable(sign, form), text)
    return line if limit is None or len(line) <= limit else line[: limit - len(ELLIPSIS)] + ELLIPSIS


def _readable(sign: re.Match[str], form: Callable[[str], str]) -> str:
    return sign[0] if sign[1] or sign[0].isprintable() else form(sign[0])
