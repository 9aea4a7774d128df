"""Hostile hosts of pages, on real sockets: none ends the round, costs more than its bounds, or leads us anywhere."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bombs import zeros
from newspaper import BODY, Press, html, lorries, page, press
from origin import Origin, Script, endless, head, raw, redirect, reply

from monitor.model.stored_page import PageState

PAGE = [("Content-Type", "text/html; charset=utf-8")]
FORBIDDING = b"User-agent: *\nDisallow: /\n"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1", "127.0.0.2", "127.0.0.3") as origin:
        yield origin


@pytest.fixture
def wire(tmp_path: Path, origin: Origin) -> Iterator[Press]:
    with press(tmp_path, origin) as found:
        yield found


@pytest.mark.parametrize(
    "script",
    [
        reply(zeros(60, "gzip"), headers=[*PAGE, ("Content-Encoding", "gzip")]),
        endless(head(200, PAGE) + b"<html><body>", b"<p>and so on, " * 1_000),
        redirect("http://10.0.0.1/latest"),
        redirect("http://169.254.169.254/latest/meta-data"),
        redirect("http://[::ffff:10.0.0.1]/"),
        redirect("file:///etc/passwd"),
        page("Lorries", head="<meta http-equiv='refresh' content='0; url=http://10.0.0.1/'>"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + b"X-Long: " + b"a" * 300_000),
        page("Lorries", f"<table>{'<tr><td colspan=99999999 rowspan=9999999>a</td></tr>' * 2_000}</table>"),
        reply(b"<html><body>" + b"<div>" * 200_000, headers=PAGE),
        reply(b"\xff\xfe\x00" * 1_000, headers=[("Content-Type", "text/html; charset=utf-32")]),
    ],
    ids=["bomb", "endless", "private", "metadata", "mapped", "file", "refresh", "head", "spans", "deep", "noise"],
)  # fmt: skip
def test_no_page_leads_astray_or_stops_the_others(wire: Press, origin: Origin, script: Script) -> None:
    bad, good = lorries("a", link=wire.link("a")), lorries("b", link=wire.link("b", "127.0.0.3"))
    origin.serve("/a", script)
    origin.serve("/b", page(good.title))
    wire.publish(bad, good)
    wire.home.read_pages()
    assert wire.page(bad.title).state in (PageState.FAILED, PageState.REFUSED)
    assert wire.page(bad.title).text == ""
    assert wire.page(good.title).state is PageState.READ
    assert {each.target for each in origin.requests} <= {"/wire", "/a", "/b", "/robots.txt", "/.well-known/tdmrep.json"}


@pytest.mark.parametrize(
    "script",
    [
        reply(FORBIDDING + b"# and so on\n" * 900_000),
        reply(zeros(60, "gzip"), headers=[("Content-Encoding", "gzip")]),
        endless(head(200) + FORBIDDING, b"# and so on\n" * 1_000),
        reply(FORBIDDING, length=9_000),
        raw(b"HTTP/1.1 299 " + b"a" * 300_000),
        redirect("http://10.0.0.1/robots.txt"),
        redirect("/robots.txt"),
        reply(FORBIDDING.replace(b"\n", b"\r")),
        reply(b"\xef\xbb\xbf" + FORBIDDING),
        reply(FORBIDDING.decode().encode("utf-16")),
    ],
    ids=["ten megabytes", "bomb", "endless", "cut", "head", "private", "circle", "returns", "mark", "utf-16"],
)
def test_a_robots_txt_that_cannot_be_read_whole_lets_nobody_in(wire: Press, origin: Origin, script: Script) -> None:
    story = lorries("a", link=wire.link("a"))
    origin.serve("/a", page(story.title))
    origin.serve("/robots.txt", script)
    wire.publish(story, replace(story, id="b", link=wire.link("b")))
    wire.home.read_pages()
    assert wire.asked_pages() == []


def test_a_page_that_does_not_say_its_charset_is_read(wire: Press, origin: Origin) -> None:
    body = html("Lorries wait at crossing a in Syria", *BODY, "The café of Brüssel closed.").decode()
    for number, charset in enumerate(("cp1252", "utf-16", "utf-8-sig")):
        story = lorries(f"a{number}", link=wire.link(f"a{number}"))
        origin.serve(f"/a{number}", reply(body.encode(charset), headers=[("Content-Type", "text/html")]))
        wire.publish(story)
        wire.home.read_pages()
        assert "closed" in wire.page(story.title).text
        assert wire.page(story.title).state is PageState.READ
