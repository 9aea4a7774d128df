"""An index of news sitemaps on loopback is polled: its parts, their conditions, and what fails (rule P17)."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, lived_in, settings
from origin import Asked, Origin, Step, conditional, redirect, reply, status
from simulated import SimulatedClock
from test_sitemap_polls import page, sitemap
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli import settings as cli_settings
from monitor.model.feed_update import PollReport
from monitor.model.settings import Login

HOUR = timedelta(hours=1)
PLAIN = b"<urlset><url><loc>https://kite.example/about</loc></url></urlset>"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


class Site:
    """A site whose documents can be changed; each has an ETag of its own words."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.bodies: dict[str, bytes] = {}
        self.failing: dict[str, Callable[[Asked], Iterator[Step]]] = {}

    def put(self, path: str, body: bytes) -> None:
        self.bodies[path] = body

        def script(request: Asked) -> Iterator[Step]:
            answer = self.failing.get(path) or conditional(self.bodies[path], b'"%x"' % hash(self.bodies[path]))
            yield from answer(request)

        self.origin.serve(path, script)

    def index(self, *parts: str) -> None:
        entries = "".join(f"<sitemap><loc>{part}</loc></sitemap>" for part in parts)
        self.put("/index.xml", f"<sitemapindex>{entries}</sitemapindex>".encode())


@pytest.fixture
def site(origin: Origin) -> Site:
    return Site(origin)


def arrivals(home: House) -> dict[str, tuple[str, bool]]:
    """How each stored article came, and whether it is mailed, by the end of its address."""
    with closing(sqlite3.connect(home.folder / "news-monitor.db")) as connection:
        found = connection.execute("SELECT link, arrival, is_mailable FROM articles").fetchall()
    return {link.rsplit("/", 1)[1]: (arrival, bool(is_mailable)) for link, arrival, is_mailable in found}


def polled(home: House, clock: SimulatedClock, hours: int = 5) -> PollReport:
    clock.advance(hours * HOUR)
    (report,) = home.refresh()
    return report


def test_parts_are_read_each_under_its_own_conditions(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimulatedClock()
    now = clock.now()
    site.index("/news-1.xml.gz", "/news-2.xml.gz", "/pages.xml")
    site.put("/news-1.xml.gz", sitemap(page("truce", "Syria truce holds", now - HOUR)))
    site.put("/news-2.xml.gz", sitemap(page("ferry", "Ferry runs again", now - 2 * HOUR)))
    config = settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port)
    with lived_in(config, clock) as home:
        (first,) = home.refresh()
        second = polled(home, clock)
        site.put("/news-2.xml.gz", sitemap(page("talks", "Syria truce talks resume", clock.now() + HOUR)))
        third = polled(home, clock)
        site.put("/news-1.xml.gz", sitemap(page("vote", "Vote on harbour fees", clock.now() + HOUR)))
        fourth = polled(home, clock)
    assert (first.status, first.name, first.counts.new, first.has_gap) == ("ok", "The Kite", 2, False)
    assert (second.status, second.counts.fetched) == ("unchanged", 0)
    assert (third.status, third.counts.new, third.matches, third.has_gap) == ("ok", 1, 1, False)
    assert (fourth.status, fourth.counts.new, fourth.has_gap) == ("ok", 1, False)
    assert not site.origin.asked("/pages.xml")
    conditions = [request.header("If-None-Match") is not None for request in site.origin.asked("/news-1.xml.gz")]
    assert conditions == [False, True, True, True]
    monkeypatch.setattr(cli_settings, "outline_of", lambda _context: config)
    shown = CliRunner().invoke(app, ["feeds", "show", "The Kite", "--json"], catch_exceptions=False)
    assert json.loads(shown.output)["kind"] == "index of news sitemaps"
    assert len(json.loads(shown.output)["parts"]) == 2
    words = CliRunner().invoke(app, ["feeds", "show", "The Kite"], catch_exceptions=False)
    assert "kind: index of news sitemaps" in words.output


@pytest.mark.parametrize("failure", [status(500), status(503), reply(sitemap("")[:-12]), reply(b"<html>Log in"[:3])])
def test_what_a_failed_part_holds_is_read_at_the_next_poll(
    tmp_path: Path, site: Site, failure: Callable[[Asked], Iterator[Step]]
) -> None:
    clock = SimulatedClock()
    now = clock.now()
    site.index("/news-1.xml", "/news-2.xml")
    site.put("/news-1.xml", sitemap(page("a", "Ferry runs again", now - HOUR)))
    site.put("/news-2.xml", sitemap(page("b", "Harbour fees rise", now - HOUR)))
    with lived_in(settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port), clock) as home:
        home.refresh()
        site.failing["/news-2.xml"] = failure
        site.put("/news-2.xml", sitemap(page("truce", "Syria truce holds", now + HOUR)))
        site.put("/news-1.xml", sitemap(page("c", "Weather turns", now + HOUR)))
        during = [polled(home, clock, 9) for _ in range(6)]  # 54 hours
        site.failing.clear()
        after = polled(home, clock, 9)
    assert during[0].status == "ok"
    assert during[0].counts.new == 1
    assert not any(report.has_gap or report.is_failure for report in [*during, after])
    assert (after.status, after.counts.new, after.counts.late, after.matches) == ("ok", 1, 0, 1)


