"""`topics sources --try`: each proposed feed asked once, now; its newest headlines, and what the topic would match.

Nothing is stored, and the validators of a feed that is polled already are left alone.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.boilerplate import left_out_of_matching
from monitor.fetch import Fetcher, Session, user_agent
from monitor.match import TopicIndex
from monitor.model.feed import ParsedFeed, ParsedItem
from monitor.model.fetch import Fetched, FetchFailed, FetchRequest
from monitor.model.ids import FeedId
from monitor.model.match import Document, category_line, readable_url
from monitor.model.settings import FeedSettings
from monitor.spoken_language import identified_language
from monitor.workers import ParserPool

if TYPE_CHECKING:
    from monitor.model.clock import Clock
    from monitor.model.settings import PollingSettings
    from monitor.model.topic import Topic

NEWEST = 3
EARLY = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a feed answered."""

    problem: str = ""
    """Why there is no feed, in words; "" if there is one."""
    items: int = 0
    """How many items it has."""
    newest: tuple[str, ...] = ()
    """The headlines of the newest."""
    matching: tuple[str, ...] = ()
    """The headlines that the topic would match."""


def tried(
    urls: Sequence[str], topic: "Topic", lists: Mapping[str, Sequence[str]], polling: "PollingSettings", clock: "Clock"
) -> tuple[Tried, ...]:
    """Of each feed, in the order given. Every failure of one is a sentence."""
    from importlib.metadata import version

    index = TopicIndex((topic,), lists)
    fetcher = Fetcher(polling, clock, user_agent=user_agent(version("news-monitor"), polling.contact))
    with ParserPool() as parsers:
        return asyncio.run(_all(urls, fetcher, parsers, polling.max_items, lambda item: _matches(index, item)))


async def _all(
    urls: Sequence[str], fetcher: Fetcher, parsers: ParserPool, most: int, is_match: Callable[[ParsedItem], bool]
) -> tuple[Tried, ...]:
    async with fetcher.session() as session:
        return tuple(await asyncio.gather(*(_one(url, session, parsers, most, is_match) for url in urls)))


async def _one(
    url: str, session: Session, parsers: ParserPool, most: int, is_match: Callable[[ParsedItem], bool]
) -> Tried:
    answer = await session.fetch(FetchRequest(feed_id=FeedId(0), url=url, feed=FeedSettings(url=url)))
    if isinstance(answer, FetchFailed):
        return Tried(problem=f"{answer.problem}: {answer.detail}")
    if not isinstance(answer, Fetched):
        return Tried(problem="its server asks to be left alone for now")
    found = await parsers.parse(answer.body, url=answer.final_url, headers=answer.headers, max_items=most)
    if not isinstance(found, ParsedFeed):
        return Tried(problem=f"{found.problem}: {found.detail}")
    return Tried(
        items=len(found.items),
        newest=tuple(each.title for each in newest(found.items)),
        matching=tuple(each.title for each in found.items if is_match(each)),
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
