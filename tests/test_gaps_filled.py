"""Gaps are filled from earlier pages of the feed (rule I13): the way back, what counts of a page, and the flow."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from house import Story, rss
from simulated import NOON
from test_jobs_manners import HOUR, World, live, urls, world

from monitor.model.feed import ParsedFeed, ParsedItem, Way
from monitor.model.feed_update import KnownArticle, Stored
from monitor.model.ids import ArticleId
from monitor.parse import parse_feed
from monitor.policy.gaps import MOST_PAGES
from monitor.reconcile.earlier_pages import chosen_way, judged, marks, next_address
from monitor.reconcile.identity import identified

PageAnswer = Callable[[bytes], httpx.Response]

HERE = "https://post.example/feed/"


def news(*numbers: int) -> list[Story]:
    """Articles by number, the newest first; each is dated ten minutes after the one before it."""
    return [
        Story(id=f"n{each}", title=f"Bulletin number {each}", at=NOON + each * timedelta(minutes=10))
        for each in sorted(numbers, reverse=True)
    ]


def with_links(document: bytes, *links: tuple[str, str], generator: str = "") -> bytes:
    extra = "".join(f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="{rel}" href="{to}"/>' for rel, to in links)
    extra += f"<generator>{generator}</generator>" if generator else ""
    return document.replace(b"<item>", extra.encode() + b"<item>", 1)


def ways(body: bytes, url: str = HERE) -> Mapping[Way, str]:
    parsed = parse_feed(body, url=url, headers={}, max_items=100)
    assert isinstance(parsed, ParsedFeed)
    return parsed.ways_back


@pytest.mark.parametrize(
    ("links", "generator", "expected"),
    [
        ([("next", "?page=2")], "", {Way.NEXT: f"{HERE}?page=2"}),
        ([("PREV-archive", "/archive/3.xml")], "", {Way.ARCHIVE: "https://post.example/archive/3.xml"}),
        ([("prev", "2.xml"), ("previous", "3.xml")], "", {Way.PREVIOUS: f"{HERE}2.xml"}),
        ([("http://www.iana.org/assignments/relation/next", "2")], "", {Way.NEXT: f"{HERE}2"}),
        ([("next", "javascript:alert(1)"), ("self", HERE), ("hub", "https://hub.example/")], "", {}),
        ([], "https://wordpress.org/?v=6.7", {Way.PAGED: f"{HERE}?paged=2"}),
        ([], "Lantern Press 2", {}),
    ],
)
def test_ways_back_of_xml(links: list[tuple[str, str]], generator: str, expected: dict[Way, str]) -> None:
    assert ways(with_links(rss(*news(1)), *links, generator=generator)) == expected


def test_ways_back_of_atom_and_json() -> None:
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><generator uri="https://wordpress.org/">W</generator>'
        b'<link rel="next" href="older"/><entry><id>1</id><title>A</title></entry></feed>'
    )
    assert ways(atom) == {Way.NEXT: f"{HERE}older", Way.PAGED: f"{HERE}?paged=2"}
    json = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A"}]%s}'
    assert ways((json % ', "next_url": "/feed.json?page=2"').encode()) == {
        Way.NEXT: "https://post.example/feed.json?page=2"
    }
    assert ways((json % "").encode()) == {}
    assert ways((json % ', "next_url": ["2"]').encode()) == {}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://p.example/?feed=rss2", "https://p.example/?feed=rss2&paged=2"),
        ("https://p.example/feed/?paged=4&cat=", "https://p.example/feed/?cat=&paged=5"),
        ("https://p.example/feed/?paged=none", "https://p.example/feed/?paged=2"),
        ("https://p.example/feed/?paged=1234567", "https://p.example/feed/?paged=2"),
    ],
)
def test_pages_of_wordpress(url: str, expected: str) -> None:
    assert ways(with_links(rss(*news(1)), generator="WordPress.com"), url)[Way.PAGED] == expected


def test_the_way_is_chosen_once_and_never_leads_from_https_to_http() -> None:
    both = {Way.PAGED: "https://a.example/?paged=2", Way.NEXT: "http://a.example/2"}
    assert (chosen_way(both), chosen_way({})) == (Way.NEXT, None)
    assert next_address(both, Way.NEXT, "https://a.example/1") == "https://a.example/2"
    assert next_address(both, Way.NEXT, "https://b.example/1") == ""
    assert next_address(both, Way.NEXT, "http://b.example/1") == "http://a.example/2"
    assert next_address({}, Way.NEXT, "https://a.example/1") == ""


def item(name: str, hours: float | None = None) -> ParsedItem:
    at = None if hours is None else NOON + hours * HOUR
    return ParsedItem(guid=name, link=f"https://post.example/{name}", title=f"Title {name}", text="", published=at)


def test_what_a_page_says_of_a_gap() -> None:
    def told(*items: ParsedItem, seen: tuple[ParsedItem, ...] = ()) -> tuple[list[str], bool, bool]:
        page = judged(identified(items), Stored(), marks(seen), NOON, is_aggregator=False)
        return [each.guid for each in page.missed], page.is_last, page.is_closed

    assert told(item("a"), item("b", 1)) == (["a", "b"], False, False)
    assert told(item("a", 1), item("b", 2), seen=(item("b", 2),)) == (["a"], False, False)
    assert told(item("a", 1), seen=(item("a", 1),)) == ([], True, False)  # the same page again
    assert told() == ([], True, False)
    assert told(item("a", -49), item("b", -800)) == ([], True, True)  # beyond the gap
    assert told(item("a", -47)) == (["a"], False, False)


def test_the_first_known_item_ends_the_gap_and_only_what_is_dated_within_it_counts_below() -> None:
    pinned = KnownArticle(
        id=ArticleId(1), key="guid:pinned", title="Title pinned", link="https://post.example/pinned", content_hash="h"
    )

    def told(*items: ParsedItem) -> tuple[list[str], bool, bool]:
        page = judged(identified(items), Stored(by_key={pinned.key: pinned}), frozenset(), NOON, is_aggregator=False)
        return [each.guid for each in page.missed], page.is_last, page.is_closed

    known = item("pinned", -90)
    assert told(item("a"), known, item("old", -1), item("undated")) == (["a"], True, True)
    # pinned: there is more of the gap below it, and on the next page
    assert told(item("a"), known, item("b", 2), item("old", -1), item("undated")) == (["a", "b"], False, False)
    assert told(known, item("a", 1), item("b", 2)) == (["a", "b"], False, False)
    assert told(known) == ([], True, True)


@pytest.mark.whole
def test_undated_items_of_a_site_that_began_again_are_no_news(tmp_path: Path) -> None:
    """New ids, links and texts: no page ever shows what was known. The first page, which is the feed, is news."""
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        shelf = [Story(id=f"o{each}", title=f"Notice {each}") for each in range(3)]
        paged(earth, url, shelf)
        live(home, HOUR, HOUR)
        shelf[:] = [Story(id=f"p{each}", title=f"Leaflet {each} of another kind") for each in range(9)]
        live(home, HOUR, HOUR)
        with home.jobs.store.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT arrival FROM articles ORDER BY id").scalars().all()
    assert rows == ["baseline"] * 3 + ["new"] * 3 + ["late"] * 6


def paged(home_world: World, url: str, shelf: list[Story], **ways_: str) -> None:
    """A server with three articles a page; `to` names the address of the next page, `{}` for its number."""
    size = 3
    to, rel, generator = ways_.get("to", f"{url}?page={{}}"), ways_.get("rel", "next"), ways_.get("generator", "")

    def answer(request: httpx.Request) -> httpx.Response:
        query = httpx.QueryParams(request.url.query)
        number = int(query.get("page") or query.get("paged") or 1)
        chosen = shelf[(number - 1) * size : number * size]
        if not chosen:
            return httpx.Response(404)
        links = [] if generator else [(rel, to.format(number + 1))]
        return httpx.Response(200, content=with_links(rss(*chosen), *links, generator=generator))

    home_world.answers = {httpx.URL(url).netloc.decode(): answer}


@pytest.mark.whole
@pytest.mark.parametrize(
    "how",
    [
        {"rel": "next"},
        {"rel": "prev-archive"},
        {"rel": "previous"},
        {"generator": "https://wordpress.org/?v=6.7"},
    ],
)
def test_a_gap_is_closed_with_what_earlier_pages_have(tmp_path: Path, how: dict[str, str]) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        shelf = news(1, 2, 3)
        paged(earth, url, shelf, **how)
        live(home, HOUR, HOUR)
        shelf[:] = news(*range(1, 12))
        earth.asked.clear()
        live(home, HOUR, HOUR)
        assert home.jobs.store.articles.count() == 11
        times = earth.times()
        assert len(times) == 3  # the document, a page of missed articles, and one that has a known article, too
        assert min(later - earlier for earlier, later in pairwise(times)) >= timedelta(seconds=2)  # host_gap
        coverage = home.jobs.store.edition_input.load("Daily", [], {}, home.clock.now()).coverage
        assert coverage.gaps == ()
        assert [(gap.times, gap.recovered) for gap in coverage.closed_gaps] == [(1, 5)]
        earth.asked.clear()
        live(home, HOUR, HOUR)
        assert (home.jobs.store.articles.count(), len(earth.asked)) == (11, 1)


@pytest.mark.whole
def test_at_most_five_pages_are_read_and_the_rest_may_be_missed(tmp_path: Path) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        shelf = news(1, 2, 3)
        paged(earth, url, shelf)
        live(home, HOUR, HOUR)
        shelf[:] = news(*range(1, 60))
        earth.asked.clear()
        live(home, HOUR, HOUR)
        assert len(earth.asked) == 1 + MOST_PAGES
        coverage = home.jobs.store.edition_input.load("Daily", [], {}, home.clock.now()).coverage
        assert [(gap.times, gap.recovered) for gap in coverage.gaps] == [(1, 3 * MOST_PAGES)]
        assert coverage.closed_gaps == ()
        assert home.jobs.store.articles.count() == 3 + 3 + 3 * MOST_PAGES


@pytest.mark.whole
@pytest.mark.parametrize(
    ("answer", "requests"),
    [
        (lambda first: httpx.Response(200, content=first), 2),  # a server that ignores the page shows the first again
        (lambda _: httpx.Response(404), 2),
        (lambda _: httpx.Response(200, content=b"<html><title>Older posts</title></html>"), 2),
        (lambda _: httpx.Response(302, headers={"location": "http://10.1.2.3/feed"}), 2),
        (lambda _: httpx.Response(304), 2),
    ],
)
def test_a_page_that_brings_nothing_ends_the_way(tmp_path: Path, answer: PageAnswer, requests: int) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        documents = [rss(*news(1, 2)), with_links(rss(*news(8, 9)), ("next", f"{url}?older"))]
        first = lambda _request: httpx.Response(200, content=documents[0])  # noqa: E731 (two of a kind)
        earth.answers = {url: first, f"{url}?older": lambda _request: answer(documents[0])}
        live(home, HOUR, HOUR)
        earth.asked.clear()
        documents[0] = documents[1]
        live(home, HOUR, HOUR)
        assert (len(earth.asked), home.jobs.store.articles.count()) == (requests, 4)
        (gap,) = home.jobs.store.edition_input.load("Daily", [], {}, home.clock.now()).coverage.gaps
        assert gap.recovered == 0


@pytest.mark.whole
@pytest.mark.parametrize("target", ["http://10.1.2.3/older", "http://h0.example:8081/older", "ftp://h0.example/older"])
def test_a_page_is_bound_by_the_rules_of_addresses(tmp_path: Path, target: str) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        documents = [rss(*news(1, 2))]
        earth.answers = {url: lambda _request: httpx.Response(200, content=documents[0])}
        live(home, HOUR, HOUR)
        documents[0] = with_links(rss(*news(8, 9)), ("next", target))
        live(home, HOUR, HOUR)
        assert {asked for _, asked, _ in earth.asked} == {url}
        assert home.jobs.store.articles.count() == 4


@pytest.mark.whole
def test_a_page_that_asks_for_quiet_gets_it_for_its_own_origin_alone(tmp_path: Path) -> None:
    one, other, third = urls(3)
    with world(tmp_path, one, other, third) as (home, earth):
        documents = {url: rss(*news(1, 2)) for url in (one, other, third)}
        earth.answers = {
            url: lambda request: httpx.Response(200, content=documents[f"http://{request.headers['host']}/feed"])
            for url in (one, other, third)
        }
        busy = lambda _request: httpx.Response(503, headers={"Retry-After": "7200"})  # noqa: E731 (twice the same)
        earth.answers |= {f"{one}?older": busy, f"{third}?older": busy}
        live(home, HOUR, HOUR)
        documents[one] = with_links(rss(*news(8, 9)), ("next", f"{one}?older"))
        documents[other] = with_links(rss(*news(8, 9)), ("next", f"{third}?older"))
        live(home, HOUR, HOUR)
        assert set(home.jobs.store.feeds.holds(home.clock.now())) == {"http://h0.example"}
        live(home, HOUR, HOUR)
        assert third in {url for at, url, _ in earth.asked if at > home.clock.now() - HOUR / 2}


@pytest.mark.whole
def test_what_is_recovered_is_judged_like_any_article_and_listed_once(tmp_path: Path) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        shelf = news(1, 2, 3)
        paged(earth, url, shelf)
        live(home, HOUR, HOUR)
        old = Story(id="old", title="Bulletin from the drawer", at=NOON - timedelta(days=9))
        undated = Story(id="undated", title="Bulletin without a date")
        shelf[:] = [*news(7, 8, 9), old, undated, *news(3)]
        live(home, HOUR, HOUR)
        with home.jobs.store.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT title, arrival FROM articles ORDER BY id").all()
            ledger = connection.exec_driver_sql("SELECT fetched, new, known, late, recovered FROM polls").all()
        told = dict(map(tuple, rows))
        assert (told[old.title], told[undated.title]) == ("late", "new")
        assert tuple(ledger[-1]) == (5, 5, 0, 1, 2)
        live(home, 4 * HOUR, HOUR)
        assert home.jobs.store.articles.count() == len(rows)
