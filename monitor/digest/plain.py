"""Strangers' text made fit for one line, and the direction in which it is read.

The feed parser cleans text too; here it is the last wall before a page or a header, because one
bad character in one title must never block an edition (rule S10). Escaping is the templates' work.
"""

import re
import unicodedata
from typing import Final

from monitor.model.edition import Direction

TITLE_CHARACTERS = 300
"""Longer titles are cut: no headline needs more, and a hostile one must not fill the mail."""

_UNFIT: Final = re.compile("[\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")
"""Lone surrogates cannot be encoded; direction overrides would reorder what stands around them."""

_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")

_DIRECTIONS: Final[dict[str, Direction]] = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def cleaned(text: str) -> str:
    """Without control characters, surrogates and direction overrides; white space as single blanks, ends kept."""
    return _BLANK.sub(" ", _UNFIT.sub("", text))


def one_line(text: str, limit: int = TITLE_CHARACTERS) -> str:
    """`text` cleaned, at most `limit` characters; cut between words, unless that would lose half of it."""
    line = cleaned(text).strip()
    if len(line) <= limit:
        return line
    cut = line[: limit - len(" …")]
    space = cut.rfind(" ")
    return f"{cut[:space] if space > limit // 2 else cut} …"


def direction(text: str) -> Direction:
    """That of the first strong letter (rule E11); left to right if there is none."""
    found = (_DIRECTIONS.get(unicodedata.bidirectional(character)) for character in text)
    return next(filter(None, found), "ltr")
