"""From `match` to the store and the digest: a topic that holds for an article, with the proof."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from urllib.parse import unquote

from monitor.model.boilerplate import LeftOut

Field = Literal["title", "text", "page", "author", "category", "url"]
"""Where a word stands: in the words of an article, those of its page included, or in what its feed says about it."""


class Tier(StrEnum):
    """Where all groups of a rule were found: in the title; in title and first 60 words; only later in the text, or with
    the first 100 words of the page behind the article; or only with the rest of the page.
    """

    HEADLINE = "headline"
    LEAD = "lead"
    PASSING = "passing"
    PAGE = "page"

    @property
    def is_mention(self) -> bool:
        """Whether the article only mentions the topic."""
        return self in (Tier.PASSING, Tier.PAGE)

    @property
    def rank(self) -> int:
        """0 is the strongest."""
        return list(Tier).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a topic is asked about: an article stored or new, or a text that somebody has typed."""

    title: str
    """The article's headline."""
    text: str
    """Its text."""
    language: str = ""
    """Its language (BCP 47); "" if unknown."""
    identified_language: str = ""
    """What its text shows, where `language` is unknown; "" if that is not clear. It excludes nothing."""
    outlet: str = ""
    """Its outlet; "" if unknown."""
    left_out: tuple[LeftOut, ...] = ()
    """Pieces of the text that are not read, in order of their places (`boilerplate`)."""
    author: str = ""
    """A line of names; "" if unknown."""
    category: str = ""
    """All categories, with a blank line between two (`category_line`)."""
    url: str = ""
    """The address, for reading (`readable_url`)."""
    page: str = ""
    """The text of the page behind it; "" if none is known. What matches without it matches as if there were none."""


def category_line(categories: Iterable[str]) -> str:
    """The `category` of a document: blank lines separate, so that no phrase goes on from one to the next."""
    return "\n\n".join(categories)


def readable_url(link: str) -> str:
    """The `url` of a document: with letters in place of their escapes."""
    return unquote(link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One hit: `found == getattr(document, field)[start:end]`."""

    group: int
    """The group of the rule, 0-based."""
    term: str
    """The term as its owner wrote it."""
    found: str
    """The words that were found."""
    field: Field
    """Where they were found."""
    start: int
    """The index of the first character."""
    end: int
    """The index behind the last character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Topic × article."""

    topic: str
    """The name of the topic."""
    rule: int
    """The index of the rule that is met."""
    tier: Tier
    """Where all groups were found."""
    evidence: tuple[Evidence, ...]
    """The words that prove it."""
    fingerprint: str
    """The exact wording of the topic that decided, so that the match can be explained a year later."""

    @property
    def is_by_page(self) -> bool:
        """Whether it needs words of the page behind the article."""
        return any(item.field == "page" for item in self.evidence)


class Origin(StrEnum):
    """Why there is a match: the article is news, was in a feed's baseline without a credible date of the last 24 hours
    (listed only by digests that ask for it) or came too long ago to be listed when its match was found, surfaced long
    after its date, or was stored before a change of the topic made it match.
    """

    NEW = "new"
    BASELINE = "baseline"
    LATE = "late"
    BACKFILL = "backfill"
