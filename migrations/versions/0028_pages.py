"""The pages behind articles, in tables of their own: attempts and texts, and what the hosts of pages said."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pages",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(), nullable=True),
        sa.Column("keep_until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_pages_article_id"),
        sa.PrimaryKeyConstraint("article_id", name="pk_pages"),
    )
    op.create_index("ix_pages_host_asked_at", "pages", ["host", "asked_at"])
    op.create_index("ix_pages_keep_until", "pages", ["keep_until"])
    op.create_table(
        "page_hosts",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("robots_asked_at", sa.DateTime(), nullable=True),
        sa.Column("robots_status", sa.Integer(), nullable=True),
        sa.Column("robots", sa.LargeBinary(), nullable=False),
        sa.Column("reservation", sa.Text(), nullable=False),
        sa.Column("licences", sa.JSON(), nullable=False),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("blocks", sa.Integer(), nullable=False),
        sa.Column("left_alone_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("origin", name="pk_page_hosts"),
        sqlite_with_rowid=False,
    )
