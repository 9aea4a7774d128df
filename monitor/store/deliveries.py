"""Deliveries: the outbox. `sending` is committed before a socket opens, the outcome after the final reply (D7)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from monitor.errors import UsageError
from monitor.model.delivery import (
    Attempt,
    Delivery,
    DeliveryRecord,
    DeliveryState,
    NewDelivery,
    Undelivered,
    Verdict,
)
from monitor.model.ids import DeliveryId, EditionId
from monitor.model.new_edition import EditionKind, clock_of, day_of
from monitor.policy.clock import latest_credible
from monitor.policy.notes import LONGEST_TRIED
from monitor.policy.pausing import PAUSED
from monitor.policy.retry import CANCELLED, LONGEST_RETRY, LOST, RETRIED
from monitor.policy.suspension import SAYS_SOMETHING, SUSPENDED_AFTER, is_suspended
from monitor.store.group import Group, Shape, from_row
from monitor.store.tables import alert_messages, attempts, deliveries, digests, editions

EVER = datetime.min.replace(tzinfo=UTC)
NAMING = deliveries.alias("naming")
_IS_PAUSED = and_(deliveries.c.state == DeliveryState.CANCELLED, deliveries.c.answer.startswith(f"{PAUSED}: "))


class DeliveryStore(Group):
    """Finished messages and how far each of them has come."""

    def due(self, now: datetime) -> tuple[Delivery, ...]:
        """What may be tried now, oldest first; with it what is older and queued for the same recipient.

        So a recipient gets editions in their order, and a server that is back gets all that waits for it.
        A time that is further ahead than any attempt waits was set while the clock was ahead: it is due.
        """
        at = deliveries.c.next_attempt_at  # null once it is over, so that its index holds what waits and nothing else
        query = select(deliveries.c.id, deliveries.c.recipient, at)
        query = query.where(deliveries.c.state == DeliveryState.QUEUED, at > EVER)
        with self._database.read() as connection:  # sorted here: for ORDER BY id SQLite reads every message ever sent
            waiting = sorted(connection.execute(query), key=lambda row: int(row.id))
        latest = latest_credible(now, LONGEST_RETRY)
        is_due = (row for row in waiting if row.next_attempt_at <= now or row.next_attempt_at > latest)
        newest = {row.recipient: row.id for row in is_due}
        ids = [row.id for row in waiting if row.id <= newest.get(row.recipient, 0)]
        return self.these(ids) if ids else ()

    def unknown(self) -> tuple[Delivery, ...]:
        """The messages that were being sent when the process died: it is not known whether they were accepted (D8)."""
        return self._found(deliveries.c.state == DeliveryState.SENDING)

    def of_edition(self, edition_id: EditionId) -> tuple[Delivery, ...]:
        return self._found(deliveries.c.edition_id == edition_id)

    def these(self, ids: Iterable[DeliveryId]) -> tuple[Delivery, ...]:
        return self._found(deliveries.c.id.in_(ids))

    def claim(self, delivery: Delivery) -> bool:
        """Commit that this message is about to be handed over; False if somebody else took it."""
        is_ours = (deliveries.c.id == delivery.id, deliveries.c.state == DeliveryState.QUEUED)
        with self._database.write() as connection:
            taken = connection.execute(update(deliveries).where(*is_ours).values(state=DeliveryState.SENDING))
        return taken.rowcount == 1

    def settle(self, delivery: Delivery, verdict: Verdict, now: datetime, repair: NewDelivery | None = None) -> None:
        """Commit what one attempt led to, and with it the copy that takes its place, unless it had one before."""
        with self._database.write() as connection:
            _settle(connection, delivery, verdict, now)
            if repair is not None:
                _insert_copy(connection, repair, delivery, now)

    def settle_all(self, verdicts: Sequence[tuple[Delivery, Verdict]], now: datetime) -> None:
        """Commit what the failure of another message means for these, which then need not be tried."""
        with self._database.write() as connection:
            for delivery, verdict in verdicts:
                _settle(connection, delivery, verdict, now)

    def retry(self, ids: Sequence[DeliveryId], now: datetime) -> None:
        """Make these due now, whatever their state. Raises UsageError, and changes none, if one cannot be retried.

        What was given up gets its full time again; what is queued only loses its wait.
        """
        with self._database.write() as connection:
            _check(connection, ids, RETRIED, "tried again")
            chosen = update(deliveries).where(deliveries.c.id.in_(ids))
            is_over = deliveries.c.state != DeliveryState.QUEUED
            anew = {"state": DeliveryState.QUEUED, "queued_at": now, "attempts": 0, "finished_at": None}
            connection.execute(chosen.where(is_over).values(**anew, next_attempt_at=now))
            connection.execute(chosen.values(next_attempt_at=now))

    def copy(self, copies: Sequence[tuple[Delivery, NewDelivery]], now: datetime) -> None:
        """Queue copies of stored messages, each for the edition of the one it is a copy of."""
        with self._database.write() as connection:
            for old, new in copies:
                insert_deliveries(connection, [new], now, edition_id=old.edition_id, repairs=old.id)

    def cancel(self, ids: Sequence[DeliveryId], now: datetime) -> None:
        """Cancel these. Raises UsageError, and changes none, if one is not waiting."""
        over = {"state": DeliveryState.CANCELLED, "next_attempt_at": None, "finished_at": now}
        with self._database.write() as connection:
            _check(connection, ids, CANCELLED, "cancelled")
            connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(**over))

    def suspended(self, recipients: Iterable[str], *, from_alerts: bool = False) -> dict[str, str]:
        """Recipients whose last three editions the server all refused, or who asked for no more (410), and its last
        words about them. `from_alerts`: also those whose last three alerts it refused, who still get editions.

        A delivery of theirs that is tried again by hand ends that, until it is refused too.
        """
        with self._database.read() as connection:
            found = {each: _why_suspended(connection, each, from_alerts=from_alerts) for each in recipients}
        return {recipient: words for recipient, words in found.items() if words is not None}

    def undelivered(self, digest: str, recipients: Sequence[str]) -> dict[str, tuple[Undelivered, ...]]:
        """Editions of a digest that never reached these recipients, or that they had paused, oldest first, and that no
        edition which did reach them, or still may, has named yet (rule D11).
        """
        query = (
            select(deliveries.c.id, deliveries.c.recipient, deliveries.c.answer)
            .add_columns(editions.c.kind, editions.c.slot, editions.c.made_at)
            .select_from(deliveries.join(editions, deliveries.c.edition_id == editions.c.id).join(digests))
            .outerjoin(NAMING, NAMING.c.id == deliveries.c.named_in)
            .where(digests.c.name == digest, deliveries.c.recipient.in_(recipients), deliveries.c.repairs.is_(None))
            .where(or_(_is_lost(deliveries), _IS_PAUSED), or_(NAMING.c.id.is_(None), _is_lost(NAMING)))
            .order_by(deliveries.c.id)
        )
        found: dict[str, tuple[Undelivered, ...]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                found[row.recipient] = (*found.get(row.recipient, ()), _undelivered_from_row(row))
        return found

    def failed(self, since: datetime) -> tuple[DeliveryRecord, ...]:
        """Editions and alerts that failed a recipient since then: they did not arrive, or nobody knows whether they
        did.
        """
        is_unknown = and_(deliveries.c.state == DeliveryState.HELD, deliveries.c.attempts > 0)
        query = delivery_records().where(
            _is_of_readers(since),
            deliveries.c.repairs.is_(None),
            deliveries.c.finished_at > since,
            or_(_is_lost(deliveries), is_unknown),
        )
        with self._database.read() as connection:
            return tuple(
                _with_state(DeliveryRecord, row) for row in connection.execute(query.order_by(deliveries.c.id))
            )

    def replaced(self, since: datetime, forms: Sequence[str]) -> tuple[DeliveryRecord, ...]:
        """Editions and alerts that a server refused since then, and of which one of these forms arrived, which
        Message-IDs name before their `@`.
        """
        copies = deliveries.alias()
        is_form = or_(*(copies.c.message_id.like(f"%.{form}@%") for form in forms))
        replaced = select(copies.c.repairs).where(copies.c.state == DeliveryState.SENT, is_form)
        query = delivery_records().where(
            _is_of_readers(since),
            deliveries.c.repairs.is_(None),
            deliveries.c.finished_at > since,
            deliveries.c.state == DeliveryState.DEAD,
            deliveries.c.id.in_(replaced),
        )
        with self._database.read() as connection:
            return tuple(
                _with_state(DeliveryRecord, row) for row in connection.execute(query.order_by(deliveries.c.id))
            )

    def records(
        self, *, states: Sequence[str] = (), digest: str = "", limit: int | None = None
    ) -> tuple[DeliveryRecord, ...]:
        """Deliveries as people look at them, newest first; only in these states, only of this digest."""
        query = delivery_records().order_by(deliveries.c.id.desc()).limit(limit)
        if states:
            query = query.where(deliveries.c.state.in_(states))
        if digest:
            query = query.where(digests.c.name == digest)
        return tuple(_with_state(DeliveryRecord, row) for row in self._all(query))

    def record(self, delivery_id: DeliveryId) -> tuple[DeliveryRecord, tuple[Attempt, ...], bytes] | None:
        """One delivery, what its attempts came to, oldest first, and its exact bytes; None if there is none."""
        tries = select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.id)
        query = delivery_records().add_columns(deliveries.c.body).where(deliveries.c.id == delivery_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            tried = tuple(_with_state(Attempt, each) for each in connection.execute(tries))
            return _with_state(DeliveryRecord, row), tried, row.body

    def forget_attempts(self, before: datetime) -> None:
        """Drop the words of attempts that old; the last answer stays with the delivery."""
        with self._database.write() as connection:
            connection.execute(delete(attempts).where(attempts.c.last_at < before))

    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        query = select(deliveries.c.state, func.count().label("n")).group_by(deliveries.c.state)
        return {row.state: row.n for row in self._all(query)}

    def _found(self, condition: ColumnElement[bool]) -> tuple[Delivery, ...]:
        query = select(deliveries).where(condition).order_by(deliveries.c.id)
        return tuple(_with_state(Delivery, row) for row in self._all(query))


def insert_deliveries(
    connection: Connection,
    new: Iterable[NewDelivery],
    now: datetime,
    *,
    edition_id: EditionId | None,
    repairs: DeliveryId | None = None,
) -> None:
    """Queue finished messages, hold them or keep them unsent, in the transaction of what they belong to."""
    for each in new:
        row = {
            "edition_id": edition_id,
            "recipient": each.recipient,
            "message_id": each.message_id,
            "body": each.body,
            "state": _first_state(each),
            "answer": each.unwanted or each.held,
            "queued_at": now,
            "next_attempt_at": None if each.held or each.unwanted else now,
            "finished_at": now if each.unwanted else None,
            "repairs": repairs,
        }
        delivery_id = connection.execute(insert(deliveries).values(row).returning(deliveries.c.id)).scalar_one()
        if each.names:
            named = update(deliveries).where(deliveries.c.id.in_(each.names))
            connection.execute(named.values(named_in=delivery_id))


def _first_state(new: NewDelivery) -> DeliveryState:
    if new.unwanted:
        return DeliveryState.CANCELLED
    return DeliveryState.HELD if new.held else DeliveryState.QUEUED


def _settle(connection: Connection, delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    is_over = verdict.state is not DeliveryState.QUEUED
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
    _remember(connection, delivery, verdict, now)


def _insert_copy(connection: Connection, repair: NewDelivery, delivery: Delivery, now: datetime) -> None:
    """A copy of a copy is one of the first message too, which is what counts as arrived or lost."""
    first = delivery.repairs or delivery.id
    is_same = (deliveries.c.repairs == first, deliveries.c.message_id == repair.message_id)
    if connection.execute(select(deliveries.c.id).where(*is_same)).first() is None:
        insert_deliveries(connection, [repair], now, edition_id=delivery.edition_id, repairs=first)


def _remember(connection: Connection, delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    """A server that is down gives the same answer a hundred times; that is stored as one row."""
    newest = select(attempts).where(attempts.c.delivery_id == delivery.id).order_by(attempts.c.id.desc()).limit(1)
    last = connection.execute(newest).first()
    if last is not None and (last.state, last.answer) == (verdict.state, verdict.answer):
        again = update(attempts).where(attempts.c.id == last.id)
        connection.execute(again.values(times=attempts.c.times + 1, last_at=now))
        return
    words = {"state": verdict.state, "answer": verdict.answer, "first_at": now, "last_at": now}
    connection.execute(insert(attempts).values(delivery_id=delivery.id, **words))


def _check(connection: Connection, ids: Sequence[DeliveryId], allowed: Sequence[DeliveryState], what: str) -> None:
    query = select(deliveries.c.id, deliveries.c.state).where(deliveries.c.id.in_(ids))
    states: Mapping[DeliveryId, str] = {row.id: row.state for row in connection.execute(query)}
    unknown = [str(each) for each in ids if each not in states]
    if unknown:
        raise UsageError(f"There is no delivery {', '.join(unknown)}; `deliveries list` lists them.")
    wrong = [f"{each} is {state}" for each, state in sorted(states.items()) if state not in allowed]
    if wrong:
        raise UsageError(
            f"Only deliveries that are {', '.join(allowed)} can be {what}: {', '.join(wrong)}. Nothing was changed."
        )


def _why_suspended(connection: Connection, recipient: str, *, from_alerts: bool) -> str | None:
    """What was said last about a recipient who is suspended; None for one who is not. Alerts follow one another in
    minutes, in which nobody corrects a fault: three of them say nothing about editions.
    """
    is_edition, is_alert = deliveries.c.edition_id.is_not(None), deliveries.c.id.in_(_alerts_to(recipient))
    newest = _last_tries(connection, recipient, or_(is_edition, is_alert))[:1]
    kinds = (is_edition, is_alert) if from_alerts else (is_edition,)
    for rows in (newest, *(_last_tries(connection, recipient, kind) for kind in kinds)):
        if rows and is_suspended([DeliveryState(row.state) for row in rows], rows[0].answer):
            return str(rows[0].answer)
    return None


def _alerts_to(recipient: str) -> Select[Any]:
    return select(alert_messages.c.delivery_id).where(alert_messages.c.recipient == recipient)


def _last_tries(connection: Connection, recipient: str, kind: ColumnElement[bool]) -> Sequence[Row[Any, Any]]:
    query = select(deliveries.c.state, deliveries.c.answer).where(
        deliveries.c.recipient == recipient,
        kind,
        deliveries.c.repairs.is_(None),
        deliveries.c.state.in_(SAYS_SOMETHING),
    )
    return connection.execute(query.order_by(deliveries.c.id.desc()).limit(SUSPENDED_AFTER)).all()


def _is_of_readers(since: datetime) -> ColumnElement[bool]:
    """An edition or an alert, so new that its first failure may be later than `since`; no mail to the operator."""
    editions_ = select(editions.c.id).where(editions.c.made_at > since - LONGEST_TRIED)
    alerts_ = select(alert_messages.c.delivery_id).where(alert_messages.c.made_at > since - LONGEST_TRIED)
    return or_(deliveries.c.edition_id.in_(editions_), deliveries.c.id.in_(alerts_))


def _is_lost(of: FromClause) -> ColumnElement[bool]:
    """Neither the message nor a copy of it for its recipient came, or will by itself."""
    alive = tuple(state for state in DeliveryState if state not in LOST)
    return and_(of.c.state.in_(LOST), ~_has_copy(of, alive))


def _has_copy(of: FromClause, states: Sequence[DeliveryState]) -> ColumnElement[bool]:
    copy = deliveries.alias("copy")
    is_theirs = (copy.c.repairs == of.c.id, copy.c.recipient == of.c.recipient)
    return select(copy.c.id).where(*is_theirs, copy.c.state.in_(states)).exists()


def delivery_records() -> Select[Any]:
    columns = [column for column in deliveries.c if column.name not in {"body", "edition_id", "named_in"}]
    edition = deliveries.outerjoin(editions, deliveries.c.edition_id == editions.c.id).outerjoin(digests)
    first = func.coalesce(deliveries.c.repairs, deliveries.c.id)
    source = edition.outerjoin(alert_messages, alert_messages.c.delivery_id == first)
    digest = func.coalesce(digests.c.name, "alert: " + alert_messages.c.owner, "")
    slot = func.coalesce(editions.c.slot, alert_messages.c.slot, "")
    return select(*columns, digest.label("digest"), slot.label("slot")).select_from(source)


def _undelivered_from_row(row: Row[Any]) -> Undelivered:
    is_scheduled = row.kind == EditionKind.SCHEDULED
    dated = day_of(row.slot) if is_scheduled else row.made_at
    clock = clock_of(row.slot) if is_scheduled else ""
    return Undelivered(delivery_id=row.id, slot=row.slot, dated=dated, answer=row.answer, clock=clock)


def given_up(connection: Connection, since: datetime) -> int:
    """How many were given up since then. Held messages wait for the owner. A lost message counts until its recipient
    has a copy, or was notified of it.
    """
    later = deliveries.alias("later")
    makes_good = or_(later.c.id == deliveries.c.named_in, later.c.repairs == deliveries.c.id)
    is_over = select(later.c.id).where(makes_good, later.c.state == DeliveryState.SENT).exists()
    is_lost = and_(deliveries.c.state.in_(LOST), deliveries.c.repairs.is_(None), ~is_over)
    query = (
        select(func.count())
        .select_from(deliveries)
        .where(deliveries.c.finished_at > since, or_(deliveries.c.state == DeliveryState.HELD, is_lost))
    )
    return connection.scalar(query) or 0


def _with_state(shape: type[Shape], row: Row[Any]) -> Shape:
    return from_row(shape, row, state=DeliveryState(row.state), tried_at=None)
