"""What an edition knew: the highest ids of articles, matches and polls when its making began.

Until here times said what came after an edition, and a wrong clock bends those. What earlier editions knew is taken
from the times once more. From here on ids say it, so those of matches and polls must never be given twice: SQLite only
promises that of a table that is rebuilt, and no table refers to these two.
"""

from collections import deque
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KNOWN = (
    ("last_article", "articles", "first_seen_at"),
    ("last_match", "matches", "matched_at"),
    ("last_poll", "polls", "polled_at"),
)


def upgrade() -> None:
    opts = op.get_context().opts
    for table in ("matches", "polls"):
        with op.batch_alter_table(table, recreate=opts["rebuilt"], table_kwargs={"sqlite_autoincrement": True}):
            pass
    with op.batch_alter_table("editions", recreate=opts["rebuilt"]) as editions:
        for column, _, _ in KNOWN:
            added = sa.Column(column, sa.Integer(), nullable=False, server_default="0")
            editions.add_column(added, **opts["place"](insert_before="page"))
    for column, table, at in KNOWN:
        rows = [{"edition": edition, "last": last} for edition, last in last_ids(table, at)]
        if rows:
            edited = sa.table("editions", sa.column("id"), sa.column(column))
            change = sa.update(edited).where(edited.c.id == sa.bindparam("edition"))
            op.get_bind().execute(change.values({column: sa.bindparam("last")}), rows)


def last_ids(table: str, at: str) -> Iterator[tuple[int, int]]:
    """Each edition, and the highest id among the rows of that table that are not dated after it."""
    waiting, last = deque(in_order_of_time("editions", "made_at")), 0
    for row, time in in_order_of_time(table, at):
        while waiting and waiting[0][1] < time:
            yield waiting.popleft()[0], last
        last = max(last, row)
    yield from ((edition, last) for edition, _ in waiting)


def in_order_of_time(table: str, at: str) -> Iterator[tuple[int, str]]:
    """Ids and times, which are text in one form."""
    time = sa.column(at, sa.String)
    query = sa.select(sa.column("id", sa.Integer), time).select_from(sa.table(table)).order_by(time)
    yield from ((row[0], row[1]) for row in op.get_bind().execute(query))
