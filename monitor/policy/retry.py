"""What one attempt to deliver leads to, decided from facts alone: a pure function of the delivery, the error and the
time. And how long what failed otherwise, a job or an edition, rests.

Nothing is sent or stored here, and no channel is known: what the numbers of its answers mean is on the error already.
Whoever sends calls `verdict` afterwards and stores what it says.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, DeliveryState, Verdict
from monitor.model.settings import OnUnknown
from monitor.policy.suspension import GONE

Scope = Literal["message", "recipient", "server"]

RETRY_MINUTES = (5, 15, 30, 60)
"""Rule D11: quick at first, for greylisting; the last one repeats."""

LONGEST_RETRY = timedelta(minutes=max(RETRY_MINUTES))
"""A next attempt further ahead was set while the clock was ahead."""

GIVE_UP_AFTER = timedelta(days=5)
"""RFC 5321 §4.5.4.1 asks for at least four to five days."""

RECIPIENT_STAGES = ("recipient", GONE)
"""What fails there concerns this recipient."""

UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING)
"""What goes out by itself, sooner or later."""

LOST = (DeliveryState.REFUSED, DeliveryState.DEAD)
"""What did not arrive, and is not tried again by itself."""

RETRIED = (
    DeliveryState.QUEUED,
    DeliveryState.REFUSED,
    DeliveryState.HELD,
    DeliveryState.DEAD,
    DeliveryState.CANCELLED,
)
"""What the owner may have tried again: all but what was accepted or is being sent."""

CANCELLED = (DeliveryState.QUEUED, DeliveryState.HELD)
"""What the owner may cancel: what waits."""

SHORTEST_REST_SECONDS, LONGEST_REST = 4, timedelta(minutes=5)
"""Of a job or an edition that failed. What fails again and again, on a full disk say, is tried this seldom: each try is
work and writes a traceback (rule D5).
"""

MAX_DOUBLINGS = 9
"""Enough to reach the longest rest, and too few to overflow a timedelta."""


def verdict(
    delivery: Delivery,
    error: DeliveryError | None,
    now: datetime,
    answer: str = "",
    on_unknown: OnUnknown = "resend",
) -> Verdict:
    """The next state after an attempt that ended with `answer`, or with `error`.

    `delivery` is as it was before the attempt: `attempts` does not count it yet. A fault on our
    side is retried for ever, because the owner can fix it and then wants every digest. A message with an unknown
    outcome is sent again, byte for byte and with the same Message-ID, unless the owner prefers a
    possible loss to a possible repeat: then it is held (rule D8).
    """
    if error is None:
        return Verdict(state=DeliveryState.SENT, next_attempt_at=None, answer=answer)
    state = _next_state(delivery, error, now, on_unknown)
    due_at = now + _wait(delivery, error) if state is DeliveryState.QUEUED else None
    return Verdict(state=state, next_attempt_at=due_at, answer=str(error))


def scope(error: DeliveryError) -> Scope:
    """What failed: this message, its recipient, or everything that would go to the server now.

    A message that shares the fault is not tried: a server that is down is asked once, not once for each recipient,
    and a wrong password does not lock the account.
    """
    if error.for_all or error.stage not in {*RECIPIENT_STAGES, "data"}:
        return "server"
    return "recipient" if error.stage in RECIPIENT_STAGES else "message"


def shared(delivery: Delivery, error: DeliveryError, failed: Verdict, now: datetime) -> Verdict:
    """The verdict on a message that was not tried because it shares the fault of another one: as if it had been
    tried, except that both are tried again together.
    """
    outcome = verdict(delivery, error, now)
    is_waiting = outcome.state is DeliveryState.QUEUED and failed.next_attempt_at is not None
    return replace(outcome, next_attempt_at=failed.next_attempt_at) if is_waiting else outcome


def deserves_copy(error: DeliveryError) -> bool:
    """Whether the other side judged the message, and may take another form of it, each tried once (rule D11)."""
    return error.stage == "data" and error.permanent and not error.ours


def is_ours(error: DeliveryError) -> bool:
    """Whether our settings, login or disk are at fault: the server has not judged the recipient or the message yet."""
    return (
        error.ours
        or error.stage in {"tls", "login", "write"}
        or (error.permanent and error.stage not in {*RECIPIENT_STAGES, "data"})
    )


def rest_after(failures: int) -> timedelta:
    """How long what failed so often in a row is left alone: four seconds, and twice as long after each further time."""
    return min(timedelta(seconds=SHORTEST_REST_SECONDS * 2 ** min(failures - 1, MAX_DOUBLINGS)), LONGEST_REST)


def _next_state(delivery: Delivery, error: DeliveryError, now: datetime, on_unknown: OnUnknown) -> DeliveryState:
    if error.unknown and on_unknown == "hold":
        return DeliveryState.HELD
    if is_ours(error):
        return DeliveryState.QUEUED
    if error.permanent:
        return DeliveryState.REFUSED if error.stage in RECIPIENT_STAGES else DeliveryState.DEAD
    return DeliveryState.DEAD if _is_given_up(delivery, now) else DeliveryState.QUEUED


def _is_given_up(delivery: Delivery, now: datetime) -> bool:
    """Whether the message is old and was tried often enough: a machine that was off for a week has not tried it yet."""
    return now - delivery.queued_at >= GIVE_UP_AFTER and delivery.attempts >= len(RETRY_MINUTES)


def _wait(delivery: Delivery, error: DeliveryError) -> timedelta:
    """The time of the next attempt: hourly if only a person can fix the fault, so that a wrong password does not lock
    the account. Who asks for quiet (Retry-After) gets it, up to an hour: then it is asked again how long.
    """
    step = len(RETRY_MINUTES) - 1 if error.permanent else min(delivery.attempts, len(RETRY_MINUTES) - 1)
    return max(timedelta(minutes=RETRY_MINUTES[step]), min(error.retry_after or timedelta(), LONGEST_RETRY))
