"""`topics sources --try`: each proposed feed asked once, now; its newest headlines, and what the topic would match.

Nothing is stored, and the validators of a feed that is polled already are left alone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from monitor.boilerplate import left_out_of_matching
from monitor.fetch import Fetcher, Session, user_agent
from monitor.jobs.index_parts import read_afresh
from monitor.match import TopicIndex
from monitor.model.feed import NEWS_SITEMAP, SITEMAP_INDEX, ParsedFeed, ParsedItem, ParseFailed, ParseOutcome
from monitor.model.fetch import Fetched, FetchFailed, FetchRequest
from monitor.model.ids import FeedId
from monitor.model.match import Document, category_line, readable_url
from monitor.model.settings import FeedSettings
from monitor.parse.robots import news_sitemaps_named
from monitor.spoken_language import identified_language
from monitor.url import registrable_domain
from monitor.workers import ParserPool

if TYPE_CHECKING:
    from monitor.model.clock import Clock
    from monitor.model.settings import PollingSettings
    from monitor.model.topic import Topic

NEWEST = 3
MOST_SITEMAPS = 3
"""So many sitemaps that a robots.txt names are asked: it must not make us ask a hundred addresses."""
EARLY = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a feed answered."""

    url: str
    """The address that was asked."""
    kind: str = ""
    """A feed, a news sitemap or an index of them; "" if it is none."""
    problem: str = ""
    """Why there is no feed, in words; "" if there is one."""
    items: int = 0
    """How many items it has."""
    newest: tuple[str, ...] = ()
    """The headlines of the newest."""
    matching: tuple[str, ...] = ()
    """The headlines that the topic would match."""
    instead: tuple["Tried", ...] = ()
    """Where there is no feed, the news sitemap that the robots.txt of its host names."""


def tried(
    urls: Sequence[str], topic: "Topic", lists: Mapping[str, Sequence[str]], polling: "PollingSettings", clock: "Clock"
) -> tuple[Tried, ...]:
    """Of each feed, in the order given. Every failure of one is a sentence."""
    from importlib.metadata import version

    index = TopicIndex((topic,), lists)
    fetcher = Fetcher(polling, clock, user_agent=user_agent(version("news-monitor"), polling.contact))
    with ParserPool() as parsers:
        return asyncio.run(_all(urls, fetcher, _Reader(parsers, polling.max_items, index, clock)))


async def _all(urls: Sequence[str], fetcher: Fetcher, reader: "_Reader") -> tuple[Tried, ...]:
    async with fetcher.session() as session:
        return tuple(await asyncio.gather(*(_one(url, session, reader) for url in urls)))


async def _one(url: str, session: Session, reader: "_Reader") -> Tried:
    """What the feed answers; without one, also the news sitemap that the robots.txt of its host names."""
    found = await reader.tried(url, session)
    if not found.problem:
        return found
    for sitemap in await _news_sitemaps(url, session):
        other = await reader.tried(sitemap, session)
        if not other.problem and other.kind in {NEWS_SITEMAP, SITEMAP_INDEX}:
            return replace(found, instead=(other,))
    return found


async def _news_sitemaps(url: str, session: Session) -> tuple[str, ...]:
    answer = await session.fetch(_request(urljoin(url, "/robots.txt")))
    if not isinstance(answer, Fetched):
        return ()
    named = news_sitemaps_named(answer.body, answer.final_url)
    return tuple(each for each in named if registrable_domain(each) == registrable_domain(url))[:MOST_SITEMAPS]


def _request(url: str) -> FetchRequest:
    return FetchRequest(feed_id=FeedId(0), url=url, feed=FeedSettings(url=url))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Asks one address, and reads what it answers."""

    parsers: ParserPool
    most: int
    index: TopicIndex
    clock: "Clock"

    async def tried(self, url: str, session: Session) -> Tried:
        answer = await session.fetch(_request(url))
        if isinstance(answer, FetchFailed):
            return Tried(url=url, problem=f"{answer.problem}: {answer.detail}")
        if not isinstance(answer, Fetched):
            return Tried(url=url, problem="its server asks to be left alone for now")
        found = await self._parsed(answer)
        if isinstance(found, ParseFailed) and found.parts:
            now = self.clock.now()
            read = await read_afresh(session, answer, found.parts, self._parsed, now=now, most=self.most)
            return self._described(url, read or found)
        return self._described(url, found)

    async def _parsed(self, answer: Fetched) -> ParseOutcome:
        return await self.parsers.parse(answer.body, url=answer.final_url, headers=answer.headers, max_items=self.most)

    def _described(self, url: str, found: ParsedFeed | ParseFailed | FetchFailed) -> Tried:
        if not isinstance(found, ParsedFeed):
            return Tried(url=url, problem=f"{found.problem}: {found.detail}")
        return Tried(
            url=url,
            kind=found.kind,
            items=len(found.items),
            newest=tuple(each.title for each in newest(found.items)),
            matching=tuple(each.title for each in found.items if _matches(self.index, each)),
        )


def newest(items: Sequence[ParsedItem], most: int = NEWEST) -> list[ParsedItem]:
    """The newest by the dates they claim; without dates, the first."""
    return sorted(items, key=lambda each: each.published or EARLY, reverse=True)[:most]


def _matches(index: TopicIndex, item: ParsedItem) -> bool:
    return bool(index.matches(document_of(item)))


def document_of(item: ParsedItem) -> Document:
    """What topics would read of the item."""
    return Document(
        title=item.title,
        text=item.text,
        language=item.language,
        identified_language=identified_language(item.title, item.text),
        left_out=left_out_of_matching(item.text, (), None),
        author=item.author,
        category=category_line(item.categories),
        url=readable_url(item.link),
    )
