"""Deliveries: the outbox. `sending` is committed before a socket opens, the outcome after the final reply (D7)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select, update

from monitor.model.delivery import Delivery, DeliveryState, Verdict
from monitor.store.database import Database
from monitor.store.tables import deliveries

CLOCK_SLIP = timedelta(days=1)


class DeliveryStore:
    """Finished messages and how far each of them has come."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> tuple[Delivery, ...]:
        """What is queued and may be tried now, in the order it was made.

        Nothing waits longer than hours; a time days ahead was set while the clock was wrong.
        """
        at = deliveries.c.next_attempt_at
        is_due = or_(at <= now, at > now + CLOCK_SLIP)
        query = select(deliveries).where(deliveries.c.state == DeliveryState.QUEUED, is_due)
        query = query.order_by(at, deliveries.c.id)  # by id alone SQLite would read every message ever sent
        with self._database.read() as connection:
            return tuple(_delivery_from_row(row) for row in connection.execute(query))

    def unknown(self) -> tuple[Delivery, ...]:
        """What was being sent when the process died: nobody knows whether it was accepted (D8)."""
        query = select(deliveries).where(deliveries.c.state == DeliveryState.SENDING).order_by(deliveries.c.id)
        with self._database.read() as connection:
            return tuple(_delivery_from_row(row) for row in connection.execute(query))

    def of_edition(self, edition_id: int) -> tuple[Delivery, ...]:
        query = select(deliveries).where(deliveries.c.edition_id == edition_id).order_by(deliveries.c.id)
        with self._database.read() as connection:
            return tuple(_delivery_from_row(row) for row in connection.execute(query))

    def claim(self, delivery: Delivery) -> bool:
        """Commit that this message is about to be handed over; False if somebody else took it."""
        is_ours = (deliveries.c.id == delivery.id, deliveries.c.state == DeliveryState.QUEUED)
        with self._database.write() as connection:
            taken = connection.execute(update(deliveries).where(*is_ours).values(state=DeliveryState.SENDING))
        return taken.rowcount == 1

    def settle(self, delivery: Delivery, verdict: Verdict, now: datetime) -> None:
        """Commit what one attempt led to."""
        is_over = verdict.state is not DeliveryState.QUEUED
        with self._database.write() as connection:
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == delivery.id)
                .values(
                    state=verdict.state,
                    attempts=deliveries.c.attempts + 1,
                    next_attempt_at=verdict.next_attempt_at,
                    finished_at=now if is_over else None,
                    answer=verdict.answer,
                )
            )

    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        query = select(deliveries.c.state, func.count().label("n")).group_by(deliveries.c.state)
        with self._database.read() as connection:
            return {row.state: row.n for row in connection.execute(query)}


def _delivery_from_row(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        edition_id=row.edition_id,
        recipient=row.recipient,
        message_id=row.message_id,
        body=row.body,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        queued_at=row.queued_at,
        next_attempt_at=row.next_attempt_at,
        answer=row.answer,
    )