def test_a_part_that_asks_for_quiet_gets_it_and_the_rest_of_the_parts_wait(tmp_path: Path, site: Site) -> None:
    clock = SimulatedClock()
    now = clock.now()
    site.index("/news-1.xml", "/news-2.xml", "/news-3.xml")
    for number in (1, 2, 3):
        site.put(f"/news-{number}.xml", sitemap(page(f"{number}", f"Syria truce {number}", now - HOUR)))
    site.failing["/news-2.xml"] = status(429, [("Retry-After", "36000")])
    with lived_in(settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port), clock) as home:
        (first,) = home.refresh()
        clock.advance(9 * HOUR)
        early = home.refresh()
        site.failing.clear()
        late = polled(home, clock, 2)
    assert (first.status, first.counts.new) == ("ok", 1)
    assert first.next_poll_at >= now + 10 * HOUR
    assert not early
    assert (late.status, late.counts.new, late.has_gap) == ("ok", 2, False)
    assert len(site.origin.asked("/news-3.xml")) == 1


def test_no_part_can_be_read(tmp_path: Path, site: Site) -> None:
    site.index("/news-1.xml")
    site.put("/news-1.xml", PLAIN)
    site.failing["/news-1.xml"] = status(410)
    with lived_in(settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port)) as home:
        (report,) = home.refresh()
    assert report.is_failure
    assert report.reason.startswith(
        f"No part of this index of sitemaps could be read. {site.origin.url('/news-1.xml')}:"
    )


def test_loops_other_sites_and_indexes_in_indexes_are_refused(tmp_path: Path, site: Site) -> None:
    site.index("/index.xml", "https://other.example/news.xml", "/news-index.xml", "/news-loop.xml")
    site.put("/news-index.xml", b"<sitemapindex><sitemap><loc>/news-1.xml</loc></sitemap></sitemapindex>")
    site.origin.serve("/news-loop.xml", redirect("/index.xml"))
    with lived_in(settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port)) as home:
        (report,) = home.refresh()
    assert report.is_failure
    assert report.reason.count("an index in an index is not followed") == 2
    assert "other.example" not in report.reason
    assert not site.origin.asked("/news-1.xml")


def test_a_login_goes_to_parts_of_its_own_origin_only(tmp_path: Path, site: Site) -> None:
    with Origin("127.0.0.1") as other:
        now = SimulatedClock().now()
        other.serve("/news-2.xml", reply(sitemap(page("ferry", "Ferry runs again", now - HOUR))))
        site.put("/news-1.xml", sitemap(page("truce", "Syria truce holds", now - HOUR)))
        site.index("/news-1.xml", other.url("/news-2.xml"))
        config = settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port)
        config = replace(config, polling=replace(config.polling, allow_ports=(site.origin.port, other.port)))
        login = Login(username="desk", secret="open-sesame")
        (feed,) = config.feeds
        guarded = replace(feed, auth=login, headers=(("X-Key", "open-sesame"),))
        with lived_in(replace(config, feeds=(guarded,))) as home:
            (report,) = home.refresh()
        assert report.counts.new == 2
        assert all(
            request.header("X-Key") and request.header("Authorization") for request in site.origin.asked("/news-1.xml")
        )
        (request,) = other.asked("/news-2.xml")
    assert "open-sesame" not in str(request)
    assert (request.header("X-Key"), request.header("Authorization"), request.header("Cookie")) == (None, None, None)


def test_at_most_five_parts_a_poll(tmp_path: Path, site: Site) -> None:
    clock = SimulatedClock()
    names = [f"/news-2026-{month:02}.xml" for month in range(1, 9)]
    site.index(*names)
    for name in names:
        site.put(name, sitemap(page(name[1:-4], f"Syria truce {name}", clock.now() - HOUR)))
    with lived_in(settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port), clock) as home:
        (report,) = home.refresh()
    assert report.counts.new == 5
    assert [name for name in names if site.origin.asked(name)] == names[3:]


