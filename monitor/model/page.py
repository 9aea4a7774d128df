"""From `parse` and `pages` to whoever fetches: the page behind an article, and why it is not read or not used."""

from dataclasses import dataclass
from enum import StrEnum


class PageRefusalKind(StrEnum):
    """Who or what stands against a page; the word is shown to people and logged."""

    ROBOTS = "robots.txt"
    RESERVED = "reserved"
    LICENCE = "licence"
    LANGUAGE = "other language"
    TOO_SHORT = "too short"
    OTHER_SUBJECT = "not this article"
    REPEATED = "same text as other pages"
    WALL = "wall"
    CUT_OFF = "only the beginning"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRefusal:
    """Why a page is not fetched, or its text does not count."""

    kind: PageRefusalKind
    """Who or what stands against it."""
    reason: str
    """The same in a sentence for people, with what was found."""
