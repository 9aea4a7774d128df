"""deliver: finished messages are handed over; committed before and after each (rule D7).

It decides nothing: what an answer leads to is decided in `policy.retry`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.deliver import Channel, copy_of_copy, send_timeout, sender_of_batch, server_of
from monitor.deliver.routes import on_unknown
from monitor.errors import DeliveryError, UsageError
from monitor.jobs.leases import Leases
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.delivery import Delivery, DeliveryState, Letter, NewDelivery, Verdict
from monitor.model.ids import DeliveryId, EditionId
from monitor.model.settings import OnUnknown
from monitor.policy.retry import deserves_copy, scope, shared, verdict
from monitor.progress import Progress
from monitor.store import Store

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The result of one attempt, and its time. It is committed together with the `repair` that replaces the message."""

    delivery: Delivery
    verdict: Verdict
    at: datetime
    error: DeliveryError | None = None
    repair: NewDelivery | None = None


Unsettled = list[Settlement]
"""Outcomes that could not be committed because the disk was full or the database busy. Only this process
knows that such a message was accepted: if it forgot that, the message would be sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Sends queued messages, and carries out what a person asks for a delivery."""

    clock: Clock
    progress: Progress
    store: Store
    channel: Channel
    on_unknown: OnUnknown
    """What to do with a message if it is not known whether it arrived."""
    unsettled: Unsettled = field(default_factory=list)
    """Passed on when a reload makes new jobs."""
    leases: Leases | None = None
    """Where several processes deliver: what this one has for itself."""

    def recover(self) -> None:
        """Settle messages of a crashed process whose outcome is unknown (D8).

        A message that has to be repeated is sent immediately.
        """
        with self._mine(each.recipient for each in self.store.deliveries.unknown()) as is_mine:
            self._recover([each for each in self.store.deliveries.unknown() if is_mine(each.recipient)])

    def _recover(self, unknown: Sequence[Delivery]) -> None:
        lost = DeliveryError(stage="data", answer="the program was stopped while it was sending", unknown=True)
        for delivery in unknown:
            now = self.clock.now()
            outcome = verdict(delivery, lost, now, on_unknown=self._on_unknown(delivery))
            if outcome.state is DeliveryState.QUEUED:
                outcome = replace(outcome, next_attempt_at=now)
            self.store.deliveries.settle(delivery, outcome, now)

    def run(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        """Send every message that is due, until `is_stopping` returns true between two of them."""
        self.settle()
        deliveries = self.store.deliveries
        if self.leases is not None:
            self.leases.return_kept()
            self.recover()  # what others were sending when they died
        due = deliveries.due(self.clock.now())
        with self._mine(each.recipient for each in due) as is_mine, sender_of_batch(self.channel) as send:
            if due and self.leases is not None:  # another process may have sent some of them before this one had them
                due = deliveries.due(self.clock.now())
            waiting = tuple(each for each in due if is_mine(each.recipient))
            while waiting and not is_stopping():
                delivery, *rest = waiting
                attempt = self._deliver(delivery, send)
                waiting = tuple(rest) if attempt is None or attempt.error is None else self._spared(rest, attempt)

    @contextmanager
    def _mine(self, recipients: Iterable[str]) -> Iterator[Callable[[str], bool]]:
        """While the block runs, no other process sends to those of these that the answer is true for: so each gets
        messages in their order, and a message that is being sent is not taken for one that was lost.
        """
        if self.leases is None:
            yield lambda _: True
            return
        mine = self.leases.recipients(set(recipients))
        try:
            yield mine.__contains__
        finally:
            self.leases.return_recipients(mine, but={each.delivery.recipient for each in self.unsettled})

    def try_out(self, letters: Sequence[Letter]) -> tuple[Delivery, ...]:
        """Send these without storing anything. Returns their states afterwards."""
        return tuple(self._tried(_unstored(self.channel, letter)) for letter in letters)

    def retry(self, ids: Sequence[DeliveryId], is_stopping: Callable[[], bool] = lambda: False) -> tuple[Delivery, ...]:
        """Try these again now, whatever their state. Returns their states afterwards. Raises UsageError."""
        self.settle()
        self.store.deliveries.retry(ids, self.clock.now())
        self.run(is_stopping)
        return self.store.deliveries.these(ids)

    def resend(
        self,
        edition_id: EditionId,
        recipients: Sequence[str],
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> tuple[Delivery, ...]:
        """Send an edition again, or to a new recipient. Returns the copies after the first
        attempt. Raises UsageError.
        """
        self.settle()
        sent, now = self.store.deliveries.of_edition(edition_id), self.clock.now()
        if not sent:
            raise UsageError(f"Edition {edition_id} was not mailed to anybody, so there is no message to send again.")
        copies, token = [], self.store.generations.token()
        for number, recipient in enumerate(recipients, len(sent)):
            theirs = [each for each in sent if each.recipient == recipient] or sent
            old = next((each for each in theirs if each.body), None)
            if old is None:
                raise UsageError(f"The message to {recipient} is gone (older than [storage] keep); its page is not.")
            mark = f"{number}.{token}" if token else f"{number}"
            copies.append((old, self.channel.resent(old, recipient, mark, now)))
        self.store.deliveries.copy(copies, now)
        self.run(is_stopping)
        return self.store.deliveries.of_edition(edition_id)[len(sent) :]

    def cancel(self, ids: Sequence[DeliveryId]) -> tuple[Delivery, ...]:
        """Cancel these. Returns their states afterwards. Raises UsageError."""
        self.store.deliveries.cancel(ids, self.clock.now())
        return self.store.deliveries.these(ids)

    def _deliver(self, delivery: Delivery, send: Callable[[Delivery], str]) -> Settlement | None:
        """Send one message: `sending` is committed before, the outcome after; no transaction is open during I/O (D7).

        None if another process has taken it.
        """
        if not self.store.deliveries.claim(delivery):
            return None
        answer, error = "", None
        try:
            with self.progress.step(f"message to {delivery.recipient}", send_timeout(self.channel)):
                answer = send(replace(delivery, tried_at=self.clock.now()))
        except DeliveryError as refusal:
            error = refusal
        except Exception as surprise:  # one message must not affect the others
            log.exception("delivery failed", recipient=delivery.recipient)
            error = DeliveryError(stage="data", answer=f"{type(surprise).__name__}: {surprise}", unknown=True)
        now = self.clock.now()
        outcome = verdict(delivery, error, now, answer, on_unknown=self._on_unknown(delivery))
        log.info("delivered", recipient=delivery.recipient, state=outcome.state, answer=outcome.answer)
        repair = None
        if error and deserves_copy(error):
            repair = _copy(self.channel, replace(delivery, answer=outcome.answer))
        settlement = Settlement(delivery=delivery, verdict=outcome, at=now, error=error, repair=repair)
        self.unsettled.append(settlement)
        self.settle()
        return settlement

    def _spared(self, waiting: Sequence[Delivery], failed: Settlement) -> tuple[Delivery, ...]:
        """The messages left to try after a failure. Those that share the fault are settled untried, and retried
        together.
        """
        error = failed.error
        if error is None or failed.verdict.state is DeliveryState.REFUSED:
            return tuple(waiting)
        reach, recipient = scope(error), failed.delivery.recipient
        server = server_of(self.channel, recipient)
        sharing = [
            each
            for each in waiting
            if (reach == "server" and server_of(self.channel, each.recipient) == server)
            or (reach == "recipient" and each.recipient == recipient)
        ]
        if sharing:
            verdicts = [(each, shared(each, error, failed.verdict, failed.at)) for each in sharing]
            self.store.deliveries.settle_all(verdicts, failed.at)
        return tuple(each for each in waiting if each not in sharing)

    def settle(self) -> None:
        """Commit outcomes that are not stored yet, in order. Raises StoreError, and keeps the rest."""
        while self.unsettled:
            each = self.unsettled[0]
            self.store.deliveries.settle(each.delivery, each.verdict, each.at, each.repair)
            del self.unsettled[0]

    def _on_unknown(self, delivery: Delivery) -> OnUnknown:
        return on_unknown(self.channel, delivery.recipient, self.on_unknown)

    def _tried(self, delivery: Delivery) -> Delivery:
        try:
            with self.progress.step(f"message to {delivery.recipient}", send_timeout(self.channel)):
                return replace(
                    delivery,
                    state=DeliveryState.SENT,
                    answer=self.channel.send(replace(delivery, tried_at=self.clock.now())),
                )
        except DeliveryError as error:
            return replace(delivery, state=DeliveryState.REFUSED, answer=str(error))


def _copy(channel: Channel, delivery: Delivery) -> NewDelivery | None:
    """None also if the channel fails at it: what became of the message itself must be kept in any case."""
    try:
        return channel.copy_after_refusal(delivery) if delivery.repairs is None else copy_of_copy(channel, delivery)
    except Exception:
        log.exception("no copy after a refusal", delivery=delivery.id)
        return None


def _unstored(channel: Channel, letter: Letter) -> Delivery:
    return Delivery(
        id=DeliveryId(0),
        edition_id=EditionId(0),
        recipient=letter.recipient,
        message_id=letter.message_id,
        body=channel.compose(letter),
        state=DeliveryState.QUEUED,
        attempts=0,
        queued_at=letter.date,
        next_attempt_at=letter.date,
    )
