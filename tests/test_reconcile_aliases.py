"""Guids and addresses that change: what is recognised all the same, and what is another article after all."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from poll_history import FEED, HOUR, PAST_BASELINE, START, Shelf

from monitor.model.feed import ParsedItem
from monitor.model.feed_update import PollCounts
from monitor.reconcile.aliases import aliases
from monitor.url import canonical_url

AGGREGATOR = replace(FEED, aggregator=True)
KNOWN = PollCounts(fetched=1, known=1)
NEW = PollCounts(fetched=1, new=1)


def story(guid: str, link: str, title: str = "Truce holds", text: str = "Quiet in Aleppo.") -> ParsedItem:
    return ParsedItem(guid=guid, link=link, title=title, text=text)


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        pytest.param(story("", "http://p.example/a"), story("", "https://p.example/a"), KNOWN, id="https"),
        pytest.param(story("", "https://p.example/a"), story("", "https://www.p.example/a/"), KNOWN, id="www, slash"),
        pytest.param(story("", "https://p.example/a"), story("", "https://p.example/a?ref=rss"), KNOWN, id="referrer"),
        pytest.param(story("1", "https://p.example/a"), story("2", "https://p.example/a"), KNOWN, id="guid"),
        pytest.param(story("1", "https://p.example/a"), story("", "https://p.example/a#x"), KNOWN, id="no guid now"),
        pytest.param(
            story("http://p.example/?p=7", "http://p.example/a"),
            story("https://new.example/?p=7", "https://new.example/b"),
            KNOWN,
            id="another domain, the same permalink",
        ),
        pytest.param(
            story("1", "https://p.example/a"),
            story("2", "https://p.example/a", "TRUCE “holds”"),
            replace(KNOWN, changed=1),
            id="the title in other letters",
        ),
        pytest.param(
            story("1", "https://p.example/a"),
            story("2", "https://p.example/a", text="Quiet in Homs, too."),
            replace(KNOWN, changed=1),
            id="an edit beside it",
        ),
        pytest.param(
            story("1", "https://p.example/a", "", "One line."),
            story("2", "https://p.example/a", "", "One line."),
            KNOWN,
            id="words without a title",
        ),
        pytest.param(story("1", "https://p.example/a"), story("2", "https://p.example/b"), NEW, id="another page"),
        pytest.param(
            story("1", "https://p.example/a"),
            story("2", "https://p.example/a", "Truce broken"),
            NEW,
            id="another title",
        ),
        pytest.param(
            story("1", "https://p.example/a", "", "One."),
            story("2", "https://p.example/a", "", "Two."),
            NEW,
            id="other words without a title",
        ),
        pytest.param(
            story("1", "https://p.example/"),
            story("2", "https://p.example/?ref=rss"),
            NEW,
            id="the home page says nothing",
        ),
        pytest.param(
            story("http://p.example/", ""), story("https://p.example/", ""), NEW, id="a guid that says nothing"
        ),
        pytest.param(story("1", ""), story("2", ""), NEW, id="only guids"),
        pytest.param(
            story("http://p.example/live#1", ""),
            story("https://p.example/live#2", ""),
            NEW,
            id="the fragment of a guid",
        ),
    ],
)
def test_another_name_is_not_another_article(before: ParsedItem, after: ParsedItem, counts: PollCounts) -> None:
    shelf = Shelf(state=PAST_BASELINE)
    shelf.poll(before)
    assert shelf.poll(after) == counts
    assert shelf.poll(after) == KNOWN


@pytest.mark.parametrize(
    ("apart", "text", "counts"),
    [
        (timedelta(hours=19), "Other words.", replace(KNOWN, changed=1)),
        (timedelta(hours=24), "Other words.", NEW),
        (timedelta(hours=24), "Same words.", KNOWN),
        (None, "Other words.", replace(KNOWN, changed=1)),
    ],
)
def test_the_next_issue_of_a_column_is_news(apart: timedelta | None, text: str, counts: PollCounts) -> None:
    issue = replace(story("1", "https://p.example/briefing", "Briefing", "Same words."), published=START)
    shelf = Shelf(state=PAST_BASELINE)
    shelf.poll(issue)
    assert shelf.poll(replace(issue, guid="2", text=text, published=None if apart is None else START + apart)) == counts


def test_a_whole_feed_changes_three_times_and_brings_one_real_new_item() -> None:
    numbers = range(30)
    plain = [story(f"http://p.example/{n}", f"http://p.example/{n}", f"Story {n}") for n in numbers]
    secure = [story(f"https://p.example/{n}", f"https://p.example/{n}", f"Story {n}") for n in numbers]
    tracked = [replace(each, link=f"{each.link}?utm_source=rss&utm_id=4") for each in secure]
    numbered = [replace(each, guid=f"urn:post:{n}") for n, each in enumerate(tracked)]
    shelf = Shelf()
    assert shelf.poll(*plain).new == 30
    for number, form in enumerate([secure, tracked, numbered, plain]):
        fresh = story(f"fresh {number}", f"https://p.example/fresh-{number}", f"Fresh {number}")
        assert shelf.poll(fresh, *form) == PollCounts(fetched=31, new=1, known=30)
    assert shelf.writes == 0


def test_guids_that_change_every_day_are_bounded_by_the_articles_there_are() -> None:
    shelf = Shelf()
    for day in range(365):
        counts = shelf.poll(*(story(f"{day}-{n}", f"https://p.example/{n}", f"Story {n}") for n in range(5)))
        assert counts.new == (5 if day == 0 else 0)
    assert (len(shelf.articles), shelf.writes) == (5, 0)


def test_after_a_rename_an_edit_is_still_an_edit_of_the_same() -> None:
    shelf = Shelf(state=PAST_BASELINE)
    shelf.poll(story("1", "https://p.example/a"))
    shelf.poll(story("2", "https://p.example/a"))
    assert shelf.poll(story("2", "https://p.example/a", "Truce broken")) == replace(KNOWN, changed=1)
    assert shelf.poll(story("3", "https://p.example/a", "Truce broken")) == KNOWN


def test_two_names_side_by_side_are_one_article_if_they_say_the_same() -> None:
    items = [story("http://p.example/a", "http://p.example/a"), story("https://p.example/a", "https://p.example/a")]
    for order in permutations(items):
        shelf = Shelf()
        assert shelf.poll(*order) == PollCounts(fetched=2, new=1, duplicate=1)
        for again in permutations(items):
            assert shelf.poll(*again) == PollCounts(fetched=2, known=1, duplicate=1)
        assert shelf.poll(items[0]) == shelf.poll(items[1]) == KNOWN


def test_two_names_side_by_side_are_two_articles_if_their_words_differ() -> None:
    items = [story(f"{n}", "https://p.example/notices", "Notice", f"Road {n} is closed.") for n in range(3)]
    shelf = Shelf()
    assert shelf.poll(*items) == PollCounts(fetched=3, new=3)
    assert shelf.poll(*items[::-1]) == PollCounts(fetched=3, known=3)


@pytest.mark.parametrize(("hours", "duplicates"), [(0, 1), (1, 0)])
def test_without_a_text_the_dates_say_whether_two_are_one(hours: int, duplicates: int) -> None:
    one = replace(story("1", "https://p.example/a", text=""), published=START)
    counts = Shelf().poll(one, replace(one, guid="2", published=START + hours * HOUR))
    assert counts == PollCounts(fetched=2, new=2 - duplicates, duplicate=duplicates)


def test_a_guid_used_again_leaves_its_old_story_to_be_found_by_its_page() -> None:
    old, new = story("latest", "https://p.example/a"), story("latest", "https://p.example/b", "Bread")
    shelf = Shelf(state=PAST_BASELINE)
    shelf.poll(old)
    assert shelf.poll(new, replace(old, guid="archive-1")) == PollCounts(fetched=2, new=1, known=1)
    assert shelf.poll(new, replace(old, guid="archive-1")) == PollCounts(fetched=2, known=2)


def test_an_article_stored_before_there_were_aliases_gets_them_at_the_next_poll() -> None:
    shelf = Shelf(state=PAST_BASELINE)
    shelf.poll(story("1", "https://p.example/a"))
    shelf.articles = {0: replace(shelf.articles[0], link_alias=None, guid_alias=None)}
    assert shelf.poll(story("1", "https://p.example/a")) == KNOWN
    assert shelf.poll(story("2", "https://p.example/a")) == KNOWN


FACTS = st.sampled_from(["", "1", "2"])
ITEMS = st.builds(
    story,
    st.sampled_from(["", "1", "2", "http://p.example/?p=1", "https://p.example/?p=1", "https://p.example/?p=2"]),
    st.sampled_from(
        ["", "http://p.example/a", "https://p.example/a", "https://p.example/b?ref=x", "https://p.example/"]
    ),
    FACTS,
    FACTS,
)


@settings(deadline=None)
@given(st.lists(st.lists(ITEMS, max_size=6), min_size=1, max_size=4), st.booleans())
def test_no_history_of_names_makes_a_document_new_twice(documents: list[list[ParsedItem]], aggregator: bool) -> None:  # noqa: FBT001
    shelf = Shelf(feed=replace(FEED, aggregator=aggregator))
    for items in documents:
        shelf.poll(*items)
        for order in (items[::-1], items[2:] + items[:2]):
            assert shelf.poll(*order).new == 0


@settings(deadline=None)
@given(st.lists(ITEMS, max_size=6, unique=True), st.randoms())
def test_the_order_of_a_document_decides_nothing(items: list[ParsedItem], chance: object) -> None:
    shuffled = items.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Shelf().poll(*items) == Shelf().poll(*shuffled)


def republished(number: int, title: str = "Truce holds - Harbour Post", source: str = "Harbour Post") -> ParsedItem:
    opaque = f"https://news.aggregator.example/rss/articles/CBM{number}"
    return ParsedItem(
        guid=f"CBM{number}",
        link=opaque,
        title=title,
        text="Truce holds",
        source=source,
        published=START + number * timedelta(days=2),
    )


def test_an_aggregators_new_ids_and_links_are_the_same_article() -> None:
    shelf = Shelf(feed=AGGREGATOR)
    shelf.poll(republished(1))
    for number in range(2, 40):
        assert shelf.poll(republished(number)) == KNOWN
    assert shelf.poll(republished(40), republished(41)) == PollCounts(fetched=2, known=1, duplicate=1)
    assert (len(shelf.articles), shelf.writes) == (1, 0)


def test_the_same_headline_of_another_outlet_is_another_article() -> None:
    shelf = Shelf(feed=AGGREGATOR)
    shelf.poll(republished(1))
    assert shelf.poll(republished(2, source="Coast Wire")) == NEW
    assert shelf.poll(republished(3, "Truce broken")) == NEW
    assert shelf.poll(republished(4), republished(5, source="Coast Wire")) == PollCounts(fetched=2, known=2)


def test_an_aggregator_that_keeps_the_id_may_change_the_headline() -> None:
    shelf = Shelf(feed=AGGREGATOR, state=PAST_BASELINE)
    shelf.poll(republished(1))
    assert shelf.poll(republished(1, "Truce holds, for now")) == replace(KNOWN, changed=1)
    assert shelf.poll(republished(2, "Truce holds, for now")) == KNOWN


def test_an_aggregators_words_without_a_headline_go_by_their_own_names() -> None:
    shelf = Shelf(feed=AGGREGATOR)
    assert shelf.poll(republished(1, ""), republished(2, "")) == PollCounts(fetched=2, new=2)
    assert shelf.poll(replace(republished(3), source="")) == NEW
    assert shelf.poll(replace(republished(4), source="")) == KNOWN


def test_an_alias_fits_into_eight_bytes() -> None:
    for number in range(200):
        each = story(f"https://p.example/{number}", f"https://p.example/{number}")
        names = aliases(each, canonical_url(each.link))
        for alias in (names.guid, names.link):
            assert alias is not None
            assert -(2**63) <= alias < 2**63


@pytest.mark.no_cover  # thousands of the same
@pytest.mark.timeout(110)
def test_thousands_of_items_with_one_page_and_one_headline_cost_no_quadratic_time() -> None:
    """They took two minutes of the daemon's event loop."""
    shelf, items = Shelf(state=PAST_BASELINE), range(5_000)
    page = "https://p.example/live"
    assert shelf.poll(*(story(f"a{n}", page, text=f"Words {n}.") for n in items)).new == len(items)
    assert shelf.poll(*(story(f"b{n}", page, text=f"Words {n}!") for n in items)).known == len(items)


