"""The page over feeds in which every field is an attack on it, and what finds one that got through."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.sax.saxutils import escape, quoteattr

from house import House, lived_in, send_now
from origin import Origin, raw, reply
from pages import CONFIG, OURS, Site, site
from simulated import SimulatedClock

from monitor.config import load
from monitor.policy.slots import next_slot
from monitor.web.pages import PAGES

MARA = {"Remote-User": "mara"}
USERS = """
[[users]]
name = "mara"
role = "owner"
recipient = "you@reader.example"
"""
WEB = '\n[web]\nproxies = ["127.0.0.1"]\nproxy_header = "Remote-User"\npublic_url = "https://news.example.org"\n'


def attack(field: str) -> str:
    """What stands in a field: it runs if anything of it is taken for markup."""
    run = f"document.hit='{field}'"
    return f"\"'><script>{run}</script><img src=x onerror={run}><svg/onload={run}></title></textarea>{{{{7*7}}}}"


DC, CONTENT, MEDIA = (
    "{http://purl.org/dc/elements/1.1/}",
    "{http://purl.org/rss/1.0/modules/content/}",
    "{http://search.yahoo.com/mrss/}",
)
ATOM, LANG = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/XML/1998/namespace}lang"


def attacking(name: str, text: str = "", **attributes: str) -> Element:
    """An element with an attack in its text, behind this, and in each of these attributes. In the text it is there
    twice: as markup, which is taken out of it, and as text that looks like it, which stays.
    """
    label = name.rpartition("}")[2]
    found = Element(name, {key: f"{value}{attack(key)}" for key, value in attributes.items()})
    found.text = f"{text} {escape(attack(label))} {attack(label)}".strip()
    return found


def rss(now: str, page: str) -> bytes:
    top = Element("rss", version="2.0")
    channel = SubElement(top, "channel", {LANG: attack("lang")})
    fields = ("title", "description", "language", "generator", "managingEditor", "webMaster", "copyright", "ttl")
    channel.extend(map(attacking, fields))
    channel.append(attacking("link", "https://post.example/"))
    links = (
        f"https://post.example/{attack('link')}",
        f"javascript:{attack('script')}",
        f"data:text/html,{attack('data')}",
    )
    for number, link in enumerate((*links, page)):
        item = SubElement(channel, "item", {LANG: attack("lang")})
        often = ("author", f"{DC}creator", "category", "comments", f"{DC}rights", f"{MEDIA}title", f"{MEDIA}credit")
        item.extend(map(attacking, often))
        item.append(attacking("guid", str(number)))
        item.append(attacking("title", f"Syria truce {number}"))
        item.append(attacking("description", f"The truce in Syria, {number}."))
        item.append(attacking(f"{CONTENT}encoded", "<p>The truce in Syria holds.</p>"))
        item.append(attacking("source", "Wire", url="https://wire.example/"))
        item.append(attacking("enclosure", url="https://post.example/", type="audio/", length="1"))
        SubElement(item, "link").text = link
        SubElement(item, "pubDate").text = now if number else attack("date")
    return tostring(top)


def atom(now: str) -> bytes:
    top = Element(f"{ATOM}feed", {LANG: attack("lang")})
    top.extend([attacking(f"{ATOM}id"), attacking(f"{ATOM}title"), attacking(f"{ATOM}subtitle")])
    top.append(attacking(f"{ATOM}link", href="https://post.example/next", rel="next"))
    entry = SubElement(top, f"{ATOM}entry")
    entry.append(attacking(f"{ATOM}id"))
    for name, what in (("title", "Syria truce by Atom"), ("summary", "The truce in Syria.")):
        text = attacking(f"{ATOM}{name}", what)
        text.set("type", "html")
        entry.append(text)
    link = f"https://post.example/atom{attack('href')}"
    entry.extend([Element(f"{ATOM}link", href=link), attacking(f"{ATOM}category", term="war", label="war")])
    author = SubElement(entry, f"{ATOM}author")
    author.extend([attacking(f"{ATOM}name"), attacking(f"{ATOM}uri", "https://post.example/")])
    for name in ("updated", "published"):
        SubElement(entry, f"{ATOM}{name}").text = now
    return tostring(top)


def json_feed(now: str) -> bytes:
    item: dict[str, Any] = {name: attack(name) for name in ("id", "external_url", "image", "summary", "language")}
    item |= {"url": f"https://post.example/json{attack('url')}", "date_published": now, "tags": [attack("tag")]}
    item |= {
        "title": f"Syria truce by JSON {escape(attack('json-title'))}",
        "content_html": f"Truce in Syria {escape(attack('html'))}",
    }
    item |= {"authors": [{"name": attack("name"), "url": attack("url"), "avatar": attack("avatar")}]}
    feed: dict[str, Any] = {
        name: attack(name) for name in ("title", "description", "home_page_url", "next_url", "icon")
    }
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", **feed, "items": [item]}).encode()


BROKEN = f"HTTP/1.1 500 {attack('reason')}\r\nRetry-After: {attack('after')}\r\nServer: {attack('server')}\r\n"
HOME = (
    f"<html><head><title>{attack('home')}</title>"
    f"<link rel=alternate type='application/rss+xml' href='/rss' title={quoteattr(attack('alternate'))}>"
)


@contextmanager
def attacked(folder: Path) -> Iterator[Site]:
    """The page over a store that has polled such feeds, listed them in an edition, and has a draft of another."""
    with Origin() as origin:
        paths = ("/rss", "/atom", "/json", "/broken")
        feeds = "".join(f'[[feeds]]\nurl = "{origin.url(path)}"\npages = "all"\n' for path in paths)
        text = CONFIG.replace('[[feeds]]\nurl = "https://news.example/feed.xml"\n', feeds)
        text = text.replace('at = "07:00"', 'at = "07:00"\nreview = "1h"')
        text += (
            f'[polling]\nhost_gap = "0s"\nallow_private = ["127.0.0.1"]\nallow_ports = [{origin.port}]\n{USERS}{WEB}'
        )
        file = folder / "config.toml"
        file.write_text(text)
        file.chmod(0o600)
        clock = SimulatedClock()
        origin.serve("/home", reply(HOME.encode(), headers=[("Content-Type", "text/html")]))
        origin.serve("/page", reply(page_behind(), headers=[("Content-Type", "text/html")]))
        for path in paths:
            origin.serve(path, reply(b"<rss version='2.0'><channel><title>Quiet</title></channel></rss>"))
        with lived_in(load(file, {}), clock) as house:
            house.tick()
            clock.advance(timedelta(hours=5))
            _serve(origin, clock)
            _live(house)
        with site(folder, text, clock=clock) as found:
            yield found


def page_behind() -> bytes:
    sentence = "The truce in Syria holds for another day, say people on the spot. "
    text = f"<p>{sentence * 6}</p>" * 5 + escape(attack("text"))
    return f"<html><head><title>{attack('page')}</title></head><body><article>{text}</article>".encode()


def _serve(origin: Origin, clock: SimulatedClock) -> None:
    at = clock.now() - timedelta(hours=1)
    origin.serve("/rss", reply(rss(format_datetime(at), origin.url("/page"))))
    origin.serve("/atom", reply(atom(at.isoformat())))
    origin.serve("/json", reply(json_feed(at.isoformat()), headers=[("Content-Type", "application/feed+json")]))
    origin.serve("/broken", raw(f"{BROKEN}\r\n{attack('body')}".encode()))


def _live(house: House) -> None:
    publisher = house.jobs.publisher
    house.tick()
    house.read_pages()
    send_now(house.jobs, publisher.digests[0])
    house.jobs.indexer.run()
    since, last = house.jobs.store.editions.progress("Daily", house.clock.now())
    publisher.editor.begin_review(
        publisher.digests[0], next_slot(publisher.digests[0], since=since, last=last, now=house.clock.now())
    )


def every_page(site: Site, most: int = 100) -> list[str]:
    """The address of every page that there is, with each number that there is, at most so many of a kind."""

    def numbers(path: str, of: str) -> list[int]:
        return [each["id"] for each in site.ask(path, headers=MARA).json()[of]]

    topic = site.ask("/topic.json?name=Syria%20ceasefire&days=30", headers=MARA).json()
    known = {
        "/editions": numbers("/editions.json", "editions"),
        "/stories": numbers("/stories.json?days=30", "stories"),
        "/articles": [each["article"] for each in topic["matches"]],
        "/feeds": numbers("/feeds.json", "feeds"),
        "/deliveries": numbers("/deliveries.json", "deliveries"),
    }
    query = {
        "/preview": "?digest=Daily", "/preview/page": "?digest=Daily", "/topic": "?name=Syria%20ceasefire&days=30",
        "/search": f"?q={quote(attack('q'))}", "/workbench": "?topic=Syria%20ceasefire", "/stories": "?days=30",
        "/sources": "?topic=Syria%20ceasefire",
    }  # fmt: skip
    found = [
        "/search?q=truce",
        f"/search?q={quote(attack('q'))}",
        f"/topic?name={quote(attack('name'))}",
        f"/{quote('<script>')}",
    ]
    for path in PAGES:
        start = path.partition("/{")[0]
        ids = known[start][:most] if "{id:int}" in path else [0]
        found += [path.replace("{id:int}", str(each)) + query.get(path, "") for each in ids]
    assert all(known.values()), known
    return found


# ---- What finds an attack that got through

OUTSIDE = ("http://", "https://")
NEVER = {"img", "object", "embed", "base", "applet", "frame", "math", "audio", "video", "source", "style"}
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "poster", "srcset", "ping"}


class Findings(HTMLParser):
    """Reads a page as browsers do, and keeps what a page of ours never has. `is_mail`: a mail in its sandbox may have
    styles.
    """

    def __init__(self, *, is_mail: bool = False) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_mail = is_mail

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        wrong = tag in NEVER and not (self._is_mail and tag in {"style", "base"})
        wrong |= tag == "script" and not said.get("src", "").startswith("/static/")
        wrong |= tag == "link" and not said.get("href", "").startswith("/static/")
        wrong |= tag == "iframe" and ("sandbox" not in said or "allow-scripts" in said["sandbox"])
        wrong |= tag == "meta" and "http-equiv" in said and not self._is_mail
        wrong |= "srcdoc" in said or ("style" in said and not self._is_mail)
        wrong |= any(name.startswith("on") for name in said)
        for name in ADDRESSES & set(said):
            wrong |= not _is_harmless(said[name], is_link=tag == "a")
        if wrong:
            self.found.append(f"{tag} {said}")


def _is_harmless(address: str, *, is_link: bool) -> bool:
    is_own = address.startswith(("/", "#")) and not address.startswith(("//", "/\\"))
    return is_own or (is_link and address.startswith((*OUTSIDE, "mailto:")))


def findings(html: str, *, is_mail: bool = False) -> list[str]:
    """What a page has that it must not have."""
    reader = Findings(is_mail=is_mail)
    reader.feed(html)
    return reader.found


__all__ = ["HOME", "MARA", "OURS", "attack", "attacked", "every_page", "findings"]
