"""From `match` to the store and the digest: a topic that holds for an article, with the proof."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from monitor.model.boilerplate import LeftOut

Field = Literal["title", "text"]


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

    `left_out`: pieces of the text that are not read, in order of their places (`boilerplate`).
    """

    title: str
    text: str
    language: str = ""
    outlet: str = ""
    left_out: tuple[LeftOut, ...] = ()


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


class Origin(StrEnum):
    """Why there is a match: the article is news, was in a feed's baseline without a credible date of the last 24 hours
    (listed only by digests that ask for it) or came too long ago to be listed when its match was found, surfaced long
    after its date, or was stored before a change of the topic made it match.
    """

    NEW = "new"
    BASELINE = "baseline"
    LATE = "late"
    BACKFILL = "backfill"
