"""Stories of several topics: every article that a section names is listed there, or says where (decision 32)."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from editions import GAZA, NOW, RUSSIA, SYRIA, TOPICS, Desk, article, edition_of, topic
from golden_editions import TEMPLATES
from hypothesis import given, settings
from hypothesis import strategies as st
from test_digest import forms, materials

from monitor.model.edition import Edition, Form
from monitor.model.edition_input import EditionInput
from monitor.model.entries import Mention, Pointer, Told
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Origin, Tier
from monitor.model.topic import Topic
from monitor.render import render, render_page

CONVOY, BLAME = "Convoy burns on the northern road", "Capitals trade blame over the burned convoy"


@settings(max_examples=120, deadline=None, derandomize=True)
@given(materials(), st.sets(st.sampled_from([SYRIA, RUSSIA, GAZA])))
def test_every_article_that_a_section_names_matches_there_or_is_marked_with_a_topic_that_lists_it(
    edition_input: EditionInput, muted: set[str]
) -> None:
    topics = [replace(each, mute_until=date.max) if each.name in muted else each for each in TOPICS]
    edition = edition_of(edition_input, topics)
    listed = forms(edition)
    for section in edition.sections:
        entries: tuple[Told | Mention | Pointer, ...] = (
            *section.stories, *section.pointers, *section.earlier, *section.passing,
            *section.late, *section.backfill, *section.baseline, *section.muted,
        )  # fmt: skip
        for entry in entries:
            for item in (entry.lead, *entry.also):
                assert {(topic, item.article_id) for topic in item.under or (section.topic,)} <= listed.keys()
                assert ((section.topic, item.article_id) in listed) == (item.under == ())
                assert muted.isdisjoint(item.under)


def two_topics_of_one_story(**of_second: Any) -> EditionInput:
    first, copy = article(1, CONVOY), article(2, "Relief lorries burn", outlet="Quay Radio")
    other = article(3, BLAME, outlet="Island Times", hours_ago=4)
    return Desk().add(first, copy).join(1, other, about=(RUSSIA,), **of_second).edition_input()


def shown(edition: Edition) -> str:
    """Both parts of the mail and the page as one line, without markup."""
    mail = render(edition, TEMPLATES)
    return " ".join(re.sub(r"<[^>]*>", "", f"{mail.text} {mail.html} {render_page(edition, TEMPLATES)}").split())


def test_an_article_that_matches_another_topic_alone_says_so_and_is_listed_under_that_one() -> None:
    edition = edition_of(two_topics_of_one_story())
    telling, pointing = edition.sections
    assert [(item.title, item.under) for item in telling.stories[0].also] == [
        ("Relief lorries burn", ()), (BLAME, (RUSSIA,)),
    ]  # fmt: skip
    (pointer,) = pointing.pointers
    assert (pointer.lead.title, pointer.also, pointer.topic, pointer.told_as) == (BLAME, (), SYRIA, CONVOY)
    assert forms(edition) == {(SYRIA, 1): Form.STORY, (SYRIA, 2): Form.ALSO, (RUSSIA, 3): Form.POINTER}
    words = shown(edition)
    assert words.count("Relief lorries burn") == words.count(f"{BLAME} – Island Times, Wed 03:00 · under") + 2 == 3
    assert words.count(f"shown in full under Syria ceasefire: “{CONVOY}”") == 3
    assert words.count("Island Times, Wed 03:00 · listed under US-Russia coordination") == 2


@pytest.mark.parametrize(
    ("of_second", "form"),
    [
        ({"tier": Tier.PASSING}, Form.PASSING),
        ({"origin": Origin.LATE}, Form.LATE),
        ({"origin": Origin.BACKFILL}, Form.BACKFILL),
    ],
)
def test_a_line_names_the_headline_under_which_its_story_is_told(of_second: dict[str, Any], form: Form) -> None:
    edition = edition_of(two_topics_of_one_story(**of_second))
    telling, section = edition.sections
    (mention,) = (*section.passing, *section.late, *section.backfill)
    assert (mention.lead.title, mention.told_under, mention.told_as) == (BLAME, SYRIA, CONVOY)
    assert telling.stories[0].also[-1].under == (RUSSIA,)
    assert forms(edition)[RUSSIA, 3] == form
    assert shown(edition).count(f"shown in full under Syria ceasefire: “{CONVOY}”") == 3


@pytest.mark.parametrize(
    ("case", "topics"),
    [
        ("muted", (topic(SYRIA), replace(topic(RUSSIA), mute_until=date.max))),
        ("not in this digest", (topic(SYRIA),)),
        ("disabled", (topic(SYRIA), topic(RUSSIA, enabled=False))),
    ],
)
def test_what_matches_only_a_topic_that_tells_nothing_here_is_counted_among_the_outlets_and_not_named(
    case: str, topics: tuple[Topic, ...]
) -> None:
    edition = edition_of(two_topics_of_one_story(), topics)
    story = edition.sections[0].stories[0]
    assert [item.title for item in story.also] == ["Relief lorries burn"], case
    assert (story.outlets, [item.outlet for item in story.other_outlets]) == (3, ["Quay Radio"])
    assert ((RUSSIA, 3) in forms(edition)) == (case == "muted")
    assert story.also_under == ()


def test_of_an_article_that_matches_two_other_topics_both_are_named() -> None:
    desk = Desk().add(article(1, CONVOY)).join(1, article(2, BLAME), about=(RUSSIA, GAZA))
    edition = edition_of(desk.edition_input())
    assert edition.sections[0].stories[0].also[0].under == (RUSSIA, GAZA)
    assert "listed under US-Russia coordination, Gaza aid" in shown(edition)


def test_the_topic_that_has_most_of_a_story_tells_it() -> None:
    one = article(3, BLAME, outlet="Island Times")
    desk = Desk().add(article(1, CONVOY), article(2, "Relief lorries burn"), hits=[("convoy", "Convoy")])
    desk.join(1, one, about=(RUSSIA,), hits=[("capitals", "Capitals"), ("blame", "blame")])
    edition = edition_of(desk.edition_input())
    assert forms(edition) == {(SYRIA, 1): Form.STORY, (SYRIA, 2): Form.ALSO, (RUSSIA, 3): Form.POINTER}


def test_a_pointer_to_the_same_headline_does_not_repeat_it() -> None:
    desk = Desk().add(article(1, "Convoy burns")).join(1, article(2, "CONVOY BURNS"), about=(RUSSIA,))
    edition = edition_of(desk.edition_input())
    assert edition.sections[1].pointers[0].told_as == ""
    assert "shown in full under Syria ceasefire:" not in shown(edition)
    assert shown(edition).count("under US-Russia coordination: Harbour Post") == 3


def test_an_article_that_was_not_named_when_its_story_was_told_is_news_of_it() -> None:
    first, hidden = article(1, CONVOY, hours_ago=30), article(2, BLAME, "Both deny it.", hours_ago=29)
    copy = article(3, BLAME, "Both deny it.", outlet="Quay Radio", hours_ago=3)
    edition_input = Desk().add(hidden, copy, unmatched=[first], told_at=NOW - timedelta(hours=18)).edition_input()
    facts = {StoryId(2): replace(edition_input.stories[StoryId(2)], listed=frozenset({ArticleId(1)}))}
    story = edition_of(replace(edition_input, stories=facts)).sections[0].stories[0]
    assert (story.lead.title, [item.article_id for item in story.also]) == (BLAME, [3])
