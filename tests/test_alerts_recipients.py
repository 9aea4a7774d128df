"""Alerts for recipients by name: each by its own channel, in its own words, zone, language and quiet hours."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from alerting import DESK, HOUR, MINUTE, OLD, PORTS, TRUCE, Room, configured, story, text_of
from house import lived_in, rss
from origin import Origin, reply
from receiver import HOST, Receiver, answer

from monitor.deliver.ntfy import NtfyChannel
from monitor.deliver.routes import Route
from monitor.deliver.webhook import WebhookChannel
from monitor.model.alert import AlertSettings
from monitor.model.settings import RecipientSettings

pytestmark = pytest.mark.whole

LIVE = "Truce holds in Aleppo after a night of shelling"
NAMES = AlertSettings(to=("hook", "phone", DESK))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@contextmanager
def office(
    folder: Path, origin: Origin, service: Receiver, alert: AlertSettings = NAMES, own: RecipientSettings | None = None
) -> Iterator[Room]:
    """A house with a webhook and a telephone, after the first poll."""
    service.answers = [answer(200, b'{"id":"abc"}')]
    routes = {
        "hook": Route(
            name="hook", channel=WebhookChannel(secret="s", private_host=HOST), address=service.url("/in?key=hush")
        ),
        "phone": Route(
            name="phone", channel=NtfyChannel(url=service.url(""), private_host=HOST), address="ann-news-4f1c9a"
        ),
    }
    topics = replace(TRUCE, alert=alert), replace(PORTS, alert=alert)
    config = replace(configured(folder, origin, *topics), routes=routes, recipients={DESK: own} if own else {})
    origin.serve("/a", reply(rss(OLD)))
    with lived_in(config) as home:
        home.tick()
        yield Room(home=home, origin=origin)


def test_each_recipient_gets_it_by_its_own_channel_and_is_known_by_its_name(tmp_path: Path, origin: Origin) -> None:
    with Receiver() as service, office(tmp_path, origin, service) as here:
        here.serve(story(1, LIVE, text="The truce held, residents said."), OLD)
        here.tick(20 * MINUTE)
        records = here.home.jobs.store.alerts.records()
        deliveries = here.home.jobs.store.deliveries.records()
        requests = {request.path: json.loads(request.body) for request in service.requests}
        assert len(here.mails()) == 1
    assert {each.recipient for each in records} == {"hook", "phone", DESK}
    assert {(each.recipient, each.state) for each in deliveries} == {
        ("hook", "sent"),
        ("phone", "sent"),
        (DESK, "sent"),
    }
    assert requests["/in?key=hush"]["alert"]["stories"][0]["headline"] == LIVE
    assert requests["/"]["message"].startswith(f"{LIVE}\npost.example\n“The truce held, residents said.”\nhttps://")
    assert requests["/"]["topic"] == "ann-news-4f1c9a"
    assert "<" not in requests["/in?key=hush"]["id"]
    assert "hush" not in str(records) + str(deliveries)


def test_quiet_hours_of_a_recipient_hold_alerts_on_all_topics_for_this_recipient_alone(
    tmp_path: Path, origin: Origin
) -> None:
    """It is noon in UTC, and two o'clock in Beirut."""
    quiet = RecipientSettings(address=DESK, timezone="Asia/Beirut", language="fr", quiet=(time(14), time(17)))
    with Receiver() as service, office(tmp_path, origin, service, own=quiet) as here:
        here.serve(story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        here.serve(story(2, "Harbour of Latakia closed by storm"), story(1, LIVE), OLD)
        here.tick(20 * MINUTE)
        assert (len(here.mails()), len(service.requests)) == (0, 4)
        here.tick(3 * HOUR)
        (mail,) = here.mails()
        text = " ".join(text_of(mail).split())
    assert "2 stories in one message, 2 of them held (quiet hours)" in text
    assert "Asia/Beirut: 2 stories" in text
    assert "mars" in text


def test_recipients_of_a_digest_are_those_of_its_alerts_with_their_channels(tmp_path: Path, origin: Origin) -> None:
    with Receiver() as service, office(tmp_path, origin, service, alert=AlertSettings(to=())) as here:
        alerter = here.home.jobs.alerter
        digests = tuple(replace(each, to=("hook", "you@reader.example")) for each in alerter.digests)
        here.serve(story(1, LIVE), OLD)
        here.home.clock.advance(20 * MINUTE)
        here.home.refresh()
        replace(alerter, digests=digests).run()
        here.home.jobs.outbox.run()
        assert {each.recipient for each in here.home.jobs.store.alerts.records()} == {"hook", "you@reader.example"}
        assert [request.path for request in service.requests] == ["/in?key=hush"]
