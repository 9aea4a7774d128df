"""Writes the outgoing feeds of the archive folder: Atom and JSON Feed per topic, digest and saved search.

A file is written only if it says something else than before, so that a web server answers 304 until then; those of
what left the config are removed (docs/decisions/0067).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.archive import FEED_KINDS, Archive, feed_address, remove_feeds, write_feed
from monitor.digest.entries import item
from monitor.errors import DamagedStore, StoreError
from monitor.jobs.archive_contents import NEWEST, ranked
from monitor.log import logger
from monitor.model.article import Article
from monitor.model.clock import Clock
from monitor.model.entries import Item
from monitor.model.ids import ArticleId
from monitor.model.outgoing import Installation, Naming, OutgoingEntry, OutgoingFeed, OutgoingLine, OutgoingPart
from monitor.model.past import ArchivedEdition, ListedArticle, ListedTopic
from monitor.model.settings import DigestSettings, SearchSettings
from monitor.model.topic import Topic
from monitor.outgoing import MOST_ENTRIES, article_entry, article_ids, edition_entry, feed_of, named_at, story_entries
from monitor.outgoing.written import atom, json_feed
from monitor.progress import Progress
from monitor.render import without_label
from monitor.search.query import QueryError
from monitor.store import Store

log = logger(__name__)

WINDOW = timedelta(days=30)
"""How far back the feeds of topics go: readers keep what they have read."""

HEADLINES = 5
"""How many articles of each topic the entry of an edition names; its page has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingWriter:
    """Writes the outgoing feeds."""

    clock: Clock
    progress: Progress
    store: Store
    archive: Archive
    is_on: bool
    """Whether there are any; if not, those that are there are removed."""
    topics: tuple[Topic, ...]
    digests: tuple[DigestSettings, ...]
    searches: tuple[SearchSettings, ...]

    def run(self) -> None:
        """Write the feeds that have changed, and remove those of what left the config. What cannot be written is tried
        again with the next edition, or in an hour.
        """
        here = self.store.outgoing.installation()
        kept: set[str] = set()
        failed: list[str] = []
        for address, feed in self._feeds(here) if self.is_on and here else ():
            kept |= {f"{address}.{kind}" for kind in FEED_KINDS}
            self.progress.sign_of_life()
            if feed is None:
                continue
            try:
                write_feed(self.archive.folder, f"{address}.atom", atom(feed))
                write_feed(self.archive.folder, f"{address}.json", json_feed(feed))
            except OSError as error:
                failed.append(str(error))
        try:
            remove_feeds(self.archive.folder, kept)
        except OSError as error:
            failed.append(str(error))
        if failed:
            log.warning("outgoing feeds not written", feeds=len(failed), reason=failed[0])

    def _feeds(self, here: Installation) -> Iterator[tuple[str, OutgoingFeed | None]]:
        """(address without extension, feed); None for one that stays as it is."""
        yield from self._of_topics(here)
        yield from self._of_digests(here)
        yield from self._of_searches(here)

    def _of_topics(self, here: Installation) -> Iterator[tuple[str, OutgoingFeed]]:
        ids = self.store.outgoing.topic_ids([topic.name for topic in self.topics])
        named = self.store.outgoing.namings(set(ids.values()), self.clock.now() - WINDOW, MOST_ENTRIES)
        listed = self.store.outgoing.listed({each for own in named.values() for each in article_ids(own)})
        for topic, topic_id in ids.items():
            own = named.get(topic_id, ())
            said = {each.article_id: named_at(each) for each in own if each.article_id in listed}
            items = {article: _item_at(listed[article], moment) for article, moment in said.items()}
            yield self._feed(story_entries(own, items, here, self._page), "topic", topic, here, name=topic_id)

    def _of_digests(self, here: Installation) -> Iterator[tuple[str, OutgoingFeed]]:
        archived = self.store.editions.archived()
        newest = {each.name: [one for one in archived if one.digest == each.name][:NEWEST] for each in self.digests}
        leading = self.store.listings.leading([each.id for own in newest.values() for each in own], HEADLINES)
        led = {article for own in leading.values() for each in own for article in each.article_ids}
        listed = self.store.outgoing.listed(led)
        order = {topic.name: (topic.priority, place) for place, topic in enumerate(self.topics)}
        for digest, own in newest.items():
            entries = [
                edition_entry(
                    edition,
                    without_label(edition.subject),
                    self._address(edition.digest, edition.slot),
                    _parts(edition, ranked(leading.get(edition.id, ()), order), listed),
                    here,
                )
                for edition in own
            ]
            yield self._feed(entries, "digest", digest, here)

    def _of_searches(self, here: Installation) -> Iterator[tuple[str, OutgoingFeed | None]]:
        """The feed of a search whose index cannot be used now stays as it is."""
        for search in self.searches:
            try:
                found = self.store.searching.saved(search, MOST_ENTRIES).articles
            except DamagedStore:
                raise
            except (StoreError, QueryError) as error:
                log.warning("feed of a search not written", search=search.name, reason=str(error))
                yield feed_address("search", search.name), None
                continue
            entries = [article_entry(_without_text(each), each.first_seen_at, here) for each in found]
            yield self._feed(entries, "search", search.name, here)

    def _feed(
        self, entries: Iterable[OutgoingEntry], kind: str, title: str, here: Installation, *, name: object = None
    ) -> tuple[str, OutgoingFeed]:
        """`name`: what its id says; else the title."""
        address, home = feed_address(kind, title), self.archive.url.rstrip("/")
        return address, feed_of(entries, (kind, name or title), title, here, home, address)

    def _page(self, naming: Naming) -> str:
        return self._address(naming.digest, naming.slot)

    def _address(self, digest: str, slot: str) -> str:
        """The archive page of an edition; "" if a reader elsewhere cannot open it."""
        return self.archive.address(digest, slot) if self.archive.url else ""


def _parts(
    edition: ArchivedEdition, topics: Sequence[ListedTopic], listed: Mapping[ArticleId, ListedArticle]
) -> Iterator[OutgoingPart]:
    """What leads each topic of an edition, in the words of that time."""
    for each in topics:
        items = [_item_at(listed[one], edition.made_at) for one in each.article_ids if one in listed]
        yield OutgoingPart(heading=each.topic, lines=tuple(OutgoingLine(item=one) for one in items))


def _item_at(listed: ListedArticle, moment: datetime) -> Item:
    """An article with the headline that it had then."""
    return _without_text(replace(listed.article, title=listed.title_at(moment)))


def _without_text(article: Article) -> Item:
    """One without a headline is not called by its first sentence: no sentence is in a feed (docs/decisions/0067)."""
    return item(replace(article, text=""))
