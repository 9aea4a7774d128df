"""Paths of URLs, and the patterns with `*` and `$` that robots.txt, tdmrep.json and RSL documents choose them by.

Both are brought into one form first (RFC 9309, 2.2.2 and 2.2.3). Matching takes one pass over the path for each
pattern: no pattern, however hostile, makes it go back.
"""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

MAX_PATH_CHARACTERS = 4_096
"""Of a path and query as they are asked for; a longer one is judged by its beginning."""

_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_BEYOND_ASCII = re.compile(r"[^\x21-\x7e]")
_WILD = re.compile(r"\*+")


def path_of(url: str) -> str:
    """The path and query of a URL, or of what is one already, in the form that patterns are compared with."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/"
    found = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return normal(found[:MAX_PATH_CHARACTERS]).replace("*", "%2A").replace("$", "%24")


def normal(path: str) -> str:
    """Octets beyond ASCII as %XX, letters and digits never; `/caf%C3%A9`, `/caf%c3%a9` and `/café` are one path."""
    escaped = _BEYOND_ASCII.sub(lambda found: _percent(found[0]), path)
    return _ESCAPE.sub(_decoded, escaped)


@dataclass(frozen=True, slots=True)
class PathPattern:
    """The beginning of a path, with `*` for any characters; `$` at its end is the end of the path."""

    pieces: tuple[str, ...]
    """What stands between the wildcards, in order."""
    is_to_the_end: bool
    """Whether the path ends with the last piece."""
    octets: int
    """The length of the pattern: the longest that matches decides."""

    @classmethod
    def of(cls, written: str) -> Self:
        """The pattern as somebody wrote it."""
        text = _WILD.sub("*", normal(written))
        is_to_the_end = text.endswith("$")
        pieces = text.removesuffix("$").replace("$", "%24").split("*")
        return cls(pieces=tuple(pieces), is_to_the_end=is_to_the_end, octets=len(text))

    def matches(self, path: str) -> bool:
        """Whether it is a pattern of this path, which is one of `path_of`."""
        first, *rest = self.pieces
        if not path.startswith(first):
            return False
        if not rest:
            return not self.is_to_the_end or path == first
        place, end = len(first), len(path)
        if self.is_to_the_end:
            last = rest.pop()
            end -= len(last)
            if end < place or not path.endswith(last):
                return False
        for piece in rest:
            place = path.find(piece, place, end)
            if place < 0:
                return False
            place += len(piece)
        return True


def _percent(char: str) -> str:
    return "".join(f"%{octet:02X}" for octet in char.encode("utf-8", "replace"))


def _decoded(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    return char if char in _UNRESERVED else found[0].upper()
