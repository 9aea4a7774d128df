"""What became of pages, as people count it."""

from collections.abc import Iterable

from monitor.model.page import PageRefusalKind
from monitor.model.stored_page import PageCount, PageState, PageTally

FORBIDDING = frozenset({PageRefusalKind.ROBOTS, PageRefusalKind.RESERVED, PageRefusalKind.LICENCE})
"""The publisher does not want it."""

WALLS = frozenset({PageRefusalKind.WALL, PageRefusalKind.REPEATED, PageRefusalKind.CUT_OFF})
"""Something stands there in place of the article."""


def tally(counts: Iterable[PageCount]) -> PageTally:
    """The sums."""
    found = dict.fromkeys(("read", "forbidden", "walls", "unfit", "failed", "asked"), 0)
    for each in counts:
        found[_name(each)] += each.pages
    return PageTally(**found)


def _name(each: PageCount) -> str:
    if each.state is PageState.REFUSED:
        return "forbidden" if each.kind in FORBIDDING else "walls" if each.kind in WALLS else "unfit"
    names = {PageState.ASKED: "asked", PageState.FAILED: "failed", PageState.FRESH: "read", PageState.READ: "read"}
    return names[each.state]


def tally_words(found: PageTally) -> str:
    """The same in words; "none" if there are none."""
    parts = (
        (found.read, "read"),
        (found.forbidden, "refused by robots.txt or a reservation"),
        (found.walls, "wall" if found.walls == 1 else "walls"),
        (found.unfit, "not the article"),
        (found.failed, "failed"),
        (found.asked, "without a known answer"),
    )
    return ", ".join(f"{number:,} {words}" for number, words in parts if number) or "none"
