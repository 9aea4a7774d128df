"""What one attempt leads to, decided from facts alone: a pure function of the delivery, the error and the time.

Nothing is sent or stored here. Whoever sends calls `verdict` afterwards and stores what it says.
"""

from datetime import datetime, timedelta
from typing import Literal

from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, DeliveryState, Verdict

OnUnknown = Literal["resend", "hold"]

RETRY_MINUTES = (5, 15, 30, 60)
"""Rule D11: quick at first, for greylisting; the last one repeats."""

GIVE_UP_AFTER = timedelta(days=5)
"""RFC 5321 §4.5.4.1 asks for at least four to five days."""

LOGIN_CODES = frozenset({530, 534, 535, 538})
"""RFC 4954 §6: a login is required, too weak, wrong, or needs encryption; at whatever stage it is said."""


def verdict(
    delivery: Delivery,
    error: DeliveryError | None,
    now: datetime,
    answer: str = "",
    on_unknown: OnUnknown = "resend",
) -> Verdict:
    """The next state after an attempt that ended with `answer`, or with `error`.

    `delivery` is as it was before the attempt: `attempts` does not count it yet. A fault on our
    side is retried for ever, because the owner can mend it and then wants every digest. An unknown
    outcome is sent again, byte for byte and with the same Message-ID, unless the owner prefers a
    possible loss to a possible repeat: then it is held (rule D8).
    """
    if error is None:
        return Verdict(state=DeliveryState.SENT, next_attempt_at=None, answer=answer)
    state = _next_state(delivery, error, now, on_unknown)
    due_at = now + _wait(delivery, error) if state is DeliveryState.QUEUED else None
    return Verdict(state=state, next_attempt_at=due_at, answer=str(error))


def is_ours(error: DeliveryError) -> bool:
    """Whether the fault lies in our settings, login or disk: nobody has judged recipient or message yet."""
    return (
        error.stage in {"tls", "login", "write"}
        or (error.permanent and error.stage not in {"recipient", "data"})
        or error.code in LOGIN_CODES
    )


def _next_state(delivery: Delivery, error: DeliveryError, now: datetime, on_unknown: OnUnknown) -> DeliveryState:
    if error.unknown and on_unknown == "hold":
        return DeliveryState.HELD
    if is_ours(error):
        return DeliveryState.QUEUED
    if error.permanent:
        return DeliveryState.REFUSED if error.stage == "recipient" else DeliveryState.DEAD
    return DeliveryState.DEAD if _is_given_up(delivery, now) else DeliveryState.QUEUED


def _is_given_up(delivery: Delivery, now: datetime) -> bool:
    """Old, and tried often enough: a machine that was off for a week has not tried anything yet."""
    return now - delivery.queued_at >= GIVE_UP_AFTER and delivery.attempts >= len(RETRY_MINUTES)


def _wait(delivery: Delivery, error: DeliveryError) -> timedelta:
    """Hourly for what only a person can mend, so that a wrong password does not lock the account."""
    step = len(RETRY_MINUTES) - 1 if error.permanent else min(delivery.attempts, len(RETRY_MINUTES) - 1)
    return timedelta(minutes=RETRY_MINUTES[step])
