"""What the licences of feeds allow, which are paid for, and when their owner paused them.

Articles: whether their feed is paid for, and what is left of a text that was removed for its licence.

Nothing is paid for and no licence ends until the config has been read.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("off_since", sa.DateTime()))
    op.add_column("feeds", sa.Column("off_until", sa.DateTime()))
    op.add_column("feeds", sa.Column("is_paid", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("feeds", sa.Column("keep_text", sa.Integer()))
    op.add_column("feeds", sa.Column("is_quotable", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("feeds", sa.Column("texts_removed_to", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("articles", sa.Column("is_paid", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("articles", sa.Column("text_removed_at", sa.DateTime()))
    op.add_column("articles", sa.Column("text_runs", sa.LargeBinary(), nullable=False, server_default=""))
