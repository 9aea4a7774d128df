"""From the store to `outgoing`: what the feeds of the archive folder say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model.entries import Item
from monitor.model.generation import Generation
from monitor.model.ids import ArticleId, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What tells the ids of this installation from those of all others."""

    token: str
    """Random hexadecimal digits, made once; a backup has them, too."""
    began_at: datetime
    """When they were made (UTC)."""
    generations: tuple[Generation, ...] = ()
    """Each restore from a backup, the first one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """An article that editions have named under a topic."""

    topic_id: int
    """The row id of the topic, which a rename keeps."""
    story_id: StoryId
    """The story of the article."""
    article_id: ArticleId
    """The article."""
    said_at: datetime
    """When the first edition that named it was made (UTC)."""
    digest: str
    """The digest of that edition."""
    slot: str
    """What that edition is called in its digest."""
    corrected_at: datetime | None = None
    """When an edition last reported a correction of it (UTC); None if none did."""
    found: tuple[str, ...] = ()
    """The words by which it matches the topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingLine:
    """An article in an entry."""

    item: Item
    """The article in words fit to be printed."""
    found: tuple[str, ...] = ()
    """The words by which it matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingPart:
    """Some articles of an entry."""

    lines: tuple[OutgoingLine, ...]
    """The articles."""
    heading: str = ""
    """What they have in common, such as the name of a topic; "" for none."""
    more: int = 0
    """How many further articles there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEntry:
    """An entry of an outgoing feed: a story, an edition or an article."""

    id: str
    """A `tag:` URI."""
    title: str
    """The headline, one line."""
    link: str
    """Where it is read, http(s); "" if nowhere that a reader can open."""
    page: str
    """The archive page that has it, http(s); "" if there is none, or it is `link` itself."""
    published: datetime
    """When it was first said (UTC)."""
    updated: datetime
    """When something new was last said of it (UTC)."""
    parts: tuple[OutgoingPart, ...]
    """Its articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingFeed:
    """A feed as it is written."""

    id: str
    """A `tag:` URI."""
    title: str
    """What it is about."""
    home: str
    """The address of the archive, http(s); "" if it has none."""
    itself: str
    """Its own address without the extension, http(s); "" if it has none."""
    updated: datetime
    """When anything new was last said (UTC)."""
    entries: tuple[OutgoingEntry, ...]
    """Its entries, the last updated first."""


Items = Mapping[ArticleId, Item]
"""Articles in words fit to be printed; those that are gone are not there."""
