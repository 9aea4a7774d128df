"""Requests: what commands ask of the daemon that runs beside them, and its answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from monitor.model.requests import Request, RequestKind
from monitor.store.database import Database
from monitor.store.tables import requests


class RequestStore:
    """Wishes in the order they came."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, kind: RequestKind, arguments: dict[str, Any], now: datetime) -> int:
        statement = insert(requests).values(kind=kind, arguments=arguments, asked_at=now).returning(requests.c.id)
        with self._database.write() as connection:
            request_id: int = connection.execute(statement).scalar_one()
        return request_id

    def open(self, kind: RequestKind) -> tuple[Request, ...]:
        """The requests of a kind that nobody has answered yet."""
        query = select(requests).where(requests.c.kind == kind, requests.c.done_at.is_(None)).order_by(requests.c.id)
        with self._database.read() as connection:
            return tuple(
                Request(id=row.id, kind=RequestKind(row.kind), arguments=row.arguments, asked_at=row.asked_at)
                for row in connection.execute(query)
            )

    def answer(self, request: Request, outcome: dict[str, Any], now: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(update(requests).where(requests.c.id == request.id).values(done_at=now, outcome=outcome))

    def withdraw(self, request_id: int) -> None:
        """Take a request back that nobody has answered: who asked no longer waits."""
        with self._database.write() as connection:
            connection.execute(delete(requests).where(requests.c.id == request_id, requests.c.done_at.is_(None)))

    def refuse_open(self, reason: str, now: datetime, asked_before: datetime) -> None:
        """Answer with an error what was asked of a process that died: the next one does not do it.

        That is what was asked before a moment, or by a clock that was ahead of `now`.
        """
        is_old = or_(requests.c.asked_at < asked_before, requests.c.asked_at > now)
        with self._database.write() as connection:
            refused = update(requests).where(requests.c.done_at.is_(None), is_old)
            connection.execute(refused.values(done_at=now, outcome={"error": reason}))

    def outcome(self, request_id: int) -> dict[str, Any] | None:
        """The answer to a request, None while it is open."""
        with self._database.read() as connection:
            found: dict[str, Any] | None = connection.scalar(
                select(requests.c.outcome).where(requests.c.id == request_id, requests.c.done_at.is_not(None))
            )
        return found

    def forget(self, before: datetime) -> None:
        """Drop requests older than this, answered or not: whoever asked has long gone."""
        with self._database.write() as connection:
            connection.execute(delete(requests).where(requests.c.asked_at < before))
