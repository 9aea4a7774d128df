"""A database of any schema, with rows in every table: what an upgrade must bring through whole."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    func,
    select,
)

DAY, MOMENT = date(2016, 1, 1), datetime(2016, 1, 1, 12)  # noqa: DTZ001 (as SQLite keeps it)
VERSION_TABLE = "alembic_version"


def fill(connection: Connection, rows: int) -> None:
    """Put so many rows into each table, whatever the schema: the n-th row refers to the n-th row of other tables."""
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        if table.name != VERSION_TABLE:
            made = [{column.name: _value(column, n) for column in table.columns} for n in range(1, rows + 1)]
            connection.execute(table.insert(), made)


def row_counts(connection: Connection) -> Mapping[str, int]:
    metadata = MetaData()
    metadata.reflect(connection)
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in metadata.sorted_tables
        if table.name != VERSION_TABLE
    }


def _value(column: Column[Any], n: int) -> Any:
    if column.name in {"url", "link", "host"}:
        return f"host{n}.example" if column.name == "host" else f"https://host{n}.example/{n}"
    match column.type:
        case Boolean():
            return n % 2 == 0
        case Integer() | Float():
            return n
        case DateTime():
            return MOMENT + timedelta(minutes=n)
        case Date():
            return DAY + timedelta(days=n)
        case LargeBinary():
            return f"bytes {n}".encode()
        case JSON():
            return json.loads("{}")
    return f"{column.name} {n}"
