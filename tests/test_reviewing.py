"""What a person decides on a draft, as rows: a table of wishes."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from editions import DAILY, SYRIA, Desk, article, edition_of

from monitor.digest.reviewing import DraftStory, Wish, chosen, draft_stories
from monitor.errors import UsageError
from monitor.model.choice import COMMENT_CHARACTERS, Choice
from monitor.model.edition import Edition
from monitor.model.edition_input import HighWater
from monitor.model.ids import StoryId
from monitor.model.match import Origin, Tier
from monitor.model.review import Review, ReviewId

S = StoryId


def review(**choices: Choice) -> Review:
    return Review(
        id=ReviewId(1),
        digest=DAILY.name,
        slot=(date(2016, 9, 21), 1),
        made_at=datetime(2016, 9, 21, 5, 45, tzinfo=UTC),
        knows=HighWater(articles=99),
        version=0,
        choices={StoryId(int(key[1:])): choice for key, choice in choices.items()},
    )


def draft(given: Review) -> Edition:
    desk = Desk()
    for number in (1, 2, 3):
        desk.add(article(number, f"Truce number {number} near Aleppo", hours_ago=5 + number))
    desk.add(article(4, "Oil prices rise again", hours_ago=4), tier=Tier.PASSING)
    desk.add(article(5, "Bakers of Aleppo reopen", hours_ago=300), origin=Origin.LATE)
    return edition_of(replace(desk.edition_input(), choices=given.choices))


def made(given: Review, **wishes: Wish) -> dict[StoryId, Choice]:
    wanted = {StoryId(int(key[1:])): wish for key, wish in wishes.items()}
    return chosen(draft_stories(draft(given), given), given, wanted)


def order(given: Review) -> list[int]:
    return [each.story for each in draft_stories(draft(given), given) if each.place]


def test_a_draft_has_its_stories_in_order_and_dropped_ones_at_the_end() -> None:
    given = review(s2=Choice(is_dropped=True, last_article=99), s1=Choice(comment="Why now?", last_article=99))
    found = draft_stories(draft(given), given)
    assert [(each.story, each.form, each.place, each.topic) for each in found] == [
        (1, "story", 1, SYRIA),
        (3, "story", 2, SYRIA),
        (4, "passing", None, SYRIA),
        (5, "late", None, SYRIA),
        (2, "dropped", None, ""),
    ]
    assert found[0].comment == "Why now?"
    assert found[0].outlets == 1


def test_a_dropped_story_is_listed_and_not_printed() -> None:
    edition = draft(review(s2=Choice(is_dropped=True, last_article=99)))
    assert [each.form for each in edition.listings if each.article_id == 2] == ["dropped"]
    assert edition.counts.stories == 2
    assert [each.story_id for each in edition.dropped] == [2]


def test_a_story_that_has_grown_since_it_was_dropped_is_back() -> None:
    edition = draft(review(s2=Choice(is_dropped=True, last_article=1)))
    assert [each.form for each in edition.listings if each.article_id == 2] == ["story"]
    assert not edition.dropped


def test_a_topic_of_which_all_is_dropped_is_quiet() -> None:
    given = review(**{f"s{number}": Choice(is_dropped=True, last_article=99) for number in range(1, 6)})
    edition = draft(given)
    assert edition.is_empty
    assert SYRIA in [each.topic for each in edition.quiet]
    assert edition.perhaps == ()


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ({"s3": Wish(place=1)}, [3, 1, 2]),
        ({"s1": Wish(place=3)}, [2, 3, 1]),
        ({"s2": Wish(place=1), "s1": Wish(place=1)}, [2, 1, 3]),
        ({"s2": Wish(place=9)}, [1, 3, 2]),
    ],
)
def test_who_moves_to_a_place_gets_it(wishes: dict[str, Wish], expected: list[int]) -> None:
    before = review()
    after = replace(before, choices=made(before, **wishes))
    assert order(before) == [1, 2, 3]
    assert order(after) == expected
    assert order(replace(after, choices=made(after))) == expected  # saved again, nothing changes


def test_what_is_not_asked_for_stays() -> None:
    before = review(s2=Choice(is_dropped=True, comment="Old.", place=2, last_article=50))
    after = made(before, s1=Wish(comment=" New\nwords. "))
    assert after[S(2)] == Choice(is_dropped=True, comment="Old.", place=2, last_article=99)
    assert after[S(1)].comment == "New words."
    assert S(4) not in after
    assert not made(before, s2=Wish(is_dropped=False))[S(2)].is_dropped


def test_mistakes_are_named() -> None:
    with pytest.raises(UsageError, match="no story 77"):
        made(review(), s77=Wish(is_dropped=True))
    with pytest.raises(UsageError, match="at most 280"):
        made(review(), s1=Wish(comment="x" * (COMMENT_CHARACTERS + 1)))


def test_a_preview_without_a_draft_has_the_same_stories() -> None:
    found: tuple[DraftStory, ...] = draft_stories(draft(review()), None)
    assert [each.story for each in found] == [1, 2, 3, 4, 5]


def test_what_one_of_two_editions_knows() -> None:
    early = HighWater(articles=1, matches=9, polls=3, revisions=4, rule_changes=0)
    assert early.and_of(HighWater(articles=5, matches=2, polls=3)) == HighWater(
        articles=5, matches=9, polls=3, revisions=4, rule_changes=0
    )
