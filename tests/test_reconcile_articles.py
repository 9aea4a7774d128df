from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from poll_history import FRESH, HOUR, PAST_BASELINE, START, URL, Shelf, answer, document, failure, item, update

from monitor.model.article import Arrival
from monitor.model.feed_update import KnownArticle, PollCounts, Stored
from monitor.model.ids import ArticleId
from monitor.model.settings import FeedSettings


@pytest.mark.parametrize(
    ("published", "is_mailable"),
    [
        (START - timedelta(minutes=5), True),
        (START - 24 * HOUR, True),
        (START - 24 * HOUR - timedelta(seconds=1), False),
        (START + timedelta(minutes=5), True),
        (START + timedelta(minutes=6), False),
        (START + 23 * HOUR, False),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), False),
        (None, False),
    ],
)
def test_of_a_baseline_only_what_is_surely_fresh_may_be_mailed(
    published: datetime | None, *, is_mailable: bool
) -> None:
    (article,) = update(FRESH, answer(), document(item("g", published=published))).new
    assert (article.arrival, article.is_mailable) == (Arrival.BASELINE, is_mailable)


def test_an_empty_document_is_a_baseline_too() -> None:
    shelf = Shelf()
    assert shelf.poll() == PollCounts()
    assert shelf.state.baseline_at == START
    (article,) = update(shelf.state, answer(), document(item("g")), now=START + HOUR).new
    assert (article.arrival, article.is_mailable) == (Arrival.NEW, True)


def test_a_failure_is_no_baseline() -> None:
    failing = update(FRESH, failure()).state
    (article,) = update(failing, answer(), document(item("g")), now=START + HOUR).new
    assert article.arrival is Arrival.BASELINE


@pytest.mark.parametrize(
    ("published", "arrival"),
    [
        (START, Arrival.NEW),
        (START - HOUR - 48 * HOUR, Arrival.NEW),
        (START - HOUR - 48 * HOUR - timedelta(seconds=1), Arrival.LATE),
        (datetime(1990, 1, 1, tzinfo=UTC), Arrival.LATE),
        (datetime(1989, 12, 31, 23, tzinfo=UTC), Arrival.NEW),
        (datetime(1, 1, 1, tzinfo=UTC), Arrival.NEW),
        (datetime(9999, 12, 31, tzinfo=UTC), Arrival.NEW),
        (None, Arrival.NEW),
    ],
)
def test_late_is_what_is_dated_two_days_before_the_previous_success(
    published: datetime | None, arrival: Arrival
) -> None:
    done = update(PAST_BASELINE, answer(), document(item("g", published=published)))
    assert (done.new[0].arrival, done.new[0].is_mailable) == (arrival, True)
    assert done.counts.late == (arrival is Arrival.LATE)


def test_after_a_long_outage_what_was_published_meanwhile_is_not_late() -> None:
    state = replace(PAST_BASELINE, succeeded_at=START - 30 * 24 * HOUR)
    (article,) = update(state, answer(), document(item("g", published=START - 20 * 24 * HOUR))).new
    assert article.arrival is Arrival.NEW


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        (START - 999 * HOUR, START - 999 * HOUR),
        (START + timedelta(minutes=5), START),
        (START + timedelta(minutes=5, seconds=1), None),
        (START + 23 * HOUR, None),
        (START + 300 * 24 * HOUR, None),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), None),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (None, None),
    ],
)
def test_only_a_credible_date_is_kept(published: datetime | None, shown: datetime | None) -> None:
    (article,) = update(PAST_BASELINE, answer(), document(item("g", published=published))).new
    assert (article.published_at, article.first_seen_at) == (shown, START)


@pytest.mark.parametrize(
    ("configured", "source", "link", "title", "outlet"),
    [
        ("Our Name", "Other Post", "https://news.other.example/a", "The Post", "Our Name"),
        ("", "Other Post", "https://news.other.example/a", "The Post", "other.example"),
        ("", "Other Post", "", "The Post", "The Post"),
        ("", "", "https://news.other.example/a", "The Post", "other.example"),
        ("", "", "", "The Post", "The Post"),
        ("", "", "", "", "post.example"),
    ],
)
def test_the_outlet_is_the_best_name_there_is(configured: str, source: str, link: str, title: str, outlet: str) -> None:
    parsed = replace(document(replace(item("g"), source=source, link=link)), title=title)
    (article,) = update(FRESH, answer(), parsed, feed=FeedSettings(url=URL, outlet=configured)).new
    assert article.outlet == outlet


@pytest.mark.parametrize(
    ("configured", "of_item", "of_document", "language"),
    [
        ("fr", "de", "en", "fr"),
        ("", "de-AT", "en", "de"),
        ("", "", "EN_us", "en"),
        ("", " ", "fil", "fil"),
        ("", "english", "en", "en"),
        ("", "", "", ""),
    ],
)
def test_the_language_is_the_first_primary_subtag(
    configured: str, of_item: str, of_document: str, language: str
) -> None:
    parsed = replace(document(replace(item("g"), language=of_item)), language=of_document)
    (article,) = update(FRESH, answer(), parsed, feed=FeedSettings(url=URL, language=configured)).new
    assert article.language == language


