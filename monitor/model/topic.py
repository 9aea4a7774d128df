"""A topic as its owner wrote it: terms in arrays, before anything is expanded or indexed."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Within = Literal["anywhere", "lead", "headline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way for a topic to hold: a term of every group in `all`, and none of `none`.

    `all` is a tuple of OR-groups that are AND-ed. `near`: a term of each group within so many
    words of each other; None means anywhere. `within`: where all groups must be found; "lead" is
    the title and the first 60 words. `at_least`: distinct mentions of the rarest group. `is_pair`: the
    first two groups must be named side by side (`match.pairs`).
    """

    all: tuple[tuple[str, ...], ...]
    none: tuple[str, ...] = ()
    near: int | None = None
    within: Within = "anywhere"
    at_least: int = 1
    is_pair: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A named set of rules; it holds for an article if any rule does.

    `languages` and `sources` limit it to articles in those languages (primary subtag) and from
    those outlets (`!name` excludes one); empty means any. `was` carries the history of an old name over.
    """

    name: str
    rules: tuple[Rule, ...]
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    priority: int = 1
    enabled: bool = True
    mute_until: date | None = None
    was: str = ""
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedTopics:
    """Names of topics whose stored matches are of another wording. `reworded`: the owner changed them, or they are new.
    `reinterpreted`: the owner left them as they were, and a new version of the program reads them otherwise.
    """

    reworded: frozenset[str] = frozenset()
    reinterpreted: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        return self.reworded | self.reinterpreted
