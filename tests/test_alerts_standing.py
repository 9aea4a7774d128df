"""How alerts are, in the status and in metrics; failed ones are noted; who is refused gets no more."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alerting import DESK, HOUR, MINUTE, OLD, PORTS, TRUCE, Room, configured, story
from house import lived_in, rss, store_with
from killed import Instead
from origin import Origin, reply
from outbox import ScriptedChannel, no, text_of
from prometheus_client.parser import text_string_to_metric_families

from monitor.cli.status import _rows, facts_of
from monitor.config import Settings
from monitor.errors import DeliveryError
from monitor.health.metrics import metrics
from monitor.health.status import Status, problems, status_of
from monitor.model.alert import AlertStanding
from monitor.model.delivery import Delivery, DeliveryState
from monitor.model.settings import OperatorSettings

ADMIN = "admin@home.example"
LIVE = "Truce holds in Aleppo after a night of shelling"
PORT = "Harbour of Latakia closed by storm"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def config_of(folder: Path, origin: Origin, channel: ScriptedChannel) -> Settings:
    config = configured(folder, origin, TRUCE, PORTS)
    return replace(config, mail=channel, operator=OperatorSettings(to=(ADMIN,)))


@contextmanager
def desk(folder: Path, origin: Origin, channel: ScriptedChannel) -> Iterator[Room]:
    origin.serve("/a", reply(rss(OLD)))
    with lived_in(config_of(folder, origin, channel)) as home:
        home.tick()
        yield Room(home=home, origin=origin)


def status(here: Room, config: Settings) -> Status:
    return status_of(config, here.home.jobs.store, here.home.clock.now())


def refusing_desk(answer: str = "no such user") -> ScriptedChannel:
    return ScriptedChannel(lambda each: no("recipient", 550, answer)(each) if each.recipient == DESK else "ok")


def alert_on(here: Room, number: int) -> None:
    """One more story, past the cool-down."""
    titles = ("Truce holds in Aleppo", "Geneva signs a second truce", "Farmers greet truce", "Banks reopen in truce")
    here.serve(*(story(each, titles[each]) for each in range(number + 1)), OLD)
    here.tick(31 * MINUTE)


def test_the_status_counts_alerts_and_says_what_nothing_holds(tmp_path: Path, origin: Origin) -> None:
    channel = ScriptedChannel()
    config = config_of(tmp_path, origin, channel)
    with desk(tmp_path, origin, channel) as here:
        assert status(here, config).alerts == AlertStanding(topics=2)
        here.serve(story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        here.serve(story(2, "Farmers welcome truce near Homs"), story(1, LIVE), OLD)
        here.tick(16 * MINUTE)
        found = status(here, config)
        assert found.alerts == AlertStanding(topics=2, sent=1, waiting=1)
        assert ("alerts", "on 2 topics; in 24 hours 1 sent, 1 waits, 0 dropped") in _rows(found)
        assert facts_of(found)["alerts"]["waiting"] == 1
        here.home.clock.advance(HOUR)
        held_until = found.at - 16 * MINUTE + 30 * MINUTE
        late = replace(status(here, config), is_running=True)
        assert late.alerts.overdue_since == held_until
        assert [each for each in problems(late) if each.startswith(f"An alert has been waiting since {held_until:%F}")]
        values = _values(late)
        assert values["news_monitor_alerts", "sent"] == values["news_monitor_alerts", "waiting"] == 1
        assert values["news_monitor_alert_topics", ""] == 2
        assert values["news_monitor_alert_overdue_timestamp_seconds", ""] == held_until.timestamp()
        assert "alerts" not in dict(_rows(replace(found, alerts=AlertStanding())))


def _values(found: Status) -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(metrics(found).decode())
    return {(each.name, each.labels.get("state", "")): each.value for of in families for each in of.samples}


def test_an_alert_that_did_not_arrive_is_noted_for_the_operator(tmp_path: Path, origin: Origin) -> None:
    channel = refusing_desk()
    with desk(tmp_path, origin, channel) as here:
        alert_on(here, 0)
        here.home.jobs.operator_notes.run()
        here.home.jobs.outbox.run()
        (told,) = [text_of(each.body) for each in channel.accepted if each.recipient == ADMIN]
    assert "alert: Truce story 2.1 to desk@reader.example did not arrive: recipient: 550 no such user" in told


def test_three_refused_alerts_hold_further_ones_and_no_edition(tmp_path: Path, origin: Origin) -> None:
    channel = refusing_desk()
    with desk(tmp_path, origin, channel) as here:
        for number in range(4):
            alert_on(here, number)
        store = here.home.jobs.store.deliveries
        assert [each.state for each in store.records() if each.recipient == DESK] == ["held", *["refused"] * 3]
        assert store.records()[0].answer.startswith("not tried, because three messages in a row were refused: ")
        assert store.suspended([DESK]) == {}
        here.home.jobs.operator_notes.run()
        texts = [each.text for each in here.home.jobs.store.notes.open()]
    assert any(f"{DESK} gets no more alerts, because three alerts in a row were refused" in each for each in texts)


def test_who_asks_for_no_more_after_an_alert_gets_neither_alerts_nor_editions(tmp_path: Path, origin: Origin) -> None:
    def answer(_: Delivery) -> str:
        raise DeliveryError(stage="gone", code=410, answer="closed", permanent=True)

    channel = ScriptedChannel(answer)
    with desk(tmp_path, origin, channel) as here:
        alert_on(here, 0)
        alert_on(here, 1)
        store = here.home.jobs.store.deliveries
        assert [each.state for each in store.records()] == ["held", "refused"]
        assert store.suspended([DESK]) == {DESK: "gone: 410 closed"}
        here.home.jobs.operator_notes.run()
        texts = [each.text for each in here.home.jobs.store.notes.open()]
        assert any(f"{DESK} gets no more mail, because the recipient asked for no more" in each for each in texts)


def test_a_recipient_whose_messages_cannot_be_made_is_left_alone_for_a_while_and_the_others_get_theirs(
    tmp_path: Path, origin: Origin
) -> None:
    channel = ScriptedChannel()
    with desk(tmp_path, origin, channel) as here:
        alerter = here.home.jobs.alerter
        asked: list[datetime] = []

        def sent(recipient: str, since: datetime) -> Any:
            asked.append(since)
            if len(asked) < 3:
                raise RuntimeError("a fault of ours")
            return alerter.store.alerts.sent(recipient, since)

        broken: Any = Instead(alerter.store.alerts, sent=sent)
        faulty = replace(alerter, store=store_with(alerter.store, alerts=broken))
        here.serve(story(1, LIVE), OLD)
        here.home.clock.advance(20 * MINUTE)
        here.home.refresh()
        for _ in range(12):
            faulty.run()
            here.home.clock.advance(timedelta(seconds=2))
        states = [each.state for each in alerter.store.alerts.records()]
        assert (len(asked), states) == (3, ["sent"])
        assert alerter.failing == {}


def test_what_arrived_is_no_condition(tmp_path: Path, origin: Origin) -> None:
    def answer(each: Delivery) -> str:
        return "250 taken"

    with desk(tmp_path, origin, ScriptedChannel(answer)) as here:
        alert_on(here, 0)
        here.home.jobs.operator_notes.run()
        assert here.home.jobs.store.notes.open() == ()
        assert [each.state for each in here.home.jobs.store.deliveries.records()] == [DeliveryState.SENT]
