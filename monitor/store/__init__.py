"""The store: every fact the program keeps, behind one transaction per method.

Its queries are sorted by what they are about (docs/decisions/0049):

    feeds, polls, outages                 feeds; rows in feed_rows, parts in holds, arrivals and coverage
    articles, boilerplate, words          articles; rows in article_rows, part in baseline
    topics, matches                       topics, and which article each matches
    rule_changes                          what changes of topics did to that
    judgements, audits                    what a person said about matches, and what is missed by that
    stories                               what is grouped
    editions, listings                    what was published, and what it listed
    edition_input, new_editions           what the next one is made of, and its publication; part in corrections
    reviews                               drafts that wait for a person, and what was decided on them
    perhaps                               what it may show beside its matches
    alerts, alert_content                 instant alerts, and what holds them; the articles that they show
    deliveries                            messages
    fates, missed                         what happened to one article, and what was reported as missed
    notes, requests, setbacks, overview   the service itself
    retention, retention_plan             what goes, and how far it may
    removal, licences                     what the owner removes, and what licences end
    people                                sessions of the page, pauses of recipients, the key of their links
    pages, page_counts                    the pages behind articles, and what their hosts said
    likeness                              what the scorer of unmatched articles reads and remembers
    generations                           each restore from a backup
    exports                               articles as `export` reads them, page by page
    feed_value                            what each feed brought that matches, and how often it was asked
    outgoing                              what feeds of the archive folder say
    searching, headlines                  the index of searches, which is a file of its own (search_file)

A query on several is in the group of what it gives back. A file without a group has parts of transactions that several
groups share; `tables/` has the columns. No SQLAlchemy type leaves the store, and no method waits for anything but the
database. A group of queries is imported when it is first used, because most commands need one or two. `schema` is not
imported here: alembic takes as long as all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.store.database import Database
from monitor.store.postgres import is_postgres
from monitor.store.sqlite_database import SqliteDatabase

if TYPE_CHECKING:
    from monitor.store.alert_content import AlertContentStore
    from monitor.store.alerts import AlertStore
    from monitor.store.articles import ArticleStore
    from monitor.store.audits import AuditStore
    from monitor.store.boilerplate import BoilerplateStore
    from monitor.store.deliveries import DeliveryStore
    from monitor.store.edition_input import EditionInputStore
    from monitor.store.editions import EditionStore
    from monitor.store.exports import ExportStore
    from monitor.store.fates import FateStore
    from monitor.store.feed_value import FeedValueStore
    from monitor.store.feeds import FeedStore
    from monitor.store.generations import GenerationStore
    from monitor.store.headlines import HeadlineStore
    from monitor.store.hosts import HostStore
    from monitor.store.judgements import JudgementStore
    from monitor.store.licences import LicenceStore
    from monitor.store.likeness import LikenessStore
    from monitor.store.listings import ListingStore
    from monitor.store.matches import MatchStore
    from monitor.store.missed import MissedStore
    from monitor.store.new_editions import NewEditionStore
    from monitor.store.notes import NoteStore
    from monitor.store.outages import OutageStore
    from monitor.store.outgoing import OutgoingStore
    from monitor.store.overview import OverviewStore
    from monitor.store.page_counts import PageCountStore
    from monitor.store.pages import PageStore
    from monitor.store.people import PeopleStore
    from monitor.store.perhaps import PerhapsStore
    from monitor.store.polls import PollStore
    from monitor.store.removal import RemovalStore
    from monitor.store.requests import RequestStore
    from monitor.store.retention import RetentionStore
    from monitor.store.retention_plan import RetentionPlanStore
    from monitor.store.reviews import ReviewStore
    from monitor.store.rule_changes import RuleChangeStore
    from monitor.store.searching import SearchStore
    from monitor.store.setbacks import SetbackStore
    from monitor.store.stories import StoryStore
    from monitor.store.topics import TopicStore
    from monitor.store.word_counts import WordCountStore

__all__ = ["Database", "Store", "open_store"]


@dataclass(frozen=True)
class Store:
    """One database, its methods in one group for each aggregate."""

    database: Database

    def close(self) -> None:
        self.database.close()

    def all_made(self) -> None:
        """Have all groups at once, for what runs for months: it must not import a file of a version that was installed
        meanwhile.
        """
        for name in GROUPS:
            getattr(self, name)

    @cached_property
    def headlines(self) -> "HeadlineStore":
        from monitor.store.headlines import HeadlineStore

        return HeadlineStore(self.database)

    @cached_property
    def hosts(self) -> "HostStore":
        from monitor.store.hosts import HostStore

        return HostStore(self.database)

    @cached_property
    def alert_content(self) -> "AlertContentStore":
        from monitor.store.alert_content import AlertContentStore

        return AlertContentStore(self.database)

    @cached_property
    def alerts(self) -> "AlertStore":
        from monitor.store.alerts import AlertStore

        return AlertStore(self.database)

    @cached_property
    def articles(self) -> "ArticleStore":
        from monitor.store.articles import ArticleStore

        return ArticleStore(self.database)

    @cached_property
    def audits(self) -> "AuditStore":
        from monitor.store.audits import AuditStore

        return AuditStore(self.database)

    @cached_property
    def boilerplate(self) -> "BoilerplateStore":
        from monitor.store.boilerplate import BoilerplateStore

        return BoilerplateStore(self.database)

    @cached_property
    def deliveries(self) -> "DeliveryStore":
        from monitor.store.deliveries import DeliveryStore

        return DeliveryStore(self.database)

    @cached_property
    def edition_input(self) -> "EditionInputStore":
        from monitor.store.edition_input import EditionInputStore

        return EditionInputStore(self.database)

    @cached_property
    def editions(self) -> "EditionStore":
        from monitor.store.editions import EditionStore

        return EditionStore(self.database)

    @cached_property
    def exports(self) -> "ExportStore":
        from monitor.store.exports import ExportStore

        return ExportStore(self.database)

    @cached_property
    def fates(self) -> "FateStore":
        from monitor.store.fates import FateStore

        return FateStore(self.database)

    @cached_property
    def feeds(self) -> "FeedStore":
        from monitor.store.feeds import FeedStore

        return FeedStore(self.database)

    @cached_property
    def feed_value(self) -> "FeedValueStore":
        from monitor.store.feed_value import FeedValueStore

        return FeedValueStore(self.database)

    @cached_property
    def licences(self) -> "LicenceStore":
        from monitor.store.licences import LicenceStore

        return LicenceStore(self.database)

    @cached_property
    def judgements(self) -> "JudgementStore":
        from monitor.store.judgements import JudgementStore

        return JudgementStore(self.database)

    @cached_property
    def likeness(self) -> "LikenessStore":
        from monitor.store.likeness import LikenessStore

        return LikenessStore(self.database)

    @cached_property
    def listings(self) -> "ListingStore":
        from monitor.store.listings import ListingStore

        return ListingStore(self.database)

    @cached_property
    def matches(self) -> "MatchStore":
        from monitor.store.matches import MatchStore

        return MatchStore(self.database)

    @cached_property
    def missed(self) -> "MissedStore":
        from monitor.store.missed import MissedStore

        return MissedStore(self.database)

    @cached_property
    def new_editions(self) -> "NewEditionStore":
        from monitor.store.new_editions import NewEditionStore

        return NewEditionStore(self.database)

    @cached_property
    def notes(self) -> "NoteStore":
        from monitor.store.notes import NoteStore

        return NoteStore(self.database)

    @cached_property
    def outages(self) -> "OutageStore":
        from monitor.store.outages import OutageStore

        return OutageStore(self.database)

    @cached_property
    def outgoing(self) -> "OutgoingStore":
        from monitor.store.outgoing import OutgoingStore

        return OutgoingStore(self.database)

    @cached_property
    def overview(self) -> "OverviewStore":
        from monitor.store.overview import OverviewStore

        return OverviewStore(self.database)

    @cached_property
    def pages(self) -> "PageStore":
        from monitor.store.pages import PageStore

        return PageStore(self.database)

    @cached_property
    def people(self) -> "PeopleStore":
        from monitor.store.people import PeopleStore

        return PeopleStore(self.database)

    @cached_property
    def page_counts(self) -> "PageCountStore":
        from monitor.store.page_counts import PageCountStore

        return PageCountStore(self.database)

    @cached_property
    def perhaps(self) -> "PerhapsStore":
        from monitor.store.perhaps import PerhapsStore

        return PerhapsStore(self.database)

    @cached_property
    def polls(self) -> "PollStore":
        from monitor.store.polls import PollStore

        return PollStore(self.database)

    @cached_property
    def removal(self) -> "RemovalStore":
        from monitor.store.removal import RemovalStore

        return RemovalStore(self.database)

    @cached_property
    def requests(self) -> "RequestStore":
        from monitor.store.requests import RequestStore

        return RequestStore(self.database)

    @cached_property
    def retention(self) -> "RetentionStore":
        from monitor.store.retention import RetentionStore

        return RetentionStore(self.database)

    @cached_property
    def reviews(self) -> "ReviewStore":
        from monitor.store.reviews import ReviewStore

        return ReviewStore(self.database)

    @cached_property
    def rule_changes(self) -> "RuleChangeStore":
        from monitor.store.rule_changes import RuleChangeStore

        return RuleChangeStore(self.database)

    @cached_property
    def searching(self) -> "SearchStore":
        from monitor.store.searching import SearchStore

        return SearchStore(self.database)

    @cached_property
    def setbacks(self) -> "SetbackStore":
        from monitor.store.setbacks import SetbackStore

        return SetbackStore(self.database)

    @cached_property
    def stories(self) -> "StoryStore":
        from monitor.store.stories import StoryStore

        return StoryStore(self.database)

    @cached_property
    def topics(self) -> "TopicStore":
        from monitor.store.topics import TopicStore

        return TopicStore(self.database)

    @cached_property
    def words(self) -> "WordCountStore":
        from monitor.store.word_counts import WordCountStore

        return WordCountStore(self.database)

    @cached_property
    def retention_plan(self) -> "RetentionPlanStore":
        from monitor.store.retention_plan import RetentionPlanStore

        return RetentionPlanStore(self.database)

    @cached_property
    def generations(self) -> "GenerationStore":
        from monitor.store.generations import GenerationStore

        return GenerationStore(self.database)


GROUPS = tuple(name for name, group in vars(Store).items() if isinstance(group, cached_property))
"""The names of the groups."""


def open_store(url: str, *, is_owner: bool = False, now: Callable[[], datetime] | None = None) -> Store:
    """The store at a URL, of an SQLite file or of PostgreSQL. Nothing is read yet; `migrate` upgrades the schema.
    Whoever shows articles gives `now`, by which the licences of their texts end; without it, what has a licence that
    ends has no text.

    `is_owner`: it is opened by who owns polling and delivery (`ownership`). Raises StoreError if the file cannot be
    made.
    """
    if is_postgres(url):
        from monitor.store.postgres.database import PostgresDatabase

        return Store(PostgresDatabase(url, is_owner=is_owner, now=now))
    return Store(SqliteDatabase(url, is_owner=is_owner, now=now))
