"""An edition in few words: within its limit whatever is in it, cut where a reader would, with a link to the rest."""

from dataclasses import replace

import pytest
from alert_mails import BUNDLE, GROWN, HOSTILE, LARGE, ONE, STORY, message
from editions import ordinary_day
from hypothesis import given
from hypothesis import strategies as st
from outbox import NOON

from monitor.deliver.brief import brief, cut, size
from monitor.model.alert_mail import AlertMail
from monitor.model.delivery import Letter
from monitor.model.edition import Edition

PAGE = "https://news.example/archive/daily/2016-09-21.html"


def letter(edition: Edition | None, text: str = "All is said here.\n", page: str = PAGE) -> Letter:
    return Letter(
        message_id="id",
        digest="Daily",
        recipient="desk",
        subject="Two stories",
        text=text,
        html="",
        date=NOON,
        edition=edition,
        page=page,
    )


def test_every_story_is_there_with_its_address_while_there_is_room() -> None:
    edition = ordinary_day()
    said = brief(letter(edition), 100_000)
    for section in edition.sections:
        for story in section.stories:
            assert story.lead.title in said
            assert story.lead.url in said


@pytest.mark.parametrize("limit", [120, 200, 300, 400])
def test_what_has_no_room_is_counted_and_linked(limit: int) -> None:
    edition = ordinary_day()
    stories = [story for section in edition.sections for story in section.stories]
    said = brief(letter(edition), limit)
    assert size(said) <= limit
    missing = sum(story.lead.title not in said for story in stories)
    assert said.endswith(f"… and {missing} more {'story' if missing == 1 else 'stories'}: {PAGE}")
    assert not [line for line in said.splitlines() if line.startswith("•") and not line.endswith(")")]


def test_a_day_without_stories_says_so() -> None:
    edition = ordinary_day()
    quiet = replace(edition, sections=tuple(replace(each, stories=()) for each in edition.sections))
    assert brief(letter(quiet), 500) == "Nothing new today."
    assert brief(letter(replace(quiet, sections=())), 500) == "Nothing new today."


def test_what_is_not_an_edition_is_its_text() -> None:
    assert brief(letter(None), 500) == "All is said here.\n"


def alert_letter(mail: AlertMail) -> Letter:
    return replace(letter(None, page=""), alert=mail)


def test_an_alert_is_its_headline_its_passage_and_its_address() -> None:
    assert brief(alert_letter(ONE), 1_000) == (
        "Aid convoy burns near Aleppo as the truce ends\n"
        "The Lantern\n"
        "“Trucks that had waited for the truce were hit from the air on Monday evening, drivers said.”\n"
        "https://lantern.example/convoy"
    )
    assert "\nThe Lantern · now 12 publishers\n" in brief(alert_letter(GROWN), 1_000)
    held = message(replace(STORY, held="quiet hours", publishers=3))
    assert "\nThe Lantern · 3 publishers · held: quiet hours\n" in brief(alert_letter(held), 1_000)
    bare = message(replace(STORY, snippet=(), lead=replace(STORY.lead, url="")))
    assert brief(alert_letter(bare), 1_000) == f"{STORY.lead.title}\nThe Lantern"


@pytest.mark.parametrize("limit", [60, 120, 200])
def test_an_alert_that_is_too_long_is_cut_before_its_address(limit: int) -> None:
    said = brief(alert_letter(ONE), limit)
    assert size(said) <= limit
    assert said.endswith("\nhttps://lantern.example/convoy") is (limit > 2 * size(STORY.lead.url))
    assert size(brief(alert_letter(message(HOSTILE)), limit)) <= limit


def test_a_bundle_says_how_many_were_held_and_lists_each_with_its_address() -> None:
    said = brief(alert_letter(BUNDLE), 4_000)
    assert said.startswith("5 stories, 4 of them held (quiet hours)\n• Shelling reported from district 1")
    assert "(The Lantern)\n  https://lantern.example/district/4\n" in said
    assert "(صحيفة المرفأ, 3 publishers)" in said
    fresh = message(STORY, replace(STORY, lead=replace(STORY.lead, url="")))
    assert brief(alert_letter(fresh), 4_000).startswith("2 stories\n• Aid")


@pytest.mark.parametrize("limit", [40, 200, 1_000, 4_000])
def test_a_bundle_that_is_too_long_counts_what_is_missing(limit: int) -> None:
    said = brief(alert_letter(LARGE), limit)
    assert size(said) <= limit
    assert said.endswith(f"… and {129 - said.count('•')} more stories")


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("One. Two. Three.", 100, "One. Two. Three."),
        ("One is. Two is. Three is. Four is.", 30, "One is. Two is. Three is.\n…"),
        ("One is here and has no end at all", 20, "One is here and\n…"),
        ("ممتاز. جيد؟ نعم وأكثر من ذلك بكثير", 40, "ممتاز. جيد؟\n…"),
        ("x" * 50, 20, f"{'x' * 16}\n…"),
    ],
)
def test_a_text_is_cut_at_a_sentence_else_between_words(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected
    assert size(cut(text, limit)) <= limit


@given(st.text(max_size=400), st.integers(min_value=4, max_value=200))
def test_a_cut_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert size(cut(text, limit)) <= limit
