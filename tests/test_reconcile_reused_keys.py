"""A guid or an address that is used again: when it means another article, and when an edit of the one there was."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import permutations, product

import pytest
from poll_history import DAY, FRESH, HOUR, PAST_BASELINE, START, Shelf, item

from monitor.model.feed import ParsedItem
from monitor.model.feed_update import PollCounts

EDIT = PollCounts(fetched=1, known=1, changed=1)
NEW = PollCounts(fetched=1, new=1)
KNOWN = PollCounts(fetched=1, known=1)


def page(title: str, text: str = "", *, at: datetime | None = START, link: str = "p", guid: str = "g") -> ParsedItem:
    return item(guid, link, title, text, published=at)


def shelf_of_several() -> Shelf:
    """Of a feed that has shown two places at once: an ordinary one."""
    shelf = Shelf(state=PAST_BASELINE)
    shelf.poll(item("x", "x", "Elsewhere"), item("y", "y", "Somewhere"))
    return shelf


BRIDGE = page("Bridge closed after storm", "Engineers found a crack in the second pier.")
EDITS = [
    pytest.param(page("Storm damage shuts bridge", BRIDGE.text, link="q"), id="slug follows the headline"),
    pytest.param(page("Ferry doubles its runs", "Commuters wait in the rain."), id="all words, same date"),
    pytest.param(page("Ferry doubles its runs", "Commuters wait.", at=START + 19 * HOUR), id="all words, 19 hours"),
    pytest.param(page("Ferry doubles its runs", "Commuters wait.", at=None), id="all words, no date now"),
    pytest.param(
        page("Ferry doubles its runs", "Commuters wait.", at=START - 3 * DAY), id="all words, an earlier date"
    ),
    pytest.param(
        page("Bridges reopen", "Traffic flows.", at=START + DAY), id="one word of the headline, in the plural"
    ),
    pytest.param(page("Traffic flows", "The pier was mended.", at=START + DAY), id="one word of the text"),
    pytest.param(page("Traffic flows", "It was the storm's doing.", at=START + DAY), id="the headline's in the text"),
    pytest.param(page("Correction: Bridge closed after storm", "It was the first.", at=START + DAY), id="correction"),
    pytest.param(page("Traffic flows", "A crack is filled.", at=START + 40 * DAY, link="q"), id="much later, moved"),
]


@pytest.mark.parametrize("guid", ["g", ""])
@pytest.mark.parametrize("after", EDITS)
def test_an_edit_keeps_some_of_its_words_or_its_date(after: ParsedItem, guid: str) -> None:
    if not guid and after.link != BRIDGE.link:
        return
    shelf = shelf_of_several()
    shelf.poll(with_guid(BRIDGE, guid))
    assert shelf.poll(with_guid(after, guid)) == EDIT
    assert shelf.poll(with_guid(after, guid)) == KNOWN
    assert shelf.gaps == [START + HOUR]


def with_guid(of: ParsedItem, guid: str) -> ParsedItem:
    return item(guid, of.link.rpartition("/")[2], of.title, of.text, of.published)


ISSUES = [
    pytest.param([("Market report", "Grain rose."), ("Market report", "Oil fell."), ("Market report", "Tin sank.")]),
    pytest.param([("Market report: grain up", "Grain rose."), ("Market report: oil down", "Oil fell.")]),
    pytest.param([("Grain up | Market report", "Grain rose."), ("Oil down | Market report", "Oil fell.")]),
    pytest.param([("Market report - grain up", ""), ("Market report - oil down", ""), ("Market report - tin", "")]),
    pytest.param([("Market report for Monday", "Grain."), ("Market report for Tuesday", "Oil.")]),
    pytest.param([("Bridge closed", "A crack."), ("Orchestra in town", "Brahms."), ("Herring scarce", "Nets empty.")]),
    pytest.param([("سوق الحبوب: ارتفاع", "القمح أغلى."), ("سوق الحبوب: هبوط", "النفط أرخص.")], id="Arabic"),
    pytest.param([("市场报告：谷物上涨", "小麦更贵。"), ("市场报告：石油下跌", "原油便宜。")], id="Chinese"),
    pytest.param(
        [("Обзор рынка: зерно", "Пшеница дорожает."), ("Обзор рынка: нефть", "Баррель дешевле.")], id="Russian"
    ),
]


@pytest.mark.parametrize("guid", ["g", ""])
@pytest.mark.parametrize("issues", ISSUES)
def test_the_next_issue_under_a_name_is_another_article_and_no_gap(issues: list[tuple[str, str]], guid: str) -> None:
    shelf = shelf_of_several()
    pages = [page(title, text, at=START + n * DAY, guid=guid) for n, (title, text) in enumerate(issues)]
    for day, each in enumerate(pages):
        shelf.now = START + day * DAY + 2 * HOUR
        assert shelf.poll(each) == NEW
        assert shelf.poll(each) == KNOWN
    assert len(shelf.gaps) == 1  # when the first came after the two of the shelf
    for each in pages:  # a server that answers with an old copy
        assert shelf.poll(each) == KNOWN
    assert len(shelf.gaps) == 1
    assert shelf.poll(*pages) == PollCounts(fetched=len(pages), known=len(pages))


def test_an_issue_is_edited_within_its_day() -> None:
    shelf = shelf_of_several()
    for day, words in enumerate(("Grain rose.", "Oil fell.", "Tin sank.", "Salt is flat.")):
        at = START + day * DAY
        shelf.now = at + HOUR
        assert shelf.poll(page("Market report", words, at=at)) == NEW
        assert shelf.poll(page("Market report, corrected", f"{words} Twice.", at=at)) == EDIT
        assert shelf.poll(page("Market report", f"{words} Thrice.", at=at + HOUR)) == EDIT


def test_a_name_that_is_part_of_each_headline_is_learnt_from_the_days_before() -> None:
    """The first time nobody can know that "market" is the series; merged once, it is known from then on."""
    shelf = shelf_of_several()
    titles = ["Grain leads the market up", "Oil drags the market down", "Tin moves the market", "Salt market asleep"]
    counts = []
    for day, title in enumerate(titles):
        counts.append(shelf.poll(page(title, at=START + day * DAY)))
        shelf.now = START + (day + 1) * DAY
    assert counts == [NEW, EDIT, NEW, NEW]


def test_a_headline_that_was_corrected_soon_is_no_series() -> None:
    shelf = shelf_of_several()
    shelf.poll(page("Brigde closed"))
    shelf.poll(page("Bridge closed"))
    shelf.poll(page("Bridge closed for now"))
    assert shelf.poll(page("Bridge opens", at=START + DAY)) == EDIT


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ministers agree on fuel tax after long talks: sources", "Fuel tax agreed"),
        (
            "Rates slashed: What to know about your mortgage today and then",
            "What to know about your mortgage today and then",
        ),
        ("谷物市场今天大幅上涨超过预期：消息", "谷物上涨"),
    ],
)
def test_a_long_beginning_or_the_headline_itself_is_no_name_of_a_series(before: str, after: str) -> None:
    shelf = shelf_of_several()
    shelf.poll(page(before))
    assert shelf.poll(page(after, at=START + DAY)) == EDIT


def test_an_old_copy_of_an_article_that_was_edited_beyond_recognition_is_the_article() -> None:
    shelf = shelf_of_several()
    versions = [
        ("Storm nears", "Wind."),
        ("Storm hits coast", "Rain."),
        ("Coast cleans up", "Mud."),
        ("Mayor cleans hall", ""),
    ]
    pages = [page(title, text, at=START + n * DAY) for n, (title, text) in enumerate(versions)]
    assert [shelf.poll(each) for each in (*pages, pages[1])] == [NEW, *[EDIT] * 4]


def test_long_texts_in_which_one_word_is_common_are_one_article() -> None:
    shelf = shelf_of_several()
    shelf.poll(page("Bridge closed", "alpha " * 50 + "quarry"))
    assert shelf.poll(page("Ferry runs", "beta " * 50 + "quarry", at=START + DAY)) == EDIT


# Feeds of one place


def alerts() -> Iterator[ParsedItem]:
    yield page("Water main burst in Mill Lane", "Expect low pressure.")
    yield page("Power cut in Mill Lane", "Expect darkness.", at=START + HOUR)
    yield page("Road closed at the quay", "Use the bridge.", at=START + 3 * HOUR)


@pytest.mark.parametrize(("guid", "link"), [("", "now"), ("now", ""), ("now", "now"), ("", "")])
def test_alerts_one_at_a_time_are_articles_of_their_own(guid: str, link: str) -> None:
    shelf = Shelf(state=PAST_BASELINE)
    told = [item(guid, link, each.title, each.text, each.published) for each in alerts()]
    for each in told:
        assert shelf.poll(each) == NEW
        assert shelf.poll(each) == KNOWN
    for each in told:
        assert shelf.poll(each) == KNOWN
    assert shelf.state.shows_several is False
    assert bool(shelf.gaps) == (not guid and not link)  # words alone are no place


def test_a_live_blog_that_keeps_its_date_is_one_even_if_it_is_alone() -> None:
    shelf = Shelf(state=PAST_BASELINE)
    for n, (title, text) in enumerate([("Vote begins", "Doors open."), ("Count starts", "Lamps."), ("Won", "Cheers.")]):
        assert shelf.poll(page(title, text)) == (EDIT if n else NEW)


@pytest.mark.parametrize(
    "after",
    [
        page("Water main burst in Mill Lane", "Repaired by noon.", at=START + HOUR),
        page("Burst water main in Mill Lane", "Expect low pressure.", at=START + HOUR),
        page("Power cut", "Expect darkness."),
        page("Power cut", "Expect darkness.", at=None),
    ],
    ids=["same headline", "same text", "same date", "no date"],
)
def test_an_alert_of_which_anything_stays_is_an_edit(after: ParsedItem) -> None:
    shelf = Shelf(state=PAST_BASELINE)
    shelf.poll(next(alerts()))
    assert shelf.poll(after) == EDIT


def test_alerts_without_a_text_go_by_headline_and_date() -> None:
    shelf = Shelf(state=PAST_BASELINE)
    shelf.poll(page("Tremor near Ashby"))
    assert shelf.poll(page("Tremor near Selby", at=START + HOUR)) == NEW
    assert shelf.poll(page("Tremor near Selby Quay", at=START + HOUR)) == EDIT


def test_two_alerts_at_a_time_at_one_address_still_show_one_place() -> None:
    shelf = Shelf(state=PAST_BASELINE)
    one, two, three = (item("", "now", each.title, each.text, each.published) for each in alerts())
    assert shelf.poll(one) == NEW
    assert shelf.poll(two, one) == PollCounts(fetched=2, new=1, known=1)
    assert shelf.poll(three, two) == PollCounts(fetched=2, new=1, known=1)
    fourth = item("", "now", "Tram halted", "Walk.", START + 5 * HOUR)
    assert shelf.poll(fourth) == NEW
    assert shelf.poll(three) == KNOWN
    assert shelf.state.shows_several is False


@pytest.mark.parametrize("both", list(permutations([item("a", "a", "Tide"), item("b", "b", "Moon")])))
def test_two_places_at_once_show_a_feed_to_be_an_ordinary_one_for_ever(both: tuple[ParsedItem, ...]) -> None:
    shelf = Shelf(state=FRESH)
    shelf.poll(*both)
    assert shelf.state.shows_several is True
    shelf.poll(BRIDGE)
    assert shelf.poll(page("Ferry doubles its runs", "Commuters wait.", at=START + HOUR)) == EDIT
    assert shelf.state.shows_several is True


def test_real_guids_one_at_a_time_are_no_matter() -> None:
    shelf = Shelf(state=PAST_BASELINE)
    for n in range(4):
        assert shelf.poll(page(f"Story {n}", f"Words {n}.", at=START + n * HOUR, guid=f"{n}", link=f"{n}")) == NEW
    assert shelf.state.shows_several is False


def test_the_order_of_items_decides_nothing() -> None:
    before = [page("Market report", "Grain.", link="m", guid="m"), page("Tides", "High at noon.", link="t", guid="t")]
    after = [
        page("Market report", "Oil.", at=START + DAY, link="m", guid="m"),
        page("Tides", "High at one.", at=START + DAY, link="t", guid="t"),
    ]
    for first, second in product(permutations(before), permutations(after)):
        shelf = Shelf(state=PAST_BASELINE)
        shelf.poll(*first)
        assert shelf.poll(*second) == PollCounts(fetched=2, new=1, known=1, changed=1)


def test_a_page_whose_guid_another_article_took_is_the_one_that_has_its_words() -> None:
    shelf = shelf_of_several()
    shelf.poll(BRIDGE)
    taken = page("Ferry doubles its runs", "Commuters wait.", link="q")
    assert shelf.poll(taken, with_guid(BRIDGE, "archive")) == PollCounts(fetched=2, new=1, known=1)


@pytest.mark.parametrize("span", [timedelta(hours=20), timedelta(hours=20, seconds=-1)])
def test_twenty_hours_are_the_bound(span: timedelta) -> None:
    shelf = shelf_of_several()
    shelf.poll(BRIDGE)
    is_later = span >= timedelta(hours=20)
    assert shelf.poll(page("Ferry doubles its runs", "Commuters wait.", at=START + span)) == (NEW if is_later else EDIT)


WARNING, CALM, STORM = ("Flood warning", "Rising."), ("All clear", "Go home."), ("Gale near", "Wind.")


@pytest.mark.parametrize("is_several", [True, False])
@pytest.mark.parametrize(("guid", "link"), [("g", "p"), ("", "p"), ("g", "")])
def test_words_that_come_again_after_others_are_news_and_an_old_copy_is_not(
    guid: str,
    link: str,
    is_several: bool,  # noqa: FBT001
) -> None:
    """Warnings are often given in the same words. What is dated before the article that has the name now is old."""
    shelf = shelf_of_several() if is_several else Shelf(state=PAST_BASELINE)
    gaps = len(shelf.gaps) + is_several
    told = [WARNING, CALM, WARNING, STORM, WARNING, CALM]
    pages = [page(*each, at=START + n * DAY, guid=guid, link=link) for n, each in enumerate(told)]
    for day, each in enumerate(pages):
        shelf.now = START + day * DAY + HOUR
        assert shelf.poll(each) == NEW
        assert shelf.poll(each) == KNOWN
    for each in pages:
        assert shelf.poll(each) == KNOWN
    assert len(shelf.gaps) == gaps


def test_an_edit_in_the_words_of_an_earlier_article_takes_nothing_from_either() -> None:
    shelf = shelf_of_several()
    told = [WARNING, CALM, ("All clear again", "Go home now."), WARNING, STORM, WARNING]
    counts = []
    for day, each in enumerate(told):
        at = START + (min(day, 1) + max(day - 3, 0)) * DAY
        shelf.now = at + (day + 1) * HOUR
        counts.append(shelf.poll(page(*each, at=at)))
    assert counts == [NEW, NEW, EDIT, KNOWN, NEW, NEW]


def test_of_the_same_words_twice_in_a_document_the_later_date_counts() -> None:
    for both in permutations([page(*WARNING, at=START), page(*WARNING, at=START + DAY), page(*WARNING, at=None)]):
        shelf = Shelf(state=PAST_BASELINE, now=START + 2 * DAY)
        assert shelf.poll(*both) == PollCounts(fetched=3, new=1, duplicate=2)
        assert [article.published_at for article in shelf.articles.values()] == [START + DAY]
