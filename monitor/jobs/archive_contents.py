"""The content of the archive's first page: the newest editions with headlines, earlier ones by date, and topics.

It shows the state at the newest edition, so that the same rows give the same page. Its size is limited: a date is one
link, and editions older than `MOST_MONTHS` are reached from the oldest page that it links to.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, islice, zip_longest
from zoneinfo import ZoneInfo

from monitor.archive import feed_address, relative_address
from monitor.digest import day_bounds, trend
from monitor.digest.entries import item
from monitor.model.archive_index import (
    ArchiveDay,
    ArchiveDigest,
    ArchiveEntry,
    ArchiveFeed,
    ArchiveHeadline,
    ArchiveIndex,
    ArchiveLink,
    ArchiveMonth,
    ArchiveTopic,
)
from monitor.model.entries import Item
from monitor.model.ids import ArticleId
from monitor.model.new_edition import EditionKind, clock_of, day_of
from monitor.model.past import ArchivedEdition, ListedArticle, ListedTopic
from monitor.model.settings import DigestSettings, SearchSettings
from monitor.model.topic import Topic
from monitor.policy.news import INDEX_DAYS
from monitor.render import topic_anchor, without_label
from monitor.store import Store

NEWEST = 30
"""How many editions of a digest are listed with headlines: a month of a daily one, like the trends above."""

HEADLINES = 3
"""How many headlines each of these has: as many as the summary at the top of a mail."""

OTHER_TOPICS = 12
"""How many other topics of an edition are named below its headlines."""

MOST_MONTHS = 120
"""How many months are listed by date: ten years, at some 30 KB a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveContents:
    """Builds the index from the store and the config."""

    store: Store
    digests: tuple[DigestSettings, ...]
    topics: tuple[Topic, ...]
    searches: tuple[SearchSettings, ...] = ()
    has_feeds: bool = False
    """Whether the folder has outgoing feeds."""

    def index(self, archived: Sequence[ArchivedEdition]) -> ArchiveIndex:
        """The index of these editions, newest first; there must be at least one."""
        first = next(iter(self.digests), None)
        timezone, language = (first.timezone, first.language) if first else ("UTC", "en")
        made_at = archived[0].made_at
        names = [topic.name for topic in self.topics if topic.enabled]
        daily = self.store.matches.stories_a_day(names, day_bounds(made_at, ZoneInfo(timezone), INDEX_DAYS))
        by_digest = groupby(sorted(archived, key=lambda each: each.digest), key=lambda each: each.digest)
        digests = tuple(self._digests({name: tuple(own) for name, own in by_digest}))
        places = _newest_places(digests)
        return ArchiveIndex(
            made_at=made_at,
            timezone=timezone,
            language=language,
            digests=digests,
            topics=tuple(
                ArchiveTopic(topic=name, trend=trend(daily[name]), place=places.get(name, ""))
                for name in names
                if name in daily
            ),
            feeds=tuple(self._feeds()) if self.has_feeds else (),
        )

    def _feeds(self) -> Iterator[ArchiveFeed]:
        kinds = (("digest", self.digests), ("topic", self.topics), ("search", self.searches))
        for kind, named in kinds:
            for each in named:
                address = feed_address(kind, each.name)
                yield ArchiveFeed(kind=kind, name=each.name, atom=f"{address}.atom", json=f"{address}.json")

    def zone_and_language(self, digest: str) -> tuple[ZoneInfo, str]:
        """The topics of a digest, if it is still configured."""
        settings = next((each for each in self.digests if each.name == digest), None)
        return (ZoneInfo(settings.timezone), settings.language) if settings else (ZoneInfo("UTC"), "en")

    def _digests(self, by_digest: Mapping[str, Sequence[ArchivedEdition]]) -> Iterator[ArchiveDigest]:
        rank = {topic.name: (topic.priority, place) for place, topic in enumerate(self.topics)}
        newest = [edition.id for own in by_digest.values() for edition in own[:NEWEST]]
        leading = self.store.listings.leading(newest, HEADLINES)
        led = {edition: in_turn(ranked(topics, rank), HEADLINES) for edition, topics in leading.items()}
        listed = self.store.articles.with_former_titles({article for each in led.values() for _, article in each})
        for name, own in by_digest.items():
            zone, _ = self.zone_and_language(name)
            entries = [
                _led(
                    entry_of(edition, zone),
                    tuple((topic, _headline(listed[article], edition)) for topic, article in led.get(edition.id, ())),
                    [each.topic for each in ranked(leading.get(edition.id, ()), rank)],
                )
                for edition in own[:NEWEST]
            ]
            months = months_of([entry_of(edition, zone) for edition in own[NEWEST:]])
            yield ArchiveDigest(
                name=name,
                editions=len(own),
                entries=tuple(entries),
                months=months[:MOST_MONTHS],
                has_older=len(months) > MOST_MONTHS,
            )


