"""What the texts of each feed begin or end with is learned, and left out of quotes and, in part, of matching.

The index gives the latest articles of a feed. Nothing that was judged is judged again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "boilerplate",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("sample", sa.String(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("of_items", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("left_out_since", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_boilerplate_feed_id"),
        sa.PrimaryKeyConstraint("feed_id", "side", "words", name="pk_boilerplate"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_articles_feed_id", "articles", ["feed_id"])
