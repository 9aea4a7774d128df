"""The outlets that were ever seen, so that a new one of an aggregator can be marked.

Those of the stored articles are known from the start; none of the stored articles is marked.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("is_new_outlet", sa.Boolean(), nullable=False, server_default="0"))
    op.create_table(
        "outlets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_outlets"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    seen: dict[str, str] = {}
    query = sa.text("SELECT outlet, min(first_seen_at) AS at FROM articles WHERE outlet <> '' GROUP BY outlet")
    for outlet, at in connection.execute(query):
        name = outlet.casefold()  # which SQLite does for ASCII alone
        seen[name] = min(at, seen.get(name, at))
    if seen:
        insert = sa.text("INSERT INTO outlets (name, first_seen_at) VALUES (:name, :at)")
        connection.execute(insert, [{"name": name, "at": at} for name, at in sorted(seen.items())])
