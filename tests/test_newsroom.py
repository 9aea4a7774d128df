"""The demo's newsroom: the week as written, its feeds as documents, and the server around them."""

import asyncio
import http.client
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urlsplit

import feedparser
import pytest

from monitor.demo.front_page import front_page
from monitor.demo.newsroom import Newsroom, reply
from monitor.demo.week import Article, Outlet, load_week

WEEK = load_week()
FIRST_POLL = datetime(2016, 9, 12, tzinfo=UTC)
LAST_DIGEST = datetime(2016, 9, 22, 6, tzinfo=UTC)
DAY_BEFORE_LAST_DIGEST = LAST_DIGEST - timedelta(days=1)
SHINGLE_WORDS = 5

OUTLETS = {outlet.id: outlet for outlet in WEEK.outlets}
ARTICLES = {article.id: article for article in WEEK.articles}
each_outlet = pytest.mark.parametrize("outlet", WEEK.outlets, ids=lambda outlet: outlet.id)


@dataclass
class Hands:
    """A clock that a test sets."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2016, 9, day, hour, minute, tzinfo=UTC)


def words(article: Article) -> str:
    """Title and text, all wordings."""
    return " ".join(f"{wording.title} {wording.text}" for wording in article.wordings)


def shingles(article: Article) -> set[tuple[str, ...]]:
    text = article.wordings[-1].text.split()
    return {tuple(text[start : start + SHINGLE_WORDS]) for start in range(len(text) - SHINGLE_WORDS + 1)}


def parsed(outlet: Outlet, moment: datetime) -> Any:
    return feedparser.parse(front_page(WEEK, outlet, moment).body)


def printed(article_id: str, moment: datetime) -> Any:
    """An article as a feed reader sees it."""
    article = ARTICLES[article_id]
    entries = parsed(OUTLETS[article.outlet], moment).entries
    return next(entry for entry in entries if entry.link == article.link)


# ── the week ─────────────────────────────────────────────────────────────────────────────────────


def test_every_id_is_unique() -> None:
    assert max(Counter(article.id for article in WEEK.articles).values()) == 1
    assert max(Counter(outlet.id for outlet in WEEK.outlets).values()) == 1


def test_every_moment_is_in_utc_and_belongs_to_the_week() -> None:
    moments = [wording.at for article in WEEK.articles for wording in article.wordings]
    assert {moment.utcoffset() for moment in moments} == {timedelta(0)}
    assert at(8) <= min(moments) <= max(moments) < LAST_DIGEST


def test_all_three_formats_and_two_languages_are_spoken() -> None:
    assert {outlet.format for outlet in WEEK.outlets} == {"rss", "rdf", "atom"}
    assert {outlet.language for outlet in WEEK.outlets} == {"en", "en-GB", "en-US", "fr"}


def test_no_outlet_has_a_real_domain() -> None:
    assert all(outlet.domain.endswith(".example") for outlet in WEEK.outlets)


@each_outlet
def test_the_first_poll_of_an_outlet_finds_a_backlog(outlet: Outlet) -> None:
    assert len(parsed(outlet, FIRST_POLL).entries) >= 2


def test_a_third_of_the_week_is_about_the_topics_and_the_rest_is_noise() -> None:
    flagged = [article for article in WEEK.articles if article.about]
    assert {label for article in flagged for label in article.about} == {"syria", "us-russia"}
    assert 0.25 <= len(flagged) / len(WEEK.articles) <= 0.35


PHENOMENA = {
    # what it is: (the article that has it, what its words hold, what it is about)
    "cease-fire": ("truce-takes-effect", "cease-fire", {"syria", "us-russia"}),
    "ceasefire": ("first-morning-quiet", "ceasefire", {"syria"}),
    "cease fire": ("local-doctor-waits", "cease fire", {"syria"}),
    "truce": ("army-statement-ends-truce", "truce", {"syria"}),
    "cessation of hostilities": ("sundown-what-the-text-asks", "cessation of hostilities", {"syria"}),
    "Syrians": ("aftermath-wire", "Syrians", {"syria"}),
    "a passing mention": ("oil-week-wrap", "truce in Syria", {"syria"}),
    "U.S.": ("geneva-plan-announced", "U.S.", {"syria", "us-russia"}),
    "US": ("freeze-seen-from-europe", "US defence", {"syria", "us-russia"}),
    "U.S.-led": ("deir-ezzor-strike", "U.S.-led", {"syria", "us-russia"}),
    "United States": ("plans-on-hold", "United States", {"syria", "us-russia"}),
    "American": ("planners-wait-orders", "American", {"us-russia"}),
    "Moscow": ("pentagon-wary-of-plan", "Moscow", {"syria", "us-russia"}),
    "co-operation": ("freeze-seen-from-europe", "co-operation", {"syria", "us-russia"}),
    "deconflict": ("hotline-explained", "deconflict", {"us-russia"}),
    "airstrike": ("deir-ezzor-strike-wire", "airstrike", {"syria", "us-russia"}),
    "air strike": ("deir-ezzor-european-planes", "Air strike", {"syria"}),
    "a shouted headline": ("freeze-shouted", "U.S. FREEZES JOINT PLANS WITH MOSCOW", {"syria", "us-russia"}),
    "the pronoun": ("train-strike-fifth-month", "Let us", set()),
    "the pronoun, shouted": ("let-us-sing-choirs", "LET US SING", set()),
    "a Yemeni truce": ("yemen-truce-slips", "Yemeni truce", set()),
    "a Ukrainian truce": ("donbas-truce-offer", "truce", set()),
    "a football truce": ("club-fans-truce", "Truce", set()),
    "a ballet": ("neva-ballet-tour", "cooperation", set()),
    "the space station": ("soyuz-launch-postponed", "US-Russian cooperation", set()),
    "a podcast": ("podcast-truce-week", "ceasefire in Syria", set()),
    "Russia cooperating with another": ("oil-pact-saudi-russia", "cooperate", set()),
    "Syria without a truce": ("idlib-market-hit", "Syrian", set()),
    "French": ("cooperation-gelee", "cessez-le-feu", {"syria", "us-russia"}),
    "no word of the topic": ("side-by-side-doubts", "partnership", {"us-russia"}),
}


@pytest.mark.parametrize("phenomenon", PHENOMENA)
def test_the_week_holds_what_makes_matching_hard(phenomenon: str) -> None:
    article_id, found, about = PHENOMENA[phenomenon]
    assert found in words(ARTICLES[article_id])
    assert ARTICLES[article_id].about == about


@pytest.mark.parametrize("original", ["truce-takes-effect", "deir-ezzor-strike", "aftermath-wire", "plans-on-hold"])
def test_a_wire_story_is_carried_by_others_nearly_word_for_word(original: str) -> None:
    wire = ARTICLES[original]
    carriers = [
        article
        for article in WEEK.articles
        if len(shingles(wire) & shingles(article)) >= 0.8 * min(len(shingles(wire)), len(shingles(article)))
    ]
    expected = {"truce-takes-effect": 2, "deir-ezzor-strike": 3, "aftermath-wire": 5, "plans-on-hold": 2}
    assert len({article.outlet for article in carriers}) == expected[original]
    assert all(len(article.wordings[-1].text.split()) >= 60 for article in carriers)


def test_the_last_digest_has_both_topics_noise_and_near_misses_to_tell_of() -> None:
    news = [article for article in WEEK.articles if DAY_BEFORE_LAST_DIGEST <= article.at < LAST_DIGEST]
    outlets_on = {
        label: {article.outlet for article in news if label in article.about} for label in ("syria", "us-russia")
    }
    assert len(outlets_on["syria"]) >= 7
    assert len(outlets_on["us-russia"]) >= 4
    assert {"yemen-truce-slips", "pen-pals-chess"} <= {article.id for article in news}
    assert sum(not article.about for article in news) >= 8


def test_the_frozen_plans_are_reported_on_the_last_afternoon_and_not_before() -> None:
    freeze = ("plans-on-hold", "freeze-shouted", "freeze-seen-from-europe", "freeze-local-paper", "cooperation-gelee")
    assert all(at(21, 13) <= ARTICLES[article_id].at < LAST_DIGEST for article_id in freeze)
    assert all("us-russia" in ARTICLES[article_id].about for article_id in freeze)


# ── its feeds as documents ───────────────────────────────────────────────────────────────────────


@each_outlet
@pytest.mark.parametrize("moment", [FIRST_POLL, at(15, 12), at(18, 9), LAST_DIGEST], ids=lambda m: f"{m:%a}")
def test_a_feed_is_well_formed_at_every_moment(outlet: Outlet, moment: datetime) -> None:
    feed = parsed(outlet, moment)
    assert not feed.bozo
    assert feed.version == {"rss": "rss20", "rdf": "rss10", "atom": "atom10"}[outlet.format]
    assert feed.feed.title == outlet.name
    assert 2 <= len(feed.entries) <= outlet.items
    assert all(entry.title and entry.link and entry.summary for entry in feed.entries)


@each_outlet
def test_the_same_moment_gives_the_same_bytes(outlet: Outlet) -> None:
    assert front_page(load_week(), outlet, at(17)) == front_page(WEEK, outlet, at(17))


@each_outlet
def test_nothing_is_told_before_its_time_and_the_newest_stands_first(outlet: Outlet) -> None:
    known = {article.link: article for article in WEEK.articles}
    moments = [known[entry.link].at for entry in parsed(outlet, at(16)).entries if entry.link in known]
    assert moments == sorted(moments, reverse=True)
    assert max(moments) <= at(16)


def test_a_busy_feed_drops_its_oldest_articles() -> None:
    meridian = OUTLETS["meridian"]
    links = {entry.link for entry in parsed(meridian, LAST_DIGEST).entries}
    assert len(links) == meridian.items
    assert ARTICLES["geneva-plan-announced"].link not in links


@pytest.mark.parametrize(
    ("moment", "title", "has_topic_word"),
    [
        (at(14, 9), "Twenty lorries wait at Turkish border gate", False),
        (at(14, 13), "Forty lorries wait for leave to drive to Aleppo", False),
        (at(14, 18), "Forty lorries, no road: aid for Aleppo stuck despite cease-fire", True),
    ],
)
def test_an_article_is_edited_twice_under_one_guid(moment: datetime, title: str, has_topic_word: bool) -> None:  # noqa: FBT001
    entry = printed("lorries-at-the-gate", moment)
    assert entry.id == "harbour:lorries-at-the-gate"
    assert entry.title == title
    assert ("cease-fire" in entry.summary) == has_topic_word


def test_one_item_has_no_guid() -> None:
    assert "id" not in printed("bridge-vote-result", at(14))


@pytest.mark.parametrize("form", ["rss", "rdf", "atom"])
def test_one_item_has_no_date_whatever_the_format(form: Literal["rss", "rdf", "atom"]) -> None:
    feed = parsed(replace(OUTLETS["stage"], format=form), at(18, 9))
    assert feed.entries[0].link == ARTICLES["crossword-setter-retires"].link
    assert "published" not in feed.entries[0]
    assert form == "rdf" or "published" in feed.entries[1]


def test_one_item_surfaces_weeks_after_its_date() -> None:
    entry = printed("august-geneva-talks-archive", at(15, 10))
    assert entry.published == "Sat, 27 Aug 2016 06:00:00 GMT"


def test_one_guid_stands_on_two_items() -> None:
    guids = Counter(entry.id for entry in parsed(OUTLETS["lakeside"], at(15)).entries)
    assert guids["lakeside-weather-desk"] == 2


def test_one_title_is_escaped_twice() -> None:
    article = ARTICLES["british-rates-unchanged"]
    body = front_page(WEEK, OUTLETS["northgate"], at(15, 12)).body
    assert b"Savers &amp;amp; borrowers" in body
    assert "&amp;" in article.wordings[0].title


def test_one_item_is_markup_with_a_tracking_pixel() -> None:
    body = front_page(WEEK, OUTLETS["lakeside"], at(15, 13)).body
    assert b"&lt;img src=" in body
    assert b"&lt;li&gt;Best doughnut: Ossip &amp;amp; Daughters&lt;/li&gt;" in body


def test_one_link_is_relative() -> None:
    links = [entry.link for entry in parsed(OUTLETS["stage"], at(18, 12)).entries]
    assert "/pictures/gallery-of-the-week" in links


def test_the_aggregator_names_its_sources() -> None:
    entries = parsed(OUTLETS["roundup"], LAST_DIGEST).entries
    assert {"Meridian Wire", "Bayview Times", "Alpine Dispatch"} <= {entry.source.title for entry in entries}


# ── what a request gets ──────────────────────────────────────────────────────────────────────────


def answer(outlet: str, moment: datetime, conditions: Mapping[str, str] | None = None) -> Any:
    return reply(WEEK, f"/{outlet}/feed.xml", conditions or {}, moment)


@pytest.mark.parametrize(
    ("outlet", "moment", "status"),
    [
        ("valley", at(16, 5, 59), HTTPStatus.OK),
        ("valley", at(16, 6), HTTPStatus.GONE),
        ("valley", at(18, 11, 59), HTTPStatus.GONE),
        ("northgate", at(14, 9), HTTPStatus.OK),
        ("nobody", at(14, 9), HTTPStatus.NOT_FOUND),
    ],
)
def test_a_request_gets_the_status_of_the_moment(outlet: str, moment: datetime, status: HTTPStatus) -> None:
    assert answer(outlet, moment).status == status


def test_the_dead_feed_ends_by_hanging_up() -> None:
    assert answer("valley", at(18, 12)) is None
    assert answer("valley", LAST_DIGEST) is None


@pytest.mark.parametrize(
    ("moment", "is_page"), [(at(14, 7, 59), False), (at(14, 8), True), (at(14, 9, 59), True), (at(14, 10), False)]
)
def test_one_feed_is_a_web_page_for_two_hours(moment: datetime, is_page: bool) -> None:  # noqa: FBT001
    response = answer("northgate", moment)
    assert response.headers["Content-Type"].startswith("text/html") == is_page
    assert feedparser.parse(response.body).version == ("" if is_page else "rss10")


@pytest.mark.parametrize(
    ("outlet", "names", "is_weak"),
    [
        ("meridian", {"ETag", "Last-Modified"}, False),
        ("continental", {"ETag"}, True),
        ("northgate", {"ETag"}, False),
        ("levant", {"Last-Modified"}, False),
        ("lakeside", set(), False),
    ],
)
def test_outlets_differ_in_their_validators(outlet: str, names: set[str], is_weak: bool) -> None:  # noqa: FBT001
    headers = answer(outlet, at(15)).headers
    assert set(headers) - {"Content-Type"} == names
    assert headers.get("ETag", "").startswith('W/"') == is_weak


CONDITIONS = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}


@each_outlet
def test_an_unchanged_feed_answers_304_until_something_is_published_or_edited(outlet: Outlet) -> None:
    first = answer(outlet.id, at(12))
    conditions = {CONDITIONS[name]: value for name, value in first.headers.items() if name in CONDITIONS}
    again = answer(outlet.id, at(12, 0, 1), conditions)
    assert again.status == (HTTPStatus.NOT_MODIFIED if conditions else HTTPStatus.OK)
    assert not (conditions and again.body)
    assert answer(outlet.id, at(15), conditions).status == HTTPStatus.OK


def test_an_edit_alone_changes_both_validators() -> None:
    before, after = (answer("harbour", at(14, 12, minute)).headers for minute in (29, 30))
    assert before["ETag"] != after["ETag"]
    assert before["Last-Modified"] != after["Last-Modified"]


def test_a_wrong_etag_outweighs_a_right_date() -> None:
    right = answer("harbour", at(15)).headers["Last-Modified"]
    both = {"if-none-match": '"invented"', "if-modified-since": right}
    assert answer("harbour", at(15), both).status == HTTPStatus.OK


# ── the server ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hands() -> Hands:
    return Hands(FIRST_POLL)


@pytest.fixture
def urls(hands: Hands) -> Iterator[dict[str, str]]:
    with Newsroom(WEEK, hands) as newsroom:
        yield newsroom.feed_urls()


def get(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", parts.path, headers=dict(headers or {}))
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_every_feed_is_served_at_its_url(urls: dict[str, str]) -> None:
    assert set(urls) == set(OUTLETS)
    for outlet_id, url in urls.items():
        status, _, body = get(url)
        assert (status, body) == (200, front_page(WEEK, OUTLETS[outlet_id], FIRST_POLL).body)


def test_a_feed_changes_as_the_clock_moves(urls: dict[str, str], hands: Hands) -> None:
    _, headers, early = get(urls["meridian"])
    asyncio.run(hands.sleep(timedelta(days=1).total_seconds()))
    status, _, late = get(urls["meridian"], {"If-None-Match": headers["ETag"]})
    assert (status, early == late) == (200, False)
    assert headers["Date"] == "Mon, 12 Sep 2016 00:00:00 GMT"


def test_a_conditional_request_gets_a_304_without_a_body(urls: dict[str, str]) -> None:
    _, headers, _ = get(urls["continental"])
    status, again, body = get(urls["continental"], {"if-none-match": headers["ETag"]})
    assert (status, body) == (304, b"")
    assert again["ETag"] == headers["ETag"]


def test_a_dead_feed_says_gone_and_later_nothing_at_all(urls: dict[str, str], hands: Hands) -> None:
    hands.moment = at(17)
    assert get(urls["valley"])[0] == 410
    hands.moment = at(19)
    with pytest.raises(http.client.RemoteDisconnected):
        get(urls["valley"])


def test_an_unknown_path_is_a_404(urls: dict[str, str]) -> None:
    assert get(urls["harbour"].replace("feed.xml", "index.html"))[0] == 404
