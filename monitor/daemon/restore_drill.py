"""A rehearsal of a restore: a backup is restored in a temporary folder and upgraded, to see what it would send."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from monitor.config import Settings
from monitor.daemon.build import opened
from monitor.daemon.upgrade_notice import reported_to
from monitor.deliver import Channel
from monitor.deliver.routes import towards
from monitor.errors import DeliveryError
from monitor.model.clock import Clock
from monitor.model.delivery import Delivery, DeliveryRecord, DeliveryState, Letter, NewDelivery
from monitor.store.place import place_of
from monitor.store.revision import revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDrill:
    """The result. Messages are named by their Message-ID.

    `sends` would be sent at the first tick after a restore. `repeats` are those of them that are already sent
    according to the backup itself, which would be a bug in the program.
    """

    schema_before: str
    schema: str
    sends: frozenset[str]
    repeats: frozenset[str]


class Recorder:
    """A channel that keeps messages instead of sending them."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.sent: set[str] = set()

    @staticmethod
    def recipient(text: str) -> str:
        """Whoever is in the store was accepted before."""
        return text

    def towards(self, recipient: str) -> Channel:
        return towards(self._channel, recipient)

    def message_id(self, key: str) -> str:
        return self._channel.message_id(key)

    def compose(self, letter: Letter) -> bytes:
        return self._channel.compose(letter)

    def send(self, delivery: Delivery) -> str:
        self.sent.add(delivery.message_id)
        return "recorded"

    def copy_after_refusal(self, delivery: Delivery) -> NewDelivery | None:
        return self._channel.copy_after_refusal(delivery)

    def resent(self, delivery: Delivery, recipient: str, mark: str, now: datetime) -> NewDelivery:
        return self._channel.resent(delivery, recipient, mark, now)

    def advice(self, error: DeliveryError | None) -> str:
        return self._channel.advice(error)

    def described(self, body: bytes) -> Mapping[str, str]:
        return self._channel.described(body)

    def text_of(self, body: bytes) -> str:
        return self._channel.text_of(body)


def rehearse_restore(settings: Settings, backup: Path, clock: Clock) -> RestoreDrill:
    """Restore `backup` in a temporary folder; nothing leaves it. Raises StoreError if the backup does not work."""
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory(prefix="news-monitor-drill-"))
        storage = held.enter_context(place_of(settings.storage).rehearsal(Path(folder)))
        place = place_of(storage)
        place.restore(backup, clock.now())
        before = place.schema_of(backup)
        channel = Recorder(settings.channel)
        rehearsed = replace(settings, storage=storage, mail=channel, routes={})
        with reported_to(lambda _: None), opened(rehearsed, clock, is_matched=False) as jobs:
            jobs.store.database.integrity_check()
            sent_before = jobs.store.deliveries.records(states=[DeliveryState.SENT])
            jobs.publisher.run()
            jobs.outbox.run()
            sent = [each for each in jobs.store.deliveries.records() if each.message_id in channel.sent]
            return RestoreDrill(
                schema_before=before,
                schema=revisions(jobs.store.database)[1],
                sends=frozenset(channel.sent),
                repeats=repeated(sent_before, sent, jobs.store.generations.token()),
            )


def repeated(before: Sequence[DeliveryRecord], sent: Sequence[DeliveryRecord], token: str) -> frozenset[str]:
    """Those of the `sent` messages that say again what one of `before` has said. A restored store names its messages
    by its `token` too, so it is not their names that tell.
    """
    said = {_said(each, token) for each in before}
    return frozenset(each.message_id for each in sent if _said(each, token) in said)


def _said(record: DeliveryRecord, token: str) -> tuple[str, str, str]:
    """What a message is about, and to whom: the edition or, to the operator, what its name says."""
    about = record.slot if record.digest else record.message_id
    for mark in ("-", ".") if token else ():
        about = about.replace(f"{mark}{token}", "")
    return record.digest, about, record.recipient
