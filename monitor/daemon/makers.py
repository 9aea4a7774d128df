"""How each job is made from the settings, and what several of them share. What a job needs is imported with it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.archive import Archive
from monitor.config import Settings
from monitor.jobs.clock_witness import ClockWitness
from monitor.jobs.work_units import WorkUnits
from monitor.match import TopicIndex, fingerprint, own_wordings
from monitor.model.clock import Clock
from monitor.model.ids import ArticleId, StoryId
from monitor.model.settings import DigestSettings, FeedSettings
from monitor.model.topic import Topic
from monitor.policy.watched import hurried
from monitor.progress import Progress
from monitor.store import Store
from monitor.url import stored_url

if TYPE_CHECKING:
    from monitor.jobs.alerter import Alerter
    from monitor.jobs.archive_writer import ArchiveWriter
    from monitor.jobs.editor import Editor, Resembles
    from monitor.jobs.indexer import Indexer
    from monitor.jobs.keeper import Keeper
    from monitor.jobs.learner import Learner
    from monitor.jobs.likeness import Likeness
    from monitor.jobs.operator_notes import OperatorNotes
    from monitor.jobs.outbox import Outbox, Unsettled
    from monitor.jobs.outgoing_writer import OutgoingWriter
    from monitor.jobs.page_matcher import PageMatcher
    from monitor.jobs.page_reader import PageReader
    from monitor.jobs.poller import Poller
    from monitor.jobs.public_addresses import PublicAddresses
    from monitor.jobs.publisher import Publisher
    from monitor.jobs.rematcher import Rematcher
    from monitor.jobs.remover import Remover
    from monitor.model.perhaps import Resembling
    from monitor.render import Environment
    from monitor.workers import PagePool, ParserPool


@dataclass(frozen=True, kw_only=True)
class Makers:
    """Makes the jobs of one config."""

    settings: Settings
    store: Store
    parsers: Callable[[], "ParserPool"]
    """The children that read feeds."""
    page_pool: Callable[[], "PagePool"]
    """The children that read pages."""
    clock: Clock
    chance: Callable[[], float]
    progress: Progress
    unsettled: "Unsettled | None" = None
    """Outcomes that the previous outbox could not commit yet."""
    witness: ClockWitness
    """What the process knows of its clock."""

    def by_name(self) -> Mapping[str, Callable[[], Any]]:
        """How each job is made, by its name."""
        return {
            "poller": self._poller,
            "page_reader": self._page_reader,
            "page_matcher": self._page_matcher,
            "publisher": self._publisher,
            "alerter": self._alerter,
            "outbox": self._outbox,
            "operator_notes": self._operator_notes,
            "keeper": self._keeper,
            "rematcher": self._rematcher,
            "learner": self._learner,
            "indexer": lambda: self._indexer,
            "remover": self._remover,
        }

    # ---- What several jobs share

    @cached_property
    def feeds(self) -> Mapping[str, FeedSettings]:
        written = {stored_url(feed.url): feed for feed in self.settings.feeds}
        return hurried(written, self.settings.topics, self.settings.polling)

    @cached_property
    def digests(self) -> tuple[DigestSettings, ...]:
        return tuple(digest for digest in self.settings.digests if digest.enabled)

    @cached_property
    def _topics(self) -> Sequence[Topic]:
        return [topic for topic in self.settings.topics if topic.enabled]

    @cached_property
    def _index(self) -> TopicIndex:
        return TopicIndex(self.settings.topics, self.settings.lists)

    @cached_property
    def _units(self) -> WorkUnits:
        fingerprints = {topic.name: fingerprint(topic, self.settings.lists) for topic in self._topics}
        return WorkUnits(clock=self.clock, progress=self.progress, store=self.store, fingerprints=fingerprints)

    @cached_property
    def _archive(self) -> Archive:
        return Archive(folder=self.settings.storage.archive_folder, url=self.settings.storage.archive_url)

    @cached_property
    def _agent(self) -> str:
        from monitor.fetch import user_agent

        return user_agent(version("news-monitor"), self.settings.polling.contact)

    @cached_property
    def _addresses(self) -> "PublicAddresses":
        from monitor.jobs.public_addresses import PublicAddresses, folders_of

        folders = folders_of(self.settings.storage, self.digests)
        return PublicAddresses(archive=self._archive, channel=self.settings.channel, folders=folders)

    @cached_property
    def _archive_writer(self) -> "ArchiveWriter":
        from monitor.jobs.archive_contents import ArchiveContents
        from monitor.jobs.archive_writer import ArchiveWriter

        return ArchiveWriter(
            clock=self.clock,
            progress=self.progress,
            store=self.store,
            archive=self._archive,
            templates=self._templates(),
            contents=ArchiveContents(
                store=self.store,
                digests=self.digests,
                topics=self.settings.topics,
                searches=self.settings.searches,
                has_feeds=self.settings.storage.outgoing,
            ),
        )

    @cached_property
    def _outgoing(self) -> "OutgoingWriter":
        from monitor.jobs.outgoing_writer import OutgoingWriter

        return OutgoingWriter(
            clock=self.clock,
            progress=self.progress,
            store=self.store,
            archive=self._archive,
            is_on=self.settings.storage.outgoing,
            topics=self.settings.topics,
            digests=self.digests,
            searches=self.settings.searches,
        )

    @cached_property
    def _indexer(self) -> "Indexer":
        from monitor.jobs.indexer import Indexer

        return Indexer(progress=self.progress, store=self.store)

    # ---- The jobs

    def _poller(self) -> "Poller":
        from monitor.fetch import Fetcher
        from monitor.jobs.article_matcher import ArticleMatcher
        from monitor.jobs.feed_poll import FeedPoll
        from monitor.jobs.outages import Outages
        from monitor.jobs.poller import Poller

        polling = self.settings.polling
        matcher = ArticleMatcher(
            clock=self.clock, progress=self.progress, store=self.store, index=self._index, units=self._units
        )
        return Poller(
            clock=self.clock,
            store=self.store,
            fetcher=Fetcher(polling, self.clock, user_agent=self._agent, progress=self.progress),
            feeds=self.feeds,
            polling=polling,
            outages=Outages(clock=self.clock, store=self.store),
            feed_poll=FeedPoll(
                clock=self.clock,
                chance=self.chance,
                store=self.store,
                parsers=self.parsers(),
                feeds=self.feeds,
                polling=polling,
                matcher=matcher,
                backfill=self.settings.storage.backfill,
                witness=self.witness,
            ),
        )

    def _page_reader(self) -> "PageReader":
        from monitor.daemon.build_pages import page_reader

        return page_reader(
            self.settings, self.store, self.page_pool(), self.clock, self.progress, self.feeds, self._agent
        )

    def _page_matcher(self) -> "PageMatcher":
        from monitor.jobs.page_matcher import PageMatcher

        return PageMatcher(store=self.store, index=self._index, units=self._units)

    def _publisher(self) -> "Publisher":
        from monitor.jobs.publisher import Publisher

        return Publisher(
            clock=self.clock,
            progress=self.progress,
            store=self.store,
            channel=self.settings.channel,
            digests=self.digests,
            editor=self._editor(),
            units=self._units,
            archive_writer=self._archive_writer,
            outgoing=self._outgoing,
        )

    def _alerter(self) -> "Alerter":
        from monitor.jobs.alerter import Alerter

        folder = self.settings.storage.templates_dir
        return Alerter(
            clock=self.clock,
            progress=self.progress,
            store=self.store,
            channel=self.settings.channel,
            topics=self.settings.topics,
            digests=self.digests,
            feeds=self.feeds,
            templates=self._templates(),
            own_templates=self._templates(folder) if folder else None,
            unsubscribe_url=self.settings.mailing.unsubscribe_url,
            link_of=self._link_of,
            recipients=self.settings.recipients,
        )

    def _outbox(self) -> "Outbox":
        from monitor.jobs.outbox import Outbox

        return Outbox(
            clock=self.clock,
            progress=self.progress,
            store=self.store,
            channel=self.settings.channel,
            on_unknown=self.settings.mailing.on_unknown,
            unsettled=[] if self.unsettled is None else self.unsettled,
        )

    def _operator_notes(self) -> "OperatorNotes":
        from monitor.jobs.operator_notes import OperatorNotes

        return OperatorNotes(
            clock=self.clock,
            store=self.store,
            channel=self.settings.channel,
            operator=self.settings.operator,
            digests=self.digests,
            topics=self.settings.topics,
            templates=self._templates(),
            addresses=self._addresses,
        )

    def _keeper(self) -> "Keeper":
        from monitor.jobs.keeper import Keeper
        from monitor.jobs.licences import TextRemover
        from monitor.jobs.redactor import Redactor

        redactor = Redactor(progress=self.progress, store=self.store, channel=self.settings.channel)
        return Keeper(
            clock=self.clock,
            progress=self.progress,
            store=self.store,
            storage=self.settings.storage,
            digests=self.digests,
            archive_writer=self._archive_writer,
            outgoing=self._outgoing,
            witness=self.witness,
            indexer=self._indexer,
            text_remover=TextRemover(clock=self.clock, store=self.store, redactor=redactor),
        )

    def _rematcher(self) -> "Rematcher":
        from monitor.jobs.rematcher import Rematcher

        return Rematcher(
            clock=self.clock,
            progress=self.progress,
            store=self.store,
            index=self._index,
            units=self._units,
            written=own_wordings(self._topics, self.settings.lists, self.settings.shipped),
            backfill=self.settings.storage.backfill,
        )

    def _learner(self) -> "Learner":
        from monitor.jobs.learner import Learner

        return Learner(clock=self.clock, store=self.store, likeness=self._likeness())

    def _remover(self) -> "Remover":
        from monitor.jobs.remover import Remover

        return Remover(
            clock=self.clock,
            progress=self.progress,
            store=self.store,
            channel=self.settings.channel,
            archive_writer=self._archive_writer,
            outgoing=self._outgoing,
        )

    # ---- Their parts

    def _templates(self, *folders: Path) -> "Environment":
        from monitor.daemon.templates import templates

        return templates(folders)

    def _editor(self) -> "Editor":
        from monitor.daemon.templates import own_templates
        from monitor.jobs.editor import Editor
        from monitor.jobs.letters import LetterWriter
        from monitor.jobs.rendering import Renderer

        renderer = Renderer(
            templates=self._templates(),
            own_templates={digest.name: self._templates(*own) for digest, own in own_templates(self.settings)},
            addresses=self._addresses,
            has_operator=bool(self.settings.operator.to),
        )
        return Editor(
            clock=self.clock,
            progress=self.progress,
            store=self.store,
            feeds=self.feeds,
            topics=self.settings.topics,
            lists=self.settings.lists,
            index=self._index,
            renderer=renderer,
            letters=LetterWriter(
                channel=self.settings.channel,
                unsubscribe_url=self.settings.mailing.unsubscribe_url,
                link_of=self._link_of,
                page_of=self._addresses.archive_page,
            ),
            resembles=self._resembles(),
            searches=self.settings.searches,
            recipients=self.settings.recipients,
        )

    def _link_of(self, recipient: str, subject: str) -> str:
        from monitor.jobs.reader_links import ReaderLinks

        return ReaderLinks(store=self.store, public_url=self.settings.web.public_url).link(recipient, subject)

    def _likeness(self) -> "Likeness":
        from monitor.jobs.likeness import Likeness

        return Likeness(self.store, self.settings.topics, self.settings.lists, self.progress.sign_of_life)

    def _resembles(self) -> "Resembles":
        from monitor.jobs.neighbours import beside_stories

        likeness = self._likeness()

        def resembles(
            asked: Sequence[Topic], news: Collection[ArticleId], stories: Mapping[ArticleId, StoryId], now: datetime
        ) -> dict[str, tuple["Resembling", ...]]:
            names = [topic.name for topic in asked]
            found = likeness.perhaps(names, ArticleId(min(news) - 1), max(news), now)
            fresh = {name: tuple(one for one in each if one.article.id in news) for name, each in found.items()}
            return beside_stories(self.store, fresh, stories, self.progress.sign_of_life)

        return resembles
