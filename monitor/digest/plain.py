"""The direction in which foreign text is read. `plain_text` makes it safe to show."""

import unicodedata
from typing import Final

from monitor.model.entries import Direction

_DIRECTIONS: Final[dict[str, Direction]] = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def direction(text: str) -> Direction:
    """The direction of the first strong letter (rule E11); left to right if there is none."""
    found = (_DIRECTIONS.get(unicodedata.bidirectional(character)) for character in text)
    return next(filter(None, found), "ltr")
