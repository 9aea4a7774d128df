"""What happens to machines: the process is killed at a seam, the disk is full. Real, as far as one process can."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import Pool

NO_LIMIT = 1_073_741_823
"""What SQLite's max_page_count is by default, about."""


class Killed(BaseException):
    """The process is dead. Nothing that it would still do has an effect: each further seam raises this too."""


class Seams:
    """Counts crossings; at the one it is told to it kills. `is_full`: no page more for the database."""

    def __init__(self) -> None:
        self.crossed = 0
        self.left: int | None = None
        """So many crossings until the end; None: none is planned."""
        self.is_dead = False
        self.is_full = False

    def cross(self) -> None:
        self.crossed += 1
        if self.left is not None:
            self.left -= 1
            self.is_dead |= self.left < 0
        if self.is_dead:
            raise Killed

    def revive(self) -> None:
        self.left, self.is_dead = None, False

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Around each statement and each commit of any database of this process, while this lasts."""

        def before_statement(*_details: Any) -> None:
            self.cross()

        def checkout(connection: Any, record: Any, _proxy: Any) -> None:
            if record.info.get("full", False) != self.is_full:
                record.info["full"] = self.is_full
                connection.execute(f"PRAGMA max_page_count={1 if self.is_full else NO_LIMIT}")

        real_commit = DefaultDialect.do_commit

        def commit(dialect: DefaultDialect, connection: Any) -> None:
            self.cross()
            real_commit(dialect, connection)  # type: ignore[no-untyped-call]
            self.cross()

        event.listen(Engine, "before_cursor_execute", before_statement)
        event.listen(Pool, "checkout", checkout)
        DefaultDialect.do_commit = commit  # type: ignore[method-assign]
        try:
            yield
        finally:
            DefaultDialect.do_commit = real_commit  # type: ignore[method-assign]
            event.remove(Engine, "before_cursor_execute", before_statement)
            event.remove(Pool, "checkout", checkout)
