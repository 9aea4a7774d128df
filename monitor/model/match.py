"""From `match` to the store and the digest: a topic that holds for an article, with the proof."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from urllib.parse import unquote

from monitor.model.boilerplate import LeftOut

Field = Literal["title", "text", "author", "category", "url"]
"""Where a word stands: in the words of an article, or in what its feed says about it."""


class Tier(StrEnum):
    """Where all groups were found: in the title; in title + first 60 words; further down."""

    HEADLINE = "headline"
    LEAD = "lead"
    PASSING = "passing"

    @property
    def rank(self) -> int:
        """0 is the strongest."""
        return list(Tier).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a topic is asked about: an article's words, its language (BCP 47, "" unknown) and outlet.

    `left_out`: pieces of the text that are not read, in order of their places (`boilerplate`). `author` is a line of
    names, `category` all categories, with a blank line between two, and `url` the address, for reading.
    """

    title: str
    text: str
    language: str = ""
    outlet: str = ""
    left_out: tuple[LeftOut, ...] = ()
    author: str = ""
    category: str = ""
    url: str = ""


def category_line(categories: Iterable[str]) -> str:
    """The `category` of a document: blank lines separate, so that no phrase goes on from one to the next."""
    return "\n\n".join(categories)


def readable_url(link: str) -> str:
    """The `url` of a document: with letters in place of their escapes."""
    return unquote(link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One hit: the `term` as its owner wrote it, in `group` of the rule (0-based), and what was
    `found`, where `found == getattr(document, field)[start:end]`.
    """

    group: int
    term: str
    found: str
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Topic × article. `rule` is the index of the rule that held; `fingerprint` names the exact
    wording of the topic that decided, so that the verdict can be explained a year later.
    """

    topic: str
    rule: int
    tier: Tier
    evidence: tuple[Evidence, ...]
    fingerprint: str
