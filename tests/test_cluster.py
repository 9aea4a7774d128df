from datetime import UTC, datetime, timedelta

import pytest

from monitor.cluster import STORY_WINDOW, group, spells
from monitor.copies import MAX_COMPARED, MAX_POSTINGS
from monitor.model.story import StoryArticle

START = datetime(2016, 9, 20, tzinfo=UTC)
WIRE = (
    "A relief convoy of thirty-one lorries was struck on Monday evening at a warehouse west of Aleppo, and eighteen of"
    " them burned. The supplies were meant for seventy-eight thousand people in villages that had seen no delivery"
    " since the spring. Volunteers said that the fires could be seen from the next valley until four in the morning."
    " The agency that had sent the lorries halted all movements in the country until it knows who can keep them safe."
)
OTHER = (
    "The council of a harbour town voted on Tuesday to keep its last sail loft, a brick hall that has made canvas for"
    " fishing boats since before the railway came. The vote was eleven to two after a debate of five hours, in which"
    " three retired sailmakers spoke and a school choir sang. Repairs to the roof begin in October and will take until"
    " the following summer, the surveyor told the meeting, if the weather is as kind as it has been this year."
)


TITLE = "Convoy hit west of Aleppo"
DAY = timedelta(days=1)


def article(
    number: int,
    title: str,
    text: str = "",
    outlet: str = "",
    *,
    after: timedelta = timedelta(),
    story: int | None = None,
) -> StoryArticle:
    seen = START + timedelta(minutes=number) + after
    named = outlet or f"Outlet {number}"
    return StoryArticle(id=number, title=title, text=text, outlet=named, first_seen_at=seen, story_id=story)


def stories(*articles: StoryArticle, recent: tuple[StoryArticle, ...] = ()) -> list[int]:
    return [*group(articles, recent).values()]


