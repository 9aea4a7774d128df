from dataclasses import replace
from datetime import date, timedelta

import pytest
from editions import (
    DAILY,
    EDITIONS,
    GAZA,
    NOW,
    RUSSIA,
    SLOT,
    SYRIA,
    TOPICS,
    Desk,
    article,
    days_before,
    edition_of,
    match,
    topic,
)
from golden_editions import TEMPLATES
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.edition import Edition, Form, Section
from monitor.model.edition_input import Candidate, Coverage, EditionInput, FeedTrouble
from monitor.model.entries import Mention, Pointer, Told
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Origin, Tier
from monitor.model.settings import DigestSettings
from monitor.render import render, render_page

TITLES = ("First light over the harbour town", "Second bridge opens to lorries", "Third reading of the fishing bill")


def forms(edition: Edition) -> dict[tuple[str, int], str]:
    return {(listing.topic, listing.article_id): listing.form for listing in edition.listings}


def only(edition: Edition) -> Section:
    (section,) = edition.sections
    return section


def story_of(edition: Edition) -> Told:
    (story,) = only(edition).stories
    return story


def titles(section: Section) -> list[str]:
    return [story.lead.title for story in section.stories]


# ---- once


@pytest.mark.parametrize("name", EDITIONS)
def test_every_match_of_the_sample_editions_is_listed_once(name: str) -> None:
    edition = EDITIONS[name]()
    assert len(forms(edition)) == len(edition.listings)


@st.composite
def materials(draw: st.DrawFn) -> EditionInput:
    desk = Desk()
    for number in range(draw(st.integers(0, 8))):
        first = number * 10
        seen = st.integers(1, 80)
        articles = [
            article(first + n, draw(st.sampled_from(TITLES)), "The truce held.", hours_ago=draw(seen))
            for n in range(draw(st.integers(1, 3)))
        ]
        told_at = NOW - timedelta(hours=draw(seen)) if draw(st.booleans()) else None
        desk.stories[first] = articles
        if told_at:
            desk.told_at[first] = told_at
        for one in articles:
            for about in draw(st.sets(st.sampled_from([SYRIA, RUSSIA, GAZA, "A topic of another digest"]))):
                tier, origin = draw(st.sampled_from(Tier)), draw(st.sampled_from(Origin))
                proof = match(about, one, tier=tier)
                desk.candidates.append(Candidate(article=one, match=proof, origin=origin, story_id=StoryId(first)))
    told = draw(st.sets(st.sampled_from([candidate.article.id for candidate in desk.candidates] or [ArticleId(0)])))
    return desk.edition_input(told_under=dict.fromkeys(told, draw(st.sampled_from([SYRIA, RUSSIA, "An old topic"]))))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(materials())
def test_every_candidate_of_the_digests_topics_has_exactly_one_listing(edition_input: EditionInput) -> None:
    edition = edition_of(edition_input)
    wanted = [
        (item.match.topic, item.article.id)
        for item in edition_input.candidates
        if item.match.topic in (SYRIA, RUSSIA, GAZA)
    ]
    assert sorted((listing.topic, listing.article_id) for listing in edition.listings) == sorted(wanted)
    assert {section.topic for section in edition.sections} == {listing.topic for listing in edition.listings}


@settings(max_examples=80, deadline=None, derandomize=True)
@given(materials())
def test_every_listed_article_is_in_the_edition_and_no_story_is_told_twice(edition_input: EditionInput) -> None:
    edition = edition_of(edition_input)
    shown: dict[str, set[int]] = {}
    for section in edition.sections:
        entries: tuple[Told | Mention | Pointer, ...] = (
            *section.stories, *section.pointers, *section.earlier, *section.passing, *section.late, *section.backfill,
            *section.baseline,
        )  # fmt: skip
        shown[section.topic] = {item.article_id for entry in entries for item in (entry.lead, *entry.also)}
    assert all(listing.article_id in shown[listing.topic] for listing in edition.listings)
    told = [story.story_id for section in edition.sections for story in section.stories]
    assert len(told) == len(set(told))


