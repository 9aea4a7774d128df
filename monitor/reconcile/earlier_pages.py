"""The way back through earlier pages of a feed after a gap: where the next page is, what of a page was missed, and
whether the gap ends there.

Only what is new on a page counts: an old page is no edit of a stored article.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from monitor.model.feed import ParsedItem, Way
from monitor.model.feed_update import Stored
from monitor.policy.gaps import BACKDATED
from monitor.reconcile.identity import Identity
from monitor.reconcile.recognition import recognised

Mark = tuple[str, str]
"""Where an item is and what it is called: enough to see that a page shows again what another has shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says of a gap. `missed`: the items that fell out of the feed unseen; `is_last`: nothing more is to
    be read; `is_closed`: because the page reaches back to what was known before.
    """

    missed: tuple[ParsedItem, ...] = ()
    is_last: bool = True
    is_closed: bool = False


def chosen_way(ways: Mapping[Way, str]) -> Way | None:
    """The way that is followed, from the first page to the last: turning from one to another leads in circles."""
    return next((way for way in Way if way in ways), None)


def next_address(ways: Mapping[Way, str], way: Way, found_at: str) -> str:
    """Where the next page is, named by a document at `found_at`; "" if nowhere. Nothing leads from https to http,
    except to the same host, which then means https.
    """
    address = ways.get(way, "")
    here, there = urlsplit(found_at), urlsplit(address)
    if here.scheme != "https" or there.scheme != "http":
        return address
    return there._replace(scheme="https").geturl() if here.netloc == there.netloc else ""


def marks(items: Iterable[ParsedItem]) -> frozenset[Mark]:
    return frozenset((item.link or item.guid, item.title or item.text) for item in items)


def judged(
    items: Sequence[Identity], stored: Stored, seen: frozenset[Mark], since: datetime, *, is_aggregator: bool
) -> Page:
    """What the page with these items says of a gap since that moment. `seen`: what the document and the pages before
    have shown.

    An item that is known ends the gap, unless it is pinned: a new one that follows it is dated within the gap. Of
    those that follow the first known one only what is dated so was missed, so that a pinned article hides nothing and
    an archive brings nothing old.
    """
    fresh = [each for each in items if not marks([each.item]) <= seen]
    if not fresh or all(_is_before(each.item, since) for each in fresh):
        return Page(is_closed=bool(fresh))
    found = recognised(fresh, stored, is_aggregator=is_aggregator)
    known = {each.identity.name for each in found.known} | {each.name for each in found.gone}
    first = next((place for place, each in enumerate(fresh) if each.name in known), len(fresh))
    new = {each.name for each in found.new}
    within = [place for place, each in enumerate(fresh) if each.name in new and _is_within(each, since)]
    missed = (each for place, each in enumerate(fresh) if place in within or (each.name in new and place < first))
    last = max((place for place, each in enumerate(fresh) if each.name in known), default=-1)
    is_over = bool(known) and last > max(within, default=-1)
    return Page(missed=tuple(each.item for each in missed), is_last=is_over, is_closed=is_over)


def _is_before(item: ParsedItem, since: datetime) -> bool:
    return item.published is not None and item.published < since - BACKDATED


def _is_within(identity: Identity, since: datetime) -> bool:
    return identity.item.published is not None and identity.item.published > since
