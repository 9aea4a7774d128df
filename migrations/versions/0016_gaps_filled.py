"""Polls: how many articles were recovered from earlier pages of the feed after a gap, and whether that closed the gap.

Polls so far recovered nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("polls", sa.Column("recovered", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("polls", sa.Column("is_gap_closed", sa.Boolean(), nullable=False, server_default=sa.false()))
