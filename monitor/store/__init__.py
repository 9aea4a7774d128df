"""The store: every fact the program keeps, behind one transaction per method.

Grouped by stage, one file per group of queries. No SQLAlchemy type leaves it, and no method waits
for anything but the database. `schema` is not imported here: alembic takes half of the time of a short command.
"""

from dataclasses import dataclass

from monitor.store.articles import ArticleStore
from monitor.store.boilerplate import BoilerplateStore
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryStore
from monitor.store.editions import EditionStore
from monitor.store.feeds import FeedStore
from monitor.store.history import HistoryStore
from monitor.store.ledger import LedgerStore
from monitor.store.notes import NoteStore
from monitor.store.outages import OutageStore
from monitor.store.overview import OverviewStore
from monitor.store.past import PastStore
from monitor.store.requests import RequestStore
from monitor.store.retention import RetentionStore
from monitor.store.setbacks import SetbackStore
from monitor.store.stories import StoryStore
from monitor.store.topics import TopicStore
from monitor.store.word_counts import WordCountStore

__all__ = ["Database", "Store", "open_store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One database, its methods grouped by the stage that calls them."""

    database: Database
    feeds: FeedStore
    outages: OutageStore
    ledger: LedgerStore
    articles: ArticleStore
    editions: EditionStore
    deliveries: DeliveryStore
    past: PastStore
    requests: RequestStore
    notes: NoteStore
    history: HistoryStore
    stories: StoryStore
    topics: TopicStore
    words: WordCountStore
    overview: OverviewStore
    retention: RetentionStore
    setbacks: SetbackStore
    boilerplate: BoilerplateStore

    def close(self) -> None:
        self.database.close()


def open_store(url: str, *, is_owner: bool = False) -> Store:
    """The store at the URL of an SQLite file. Nothing is read yet; `migrate` upgrades the schema.

    `is_owner`: whether this process owns polling and delivery (`ownership`). Raises StoreError if the file cannot
    be created.
    """
    database = Database(url, is_owner=is_owner)
    return Store(
        database=database,
        feeds=FeedStore(database),
        outages=OutageStore(database),
        ledger=LedgerStore(database),
        articles=ArticleStore(database),
        editions=EditionStore(database),
        deliveries=DeliveryStore(database),
        past=PastStore(database),
        requests=RequestStore(database),
        notes=NoteStore(database),
        history=HistoryStore(database),
        stories=StoryStore(database),
        topics=TopicStore(database),
        words=WordCountStore(database),
        overview=OverviewStore(database),
        retention=RetentionStore(database),
        setbacks=SetbackStore(database),
        boilerplate=BoilerplateStore(database),
    )
