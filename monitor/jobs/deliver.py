"""deliver: finished messages are handed over; committed before and after each (rule D7).

It decides nothing: what an answer leads to is `deliver.retry`'s word.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from monitor.deliver import Channel, send_timeout
from monitor.deliver.plain_copy import plain_copy
from monitor.deliver.resent import resent
from monitor.deliver.retry import deserves_plain_copy, scope, shared, verdict
from monitor.errors import DeliveryError, UsageError
from monitor.jobs.archive_writer import archive_due
from monitor.jobs.publish import draft_edition, publish
from monitor.jobs.stages import Stages
from monitor.model.delivery import Delivery, DeliveryState, Letter, NewDelivery, Verdict
from monitor.model.settings import DigestSettings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What one attempt led to, and when; to be committed, and with it the `repair` that takes the message's place."""

    delivery: Delivery
    verdict: Verdict
    at: datetime
    error: DeliveryError | None = None
    repair: NewDelivery | None = None


Unsettled = list[Settlement]
"""Outcomes that could not be committed, because the disk was full or the database busy. Only this process
knows that such a message was accepted: to forget it would be to send it again."""


def recover(stages: Stages) -> None:
    """Finish what a process that died left behind: pages to write, messages of unknown fate (D8).

    A message that is to be repeated goes out at once.
    """
    archive_due(stages)
    lost = DeliveryError(stage="data", answer="the program was stopped while it was sending", unknown=True)
    for delivery in stages.store.deliveries.unknown():
        now = stages.clock.now()
        outcome = verdict(delivery, lost, now, on_unknown=stages.mailing.on_unknown)
        if outcome.state is DeliveryState.QUEUED:
            outcome = replace(outcome, next_attempt_at=now)
        stages.store.deliveries.settle(delivery, outcome, now)


