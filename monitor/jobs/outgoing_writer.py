"""Writes the outgoing feeds of the archive folder: Atom and JSON Feed per topic, digest and saved search.

A file is written only if it says something else than before, so that a web server answers 304 until then; those of
what left the config are removed (docs/decisions/0067).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.archive import FEED_KINDS, Archive, feed_address, remove_feeds, write_feed
from monitor.digest.entries import item
from monitor.errors import DamagedStore, StoreError
from monitor.jobs.archive_contents import NEWEST, ranked
from monitor.log import logger
from monitor.model.article import Article
from monitor.model.clock import Clock
from monitor.model.entries import Item
from monitor.model.ids import ArticleId, EditionId
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


Making = Callable[[str], OutgoingFeed | None]
"""Makes the feed of this name; None for one that stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _TopicPast:
    """What editions named of a topic, and the articles of it that are still there."""

    id: int
    namings: Sequence[Naming]
    listed: Mapping[ArticleId, ListedArticle]


@dataclass(frozen=True, slots=True, kw_only=True)
class _DigestPast:
    """The newest editions of a digest, what led their topics, and the articles of it that are still there."""

    editions: Sequence[ArchivedEdition]
    leading: Mapping[EditionId, Sequence[ListedTopic]]
    listed: Mapping[ArticleId, ListedArticle]


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
        again with the next edition, or in an hour; its last file stays. Raises DamagedStore.
        """
        here = self.store.outgoing.installation()
        kept: set[str] = set()
        failed: list[str] = []
        for kind, name, make in self._feeds(here) if self.is_on and here else ():
            address = feed_address(kind, name)
            kept |= {f"{address}.{form}" for form in FEED_KINDS}
            self.progress.sign_of_life()
            try:
                self._write(address, make(name))
            except DamagedStore:
                raise
            except OSError as error:
                failed.append(str(error))
            except Exception:  # one feed must not affect the others
                log.exception("outgoing feed failed", kind=kind, feed=name)
        try:
            remove_feeds(self.archive.folder, kept)
        except OSError as error:
            failed.append(str(error))
        if failed:
            log.warning("outgoing feeds not written", feeds=len(failed), reason=failed[0])

    def _write(self, address: str, feed: OutgoingFeed | None) -> None:
        """Write a feed in all its forms, or in none if one cannot be made; None stays as it is. Raises OSError."""
        if feed is None:
            return
        forms = {"atom": atom(feed), "json": json_feed(feed)}
        for form, content in forms.items():
            write_feed(self.archive.folder, f"{address}.{form}", content)

    def _feeds(self, here: Installation) -> Iterator[tuple[str, str, Making]]:
        """(kind, name, what makes it) of each feed. Nothing is made here: a fault would end this generator, and with it
        all feeds that follow.
        """
        names = [topic.name for topic in self.topics]
        topics = _together("topic", names, self._past_of_topics)
        yield from (("topic", name, lambda name: self._topic(name, topics(name), here)) for name in names)
        digests = _together("digest", [each.name for each in self.digests], self._past_of_digests)
        yield from (
            ("digest", each.name, lambda name: self._digest(name, digests(name), here)) for each in self.digests
        )
        searches = {each.name: each for each in self.searches}
        yield from (("search", name, lambda name: self._search(searches[name], here)) for name in searches)

    def _past_of_topics(self, names: Collection[str]) -> dict[str, _TopicPast]:
        """Topic → its past, of those that are stored."""
        ids = self.store.outgoing.topic_ids(names)
        named = self.store.outgoing.namings(set(ids.values()), self.clock.now() - WINDOW, MOST_ENTRIES)
        listed = self.store.outgoing.listed({each for own in named.values() for each in article_ids(own)})
        return {name: _TopicPast(id=id_, namings=named.get(id_, ()), listed=listed) for name, id_ in ids.items()}

    def _topic(self, name: str, past: _TopicPast | None, here: Installation) -> OutgoingFeed | None:
        """None for a topic that is not stored yet."""
        if past is None:
            return None
        said = {each.article_id: named_at(each) for each in past.namings if each.article_id in past.listed}
        items = {article: _item_at(past.listed[article], moment) for article, moment in said.items()}
        return self._feed(story_entries(past.namings, items, here, self._page), ("topic", past.id), name, here)

    def _past_of_digests(self, names: Collection[str]) -> dict[str, _DigestPast]:
        """Digest → its past."""
        archived = self.store.editions.archived()
        newest = {name: [one for one in archived if one.digest == name][:NEWEST] for name in names}
        leading = self.store.listings.leading([each.id for own in newest.values() for each in own], HEADLINES)
        led = {article for own in leading.values() for each in own for article in each.article_ids}
        listed = self.store.outgoing.listed(led)
        return {name: _DigestPast(editions=own, leading=leading, listed=listed) for name, own in newest.items()}

    def _digest(self, name: str, past: _DigestPast | None, here: Installation) -> OutgoingFeed | None:
        if past is None:
            return None
        order = {topic.name: (topic.priority, place) for place, topic in enumerate(self.topics)}
        entries = [
            edition_entry(
                edition,
                without_label(edition.subject),
                self._address(edition.digest, edition.slot),
                _parts(edition, ranked(past.leading.get(edition.id, ()), order), past.listed),
                here,
            )
            for edition in past.editions
        ]
        return self._feed(entries, ("digest", name), name, here)

    def _search(self, search: SearchSettings, here: Installation) -> OutgoingFeed | None:
        """The feed of a search whose index cannot be used now stays as it is."""
        try:
            found = self.store.searching.saved(search, MOST_ENTRIES).articles
        except DamagedStore:
            raise
        except (StoreError, QueryError) as error:
            log.warning("feed of a search not written", search=search.name, reason=str(error))
            return None
        entries = [article_entry(_without_text(each), each.first_seen_at, here) for each in found]
        return self._feed(entries, ("search", search.name), search.name, here)

    def _feed(
        self, entries: Iterable[OutgoingEntry], name: tuple[str, object], title: str, here: Installation
    ) -> OutgoingFeed:
        """`name`: its kind, and what its id says beside that."""
        address, home = feed_address(name[0], title), self.archive.url.rstrip("/")
        return feed_of(entries, name, title, here, home, address)

    def _page(self, naming: Naming) -> str:
        return self._address(naming.digest, naming.slot)

    def _address(self, digest: str, slot: str) -> str:
        """The archive page of an edition; "" if a reader elsewhere cannot open it."""
        return self.archive.address(digest, slot) if self.archive.url else ""


Past = TypeVar("Past")


def _together(
    kind: str, names: Collection[str], read: Callable[[Collection[str]], Mapping[str, Past]]
) -> Callable[[str], Past | None]:
    """Reads the past of all, which takes little more than that of one. If that fails, each is read by itself when it is
    asked for: a fault in one leaves the others theirs. Raises DamagedStore.
    """
    try:
        return read(names).get
    except DamagedStore:
        raise
    except Exception as error:
        log.warning("outgoing feeds are read one by one", kind=kind, reason=str(error) or type(error).__name__)
        return lambda name: read([name]).get(name)


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
