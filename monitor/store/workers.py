"""Processes that share a database, and what each has for itself. All times are the server's: clocks of machines differ.

Nothing here takes part in the order of writing (`Database.brief`): a lease is had or not by the rows alone.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Interval,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.sqlite import insert as insert_or

from monitor.model.worker import Duty, LeaseKind, Pulse, WorkerId, WorkerStanding
from monitor.policy.workers import DEAD_AFTER, REMEMBERED
from monitor.store.feeds import is_due
from monitor.store.group import Group
from monitor.store.tables import UtcDateTime, feeds, leadership, leases, workers

NOW: ColumnElement[datetime] = func.timezone("utc", func.clock_timestamp(), type_=UtcDateTime)
UP_SINCE: ColumnElement[datetime] = func.timezone("utc", func.pg_postmaster_start_time(), type_=UtcDateTime)
"""While the server is down, nobody can say that he lives."""

END_SESSIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = ANY(:names) AND pid <> pg_backend_pid()
"""
IS_FREE = leases.c.worker_id.is_(None)
LOOK_AT = 2_000
"""So many feeds that are due are looked at for hosts that nobody has."""


class WorkerStore(Group):
    """Who is there. On SQLite there is nobody: one process does everything."""

    def enter(self, name: str, version: str, topics: str) -> WorkerId:
        """Have this process known from now on. It does nothing yet."""
        row = {"name": name, "does": "", "version": version, "topics": topics}
        statement = insert(workers).values(**row, started_at=NOW, seen_at=NOW).returning(workers.c.id)
        with self._database.brief() as connection:
            return WorkerId(connection.execute(statement).scalar_one())

    def beat(self, worker: WorkerId, topics: str, duties: Collection[Duty]) -> Pulse:
        """Say that this worker lives, what it does and which topics it has."""
        lives = update(workers).where(workers.c.id == worker, workers.c.ended_at.is_(None))
        facts = {"topics": topics, "does": " ".join(sorted(duties))}
        with self._database.brief() as connection:
            is_ours = connection.execute(lives.values(seen_at=NOW, **facts)).rowcount == 1
            others = select(workers.c.does).where(workers.c.ended_at.is_(None), workers.c.id != worker)
            duties = {Duty(word) for does in connection.scalars(others) for word in does.split()}
            agreed = connection.scalar(select(leadership.c.topics))
        return Pulse(is_ours=is_ours, topics=agreed or "", others=frozenset(duties))

    def bury(self, patience: timedelta = DEAD_AFTER) -> tuple[str, ...]:
        """End the workers that have not been heard of for so long while the server was up: what they had is free, their
        sessions are closed, and they write nothing more. Returns their names.
        """
        last = func.greatest(workers.c.seen_at, UP_SINCE, type_=UtcDateTime)
        silent = select(workers.c.id).where(workers.c.ended_at.is_(None), NOW - last > patience)
        ending = update(workers).where(workers.c.id.in_(silent.with_for_update(skip_locked=True)))
        with self._database.brief() as connection:
            dead = connection.execute(ending.values(ended_at=NOW).returning(workers.c.id, workers.c.name)).all()
            if dead:
                _free(connection, [row.id for row in dead])
                connection.execute(text(END_SESSIONS), {"names": [row.name for row in dead]})
        return tuple(row.name for row in dead)

    def leave(self, worker: WorkerId) -> None:
        """End this worker: what it had is free."""
        with self._database.brief() as connection:
            connection.execute(update(workers).where(workers.c.id == worker).values(ended_at=NOW))
            _free(connection, [worker])

    def lead(self, worker: WorkerId, topics: str) -> None:
        """Note that this worker leads, by these topics. If they are others than before, nobody may store articles
        until they are published.
        """
        row = {"id": 1, "worker_id": worker, "topics": ""}
        is_same = case((leadership.c.topics == topics, topics), else_="")
        other = {"worker_id": worker, "topics": is_same}
        statement = insert_or(leadership).values(row).on_conflict_do_update(index_elements=["id"], set_=other)
        with self._database.write() as connection:  # in the order of writing: what was begun before it is committed
            connection.execute(statement)

    def publish_topics(self, worker: WorkerId, topics: str) -> None:
        """Let all store articles that match by these topics."""
        mine = update(leadership).where(leadership.c.worker_id == worker)
        with self._database.write() as connection:
            connection.execute(mine.values(topics=topics))

    def all(self) -> tuple[WorkerStanding, ...]:
        """Those that live, in the order in which they came."""
        hosts = select(func.count()).where(leases.c.worker_id == workers.c.id, leases.c.kind == LeaseKind.HOST)
        leads = exists().where(leadership.c.worker_id == workers.c.id)
        agreed = select(leadership.c.topics).scalar_subquery()
        columns = (hosts.scalar_subquery().label("hosts"), leads.label("leads"), agreed.label("agreed"))
        query = select(workers, *columns, self._now().label("now")).where(workers.c.ended_at.is_(None))
        return tuple(_standing(row) for row in self._all(query.order_by(workers.c.id)))

    def forget(self) -> None:
        """Drop workers and leases that say nothing more."""
        old = NOW - literal(REMEMBERED, Interval())
        named = select(leadership.c.worker_id).union(select(leases.c.worker_id).where(~IS_FREE))
        with self._database.brief() as connection:
            connection.execute(delete(leases).where(IS_FREE, or_(leases.c.asked_at.is_(None), leases.c.asked_at < old)))
            connection.execute(delete(workers).where(workers.c.ended_at < old, workers.c.id.not_in(named)))

    # ---- Leases

    def take_hosts(
        self, worker: WorkerId, most: int, now: datetime, but: Iterable[str] = ()
    ) -> Mapping[str, timedelta | None]:
        """Have hosts that nobody has and of which feeds are due, the longest overdue first, but none of these: how long
        ago each was asked by another process, None if it was not lately.
        """
        taken = exists().where(leases.c.kind == LeaseKind.HOST, leases.c.key == feeds.c.host, ~IS_FREE)
        due = select(feeds.c.host, feeds.c.next_poll_at).where(feeds.c.is_configured, is_due(now), ~taken)
        due = due.where(feeds.c.host.not_in([*but])) if but else due
        some = due.order_by(feeds.c.next_poll_at).limit(LOOK_AT).subquery()
        hosts = select(some.c.host).group_by(some.c.host).order_by(func.min(some.c.next_poll_at)).limit(most).subquery()
        rows = select(literal(LeaseKind.HOST), hosts.c.host, literal(worker)).order_by(hosts.c.host)
        with self._database.brief() as connection:
            return _taken(connection, rows, worker)

    def take(self, worker: WorkerId, kind: LeaseKind, keys: Collection[str]) -> Mapping[str, timedelta | None]:
        """Have those of these that nobody has: how long ago each was asked by another process."""
        rows = [{"kind": kind, "key": key, "worker_id": worker} for key in sorted(keys)]
        if not rows:
            return {}
        with self._database.brief() as connection:
            return _taken(connection, rows, worker)

    def are_polling(self) -> bool:
        """Whether any worker has a host."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(exists().where(leases.c.kind == LeaseKind.HOST, ~IS_FREE))))

    def give_back(self, worker: WorkerId, kind: LeaseKind, keys: Iterable[str]) -> None:
        """Free these, asked just now."""
        mine = update(leases).where(leases.c.worker_id == worker, leases.c.kind == kind, leases.c.key.in_([*keys]))
        with self._database.brief() as connection:
            connection.execute(mine.values(worker_id=None, asked_at=NOW))

    def _now(self) -> ColumnElement[datetime]:
        return NOW if self._database.is_shared else func.current_timestamp(type_=UtcDateTime)


def _taken(connection: Connection, rows: Any, worker: WorkerId) -> Mapping[str, timedelta | None]:
    names = ["kind", "key", "worker_id"]
    statement = insert_or(leases).values(rows) if isinstance(rows, list) else insert_or(leases).from_select(names, rows)
    statement = statement.on_conflict_do_update(
        index_elements=["kind", "key"], set_={"worker_id": worker}, where=IS_FREE
    )
    since = (NOW - leases.c.asked_at).label("since")
    return {row.key: row.since for row in connection.execute(statement.returning(leases.c.key, since))}


def _free(connection: Connection, ids: Collection[int]) -> None:
    connection.execute(update(leases).where(leases.c.worker_id.in_(ids)).values(worker_id=None, asked_at=NOW))


def _standing(row: Any) -> WorkerStanding:
    duties = tuple(Duty(word) for word in row.does.split())
    return WorkerStanding(
        id=WorkerId(row.id),
        name=row.name,
        duties=duties,
        leads=row.leads,
        is_waiting=Duty.POLL in duties and row.topics != row.agreed,
        hosts=row.hosts,
        version=row.version,
        started_at=row.started_at,
        seen_at=row.seen_at,
        silent_for=row.now - row.seen_at,
    )
