"""One verdict and one count: no number and no word of comfort stands beside one that says something else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from editions import DAILY, GAZA, GOOD, NOW, RUSSIA, SLOT, SYRIA, TOPICS, Desk, article, edition_of, topic
from golden_editions import TEMPLATES
from test_mail_whole import words_of

from monitor.model.edition import Rendered
from monitor.model.edition_input import Coverage, FeedGap, FeedMove, FeedTrouble, LeftOut, Outage
from monitor.model.match import Tier
from monitor.render import render

GAP = FeedGap(name="Post", url="", times=1, since=NOW - timedelta(hours=3), until=NOW)
TROUBLE = FeedTrouble(name="Wire", url="", reason="timed out", since=NOW)
MOVE = FeedMove(name="Mill", url="", to="https://mill.example/")


def with_coverage(coverage: Coverage) -> Rendered:
    return render(edition_of(Desk().edition_input(coverage=coverage)), TEMPLATES)


@pytest.mark.parametrize(
    ("coverage", "is_fine"),
    [
        (GOOD, True),
        (replace(GOOD, moved=(MOVE,)), True),
        (replace(GOOD, gaps=(GAP,)), False),
        (replace(GOOD, left_out=(LeftOut(name="Attic", url="", articles=9),)), False),
        (replace(GOOD, outages=(Outage(since=NOW, until=None),)), False),
        (replace(GOOD, notes=("No backup could be made.",)), False),
        (replace(GOOD, failing=(TROUBLE,)), False),
        (replace(GOOD, feeds_ok=41), False),
    ],
)
def test_nothing_needs_attention_is_said_only_where_nothing_is_listed(coverage: Coverage, *, is_fine: bool) -> None:
    mail = with_coverage(coverage)
    for part in (mail.text, mail.html):
        assert ("Nothing needs attention" in words_of(part)) == is_fine


def test_what_is_counted_is_named() -> None:
    mail = with_coverage(replace(GOOD, feeds_ok=40, failing=(TROUBLE, TROUBLE), gaps=(GAP,)))
    for part in (mail.text, mail.html):
        assert "2 feeds need attention (2 failing):" in words_of(part)
        assert "been missed in 1 feed:" in words_of(part)


def test_stories_and_mentions_are_counted_apart_as_the_sections_do() -> None:
    desk = Desk().add(article(1, "Bridge opens")).add(article(2, "Bridge named"), tier=Tier.PASSING)
    mail = render(edition_of(desk.edition_input(daily={SYRIA: (1,) * 14 + (3,)})), TEMPLATES)
    for part in (mail.text, mail.html):
        words = words_of(part)
        assert "1 story and 1 mention in passing: 2 articles from 1 outlet" in words
        assert "3 matched in the last day" in words


def test_a_topic_that_is_muted_on_a_quiet_day_says_until_when() -> None:
    muted = (TOPICS[0], replace(topic(RUSSIA), mute_until=SLOT.day + timedelta(days=10)), TOPICS[2])
    mail = render(edition_of(Desk().edition_input(last_match={RUSSIA: NOW - timedelta(days=3)}), muted), TEMPLATES)
    for part in (mail.text, mail.html):
        words = words_of(part)
        assert "muted until Sat 1 Oct" in words
        assert "Nothing new on any of your 2 topics since" in words
        assert "Muted: 1 topic." in words
    busy = edition_of(Desk().add(article(1, "A")).edition_input(), muted)
    assert render(busy, TEMPLATES).subject.endswith("Syria ceasefire 1 · 1 quiet · 1 muted")
    over = (replace(topic(RUSSIA), mute_until=SLOT.day),)
    assert "muted" not in render(edition_of(Desk().edition_input(), over), TEMPLATES).text
    alone = (replace(topic(RUSSIA), mute_until=SLOT.day + timedelta(days=1)),)
    assert "Nothing new" not in render(edition_of(Desk().edition_input(), alone), TEMPLATES).text


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((9, 1, 1), [SYRIA, RUSSIA, GAZA]),
        ((9, 2, 0), [SYRIA, RUSSIA, SYRIA]),
        ((0, 3, 1), [RUSSIA, GAZA, RUSSIA]),
        ((4, 0, 0), [SYRIA] * 3),
        ((1, 1, 1), []),
    ],
)
def test_in_short_takes_from_each_topic_in_turn(sizes: Sequence[int], expected: list[str]) -> None:
    desk, number = Desk(), 0
    for name, size in zip((SYRIA, RUSSIA, GAZA), sizes, strict=True):
        for _ in range(size):
            number += 1
            desk.add(article(number, f"{name} {number}", outlet=f"Outlet {number}"), about=(name,))
    edition = edition_of(desk.edition_input(), digest=DAILY)
    assert [story.lead.title.rsplit(" ", 1)[0] for story in edition.in_short] == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("The bridge opens. Ferries stop on Monday. They ran for a century.", "Ferries stop on Monday."),
        ("The Bridge Opens", ""),
        ("", ""),
        ("Sailors cheer " * 30, "Sailors cheer " * 11 + "…"),
    ],
)
def test_in_short_adds_a_sentence_that_is_not_the_headline(text: str, sentence: str) -> None:
    desk = Desk().add(article(1, "The bridge opens", text))
    for number in range(2, 5):
        desk.add(article(number, f"Story {number}"), about=(RUSSIA,))
    edition = edition_of(desk.edition_input())
    assert edition.in_short[0].sentence == sentence
    mail = render(edition, TEMPLATES)
    head = mail.text.partition("==")[0]
    assert sentence in words_of(head)
    assert sentence in words_of(mail.html)
