"""When a feed seems to carry articles of many outlets, and its settings do not say so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.plain_text import one_line
from monitor.policy.news import WEEK
from monitor.url import registrable_domain

LATEST = 30
"""So many of the latest articles are looked at: a page of a feed, and no more than `status` reads in passing."""

MANY = 5
"""So many others make it: a paper links to its archive, a shop or a sister paper, and takes texts from two or three
agencies.
"""

USUAL_SHARE = 0.5
"""What more of the articles have in common is the feed's own, also where its address is another one (a feed service):
the others are exceptions then, such as guests, advertisements, a link in a weekly column.
"""

NAMED = 3
NAME_CHARACTERS = 40


FIRST_SEEN_FOR = timedelta(days=1)
"""So long an outlet counts as first seen."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What an article says of where it is from: its link, and whom it names as its source; "" if nothing."""

    link: str
    via: str


def advice(url: str, latest: Sequence[Carried]) -> str:
    """That the feed at `url` needs `aggregator = true`, and why, as a sentence; "" if it does not seem so."""
    names = [each.via for each in latest]
    if _are_many(names):
        return _sentence("name {} outlets as their source", names)
    if len({each.link.partition("//")[2].partition("/")[0] for each in latest}) < MANY:
        return ""  # most feeds, without a look at the list of public suffixes
    own = registrable_domain(url)
    domains = [registrable_domain(each.link) for each in latest]
    others = ["" if domain == own else domain for domain in domains]
    return _sentence("link to {} other domains", others) if _are_many(others) else ""


def is_new_outlet(seen_at: datetime | None, read_since: datetime | None, now: datetime) -> bool:
    """Whether an outlet of an aggregator is marked as first seen today. `seen_at`: when it was first seen, if it ever
    was; `read_since`: since when the aggregator is read. In its first week, all of its outlets would be new.
    """
    if read_since is None or now - read_since < WEEK:
        return False
    return seen_at is None or now - seen_at < FIRST_SEEN_FOR


def _are_many(others: Sequence[str]) -> bool:
    """Of each article another one, "" if it has none."""
    counts = Counter(each.casefold() for each in others)
    usual = max(counts.values(), default=0)
    return len(counts.keys() - {""}) >= MANY and usual <= USUAL_SHARE * len(others)


def _sentence(what: str, others: Sequence[str]) -> str:
    distinct = list({each.casefold(): one_line(each, NAME_CHARACTERS) for each in others if each}.values())
    some = f"{what.format(len(distinct))} ({', '.join(distinct[:NAMED])} …)"
    return f"its latest {len(others)} articles {some}: set aggregator = true for it if it collects from many outlets."