def test_parts_without_room_are_noted_and_have_their_turn(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three parts, each of which fills a poll every time."""
    clock = SimulatedClock()
    paths = [f"/news-{number}.xml" for number in range(3)]
    site.index(*paths)
    config = settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port)
    config = replace(config, polling=replace(config.polling, max_items=1))
    with lived_in(config, clock) as home:
        for turn in range(6):
            for path in paths:
                site.put(path, sitemap(page(f"{path[1:7]}-{turn}", f"Ferry {path} {turn}", clock.now() - HOUR)))
            report = polled(home, clock)
            assert not report.is_failure
            assert not report.has_gap
    assert [len(site.origin.asked(path)) for path in paths] == [2, 2, 2]
    monkeypatch.setattr(cli_settings, "outline_of", lambda _context: config)
    words = CliRunner().invoke(app, ["feeds", "show", "The Kite"], catch_exceptions=False)
    assert "more of its parts wait for the next polls, which ask them first" in " ".join(words.output.split())
    assert words.output.count("(waits for one of the next polls, which asks it first)") == 2


def test_eight_parts_that_fill_each_poll_have_their_turn(tmp_path: Path, site: Site) -> None:
    clock = SimulatedClock()
    paths = [f"/news-{number}.xml" for number in range(8)]
    site.index(*paths)
    config = settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port)
    with lived_in(replace(config, polling=replace(config.polling, max_items=1)), clock) as home:
        for turn in range(20):
            for path in paths:
                site.put(path, sitemap(page(f"{path[1:7]}-{turn}", f"Ferry {path} {turn}", clock.now() - HOUR)))
            report = polled(home, clock, 2)
            assert not report.is_failure
            assert not report.has_gap
    asked = [len(site.origin.asked(path)) for path in paths]
    assert sum(asked) == 20
    assert min(asked) >= 2


@pytest.mark.parametrize(("hours", "has_gap"), [(5, False), (50, True)])
def test_a_part_that_is_gone_is_no_gap(tmp_path: Path, site: Site, hours: int, has_gap: bool) -> None:  # noqa: FBT001 (a row)
    """What the part had is not there any more, and what the other part has is all new. After two days it is a gap."""
    clock = SimulatedClock()
    site.index("/news-1.xml", "/news-2.xml")
    site.put("/news-1.xml", sitemap(page("ferry", "Ferry runs again", clock.now() - HOUR / 2)))
    site.put("/news-2.xml", sitemap(page("fees", "Harbour fees rise", clock.now() - HOUR / 4)))
    with lived_in(settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port), clock) as home:
        home.refresh()
        site.failing["/news-2.xml"] = status(404)
        site.put("/news-1.xml", sitemap(page("vote", "Vote on fees", clock.now() + (hours - 1) * HOUR)))
        gone = polled(home, clock, hours)
        site.put("/news-1.xml", sitemap(page("talks", "Talks on fees", clock.now() + 4 * HOUR)))
        later = polled(home, clock)
    assert (gone.status, gone.counts.new, gone.has_gap) == ("ok", 1, has_gap)
    assert (later.status, later.counts.new) == ("ok", 1)


@pytest.mark.parametrize("hours", [5, 30, 60])
@pytest.mark.parametrize("failure", [status(500), reply(sitemap("")[:-12])])
def test_what_a_pending_part_had_at_the_start_is_not_mailed_as_new(
    tmp_path: Path, site: Site, failure: Callable[[Asked], Iterator[Step]], hours: int
) -> None:
    """The part cannot be read at first, and is read later: what came into it in the meantime is new."""
    clock = SimulatedClock()
    start = clock.now()
    site.index("/news-1.xml", "/news-2.xml")
    site.put("/news-1.xml", sitemap(page("ferry", "Ferry runs again", start - HOUR)))
    there = [page(f"there-{age}", f"Syria truce of hour {age}", start - age * HOUR) for age in (25, 40)]
    came = [page(f"came-{age}", f"Syria truce talks {age}", start + age * HOUR) for age in (1, 3)]
    site.put("/news-2.xml", sitemap(*there))
    site.failing["/news-2.xml"] = failure
    with lived_in(settings(tmp_path, [site.origin.url("/index.xml")], site.origin.port), clock) as home:
        home.refresh()
        during = [polled(home, clock, 5) for _ in range(hours // 5 - 1)]
        site.put("/news-2.xml", sitemap(*came, *there))
        site.failing.clear()
        after = polled(home, clock, 5)
        stored = arrivals(home)
    assert not any(report.is_failure or report.has_gap for report in [*during, after])
    assert stored == {
        "ferry": ("baseline", True),
        "there-25": ("baseline", False),
        "there-40": ("baseline", False),
        "came-1": ("new", True),
        "came-3": ("new", True),
    }
