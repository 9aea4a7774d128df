"""Several channels behind one: each message by the channel of its recipient, and no channel in the way of another."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, lived_in, settings
from outbox import NOON, ScriptedChannel, delivery, no
from receiver import HOST, Receiver, answer
from simulated import SimulatedClock

from monitor.config import Settings
from monitor.deliver.routes import Route, Routes
from monitor.deliver.webhook import WebhookChannel
from monitor.errors import DeliveryError, UsageError
from monitor.model.delivery import DeliveryState
from monitor.model.ids import EditionId
from monitor.model.settings import RecipientSettings

pytestmark = pytest.mark.whole

ANN, BOB = "ann@reader.example", "bob@reader.example"
DAY = timedelta(days=1)


def config_with(folder: Path, mail: ScriptedChannel, hooks: dict[str, str], *to: str) -> Settings:
    config = settings(folder, [], 80)
    channel = WebhookChannel(secret="s3cret", private_host=HOST)
    routes = {name: Route(name="hook", channel=channel, address=url) for name, url in hooks.items()}
    return replace(config, mail=mail, routes=routes, digests=(replace(config.digests[0], to=to),))


@contextmanager
def post(folder: Path, mail: ScriptedChannel, hooks: dict[str, str], *to: str) -> Iterator[House]:
    with lived_in(config_with(folder, mail, hooks, *to), SimulatedClock()) as home:
        yield home


def edition(home: House) -> dict[str, str]:
    """What happened to the next edition, by recipient."""
    home.clock.advance(DAY)
    home.jobs.publisher.run()
    home.jobs.outbox.run()
    newest = max(each.id for each in home.jobs.store.editions.all())
    return {each.recipient: each.state for each in home.jobs.store.deliveries.of_edition(EditionId(newest))}


def test_an_edition_goes_to_each_by_its_own_channel(tmp_path: Path) -> None:
    mail = ScriptedChannel()
    with Receiver() as desk, post(tmp_path, mail, {"desk": desk.url("/in")}, ANN, "desk") as home:
        assert edition(home) == {ANN: "sent", "desk": "sent"}
        (request,) = desk.requests
        (letter,) = mail.accepted
    said = json.loads(request.body)
    assert said["digest"] == "Daily"
    assert said["id"] == request.headers["idempotency-key"]
    assert said["id"].startswith("daily-")
    assert letter.message_id.startswith("<daily-")
    assert b"Subject: " in letter.body


def test_the_mails_beside_another_channel_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    alone, beside = ScriptedChannel(), ScriptedChannel()
    with post(tmp_path / "alone", alone, {}, ANN, BOB) as home:
        edition(home)
    with Receiver() as desk, post(tmp_path / "beside", beside, {"desk": desk.url("/in")}, ANN, "desk", BOB) as home:
        edition(home)
    assert [(each.message_id, each.body) for each in alone.accepted] == [
        (each.message_id, each.body) for each in beside.accepted
    ]


def test_a_server_that_is_down_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    mail = ScriptedChannel(no("connect", answer="Connection refused"))
    with Receiver() as desk, Receiver() as other:
        desk.answers = [answer(503)]
        hooks = {"one": desk.url("/1"), "two": desk.url("/2"), "other": other.url("/in")}
        with post(tmp_path, mail, hooks, ANN, "one", "two", BOB, "other") as home:
            found = edition(home)
        assert found == {ANN: "queued", BOB: "queued", "one": "queued", "two": "queued", "other": "sent"}
        assert (len(mail.tried), len(desk.requests), len(other.requests)) == (1, 1, 1)


def test_410_suspends_the_recipient_at_once_and_only_it(tmp_path: Path) -> None:
    mail = ScriptedChannel()
    with Receiver() as desk, post(tmp_path, mail, {"desk": desk.url("/in")}, "desk", ANN) as home:
        desk.answers = [answer(410, b"closed")]
        assert edition(home) == {"desk": "refused", ANN: "sent"}
        assert edition(home) == {"desk": "held", ANN: "sent"}
        assert len(desk.requests) == 1


def test_a_name_that_left_the_config_gets_nothing_by_mail(tmp_path: Path) -> None:
    mail = ScriptedChannel()
    with Receiver() as desk:
        desk.answers = [answer(503)]
        with post(tmp_path, mail, {"desk": desk.url("/in")}, "desk") as home:
            assert edition(home) == {"desk": "queued"}
        with post(tmp_path, mail, {}, ANN) as home:
            home.clock.advance(2 * DAY)
            home.jobs.outbox.run()
            (old,) = [each for each in home.jobs.store.deliveries.records() if each.recipient == "desk"]
    assert old.state is DeliveryState.REFUSED
    assert 'no recipient is called "desk" any more' in old.answer
    assert "desk" not in [each.recipient for each in mail.tried]


def test_an_edition_is_sent_again_by_the_channel_it_was_written_for_and_by_no_other(tmp_path: Path) -> None:
    mail = ScriptedChannel()
    with Receiver() as desk:
        hooks = {"desk": desk.url("/in"), "other": desk.url("/other")}
        with post(tmp_path, mail, hooks, "desk") as home:
            edition(home)
            (again,) = home.jobs.outbox.resend(EditionId(1), ["other"])
            assert (again.recipient, again.state) == ("other", DeliveryState.SENT)
            assert [request.path for request in desk.requests] == ["/in", "/other"]
            with pytest.raises(UsageError, match="written for another channel"):
                home.jobs.outbox.resend(EditionId(1), [ANN])
        assert mail.tried == []


def test_each_reader_has_dates_in_a_zone_and_a_language_of_its_own(tmp_path: Path) -> None:
    mail = ScriptedChannel()
    config = config_with(tmp_path, mail, {}, ANN, BOB)
    own = RecipientSettings(address=BOB, language="fr", timezone="Asia/Tokyo")
    with lived_in(replace(config, recipients={BOB: own}), SimulatedClock()) as home:
        home.clock.advance(DAY)
        draft = home.jobs.publisher.editor.preview(replace(config.digests[0], to=(ANN, BOB)))
        first, second = draft.letters
        assert first.text == draft.rendered.text
        assert second.text != first.text
        assert "mars" in second.text
        assert "mars" not in first.text


def test_what_happens_to_an_unknown_outcome_is_said_for_each_channel() -> None:
    hook = WebhookChannel(secret="x")
    routes = Routes(
        mail=ScriptedChannel(),
        named={"desk": Route(name="hook", channel=hook, address="https://desk.example/", on_unknown="hold")},
    )
    assert routes.on_unknown("desk", "resend") == "hold"
    assert routes.on_unknown(ANN, "resend") == "resend"
    assert routes.recipient("desk") == "desk"
    assert routes.identity("desk") == "desk"
    assert routes.identity("Ann@Reader.example") == routes.identity("Ann@reader.EXAMPLE")
    assert not routes.is_local
    assert routes.send_timeout >= hook.send_timeout
    assert routes.copy_after_refusal(delivery(recipient="desk")) is None
    assert routes.copy_of_copy(delivery(recipient="desk")) is None
    with pytest.raises(DeliveryError, match="no recipient is called"):
        routes.send(delivery(recipient="nobody"))
    assert routes.resent(delivery(recipient=ANN), BOB, "1", NOON).recipient == BOB
