"""`feeds add` and `feeds try` against pages as real sites have them, on loopback; the config is a real file."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from daemons import asked
from house import Story, rss
from origin import Origin, redirect, reply, status
from program import EDITABLE
from simulated import NOON
from terminal import Terminal

FEED = rss(
    Story(id="1", title="Truce in Kesh enters its third day", at=NOON),
    Story(id="2", title="Ferry aground \x1b[2J", at=NOON),
    title="Quay \x1b]0;x\x07Radio",
)
RSS = 'type="application/rss+xml"'
HTML = [("Content-Type", "text/html; charset=utf-8")]


class Site:
    """An origin, and a config without a feed of it."""

    def __init__(self, folder: Path, origin: Origin) -> None:
        self.origin = origin
        self.config = folder / "config.toml"
        self.config.write_text(
            f"""# kept
[storage]
folder = "data"
[polling]
host_gap = "0s"
allow_private = ["127.0.0.1"]
allow_ports = [{origin.port}]
[[topics]]
name = "Kesh"
any = ["Kesh"]
[[digests]]
name = "Daily"
to = ["desk@home.example"]
[[feeds]]
url = "{origin.url("/known")}"
""",
            encoding="utf-8",
        )
        self.before = self.config.read_text(encoding="utf-8")

    def page(self, path: str, html: str, *more: tuple[str, str]) -> None:
        self.origin.serve(path, reply(html.encode(), headers=[*HTML, *more]))

    def run(self, *arguments: str) -> CompletedProcess[str]:
        return asked(self.config, "feeds", *arguments)

    def added(self) -> str:
        """What the file has now beyond what it had."""
        now = self.config.read_text(encoding="utf-8")
        assert now.startswith(self.before.rstrip("\n"))
        return now[len(self.before.rstrip("\n")) :]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Origin() as origin:
        origin.serve("/feed", reply(FEED, headers=[("ETag", '"1"')]))
        origin.serve("/comments", reply(rss(Story(id="c", title="Me too", at=NOON), title="Comments on Quay")))
        origin.serve("/gone", status(404))
        yield Site(tmp_path, origin)


LINK = f'<link rel="alternate" {RSS} href="/feed">'

PAGES = {
    "in the head": f"<html><head>{LINK}</head>",
    "in the body": f"<html><body><div>{LINK}",
    "without quotes": "<html><link rel=alternate type=application/rss+xml href=/feed>",
    "relative": f'<html><link rel=alternate {RSS} href="feed">',
    "with a base": f'<html><base href="/x/"><link rel=alternate {RSS} href="../feed">',
    "comments first": f'<html><link rel=alternate {RSS} title="Comments" href="/comments">{LINK}',
    "a dead one first": f'<html><link rel=alternate {RSS} href="/gone">{LINK}',
    "an <a> alone": '<html><a href="/feed">RSS</a>',
    "hostile links": f'<html><link rel=alternate {RSS} href="file:///etc/passwd"><link rel=alternate {RSS} '
    f'href="http://10.0.0.1/feed"><link rel=alternate {RSS} href="javascript:1">{LINK}',
    "in capitals": "<HTML><LINK REL=ALTERNATE TYPE=APPLICATION/RSS+XML HREF=/feed>",
    "the usual place": "<html><title>Nothing here</title>",
    "a page that is one tag": f"{LINK}<html><div " + "x=" * 500_000,
    "XHTML": f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head>{LINK[:-1]}/></head></html>',
}


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_the_feed_of_a_page_is_found_tried_and_written(site: Site, html: str) -> None:
    site.origin.serve("/feed/", reply(FEED)) if "Nothing here" in html else None
    site.page("/", html)
    answer = site.run("add", site.origin.url("/"), "--pick", "1", "--yes")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    written = site.added()
    assert written.split() == [
        "[[feeds]]",
        "url",
        "=",
        f'"{site.origin.url("/feed" + "/" * ("Nothing here" in html))}"',
    ]
    assert "\x1b" not in (answer.stdout + answer.stderr)
    assert "Kesh: 1 match now" in (answer.stdout + answer.stderr)
    assert max(map(len, (answer.stdout + answer.stderr).splitlines())) <= 80 or "http://" in (
        answer.stdout + answer.stderr
    )


def test_a_link_header_is_enough(site: Site) -> None:
    site.page("/", "<html>", ("Link", '</feed>; rel="alternate"; type="application/rss+xml"'))
    assert site.run("add", site.origin.url("/"), "--yes").returncode == 0
    assert "/feed" in site.added()


def test_a_page_in_another_encoding_and_behind_redirects(site: Site) -> None:
    site.origin.serve("/old", redirect("/new"))
    html = f'<html><link rel=alternate {RSS} title="Новости" href="/feed">'.encode("windows-1251")
    site.origin.serve("/new", reply(html, headers=[("Content-Type", "text/html; charset=windows-1251")]))
    found = json.loads(site.run("add", site.origin.url("/old"), "--json").stdout)
    assert found["added"] == site.origin.url("/feed")


def test_the_address_of_a_feed_that_moved_for_good_is_the_new_one(site: Site) -> None:
    site.origin.serve("/moved", redirect("/feed", 301))
    assert site.run("add", site.origin.url("/moved"), "--yes", "--outlet", "Quay").returncode == 0
    assert 'outlet = "Quay"' in site.added()
    assert site.origin.url("/feed") in site.added()


def test_of_several_feeds_a_script_is_asked_which(site: Site) -> None:
    site.page("/", f'<html>{LINK}<link rel=alternate {RSS} href="/comments">')
    answer = site.run("add", site.origin.url("/"))
    assert answer.returncode == 2
    assert "--pick 1 to --pick 2" in (answer.stdout + answer.stderr)
    assert site.added().strip() == ""
    assert "found" in site.run("add", site.origin.url("/"), "--pick", "3").stderr
    assert json.loads(site.run("add", site.origin.url("/"), "--json").stdout)["added"] == ""
    assert site.added().strip() == ""


@pytest.mark.whole
def test_of_several_feeds_a_person_is_asked_which(site: Site, tmp_path: Path) -> None:
    site.page("/", f'<html>{LINK}<link rel=alternate {RSS} href="/comments">')
    site.origin.serve("/comments", reply(FEED))
    home = {"HOME": str(tmp_path), "PATH": os.defpath, "LANG": "C.UTF-8", "TERM": "dumb"}
    command: list[str | Path] = [EDITABLE, "--config", site.config, "feeds", "add", site.origin.url("/")]
    with Terminal(command, tmp_path, home) as screen:
        offered = screen.until("Which one? [1]:")
        assert offered.index("  1. ") < offered.index("  2. ")
        screen.type("two\r")
        screen.until("Which one? [1]:")
        screen.type("2\r")
        screen.until('(pages = "near")? [y/N]')
        screen.type("y\r")
        screen.until("config? [y/N]")
        screen.type("y\r")
        assert screen.end() == 0
    assert 'pages = "near"' in site.added()
    assert f'url = "{site.origin.url("/comments")}"' in site.added()


def test_when_nothing_is_found_all_that_was_asked_is_named(site: Site) -> None:
    site.page("/", f'<html><title>No news</title><link rel=alternate {RSS} href="/gone">')
    answer = site.run("add", site.origin.url("/"))
    assert answer.returncode == 2
    for path in ("/gone", "/rss.xml", "/atom.xml", "/feeds/posts/default"):
        assert site.origin.url(path) in (answer.stdout + answer.stderr)
    assert site.added().strip() == ""


def test_a_feed_that_is_configured_is_not_added_twice(site: Site) -> None:
    site.origin.serve("/known", reply(FEED))
    answer = site.run("add", site.origin.url("/known") + "#top")
    assert answer.returncode == 0
    assert "already" in (answer.stdout + answer.stderr)
    site.origin.serve("/elsewhere", redirect("/known", 301))
    assert "already" in site.run("add", site.origin.url("/elsewhere"), "--yes").stdout
    assert site.added().strip() == ""


@pytest.mark.parametrize("written", ["", "exec:rm", "ftp://quay.example/feed", "quay", "http://"])
def test_what_is_no_address_is_refused(site: Site, written: str) -> None:
    answer = site.run("add", written)
    assert answer.returncode == 2
    assert "not the address" in (answer.stdout + answer.stderr)


def test_a_feed_is_tried_and_nothing_is_stored(site: Site, tmp_path: Path) -> None:
    before = {each.name for each in tmp_path.iterdir()}
    answer = site.run("try", site.origin.url("/feed"))
    assert answer.returncode == 0
    for words in ("2 items", "ETag", "Truce in Kesh", "Kesh: 1 match now"):
        assert words in (answer.stdout + answer.stderr)
    facts = json.loads(site.run("try", site.origin.url("/feed"), "--json").stdout)
    assert facts["matches"] == {"Kesh": ["Truce in Kesh enters its third day"]}
    assert facts["etag"] is True
    assert {each.name for each in tmp_path.iterdir()} == before


def test_a_page_that_is_tried_names_its_feed(site: Site) -> None:
    site.page("/", f"<html><title>Quay</title>{LINK}")
    answer = site.run("try", site.origin.url("/"))
    assert answer.returncode == 1
    assert f"The page names {site.origin.url('/feed')}" in (answer.stdout + answer.stderr)


def test_private_networks_are_not_asked(site: Site) -> None:
    answer = site.run("add", "http://192.168.0.1/feed")
    assert answer.returncode == 2
    assert "address refused" in (answer.stdout + answer.stderr)


def test_an_index_of_news_sitemaps_is_tried_and_added(site: Site) -> None:
    url = site.origin.url("/index.xml")
    site.origin.serve("/index.xml", reply(b"<sitemapindex><sitemap><loc>/news.xml</loc></sitemap></sitemapindex>"))
    site.origin.serve(
        "/news.xml",
        reply(
            b'<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://quay.example/1</loc>'
            b"<n:news><n:title>Truce in Kesh</n:title></n:news></url></urlset>"
        ),
    )
    tried = json.loads(site.run("try", url, "--json").stdout)
    assert (tried["is_feed"], tried["kind"], tried["matches"]) == (
        True,
        "index of news sitemaps",
        {"Kesh": ["Truce in Kesh"]},
    )
    assert "index of news sitemaps" in site.run("add", url, "--yes").stdout
    assert url in site.added()


def test_pages_are_offered_where_texts_are_short(site: Site) -> None:
    feed = site.origin.url("/feed")
    offer = "--pages near reads the page where one word of a topic is missing."
    assert offer in site.run("add", feed, "--yes").stderr
    assert "pages" not in site.added()
    long = Story(id="3", title="Long read", text="Grain moved by rail from the port. " * 20, at=NOON)
    site.origin.serve("/long", reply(rss(long)))
    site.origin.serve("/empty", reply(rss()))
    for path in ("/long", "/empty"):
        assert offer not in site.run("add", site.origin.url(path), "--yes").stderr
    site.origin.serve("/short", reply(FEED))
    answer = site.run("add", site.origin.url("/short"), "--pages", "near", "--json")
    assert answer.returncode == 0
    assert 'pages = "near"' in site.added()
    assert site.run("add", site.origin.url("/other"), "--pages", "some").returncode == 2
