"""From the store to those who look back: editions as they were, without their pages and messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model.article import Article
from monitor.model.ids import ArticleId, EditionId


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEdition:
    """An edition that was published."""

    id: EditionId
    """The row id."""
    digest: str
    """The name of the digest."""
    kind: str
    """Scheduled or manual (`EditionKind`)."""
    slot: str
    """What it is called among its kind."""
    made_at: datetime
    """When it was made (UTC)."""
    subject: str
    """The subject of its mail."""
    matches: int
    """The number of matches that it lists."""
    deliveries: Mapping[str, int]
    """The number of its messages by state; empty if none were mailed."""

    @property
    def name(self) -> str:
        """Daily/2016-09-21: what people may call it beside its id."""
        return f"{self.digest}/{self.slot}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedEdition:
    """An edition as the archive lists it."""

    id: EditionId
    """The row id."""
    digest: str
    """The name of the digest."""
    kind: str
    """Scheduled or manual (`EditionKind`)."""
    slot: str
    """What it is called among its kind."""
    made_at: datetime
    """When it was made (UTC)."""
    subject: str
    """The subject of its mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTopic:
    """A topic that an edition lists."""

    topic: str
    """The name of the topic."""
    article_ids: tuple[ArticleId, ...]
    """Its articles that lead, the most important first: shown in full before all else, then those whose story has the
    most articles there.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArticle:
    """An article that editions listed."""

    article: Article
    """The article as it is stored."""
    earlier: tuple[tuple[datetime, str], ...]
    """The headlines that edits replaced: (until when (UTC), headline), the oldest first."""

    def title_at(self, moment: datetime) -> str:
        """The headline that it had then."""
        return next((title for until, title in self.earlier if until > moment), self.article.title)
