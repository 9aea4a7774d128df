"""What follows from the end of an attempt: one table."""

from datetime import timedelta

import pytest
from outbox import NOON, delivery

from monitor.deliver.mail.replies import refusal
from monitor.errors import DeliveryError
from monitor.model.settings import OnUnknown
from monitor.policy.retry import LONGEST_RETRY, deserves_copy, is_ours, rest_after, scope, shared, verdict


def no(stage: str, code: int | None = None, *, permanent: bool = False, unknown: bool = False) -> DeliveryError:
    if code is not None:
        return refusal(stage, code, "no", unknown=unknown)
    return DeliveryError(stage=stage, answer="no", permanent=permanent, unknown=unknown)


GREYLISTED = no("recipient", 451)
LOST = no("data", unknown=True)
WRONG_PASSWORD = no("login", 535, permanent=True)
BAD_CERTIFICATE = no("tls", permanent=True)

CASES: list[tuple[str, DeliveryError, int, float, str, int | None]] = [
    # what                                    error                                attempts days  state    minutes
    ("a passing fault is tried in 5 minutes", GREYLISTED, 0, 0, "queued", 5),
    ("then in 15", GREYLISTED, 1, 0, "queued", 15),
    ("then in 30", GREYLISTED, 2, 0, "queued", 30),
    ("then in 60", GREYLISTED, 3, 0, "queued", 60),
    ("and hourly from then on", GREYLISTED, 70, 3, "queued", 60),
    ("for not quite five days", GREYLISTED, 119, 4.99, "queued", 60),
    ("but no longer", GREYLISTED, 119, 5, "dead", None),
    ("unless it was hardly tried", GREYLISTED, 1, 9, "queued", 15),
    ("no network is a passing fault", no("resolve"), 0, 0, "queued", 5),
    ("nobody listening too", no("connect"), 200, 6, "dead", None),
    ("a bad recipient is refused", no("recipient", 550, permanent=True), 0, 0, "refused", None),
    ("a message nobody wants is dead", no("data", 554, permanent=True), 0, 0, "dead", None),
    ("a wrong password is ours to mend, hourly", WRONG_PASSWORD, 0, 0, "queued", 60),
    ("for as long as it takes", WRONG_PASSWORD, 240, 10, "queued", 60),
    ("a login that is missing is seen late", no("recipient", 530, permanent=True), 0, 9, "queued", 60),
    ("a login that passes over is tried soon", no("login", 454), 0, 0, "queued", 5),
    ("a bad certificate is ours, or a wiretapper's", BAD_CERTIFICATE, 240, 10, "queued", 60),
    ("a broken handshake passes", no("tls"), 1, 0, "queued", 15),
    ("a sender nobody takes is ours", no("sender", 553, permanent=True), 240, 10, "queued", 60),
    ("a host that shuts us out too", no("connect", 554, permanent=True), 240, 10, "queued", 60),
    ("a full disk too", no("write"), 240, 10, "queued", 60),
    ("an unknown outcome is sent again", LOST, 0, 0, "queued", 5),
    ("but not for ever", LOST, 119, 5, "dead", None),
]


@pytest.mark.parametrize(
    ("error", "attempts", "days", "state", "minutes"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_what_follows_a_failure(
    error: DeliveryError, attempts: int, days: float, state: str, minutes: int | None
) -> None:
    outcome = verdict(delivery(attempts=attempts, queued_at=NOON - timedelta(days=days)), error, NOON)
    due_at = None if minutes is None else NOON + timedelta(minutes=minutes)
    assert (outcome.state, outcome.next_attempt_at, outcome.answer) == (state, due_at, str(error))


def test_success_keeps_the_servers_words() -> None:
    outcome = verdict(delivery(), None, NOON, "250 queued as 7")
    assert (outcome.state, outcome.next_attempt_at, outcome.answer) == ("sent", None, "250 queued as 7")


@pytest.mark.parametrize(("policy", "state"), [("resend", "queued"), ("hold", "held")])
def test_the_owner_chooses_between_a_repeat_and_a_loss(policy: OnUnknown, state: str) -> None:
    assert verdict(delivery(), LOST, NOON, on_unknown=policy).state == state
    assert verdict(delivery(), GREYLISTED, NOON, on_unknown=policy).state == "queued"


def test_three_days_without_a_server_cost_at_most_80_attempts() -> None:
    now, attempts = NOON, 0
    while now < NOON + timedelta(days=3):
        outcome = verdict(delivery(attempts=attempts), no("connect"), now)
        assert outcome.next_attempt_at is not None
        now, attempts = outcome.next_attempt_at, attempts + 1
    assert attempts <= 80


def test_only_what_was_judged_before_the_recipient_is_ours() -> None:
    assert not is_ours(no("recipient", 550, permanent=True))
    assert not is_ours(no("data", 554, permanent=True))
    assert is_ours(WRONG_PASSWORD)


@pytest.mark.parametrize(
    ("error", "check_reachable"),
    [
        (GREYLISTED, "recipient"),
        (no("recipient", 550, permanent=True), "recipient"),
        (no("data", 554, permanent=True), "message"),
        (LOST, "message"),
        (WRONG_PASSWORD, "server"),
        (no("connect"), "server"),
        (no("data", 421), "server"),
        (no("recipient", 530, permanent=True), "server"),
    ],
)
def test_what_failed_is_the_message_its_recipient_or_the_server(error: DeliveryError, check_reachable: str) -> None:
    assert scope(error) == check_reachable


def test_what_shares_a_fault_is_tried_again_together() -> None:
    first, second = delivery(attempts=2), delivery(id=2, attempts=0)
    failed = verdict(first, no("connect"), NOON)
    assert shared(second, no("connect"), failed, NOON).next_attempt_at == failed.next_attempt_at
    old = delivery(id=3, attempts=99, queued_at=NOON - timedelta(days=6))
    assert (shared(old, no("connect"), failed, NOON).state, failed.state) == ("dead", "queued")
    assert shared(second, no("connect"), verdict(old, no("connect"), NOON), NOON).next_attempt_at is not None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (no("data", 554, permanent=True), True),
        (no("data", 451), False),
        (no("data", 530, permanent=True), False),
        (no("recipient", 550, permanent=True), False),
    ],
)
def test_a_message_that_was_judged_may_go_out_in_another_form(error: DeliveryError, *, expected: bool) -> None:
    assert deserves_copy(error) is expected


@pytest.mark.parametrize(("failures", "seconds"), [(1, 4), (2, 8), (3, 16), (6, 128), (7, 256), (8, 300), (999, 300)])
def test_what_failed_rests_ever_longer_and_never_more_than_five_minutes(failures: int, seconds: int) -> None:
    assert rest_after(failures) == timedelta(seconds=seconds)


def test_no_attempt_is_set_further_ahead_than_the_longest_wait() -> None:
    waits = [verdict(delivery(attempts=tried), no("connect"), NOON).next_attempt_at for tried in range(9)]
    assert max(filter(None, waits)) == NOON + LONGEST_RETRY
