"""A stored article as a line of JSON or CSV: every line is what the schema says, and no cell is a formula."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import fastjsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.catalogue.sources import countries
from monitor.export import COLUMNS, csv_line, header_line, json_line, record_of, sources_of, tag_line
from monitor.model.article import Arrival, Article
from monitor.model.exported import ExportedArticle
from monitor.model.history import StoredMatch
from monitor.model.ids import ArticleId, FeedId, StoryId
from monitor.model.match import Evidence, Field, Match, Origin, Tier
from monitor.model.settings import FeedSettings
from monitor.resources import resource

NOON = datetime(2026, 3, 1, 12, 0, 0, 987_654, tzinfo=UTC)
COAST = FeedSettings(url="https://coast.example/f", outlet="Coast Wire", publisher="Shore Media Ltd.")
HUB = FeedSettings(url="https://hub.example/f", aggregator=True)
SOURCES = sources_of([(FeedId(1), COAST), (FeedId(2), HUB)], {"coast.example": "FR", "hub.example": "US"})


def article(**changes: Any) -> Article:
    facts: dict[str, Any] = {
        "id": ArticleId(7),
        "feed_id": FeedId(1),
        "key": "k",
        "link": "https://coast.example/truce",
        "title": "Truce at the port",
        "text": "The dock is quiet.",
        "outlet": "Coast Wire",
        "language": "",
        "published_at": None,
        "first_seen_at": NOON,
        "arrival": Arrival.NEW,
        "is_mailable": True,
    }
    return Article(**{**facts, **changes})


def match(topic: str, *found: str, tier: Tier = Tier.LEAD, field: Field = "text") -> StoredMatch:
    evidence = tuple(
        Evidence(group=place, term="dock*", found=words, field=field, start=0, end=len(words))
        for place, words in enumerate(found)
    )
    whole = Match(topic=topic, rule=0, tier=tier, evidence=evidence, fingerprint="f")
    return StoredMatch(match=whole, origin=Origin.NEW, matched_at=NOON + timedelta(seconds=5))


def exported(*matches: StoredMatch, story: int | None = None, **changes: Any) -> ExportedArticle:
    return ExportedArticle(
        article=article(**changes),
        matches=matches,
        story_id=None if story is None else StoryId(ArticleId(story)),
        feed="Coast Wire",
        feed_url="https://coast.example/f",
    )


def closed(schema: Any) -> Any:
    """The same schema, in which no other keys are allowed: what is exported has to be described."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if "required" in schema and isinstance(schema["required"], list) else {}
    return {name: closed(each) for name, each in schema.items()} | more


SCHEMA = json.loads(resource("docs/export.schema.json").read_text(encoding="utf-8"))
VALID: Callable[[Any], Any] = fastjsonschema.compile(closed(SCHEMA))


def line_of(each: ExportedArticle) -> Any:
    """What a program reads: valid by the schema."""
    written = json_line(record_of(each, SOURCES))
    assert written.endswith("\n")
    assert len(written.splitlines()) == 1
    return VALID(json.loads(written))


def row_of(each: ExportedArticle) -> dict[str, str]:
    """What a program reads that knows RFC 4180."""
    written = csv_line(record_of(each, SOURCES))
    assert written.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert len(rows) == 1
    return dict(zip(COLUMNS, rows[0], strict=True))


# ---- JSON Lines


def test_a_line_of_json_has_all_that_is_known() -> None:
    known = exported(
        match("Ports", "dock", "Truce", tier=Tier.HEADLINE),
        match("Truces", "Truce", field="title"),
        story=5,
        published_at=datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=2))),
        author="Ann Lee",
        categories=("world", "sea"),
        identified_language="en",
        via="AFP",
        is_paid=True,
    )
    found = line_of(known)
    assert found == {
        "id": 7,
        "first_seen_at": "2026-03-01T12:00:00Z",
        "published_at": "2026-03-01T07:00:00Z",
        "arrival": "new",
        "feed": {"name": "Coast Wire", "url": "https://coast.example/f"},
        "outlet": "Coast Wire",
        "publisher": "Shore Media Ltd.",
        "country": "FR",
        "via": "AFP",
        "language": "en",
        "author": "Ann Lee",
        "is_paid": True,
        "title": "Truce at the port",
        "url": "https://coast.example/truce",
        "text": "The dock is quiet.",
        "categories": ["world", "sea"],
        "topics": [
            {
                "name": "Ports",
                "tier": "headline",
                "origin": "new",
                "matched_at": "2026-03-01T12:00:05Z",
                "on_page": False,
                "evidence": [
                    {"group": 0, "term": "dock*", "found": "dock", "field": "text"},
                    {"group": 1, "term": "dock*", "found": "Truce", "field": "text"},
                ],
            },
            {
                "name": "Truces",
                "tier": "lead",
                "origin": "new",
                "matched_at": "2026-03-01T12:00:05Z",
                "on_page": False,
                "evidence": [{"group": 0, "term": "dock*", "found": "Truce", "field": "title"}],
            },
        ],
        "story_id": 5,
    }


def test_what_is_not_known_is_null() -> None:
    found = line_of(exported(outlet="", link="", text="", title="", feed_id=FeedId(2)))
    names = ("published_at", "outlet", "publisher", "via", "language", "author", "url", "text", "story_id")
    assert {name: found[name] for name in names} == dict.fromkeys(names)
    assert (found["title"], found["topics"], found["categories"]) == ("", [], [])


