"""Whom an item names as its `<source>`: shown as "via", and nothing is decided by it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from editions import RUSSIA, SYRIA, Desk, article, edition_of
from golden_editions import TEMPLATES
from house import House, Story, house, rss
from origin import Origin, reply
from poll_history import FRESH, Shelf, answer, document, item, update
from test_parse import item as parsed_item
from test_parse import parsed

from monitor.model.feed_update import PollCounts
from monitor.model.settings import FeedSettings
from monitor.render import render, render_page

URL = "https://post.example/feed"
WIRE = "https://wire.example/rss"
ELSEWHERE = "https://other.example/a"


@pytest.mark.parametrize(
    ("feed", "changes", "via"),
    [
        (FeedSettings(url=URL), {"source": "Coast Wire"}, "Coast Wire"),
        (FeedSettings(url=URL), {"source": "Coast Wire", "source_url": WIRE}, "Coast Wire"),
        (FeedSettings(url=URL, outlet="Our Name"), {"source": "Coast Wire", "link": ""}, "Coast Wire"),
        (FeedSettings(url=URL, outlet="Coast Wire"), {"source": "COAST wire"}, ""),
        (FeedSettings(url=URL), {"source": "post.example"}, ""),
        (FeedSettings(url=URL), {"source": "The Post", "link": ELSEWHERE}, ""),  # the title of the feed
        (FeedSettings(url=URL), {"source": "Sports", "source_url": "https://rss.post.example/sports"}, ""),
        (FeedSettings(url=URL), {"source": "Sports", "source_url": WIRE, "link": ""}, "Sports"),
        (FeedSettings(url=URL, aggregator=True), {"source": "Coast Wire", "source_url": WIRE}, ""),
        (FeedSettings(url=URL), {"source": ""}, ""),
    ],
)
def test_whom_an_item_names_beside_its_outlet(feed: FeedSettings, changes: dict[str, Any], via: str) -> None:
    (new,) = update(FRESH, answer(), document(replace(item("g", "a"), **changes)), feed=feed).new
    assert new.via == via
    assert new.outlet == ("Coast Wire" if feed.aggregator else feed.outlet or new.outlet)
    assert new.outlet != via


@pytest.mark.parametrize(
    ("source", "name", "address"),
    [
        (f"<source url='{WIRE}'>Coast Wire</source>", "Coast Wire", WIRE),
        ("<source>Coast Wire</source>", "Coast Wire", ""),
        ("<source url='javascript:x'>Coast Wire</source>", "Coast Wire", ""),
        ("<source url='/rss'>Coast Wire</source>", "Coast Wire", ""),
        ("", "", ""),
    ],
)
def test_what_a_source_says(source: str, name: str, address: str) -> None:
    found = parsed_item(f"<title>Truce</title>{source}")
    assert (found.source, found.source_url) == (name, address)


def test_a_source_of_atom_says_where_it_is() -> None:
    source = f"<source><title>Coast Wire</title><link rel='self' href='{WIRE}/self'/><link href='{WIRE}'/></source>"
    text = f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Truce</title>{source}</entry></feed>"
    (found,) = parsed(text).items
    assert (found.source, found.source_url) == ("Coast Wire", WIRE)


@pytest.mark.parametrize("other", ["Hill Radio", "", "post.example"])
def test_another_source_alone_is_no_edit_and_no_other_article(other: str) -> None:
    shelf, first = Shelf(), replace(item("g", "a", "Truce", "Guns are silent."), source="Coast Wire")
    assert shelf.poll(first).new == 1
    assert shelf.poll(replace(first, source=other, source_url=WIRE)) == PollCounts(fetched=1, known=1)
    assert shelf.writes == 0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[tuple[House, Origin]]:
    with Origin() as origin:
        origin.serve("/feed", reply(rss()))
        with house(tmp_path, origin, "/feed") as home:
            home.poll()
            yield home, origin


def test_a_mail_shows_it_behind_the_outlet_and_counts_one_outlet(home: tuple[House, Origin]) -> None:
    lived, origin = home
    stories = [
        Story(id="1", title="Syria truce begins", source="Coast"),
        Story(id="2", title="Lorries with flour cross Syria as the truce holds", source="Hill"),
        Story(id="3", title="Doctors in Syria use the truce"),
    ]
    origin.serve("/feed", reply(rss(*stories)))
    lived.clock.advance(timedelta(hours=1))
    lived.poll()
    assert [each.via for each in lived.jobs.store.articles.since(lived.clock.now() - timedelta(hours=1))] == [
        "Coast",
        "Hill",
        "",
    ]
    text = lived.jobs.publisher.editor.draft(lived.jobs.publisher.digests[0]).rendered.text
    text = " ".join(text.split())
    assert "post.example via Coast, " in text
    assert "post.example via Hill, " in text
    assert "3 articles from 1 outlet" in text
    assert text.count(" via ") == 2


@pytest.mark.parametrize("name", ["Coast Wire", "<b>Coast</b> & Sons", 'Coast" onclick="x', "وكالة الساحل"])
def test_it_is_text_wherever_it_is_shown(name: str) -> None:
    one, two = (
        replace(article(number, title, "Words of it."), via=name)
        for number, title in enumerate(("Syria truce begins", "Syria counts lorries"), 1)
    )
    three = replace(article(3, "Syria and Russia meet", "More words.", outlet="Hill Radio"), via=name)
    edition = edition_of(Desk().add(one, two).add(three, about=(SYRIA, RUSSIA)).edition_input())
    mail, page = render(edition, TEMPLATES), render_page(edition, TEMPLATES)
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
    for html in (mail.html, page):
        assert html.count(f"</bdi> via <bdi>{escaped}</bdi>") >= 3
        assert "<b>Coast" not in html
        assert '" onclick' not in html
    assert mail.text.count(" via ") >= 3
    assert edition.counts.outlets == 2
