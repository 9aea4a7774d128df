"""What commands say of alerts: `alerts list`, `alerts preview`, `why`; and the play of past days, as a table."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alerting import DESK, MINUTE, OLD, TRUCE, room, story, topic
from origin import Origin
from test_policy_alerts import CANDIDATE, RULES

from monitor import fate
from monitor.cli import alerts as command
from monitor.fate import Cause
from monitor.model.alert import AlertSettings, AlertState
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Origin as MatchOrigin
from monitor.model.match import Tier
from monitor.policy.alerts import rules_of
from monitor.policy.replayed_alerts import PastMatch, replayed

NOW = datetime(2016, 9, 18, 12, 0, tzinfo=UTC)
LIVE = "Truce holds in Aleppo after a night of shelling"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def past(number: int, *, ago: int, story_: int | None = 0, **changes: Any) -> PastMatch:
    story_id = None if story_ is None else StoryId(story_ or number)
    candidate = replace(CANDIDATE, match_id=number, article_id=ArticleId(number), story_id=story_id, **changes)
    return PastMatch(at=NOW - timedelta(minutes=ago), candidate=candidate)


def ids(found: Any) -> list[list[int]]:
    return [[each.candidate.match_id for each in message.alerts] for message in found.messages]


def test_past_days_are_played_with_the_limits_of_today() -> None:
    matches = [past(1, ago=300), past(2, ago=290), past(3, ago=289), past(4, ago=200), past(5, ago=199, story_=4)]
    found = replayed(matches, RULES, NOW)
    assert ids(found) == [[1], [2, 3], [4]]
    assert [message.held for message in found.messages] == [0, 2, 0]
    assert found.messages[1].at == NOW - timedelta(minutes=270)
    assert (found.waiting, found.refused) == (0, ())


def test_what_still_waits_and_what_deserves_none_is_counted() -> None:
    matches = [past(1, ago=20), past(2, ago=10), past(3, ago=9, tier=Tier.PASSING), past(6, ago=1, story_=None)]
    matches += [past(4, ago=9, origin=MatchOrigin.LATE), past(5, ago=8, origin=MatchOrigin.LATE)]
    found = replayed(matches, RULES, NOW)
    assert (ids(found), found.waiting) == ([[1]], 1)
    assert found.refused == (("it came long after its date", 2), ("it mentions the topic only in passing", 1))
    assert replayed([], RULES, NOW).messages == ()


def test_why_says_that_an_alert_went_out_and_to_whom(tmp_path: Path, origin: Origin) -> None:
    with room(tmp_path, origin, TRUCE) as here:
        here.serve(story(1, LIVE), story(2, "Farmers of Homs welcome truce", text="Harvest begins."), OLD)
        here.tick(20 * MINUTE)
        here.serve(story(3, "Banks in Idlib reopen as truce is signed"), story(1, LIVE), OLD)
        here.tick(16 * MINUTE)
        store, now = here.home.jobs.store, here.home.clock.now()
        rules = rules_of(TRUCE, (), now)
        assert rules is not None
        records = store.alerts.records()
        assert {each.state for each in records} == {AlertState.SENT, AlertState.WAITING}

        def said(title: str) -> list[tuple[Cause, str]]:
            article = next(each.article_id for each in records if title in each.title)
            known = store.fates.of(article)
            assert known is not None
            found = fate.alerted(known, store.alerts.records(article_id=article), {"Truce": rules})
            return [(each.cause, each.sentence) for each in found]

        ((cause, sentence),) = said("Truce holds")
        assert cause is Cause.ALERTED
        assert sentence.startswith(f"2026-03-01 12:20 UTC: an alert on Truce, to {DESK}")
        ((cause, sentence),) = said("Banks")
        assert cause is Cause.ALERT_WAITS
        assert "waits until 2026-03-01 12:50 UTC: cool-down of the topic" in sentence
        waits = next(each for each in records if each.state is AlertState.WAITING)
        known = store.fates.of(waits.article_id)
        assert known is not None
        dropped = replace(waits, state=AlertState.DROPPED, why="it waited for 24 hours", ordinal=2)
        (never,) = fate.alerted(known, [dropped], {})
        assert never.cause is Cause.NO_ALERT
        assert never.sentence.endswith("is never sent: it waited for 24 hours.")
        old = store.fates.of(ArticleId(1))
        assert old is not None
        ((cause, sentence),) = [(each.cause, each.sentence) for each in fate.alerted(old, (), {"Truce": rules})]
        assert (cause, "before the first poll" in sentence) == (Cause.NO_ALERT, True)


def test_the_commands_list_and_preview(tmp_path: Path, origin: Origin, capsys: pytest.CaptureFixture[str]) -> None:
    quiet = replace(TRUCE, alert=AlertSettings(to=(DESK,), grown=0))
    with room(tmp_path, origin, quiet) as here:
        here.serve(story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        store, now = here.home.jobs.store, here.home.clock.now()
        command._print_list(store.alerts.records())
        assert "sent" in capsys.readouterr().out
        command._print_list(())
        assert "There are no alerts." in capsys.readouterr().out
        rules = rules_of(quiet, (), now)
        assert rules is not None
        replay, titles = command._replay(store, quiet, rules, timedelta(days=7), now)
        command._print_replay(topic("Truce", "truce"), replay, titles, 7)
        out = capsys.readouterr().out
        assert "Truce: 1 message in 7 days" in out
        assert LIVE in out
        assert "1 match: it was in its feed before the first poll" in out
        assert "write alert = true" in out
        written = json.loads(json.dumps(command._as_json(quiet, replay, titles, 7), default=str))
        assert written["messages"][0]["stories"][0]["title"] == LIVE
        assert store.alerts.counts(now - timedelta(days=1)) == {AlertState.SENT: 1}
