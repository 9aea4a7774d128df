"""How the columns of the store are written for PostgreSQL.

An integer of SQLite has 64 bits, and ids of busy stores outgrow 32. PostgreSQL's texts have no NUL; whatever hostile
text still has one gets the sign for what cannot be shown in its place. Where one statement differs between the two
databases, a function here says it for both.
"""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Integer, String, cast, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler, TypeCompiler
from sqlalchemy.sql.functions import GenericFunction


@compiles(Integer, "postgresql")
def _integer(type_: Integer, compiler: TypeCompiler, **options: Any) -> str:  # noqa: ARG001 (SQLAlchemy's signature)
    return "BIGINT"


@compiles(CreateColumn, "postgresql")
def _column(column: CreateColumn, compiler: DDLCompiler, **options: Any) -> str:
    written: str = compiler.visit_create_column(column, **options)
    return written.replace(" SERIAL", " BIGSERIAL")
