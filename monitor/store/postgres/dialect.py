"""How the columns and statements of the store are written for PostgreSQL, where that differs from SQLite.

An integer of SQLite has 64 bits, and ids of busy stores outgrow 32. PostgreSQL's texts have no NUL: whatever hostile
text still has one gets the sign for what cannot be shown in its place.
"""

from typing import Any

from psycopg import Connection
from psycopg.types.string import StrDumper, StrDumperUnknown
from sqlalchemy import BigInteger, Column, Integer, SmallInteger
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGTypeCompiler
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg

NUL, UNSHOWN = "\0", "\N{REPLACEMENT CHARACTER}"
DRIVER = "postgresql+news_monitor"


class Statements(PGCompiler_psycopg):
    """Statements that were made for SQLite."""

    def visit_json_each_func(self, function: Any, **options: Any) -> str:
        return f"json_array_elements_text(CAST({self.process(function.clauses, **options)} AS JSON))"

    def visit_json_array_func(self, function: Any, **options: Any) -> str:
        return f"json_build_array({self.process(function.clauses, **options)})"

    def visit_json_group_array_func(self, function: Any, **options: Any) -> str:
        """As text, and of no rows as an empty list: so SQLite has it."""
        return f"CAST(coalesce(json_agg({self.process(function.clauses, **options)}), '[]') AS TEXT)"

    def visit_max_func(self, function: Any, **options: Any) -> str:
        """The largest of several values; of the values of rows, it is what it is in SQLite."""
        name = "greatest" if len(function.clauses) > 1 else "max"
        return f"{name}({self.process(function.clauses, **options)})"

    def _on_conflict_target(self, clause: Any, **options: Any) -> str:
        """SQLAlchemy's clause for SQLite has all that PostgreSQL's has, but for the name of a constraint."""
        clause.constraint_target = None
        written: str = super()._on_conflict_target(clause, **options)  # type: ignore[no-untyped-call]
        return written


class Tables(PGDDLCompiler):
    """Columns of tables."""

    def get_column_specification(self, column: Column[Any], **options: Any) -> str:
        written: str = super().get_column_specification(column, **options)  # type: ignore[no-untyped-call]
        return written.replace(" SERIAL", " BIGSERIAL")


class Types(PGTypeCompiler):
    """Types of columns."""

    def visit_INTEGER(self, type_: Any, **options: Any) -> str:  # noqa: N802 (SQLAlchemy's name)
        return (
            "BIGINT" if isinstance(options.get("type_expression"), Column) else super().visit_INTEGER(type_, **options)
        )


class AnyInteger(Integer):
    """A number in a statement: the server sees how large it is; no type that may be too small is sent with it."""


class PostgresDialect(PGDialect_psycopg):
    """PostgreSQL by psycopg, for statements that SQLite understands."""

    supports_statement_cache = True
    statement_compiler = Statements
    ddl_compiler = Tables
    type_compiler_cls = Types
    colspecs = PGDialect_psycopg.colspecs | dict.fromkeys((Integer, SmallInteger, BigInteger), AnyInteger)


registry.register("postgresql.news_monitor", __name__, PostgresDialect.__name__)


class _Text(StrDumper):
    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace(NUL, UNSHOWN))


class _AnyText(StrDumperUnknown):
    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace(NUL, UNSHOWN))


def without_nul(connection: Connection[Any]) -> None:
    """Have this connection write texts as PostgreSQL takes them."""
    for dumper in (_Text, _AnyText):  # the last one is asked first
        connection.adapters.register_dumper(str, dumper)
