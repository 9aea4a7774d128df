"""From the store to those who look back: editions as they were, without their pages and messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEdition:
    """An edition that was published. `deliveries` counts its messages by state; none were mailed if it is empty."""

    id: int
    digest: str
    kind: str
    slot: str
    made_at: datetime
    subject: str
    matches: int
    deliveries: Mapping[str, int]

    @property
    def name(self) -> str:
        """Daily/2016-09-21: what people may call it beside its id."""
        return f"{self.digest}/{self.slot}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedEdition:
    """An edition as the archive lists it."""

    id: int
    digest: str
    kind: str
    slot: str
    made_at: datetime
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTopic:
    """A topic that an edition lists, and those of its articles that lead it, the most important first: shown in full
    before all else, then those whose story has the most articles there.
    """

    topic: str
    article_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArticle:
    """An article as it is stored, and the headlines that edits took away: (until when, headline), the oldest first."""

    article: Article
    earlier: tuple[tuple[datetime, str], ...]

    def title_at(self, moment: datetime) -> str:
        """The headline that it had then."""
        return next((title for until, title in self.earlier if until > moment), self.article.title)