def test_a_guid_that_is_no_url_after_all_costs_nothing_but_its_alias() -> None:
    shelf = Shelf(state=PAST_BASELINE)
    for counts in (NEW, KNOWN):
        assert shelf.poll(story("https://p.example\\[a", "https://p.example/a")) == counts


def opaque(n: int, title: str = "Truce holds", text: str = "Quiet.", hours: float = -3, guid: str = "") -> ParsedItem:
    item = story(guid, f"https://search.example/click?tid={n}{n}&c={n}", title, text)
    return replace(item, published=START + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(opaque(1), opaque(2), id="tokens in the link"),
        pytest.param(opaque(1, guid="1"), opaque(2, guid="2"), id="and an id"),
        pytest.param(opaque(1, text=""), opaque(2, text=""), id="headline and time"),
        pytest.param(opaque(1, title=""), opaque(2, title=""), id="text and time"),
        pytest.param(
            replace(opaque(1), link="https://news.example/CBM1?oc=5", guid="https://news.example/CBM1?oc=5"),
            replace(opaque(2), link="https://news.example/CBM2?oc=5", guid="https://news.example/CBM2?oc=5"),
            id="one opaque address in both",
        ),
        pytest.param(
            story("https://f.example/t?t=9&sid=0a", "https://f.example/t?t=9&sid=0a"),
            story("https://f.example/t?t=9&sid=0b", "https://f.example/t?t=9&sid=0b"),
            id="a session, undated",
        ),
        pytest.param(
            story("", "https://f.example/t;jsessionid=AB?x=1"), story("", "https://f.example/t?x=1"), id="of Java"
        ),
        pytest.param(
            story("", "https://f.example/t?PHPSESSID=1&a=2"),
            story("", "https://f.example/t?a=2&phpsessid=7"),
            id="of PHP",
        ),
        pytest.param(story("", "https://p.example/a.html"), story("", "https://p.example/a"), id=".html"),
        pytest.param(story("", "https://p.example/a/index.html"), story("", "https://p.example/a/"), id="index"),
        pytest.param(story("", "https://p.example/a/amp/"), story("", "https://p.example/a"), id="AMP folder"),
        pytest.param(
            story("", "https://amp.p.example/a.amp.html"), story("", "https://p.example/a.html"), id="AMP host"
        ),
        pytest.param(story("", "https://p.example/a?amp=1"), story("", "https://p.example/a?outputType=amp"), id="AMP"),
    ],
)
def test_what_changes_at_every_fetch_is_known_by_what_does_not(before: ParsedItem, after: ParsedItem) -> None:
    shelf = Shelf()
    shelf.poll(before)
    assert (shelf.poll(after), shelf.poll(after), shelf.poll(before)) == (KNOWN, KNOWN, KNOWN)
    assert len(shelf.gaps) <= 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(opaque(2, title="Truce broken"), id="another headline"),
        pytest.param(opaque(2, text="Shots."), id="another text"),
        pytest.param(opaque(2, hours=-1.9), id="another time"),
        pytest.param(replace(opaque(2), published=None), id="no date"),
    ],
)
def test_another_headline_text_or_time_is_another_article(other: ParsedItem) -> None:
    shelf = Shelf()
    shelf.poll(opaque(1))
    assert shelf.poll(other) == NEW


