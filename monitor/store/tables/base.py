"""What all tables share: their collection, the names of their constraints, and how times are stored."""

import zlib
from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, MetaData, Text, TypeDecorator

LEVEL = 9
"""zlib's, the smallest: a page costs a millisecond, and is read from a host once in five seconds."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC. A naive one is a mistake of ours and is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        return None if value is None else value.replace(tzinfo=UTC)


class PackedText(TypeDecorator[str]):
    """A long text, kept compressed (zlib), in two fifths of the bytes; "" as itself, so that it can be asked for. SQL
    can do nothing else with it.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | bytes | None:  # noqa: ARG002
        return zlib.compress(value.encode(), LEVEL) if value else value

    def process_result_value(self, value: str | bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return zlib.decompress(value).decode() if isinstance(value, bytes) else value


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
