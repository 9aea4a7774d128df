"""One feed or page asked once, now: what it answers, what would be stored of it, and where else its feeds are.

Nothing is stored. Used by `feeds try` and `feeds add`; every request goes through `monitor.fetch`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low
from typing import TYPE_CHECKING

from monitor.cli.topics.tried import document_of, newest
from monitor.fetch import Fetcher, Session, user_agent
from monitor.jobs.index_parts import read_afresh
from monitor.match import TopicIndex
from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.fetch import Fetched, FetchFailed, FetchRequest
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings
from monitor.parse import feeds_of_page
from monitor.parse.named_feeds import NamedFeed, usual_places
from monitor.workers import ParserPool

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.model.clock import Clock

MOST_NAMED = 6
"""So many feeds that a page names are asked, the best first: a page must not make us ask a hundred addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """An item as it would be stored."""

    title: str
    """The headline; "" if none."""
    published: datetime | None
    """The date that it claims; None if none."""
    topics: tuple[str, ...]
    """The topics that it would match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What an address answered."""

    url: str
    """The address that was asked."""
    problem: str = ""
    """Why it is not a feed, in words; "" if it is one."""
    final_url: str = ""
    """Where redirects led; "" if nothing answered."""
    moved_to: str = ""
    """Where permanent redirects led: the address to configure; "" if there were none."""
    note: str = ""
    """What was odd about the answer; "" if nothing."""
    seconds: float = 0.0
    """How long the answer took."""
    size: int = 0
    """Its length in bytes, unpacked."""
    etag: bool = False
    """Whether it has an ETag."""
    last_modified: bool = False
    """Whether it has a Last-Modified date."""
    format: str = ""
    """The format of the feed, such as rss20."""
    kind: str = ""
    """A feed, a news sitemap or an index of them; "" if it is none."""
    title: str = ""
    """The title of the feed."""
    language: str = ""
    """The language that it declares; "" if none."""
    items: tuple[Headline, ...] = ()
    """The items that would be stored, the newest first."""
    words: int | None = None
    """How many words the median of its texts has; None without items."""
    refused: int = 0
    """How many items have nothing to store."""
    named: tuple[NamedFeed, ...] = ()
    """The feeds that a page names that is not a feed itself."""
    is_page: bool = False
    """Whether a document came that is not a feed."""

    @property
    def is_feed(self) -> bool:
        return not self.problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The feeds of an address."""

    feeds: tuple[Trial, ...]
    """Those that answer as feeds, best first."""
    asked: tuple[Trial, ...]
    """All that was asked, in order, the address first."""


class Asker:
    """Asks addresses with the settings of this configuration."""

    def __init__(self, settings: "Settings", lists: Mapping[str, Sequence[str]], clock: "Clock") -> None:
        from importlib.metadata import version

        self._settings = settings
        self._clock = clock
        self._index = TopicIndex(settings.topics, lists)
        agent = user_agent(version("news-monitor"), settings.polling.contact)
        self._fetcher = Fetcher(settings.polling, clock, user_agent=agent)

    def trial(self, feed: FeedSettings) -> Trial:
        """What this one address answers."""
        with ParserPool(1) as parsers:
            return asyncio.run(self._alone(feed, parsers))

    def discovery(self, url: str) -> Discovery:
        """The feeds at this address: itself, else those that its page names, else those at the usual places."""
        with ParserPool(1) as parsers:
            return asyncio.run(self._discovery(url, parsers))

    async def _alone(self, feed: FeedSettings, parsers: ParserPool) -> Trial:
        async with self._fetcher.session() as session:
            return await self._one(feed, session, parsers)

    async def _discovery(self, url: str, parsers: ParserPool) -> Discovery:
        async with self._fetcher.session() as session:
            asked = [await self._one(FeedSettings(url=url), session, parsers)]
            first = asked[0]
            for each in first.named[:MOST_NAMED]:
                asked.append(await self._one(FeedSettings(url=each.url), session, parsers))  # noqa: PERF401 (one by one)
            if first.is_page:
                for place in usual_places(first.final_url):
                    if any(each.is_feed for each in asked):
                        break
                    if place not in {each.url for each in asked}:
                        asked.append(await self._one(FeedSettings(url=place), session, parsers))
        feeds = {each.moved_to or each.url: each for each in reversed(asked) if each.is_feed}
        return Discovery(feeds=tuple(reversed(feeds.values())), asked=tuple(asked))

    async def _one(self, feed: FeedSettings, session: Session, parsers: ParserPool) -> Trial:
        answer = await session.fetch(FetchRequest(feed_id=FeedId(0), url=feed.url, feed=feed))
        if isinstance(answer, FetchFailed):
            return Trial(url=feed.url, problem=f"{answer.problem}: {answer.detail}")
        if not isinstance(answer, Fetched):
            return Trial(url=feed.url, problem="its server asks to be left alone for now")
        return await self._read(feed, answer, session, parsers)

    async def _parsed(
        self, answer: Fetched, session: Session, parsers: ParserPool
    ) -> ParsedFeed | ParseFailed | FetchFailed:
        """The document; of an index of news sitemaps what its parts have."""
        most = self._settings.polling.max_items

        async def parse(each: Fetched) -> ParseOutcome:
            return await parsers.parse(each.body, url=each.final_url, headers=each.headers, max_items=most)

        found = await parse(answer)
        if isinstance(found, ParsedFeed) or not found.parts:
            return found
        now = self._clock.now()
        return await read_afresh(session, answer, found.parts, parse, now=now, most=most) or found

    async def _read(self, feed: FeedSettings, answer: Fetched, session: Session, parsers: ParserPool) -> Trial:
        found = await self._parsed(answer, session, parsers)
        if not isinstance(found, ParsedFeed):
            named = feeds_of_page(answer.body, url=answer.final_url, headers=answer.headers)
            problem = f"{found.problem}: {found.detail}"
            return Trial(url=feed.url, problem=problem, final_url=answer.final_url, named=named, is_page=True)
        items = newest(found.items, len(found.items))
        return Trial(
            url=feed.url,
            final_url=answer.final_url,
            moved_to=answer.moved_to or "",
            note=answer.note,
            seconds=answer.elapsed.total_seconds(),
            size=len(answer.body),
            etag=answer.validators.etag is not None,
            last_modified=answer.validators.last_modified is not None,
            format=found.kind if found.is_index else found.format,
            kind=found.kind,
            title=found.title,
            language=found.language,
            words=median_low(len(each.text.split()) for each in items) if items else None,
            refused=found.refused,
            items=tuple(
                Headline(
                    title=each.title,
                    published=each.published,
                    topics=tuple(match.topic for match in self._index.matches(document_of(each))),
                )
                for each in items
            ),
        )
