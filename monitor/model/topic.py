"""A topic as its owner wrote it: terms in arrays, before anything is expanded or indexed."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitor.model.alert import AlertSettings

Within = Literal["anywhere", "lead", "headline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way for a topic to match: a term of every group in `all`, and none of `none`."""

    all: tuple[tuple[str, ...], ...]
    """Groups of terms; of each group one must be found."""
    none: tuple[str, ...] = ()
    """Terms of which none may be found."""
    near: int | None = None
    """A term of each group within so many words of each other; None means anywhere."""
    within: Within = "anywhere"
    """Where all groups must be found; "lead" is the title and the first 60 words."""
    at_least: int = 1
    """The least number of distinct mentions of the rarest group."""
    is_pair: bool = False
    """Whether the first two groups must be named side by side (`match.pairs`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A named set of rules; it matches an article if any rule does."""

    name: str
    """The name, which is its identity."""
    rules: tuple[Rule, ...]
    """The rules, of which one is enough."""
    languages: tuple[str, ...] = ()
    """Only articles in these languages (primary subtag); empty means any."""
    sources: tuple[str, ...] = ()
    """Only articles of these outlets; `!name` excludes one; empty means any."""
    priority: int = 1
    """Its place in editions: lower comes first."""
    enabled: bool = True
    """Whether it is looked for."""
    mute_until: date | None = None
    """The day on which it is reported again; None if it is not muted."""
    perhaps: int | None = None
    """How many lines "Perhaps also" may have below it; None for the number of the digest. A digest with 0 has none."""
    alert: AlertSettings | None = None
    """What is reported at once; None if nothing is."""
    was: str = ""
    """The name whose history it takes over; "" for none."""
    must_match: tuple[str, ...] = ()
    """Texts that it has to match, for `topics check`."""
    must_not_match: tuple[str, ...] = ()
    """Texts that it must not match, for `topics check`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedTopics:
    """Names of topics whose stored matches are of another wording."""

    reworded: frozenset[str] = frozenset()
    """Those that the owner changed, and new ones."""
    reinterpreted: frozenset[str] = frozenset()
    """Those that the owner left as they were, and a new version of the program reads otherwise."""

    @property
    def all(self) -> frozenset[str]:
        return self.reworded | self.reinterpreted
