"""Instant alerts in a whole house: once a story, held and bundled, never for what is old; the digest lists all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from alerting import DAY, DESK, HOUR, MINUTE, OLD, PORTS, TRUCE, configured, mails, room, story, text_of, topic
from house import Story, lived_in, rss
from origin import Origin, reply
from simulated import NOON

from monitor.daemon.build import adopt
from monitor.model.alert import AlertSettings, AlertState
from monitor.model.ids import StoryId
from monitor.policy.alerts import rules_of
from monitor.render.redaction import Redaction, Words

LIVE = "Truce holds in Aleppo after a night of shelling"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def test_what_cannot_wait_is_mailed_at_once_and_the_digest_lists_it_with_the_time(
    tmp_path: Path, origin: Origin
) -> None:
    with room(tmp_path, origin, TRUCE) as here:
        assert here.mails() == []
        here.serve(story(1, LIVE, text="The truce held, residents said. Shops opened again."), OLD)
        here.tick(20 * MINUTE)
        assert here.subjects() == [f"[Truce] {LIVE}"]
        (mail,) = here.mails()
        assert "The [truce] held, residents said." in text_of(mail)
        assert "List-Unsubscribe" in mail
        here.tick(20 * MINUTE)
        here.home.live(DAY)
        assert len(here.mails()) == 1
        (digest,) = [each for each in mails(tmp_path) if each["To"] != DESK]
        assert LIVE.split(maxsplit=1)[0] in text_of(digest)
        assert "alert sent Sun 12:20" in " ".join(text_of(digest).split())


def test_the_alert_uses_up_no_listing(tmp_path: Path, origin: Origin) -> None:
    with room(tmp_path, origin, TRUCE) as here:
        here.serve(story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        (record,) = here.home.jobs.store.alerts.records()
        with here.home.jobs.store.database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM listings").scalar() == 0
            of_article = "SELECT story_id FROM articles WHERE id = ?"
            assert connection.exec_driver_sql(of_article, (record.article_id,)).scalar() == record.story_id


@pytest.mark.parametrize("why", ["baseline", "late", "passing", "muted topic", "muted story"])
def test_what_deserves_no_alert_gets_none(tmp_path: Path, origin: Origin, why: str) -> None:
    muted = replace(TRUCE, mute_until=date(2099, 1, 1))
    with room(tmp_path, origin, muted if why == "muted topic" else TRUCE) as here:
        assert why != "baseline" or here.mails() == []
        filler = "Officials spoke at length about the harvest and the weather of the coming weeks. " * 8
        found = {
            "baseline": [],
            "late": [story(1, LIVE, at=NOON - 30 * DAY)],
            "passing": [story(1, "Harvest report", text=f"{filler} A truce was mentioned.")],
            "muted topic": [story(1, LIVE)],
            "muted story": [story(9, LIVE)],
        }[why]
        if why == "muted story":
            here.serve(story(9, LIVE), OLD)
            here.home.clock.advance(20 * MINUTE)
            here.home.refresh()
            (*_, found_) = here.home.jobs.store.stories.ungrouped()
            here.home.jobs.store.stories.keep({found_.id: StoryId(found_.id)})
            here.home.jobs.store.stories.mute(StoryId(found_.id), NOON)
        here.serve(*found, OLD)
        here.tick(20 * MINUTE)
        assert here.mails() == []
        assert here.home.jobs.store.alerts.records() == ()


def test_alerts_that_are_switched_on_say_nothing_of_what_was_there(tmp_path: Path, origin: Origin) -> None:
    """Neither at a reload nor after an upgrade: the first thing is what comes after that."""
    with room(tmp_path, origin, replace(TRUCE, alert=None)) as here:
        here.serve(story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        clock = here.home.clock
    with lived_in(configured(tmp_path, origin, TRUCE), clock) as home:
        home.clock.advance(20 * MINUTE)
        home.tick()
        assert [each for each in mails(tmp_path) if each["To"] == DESK] == []
        origin.serve("/a", reply(_rss(story(2, "Negotiators in Geneva sign a new truce"), story(1, LIVE))))
        home.clock.advance(20 * MINUTE)
        home.tick()
        subjects = [str(each["Subject"]) for each in mails(tmp_path) if each["To"] == DESK]
        assert subjects == ["[Truce] Negotiators in Geneva sign a new truce"]


def _rss(*stories: Story) -> bytes:
    return rss(*stories)


def test_switched_off_and_on_again_they_begin_again(tmp_path: Path, origin: Origin) -> None:
    config = configured(tmp_path, origin, TRUCE)
    with room(tmp_path, origin, TRUCE) as here:
        store = here.home.jobs.store
        adopt(replace(config, topics=(replace(TRUCE, alert=None),)), store, here.home.clock.now())
        here.serve(story(1, LIVE), OLD)
        here.home.clock.advance(20 * MINUTE)
        here.home.refresh()
        adopt(config, store, here.home.clock.now())
        here.tick(20 * MINUTE)
        assert here.mails() == []


def test_within_the_cool_down_stories_wait_for_one_bundle(tmp_path: Path, origin: Origin) -> None:
    others = [story(2, "Farmers welcome truce near Homs"), story(3, "Banks in Idlib to reopen as truce is signed")]
    with room(tmp_path, origin, TRUCE) as here:
        here.serve(story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        here.serve(*others, story(1, LIVE), OLD)
        here.tick(16 * MINUTE)
        assert len(here.mails()) == 1
        held = [each for each in here.home.jobs.store.alerts.records() if each.state is AlertState.WAITING]
        assert [each.why for each in held] == ["cool-down of the topic"] * 2
        here.tick(15 * MINUTE)
        assert here.subjects()[1:] == ["[Truce] 2 stories: Farmers welcome truce near Homs"]
        text = " ".join(text_of(here.mails()[1]).split())
        assert "2 stories in one message, 2 of them held (cool-down of the topic)" in text


def test_quiet_hours_end_in_one_bundle(tmp_path: Path, origin: Origin) -> None:
    alert = AlertSettings(to=(DESK,), quiet=(time(12), time(15)), timezone="UTC")
    topics = replace(TRUCE, alert=alert), replace(PORTS, alert=alert)
    with room(tmp_path, origin, *topics) as here:
        here.serve(story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        here.serve(story(2, "Harbour of Latakia closed by storm"), story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        assert here.mails() == []
        here.tick(3 * HOUR)
        assert here.subjects() == [f"[Alerts] 2 stories: {LIVE}"]
        assert "(quiet hours)" in " ".join(text_of(here.mails()[0]).split())


def test_no_more_than_so_many_an_hour(tmp_path: Path, origin: Origin) -> None:
    names = ("floods", "quake", "strike", "summit", "blackout", "recall")
    limits = AlertSettings(to=(DESK,), at_most=2)
    topics = [topic(name.title(), name, alert=limits) for name in names]
    with room(tmp_path, origin, *topics) as here:
        found = [story(number, f"{name} in region {number}: what we know") for number, name in enumerate(names)]
        for count in range(1, len(names) + 1):
            here.serve(*found[:count], OLD)
            here.tick(15 * MINUTE)
            sent = here.home.jobs.store.alerts.sent(DESK, here.home.clock.now() - HOUR)
            assert len(sent) <= 2
        here.tick(HOUR)
        assert sum(text_of(each).count("in region") >= 1 for each in here.mails()) == len(here.mails()) == 4
        assert {each.state for each in here.home.jobs.store.alerts.records()} == {AlertState.SENT}


def test_a_story_that_grows_is_reported_once_more_in_its_thread(tmp_path: Path, origin: Origin) -> None:
    paths = tuple(f"/{number}" for number in range(15))
    with room(tmp_path, origin, TRUCE, paths=paths) as here:
        text = "The truce held in Aleppo after a night of shelling, residents said on Sunday."
        for number, path in enumerate(paths):
            at = story(number, LIVE, text=text)
            own = replace(at, link=f"https://outlet{number}.example/news/{number}")
            here.serve(own, OLD, path=path, title=f"Outlet {number}")
            here.tick(16 * MINUTE)
        here.tick(HOUR)
        first, grown = here.mails()
        assert str(grown["Subject"]).startswith("[Truce] now 10 publishers: Truce holds")
        assert grown["References"] == grown["In-Reply-To"] == first["Message-ID"]


def test_a_story_that_matches_two_topics_is_one_message(tmp_path: Path, origin: Origin) -> None:
    with room(tmp_path, origin, TRUCE, PORTS) as here:
        here.serve(story(1, "Truce reopens harbour of Latakia"), OLD)
        here.tick(20 * MINUTE)
        assert here.subjects() == ["[Alerts] Truce reopens harbour of Latakia"]
        assert {each.state for each in here.home.jobs.store.alerts.records()} == {AlertState.SENT}


def test_what_was_noticed_before_a_crash_goes_out_after_it(tmp_path: Path, origin: Origin) -> None:
    with room(tmp_path, origin, TRUCE) as here:
        here.serve(story(1, LIVE), OLD)
        here.home.clock.advance(20 * MINUTE)
        here.home.refresh()
        alerter = here.home.jobs.alerter
        rules = rules_of(TRUCE, (), here.home.clock.now())
        assert rules is not None
        alerter._notice({"Truce": rules}, here.home.clock.now())
        clock = here.home.clock
    with lived_in(configured(tmp_path, origin, TRUCE), clock) as home:
        home.clock.advance(MINUTE)
        home.tick()
        home.tick()
        assert [str(each["Subject"]) for each in mails(tmp_path) if each["To"] == DESK] == [f"[Truce] {LIVE}"]


def test_an_article_that_its_owner_removes_is_in_no_stored_alert(tmp_path: Path, origin: Origin) -> None:
    with room(tmp_path, origin, TRUCE) as here:
        here.serve(story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        store = here.home.jobs.store
        (record,) = store.alerts.records()
        assert record.delivery_id is not None
        here.home.jobs.remover.run([record.article_id])
        found = store.deliveries.record(record.delivery_id)
        assert found is not None
        assert b"Aleppo" not in found[2]
        (left,) = store.alerts.records()
        assert (left.title, left.state) == ("", AlertState.SENT)


def test_the_outbox_names_the_alert(tmp_path: Path, origin: Origin) -> None:
    with room(tmp_path, origin, TRUCE) as here:
        here.serve(story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        (record,) = here.home.jobs.store.deliveries.records()
        (alert,) = here.home.jobs.store.alerts.records()
        assert (record.digest, record.slot) == ("alert: Truce", f"story {alert.story_id}.1")
        assert alert.made_at == NOON + timedelta(minutes=20)
        assert alert.noticed_at == datetime(2026, 3, 1, 12, 20, tzinfo=UTC)


def test_a_subject_that_breaks_off_in_a_removed_headline_loses_it() -> None:
    """The subject of an alert has the beginning of a long headline, which no run of words finds."""
    long = "Negotiatorenversammlung unterzeichnet Waffenstillstandsvereinbarung in Genf am Sonntagabend"
    gone = Redaction([Words(title="Short", text="", link=""), Words(title=long, text="", link="")])
    assert gone.plain(f"[Truce] {long[:40]}…") == "[Truce] [1 article removed by the owner]"
    assert gone.plain("[Truce] Negotiatorenversammlung of another kind…").endswith("of another kind…")
    assert Redaction([], keeps_headlines=True).plain("[Truce] Something else…") == "[Truce] Something else…"
