"""Several processes on one database: who is there, who leads, and which hosts and recipients each of them has.

All of it is empty where one process does everything, as it does on SQLite.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("does", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("topics", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_workers_ended_at", "workers", ["ended_at"])
    op.create_table(
        "leases",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="fk_leases_worker_id"),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_leases"),
    )
    op.create_index("ix_leases_worker_id", "leases", ["worker_id"])
    op.create_table(
        "leadership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("topics", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="fk_leadership_worker_id"),
        sa.PrimaryKeyConstraint("id", name="pk_leadership"),
    )
