"""The outbox in full: what each attempt came to, repaired copies, editions named as undelivered, notes to the operator.

`deliveries.edition_id` may be null from here on: a mail to the operator belongs to no edition. SQLite can only
change a column by rebuilding its table; no table refers to `deliveries` before this script has run.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    widen_deliveries()
    create_attempts()
    create_notes()


def widen_deliveries() -> None:
    opts = op.get_context().opts
    with op.batch_alter_table("deliveries", recreate=opts["rebuilt"]) as deliveries:
        deliveries.alter_column("edition_id", existing_type=sa.Integer(), nullable=True)
        deliveries.add_column(sa.Column("repairs", sa.Integer(), nullable=True), **opts["place"](insert_before="body"))
        deliveries.add_column(sa.Column("named_in", sa.Integer(), nullable=True), **opts["place"](insert_before="body"))
        deliveries.create_foreign_key("fk_deliveries_repairs", "deliveries", ["repairs"], ["id"])
        deliveries.create_foreign_key("fk_deliveries_named_in", "deliveries", ["named_in"], ["id"])
    op.create_index("ix_deliveries_recipient", "deliveries", ["recipient"], unique=False)
    op.create_index("ix_deliveries_repairs", "deliveries", ["repairs"], unique=False)


def create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_attempts_delivery_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_delivery_id", "attempts", ["delivery_id"], unique=False)
    op.create_index("ix_attempts_last_at", "attempts", ["last_at"], unique=False)


def create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("over_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notes_kind_key", "notes", ["kind", "key"], unique=False)
    op.create_index("ix_notes_over_at", "notes", ["over_at"], unique=False)
