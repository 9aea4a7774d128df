"""Corrections: the last edit that an edition knew, and which corrections it reported.

What was edited before the upgrade is not reported: every edition so far knows the edits of that moment. From here on an
edit with a higher id came after an edition, so their ids must never be given twice, which SQLite only promises of a
table that is rebuilt; no table refers to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    opts = op.get_context().opts
    with op.batch_alter_table("revisions", recreate=opts["rebuilt"], table_kwargs={"sqlite_autoincrement": True}):
        pass
    with op.batch_alter_table("editions", recreate=opts["rebuilt"]) as editions:
        added = sa.Column("last_revision", sa.Integer(), nullable=False, server_default="0")
        editions.add_column(added, **opts["place"](insert_before="page"))
    op.execute("UPDATE editions SET last_revision = (SELECT coalesce(max(id), 0) FROM revisions)")
    op.create_table(
        "corrections",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_corrections_edition_id"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_corrections_article_id"),
        sa.PrimaryKeyConstraint("edition_id", "article_id", name="pk_corrections"),
    )
    op.create_index("ix_corrections_article_id", "corrections", ["article_id"])