def entry_of(edition: ArchivedEdition, zone: ZoneInfo) -> ArchiveEntry:
    """An edition without its headlines."""
    return ArchiveEntry(
        page=relative_address(edition.digest, edition.slot),
        dated=_dated(edition, zone),
        kind=edition.kind,
        made_at=edition.made_at,
        words=without_label(edition.subject),
        clock=clock_of(edition.slot) if edition.kind == EditionKind.SCHEDULED else "",
    )


def in_turn(topics: Sequence[ListedTopic], most: int) -> tuple[tuple[str, ArticleId], ...]:
    """(topic, article): the best of each topic, then the second best of each, up to the limit; no article twice."""
    rounds = zip_longest(*([(each.topic, article) for article in each.article_ids] for each in topics))
    chosen: dict[ArticleId, str] = {}
    for topic, article in (pair for pairs in rounds for pair in pairs if pair is not None):
        chosen.setdefault(article, topic)
    return tuple((topic, article) for article, topic in islice(chosen.items(), most))


def ranked(topics: Sequence[ListedTopic], rank: Mapping[str, tuple[int, int]]) -> list[ListedTopic]:
    """Digests in the order of the config; those that left the config come last, by name."""
    last = (max(priority for priority, _ in rank.values()) + 1, 0) if rank else (0, 0)
    return sorted(topics, key=lambda each: (rank.get(each.topic, last), each.topic))


def _headline(listed: ListedArticle, edition: ArchivedEdition) -> Item:
    """An article as it was when the edition was made."""
    return item(replace(listed.article, title=listed.title_at(edition.made_at)))


def _led(entry: ArchiveEntry, headlines: Sequence[tuple[str, Item]], topics: Sequence[str]) -> ArchiveEntry:
    shown = {topic for topic, _ in headlines}
    others = [topic for topic in topics if topic not in shown]
    return replace(
        entry,
        headlines=tuple(
            ArchiveHeadline(
                title=lead.title,
                topic=topic,
                place=_place(entry, topic),
                language=lead.language,
                direction=lead.direction,
            )
            for topic, lead in headlines
        ),
        others=tuple(ArchiveLink(topic=topic, place=_place(entry, topic)) for topic in others[:OTHER_TOPICS]),
    )


def _place(entry: ArchiveEntry, topic: str) -> str:
    return f"{entry.page}#{topic_anchor(topic)}"


def months_of(entries: Sequence[ArchiveEntry]) -> tuple[ArchiveMonth, ...]:
    """The dates of these editions, newest first, by month; a date links to its first edition."""
    pages = {entry.dated: entry.page for entry in entries}
    days = [ArchiveDay(dated=day, page=page) for day, page in sorted(pages.items())]
    months = [tuple(own) for _, own in groupby(days, key=lambda each: (each.dated.year, each.dated.month))]
    return tuple(ArchiveMonth(days=own) for own in reversed(months))


def _newest_places(digests: Iterable[ArchiveDigest]) -> dict[str, str]:
    """Topic → the link to it in the newest edition with headlines."""
    places: dict[str, str] = {}
    entries = sorted((each for digest in digests for each in digest.entries), key=lambda each: each.made_at)
    for entry in entries:
        places |= {each.topic: each.place for each in entry.others}
        places |= {each.topic: each.place for each in entry.headlines}
    return places


def _dated(edition: ArchivedEdition, zone: ZoneInfo) -> date:
    is_scheduled = edition.kind == EditionKind.SCHEDULED
    return day_of(edition.slot) if is_scheduled else edition.made_at.astimezone(zone).date()
