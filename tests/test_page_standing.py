"""How the reading of pages is: in `feeds show`, `status` and their JSON."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
from newspaper import Press, lorries, page, press, press_settings
from origin import Origin, reply, status
from simulated import NOON
from table import each_row

from monitor.cli import feeds
from monitor.cli.status import _rows, _work, facts_of
from monitor.health.status import notices, problems, status_of
from monitor.model.ids import FeedId
from monitor.model.page import PageRefusalKind
from monitor.model.setback import Setback
from monitor.model.stored_page import PageCount, PageState, PageTally
from monitor.policy.page_tally import tally, tally_words
from monitor.policy.pages import BLOCKS_IN_A_ROW

KEYS = ("a", "shut", "wall", "gone")
ROBOTS = b"User-agent: *\nDisallow: /shut\n"


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Press]:
    with Origin("127.0.0.1", "127.0.0.2") as origin, press(tmp_path, origin) as found:
        yield found


def lived(wire: Press) -> None:
    """One page is read, one forbidden, one a wall, one fails; then the host begins to block."""
    stories = [lorries(key, link=wire.link(key)) for key in KEYS]
    wire.origin.serve("/robots.txt", reply(ROBOTS, headers=[("Content-Type", "text/plain")]))
    wire.origin.serve("/a", page(stories[0].title))
    wire.origin.serve("/wall", page("Log in", "Please log in to read on. Your account has ended."))
    wire.origin.serve("/gone", status(500))
    wire.publish(*stories)
    wire.home.read_pages()
    blocked = [lorries(f"b{number}", link=wire.link(f"b{number}")) for number in range(BLOCKS_IN_A_ROW)]
    for each in blocked:
        wire.origin.serve(f"/{each.id}", status(403))
    wire.publish(*blocked)
    wire.home.read_pages()


def test_feeds_show_and_status_count_pages_and_name_hosts_that_block(wire: Press) -> None:
    lived(wire)
    home = wire.home
    config, store, now = press_settings(home.folder, wire.origin), home.jobs.store, home.clock.now()
    facts = feeds.facts_of_one(config, store, now, 1, 5)
    assert facts is not None
    counted = facts["page_counts"]
    assert (counted["read"], counted["walls"], counted["failed"]) == (1, 1, 1 + BLOCKS_IN_A_ROW)
    assert facts["pages"] == "near"
    assert facts["pages_in_7_days"] == (
        f"1 read, 1 refused by robots.txt or a reservation, 1 wall, {1 + BLOCKS_IN_A_ROW} failed"
    )
    (host,) = facts["pages_not_asked_for"]
    assert host.startswith(wire.origin.url("", "127.0.0.2"))
    assert host.endswith(f": it blocked {BLOCKS_IN_A_ROW} requests in a row")

    found = status_of(config, store, now)
    assert dict(_rows(found))["pages"] == f"of 1 feed; in 24 hours {facts['pages_in_7_days']}"
    written = facts_of(found)["pages"]
    assert {**counted, "feeds": 1, "left_alone": written["left_alone"]} == written
    assert [each["blocks"] for each in written["left_alone"]] == [BLOCKS_IN_A_ROW]
    (notice,) = [each for each in notices(found) if "Pages of" in each]
    assert "are not asked for until " in notice
    assert not any("Pages of" in each for each in problems(found))
    later = status_of(config, store, now + timedelta(days=8))
    assert (later.pages.left_alone, later.pages.lately) == ((), PageTally())


def test_a_feed_without_pages_says_nothing_of_them(wire: Press) -> None:
    home = wire.home
    config = press_settings(home.folder, wire.origin, pages="off")
    found = status_of(config, home.jobs.store, home.clock.now())
    assert "pages" not in dict(_rows(found))
    facts = feeds.facts_of_one(config, home.jobs.store, home.clock.now(), 1, 5)
    assert facts is not None
    assert (facts["pages"], facts["pages_in_7_days"], facts["pages_not_asked_for"]) == ("off", "", [])


REFUSED = PageState.REFUSED
ROWS = [
    (PageState.READ, "", {"read": 2}, "2 read"),
    (PageState.FRESH, "", {"read": 2}, "2 read"),
    (PageState.ASKED, "", {"asked": 2}, "2 without a known answer"),
    (PageState.FAILED, "status", {"failed": 2}, "2 failed"),
    (REFUSED, PageRefusalKind.ROBOTS, {"forbidden": 2}, "2 refused by robots.txt or a reservation"),
    (REFUSED, PageRefusalKind.RESERVED, {"forbidden": 2}, "2 refused by robots.txt or a reservation"),
    (REFUSED, PageRefusalKind.LICENCE, {"forbidden": 2}, "2 refused by robots.txt or a reservation"),
    (REFUSED, PageRefusalKind.WALL, {"walls": 2}, "2 walls"),
    (REFUSED, PageRefusalKind.REPEATED, {"walls": 2}, "2 walls"),
    (REFUSED, PageRefusalKind.CUT_OFF, {"walls": 2}, "2 walls"),
    (REFUSED, PageRefusalKind.LANGUAGE, {"unfit": 2}, "2 not the article"),
    (REFUSED, PageRefusalKind.NOT_A_PAGE, {"unfit": 2}, "2 not the article"),
]


def test_pages_are_counted_by_what_became_of_them() -> None:
    def check(state: PageState, kind: str, counts: dict[str, int], words: str) -> None:
        one = PageCount(feed_id=FeedId(1), state=state, kind=kind, pages=1)
        found = tally([one, replace(one, feed_id=FeedId(2))])
        assert {name: number for name, number in asdict(found).items() if number} == counts
        assert tally_words(found) == words

    each_row(check, ROWS)
    assert tally_words(PageTally(walls=1)) == "1 wall"
    assert tally_words(tally([])) == "none"


def test_a_page_that_is_set_aside_has_words() -> None:
    assert (
        _work(Setback(kind="page", key="7", given="", because="", times=2, at=NOON)) == "Matching the page of article 7"
    )