@pytest.mark.parametrize(
    ("configured", "of_item", "title", "expected"),
    [
        ("", "", "Kuraklığın ardından buğday fiyatları yükseldi", ("", "tr")),
        ("", "fr", "Kuraklığın ardından buğday fiyatları yükseldi", ("fr", "")),  # somebody says it
        ("de", "", "Kuraklığın ardından buğday fiyatları yükseldi", ("de", "")),
        ("", "12", "The mayor said that the bridge would be closed", ("", "en")),  # not a tag
        ("", "", "Fed: +3 %", ("", "")),
    ],
)
def test_a_language_is_identified_only_where_nobody_names_one(
    configured: str, of_item: str, title: str, expected: tuple[str, str]
) -> None:
    parsed = replace(document(replace(item("g"), language=of_item, title=title)), language="")
    (article,) = update(FRESH, answer(), parsed, feed=FeedSettings(url=URL, language=configured)).new
    assert (article.language, article.identified_language) == expected
    assert article.shown_language == (expected[0] or expected[1])


@pytest.mark.parametrize(
    ("documents", "gaps"),
    [
        (["abc", "abc"], ""),
        (["abc", "bcd", "cde"], ""),
        (["abc", "def"], "1"),
        (["abc", "def", "ghi", "hij"], "12"),
        (["abc", "cde", "aef"], ""),
        (["abc", "def", "abg"], "12"),
        (["", "abc"], ""),
        (["abc", "", "cd"], ""),
        (["abc", "", "de"], "2"),
        (["abc", "ABC", "cde"], ""),
        (["a", "b"], "1"),
    ],
)
def test_two_documents_without_a_common_item_leave_a_gap(documents: list[str], gaps: str) -> None:
    """Each letter is an item; written large it has another guid."""
    shelf = Shelf()
    for letters in documents:
        shelf.poll(*(item(letter, letter.lower(), letter.lower()) for letter in letters))
    assert shelf.gaps == [START + int(number) * HOUR for number in gaps]


def test_a_document_that_is_cut_off_says_nothing_of_gaps() -> None:
    whole = update(PAST_BASELINE, answer(), document(item("a"), item("b"))).state
    half = update(whole, answer(), replace(document(item("c")), is_cut_off=True))
    assert (half.gap_since, half.state.window) == (None, whole.window)


def test_what_is_left_out_is_part_of_what_is_refused() -> None:
    done = update(PAST_BASELINE, answer(), replace(document(item("g"), refused=3), left_out=2))
    assert done.counts == PollCounts(fetched=4, new=1, refused=3, left_out=2)


@pytest.mark.parametrize(
    ("hours", "published", "arrival", "is_mailable"),
    [
        (1, START - 30 * 24 * HOUR, Arrival.BASELINE, False),
        (1, None, Arrival.BASELINE, False),
        (1, START - HOUR, Arrival.BASELINE, True),
        (1, START + HOUR / 2, Arrival.NEW, True),
        (24, START - 30 * 24 * HOUR, Arrival.LATE, True),
        (24, None, Arrival.NEW, True),
    ],
)
def test_what_a_first_document_lacked_because_it_was_cut_off_is_no_news_for_a_day(
    hours: int, published: datetime | None, arrival: Arrival, *, is_mailable: bool
) -> None:
    cut_off = replace(document(item("g")), is_cut_off=True, is_cut_in_item=True)
    state = update(update(FRESH, answer(), cut_off).state, answer(), cut_off, now=START + HOUR / 2).state
    now = START + hours * HOUR
    known = Stored(by_key={"guid:g": KnownArticle(id=ArticleId(1), key="guid:g", title="", link="", content_hash="")})
    whole = update(state, answer(), document(item("g"), item("h", published=published)), stored=known, now=now)
    assert [(each.arrival, each.is_mailable) for each in whole.new] == [(arrival, is_mailable)]
    (later,) = update(whole.state, answer(), document(item("i")), now=now).new
    assert later.arrival is Arrival.NEW


@pytest.mark.parametrize("is_cut_in_item", [True, False])
@pytest.mark.parametrize("names", [["new", "g"], ["new"], ["new", "newer", "g", "below"]])
def test_what_comes_after_a_first_document_that_was_cut_off_is_news_without_a_date(
    names: list[str], *, is_cut_in_item: bool
) -> None:
    cut_off = replace(document(item("g")), is_cut_off=True, is_cut_in_item=is_cut_in_item)
    state = update(FRESH, answer(), cut_off).state
    known = Stored(by_key={"guid:g": KnownArticle(id=ArticleId(1), key="guid:g", title="", link="", content_hash="")})
    again = replace(document(*map(item, names)), is_cut_off=True, is_cut_in_item=is_cut_in_item)
    found = update(state, answer(), again, stored=known, now=START + HOUR).new
    news = {article.key for article in found if article.arrival is Arrival.NEW}
    below = set() if is_cut_in_item else {"guid:below"} & {article.key for article in found}
    assert news == {f"guid:{name}" for name in names if name.startswith("new")} | below


def test_a_document_cut_off_later_opens_no_baseline() -> None:
    cut_off = replace(document(item("g")), is_cut_off=True)
    state = update(PAST_BASELINE, answer(), cut_off).state
    (article,) = update(state, answer(), document(item("h")), now=START + HOUR).new
    assert article.arrival is Arrival.NEW


def test_after_a_success_at_a_time_that_is_still_to_come_news_is_no_archive() -> None:
    ahead = replace(PAST_BASELINE, succeeded_at=START + 3_000 * HOUR)
    done = update(ahead, answer(), document(item("1", title="Truce", published=START - HOUR)))
    assert done.counts.late == 0