@given(st.text(), st.text(alphabet='\u2028\u2029\x85\x1b\u202e\ud800\r\n"\\é停 '))
def test_any_text_comes_back_from_its_line_which_no_terminal_obeys(title: str, text: str) -> None:
    written = json_line(record_of(exported(match("T", title), title=title, text=text), SOURCES))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", written)
    found = json.loads(written)
    assert found["title"] == title
    assert found["text"] == (text or None)
    assert found["topics"][0]["evidence"][0]["found"] == title


def test_letters_are_not_escaped() -> None:
    assert "停火, Müller" in json_line(record_of(exported(title="停火, Müller"), SOURCES))


# ---- Who publishes it, and where


@pytest.mark.parametrize(
    ("changes", "publisher", "country"),
    [
        ({}, "Shore Media Ltd.", "FR"),
        ({"feed_id": FeedId(3)}, "Shore Media Ltd.", "FR"),  # another feed, an address of the same domain
        ({"feed_id": FeedId(3), "link": "https://hill.example/a", "outlet": "Hill"}, "hill.example", "FR"),
        ({"feed_id": FeedId(2), "link": "https://www.hub.example/a", "outlet": "Hill Post"}, "Hill Post", "FR"),
        ({"feed_id": FeedId(3), "link": "https://t.me/a", "outlet": "A Channel"}, "A Channel", "FR"),
    ],
)
def test_publisher_and_country(changes: dict[str, Any], publisher: str, country: str) -> None:
    found = line_of(exported(**changes))
    assert (found["publisher"], found["country"]) == (publisher, country)


def test_an_aggregator_does_not_say_where_an_outlet_is_at_home() -> None:
    found = ExportedArticle(
        article=article(feed_id=FeedId(2), link="https://hill.example/a"),
        matches=(),
        story_id=None,
        feed="Hub",
        feed_url="https://hub.example/f",
    )
    assert line_of(found)["country"] is None


def test_the_catalogue_knows_the_countries_of_domains_that_are_of_one() -> None:
    known = countries()
    assert len(known) > 300
    assert all(re.fullmatch("[A-Z]{2}", code) for code in known.values())
    assert known["abcnews.al"] == "AL"


# ---- CSV


def test_a_row_of_csv_is_flat() -> None:
    known = exported(
        match("Ports", "dock", "Truce", "dock"),
        match("Truces", "Truce", tier=Tier.HEADLINE),
        story=5,
        published_at=NOON,
        title='"Truce",\nsays Ann',
    )
    assert row_of(known) == {
        "id": "7",
        "first_seen": "2026-03-01T12:00:00Z",
        "published": "2026-03-01T12:00:00Z",
        "outlet": "Coast Wire",
        "publisher": "Shore Media Ltd.",
        "country": "FR",
        "language": "",
        "author": "",
        "title": '"Truce", says Ann',
        "url": "https://coast.example/truce",
        "topics": "Ports | Truces",
        "tier": "lead | headline",
        "story": "5",
        "evidence": "dock, Truce | Truce",
    }
    assert '"""Truce"", says Ann"' in csv_line(record_of(known, SOURCES))


def test_the_tags_are_well_formed_and_as_many_as_the_names() -> None:
    names, tags = header_line().strip().split(","), tag_line().strip().split(",")
    assert len(names) == len(tags) == len(COLUMNS)
    assert all(re.fullmatch(r"#[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*", tag) for tag in tags), tags
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ('=HYPERLINK("https://evil.example","x")', '\'=HYPERLINK("https://evil.example","x")'),
        ("+1", "'+1"),
        ("-1 degrees", "'-1 degrees"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r=1", "'=1"),
        (" \u00a0=1", "'=1"),
        ("\u200b=1", "'=1"),
        ("\x00\x1b=1", "'=1"),
        ("\ufeff=1", "'=1"),
        ("＝1", "'＝1"),
        ("﹢1", "'﹢1"),
        ("−5 °C", "'−5 °C"),
        ("Port;=1", "Port;'=1"),
        ('Port; "=1', "Port; \"'=1"),
        ("Port =1 - quiet", "Port =1 - quiet"),
        ("Dock; quiet", "Dock; quiet"),
        ("two\r\nlines\tand\x0bmore", "two lines and more"),
    ],
)
def test_no_cell_is_a_formula(title: str, cell: str) -> None:
    assert row_of(exported(title=title))["title"] == cell
    assert row_of(exported(author=title))["author"] == cell
    assert row_of(exported(match("T", title)))["evidence"] == cell


def test_an_address_stays_one() -> None:
    found = row_of(exported(link="https://coast.example/a;=1;b=2;-x?q=停,1"))
    assert found["url"] == "https://coast.example/a;%3D1;b=2;%2Dx?q=停,1"


@settings(max_examples=1_000)
@given(st.text(alphabet="=+-@＝;,'\" \t\r\n\u200b\u00a0\x00a停", max_size=12), st.sampled_from(list(";,\t")))
def test_no_program_that_parts_columns_in_another_way_finds_a_formula(title: str, comma: str) -> None:
    line = csv_line(record_of(exported(match(title, title), title=title, author=title), SOURCES))
    for row in csv.reader(io.StringIO(line, newline=""), delimiter=comma):
        if comma == ",":
            assert len(row) == len(COLUMNS)
        for cell in row:
            assert not re.match(r"\s*[=+\-@＝]", cell), (line, cell)


def test_a_long_cell_fits_into_a_spreadsheet() -> None:
    assert len(row_of(exported(title="word " * 20_000))["title"]) <= 32_767