@pytest.mark.parametrize(
    ("case", "one", "other", "same"),
    [
        ("equal titles", ("Convoy hit west of Aleppo", ""), ("Convoy hit west of Aleppo", ""), True),
        ("case, quotes, dashes", ("Cease-fire “over” in Syria", ""), ("CEASE-FIRE 'OVER' IN SYRIA", ""), True),
        ("another word", ("Convoy hit west of Aleppo", ""), ("Convoy hit east of Aleppo", ""), False),
        ("the name of a column", ("Live updates", ""), ("Live updates", ""), False),
        ("a column with the same text", ("Live updates", WIRE), ("Live updates", WIRE), True),
        ("no titles", ("", ""), ("", ""), False),
        ("equal ideographic titles", ("市内で砲撃が再開、停戦は崩壊", ""), ("市内で砲撃が再開、停戦は崩壊", ""), True),
        ("a short ideographic column", ("今日の世界", ""), ("今日の世界", ""), False),
        ("wire copy", ("Convoy struck", WIRE), ("Lorries burn in the night", WIRE), True),
        ("wire copy with a line of its own", ("A", WIRE), ("B", f"By our staff. {WIRE} More follows soon."), True),
        ("the first half of it", ("A", WIRE), ("B", WIRE[: len(WIRE) * 8 // 10]), True),
        ("half of it is new", ("A", WIRE), ("B", WIRE[: len(WIRE) // 2] + OTHER[: len(OTHER) // 2]), False),
        ("short texts are never copies", ("A", WIRE[:200]), ("B", WIRE[:200]), False),
        ("other words", ("A", WIRE), ("B", OTHER), False),
    ],
)  # fmt: skip
def test_two_articles_are_one_story(case: str, one: tuple[str, str], other: tuple[str, str], *, same: bool) -> None:
    first, second = article(1, *one), article(2, *other)
    assert stories(first, second) == [1, 1 if same else 2], case
    assert stories(second, recent=(first,)) == [1 if same else 2], case


@pytest.mark.parametrize(
    ("case", "one", "other", "same"),
    [
        ("the column of the next day", WIRE, OTHER, False),
        ("its summary of the next day", "One lorry burned in the night, a clerk told us, and another was saved.",
         "Envoys left the hotel by separate doors, and nobody called the truce dead yet.", False),
        ("the same text in two feeds", WIRE, WIRE, True),
        ("its beginning as a summary", WIRE, WIRE[:150], True),
        ("a feed of headlines", WIRE, "", True),
        ("next to no text", WIRE, "Read the whole report on our pages.", True),
    ],
)  # fmt: skip
def test_an_outlet_that_repeats_a_title_tells_a_new_story_if_the_words_are_new(
    case: str, one: str, other: str, *, same: bool
) -> None:
    title = "Syria ceasefire: what happened today"
    found = stories(article(1, title, one, "Quay Radio"), article(2, title, other, "QUAY RADIO"))
    assert found == [1, 1 if same else 2], case


def test_a_column_that_another_outlet_carries_goes_with_its_own_day() -> None:
    title = "Syria ceasefire: what happened today"
    columns = article(1, title, WIRE, "Quay Radio"), article(2, title, OTHER, "Quay Radio")
    assert stories(*columns, article(3, title, WIRE, "Harbour Post")) == [1, 2, 1]
    assert stories(*columns, article(3, title, "", "Harbour Post")) == [1, 2, 2]


def test_a_story_known_already_keeps_its_name() -> None:
    known = article(2, TITLE, story=1), article(3, TITLE, story=1)
    assert group((article(4, TITLE), article(5, "A", WIRE), article(6, "B", WIRE)), known) == {4: 1, 5: 5, 6: 5}


@pytest.mark.parametrize(
    ("case", "others", "days", "story"),
    [
        ("three days on", (0,), 2.9, 1),
        ("later than that", (0,), 3.1, 100),
        ("three days after its latest article", (0, 2.5, 5), 7.9, 1),
        ("while it went on", (0, 2.5, 5), 1.2, 1),
        ("three days before it", (10,), 7.1, 1),
        ("an old page edited into a match", (10, 12), 0, 100),
    ],
)
def test_a_story_is_open_for_three_days_around_what_it_has(
    case: str, others: tuple[float, ...], days: float, story: int
) -> None:
    known = tuple(article(number, TITLE, WIRE, after=DAY * day, story=1) for number, day in enumerate(others, 1))
    assert stories(article(100, TITLE, WIRE, after=DAY * days), recent=known) == [story], case


def test_an_old_arrival_joins_no_weeks_to_one_another() -> None:
    weeks = [article(number, TITLE, WIRE, after=DAY * 7 * number) for number in range(4)]
    assert stories(weeks[0], recent=tuple(weeks[1:])) == [0]
    assert stories(*weeks) == [0, 1, 2, 3]
    assert timedelta(days=7) > STORY_WINDOW


@pytest.mark.parametrize(
    ("days", "parts"),
    [((), []), ((0,), [1]), ((0, 2, 4), [3]), ((0, 20, 20.5, 22), [1, 3]), ((0, 4, 8), [1, 1, 1])],
)
def test_arrivals_are_parted_where_none_can_join_the_one_before(days: tuple[float, ...], parts: list[int]) -> None:
    arrivals = [article(number, TITLE, after=DAY * day) for number, day in enumerate(days)]
    assert [len(part) for part in spells(arrivals)] == parts
    assert [one for part in spells(arrivals) for one in part] == arrivals


def test_a_title_in_many_outlets_is_one_story_and_is_compared_with_few() -> None:
    many = [article(number, TITLE, f"{number}") for number in range(10 * MAX_COMPARED)]
    assert set(stories(*many)) == {0}


def test_of_several_copies_the_closest_one_counts() -> None:
    longer = f"{WIRE} {OTHER[:120]}"
    assert stories(article(3, "C", WIRE), recent=(article(1, "A", OTHER), article(2, "B", longer))) == [2]


def test_stories_do_not_grow_by_chains_of_ever_less_similar_texts() -> None:
    sentences = [f"{sentence}." for sentence in f"{WIRE} {OTHER}".split(". ")]
    drifting = [article(number, f"T{number}", " ".join(sentences[number : number + 5])) for number in range(4)]
    assert len(set(stories(*drifting))) > 1


def test_words_that_every_text_has_propose_no_pair() -> None:
    boilerplate = " ".join(f"notice{number}" for number in range(60))
    many = [
        article(n, f"T{n}", f"{boilerplate} " + " ".join(f"word{n}x{i}" for i in range(70)))
        for n in range(MAX_POSTINGS + 20)
    ]
    assert stories(*many) == [one.id for one in many]


def test_a_wire_story_in_five_hundred_outlets_is_one_story() -> None:
    assert set(stories(*(article(n, f"Title {n}", WIRE) for n in range(500)))) == {0}


def test_nothing_to_group_is_nothing() -> None:
    assert group((), (article(1, "A"),)) == {}
