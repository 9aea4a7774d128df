"""Requests: what commands ask of the daemon that runs beside them, and its answers."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update

from monitor.model.requests import AnyRequest, Outcome, RequestKind, StoredRequest, kind_of
from monitor.policy.clock import latest_credible
from monitor.store.group import Group
from monitor.store.tables import requests


class RequestStore(Group):
    """Requests in the order they came."""

    def ask(self, request: AnyRequest, now: datetime) -> int:
        """Leave a request for the daemon; its id."""
        row = {"kind": kind_of(request), "arguments": asdict(request), "asked_at": now}
        statement = insert(requests).values(row).returning(requests.c.id)
        with self._database.write() as connection:
            request_id: int = connection.execute(statement).scalar_one()
        return request_id

    def open(self, kind: RequestKind) -> tuple[StoredRequest, ...]:
        """The requests of a kind that nobody has answered yet."""
        query = select(requests).where(requests.c.kind == kind, requests.c.done_at.is_(None)).order_by(requests.c.id)
        with self._database.read() as connection:
            return tuple(
                StoredRequest(id=row.id, kind=kind, arguments=row.arguments, asked_at=row.asked_at)
                for row in connection.execute(query)
            )

    def answer(self, request: StoredRequest, outcome: Outcome, now: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(update(requests).where(requests.c.id == request.id).values(done_at=now, outcome=outcome))

    def withdraw(self, request_id: int) -> None:
        """Withdraw a request that nobody has answered: the command no longer waits."""
        with self._database.write() as connection:
            connection.execute(delete(requests).where(requests.c.id == request_id, requests.c.done_at.is_(None)))

    def refuse_open(self, reason: str, now: datetime, asked_before: datetime) -> None:
        """Answer requests to a process that died with an error: the next process does not carry them out.

        That is what was asked before a moment, or while the clock was ahead.
        """
        is_old = or_(requests.c.asked_at < asked_before, requests.c.asked_at > latest_credible(now))
        with self._database.write() as connection:
            refused = update(requests).where(requests.c.done_at.is_(None), is_old)
            connection.execute(refused.values(done_at=now, outcome={"error": reason}))

    def outcome(self, request_id: int) -> Outcome | None:
        """The answer to a request, None while it is open."""
        with self._database.read() as connection:
            found: Outcome | None = connection.scalar(
                select(requests.c.outcome).where(requests.c.id == request_id, requests.c.done_at.is_not(None))
            )
        return found

    def forget(self, before: datetime) -> None:
        """Drop requests older than this, answered or not: no command waits that long."""
        with self._database.write() as connection:
            connection.execute(delete(requests).where(requests.c.asked_at < before))
