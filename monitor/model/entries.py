"""Part of an edition: an article and a story as it shows them, in full or in a line.

Text is plain, of one line and clean of control characters, but still a stranger's, as in all of an edition.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.model.ids import ArticleId, StoryId
from monitor.model.voices import Voices

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a passage; the pieces joined are the passage."""

    text: str
    """The piece."""
    is_hit: bool = False
    """Whether it is what the topic matched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an article is there."""

    term: str
    """The term of the topic."""
    found: str
    """The words that were found; may equal the term."""
    place: str
    """"headline", "lead", "text", "on the page", or "earlier wording" if an edit removed the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article as a line, in words fit to be printed: templates get no other."""

    article_id: ArticleId
    """The article."""
    title: str
    """The headline, one line."""
    url: str
    """The address of its page, http(s) or ""."""
    outlet: str
    """The outlet."""
    dated: datetime
    """The date that it claims, else when it was first seen (UTC)."""
    language: str
    """The language (BCP 47); "" if unknown."""
    direction: Direction
    """The direction of the first strong letter of the title."""
    via: str = ""
    """Whom it names as its source beside the outlet (`<source>`), one line; "" if nobody."""
    is_new_outlet: bool = False
    """Whether a feed of many outlets brought it, of one that was never seen before that day."""
    is_paid: bool = False
    """Whether its page has to be paid for, as the config says."""
    on_page: tuple[str, ...] = ()
    """The words of the topic that stand on its page alone; empty if what its feed says is enough."""
    is_read_late: bool = False
    """Whether its page was read after the edition before, which knew the article."""
    under: tuple[str, ...] = ()
    """The topics that list it, where it stands in a story of another topic, which it does not match; else none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """An outlet that carries a headline."""

    item: Item
    """Its first article with these words."""
    times: int
    """How many it has in these words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A headline that says something of its own, and who has it in the same words."""

    item: Item
    """The first article that has it."""
    more: int
    """The number of further articles of the same outlet."""
    carriers: tuple[Carrier, ...]
    """The other outlets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story in full, under one topic."""

    story_id: StoryId
    """The story."""
    lead: Item
    """Its lead, the article by which it is shown."""
    tier: str
    """Where the lead matches (`Tier`)."""
    snippet: tuple[Segment, ...]
    """A passage of the lead's text, with the hits marked."""
    reasons: tuple[Reason, ...]
    """Why the lead is there."""
    also: tuple[Item, ...]
    """Its other articles that this edition lists: those of the topic first, then those of other topics, with `under`.
    """
    other_outlets: tuple[Item, ...]
    """The first article of each outlet that is not the lead's."""
    outlets: int
    """The number of outlets that carry the story: the lead's and those of earlier editions, too."""
    voices: Voices
    """How many publishers and texts these outlets are."""
    day: int
    """Local dates since it was first seen; 1 is today."""
    continues: bool
    """Whether an earlier edition showed it in full."""
    headlines: tuple[Headline, ...]
    """What all its articles say, each once, the lead's first."""
    also_under: tuple[str, ...] = ()
    """The other topics of this edition that have it, as a pointer here or in one line."""
    sentence: str = ""
    """What the lead says first beyond its headline; "" if nothing."""
    alerted_at: datetime | None = None
    """When an alert on it was sent (UTC); None if none was."""
    comment: str = ""
    """A sentence of the person who reviewed the edition; "" if none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A story in one line."""

    story_id: StoryId
    """The story."""
    lead: Item
    """Its lead, the article by which it is shown."""
    headlines: tuple[Headline, ...]
    """What its articles say, as in `Told`."""
    also: tuple[Item, ...] = ()
    """Its other articles."""
    told_under: str = ""
    """The topic under which this edition has it in full; "" if none does."""
    told_as: str = ""
    """The headline it has there; "" if it is the same."""
    also_under: tuple[str, ...] = ()
    """The other topics that have it in one line, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerhapsLine:
    """An article that resembles a topic and does not match it."""

    item: Item
    """The article."""
    lacks: tuple[str, ...]
    """The names of the groups of the rule of which it has no word."""
    shared: tuple[str, ...]
    """The words by which it resembles the topic, as it writes them."""
    others: int = 0
    """How many other articles that do not match are about the same."""
    beside: str = ""
    """The headline of a story of this edition that it is about, too; "" if none. It is not part of that story."""

    @property
    def why(self) -> str:
        """The reason in words: "no word for truce; resembles by: Zabadani, besieged, evacuation"."""
        lacking = f"no word for {' or '.join(self.lacks)}" if self.lacks else ""
        resembles = f"resembles by: {', '.join(self.shared)}" if self.shared else ""
        return "; ".join(filter(None, (lacking, resembles)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """A story in one line, because the reader has it in full elsewhere."""

    story_id: StoryId
    """The story."""
    lead: Item
    """Its lead, the article by which it is shown."""
    headlines: tuple[Headline, ...]
    """What its articles say, as in `Told`."""
    also: tuple[Item, ...] = ()
    """Its other articles."""
    topic: str = ""
    """The topic under which the reader has it; "": under this one."""
    told_as: str = ""
    """The headline it has there in this edition; "" if it is the same."""
    told_at: datetime | None = None
    """When an earlier edition showed it in full (UTC); None for this edition, and if it was only mentioned."""
