"""Who stands behind a story: from `voices` to `digest`, the store and those who look."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.model.ids import FeedId


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishers:
    """What the config says of publishers."""

    by_feed: Mapping[FeedId, str] = field(default_factory=dict)
    """Feed → its `publisher`."""
    by_domain: Mapping[str, str] = field(default_factory=dict)
    """Registrable domain → the publisher of the feeds which are there."""
    hosts: frozenset[str] = frozenset()
    """Domains where others publish, such as an aggregator's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTexts:
    """Texts that several outlets carry."""

    agency: str
    """Who is credited ("AFP", or "AFP/Reuters" together); "" if nobody is."""
    texts: int | None
    """How many different ones; None if that cannot be known, because some articles have too few words."""
    outlets: int
    """How many outlets carry them."""
    is_all: bool
    """Whether the story has no other article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Who carries a story."""

    outlets: int
    """The number of outlets."""
    publishers: int
    """The number of publishers they belong to."""
    shared: tuple[SharedTexts, ...] = ()
    """The texts that several of them carry."""

    @property
    def are_fewer(self) -> bool:
        """Whether the number of outlets says more than there is: they are not all independent."""
        return self.publishers < self.outlets or bool(self.shared)
