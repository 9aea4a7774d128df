"""From `parse` and `pages` to whoever fetches: the page behind an article, and why it is not read or not used."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.model.feed import ParseFailed


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
    NOT_A_PAGE = "no page"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRefusal:
    """Why a page is not fetched, or its text does not count."""

    kind: PageRefusalKind
    """Who or what stands against it."""
    reason: str
    """The same in a sentence for people, with what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """What the bytes of a page say, whoever may read them and whatever they are worth."""

    text: str
    """The main text, a paragraph a line; "" if none was found."""
    titles: tuple[str, ...] = ()
    """What the page calls itself: its title, its main headings, the titles for other sites; each once."""
    metas: tuple[tuple[str, str], ...] = ()
    """Meta elements that say what programs may do: name in lower case, content."""
    language: str = ""
    """The language that the page names (BCP 47); "" if none."""
    is_free: bool | None = None
    """Whether the page says that all of it is free to read; None if it does not say."""
    asks_for_password: bool = False
    """Whether it has a field for a password."""
    has_paywall_marks: bool = False
    """Whether an element of it is named after a paywall."""


PageOutcome = PageReading | ParseFailed
