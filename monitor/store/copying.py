"""A store copied into another database (`database copy`): from SQLite to PostgreSQL or back, row by row, with the ids.

Each portion is a transaction of its own. A copy that was interrupted goes on after the last row that is there: rows go
in the order of their keys, and nobody else writes to either database meanwhile. Until all is there the version of the
schema is a mark that no program starts with. The index of searches is not copied; it is built again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, Table, bindparam, column, func, insert, select, tuple_, update
from sqlalchemy import table as any_table

from monitor.errors import StoreError
from monitor.store import Store
from monitor.store.database import Database
from monitor.store.revision import COPYING, VERSION_TABLE, revision_of, revisions
from monitor.store.schema import migrate
from monitor.store.tables import generations, metadata

ROWS, ROWS_WITH_BYTES = 500, 50
"""In a transaction. A message or a page may have a megabyte."""

VERSION = any_table(VERSION_TABLE, column("version_num"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What was copied of a table."""

    table: str
    """Its name."""
    rows: int
    """How many rows both databases have."""


def copy_store(source: Store, target: Store, said: Callable[[str], None] = lambda _table: None) -> list[Copied]:
    """Copy everything; the caller owns both. `said` hears before each table which one comes.

    Raises StoreError if the target has something else in it, or the counts differ at the end.
    """
    found, needed = revisions(source.database)
    if found != needed:
        raise StoreError(f"{source.database.name} has an old schema. Upgrade it first: news-monitor migrate")
    _begin(source.database, target.database)
    for table in metadata.sorted_tables:
        said(table.name)
        _copy(table, source.database, target.database)
    counts = [_counted(table, source.database, target.database) for table in metadata.sorted_tables]
    with target.database.write() as connection:
        target.database.mark_as_living(connection)
        connection.execute(update(VERSION).values(version_num=needed))
    return counts


def _begin(source: Database, target: Database) -> None:
    """Make the tables, unless a copy of this source is there that was begun."""
    revision = revision_of(target)
    mark = f"{COPYING} {_token(source)}"[:32]
    if revision is None:
        migrate(target)
    elif revision != mark:
        with target.read() as connection:
            has_rows = any(connection.scalar(select(1).select_from(each).limit(1)) for each in metadata.sorted_tables)
        if revision.startswith(COPYING) or has_rows:
            raise StoreError(f"{target.name} is not empty. Copy into an empty database.")
    with target.write() as connection:
        connection.execute(update(VERSION).values(version_num=mark))


def _token(database: Database) -> str:
    with database.read() as connection:
        query = select(generations.c.token).order_by(generations.c.id.desc()).limit(1)
        return connection.scalar(query) or ""


def _copy(table: Table, source: Database, target: Database) -> None:
    keys = [*table.primary_key]
    ahead = [each for each in table.columns if any(to.column.table is table for to in each.foreign_keys)]
    with target.read() as connection:
        last = connection.execute(select(*keys).order_by(*(each.desc() for each in keys)).limit(1)).first()
    for rows in _portions(table, keys, source, None if last is None else tuple(last)):
        with target.write() as connection:
            connection.execute(_insertion(table), [_without(row, ahead) for row in rows])
    for each in ahead:
        _point(table, each, source, target)
    if table.autoincrement_column is not None:
        target.go_on_after(table.name, source.last_given(table.name))


def _portions(
    table: Table, keys: list[Column[Any]], source: Database, last: tuple[Any, ...] | None
) -> Iterator[list[dict[str, Any]]]:
    most = ROWS_WITH_BYTES if any(isinstance(each.type, LargeBinary) for each in table.columns) else ROWS
    while True:
        query = select(table).order_by(*keys).limit(most)
        if last is not None:
            values = [bindparam(f"after_{each.name}", value, each.type) for each, value in zip(keys, last, strict=True)]
            query = query.where(tuple_(*keys) > tuple_(*values) if len(keys) > 1 else keys[0] > values[0])
        with source.read() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        if not rows:
            return
        yield rows
        last = tuple(rows[-1][each.name] for each in keys)


def _insertion(table: Table) -> Any:
    """No value of a column of JSON is no value, not the word null."""
    lists = {each.name: bindparam(each.name, type_=JSON(none_as_null=True)) for each in table.columns if _is_json(each)}
    return insert(table).values(lists) if lists else insert(table)


def _is_json(each: Column[Any]) -> bool:
    return isinstance(each.type, JSON)


def _without(row: dict[str, Any], ahead: list[Column[Any]]) -> dict[str, Any]:
    """The row without what points to a row of its own table that comes after it."""
    later = [each.name for each in ahead if row[each.name] is not None and row[each.name] > row["id"]]
    return row | dict.fromkeys(later)


def _point(table: Table, pointing: Column[Any], source: Database, target: Database) -> None:
    with source.read() as connection:
        query = select(table.c.id, pointing).where(pointing > table.c.id)
        rows = [{"row": row[0], "other": row[1]} for row in connection.execute(query)]
    if rows:
        change = update(table).where(table.c.id == bindparam("row")).values({pointing.name: bindparam("other")})
        with target.write() as connection:
            connection.execute(change, rows)


def _counted(table: Table, source: Database, target: Database) -> Copied:
    there, here = (_count(each, table) for each in (target, source))
    if there != here:
        raise StoreError(
            f"{table.name} has {here:,} rows in {source.name} and {there:,} in {target.name}: somebody wrote meanwhile."
            " Empty the new database and copy again."
        )
    return Copied(table=table.name, rows=here)


def _count(database: Database, table: Table) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0
