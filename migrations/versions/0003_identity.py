"""What identity outlives: changed guids and addresses, feeds that move, retention, a first document cut off.

Articles that are there get their aliases at the next poll that finds them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("link_alias", sa.BigInteger(), nullable=True))
    op.add_column("articles", sa.Column("guid_alias", sa.BigInteger(), nullable=True))
    op.create_index("ix_articles_feed_id_link_alias", "articles", ["feed_id", "link_alias"], unique=False)
    op.create_index("ix_articles_feed_id_guid_alias", "articles", ["feed_id", "guid_alias"], unique=False)
    op.add_column("feeds", sa.Column("is_baseline_open", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "former_urls",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_former_urls"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_former_urls_feed_id"),
    )
    op.create_index("ix_former_urls_feed_id", "former_urls", ["feed_id"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("trace", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("feed_id", "trace", name="pk_tombstones"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_tombstones_feed_id"),
        sqlite_with_rowid=False,
    )