@settings(max_examples=50, deadline=None, derandomize=True)
@given(materials(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(edition_input: EditionInput, chance: st.randoms) -> None:  # type: ignore[valid-type]
    shuffled = list(edition_input.candidates)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    other = EditionInput(
        candidates=tuple(shuffled),
        stories=edition_input.stories,
        coverage=edition_input.coverage,
        previous=edition_input.previous,
        listed_under=edition_input.listed_under,
    )
    assert edition_of(other).sections == edition_of(edition_input).sections


def test_a_story_under_two_topics_is_told_once_and_pointed_to_from_the_other() -> None:
    edition = edition_of(Desk().add(article(1, "A"), about=(SYRIA, RUSSIA)).edition_input())
    first, second = edition.sections
    assert (first.topic, titles(first), first.stories[0].also_under) == (SYRIA, ["A"], (RUSSIA,))
    assert (second.topic, second.stories, second.pointers[0].topic) == (RUSSIA, (), SYRIA)
    assert forms(edition) == {(SYRIA, 1): Form.STORY, (RUSSIA, 1): Form.POINTER}
    assert edition.counts.stories == edition.counts.in_several_topics == 1
    assert second.count == 1


def test_a_story_is_told_where_its_tier_is_strongest() -> None:
    one = article(1, "A")
    desk = Desk().add(one, about=(SYRIA,), tier=Tier.LEAD)
    desk.add(one, about=(RUSSIA,), tier=Tier.HEADLINE)
    assert forms(edition_of(desk.edition_input())) == {(SYRIA, 1): Form.POINTER, (RUSSIA, 1): Form.STORY}


@pytest.mark.parametrize(
    ("case", "of_syria", "of_russia", "home"),
    [
        ("one group in the headline against two", ("Syrian",), ("U.S.", "Russian"), RUSSIA),
        ("two against two", ("Syrian", "truce"), ("U.S.", "Russian"), SYRIA),
        ("groups in the text do not count", ("joint work", "condition"), ("Russian",), RUSSIA),
    ],
)
def test_of_two_topics_in_one_tier_the_headline_names_the_home_and_then_their_order(
    case: str, of_syria: tuple[str, ...], of_russia: tuple[str, ...], home: str
) -> None:
    one = article(
        1, "U.S. and Russian officers leave the Syrian truce desk", "A truce was the condition for joint work."
    )
    desk = Desk()
    for about, words in ((SYRIA, of_syria), (RUSSIA, of_russia)):
        desk.add(one, about=(about,), hits=[(word, word) for word in words], tier=Tier.LEAD)
    assert forms(edition_of(desk.edition_input()))[home, 1] == Form.STORY, case


def test_only_a_topic_that_tells_a_story_in_full_is_pointed_to() -> None:
    one = article(1, "A")
    desk = Desk().add(one, about=(SYRIA, RUSSIA), tier=Tier.PASSING)
    desk.add(one, about=(GAZA,), origin=Origin.LATE)
    edition = edition_of(desk.edition_input())
    assert forms(edition) == {(SYRIA, 1): Form.PASSING, (RUSSIA, 1): Form.PASSING, (GAZA, 1): Form.LATE}
    assert [section.pointers for section in edition.sections] == [(), (), ()]
    mentions = [mention for section in edition.sections for mention in (*section.passing, *section.late)]
    assert [(each.told_under, each.also_under) for each in mentions] == [
        ("", (RUSSIA, GAZA)), ("", (SYRIA, GAZA)), ("", (SYRIA, RUSSIA)),
    ]  # fmt: skip
    counts = edition.counts
    assert (counts.stories, counts.in_several_topics, counts.passing, counts.articles) == (0, 0, 1, 1)


def test_a_topic_that_only_mentions_a_story_says_where_it_is_told() -> None:
    one = article(1, "A")
    edition = edition_of(Desk().add(one).add(one, about=(RUSSIA,), tier=Tier.PASSING).edition_input())
    assert forms(edition) == {(SYRIA, 1): Form.STORY, (RUSSIA, 1): Form.PASSING}
    telling, mentioning = edition.sections
    assert telling.stories[0].also_under == (RUSSIA,)
    (mention,) = mentioning.passing
    assert (mention.told_under, mention.also_under, mentioning.count) == (SYRIA, (), 0)
    assert (edition.counts.stories, edition.counts.in_several_topics) == (1, 1)
    mail = render(edition, TEMPLATES)
    assert "shown in full under Syria ceasefire" in mail.text
    assert "shown in full under <bdi>Syria ceasefire</bdi>" in mail.html


WORDS = " ".join(f"word{number}" for number in range(80))
OTHER_WORDS = " ".join(f"other{number}" for number in range(80))


@pytest.mark.parametrize(
    ("case", "first", "second", "lead"),
    [
        ("a byline makes no text longer", WORDS, f"(Meridian Wire) {WORDS}", 1),
        ("nor does a paragraph", WORDS, f"{WORDS} {WORDS[:200]}", 1),
        ("a summary leads nothing", WORDS[:200], WORDS, 2),
        ("nor does a headline alone", "", "x", 2),
    ],
)
def test_the_lead_of_a_story_is_its_first_article_with_a_text(case: str, first: str, second: str, lead: int) -> None:
    desk = Desk().add(article(1, "First", first, hours_ago=5), article(2, "Second", second, hours_ago=4))
    edition = edition_of(desk.edition_input())
    assert forms(edition) == {(SYRIA, lead): Form.STORY, (SYRIA, 3 - lead): Form.ALSO}, case
    assert [item.article_id for item in story_of(edition).also] == [3 - lead]


@pytest.mark.parametrize("hours_ago", [5, 400, 2, -23])
def test_the_first_article_is_the_one_seen_first_whatever_date_another_writes(hours_ago: float) -> None:
    first = article(1, "Agency", WORDS, outlet="Meridian Wire", hours_ago=4, seen_hours_ago=3)
    copy = article(2, "Copy", WORDS, hours_ago=hours_ago, seen_hours_ago=2)
    assert story_of(edition_of(Desk().add(first, copy).edition_input())).lead.title == "Agency"


def test_a_date_ahead_brings_no_story_to_the_front() -> None:
    ahead = article(1, "A fair in spring", hours_ago=-3000, seen_hours_ago=9)
    edition = edition_of(Desk().add(ahead).add(article(2, "A fair today", hours_ago=5)).edition_input())
    assert [story.lead.title for story in only(edition).stories] == ["A fair today", "A fair in spring"]
    assert only(edition).stories[1].lead.dated == ahead.first_seen_at


def test_an_outlet_of_the_same_name_elsewhere_does_not_hide_a_link() -> None:
    true = replace(article(1, "A", outlet="Quay Radio"), link="https://quay.example/1")
    forged = replace(article(2, "B", outlet="QUAY RADIO"), link="https://attic.example/2")
    other = replace(article(3, "C", outlet="Quay Radio"), link="https://www.quay.example/3")
    story = story_of(edition_of(Desk().add(forged, true, other).edition_input()))
    assert {story.lead.url, *(item.url for item in story.other_outlets)} >= {true.link, forged.link}
    assert story.outlets == 1


def test_an_article_told_under_another_topic_is_a_pointer_back() -> None:
    edition = edition_of(Desk().add(article(1, "A")).edition_input(told_under={1: RUSSIA}))
    (pointer,) = only(edition).earlier
    assert (pointer.lead.title, pointer.topic, pointer.told_at) == ("A", RUSSIA, None)
    assert forms(edition) == {(SYRIA, 1): Form.POINTER}
    assert only(edition).count == 0


YESTERDAY_NOON = NOW - timedelta(hours=18)


@pytest.mark.parametrize(
    ("case", "title", "text", "hours_ago", "form"),
    [
        ("the same title again", "Army calls the truce over", "", 2, Form.POINTER),
        ("its title and new words", "Army calls the truce over", OTHER_WORDS, 2, Form.STORY),
        ("the same words under another title", "Truce is over", WORDS, 2, Form.POINTER),
        ("seen before the story was told", "Another view of it", "", 30, Form.POINTER),
        ("new words", "Hospitals shut as raids resume", "Doctors moved to cellars.", 2, Form.STORY),
    ],
)
def test_a_story_told_before_is_told_again_only_if_it_says_something_new(
    case: str, title: str, text: str, hours_ago: float, form: Form
) -> None:
    known = article(1, "Army calls the truce over", WORDS, hours_ago=34)
    desk = Desk().add(article(2, title, text, hours_ago=hours_ago), unmatched=[known], told_at=YESTERDAY_NOON)
    edition = edition_of(desk.edition_input())
    assert forms(edition) == {(SYRIA, 2): form}, case
    if form is Form.STORY:
        story = story_of(edition)
        assert (story.continues, story.day, story.also, story.outlets) == (True, 3, (), 1)
    else:
        assert only(edition).earlier[0].told_at == YESTERDAY_NOON


def test_another_outlets_article_under_a_told_title_is_a_copy() -> None:
    known = article(1, "Army calls the truce over", WORDS, hours_ago=34)
    copy = article(2, "Army calls the truce over", OTHER_WORDS, outlet="Meridian Wire")
    edition = edition_of(Desk().add(copy, unmatched=[known], told_at=YESTERDAY_NOON).edition_input())
    assert forms(edition) == {(SYRIA, 2): Form.POINTER}


def test_a_told_article_never_leads_what_is_new_of_its_story() -> None:
    desk = Desk().add(article(1, "Told", "long " * 40), article(2, "New"))
    edition = edition_of(desk.edition_input(told_under={1: RUSSIA}))
    assert forms(edition) == {(SYRIA, 2): Form.STORY, (SYRIA, 1): Form.ALSO}


# ---- folding


@pytest.mark.parametrize(
    ("tier", "origin", "form"),
    [
        (Tier.HEADLINE, Origin.NEW, Form.STORY),
        (Tier.LEAD, Origin.NEW, Form.STORY),
        (Tier.PASSING, Origin.NEW, Form.PASSING),
        (Tier.HEADLINE, Origin.LATE, Form.LATE),
        (Tier.HEADLINE, Origin.BACKFILL, Form.BACKFILL),
        (Tier.PASSING, Origin.LATE, Form.LATE),
    ],
)
def test_what_is_weak_late_or_found_by_a_change_is_folded(tier: Tier, origin: Origin, form: Form) -> None:
    desk = Desk().add(article(1, "A"), article(2, "B"), tier=tier, origin=origin)
    edition = edition_of(desk.edition_input())
    assert set(forms(edition).values()) == ({form} if form is not Form.STORY else {Form.STORY, Form.ALSO})
    section = only(edition)
    folds = {
        Form.PASSING: section.passing,
        Form.LATE: section.late,
        Form.BACKFILL: section.backfill,
        Form.BASELINE: section.baseline,
    }
    assert {kind for kind, entries in folds.items() if entries} == {form} - {Form.STORY}


def test_a_late_article_of_a_story_that_is_news_goes_with_it() -> None:
    late, new = article(1, "Late", "long " * 40, hours_ago=300), article(2, "New")
    desk = Desk().add(late, origin=Origin.LATE)
    desk.stories[1].append(new)
    desk.candidates.append(Candidate(article=new, match=match(SYRIA, new), origin=Origin.NEW, story_id=StoryId(1)))
    assert forms(edition_of(desk.edition_input())) == {(SYRIA, 2): Form.STORY, (SYRIA, 1): Form.ALSO}


def test_what_an_edition_has_listed_in_a_line_is_not_named_again_beside_the_story() -> None:
    old, new = article(1, "Old", hours_ago=300), article(2, "New")
    desk = Desk().add(new, unmatched=[old]).join(2, old, about=(RUSSIA,), tier=Tier.PASSING)
    edition_input = desk.edition_input()
    assert [item.article_id for item in edition_of(edition_input).sections[0].stories[0].also] == [1]
    facts = {
        number: replace(facts, listed=frozenset({ArticleId(1)})) for number, facts in edition_input.stories.items()
    }
    told, _ = edition_of(replace(edition_input, stories=facts, listed_under={ArticleId(1): GAZA})).sections
    assert told.stories[0].also == ()


# ---- order


def test_topics_come_by_priority_then_as_the_config_has_them() -> None:
    desk = Desk().add(article(1, "A"), about=(SYRIA,)).add(article(2, "B"), about=(RUSSIA,))
    desk.add(article(3, "C"), about=(RUSSIA,)).add(article(4, "D"), about=(GAZA,))
    edition = edition_of(desk.edition_input())
    assert [section.topic for section in edition.sections] == [SYRIA, RUSSIA, GAZA]
    turned = edition_of(desk.edition_input(), [topic(RUSSIA), topic(GAZA, priority=2), topic(SYRIA)])
    assert [section.topic for section in turned.sections] == [RUSSIA, SYRIA, GAZA]
    assert [section.anchor for section in edition.sections] == ["topic-1", "topic-2", "topic-3"]


def test_stories_come_by_tier_then_outlets_then_newest() -> None:
    desk = Desk().add(article(1, "lead tier, two outlets"), article(2, "x", outlet="B"), tier=Tier.LEAD)
    desk.add(article(10, "headline, older", hours_ago=9)).add(article(20, "headline, newer", hours_ago=1))
    desk.add(article(30, "headline, two outlets", hours_ago=12), unmatched=[article(31, "y", outlet="B")])
    assert titles(only(edition_of(desk.edition_input()))) == [
        "headline, two outlets", "headline, newer", "headline, older", "lead tier, two outlets",
    ]  # fmt: skip


def test_outlets_are_counted_not_feeds_and_articles_not_to_be_mailed_not_at_all() -> None:
    others = [
        article(2, "x", outlet="harbour post", link="https://news.example/2"),
        article(3, "y", outlet="Quay Radio"),
        article(4, "z", outlet="Quay Radio"),
        article(5, "old stock", outlet="Attic", is_mailable=False),
    ]
    desk = Desk().add(article(1, "A"), *others[:3], unmatched=others[3:])
    story = story_of(edition_of(desk.edition_input()))
    assert story.outlets == 2
    assert [item.title for item in story.also] == ["x", "y", "z"]
    assert [item.title for item in story.other_outlets] == ["y"]


def test_in_short_has_the_three_most_reported_stories_of_four_or_more() -> None:
    desk = Desk()
    for number in range(4):
        carriers = [article(number * 10 + n, "x", outlet=f"Outlet {n}") for n in range(1, number + 1)]
        desk.add(article(number * 10, f"in {number + 1} outlets"), unmatched=carriers)
    edition = edition_of(desk.edition_input())
    assert [story.lead.title for story in edition.in_short] == ["in 4 outlets", "in 3 outlets", "in 2 outlets"]


def test_an_edition_of_three_stories_needs_no_summary_of_itself() -> None:
    desk = Desk().add(article(1, "A")).add(article(2, "B")).add(article(3, "C"))
    assert edition_of(desk.edition_input()).in_short == ()


# ---- what the edition says of itself


def test_an_empty_edition_names_the_quiet_topics_and_when_they_last_matched() -> None:
    edition = edition_of(Desk().edition_input(last_match={SYRIA: YESTERDAY_NOON}))
    assert edition.is_empty
    assert edition.listings == ()
    assert [(quiet.topic, quiet.last_match) for quiet in edition.quiet] == [
        (SYRIA, YESTERDAY_NOON), (RUSSIA, None), (GAZA, None),
    ]  # fmt: skip


def test_only_enabled_topics_that_the_digest_names_are_in_it() -> None:
    topics = (*TOPICS[:2], topic("Off", enabled=False))
    digest = DigestSettings(name="One", to=(), topics=(RUSSIA, "Off"), timezone=DAILY.timezone)
    desk = Desk().add(article(1, "A"), about=(SYRIA, RUSSIA, "Off"))
    edition = edition_of(desk.edition_input(), topics, digest=digest)
    assert forms(edition) == {(RUSSIA, 1): Form.STORY}
    assert edition.quiet == ()


def test_a_muted_topic_tells_nothing_and_is_counted_until_its_day_has_come() -> None:
    edition_input = (
        Desk().add(article(1, "A"), about=(SYRIA, RUSSIA)).add(article(2, "B"), about=(RUSSIA,)).edition_input()
    )
    muted = (topic(SYRIA), replace(topic(RUSSIA), mute_until=SLOT.day + timedelta(days=1)))
    edition = edition_of(edition_input, muted)
    assert forms(edition) == {(SYRIA, 1): Form.STORY, (RUSSIA, 1): Form.MUTED, (RUSSIA, 2): Form.MUTED}
    _, quiet = edition.sections
    assert (quiet.topic, quiet.count, quiet.stories, quiet.pointers) == (RUSSIA, 0, (), ())
    assert {mention.lead.title for mention in quiet.muted} == {"A", "B"}
    mail, page = render(edition, TEMPLATES), render_page(edition, TEMPLATES)
    for part in (mail.text, mail.html):
        assert "muted (2)" in part
    for part in (mail.text, mail.html, page):
        assert "https://news.example/2" in part
    over = (topic(SYRIA), replace(topic(RUSSIA), mute_until=SLOT.day))
    assert Form.MUTED not in forms(edition_of(edition_input, over)).values()


def test_a_catch_up_says_which_days_it_covers() -> None:
    missed = (date(2016, 9, 19), date(2016, 9, 20))
    edition = edition_of(Desk().edition_input(), slot=replace(SLOT, covers=days_before(2)))
    assert (edition.slot, edition.covers, edition.dated) == ("2016-09-21", missed, SLOT.due_at)


def test_a_manual_edition_is_dated_now_and_keeps_its_label() -> None:
    edition = edition_of(Desk().edition_input(), kind="manual", slot=None)
    assert (edition.slot, edition.covers, edition.dated, edition.kind) == ("2016-09-21T06:00:12Z", (), NOW, "manual")


def test_what_a_server_says_of_its_failure_is_made_one_line() -> None:
    trouble = FeedTrouble(name="A\x1b[2J", url="https://a.example/", reason="no\r\nBcc: x" + "y" * 400, since=NOW)
    coverage = Coverage(feeds=1, feeds_ok=0, articles_read=0, failing=(trouble,))
    shown = edition_of(Desk().edition_input(coverage=coverage)).coverage.failing[0]
    assert shown.name == "A [2J"
    assert shown.reason.startswith("no Bcc: x")
    assert len(shown.reason) <= 160
