"""From the scorer to editions: an article that no rule found, and that resembles what a topic matches."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.model.article import Article
from monitor.model.ids import StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Resembling:
    """An unmatched article that may belong to a topic. It is not a match, and counts as none anywhere."""

    article: Article
    """The article; of several that are one story, the one that resembles the topic most."""
    likeness: float
    """How much it resembles the topic. Compares with others of the same topic only."""
    shared: tuple[str, ...]
    """The words that make it so, as it writes them, the most telling first."""
    lacks: tuple[str, ...]
    """The names of the groups of which it has no word; of several rules, those of the rule that lacks fewest."""
    others: int = 0
    """How many other unmatched articles are of the same story."""
    beside: StoryId | None = None
    """The story of matching articles that it is about, too; None if there is none. It is not part of that story."""

    @property
    def why(self) -> str:
        """The reason in words: "no word for truce; resembles by: Zabadani, besieged, evacuation"."""
        lacking = f"no word for {' or '.join(self.lacks)}; " if self.lacks else ""
        return f"{lacking}resembles by: {', '.join(self.shared)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """Which unmatched articles of some days resemble a topic. Empty if too little is known of it."""

    likeness: Mapping[object, float]
    """By article id how much, of the hundred most alike of each day."""
    floor: float | None
    """What is as much as this would be shown by an edition; None if it would show nothing yet."""
    found: tuple[Resembling, ...]
    """Those above the floor, or without one the best, the most alike first; copies once."""
