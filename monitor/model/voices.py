"""Who stands behind a story: from `voices` to `digest`, the store and those who look."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishers:
    """What the config says of publishers: `by_feed` (the id of a feed → its `publisher`), `by_domain` (a registrable
    domain → that of the feeds which are there). `hosts`: domains where others publish, such as an aggregator's.
    """

    by_feed: Mapping[int, str] = field(default_factory=dict)
    by_domain: Mapping[str, str] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTexts:
    """Texts of one `agency` (or of several together: "AFP/Reuters"), or such as nobody is credited with (""), that
    several outlets carry.

    `texts`: how many different ones; None if that cannot be known, because some articles have too few words.
    `outlets` carry them; `is_all`: the story has no other article.
    """

    agency: str
    texts: int | None
    outlets: int
    is_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """How many outlets carry a story, how many publishers they belong to, and what they carry together."""

    outlets: int
    publishers: int
    shared: tuple[SharedTexts, ...] = ()

    @property
    def are_fewer(self) -> bool:
        """Whether the number of outlets says more than there is: they are not all independent."""
        return self.publishers < self.outlets or bool(self.shared)
