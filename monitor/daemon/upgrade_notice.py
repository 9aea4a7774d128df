"""Where an upgrade of the database is reported: in the log, or by a command to a person.

A module of its own, because `upgrade` imports alembic, which takes longer than a short command.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from monitor.log import logger


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """An existing database that has another schema now."""

    before: str
    """The schema that it had."""
    after: str
    """The schema that it has."""
    backup: Path
    """The copy that was made before."""


def _log(upgrade: Upgrade) -> None:
    logger(__name__).info("database upgraded", before=upgrade.before, after=upgrade.after, backup=str(upgrade.backup))


_listener: ContextVar[Callable[[Upgrade], None]] = ContextVar("_listener", default=_log)


def report(upgrade: Upgrade) -> None:
    """Report it to the log, or to whoever asked for that (`reported_to`)."""
    _listener.get()(upgrade)


@contextmanager
def reported_to(listener: Callable[[Upgrade], None]) -> Iterator[None]:
    """While the block runs, upgrades go to `listener` in place of the log."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
