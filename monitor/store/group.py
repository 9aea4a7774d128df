"""What the groups of queries share: each has those of one aggregate, and each of its methods is one transaction."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import BigInteger, Column, ColumnElement, Row, Select, String, cast, column, func, select

from monitor.store.database import Database

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Shape = TypeVar("Shape", bound="DataclassInstance")


class Group:
    """The queries of one aggregate."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _all(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """The rows of one query, in a transaction of its own."""
        with self._database.read() as connection:
            return connection.execute(query).all()


def among(chosen: Column[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether the column has one of these. As one value: SQLite takes some ten thousands of them apart, and a digest
    that is given a topic of years may have more.
    """
    return chosen.in_(select(cast(each_of([*ids]), BigInteger)))


def each_of(values: Sequence[int | str]) -> ColumnElement[Any]:
    """The column of these values, of a table that has no other."""
    value: ColumnElement[Any] = func.json_each(json.dumps(values)).table_valued(column("value", String)).c.value
    return value


def from_row(shape: type[Shape], row: Any, **given: Any) -> Shape:
    """An object of a dataclass: the fields that are `given`, the others from the columns of their names."""
    return shape(**{name: given[name] if name in given else getattr(row, name) for name in names_of(shape)})


def values_of(shape: "DataclassInstance") -> dict[str, Any]:
    """The fields of an object of plain values, by their names. `asdict` copies each value, which takes five times as
    long.
    """
    return {name: getattr(shape, name) for name in names_of(type(shape))}


@cache
def names_of(shape: "type[DataclassInstance]") -> tuple[str, ...]:
    """The names of the fields of a dataclass."""
    return tuple(each.name for each in fields(shape))
