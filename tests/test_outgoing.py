"""Outgoing feeds: what is an entry, when it was updated, and Atom and JSON Feed that any reader can read."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest

from monitor.model.entries import Item
from monitor.model.generation import Generation
from monitor.model.ids import ArticleId, EditionId, StoryId
from monitor.model.outgoing import Installation, Naming, OutgoingEntry, OutgoingFeed, OutgoingLine, OutgoingPart
from monitor.model.past import ArchivedEdition
from monitor.outgoing import (
    MOST_ENTRIES,
    MOST_LINES,
    article_entry,
    article_ids,
    edition_entry,
    feed_of,
    shown_namings,
    story_entries,
    tag,
)
from monitor.outgoing.written import ATOM, MOST_CHARACTERS, atom, entry_html, json_feed

BEGAN = datetime(2016, 9, 1, 6, tzinfo=UTC)
HERE = Installation(token="0123abcd", began_at=BEGAN)
HOME = "https://example.org/news"
HOSTILE = "]]> <script>alert(1)</script> & \x00\x0b\x1b\ufffe\ud800\r\n \u202e\U0001f600 ü"


def item(number: int, title: str = "Truce in Zabadani", url: str = "https://wire.example/1?a=1&b=2") -> Item:
    return Item(
        article_id=ArticleId(number),
        title=title,
        url=url,
        outlet="Wire & Co",
        dated=BEGAN,
        language="en",
        direction="ltr",
    )


def naming(number: int, day: int, story: int = 1, topic: int = 7, corrected: int | None = None) -> Naming:
    return Naming(
        topic_id=topic,
        story_id=StoryId(story),
        article_id=ArticleId(number),
        said_at=BEGAN + timedelta(days=day),
        digest="Daily",
        slot=f"day {day}",
        corrected_at=None if corrected is None else BEGAN + timedelta(days=corrected),
        found=("truce", "<b>"),
    )


def page_of(named: Naming) -> str:
    return f"{HOME}/{named.slot.replace(' ', '-')}.html"


def stories(namings: list[Naming], installation: Installation = HERE) -> tuple[OutgoingEntry, ...]:
    items = {each.article_id: item(each.article_id) for each in namings}
    return story_entries(namings, items, installation, page_of)


def feed_with(title: str = "Syria", home: str = HOME, entries: Sequence[OutgoingEntry] | None = None) -> OutgoingFeed:
    found = stories([naming(1, 0), naming(2, 1, story=2)]) if entries is None else entries
    return feed_of(found, ("topic", 7), title, HERE, home, "feeds/topic-Syria")


def test_an_id_names_nothing_that_can_change() -> None:
    assert tag(HERE, "topic", 7) == "tag:0123abcd.invalid,2016-09-01:topic/7"
    assert tag(HERE, "search", "a/b ü") == "tag:0123abcd.invalid,2016-09-01:search/a%2Fb%20%C3%BC"


def test_a_story_is_one_entry_named_after_its_topic_and_its_number() -> None:
    first, second = stories([naming(1, 0), naming(3, 2), naming(2, 1, story=2)])
    assert [first.id, second.id] == [tag(HERE, "topic", 7, "story", 1), tag(HERE, "topic", 7, "story", 2)]
    assert (first.published, first.updated) == (BEGAN, BEGAN + timedelta(days=2))
    assert first.page == f"{HOME}/day-2.html"
    assert [line.item.article_id for line in first.parts[0].lines] == [1, 3]


@pytest.mark.parametrize(
    ("namings", "days"),
    [
        ([naming(1, 0)], 0),
        ([naming(1, 0), naming(2, 3)], 3),
        ([naming(1, 0, corrected=5), naming(2, 3)], 5),
        ([naming(1, 4, corrected=2)], 4),  # corrected before this topic named it
    ],
)
def test_updated_is_when_something_new_was_said(namings: list[Naming], days: int) -> None:
    assert stories(namings)[0].updated == BEGAN + timedelta(days=days)


def test_what_came_after_a_restore_has_other_ids_for_row_ids_are_given_again() -> None:
    restores = [Generation(token=f"r{day}", began_at=BEGAN + timedelta(days=day), last_edition=1) for day in (2, 4)]
    here = replace(HERE, generations=tuple(restores))
    ids = [stories([naming(1, day)], here)[0].id for day in (1, 2, 5)]
    assert ids == [tag(here, "topic", 7, "story", 1, *mark) for mark in ((), ("r2",), ("r4",))]


def test_a_story_that_never_ends_has_a_limited_entry() -> None:
    entry = stories([naming(number, number) for number in range(1, 31)])[0]
    (part,) = entry.parts
    assert [line.item.article_id for line in part.lines] == [1, *range(30, 31 - MOST_LINES, -1)]
    assert part.more == 30 - MOST_LINES
    assert f"<p>And {part.more} more.</p>" in entry_html(entry)


def test_the_words_that_are_needed_are_those_that_are_shown() -> None:
    namings = [naming(number, number) for number in range(1, 31)]
    assert article_ids(namings) == {each.article_id for each in shown_namings(namings)}


def test_articles_that_are_gone_are_left_out_and_a_story_of_them_too() -> None:
    assert story_entries([naming(1, 0)], {}, HERE, page_of) == ()
    (entry,) = story_entries([naming(1, 0), naming(2, 1)], {ArticleId(2): item(2)}, HERE, page_of)
    assert [line.item.article_id for line in entry.parts[0].lines] == [2]


def test_a_feed_has_the_entries_that_were_updated_last() -> None:
    feed = feed_with(entries=stories([naming(number, number, story=number) for number in range(1, 80)]))
    assert len(feed.entries) == MOST_ENTRIES
    assert feed.updated == feed.entries[0].updated == BEGAN + timedelta(days=79)


def test_a_feed_without_entries_was_updated_when_ids_were_made() -> None:
    empty = feed_with(entries=[])
    assert empty.updated == BEGAN
    assert json.loads(json_feed(empty))["items"] == []
    check_atom(atom(empty), 0)


def test_an_edition_is_an_entry_that_leads_to_its_page() -> None:
    edition = ArchivedEdition(
        id=EditionId(9), digest="Daily", kind="scheduled", slot="2016-09-02", made_at=BEGAN, subject="Daily: 3 stories"
    )
    part = OutgoingPart(heading="Syria & <Iraq>", lines=(OutgoingLine(item=item(1, url="")),))
    entry = edition_entry(edition, edition.subject, f"{HOME}/Daily/2016-09-02.html", [part], HERE)
    assert (entry.id, entry.link, entry.updated) == (tag(HERE, "edition", 9), f"{HOME}/Daily/2016-09-02.html", BEGAN)
    assert entry_html(entry) == (
        '<h3>Syria &amp; &lt;Iraq&gt;</h3><ul><li dir="ltr">Truce in Zabadani <bdi>Wire &amp; Co</bdi></li></ul>'
    )
    assert entry_html(edition_entry(edition, "", "", [], HERE)) == "<p>Nothing to list.</p>"


def test_an_article_that_a_search_finds_is_an_entry() -> None:
    entry = article_entry(item(4), BEGAN, HERE)
    assert (entry.id, entry.link, entry.updated) == (tag(HERE, "article", 4), "https://wire.example/1?a=1&b=2", BEGAN)


def check_atom(written: bytes, entries: int) -> ET.Element:
    """What RFC 4287 demands of a feed and of its entries."""
    root = ET.fromstring(written)
    assert root.tag == f"{{{ATOM}}}feed"

    def all_of(parent: ET.Element, name: str) -> list[ET.Element]:
        return parent.findall(f"{{{ATOM}}}{name}")

    found = all_of(root, "entry")
    assert len(found) == entries
    assert all_of(root, "author")[0].find(f"{{{ATOM}}}name") is not None  # §4.1.1: of the feed, for all entries
    for each in (root, *found):
        for name in ("id", "title", "updated"):
            assert len(all_of(each, name)) == 1, name
        datetime.strptime(all_of(each, "updated")[0].text or "", "%Y-%m-%dT%H:%M:%S%z")
        relations = [link.get("rel") for link in all_of(each, "link")]
        assert len(set(relations)) == len(relations)
        for link in all_of(each, "link"):
            assert (link.get("href") or "").startswith(("http://", "https://"))
    assert len({all_of(each, "id")[0].text for each in (root, *found)}) == entries + 1
    return root


def test_atom_is_what_the_standard_demands() -> None:
    root = check_atom(atom(feed_with()), 2)
    own = root.find(f"{{{ATOM}}}link[@rel='self']")
    assert own is not None
    assert own.get("href") == f"{HOME}/feeds/topic-Syria.atom"


@pytest.mark.parametrize("home", ["", HOME])
def test_feedparser_reads_what_was_written(home: str) -> None:
    feed = feed_with(home=home)
    read = feedparser.parse(atom(feed))
    assert not read.bozo
    assert (read.feed.id, read.feed.title) == (feed.id, feed.title)
    for entry, known in zip(read.entries, feed.entries, strict=True):
        assert (entry.id, entry.title, entry.link) == (known.id, known.title, known.link)
        assert datetime.strptime(entry.updated, "%Y-%m-%dT%H:%M:%S%z") == known.updated
        assert datetime.strptime(entry.published, "%Y-%m-%dT%H:%M:%S%z") == known.published
        assert "Wire &amp; Co" in entry.content[0].value
        assert "truce, &lt;b&gt;" in entry.content[0].value


@pytest.mark.parametrize("title", [HOSTILE, "", "x" * 100_000, "\x00", "</title>", "<![CDATA[ ]]>"])
def test_hostile_words_leave_a_valid_feed(title: str) -> None:
    found = stories([naming(1, 0)])[0]
    line = OutgoingLine(item=item(1, title=title), found=(title,))
    entry = replace(found, title=title, parts=(OutgoingPart(heading=title, lines=(line,)),))
    feed = feed_with(title=title, entries=[entry])
    check_atom(atom(feed), 1)
    read, written = feedparser.parse(atom(feed)), json.loads(json_feed(feed))
    assert not read.bozo
    assert 0 < len(written["title"]) <= MOST_CHARACTERS
    assert 0 < len(written["items"][0]["title"]) <= MOST_CHARACTERS
    assert "<script" not in written["items"][0]["content_html"]
    json_feed(feed).decode()


def test_json_feed_says_the_same() -> None:
    feed = feed_with()
    written = json.loads(json_feed(feed))
    assert written["version"] == "https://jsonfeed.org/version/1.1"
    assert written["feed_url"] == f"{HOME}/feeds/topic-Syria.json"
    assert [each["id"] for each in written["items"]] == [each.id for each in feed.entries]
    assert written["items"][0]["date_modified"] == "2016-09-02T06:00:00Z"
    assert written["items"][0]["url"] == feed.entries[0].link
    nowhere = json.loads(json_feed(feed_with(home="", entries=[replace(feed.entries[0], link="", page="")])))
    assert "feed_url" not in nowhere
    assert "url" not in nowhere["items"][0]


def test_an_entry_without_an_address_has_no_link() -> None:
    entry = replace(feed_with().entries[0], link="", page="")
    root = check_atom(atom(feed_with(entries=[entry])), 1)
    assert root.find(f"{{{ATOM}}}entry/{{{ATOM}}}link") is None


def test_the_same_content_gives_the_same_bytes() -> None:
    assert (atom(feed_with()), json_feed(feed_with())) == (atom(feed_with()), json_feed(feed_with()))
