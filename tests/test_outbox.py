"""The outbox through days of trouble: every edition arrives once and in order, or is accounted for (rules D8–D11)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from house import House, lived_in, settings
from outbox import ScriptedChannel, no, text_of
from simulated import NOON, SimulatedClock

from monitor.deliver.mail.replies import refusal
from monitor.errors import DeliveryError, UsageError
from monitor.model.delivery import Delivery, DeliveryState, Letter
from monitor.model.ids import DeliveryId
from monitor.model.settings import MailSettings

pytestmark = pytest.mark.whole

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ANN, BOB, CYD = "ann@reader.example", "bob@reader.example", "cyd@reader.example"


@contextmanager
def post(
    folder: Path, channel: ScriptedChannel, *recipients: str, mailing: MailSettings | None = None
) -> Iterator[House]:
    """A house without feeds, whose daily edition says each day that nothing is new."""
    config = settings(folder, [], 80)
    digest = replace(config.digests[0], to=recipients or (ANN,))
    config = replace(config, mail=channel, digests=(digest,), mailing=mailing or MailSettings())
    with lived_in(config, SimulatedClock()) as home:
        yield home


def live(home: House, span: timedelta) -> None:
    """The ticks of publishing and delivering at which something is due."""
    end = home.clock.now() + span
    while home.clock.now() < end:
        home.clock.advance(min(next_event(home), end) - home.clock.now())
        home.jobs.publisher.run()
        home.jobs.outbox.run()


def next_event(home: House) -> datetime:
    """The next attempt or the next slot at 07:00."""
    now = home.clock.now()
    seven = now.replace(hour=7)
    waiting = (each.next_attempt_at for each in home.jobs.store.deliveries.records(states=["queued"]))
    slot = seven if seven > now else seven + DAY
    return min([slot, *(at for at in waiting if at is not None and at > now)])


def live_until(home: House, moment: datetime) -> None:
    live(home, moment - home.clock.now())


def slots(deliveries: list[Delivery]) -> list[str]:
    """Which dates were sent, in order."""
    return [delivery.message_id.split(".")[2] for delivery in deliveries]


def states(home: House) -> list[tuple[str, str]]:
    """(recipient, state) of all deliveries, oldest first."""
    return [(each.recipient[:3], each.state) for each in reversed(home.jobs.store.deliveries.records())]


def given_up(home: House) -> int:
    """How many messages `status` counts as lost or held."""
    return home.jobs.store.overview.overview(home.clock.now()).given_up


def to(recipient: str, answer: Callable[[Delivery], str]) -> Callable[[Delivery], str]:
    """A server that says so to this recipient, and takes everything else."""
    return lambda delivery: answer(delivery) if delivery.recipient == recipient else "250 taken"


# ---- the server is away, or does not let us in


@pytest.mark.parametrize("recipients", [(ANN,), (ANN, BOB, CYD)])
def test_three_days_without_a_server_cost_few_attempts_and_no_edition(
    tmp_path: Path, recipients: tuple[str, ...]
) -> None:
    channel = ScriptedChannel(no("connect", answer="Connection refused"))
    with post(tmp_path, channel, *recipients) as home:
        live_until(home, NOON + timedelta(hours=19))
        live(home, 3 * DAY - MINUTE)
        assert len(channel.tried) <= 80
        channel.answer = lambda _: "250 taken"
        live(home, HOUR)
        for recipient in recipients:
            arrived = [each for each in channel.accepted if each.recipient == recipient]
            assert slots(arrived)[:3] == ["2026-03-02", "2026-03-03", "2026-03-04"]
            assert len(set(slots(arrived))) == len(arrived)
        live(home, 2 * DAY)
        assert len(channel.accepted) == 6 * len(recipients)
        assert set(home.jobs.store.deliveries.counts()) == {"sent"}


def test_a_wrong_password_for_ten_days_loses_nothing_and_is_tried_once_an_hour(tmp_path: Path) -> None:
    channel = ScriptedChannel(no("login", 535, "authentication failed"))
    with post(tmp_path, channel) as home:
        live(home, 10 * DAY)
        assert len(channel.tried) <= 10 * 24 + 10
        assert home.jobs.store.deliveries.counts() == {"queued": 10}
        channel.answer = lambda _: "250 taken"
        live(home, HOUR)
        assert slots(channel.accepted) == [f"2026-03-{day:02}" for day in range(2, 12)]


def test_greylisting_costs_a_wait_and_brings_one_copy(tmp_path: Path) -> None:
    channel = ScriptedChannel(no("recipient", 451, "greylisted, come back later"))
    with post(tmp_path, channel, ANN, BOB) as home:
        live(home, timedelta(hours=19))
        channel.answer = lambda _: "250 taken"
        live(home, HOUR)
        assert sorted(each.recipient for each in channel.accepted) == [ANN, BOB]
        record, tries, _ = home.jobs.store.deliveries.record(DeliveryId(1)) or pytest.fail("it is gone")
        assert (record.state, record.attempts) == (DeliveryState.SENT, 2)
        assert [each.answer for each in tries] == ["recipient: 451 greylisted, come back later", "250 taken"]


def test_a_full_mailbox_keeps_the_order_and_costs_the_others_nothing(tmp_path: Path) -> None:
    channel = ScriptedChannel(to(BOB, no("recipient", 452, "mailbox full")))
    with post(tmp_path, channel, ANN, BOB) as home:
        live(home, 3 * DAY)
        assert slots(channel.accepted) == ["2026-03-02", "2026-03-03", "2026-03-04"]
        assert len([each for each in channel.tried if each.recipient == BOB]) <= 80
        channel.answer = lambda _: "250 taken"
        live(home, HOUR)
        bobs = [each for each in channel.accepted if each.recipient == BOB]
        assert slots(bobs) == ["2026-03-02", "2026-03-03", "2026-03-04"]


def test_attempts_that_say_the_same_are_kept_as_one_with_their_number(tmp_path: Path) -> None:
    channel = ScriptedChannel(no("connect", answer="Connection refused"))
    with post(tmp_path, channel) as home:
        live(home, 2 * DAY)
        found = home.jobs.store.deliveries.record(DeliveryId(1))
        assert found is not None
        record, (tries,), _ = found
        assert tries.times == record.attempts > 20
        assert tries.first_at == NOON + timedelta(hours=19)
        assert tries.answer == record.answer == "connect: Connection refused"
        home.jobs.store.deliveries.forget_attempts(home.clock.now() + DAY)
        assert (home.jobs.store.deliveries.record(DeliveryId(1)) or found)[1] == ()


# ---- a recipient the server does not take


def test_one_refused_recipient_costs_the_others_nothing(tmp_path: Path) -> None:
    channel = ScriptedChannel(to(BOB, no("recipient", 550, "no such user")))
    with post(tmp_path, channel, ANN, BOB, CYD) as home:
        live(home, DAY)
        assert states(home) == [("ann", "sent"), ("bob", "refused"), ("cyd", "sent")]
        assert len(channel.tried) == 3


def test_a_recipient_refused_three_times_in_a_row_is_suspended_until_the_owner_tries_again(tmp_path: Path) -> None:
    channel = ScriptedChannel(to(BOB, no("recipient", 550, "no such user")))
    with post(tmp_path, channel, ANN, BOB) as home:
        live(home, 5 * DAY)
        bobs = [each for each in home.jobs.store.deliveries.records() if each.recipient == BOB]
        assert [each.state for each in bobs] == ["held", "held", "refused", "refused", "refused"]
        assert bobs[0].answer == (
            "not tried, because three editions in a row were refused: recipient: 550 no such user"
        )
        assert len([each for each in channel.tried if each.recipient == BOB]) == 3
        channel.answer = lambda _: "250 taken"
        (sent,) = home.jobs.outbox.retry([bobs[0].id])
        assert sent.state is DeliveryState.SENT
        live(home, DAY)
        assert slots([each for each in channel.accepted if each.recipient == BOB]) == ["2026-03-06", "2026-03-07"]
        assert channel.accepted[-1].recipient == BOB


def test_a_recipient_who_asks_for_no_more_gets_nothing_until_the_owner_tries_again(tmp_path: Path) -> None:
    def gone(_: Delivery) -> str:
        raise DeliveryError(stage="gone", code=410, answer="moved out", permanent=True)

    channel = ScriptedChannel(to(BOB, gone))
    with post(tmp_path, channel, ANN, BOB) as home:
        live(home, 3 * DAY)
        bobs = [each for each in home.jobs.store.deliveries.records() if each.recipient == BOB]
        assert [each.state for each in bobs] == ["held", "held", "refused"]
        assert bobs[0].answer == "not tried, because the recipient asked for no more: gone: 410 moved out"


def test_a_second_refusal_after_a_retry_suspends_again_at_once(tmp_path: Path) -> None:
    channel = ScriptedChannel(no("recipient", 550, "no such user"))
    with post(tmp_path, channel, BOB) as home:
        live(home, 3 * DAY)
        (again,) = home.jobs.outbox.retry([DeliveryId(3)])
        assert again.state is DeliveryState.REFUSED
        live(home, DAY)
        assert home.jobs.store.deliveries.counts() == {"refused": 3, "held": 1}


# ---- a message the server does not take


def unwanted(delivery: Delivery) -> str:
    raise refusal("data", 554, "not wanted here")


def test_a_refused_message_is_tried_once_more_as_plain_text_under_its_own_number(tmp_path: Path) -> None:
    channel = ScriptedChannel(lambda each: "250 taken" if each.repairs else unwanted(each))
    with post(tmp_path, channel) as home:
        live(home, DAY)
        first, copy = home.jobs.store.deliveries.these([DeliveryId(1), DeliveryId(2)])
        assert (first.state, first.answer, first.body) == ("dead", "data: 554 not wanted here", channel.tried[0].body)
        assert (copy.state, copy.repairs, copy.edition_id) == ("sent", 1, first.edition_id)
        assert given_up(home) == 0
        assert copy.message_id == first.message_id.replace("@", ".plain@")
        assert b"text/html" in first.body
        assert b"text/html" not in copy.body
        assert text_of(copy.body).endswith(text_of(first.body))
        live(home, DAY)
        assert "could not be delivered" not in text_of(channel.accepted[-1].body)


def test_a_message_that_is_refused_again_after_a_retry_gets_no_second_copy(tmp_path: Path) -> None:
    channel = ScriptedChannel(unwanted)
    with post(tmp_path, channel) as home:
        live(home, DAY)
        (again,) = home.jobs.outbox.retry([DeliveryId(1)])
        assert (again.state, home.jobs.outbox.unsettled) == (DeliveryState.DEAD, [])
        assert states(home) == [("ann", "dead"), ("ann", "dead")]


def listed(host: str, *more: str) -> Callable[[Delivery], str]:
    """A server that takes nothing in which a host is named, and says which; `more` are words of other refusals."""
    left = list(more)

    def answer(delivery: Delivery) -> str:
        is_plain = b"text/html" not in delivery.body
        if host in text_of(delivery.body) or (not is_plain and host in text_of(delivery.body, "html")):
            raise refusal("data", 554, f"5.7.1 contains a listed URL: {host}")
        if left and delivery.repairs:
            raise refusal("data", 550, left.pop(0))
        return "250 taken"

    return answer


class Linking(ScriptedChannel):
    """Puts a link to a listed host into each letter of an edition, as a feed would."""

    def compose(self, letter: Letter) -> bytes:
        link = "https://news.bad.example/1"
        html = letter.html.replace("</body>", f'<a class="lead" href="{link}">Truce</a> (bad.example)</body>')
        text = f"{letter.text}\nTruce\n{link}\nbad.example, good.example https://good.example/2\n"
        return super().compose(replace(letter, text=text, html=html))


def test_a_message_with_a_listed_link_goes_out_once_more_without_it(tmp_path: Path) -> None:
    channel = Linking(listed("bad.example"))
    with post(tmp_path, channel) as home:
        live(home, 5 * DAY)
        assert states(home) == [("ann", "dead"), ("ann", "sent")] * 5
        assert home.jobs.store.deliveries.suspended([ANN]) == {}
        assert given_up(home) == 0
        home.jobs.operator_notes.run()
        noted = [note.text for note in home.jobs.store.notes.open()]
    assert "to ann@reader.example arrived in another form only, because the server" in noted[0]
    assert "contains a listed URL: bad[.]example (news-monitor deliveries show" in noted[0]
    first, copy = channel.tried[:2]
    assert copy.message_id == first.message_id.replace("@", ".unlinked@")
    said = text_of(copy.body)
    assert said.startswith("(Sent again without the links to bad[.]example, which the mail server does not take.)")
    assert "Truce (link left out) bad[.]example, good.example https://good.example/2" in said
    page = text_of(copy.body, "html")
    assert '<a class="lead">Truce</a> (bad[.]example)</body>' in page
    assert "<p>(Sent again without the links to bad[.]example," in page
    assert not any("could not be delivered" in text_of(each.body) for each in channel.accepted)


def test_what_is_refused_without_the_link_too_goes_out_without_any_and_then_no_more(tmp_path: Path) -> None:
    channel = Linking(listed("bad.example", "this is spam"))
    with post(tmp_path, channel) as home:
        live(home, DAY)
        home.jobs.outbox.run()  # the copy of a copy waits for a tick of its own
        assert states(home) == [("ann", "dead"), ("ann", "dead"), ("ann", "sent")]
        assert [
            each.repairs for each in home.jobs.store.deliveries.these([DeliveryId(each) for each in (1, 2, 3)])
        ] == [None, 1, 1]
        assert given_up(home) == 0
    last = channel.tried[2]
    assert last.message_id == channel.tried[0].message_id.replace("@", ".unlinked.bare@")
    assert b"text/html" not in last.body
    assert text_of(last.body).startswith("(Sent again as plain text without links: the mail server refused")
    assert "Truce (link left out) bad[.]example, good[.]example (link left out)" in text_of(last.body)


def test_a_filter_of_links_that_names_none_lets_the_headlines_through(tmp_path: Path) -> None:
    def filtered(delivery: Delivery) -> str:
        if "https://news.bad.example" in text_of(delivery.body):
            raise refusal("data", 550, "5.7.1 contains a listed URL")
        return "250 taken"

    channel = Linking(filtered)
    with post(tmp_path, channel) as home:
        live(home, DAY)
        home.jobs.outbox.run()
        assert states(home) == [("ann", "dead"), ("ann", "dead"), ("ann", "sent")]
        assert home.jobs.store.deliveries.suspended([ANN]) == {}
    assert channel.tried[2].message_id == channel.tried[0].message_id.replace("@", ".plain.bare@")


def test_three_forms_are_the_end_and_the_next_edition_names_the_loss_without_the_host(tmp_path: Path) -> None:
    channel = Linking(listed("bad.example", "still spam", "spam, see bad.example"))
    with post(tmp_path, channel) as home:
        live(home, DAY)
        home.jobs.outbox.run()
        home.jobs.outbox.run()
        assert states(home) == [("ann", "dead")] * 3
        assert given_up(home) == 1
        live(home, DAY)
    assert "could not be delivered" in text_of(channel.accepted[-1].body)
    assert "could not be delivered" in text_of(channel.accepted[-1].body, "html")


def test_a_form_with_html_that_is_refused_for_anything_else_goes_out_as_plain_text(tmp_path: Path) -> None:
    def picky(delivery: Delivery) -> str:
        if b"text/html" in delivery.body:
            raise refusal("data", 554, "5.7.1 no HTML here, says bad.example")
        return "250 taken"

    channel = Linking(picky)
    with post(tmp_path, channel) as home:
        live(home, DAY)
        home.jobs.outbox.run()
        assert states(home) == [("ann", "dead"), ("ann", "dead"), ("ann", "sent")]
        home.jobs.operator_notes.run()
        assert not [note for note in home.jobs.store.notes.open() if "another form" in note.text]
    assert channel.tried[2].message_id == channel.tried[0].message_id.replace("@", ".unlinked.plain@")


def test_one_recipient_who_is_put_off_is_no_server_that_accepts_nothing(tmp_path: Path) -> None:
    full, is_down = "full@reader.example", False

    def answer(delivery: Delivery) -> str:
        if is_down or delivery.recipient == full:
            raise refusal("recipient", 452, "mailbox full")
        return "250 taken"

    with post(tmp_path, ScriptedChannel(answer), full, ANN) as home:
        live(home, DAY)
        found = home.jobs.store.overview.overview(home.clock.now())
        assert (found.tried, found.passed_over > 1) == (0, True)
        is_down = True
        live(home, DAY)
        found = home.jobs.store.overview.overview(home.clock.now())
        assert found.tried > 1


class OddChannel(ScriptedChannel):
    """Composes what the `email` package cannot read."""

    def compose(self, letter: Letter) -> bytes:
        return b'Content-Type: text/plain; charset="none-such"\r\n\r\n\xff'


def test_a_message_that_no_letter_can_be_read_from_is_settled_without_a_copy(tmp_path: Path) -> None:
    channel = OddChannel(unwanted)
    with post(tmp_path, channel) as home:
        live(home, DAY)
        assert states(home) == [("ann", "dead")]


class PlainOnlyChannel(ScriptedChannel):
    """Has no second form for what was refused."""

    def copy_after_refusal(self, delivery: Delivery) -> None:
        """None, as a channel that is not mail."""


def test_a_channel_without_a_second_form_sends_no_copy(tmp_path: Path) -> None:
    channel = PlainOnlyChannel(no("data", 552, "too large"))
    with post(tmp_path, channel) as home:
        live(home, DAY)
        assert states(home) == [("ann", "dead")]
        assert len(channel.tried) == 1


def test_after_five_days_without_a_server_what_is_given_up_is_asked_for_once(tmp_path: Path) -> None:
    channel = ScriptedChannel(no("connect"))
    with post(tmp_path, channel, ANN, BOB, CYD) as home:
        live(home, timedelta(hours=19))
        assert [
            each.attempts for each in home.jobs.store.deliveries.these([DeliveryId(1), DeliveryId(2), DeliveryId(3)])
        ] == [1, 1, 1]
        tried = len(channel.tried)
        live(home, 6 * DAY)
        dead = home.jobs.store.deliveries.records(states=["dead"])
        assert {each.slot for each in dead} >= {"2026-03-02"}
        assert len([each for each in dead if each.slot == "2026-03-02"]) == 3
        assert len(channel.tried) - tried <= 6 * 24 + 30


def test_a_dead_edition_is_named_once_and_to_its_recipient_alone(tmp_path: Path) -> None:
    channel = ScriptedChannel(to(BOB, unwanted))
    with post(tmp_path, channel, ANN, BOB) as home:
        live(home, DAY)
        assert states(home) == [("ann", "sent"), ("bob", "dead"), ("bob", "dead")]
        assert given_up(home) == 1
        channel.answer = lambda _: "250 taken"
        live(home, 2 * DAY)
        assert given_up(home) == 0  # he has been told: nothing is left for the owner to look after
        texts = [(each.recipient, text_of(each.body)) for each in channel.accepted]
        named = "The edition of Mon 2 Mar could not be delivered to you: data: 554 not wanted here. Whoever runs"
        assert [(who, named in text) for who, text in texts] == [
            *((ANN, False), (ANN, False), (BOB, True)),
            *((ANN, False), (BOB, False)),
        ]
        assert "file:" not in texts[2][1]
        assert b"could not be delivered" in channel.accepted[2].body.split(b"text/html")[1]


def test_an_edition_named_in_one_that_died_as_well_is_named_again(tmp_path: Path) -> None:
    channel = ScriptedChannel(unwanted)
    with post(tmp_path, channel) as home:
        live(home, 2 * DAY)
        channel.answer = lambda _: "250 taken"
        live(home, DAY)
        text = text_of(channel.accepted[0].body)
        assert "The edition of Mon 2 Mar could not" in text
        assert "The edition of Tue 3 Mar could not" in text


def test_after_many_dead_editions_five_are_named_and_the_others_counted(tmp_path: Path) -> None:
    channel = ScriptedChannel(unwanted)
    with post(tmp_path, channel) as home:
        live(home, 7 * DAY)
        channel.answer = lambda _: "250 taken"
        live(home, DAY)
        text = text_of(channel.accepted[0].body)
        assert text.count("could not be delivered to you: ") == 5
        assert "2 more editions could not be delivered to you." in text


# ---- nobody knows


def lost(delivery: Delivery) -> str:
    raise DeliveryError(stage="data", answer="no answer after the final dot", unknown=True)


def test_an_unknown_outcome_is_sent_again_with_the_same_bytes(tmp_path: Path) -> None:
    channel = ScriptedChannel(lost)
    with post(tmp_path, channel) as home:
        live_until(home, NOON + timedelta(hours=19))
        channel.answer = lambda _: "250 taken"
        live(home, HOUR)
        first, second = channel.tried
        assert (first.body, first.message_id) == (second.body, second.message_id)


def test_an_unknown_outcome_is_held_if_the_owner_prefers_a_loss_to_a_repeat(tmp_path: Path) -> None:
    channel = ScriptedChannel(lost)
    with post(tmp_path, channel, mailing=MailSettings(on_unknown="hold")) as home:
        live(home, DAY)
        assert (len(channel.tried), states(home)) == (1, [("ann", "held")])
        channel.answer = lambda _: "250 taken"
        live(home, HOUR)
        assert channel.accepted == []
        (sent,) = home.jobs.outbox.retry([DeliveryId(1)])
        assert (sent.state, channel.accepted[0].body) == (DeliveryState.SENT, channel.tried[0].body)


@pytest.mark.parametrize(("policy", "state"), [("resend", "queued"), ("hold", "held")])
def test_what_was_being_sent_when_the_program_died_follows_the_same_rule(
    tmp_path: Path, policy: str, state: str
) -> None:
    channel = ScriptedChannel(no("connect"))
    mailing = MailSettings(on_unknown="hold" if policy == "hold" else "resend")
    with post(tmp_path, channel, mailing=mailing) as home:
        live(home, timedelta(hours=19))
        assert home.jobs.store.deliveries.claim(home.jobs.store.deliveries.these([DeliveryId(1)])[0])
        home.jobs.outbox.recover()
        assert states(home) == [("ann", state)]


# ---- the owner's hand


def test_what_was_given_up_gets_its_full_time_anew(tmp_path: Path) -> None:
    channel = ScriptedChannel(no("recipient", 451))
    with post(tmp_path, channel) as home:
        live(home, 6 * DAY)
        assert home.jobs.store.deliveries.these([DeliveryId(1)])[0].state is DeliveryState.DEAD
        (again,) = home.jobs.outbox.retry([DeliveryId(1)])
        assert (again.state, again.attempts) == (DeliveryState.QUEUED, 1)


def test_what_waits_can_be_cancelled_and_is_never_sent(tmp_path: Path) -> None:
    channel = ScriptedChannel(no("connect"))
    with post(tmp_path, channel) as home:
        live(home, timedelta(hours=19))
        (cancelled,) = home.jobs.outbox.cancel([DeliveryId(1)])
        assert cancelled.state is DeliveryState.CANCELLED
        channel.answer = lambda _: "250 taken"
        live(home, HOUR)
        assert channel.accepted == []


@pytest.mark.parametrize(
    ("ids", "words"),
    [([1], "1 is sent"), ([2, 99], "There is no delivery 99"), ([2, 1], "1 is sent. Nothing was changed.")],
)
def test_what_cannot_be_done_by_hand_is_said_and_nothing_is_done(tmp_path: Path, ids: list[int], words: str) -> None:
    channel = ScriptedChannel(to(BOB, no("connect")))
    with post(tmp_path, channel, ANN, BOB) as home:
        live(home, timedelta(hours=19))
        with pytest.raises(UsageError, match=words):
            home.jobs.outbox.retry([*map(DeliveryId, ids)])
        with pytest.raises(UsageError, match=words):
            home.jobs.outbox.cancel([*map(DeliveryId, ids)])
        assert states(home) == [("ann", "sent"), ("bob", "queued")]
