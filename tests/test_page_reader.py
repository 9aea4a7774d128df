"""Pages behind articles, asked for on real sockets: which, how often, and what stands against them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from newspaper import BODY, HOUR, Press, html, lorries, page, press, press_settings
from origin import Origin, Script, redirect, reply, status
from simulated import SimulatedClock

from monitor.model.page import PageRefusalKind
from monitor.model.settings import FeedSettings, Login
from monitor.model.stored_page import PageState
from monitor.policy.pages import LEFT_ALONE_FOR

DAY = timedelta(days=1)
ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
RSL = b'<rsl><content url="/"><license><prohibits type="usage">all</prohibits></license></content></rsl>'
SHUT = b"User-agent: *\nDisallow: /shut\n"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(*ADDRESSES) as origin:
        yield origin


@pytest.fixture
def wire(tmp_path: Path, origin: Origin) -> Iterator[Press]:
    with press(tmp_path, origin) as found:
        yield found


def test_a_page_is_read_where_one_group_is_missing_and_nowhere_else(wire: Press, origin: Origin) -> None:
    near, other = lorries(link=wire.link("a")), replace(lorries("b", link=wire.link("b")), text="Rain.", title="Rain")
    matching = replace(lorries("c", link=wire.link("c")), text="The truce in Syria holds.")
    origin.serve("/a", page(near.title))
    wire.publish(near, other, matching)
    assert wire.home.read_pages() == 1
    assert wire.asked_pages() == ["/a"]
    found = wire.page(near.title)
    assert (found.state, found.tries, found.host) == (PageState.READ, 1, "127.0.0.2")
    assert BODY[0] in found.text
    assert found.keep_until is not None
    assert wire.home.read_pages() == 0


def test_who_wants_every_page_gets_that_of_matches_too(tmp_path: Path, origin: Origin) -> None:
    with press(tmp_path, origin, press_settings(tmp_path, origin, pages="all")) as wire:
        origin.serve("/a", page("Rain"))
        wire.publish(
            replace(lorries(link=wire.link("a")), title="Rain", text="Rain."),
            replace(lorries("c", link=wire.link("c")), text="The truce in Syria holds."),
        )
        assert wire.home.read_pages() == 2
        assert sorted(wire.asked_pages()) == ["/a", "/c"]


@pytest.mark.parametrize("feed", [{"pages": ""}, {"access": "paid"}, {"quote": False}, {"enabled": False}])
def test_no_page_is_asked_for_without_leave(tmp_path: Path, origin: Origin, feed: dict[str, Any]) -> None:
    with press(tmp_path, origin) as wire:
        wire.publish(lorries(link=wire.link("a")))
    config = press_settings(tmp_path, origin)
    config = replace(config, feeds=tuple(replace(each, **feed) for each in config.feeds))
    with press(tmp_path, origin, config, SimulatedClock(wire.home.clock.now())) as wire:
        assert wire.home.read_pages() == 0
    assert wire.asked_pages() == []


def test_a_page_is_asked_for_by_our_name_and_without_what_is_the_feeds(tmp_path: Path, origin: Origin) -> None:
    config = press_settings(tmp_path, origin)
    secret = FeedSettings(
        url=origin.url("/wire"),
        pages="near",
        user_agent="Browser",
        headers=(("X-Key", "s3cret"),),
        auth=Login(username="me", secret="s3cret"),
    )
    with press(tmp_path, origin, replace(config, feeds=(secret,))) as wire:
        story = lorries(link=wire.link("a", ADDRESSES[0]))  # the host of the feed itself
        origin.serve("/a", page(story.title))
        wire.publish(story)
        assert wire.home.read_pages() == 1
        (asked,) = origin.asked("/a")
        assert (asked.header("user-agent") or b"").startswith(b"news-monitor/")
        assert (asked.header("accept") or b"").startswith(b"text/html")
        for name in ("x-key", "authorization", "if-none-match", "cookie"):
            assert asked.header(name) is None
        assert (origin.asked("/wire")[-1].header("x-key"), origin.asked("/robots.txt")[0].header("x-key")) == (
            b"s3cret",
            None,
        )


def test_robots_txt_is_obeyed_and_asked_for_once_a_day(wire: Press, origin: Origin) -> None:
    origin.serve("/robots.txt", reply(SHUT))
    shut, free = lorries("a", link=wire.link("shut/a")), lorries("b", link=wire.link("b"))
    origin.serve("/b", page(free.title))
    wire.publish(shut, free)
    assert wire.home.read_pages() == 2
    assert wire.asked_pages() == ["/b"]
    found = wire.page(shut.title)
    assert (found.state, found.kind, found.tries) == (PageState.REFUSED, PageRefusalKind.ROBOTS, 0)
    assert "Disallow: /shut" in found.reason
    wire.publish(lorries("c", link=wire.link("c")))
    wire.home.read_pages()
    assert len(origin.asked("/robots.txt")) == 1
    wire.home.clock.advance(DAY)
    wire.publish(lorries("d", link=wire.link("d")))
    wire.home.read_pages()
    assert len(origin.asked("/robots.txt")) == 2


def test_while_robots_txt_cannot_be_had_nothing_is_asked_for(wire: Press, origin: Origin) -> None:
    story = lorries(link=wire.link("a"))
    origin.serve("/robots.txt", status(503), reply(SHUT))
    origin.serve("/a", page(story.title))
    wire.publish(story)
    assert wire.home.read_pages() == 0
    assert wire.stored(story.title) is None
    assert len(origin.asked("/robots.txt")) == 1
    wire.home.clock.advance(2 * HOUR)
    assert wire.home.read_pages() == 1
    assert wire.page(story.title).state is PageState.READ
    wire.home.clock.advance(DAY)
    origin.serve("/robots.txt", status(503))
    wire.publish(lorries("shut", link=wire.link("shut")))
    assert wire.home.read_pages() == 1  # the copy stays in force
    assert wire.asked_pages() == ["/a"]


@pytest.mark.parametrize(
    ("path", "script"),
    [
        ("/.well-known/tdmrep.json", reply(b'[{"location": "/", "tdm-reservation": 1}]')),
        (
            "/rsl",
            reply(b'<rsl><content url="/"><license><prohibits type="usage">all</prohibits></license></content></rsl>'),
        ),
        ("/rsl", status(503)),
        ("/a", page("Lorries", head="<meta name='robots' content='noai'>")),
        ("/a", reply(html("Lorries", *BODY), headers=[("Content-Type", "text/html"), ("TDM-Reservation", "1")])),
    ],
)
def test_who_reserves_his_text_keeps_it(wire: Press, origin: Origin, path: str, script: Script) -> None:
    story = lorries(link=wire.link("a"))
    origin.serve("/robots.txt", reply(b"License: /rsl\nUser-agent: *\nDisallow:\n"))
    origin.serve("/rsl", status(404))
    origin.serve("/a", page(story.title))
    origin.serve(path, script)
    wire.publish(story)
    assert wire.home.read_pages() == 1
    found = wire.page(story.title)
    assert found.state is PageState.REFUSED
    assert found.kind in (PageRefusalKind.RESERVED, PageRefusalKind.LICENCE)
    assert found.text == ""
    assert (len(origin.asked("/a")) == 1) is (path == "/a")


def test_a_licence_of_another_host_is_read_where_its_robots_txt_lets_us(wire: Press, origin: Origin) -> None:
    story = lorries(link=wire.link("a"))
    elsewhere = origin.url("/shut/rsl", ADDRESSES[2])
    origin.serve("/robots.txt", reply(f"License: {elsewhere}\n".encode() + SHUT))
    origin.serve("/a", page(story.title))
    wire.publish(story)
    wire.home.read_pages()
    assert wire.page(story.title).kind == PageRefusalKind.LICENCE
    assert origin.asked("/shut/rsl") == []


def test_a_redirect_is_followed_to_where_robots_txt_of_that_host_lets_us(wire: Press, origin: Origin) -> None:
    shut = origin.url("/shut/a", ADDRESSES[2])
    free = origin.url("/b2", ADDRESSES[2])
    origin.serve("/robots.txt", reply(SHUT), host=ADDRESSES[2])
    first, second, third = (lorries(key, link=wire.link(key)) for key in "abc")
    origin.serve("/a", redirect(shut))
    origin.serve("/b", redirect(free))
    origin.serve("/b2", page(second.title))
    origin.serve("/c", redirect(wire.link("c")))
    wire.publish(first, second, third)
    assert wire.home.read_pages() == 3
    refused = wire.page(first.title)
    assert (refused.state, refused.kind) == (PageState.REFUSED, PageRefusalKind.ROBOTS)
    assert "leads to" in refused.reason
    assert "/shut/a" not in wire.asked_pages()
    assert wire.page(second.title).state is PageState.READ
    assert wire.page(third.title).state is PageState.FAILED


def test_hosts_that_send_in_circles_end(wire: Press, origin: Origin) -> None:
    story = lorries(link=wire.link("a"))
    there, back = origin.url("/a", ADDRESSES[2]), wire.link("a")
    origin.serve("/a", redirect(there), host=ADDRESSES[1])
    origin.serve("/a", redirect(back), host=ADDRESSES[2])
    wire.publish(story)
    assert wire.home.read_pages() == 1
    assert "from host to host" in wire.page(story.title).reason
    assert len(wire.asked_pages()) == 6


def test_robots_txt_that_leads_elsewhere_closes_its_host(wire: Press, origin: Origin) -> None:
    story = lorries(link=wire.link("a"))
    origin.serve("/robots.txt", redirect(origin.url("/consent", ADDRESSES[2])), host=ADDRESSES[1])
    wire.publish(story)
    assert wire.home.read_pages() == 0
    assert wire.asked_pages() == []


def test_a_host_is_asked_for_so_many_pages_a_day_the_newest_first(tmp_path: Path, origin: Origin) -> None:
    with press(tmp_path, origin, press_settings(tmp_path, origin, budget=2)) as wire:
        for key in "abcd":
            origin.serve(f"/{key}", page(lorries(key).title))
            wire.publish(lorries(key, link=wire.link(key)))
        assert wire.home.read_pages() == 2
        assert wire.asked_pages() == ["/d", "/c"]
        wire.home.clock.advance(DAY)
        assert wire.home.read_pages() == 2
        assert wire.asked_pages() == ["/d", "/c", "/b", "/a"]


def test_a_host_is_not_asked_too_often_because_others_lead_there(tmp_path: Path, origin: Origin) -> None:
    with press(tmp_path, origin, press_settings(tmp_path, origin, budget=2)) as wire:
        for number, address in enumerate((ADDRESSES[0], ADDRESSES[0], ADDRESSES[1])):
            origin.serve(f"/{number}", redirect(origin.url("/end", ADDRESSES[2])))
            wire.publish(lorries(f"{number}", link=origin.url(f"/{number}", address)))
        wire.home.read_pages()
        assert wire.asked_pages().count("/end") == 2


def test_between_two_pages_of_a_host_are_five_seconds_and_more_if_it_asks(wire: Press, origin: Origin) -> None:
    moments: list[float] = []

    def noted(path: str) -> Script:
        def script(request: object) -> Iterator[bytes]:
            moments.append(wire.home.clock.monotonic())
            yield from reply(b"", status=404)(request)  # type: ignore[arg-type, misc]

        return script

    for path in ("/robots.txt", "/.well-known/tdmrep.json", "/a", "/b", "/c"):
        origin.serve(path, noted(path))
    wire.publish(*(lorries(key, link=wire.link(key)) for key in "abc"))
    wire.home.read_pages()
    assert len(moments) == 5
    assert all(after - before >= 5 for before, after in pairwise(moments))
    origin.serve("/robots.txt", reply(b"User-agent: *\nCrawl-delay: 60\n"))
    wire.home.clock.advance(DAY)
    moments.clear()
    wire.publish(*(lorries(key, link=wire.link(key)) for key in "de"))
    origin.serve("/d", noted("/d"))
    origin.serve("/e", noted("/e"))
    wire.home.read_pages()
    wire.home.clock.advance(HOUR)
    wire.home.read_pages()
    pages = moments[-2:]
    assert pages[1] - pages[0] >= 60


@pytest.mark.parametrize("code", [403, 429])
def test_a_host_that_blocks_us_is_left_alone_for_a_week(wire: Press, origin: Origin, code: int) -> None:
    for key in "abcde":
        origin.serve(f"/{key}", status(code))
    wire.publish(*(lorries(key, link=wire.link(key)) for key in "abcde"))
    wire.home.read_pages()
    for _ in range(20):
        wire.home.clock.advance(2 * HOUR)
        wire.home.read_pages()
    assert len(wire.asked_pages()) == 3
    (host,) = wire.home.jobs.store.page_counts.left_alone(wire.home.clock.now())
    assert host.blocks == 3
    wire.home.clock.advance(LEFT_ALONE_FOR)
    wire.publish(lorries("f", link=wire.link("f")))
    assert wire.home.read_pages() == 1


def test_a_page_that_fails_is_asked_for_once_more_a_day_later_also_after_a_restart(
    tmp_path: Path, origin: Origin
) -> None:
    story = lorries(link=origin.url("/a", ADDRESSES[1]))
    with press(tmp_path, origin) as wire:
        origin.serve("/a", status(500))
        wire.publish(story)
        assert wire.home.read_pages() == 1
        assert (wire.page(story.title).state, wire.page(story.title).reason) == (
            PageState.FAILED,
            "HTTP 500 (Internal Server Error)",
        )
        assert wire.home.read_pages() == 0
    clock = wire.home.clock
    with press(tmp_path, origin, clock=clock) as wire:
        assert wire.home.read_pages() == 0
        clock.advance(DAY + HOUR)
        assert wire.home.read_pages() == 1
        assert wire.page(story.title).tries == 2
        clock.advance(DAY)
        assert wire.home.read_pages() == 0
    assert wire.asked_pages() == ["/a", "/a"]


@pytest.mark.parametrize(
    ("script", "state", "kind"),
    [
        (reply(b"%PDF-1.7", headers=[("Content-Type", "application/pdf")]), PageState.REFUSED, "no page"),
        (page("Sign in", "Please log in to read on."), PageState.REFUSED, "wall"),
        (page("Syria", "Lorries wait at this crossing in Syria."), PageState.REFUSED, "too short"),
        (reply(b"<rss><channel><item/></channel></rss>", status=404), PageState.FAILED, "HTTP error"),
        (redirect("ftp://post.example/"), PageState.FAILED, "address refused"),
    ],
)
def test_what_is_no_article_says_so(wire: Press, origin: Origin, script: Script, state: PageState, kind: str) -> None:
    story = lorries(link=wire.link("a"))
    origin.serve("/a", script)
    wire.publish(story)
    wire.home.read_pages()
    found = wire.page(story.title)
    assert (found.state, found.kind) == (state, kind)
    assert found.reason


def test_the_same_text_on_four_pages_is_the_hosts(wire: Press, origin: Origin) -> None:
    """A wall without a word of walls: none of its sentences is one of the article."""
    for key in "abcdef":
        origin.serve(f"/{key}", page(f"Lorries wait at crossing {key} in Syria", *BODY))
        wire.publish(lorries(key, link=wire.link(key)))
        wire.home.read_pages()
    kinds = [wire.page(f"Lorries wait at crossing {key} in Syria").kind for key in "abcdef"]
    assert kinds == ["", "", "", *[PageRefusalKind.REPEATED] * 3]


def test_a_link_that_is_not_public_is_not_asked_for(wire: Press, origin: Origin) -> None:
    story = lorries(link="http://10.0.0.1/a")
    wire.publish(story)
    assert wire.home.read_pages() == 0
    assert wire.asked_pages() == []


def test_a_feed_that_asked_for_quiet_has_it_from_pages_too(wire: Press, origin: Origin) -> None:
    story = lorries(link=wire.link("a", ADDRESSES[0]))
    wire.publish(story)
    origin.serve("/wire", status(429, [("Retry-After", "7200")]))
    wire.home.clock.advance(HOUR)
    wire.home.poll()
    wire.home.read_pages()
    assert origin.asked("/robots.txt") == []
    assert origin.asked("/a") == []


def test_a_licence_takes_the_text_of_a_page_though_the_feed_has_none(tmp_path: Path, origin: Origin) -> None:
    config = press_settings(tmp_path, origin)
    config = replace(config, feeds=tuple(replace(each, keep_text=2 * DAY) for each in config.feeds))
    with press(tmp_path, origin, config) as wire:
        story = lorries(link=wire.link("a"), text="")
        origin.serve("/a", page(story.title))
        wire.publish(story)
        assert wire.home.read_pages() == 1
        found = wire.page(story.title)
        assert (found.state, found.text != "") == (PageState.READ, True)
        assert found.keep_until == found.asked_at.replace(second=0) + 2 * DAY
        wire.home.clock.advance(3 * DAY)
        wire.home.jobs.keeper.text_remover.run()
        assert wire.page(story.title).text == ""
