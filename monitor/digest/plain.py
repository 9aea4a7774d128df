"""The direction in which a stranger's text is read. That it is safe to show is `plain_text`'s work."""

import unicodedata
from typing import Final

from monitor.model.edition import Direction

_DIRECTIONS: Final[dict[str, Direction]] = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def direction(text: str) -> Direction:
    """That of the first strong letter (rule E11); left to right if there is none."""
    found = (_DIRECTIONS.get(unicodedata.bidirectional(character)) for character in text)
    return next(filter(None, found), "ltr")
