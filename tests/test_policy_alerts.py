"""Instant alerts: which matches deserve one, and when a recipient gets it; tables, and a property for the limits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.alert import AlertCandidate, AlertPlan, AlertRules, AlertSettings, PendingAlert, SentAlert
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Origin, Tier
from monitor.model.settings import DigestSettings
from monitor.model.topic import Rule, Topic
from monitor.policy.alerts import (
    COOL_DOWN,
    LIMIT,
    QUIET,
    Waiting,
    first_of_stories,
    has_grown,
    plan,
    quiet_until,
    rules_of,
    why_not,
)

NOW = datetime(2016, 9, 18, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DESK = "desk@news.example"

RULES = AlertRules(
    topic="Truce", to=(DESK,), cool_down=30 * MINUTE, at_most=4, quiet=None, zone=ZoneInfo("UTC"), grown=10
)
CANDIDATE = AlertCandidate(
    match_id=1,
    topic="Truce",
    article_id=ArticleId(1),
    story_id=StoryId(1),
    origin=Origin.NEW,
    tier=Tier.HEADLINE,
)


def rules(*topics: str, **changes: object) -> dict[str, AlertRules]:
    return {name: replace(RULES, topic=name, **changes) for name in topics or ("Truce",)}  # type: ignore[arg-type]


def pending(number: int, topic: str = "Truce", *, story: int = 0, ordinal: int = 1, ago: int = 0) -> PendingAlert:
    return PendingAlert(
        alert_id=number, topic=topic, story_id=StoryId(story or number), ordinal=ordinal, noticed_at=NOW - ago * MINUTE
    )


def planned(
    *waiting: PendingAlert,
    sent: Sequence[tuple[int, str]] = (),
    told: Mapping[tuple[StoryId, int], str] | None = None,
    by: Mapping[str, AlertRules] | None = None,
    now: datetime = NOW,
    **recipient: Any,
) -> AlertPlan:
    history = tuple(SentAlert(at=NOW - ago * MINUTE, topics=frozenset({topic})) for ago, topic in sent)
    asked = Waiting(recipient=DESK, pending=waiting, sent=history, told=told, **recipient)
    return plan(asked, rules("Truce", "Ports", "Floods") if by is None else by, now)


def ids(found: AlertPlan) -> list[list[int]]:
    return [[each.alert_id for each in message] for message in found.messages]


# ---- Matches by the page behind an article


@pytest.mark.parametrize("tier", [Tier.PASSING, Tier.PAGE])
def test_a_page_alone_gets_no_alert_unless_the_topic_says_so(tier: Tier) -> None:
    by_page = AlertCandidate(
        match_id=1, topic="Truce", article_id=ArticleId(1), story_id=None, origin=Origin.NEW, tier=tier, is_by_page=True
    )
    assert "page" in why_not(by_page, RULES)
    assert why_not(by_page, replace(RULES, pages=True)) == ""
    assert "in passing" in why_not(replace(by_page, is_by_page=False), replace(RULES, pages=True))
    assert "stored before" in why_not(replace(by_page, origin=Origin.BACKFILL), replace(RULES, pages=True))


# ---- The rules of a topic


def topic(**changes: object) -> Topic:
    whole = Topic(name="Truce", rules=(Rule(all=(("truce",),)),), alert=AlertSettings())
    return replace(whole, **changes)  # type: ignore[arg-type]


DAILY = DigestSettings(name="Daily", to=("a@x.example", "b@x.example"), timezone="Europe/Berlin", language="de")
OTHER = DigestSettings(name="Other", to=("c@x.example",), topics=("Ports",))
LATER = DigestSettings(name="Later", to=("b@x.example", "d@x.example"), topics=("Truce",))


def test_the_readers_of_its_digests_get_the_alerts_of_a_topic() -> None:
    found = rules_of(topic(), (OTHER, DAILY, LATER), NOW)
    assert found is not None
    assert found.to == ("a@x.example", "b@x.example", "d@x.example")
    assert (found.zone, found.language) == (ZoneInfo("Europe/Berlin"), "de")


def test_what_a_topic_says_of_its_alerts_goes_first() -> None:
    alert = AlertSettings(to=(DESK,), timezone="Asia/Tokyo", at_most=2, grown=5, cool_down=HOUR)
    found = rules_of(topic(alert=alert), (DAILY,), NOW)
    assert found is not None
    assert (found.to, found.zone, found.at_most, found.grown) == ((DESK,), ZoneInfo("Asia/Tokyo"), 2, 5)
    alone = rules_of(topic(alert=alert), (), NOW)
    assert alone is not None
    assert alone.language == "en"


def test_a_topic_without_alerts_has_no_rules_of_them() -> None:
    assert rules_of(topic(alert=None), (DAILY,), NOW) is None
    assert rules_of(topic(enabled=False), (DAILY,), NOW) is None
    without_readers = rules_of(topic(), (OTHER,), NOW)
    assert without_readers is not None
    assert without_readers.to == ()
    assert without_readers.zone == ZoneInfo("UTC")


@pytest.mark.parametrize(("until", "is_muted"), [(date(2016, 9, 19), True), (date(2016, 9, 18), False), (None, False)])
def test_a_topic_is_muted_until_its_day(until: date | None, *, is_muted: bool) -> None:
    found = rules_of(topic(mute_until=until), (DAILY,), NOW)
    assert found is not None
    assert found.is_muted is is_muted


# ---- What deserves an alert


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"tier": Tier.LEAD}, ""),
        ({"tier": Tier.PASSING}, "in passing"),
        ({"origin": Origin.BASELINE}, "before the first poll"),
        ({"origin": Origin.LATE}, "long after its date"),
        ({"origin": Origin.BACKFILL}, "before the topic matched it"),
        ({"is_story_muted": True}, "the story is muted"),
        ({"is_listed": True}, "listed it before"),
    ],
)
def test_what_deserves_an_alert(changes: dict[str, object], why: str) -> None:
    found = why_not(replace(CANDIDATE, **changes), RULES)  # type: ignore[arg-type]
    assert (why in found) if why else (found == "")


def test_a_muted_topic_alerts_nothing() -> None:
    assert why_not(CANDIDATE, replace(RULES, is_muted=True)) == "the topic is muted"


def test_a_story_is_shown_by_its_first_match_of_the_best_tier() -> None:
    lead, headline = (replace(CANDIDATE, match_id=n, tier=tier) for n, tier in ((1, Tier.LEAD), (2, Tier.HEADLINE)))
    other = replace(CANDIDATE, match_id=4, story_id=StoryId(2), tier=Tier.LEAD)
    found = first_of_stories([lead, headline, replace(headline, match_id=3), other])
    assert [each.match_id for each in found] == [2, 4]


@pytest.mark.parametrize(
    ("before", "after", "ago", "grown", "has"),
    [
        (1, 10, HOUR, 10, True),
        (1, 9, HOUR, 10, False),
        (6, 11, HOUR, 10, False),
        (6, 12, HOUR, 10, True),
        (1, 50, HOUR, 0, False),
        (1, 50, 24 * HOUR, 10, False),
        (1, 50, -HOUR, 10, False),
    ],
)
def test_when_a_story_has_grown(before: int, after: int, ago: timedelta, grown: int, *, has: bool) -> None:
    found = has_grown(replace(RULES, grown=grown), before=before, after=after, noticed_at=NOW - ago, now=NOW)
    assert found is has
    muted = replace(RULES, grown=grown, is_muted=True)
    assert not has_grown(muted, before=before, after=after, noticed_at=NOW - ago, now=NOW)


# ---- Quiet hours

NIGHT, NOON = (time(22), time(7)), (time(12), time(14))


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (None, "2016-09-18T12:00", None),
        (NOON, "2016-09-18T11:59", None),
        (NOON, "2016-09-18T12:00", "2016-09-18T14:00"),
        (NOON, "2016-09-18T14:00", None),
        (NIGHT, "2016-09-18T21:59", None),
        (NIGHT, "2016-09-18T22:00", "2016-09-19T07:00"),
        (NIGHT, "2016-09-19T06:59", "2016-09-19T07:00"),
        (NIGHT, "2016-09-19T07:00", None),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Tokyo"])
def test_quiet_hours_end_at_their_time_of_the_zone(
    quiet: tuple[time, time] | None, now: str, until: str | None, zone: str
) -> None:
    place = ZoneInfo(zone)
    then = datetime.fromisoformat(now).replace(tzinfo=place).astimezone(UTC)
    found = quiet_until(quiet, place, then)
    assert found == (until and datetime.fromisoformat(until).replace(tzinfo=place))


def test_an_hour_that_a_clock_change_leaves_out_ends_no_quiet_hours_in_the_past() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    then = datetime(2016, 3, 27, 0, 59, tzinfo=UTC)  # a minute before 02:00 becomes 03:00
    found = quiet_until((time(22), time(2, 30)), berlin, then)
    assert found is not None
    assert then <= found <= then + HOUR


# ---- What a recipient gets now


def test_an_alert_goes_out_at_once() -> None:
    assert ids(planned(pending(1))) == [[1]]
    assert planned() == AlertPlan()


def test_within_the_cool_down_of_its_topic_it_waits() -> None:
    found = planned(pending(2), pending(3, "Ports"), sent=[(10, "Truce")])
    assert ids(found) == [[3]]
    ((held, hold),) = found.held
    assert (held.alert_id, hold.why, hold.until) == (2, COOL_DOWN, NOW + 20 * MINUTE)
    assert ids(planned(pending(2), sent=[(30, "Truce")])) == [[2]]


def test_what_a_clock_that_was_ahead_has_sent_holds_nothing_for_ever() -> None:
    assert ids(planned(pending(2), sent=[(-3000, "Truce")] * 9)) == [[2]]


def test_after_four_messages_in_an_hour_the_rest_waits() -> None:
    sent = [(59, "A"), (40, "B"), (30, "C"), (20, "D")]
    ((held, hold),) = planned(pending(1), sent=sent).held
    assert (held.alert_id, hold.why, hold.until) == (1, LIMIT, NOW + MINUTE)
    assert ids(planned(pending(1), sent=[(60, "A"), *sent[1:]])) == [[1]]


def test_the_last_message_of_an_hour_is_a_bundle_of_the_rest() -> None:
    three = pending(1), pending(2, "Ports"), pending(3, "Floods")
    assert ids(planned(*three)) == [[1], [2], [3]]
    assert ids(planned(*three, sent=[(50, "A"), (40, "B")])) == [[1], [2, 3]]
    assert ids(planned(*three, sent=[(50, "A"), (40, "B"), (40, "C")])) == [[1, 2, 3]]


def test_each_topic_keeps_to_its_own_limit() -> None:
    by = {**rules("Truce", at_most=1), **rules("Ports")}
    found = planned(pending(1), pending(2, "Ports"), sent=[(50, "A")], by=by)
    assert ids(found) == [[2]]
    assert [(each.alert_id, hold.why) for each, hold in found.held] == [(1, LIMIT)]
    assert ids(planned(pending(1), pending(2, "Ports"), by=by)) == [[1, 2]]


def test_stories_of_one_topic_that_come_at_once_are_one_message() -> None:
    assert ids(planned(pending(1), pending(2), pending(3, "Ports"))) == [[1, 2], [3]]


def test_a_story_of_several_topics_is_one_message() -> None:
    assert ids(planned(pending(1, story=9), pending(2, "Ports", story=9))) == [[1, 2]]


def test_what_was_held_goes_out_in_one_bundle() -> None:
    held = pending(1, ago=20), pending(2, "Ports", ago=10)
    assert ids(planned(*held, pending(3, "Floods"))) == [[1, 2], [3]]
    assert ids(planned(*held, pending(3))) == [[1, 2, 3]]


def test_in_quiet_hours_all_wait() -> None:
    found = planned(pending(1), by=rules(quiet=NOON))
    assert (ids(found), found.held[0][1].why) == ([], QUIET)


@pytest.mark.parametrize(
    ("quiet", "zone", "of_topic", "until"),
    [
        ((time(11), time(13)), None, None, 60),
        ((time(13), time(14)), "Europe/Berlin", None, None),
        ((time(13), time(14)), "Europe/Berlin", (time(11), time(12, 15)), 15),
        ((time(13), time(14, 30)), "Asia/Beirut", None, None),
        ((time(13), time(15, 30)), "Asia/Beirut", None, 30),
        ((time(11), time(13)), None, (time(11), time(12, 15)), 60),
        ((time(11), time(12, 15)), None, (time(11), time(13)), 60),
    ],
)
def test_quiet_hours_of_a_recipient_count_for_all_topics_in_the_zone_of_the_recipient(
    quiet: tuple[time, time], zone: str | None, of_topic: tuple[time, time] | None, until: int | None
) -> None:
    place = ZoneInfo(zone) if zone else None
    found = planned(pending(1), by=rules(quiet=of_topic), quiet=quiet, zone=place)
    assert [hold.until for _, hold in found.held] == ([] if until is None else [NOW + until * MINUTE])
    assert len(found.messages) == (until is None)


@pytest.mark.parametrize(
    ("waiting", "by", "why"),
    [
        (pending(1, "Gone"), {}, "no alerts for this recipient"),
        (pending(1), rules(to=("other@news.example",)), "no alerts for this recipient"),
        (pending(1, ago=24 * 60), rules(), "it waited for 24 hours"),
        (pending(1), rules(is_muted=True), "the topic is muted"),
    ],
)
def test_what_is_never_sent(waiting: PendingAlert, by: Mapping[str, AlertRules], why: str) -> None:
    found = planned(waiting, by=by)
    ((dropped, reason),) = found.dropped
    assert (dropped, found.messages) == (waiting, ())
    assert why in reason


def test_a_story_that_the_recipient_had_under_another_topic_is_not_sent_again() -> None:
    told = {(StoryId(9), 1): "Ports"}
    found = planned(pending(1, story=9), pending(2, story=9, ordinal=2), told=told)
    assert ids(found) == [[2]]
    assert found.dropped[0][1] == "the recipient had the story as an alert on Ports"


# ---- The limits, whatever happens

STEPS = st.lists(
    st.tuples(
        st.integers(0, 45),
        st.lists(st.tuples(st.sampled_from(["Truce", "Ports", "Floods"]), st.integers(1, 12)), max_size=6),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, at_most=st.integers(1, 4), cool_down=st.integers(0, 60), quiet=st.sampled_from([None, NIGHT, NOON]))
def test_no_hour_has_more_messages_than_allowed_and_nothing_goes_out_twice(
    steps: list[tuple[int, list[tuple[str, int]]]], at_most: int, cool_down: int, quiet: tuple[time, time] | None
) -> None:
    by = rules("Truce", "Ports", "Floods", at_most=at_most, cool_down=cool_down * MINUTE, quiet=quiet)
    now, number, waiting = NOW - 12 * HOUR, 0, list[PendingAlert]()
    sent: list[SentAlert] = []
    told: dict[tuple[StoryId, int], str] = {}
    gone: list[int] = []
    for minutes, found in steps:
        now += minutes * MINUTE
        for name, story in found:
            number += 1
            alert = PendingAlert(alert_id=number, topic=name, story_id=StoryId(story), ordinal=1, noticed_at=now)
            waiting.append(alert)
        asked = Waiting(recipient=DESK, pending=tuple(waiting), sent=tuple(sent), told=told)
        result = plan(asked, by, now)
        mailed = [each for message in result.messages for each in message]
        dropped = [each for each, _ in result.dropped]
        held = [each for each, _ in result.held]
        assert sorted(each.alert_id for each in (*mailed, *dropped, *held)) == [each.alert_id for each in waiting]
        assert all(hold.until >= now for _, hold in result.held)
        assert not mailed or quiet_until(quiet, RULES.zone, now) is None
        for message in result.messages:
            names = frozenset(each.topic for each in message)
            since = [each.at for each in sent if each.topics & names]
            assert all(now - at >= cool_down * MINUTE for at in since if at < now)
            sent.append(SentAlert(at=now, topics=names))
            for each in message:
                told[each.story_id, 1] = each.topic
        assert sum(now - HOUR < each.at <= now for each in sent) <= at_most
        gone += [each.alert_id for each in (*mailed, *dropped)]
        waiting = held
    assert len(gone) == len(set(gone))