def deliver_due(stages: Stages, unsettled: Unsettled, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Hand over every message whose time has come, until `is_stopping` says so between two of them."""
    settle(stages, unsettled)
    waiting = stages.store.deliveries.due(stages.clock.now())
    while waiting and not is_stopping():
        delivery, *rest = waiting
        attempt = _deliver(stages, delivery, unsettled)
        waiting = tuple(rest) if attempt is None or attempt.error is None else _spared(stages, rest, attempt)


def send_now(
    stages: Stages, digest: DigestSettings, unsettled: Unsettled, is_stopping: Callable[[], bool] = lambda: False
) -> tuple[Delivery, ...]:
    """Publish a manual edition and hand it over; its deliveries as they stand after the first attempt."""
    edition_id = publish(stages, digest)
    if edition_id is None:
        return ()
    deliver_due(stages, unsettled, is_stopping)
    return stages.store.deliveries.of_edition(edition_id)


def send_test(stages: Stages, digest: DigestSettings) -> tuple[Delivery, ...]:
    """Hand over what an edition would be now, and keep nothing of it: no edition, no marks, no delivery rows."""
    letters = draft_edition(stages, digest, is_test=True).letters
    return tuple(_tried(stages, _unstored(stages.channel, letter)) for letter in letters)


def retry(
    stages: Stages, ids: Sequence[int], unsettled: Unsettled, is_stopping: Callable[[], bool] = lambda: False
) -> tuple[Delivery, ...]:
    """Try these again now, whatever became of them; as they stand afterwards. Raises UsageError."""
    settle(stages, unsettled)
    stages.store.deliveries.retry(ids, stages.clock.now())
    deliver_due(stages, unsettled, is_stopping)
    return stages.store.deliveries.these(ids)


def resend(
    stages: Stages,
    edition_id: int,
    recipients: Sequence[str],
    unsettled: Unsettled,
    is_stopping: Callable[[], bool] = lambda: False,
) -> tuple[Delivery, ...]:
    """Send an edition again, or to somebody new: copies, as they stand after the first attempt. Raises UsageError."""
    settle(stages, unsettled)
    sent, now = stages.store.deliveries.of_edition(edition_id), stages.clock.now()
    if not sent:
        raise UsageError(f"Edition {edition_id} was mailed to nobody, so there is no message to send again.")
    copies = []
    for number, recipient in enumerate(recipients, len(sent)):
        theirs = [each for each in sent if each.recipient == recipient] or sent
        old = next((each for each in theirs if each.body), None)
        if old is None:
            raise UsageError(f"The message to {recipient} is gone (older than [storage] keep); its page is not.")
        letter = resent(old, recipient, number, now)
        body = stages.channel.compose(letter)
        copies.append((old, NewDelivery(recipient=recipient, message_id=letter.message_id, body=body)))
    stages.store.deliveries.copy(copies, now)
    deliver_due(stages, unsettled, is_stopping)
    return stages.store.deliveries.of_edition(edition_id)[len(sent) :]


def cancel(stages: Stages, ids: Sequence[int]) -> tuple[Delivery, ...]:
    """Never send these; as they stand afterwards. Raises UsageError."""
    stages.store.deliveries.cancel(ids, stages.clock.now())
    return stages.store.deliveries.these(ids)


def _deliver(stages: Stages, delivery: Delivery, unsettled: Unsettled) -> Settlement | None:
    """`sending` is committed before the message leaves, the outcome after; nothing is open during I/O (D7).

    None if somebody else has taken it.
    """
    if not stages.store.deliveries.claim(delivery):
        return None
    answer, error = "", None
    try:
        with stages.progress.step(f"message to {delivery.recipient}", send_timeout(stages.channel)):
            answer = stages.channel.send(delivery)
    except DeliveryError as refusal:
        error = refusal
    except Exception as surprise:  # one message must not cost the others
        log.exception("delivery failed", recipient=delivery.recipient)
        error = DeliveryError(stage="data", answer=f"{type(surprise).__name__}: {surprise}", unknown=True)
    now = stages.clock.now()
    outcome = verdict(delivery, error, now, answer, on_unknown=stages.mailing.on_unknown)
    log.info("delivered", recipient=delivery.recipient, state=outcome.state, answer=outcome.answer)
    repair = _plain(stages.channel, delivery) if error and deserves_plain_copy(delivery, error) else None
    settlement = Settlement(delivery=delivery, verdict=outcome, at=now, error=error, repair=repair)
    unsettled.append(settlement)
    settle(stages, unsettled)
    return settlement


def _spared(stages: Stages, waiting: Sequence[Delivery], failed: Settlement) -> tuple[Delivery, ...]:
    """What is left to try after a failure. What shares the fault is settled untried, and tried again together."""
    error = failed.error
    if error is None or failed.verdict.state is DeliveryState.REFUSED:
        return tuple(waiting)
    reach, recipient = scope(error), failed.delivery.recipient
    sharing = [each for each in waiting if reach == "server" or (reach == "recipient" and each.recipient == recipient)]
    if sharing:
        verdicts = [(each, shared(each, error, failed.verdict, failed.at)) for each in sharing]
        stages.store.deliveries.settle_all(verdicts, failed.at)
    return tuple(each for each in waiting if each not in sharing)


def _plain(channel: Channel, delivery: Delivery) -> NewDelivery | None:
    """None if no letter can be read out of it: what became of the message itself must be kept in any case."""
    try:
        letter = plain_copy(delivery)
        return NewDelivery(recipient=letter.recipient, message_id=letter.message_id, body=channel.compose(letter))
    except Exception:
        log.exception("no plain copy", delivery=delivery.id)
        return None


def settle(stages: Stages, unsettled: Unsettled) -> None:
    """Commit what is known and not stored yet, in order. Raises StoreError, and keeps what is left."""
    while unsettled:
        each = unsettled[0]
        stages.store.deliveries.settle(each.delivery, each.verdict, each.at, each.repair)
        del unsettled[0]


def _unstored(channel: Channel, letter: Letter) -> Delivery:
    return Delivery(
        id=0,
        edition_id=0,
        recipient=letter.recipient,
        message_id=letter.message_id,
        body=channel.compose(letter),
        state=DeliveryState.QUEUED,
        attempts=0,
        queued_at=letter.date,
        next_attempt_at=letter.date,
    )


def _tried(stages: Stages, delivery: Delivery) -> Delivery:
    try:
        with stages.progress.step(f"message to {delivery.recipient}", send_timeout(stages.channel)):
            return replace(delivery, state=DeliveryState.SENT, answer=stages.channel.send(delivery))
    except DeliveryError as error:
        return replace(delivery, state=DeliveryState.REFUSED, answer=str(error))
