"""Who polls and delivers: the process whose sessions hold two advisory locks of the database (rule D19).

The first is held from before the database is opened to the end. The second is held by the very session that writes for
the owner: a process that has lost its sessions, and does not know it yet, cannot write beside the next owner. The
server frees both when their session ends, however it ends.
"""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from monitor.errors import AlreadyRunning, StoreError
from monitor.log import logger
from monitor.store.postgres.address import connection_words, shown
from monitor.store.postgres.faults import as_ours

log = logger(__name__)

OWNER_LOCK, OWNER_WRITES_LOCK = 7_305_410_083, 7_305_410_084
NAME = f"news-monitor {socket.gethostname()[:24]}:{os.getpid()}:{secrets.token_hex(4)}"
"""What the server calls the sessions of this process. They differ from those of a process of the same number."""

OWN = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s AND pid = ANY(%s)"
HOLDERS = """
    SELECT pg_locks.pid, application_name FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (pg_locks.classid::bigint << 32) | pg_locks.objid::bigint = %s
"""


class HeldLock:
    """A lock that this process holds in a session of its own."""

    def __init__(self, url: str) -> None:
        self._url, self._name = url, shown(url)
        self._turn = threading.Lock()
        self._session: psycopg.Connection[Any] | None = None

    def take(self) -> None:
        """Raises AlreadyRunning, StoreError."""
        session = opened(self._url)
        try:
            take(session, OWNER_LOCK, self._name)
            take(session, OWNER_WRITES_LOCK, self._name)
            session.execute("SELECT pg_advisory_unlock(%s)", [OWNER_WRITES_LOCK])  # the session that writes takes it
        except BaseException:
            session.close()
            raise
        self._session = session

    def check(self) -> None:
        """Take the lock again if the session has ended, as it does when the server is restarted. AlreadyRunning if
        another process has it now. A server that does not answer says nothing.
        """
        with self._turn:
            if self._session is None:
                return
            with suppress(psycopg.Error):
                self._session.execute("SELECT 1")
                return
            with suppress(psycopg.Error, StoreError):
                session = opened(self._url)
                try:
                    take(session, OWNER_LOCK, self._name)
                except BaseException:
                    session.close()
                    raise
                self._session.close()
                self._session = session
                log.warning("the session that holds the lock of the database had ended; the lock was taken again")

    def release(self) -> None:
        with self._turn:
            if self._session is not None:
                self._session.close()
            self._session = None


_held: dict[str, HeldLock] = {}


@contextmanager
def held(url: str) -> Iterator[None]:
    """Own polling and delivery while the block runs."""
    lock = HeldLock(url)
    lock.take()
    _held[url] = lock
    try:
        yield
    finally:
        _held.pop(url, None)
        lock.release()


def check_held(url: str) -> None:
    """Raise AlreadyRunning if this process owned the database of this URL, and another one does now."""
    if url in _held:
        _held[url].check()


def is_held(url: str) -> bool:
    """Whether some process owns polling and delivery. Raises StoreError."""
    with opened(url) as session:
        return session.execute(HOLDERS, [OWNER_LOCK]).fetchone() is not None


def take(session: "psycopg.Connection[Any]", number: int, name: str) -> None:
    """Take a lock for this session. A session of this same process that the server has not yet given up, because the
    network failed, is ended first. Raises AlreadyRunning.
    """
    if _takes(session, number):
        return
    there = session.execute(HOLDERS, [number]).fetchall()
    own = [pid for pid, holder in there if holder == NAME]
    if own:
        session.execute(OWN, [NAME, own])
    if not any(_takes(session, number, f"{wait} s") for wait in (0.2, 2)):
        others = ", ".join(sorted(holder or "unknown" for pid, holder in there if pid not in own))
        raise AlreadyRunning(f"news-monitor already runs on the database {name} ({others or 'unknown'}).")


def _takes(session: "psycopg.Connection[Any]", number: int, wait: str = "") -> bool:
    if not wait:
        row = session.execute("SELECT pg_try_advisory_lock(%s)", [number]).fetchone()
        return bool(row and row[0])
    session.execute("SELECT set_config('lock_timeout', %s, false)", [wait.replace(" ", "")])
    try:
        session.execute("SELECT pg_advisory_lock(%s)", [number])
    except psycopg.errors.LockNotAvailable:
        return False
    return True


def opened(url: str) -> "psycopg.Connection[Any]":
    """A session that commits each statement. Raises StoreError."""
    try:
        return psycopg.connect(connection_words(url), autocommit=True, application_name=NAME, connect_timeout=10)
    except psycopg.Error as error:
        raise as_ours(shown(url), error) from error
