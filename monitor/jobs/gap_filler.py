"""After a gap: follows the feed's earlier pages until one has an article that was known before (rule I13).

It decides nothing: `reconcile.earlier_pages` judges each page, and `policy.gaps` says how many are read.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from monitor.fetch import Session
from monitor.model.feed import ParsedFeed, ParsedItem
from monitor.model.fetch import Fetched, FetchFailed, FetchRequest, Validators
from monitor.policy.gaps import MOST_PAGES
from monitor.reconcile.earlier_pages import Mark, Page, chosen_way, marks, next_address
from monitor.url import origin_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What earlier pages had. `failed`: the answer that ended the way, if it was none."""

    items: tuple[ParsedItem, ...] = ()
    is_closed: bool = False
    failed: FetchFailed | None = None


Read = Callable[[Fetched, frozenset[Mark]], Awaitable[tuple[ParsedFeed, Page] | None]]
"""Parses and judges a page, given what has been shown before it; None if it is not a feed."""


async def recovery(session: Session, document: ParsedFeed, fetched: Fetched, read: Read) -> Recovery:
    """The items that `document`, as it was `fetched`, has lost since the poll before."""
    way = chosen_way(document.ways_back)
    found: tuple[ParsedItem, ...] = ()
    asked, seen = {fetched.final_url}, marks(document.items)
    for _ in range(MOST_PAGES):
        address = next_address(document.ways_back, way, fetched.final_url) if way else ""
        if not address or address in asked:
            break
        asked.add(address)
        answer = await session.fetch(_request(fetched, address))
        if not isinstance(answer, Fetched):
            return Recovery(items=found, failed=answer if isinstance(answer, FetchFailed) else None)
        page = await read(answer, seen)
        if page is None:
            break
        document, judged = page
        fetched, seen, found = answer, seen | marks(document.items), (*found, *judged.missed)
        if judged.is_last:
            return Recovery(items=found, is_closed=judged.is_closed)
    return Recovery(items=found)


def _request(fetched: Fetched, address: str) -> FetchRequest:
    """A page is asked for as its feed is, and unconditionally."""
    is_own_word = fetched.request.is_own_word and origin_of(address) == origin_of(fetched.final_url)
    return replace(fetched.request, url=address, validators=Validators(), validators_from="", is_own_word=is_own_word)
