"""A news sitemap on loopback is polled, asked with conditions and matched like any other feed (rule P17)."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from house import lived_in, settings
from origin import Asked, Origin, Step, conditional, reply
from simulated import SimulatedClock
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli import settings as cli_settings

HOUR = timedelta(hours=1)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def page(name: str, title: str, at: datetime) -> str:
    return (
        f"<url><loc>https://kite.example/{name}</loc><n:news><n:publication><n:name>The Kite</n:name><n:language>en"
        f"</n:language></n:publication><n:publication_date>{at.isoformat()}</n:publication_date><n:title>{title}"
        "</n:title></n:news></url>"
    )


def sitemap(*pages: str) -> bytes:
    declared = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    return gzip.compress(f"<urlset {declared}>{''.join(pages)}</urlset>".encode(), mtime=0)


def test_a_day_of_polls(tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimulatedClock()
    now = clock.now()
    old = page("old", "Syria truce of long ago", now - 61 * HOUR)
    truce, talks = page("truce", "Syria truce holds", now - HOUR), page("talks", "Syria truce talks resume", now + HOUR)
    turn = {"body": sitemap(truce, old), "etag": b'"1"'}

    def script(request: Asked) -> Iterator[Step]:
        yield from conditional(bytes(turn["body"]), turn["etag"])(request)  # no Content-Encoding: a file .xml.gz

    origin.serve("/news.xml.gz", script)
    config = settings(tmp_path, [origin.url("/news.xml.gz")], origin.port)
    with lived_in(config, clock) as home:
        (first,) = home.refresh()
        clock.advance(5 * HOUR)
        (second,) = home.refresh()
        turn |= {"body": sitemap(talks, truce, old), "etag": b'"2"'}
        clock.advance(5 * HOUR)
        (third,) = home.refresh()
    assert [each.status for each in (first, second, third)] == ["ok", "not modified", "ok"]
    assert (first.name, first.counts.new, first.counts.refused, first.has_gap) == ("The Kite", 1, 1, False)
    assert (third.counts.new, third.counts.known, third.counts.refused, third.matches) == (1, 1, 1, 1)
    assert [request.header("If-None-Match") for request in origin.asked("/news.xml.gz")] == [None, b'"1"', b'"1"']
    monkeypatch.setattr(cli_settings, "outline_of", lambda _context: config)
    result = CliRunner().invoke(app, ["feeds", "show", "The Kite", "--json"], catch_exceptions=False)
    assert [each["reason"] for each in json.loads(result.output)["polls"]] == ["news sitemap", "", "news sitemap"]


def test_a_plain_sitemap_and_an_index_fail_with_what_to_do(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/sitemap.xml", reply(b"<urlset><url><loc>https://kite.example/about</loc></url></urlset>"))
    index = b"<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"
    for path in ("/a.xml", "/b.xml"):
        origin.serve(path, reply(b"<urlset><url><loc>https://kite.example/about</loc></url></urlset>"))
    origin.serve("/index.xml", reply(index))
    config = settings(tmp_path, [origin.url("/sitemap.xml"), origin.url("/index.xml")], origin.port)
    with lived_in(config) as home:
        reasons = {report.url: report.reason for report in home.refresh()}
    assert "a sitemap without news" in reasons[origin.url("/sitemap.xml")]
    assert reasons[origin.url("/index.xml")] == (
        f"This is an index of sitemaps without news. Asked: {origin.url('/a.xml')}: no news in it; "
        f"{origin.url('/b.xml')}: no news in it."
    )


def test_a_slow_outlet_whose_sitemap_holds_a_day_has_no_gap(tmp_path: Path, origin: Origin) -> None:
    clock = SimulatedClock()
    start = clock.now()
    config = settings(tmp_path, [origin.url("/news.xml")], origin.port)
    found = []
    with lived_in(config, clock) as home:
        for turn in range(14):  # an article every 20 hours, held for 24
            clock.advance(8 * HOUR)
            moments = [start + 20 * number * HOUR for number in range(-1, 10)]
            held = [at for at in moments if clock.now() - 24 * HOUR < at <= clock.now()]
            pages = [page(f"{at:%d-%H}", f"Ferry of {at:%A %H}", at) for at in held]
            origin.serve("/news.xml", reply(sitemap(*pages)))
            found += [(turn, each.counts.new, each.has_gap) for each in home.refresh()]
    assert sum(new for _, new, _ in found) == 6
    assert not [turn for turn, _, has_gap in found if has_gap]


def test_a_busy_outlet_has_a_gap(tmp_path: Path, origin: Origin) -> None:
    clock = SimulatedClock()
    config = settings(tmp_path, [origin.url("/news.xml")], origin.port)
    with lived_in(config, clock) as home:
        origin.serve("/news.xml", reply(sitemap(page("a", "Ferry runs", clock.now() - HOUR))))
        home.refresh()
        clock.advance(8 * HOUR)
        origin.serve("/news.xml", reply(sitemap(page("b", "Ferry waits", clock.now() - HOUR))))
        (report,) = home.refresh()
    assert report.has_gap
