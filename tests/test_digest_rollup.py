"""The weekly roll-up: the week in numbers, and what is worth fixing."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from editions import DAILY, GAZA, NOW, RUSSIA, SLOT, SYRIA, TOPICS, article, roll_up, topic
from golden_editions import TEMPLATES

from monitor.digest import compose_rollup, day_bounds
from monitor.model.audit import Audit
from monitor.model.edition_input import Coverage, FeedTrouble
from monitor.model.fate import MissedCounts
from monitor.model.ids import StoryId
from monitor.model.match import Tier
from monitor.model.rollup import RollUp, SearchWeek, TopicWeek, WeekFacts, WeekMatch
from monitor.model.topic import Topic
from monitor.render import render, render_page

BOUNDS = day_bounds(NOW, ZoneInfo("Europe/London"), 14)


def matched(
    number: int, story: int, hours_ago: float, *, topic: str = SYRIA, outlet: str = "Post", tier: Tier = Tier.LEAD
) -> WeekMatch:
    one = article(number, f"Title {number}", outlet=outlet, hours_ago=hours_ago)
    return WeekMatch(topic=topic, tier=tier, story_id=StoryId(story), article=one)


def rolled(
    *matches: WeekMatch,
    daily: dict[str, tuple[int | None, ...]] | None = None,
    topics: Sequence[Topic] = TOPICS,
) -> RollUp:
    facts = WeekFacts(
        bounds=BOUNDS,
        matches=matches,
        daily=daily or {},
        tuning={},
        coverage=Coverage(feeds=1, feeds_ok=1, articles_read=9),
    )
    digest = replace(DAILY, name="Weekly", kind="roll-up")
    return compose_rollup(facts, digest, topics, slot=SLOT, label="x", now=NOW, next_at=None)


def week_of(rollup: RollUp, topic: str) -> TopicWeek:
    return next(each for each in rollup.topics if each.topic == topic)


def test_stories_are_ranked_by_outlets_times_days() -> None:
    wide = [matched(n, 1, 5, outlet=f"Outlet {n}") for n in range(4)]
    long = [matched(10 + n, 2, 5 + 24 * n, outlet=f"Outlet {n % 2}") for n in range(3)]
    small = [matched(20 + n, 30 + n, 9 + n) for n in range(5)]
    stories = rolled(*wide, *long, *small).stories
    assert [(each.outlets, each.days) for each in stories] == [(2, 3), (4, 1), (1, 1), (1, 1), (1, 1)]
    assert stories[0].lead.article_id == 12


def test_new_stories_and_those_that_ended_are_counted() -> None:
    rollup = rolled(matched(1, 1, 24 * 9), matched(2, 1, 24), matched(3, 2, 24 * 9), matched(4, 3, 24))
    assert (rollup.all_stories, rollup.new, rollup.ended, rollup.articles) == (2, 1, 1, 2)


def test_a_mention_is_no_story_but_an_article_of_its_outlet() -> None:
    mentioned = matched(2, 2, 5, outlet="Wire", tier=Tier.PASSING)
    rollup = rolled(matched(1, 1, 5), mentioned, replace(mentioned, topic=RUSSIA))
    shares = [(each.outlet, each.articles, each.percent) for each in rollup.outlets]
    assert shares == [("Post", 1, 50), ("Wire", 1, 50)]
    assert week_of(rollup, SYRIA).stories == 1


def test_the_week_before_is_known_only_if_all_its_days_are() -> None:
    full, partly = (1,) * 14, (None, *(1,) * 13)
    before = matched(1, 1, 24 * 9)
    assert week_of(rolled(before, daily={SYRIA: full}), SYRIA).before == 1
    assert week_of(rolled(before, daily={SYRIA: partly}), SYRIA).before is None
    assert week_of(rolled(before), SYRIA).before is None
    assert week_of(rolled(daily={SYRIA: full}), SYRIA).trend.days == (1,) * 7


@pytest.mark.parametrize(("mentions", "others", "noisy"), [(4, 0, 0), (4, 1, 1), (5, 2, 0), (8, 2, 1)])
def test_a_topic_of_mere_mentions_is_noisy(mentions: int, others: int, noisy: int) -> None:
    found = [matched(n, n, 5, tier=Tier.PASSING if n < mentions else Tier.LEAD) for n in range(mentions + others)]
    topic = week_of(rolled(*found), SYRIA)
    assert topic.is_noisy == topic.needs_mending == bool(noisy)


def test_it_lists_nothing_as_told_and_is_mailed_even_when_nothing_matched() -> None:
    empty = rolled()
    assert (empty.listings, empty.is_empty, empty.is_mailed) == ((), True, True)
    mail = render(empty, TEMPLATES)
    assert mail.subject == "[Weekly] week to Wed 21 Sep: nothing matched"
    assert "Nothing matched this week." in mail.text
    assert "Nothing matched this week." in mail.html


def test_it_counts_what_was_reported_as_missed_and_says_nothing_if_nothing_ever_was() -> None:
    counted = render(replace(rolled(), missed=MissedCounts(reported=2, open=0)), TEMPLATES)
    one = render(replace(rolled(), missed=MissedCounts(reported=1, open=3)), TEMPLATES)
    for mail, words in (
        (counted, "2 misses reported in 30 days, 0 open."),
        (one, "1 miss reported in 30 days, 3 open."),
    ):
        assert words in mail.text
        assert words in mail.html
    assert "reported in 30 days" not in render(rolled(), TEMPLATES).text


def test_saved_searches_are_counted_or_it_is_said_that_they_are_not() -> None:
    counted = render(
        replace(rolled(), searches=(SearchWeek(name="Docks", new=2), SearchWeek(name="A", new=None))), TEMPLATES
    )
    assert "New in your searches this week" in counted.html
    assert "Docks – 2 articles" in counted.text.replace("\u2068", "").replace("\u2069", "")
    assert "not counted" in counted.html
    waiting = render(replace(rolled(), searches=(SearchWeek(name="Docks", new=None),)), TEMPLATES)
    for part in (waiting.text, waiting.html):
        assert "the index of searches is not whole yet" in " ".join(part.split())
    assert "searches" not in render(rolled(), TEMPLATES).text


def test_feeds_without_a_match_are_one_line_without_those_that_bring_nothing() -> None:
    names = {f"https://f{n}.example/": f"Post {n}\n" for n in range(8)}
    idle = (FeedTrouble(name="Post 0", url="https://f0.example/", reason="HTTP 404", since=NOW),)
    coverage = Coverage(feeds=8, feeds_ok=8, articles_read=9)
    facts = WeekFacts(bounds=BOUNDS, matches=(), daily={}, tuning={}, coverage=coverage, idle=idle, unmatched=names)
    digest = replace(DAILY, name="Weekly", kind="roll-up")
    rollup = compose_rollup(facts, digest, TOPICS, slot=SLOT, label="x", now=NOW, next_at=None)
    assert rollup.unmatched == tuple(f"Post {n}" for n in range(1, 8))
    mail = render(replace(rollup, to_remove=()), TEMPLATES)
    assert "Worth fixing" in mail.html
    plain = " ".join(re.sub("[\u2068\u2069]|<[^>]*>", "", f"{mail.text} {mail.html}").split())
    assert plain.count("Feeds without a match in 30 days: Post 1, Post 2, Post 3, Post 4, Post 5 and 2 more") == 2
    assert "without a match" not in render(rolled(), TEMPLATES).text


def test_the_last_audit_of_a_topic_is_shown_with_its_date() -> None:
    made = Audit(
        made_at=NOW - timedelta(days=3),
        since=NOW - timedelta(days=33),
        near=1_312,
        near_judged=40,
        near_relevant=1,
        estimate=32.8,
        low=2,
        high=171,
        elsewhere=41_230,
        elsewhere_judged=10,
        elsewhere_relevant=0,
    )
    digest = replace(DAILY, name="Weekly", kind="roll-up")
    coverage = Coverage(feeds=1, feeds_ok=1, articles_read=9)
    facts = WeekFacts(bounds=BOUNDS, matches=(), daily={}, tuning={}, coverage=coverage, audits={SYRIA: made})
    rollup = compose_rollup(facts, digest, TOPICS, slot=SLOT, label="x", now=NOW, next_at=None)
    assert (week_of(rollup, SYRIA).audit, week_of(rollup, RUSSIA).audit) == (made, None)
    words = "of 1,312 near-misses about 33 are relevant (2–171, 95 %); 0 of 10 elsewhere (audit of Sun 18 Sep)"
    mail = render(rollup, TEMPLATES)
    for part in (mail.text, mail.html, render_page(rollup, TEMPLATES)):
        assert " ".join(part.split()).count(words) == 1


def test_a_roll_up_says_all_of_it_in_both_parts() -> None:
    mail = render(roll_up(), TEMPLATES)
    text, page = " ".join(mail.text.split()), render_page(roll_up(), TEMPLATES)
    for said in ("never found in 30 days", "lack only one group", "mere mentions", "remove this feed?", GAZA):
        assert said in text
        assert said in mail.html
        assert said in page
    assert "<!-- neighbours above -->" in page  # the archive puts the links to other editions there


def test_what_is_muted_is_counted_and_not_told() -> None:
    story = replace(matched(1, 1, 5), is_muted=True)
    rollup = rolled(story, matched(2, 2, 5))
    assert ([each.lead.article_id for each in rollup.stories], rollup.all_stories) == ([2], 2)
    until = (NOW + timedelta(days=9)).date()
    topics = [replace(topic, mute_until=until) if topic.name == SYRIA else topic for topic in TOPICS]
    rollup = rolled(matched(1, 1, 5), matched(2, 2, 5, topic=RUSSIA), topics=topics)
    assert [each.lead.article_id for each in rollup.stories] == [2]
    assert week_of(rollup, SYRIA).stories == 1


def test_more_than_it_names_is_counted() -> None:
    topics = [topic(f"Topic {n}") for n in range(25)]
    mentions = [matched(n, n, 5, topic=each.name, tier=Tier.PASSING) for each in topics for n in range(5)]
    idle = tuple(FeedTrouble(name=f"Post {n}", url="", reason="HTTP 404", since=NOW) for n in range(30))
    mail = render(replace(rolled(*mentions, topics=topics), to_remove=idle), TEMPLATES)
    for part in (mail.text, mail.html):
        assert "and 5 more topics" in part
        assert "and 10 more feeds" in part


def test_the_moment_of_a_late_one_is_when_it_was_made() -> None:
    late = replace(roll_up(), made_at=NOW + timedelta(hours=3))
    assert late.moment == late.made_at
    assert roll_up().moment == SLOT.due_at
