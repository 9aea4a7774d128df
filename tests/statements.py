"""What is asked of the database meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are run, in order; in whatever thread."""
    texts: list[str] = []

    def before(_connection: Any, _cursor: object, statement: str, *_: object) -> None:
        texts.append(statement)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield texts
    finally:
        event.remove(Engine, "before_cursor_execute", before)
