from datetime import UTC, datetime, timedelta

import pytest

from monitor.cluster import MAX_POSTINGS, group
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


def article(number: int, title: str, text: str = "", outlet: str = "") -> StoryArticle:
    seen = START + timedelta(minutes=number)
    return StoryArticle(id=number, title=title, text=text, outlet=outlet or f"Outlet {number}", first_seen_at=seen)


def partners(*articles: StoryArticle, recent: tuple[StoryArticle, ...] = ()) -> list[int]:
    return [assignment.with_article_id for assignment in group(articles, recent)]


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
    assert partners(first, second) == [1, 1 if same else 2], case
    assert partners(second, recent=(first,)) == [1 if same else 2], case


def test_the_earliest_article_of_a_title_is_the_one_to_go_with() -> None:
    title = "Convoy hit west of Aleppo"
    assert partners(article(3, title), article(4, title), recent=(article(1, title), article(2, title))) == [1, 1]


def test_of_several_copies_the_closest_one_counts() -> None:
    longer = f"{WIRE} {OTHER[:120]}"
    assert partners(article(3, "C", WIRE), recent=(article(1, "A", OTHER), article(2, "B", longer))) == [2]


def test_stories_do_not_grow_by_chains_of_ever_less_similar_texts() -> None:
    sentences = [f"{sentence}." for sentence in f"{WIRE} {OTHER}".split(". ")]
    drifting = [article(number, f"T{number}", " ".join(sentences[number : number + 5])) for number in range(4)]
    stories = partners(*drifting)
    assert len(set(stories)) > 1


def test_words_that_every_text_has_propose_no_pair() -> None:
    boilerplate = " ".join(f"notice{number}" for number in range(60))
    many = [
        article(n, f"T{n}", f"{boilerplate} " + " ".join(f"word{n}x{i}" for i in range(70)))
        for n in range(MAX_POSTINGS + 20)
    ]
    assert partners(*many) == [one.id for one in many]


def test_a_wire_story_in_five_hundred_outlets_is_one_story() -> None:
    assert set(partners(*(article(n, f"Title {n}", WIRE) for n in range(500)))) == {0}


def test_nothing_to_group_is_nothing() -> None:
    assert group((), (article(1, "A"),)) == ()