def test_a_date_that_moves_a_little_with_each_request_is_the_same() -> None:
    shelf = Shelf()
    shelf.poll(opaque(1, hours=-3))
    assert shelf.poll(opaque(2, hours=-2.5)) == KNOWN
    assert shelf.poll(opaque(3, text="", hours=-3)) == NEW
    assert shelf.poll(opaque(4, text="", hours=-2.99)) == NEW


def test_a_date_that_is_ahead_says_nothing() -> None:
    shelf = Shelf()
    shelf.poll(opaque(1, hours=9))
    assert shelf.poll(opaque(2, hours=9)) == NEW


def test_a_headline_and_a_day_are_not_enough() -> None:
    shelf = Shelf()
    day = START.replace(hour=0)
    shelf.poll(replace(opaque(1, "Notice", ""), published=day))
    assert shelf.poll(replace(opaque(2, "Notice", ""), published=day)) == NEW


def test_two_pages_with_the_same_words_and_time_in_one_document_are_two() -> None:
    shelf = Shelf()
    assert shelf.poll(opaque(1), opaque(2)) == PollCounts(fetched=2, new=2)
    assert shelf.poll(opaque(3), opaque(4)) == PollCounts(fetched=2, known=2)


@pytest.mark.parametrize("guid", ["g", "", "https://p.example/1"])
def test_a_date_that_moves_forward_makes_no_news_and_the_first_one_stays(guid: str) -> None:
    shelf = Shelf()
    for hours in range(0, 90, 30):
        page = replace(story(guid, "https://p.example/1"), published=START + timedelta(hours=hours - 90))
        assert shelf.poll(page) == (KNOWN if hours else NEW)
    (article,) = shelf.articles.values()
    assert article.published_at == START - timedelta(hours=90)


