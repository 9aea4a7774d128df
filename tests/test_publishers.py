"""Aggregators: whose articles are left out, and which outlets are marked as first seen."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from house import Story, lived_in, rss, settings
from origin import Origin, reply
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli import settings as cli_settings
from monitor.fate import left_out
from monitor.model.feed import ParsedFeed, ParsedItem, ParseFailed
from monitor.model.fetch import FetchProblem
from monitor.model.settings import FeedSettings, PublisherLists
from monitor.policy.aggregators import is_new_outlet
from monitor.reconcile.publishers import wanted

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HUB = FeedSettings(url="https://hub.example/rss", aggregator=True)


def item(source: str = "", source_url: str = "", link: str = "") -> ParsedItem:
    return ParsedItem(
        guid="", link=link, title=f"{source} {link}", text="", published=None, source=source, source_url=source_url
    )


def read_by(feed: FeedSettings, *items: ParsedItem) -> tuple[int, int]:
    """How many items are kept and refused."""
    found = wanted(ParsedFeed(format="rss20", title="Hub", items=items, refused=1), feed)
    assert isinstance(found, ParsedFeed)
    return len(found.items), found.refused


# ---- Publishers that the owner does not want


FARM = item("Farm Daily", "https://www.farm.example/", "https://hub.example/read/1")
PAPER = item("The Post", "https://post.example/", "https://hub.example/read/2")
BARE = item(link="https://news.third.example/a")


@pytest.mark.parametrize(
    ("lists", "kept"),
    [
        (PublisherLists(), [FARM, PAPER, BARE]),
        (PublisherLists(deny=("farm daily",)), [PAPER, BARE]),
        (PublisherLists(deny=("Farm.example",)), [PAPER, BARE]),
        (PublisherLists(deny=("third.example", "farm.example")), [PAPER]),
        (PublisherLists(allow=("The Post",)), [PAPER]),
        (PublisherLists(allow=("post.example", "third.example")), [PAPER, BARE]),
        (PublisherLists(allow=("The Post", "Farm Daily"), deny=("farm.example",)), [PAPER]),
        (PublisherLists(deny=("Farm",)), [FARM, PAPER, BARE]),
    ],
)
def test_publishers_are_left_out_by_name_or_domain(lists: PublisherLists, kept: list[ParsedItem]) -> None:
    feed = replace(HUB, publishers=lists)
    found = wanted(ParsedFeed(format="rss20", title="Hub", items=(FARM, PAPER, BARE)), feed)
    assert isinstance(found, ParsedFeed)
    assert list(found.items) == kept
    assert found.refused == 3 - len(kept)


def test_a_feed_of_one_outlet_and_a_document_that_is_no_feed_stay_as_they_are() -> None:
    lists = PublisherLists(allow=("Nobody",))
    assert read_by(replace(HUB, publishers=lists), FARM) == (0, 2)
    assert read_by(replace(HUB, publishers=lists, aggregator=False), FARM) == (1, 1)
    assert read_by(HUB, FARM) == (1, 1)
    failed = ParseFailed(problem=FetchProblem.NOT_A_FEED, detail="is an HTML page")
    assert wanted(failed, replace(HUB, publishers=lists)) is failed


def test_why_names_the_feed_that_leaves_a_publisher_out() -> None:
    feeds = (
        replace(HUB, publishers=PublisherLists(deny=("Farm.example",)), outlet="Hub"),
        replace(HUB, url="https://other.example/", publishers=PublisherLists(allow=("post.example",))),
        replace(HUB, publishers=PublisherLists(allow=("farm.example",))),
        replace(HUB, publishers=PublisherLists(deny=("farm.example",)), enabled=False),
        replace(HUB, publishers=PublisherLists(deny=("farm.example",)), aggregator=False),
        HUB,
    )
    assert [each.sentence for each in left_out(feeds, "farm.example")] == [
        f"{feed} leaves out articles of other publishers: its publishers.{key} farm.example."
        for feed, key in (("Hub", "deny names"), ("https://other.example/", "allow does not name"))
    ]


# ---- Outlets that are seen for the first time


LONG = timedelta(days=30)


def ago(span: timedelta | None) -> datetime | None:
    return None if span is None else NOW - span


@pytest.mark.parametrize(("seen", "read"), [(None, LONG), (timedelta(hours=23), LONG), (None, timedelta(days=7))])
def test_an_outlet_is_new_for_a_day(seen: timedelta | None, read: timedelta) -> None:
    assert is_new_outlet(ago(seen), ago(read), NOW)


@pytest.mark.parametrize(
    ("seen", "read"), [(timedelta(days=1), LONG), (None, timedelta(days=6, hours=23)), (None, None)]
)
def test_it_is_not_new_later_nor_in_the_first_week_of_the_aggregator(
    seen: timedelta | None, read: timedelta | None
) -> None:
    assert not is_new_outlet(ago(seen), ago(read), NOW)


def of(name: str, number: int, at: datetime) -> Story:
    story = f"{name}-{number}"
    return Story(id=story, title=f"Syria ceasefire {story} near Idlib", source=name, at=at)


def test_a_new_outlet_is_marked_in_the_next_mail_and_not_later(tmp_path: Path) -> None:
    with Origin() as origin:
        config = settings(tmp_path, [origin.url("/feed")], origin.port)
        config = replace(config, feeds=(replace(config.feeds[0], outlet="", aggregator=True),))
        origin.serve("/feed", reply(rss()))
        with lived_in(config) as home:
            known = of("known.example", 0, home.clock.now())
            origin.serve("/feed", reply(rss(known)))
            home.poll()
            home.live(timedelta(days=8))
            origin.serve(
                "/feed",
                reply(rss(of("stranger.example", 1, home.clock.now()), of("known.example", 1, home.clock.now()))),
            )
            home.live(timedelta(days=1))
            (mail,) = [each for each in home.mails() if "stranger.example" in each]
            assert "stranger.example (first seen today)" in mail
            assert "known.example (first" not in mail
            origin.serve("/feed", reply(rss(of("stranger.example", 2, home.clock.now()))))
            home.live(timedelta(days=1))
            later = [each for each in home.mails() if "stranger.example-2" in each]
            assert later
            assert "first seen today" not in later[-1].split("stranger.example-2")[1].split("\n\n")[0]


def test_refused_publishers_are_counted_in_the_ledger_and_named_by_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Origin() as origin:
        config = settings(tmp_path, [origin.url("/feed")], origin.port)
        lists = PublisherLists(deny=("farm.example",))
        config = replace(config, feeds=(replace(config.feeds[0], outlet="", aggregator=True, publishers=lists),))
        origin.serve("/feed", reply(rss(of("farm.example", 1, NOW), of("post.example", 1, NOW))))
        with lived_in(config) as home:
            (report,) = home.poll()
            assert (report.counts.fetched, report.counts.new, report.counts.refused) == (2, 1, 1)
            monkeypatch.setattr(cli_settings, "draft_of", lambda _context, config=config: config)
            result = CliRunner().invoke(app, ["why", "https://farm.example/a", "--json"], catch_exceptions=False)
            assert "its publishers.deny names farm.example" in " ".join(
                each["sentence"] for each in json.loads(result.stdout)["findings"]
            )
