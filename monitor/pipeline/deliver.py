"""deliver: finished messages are handed over; committed before and after each (rule D7).

It decides nothing: what an answer leads to is `deliver.retry`'s word.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from monitor.deliver import Channel, patience
from monitor.deliver.retry import verdict
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, DeliveryState, Letter, Verdict
from monitor.model.settings import DigestSettings
from monitor.pipeline.publish import archive_due, draft_edition, publish
from monitor.pipeline.stages import Stages

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What one attempt led to, and when; to be committed."""

    delivery: Delivery
    verdict: Verdict
    at: datetime


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
        outcome = verdict(delivery, lost, now, on_unknown=stages.on_unknown)
        if outcome.state is DeliveryState.QUEUED:
            outcome = replace(outcome, next_attempt_at=now)
        stages.store.deliveries.settle(delivery, outcome, now)


def deliver_due(stages: Stages, unsettled: Unsettled, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Hand over every message whose time has come, until `is_stopping` says so between two of them."""
    settle(stages, unsettled)
    for delivery in stages.store.deliveries.due(stages.clock.now()):
        if is_stopping():
            return
        _deliver(stages, delivery, unsettled)


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


def _deliver(stages: Stages, delivery: Delivery, unsettled: Unsettled) -> None:
    """`sending` is committed before the message leaves, the outcome after; nothing is open during I/O (D7)."""
    if not stages.store.deliveries.claim(delivery):
        return
    answer, error = "", None
    try:
        with stages.progress.step(f"message to {delivery.recipient}", patience(stages.channel)):
            answer = stages.channel.send(delivery)
    except DeliveryError as refusal:
        error = refusal
    except Exception as surprise:  # one message must not cost the others
        log.exception("delivery failed", recipient=delivery.recipient)
        error = DeliveryError(stage="data", answer=f"{type(surprise).__name__}: {surprise}", unknown=True)
    now = stages.clock.now()
    outcome = verdict(delivery, error, now, answer, on_unknown=stages.on_unknown)
    log.info("delivered", recipient=delivery.recipient, state=outcome.state, answer=outcome.answer)
    unsettled.append(Settlement(delivery=delivery, verdict=outcome, at=now))
    settle(stages, unsettled)


def settle(stages: Stages, unsettled: Unsettled) -> None:
    """Commit what is known and not stored yet, in order. Raises StoreError, and keeps what is left."""
    while unsettled:
        each = unsettled[0]
        stages.store.deliveries.settle(each.delivery, each.verdict, each.at)
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
        with stages.progress.step(f"message to {delivery.recipient}", patience(stages.channel)):
            return replace(delivery, state=DeliveryState.SENT, answer=stages.channel.send(delivery))
    except DeliveryError as error:
        return replace(delivery, state=DeliveryState.REFUSED, answer=str(error))