@pytest.mark.parametrize("name", ["sid", "ts", "timestamp", "session", "sess"])
@pytest.mark.parametrize("guid", ["", "id", "link"])
def test_a_number_that_may_name_an_article_is_not_left_out_of_its_address(name: str, guid: str) -> None:
    def road(number: int, text: str) -> ParsedItem:
        link = f"https://p.example/modules.php?name=News&{name}={number}"
        return story({"id": f"post {number}", "link": link}.get(guid, ""), link, "Road closed", text)

    shelf = Shelf()
    shelf.poll(road(1, "The A1 at Wetherby."))
    assert shelf.poll(road(2, "The M62 at Goole.")) == NEW
    assert shelf.poll(road(1, "The A1 at Wetherby."), road(2, "The M62 at Goole.")) == PollCounts(fetched=2, known=2)
    assert shelf.poll(road(3, "")) == shelf.poll(road(4, "")) == NEW


def test_a_session_that_cannot_be_a_number_is_left_out_even_without_a_text() -> None:
    shelf = Shelf()
    for counts, session in ((NEW, "0b5c8a3e-77f1-4e2d"), (KNOWN, "91d3f0a2bb47")):
        assert shelf.poll(story("", f"https://f.example/t?a=1&sid={session}", text="")) == counts


@pytest.mark.parametrize(
    ("host", "text", "hours", "counts"),
    [
        ("york.example", "The pool in York.", 6, NEW),
        ("york.example", "", 6, NEW),
        ("york.example", "", 0, KNOWN),
        ("york.example", "The pool in Leeds.", 6, KNOWN),
        ("news.leeds.example", "The pool in Leeds, until May.", 6, replace(KNOWN, changed=1)),
    ],
)
@pytest.mark.parametrize("has_link", [True, False])
def test_the_same_path_on_another_host_needs_the_same_words(
    host: str, text: str, hours: int, counts: PollCounts, *, has_link: bool
) -> None:
    def closed(host: str, text: str, hours: int) -> ParsedItem:
        link = f"https://{host}/news/closed"
        item = story(link, link if has_link else "", "Closed today", text)
        return replace(item, published=START + timedelta(hours=hours - 9))

    shelf = Shelf()
    shelf.poll(closed("leeds.example", text and "The pool in Leeds.", 0))
    assert shelf.poll(closed(host, text, hours)) == counts
