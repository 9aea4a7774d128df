"""Where in the mail of an edition an article is: the text of the message as it was sent is the only witness."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

IN_FULL_INDENT = "\n   "
"""The address below a story in full; below a headline it stands further in (templates/digest.txt.j2)."""

TITLE_COMPARED = 40
"""Characters: a mail clips long headlines and breaks lines."""

_ISOLATES = re.compile("[\u2066-\u2069]")


class Place(StrEnum):
    """Where it is. `UNKNOWN`: the text of the message is gone, or says nothing that can be compared."""

    IN_FULL = "in full"
    HEADLINE = "as a headline"
    IN_TEXT = "in the mail"
    ATTACHMENT = "in the attached file"
    ARCHIVE = "on the archive page"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """The message of an edition: its text, and whether what had no room is attached. `is_shipped`: it was made by
    templates of ours, whose text can be read.
    """

    text: str
    has_attachment: bool
    is_shipped: bool = True


def place_in(mailed: Mailed | None, links: Iterable[str], titles: Iterable[str]) -> Place:
    """Where the article is that has, or had, these addresses and headlines."""
    if mailed is None or not mailed.text.strip():
        return Place.UNKNOWN
    text = mailed.text.replace("\r\n", "\n")
    lines = text.split("\n")
    for link in filter(None, links):
        places = [line for line in lines if line.strip() == link]
        if places:
            if not mailed.is_shipped:
                return Place.IN_TEXT
            is_full = any(f"\n{line}" == f"{IN_FULL_INDENT}{link}" for line in places)
            return Place.IN_FULL if is_full else Place.HEADLINE
    words = _plain(text)
    if any(_plain(title)[:TITLE_COMPARED] in words for title in titles if title.strip()):
        return Place.IN_TEXT
    return Place.ATTACHMENT if mailed.has_attachment else Place.ARCHIVE


def _plain(text: str) -> str:
    return " ".join(_ISOLATES.sub("", text).split())
