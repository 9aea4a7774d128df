"""What polling remembers: moves, pauses, gaps, the rhythm of a feed, outages of our own.

What each column is for stands in `monitor/store/tables/` and `monitor/model/update.py`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("validators_from", "moving_to", "moved_to"):
        op.add_column("feeds", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in ("fetched_at", "probed_at", "moving_since", "moved_at", "paused_at"):
        op.add_column("feeds", sa.Column(name, sa.DateTime(), nullable=True))
    op.add_column("feeds", sa.Column("moving_sightings", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feeds", sa.Column("arrivals", sa.JSON(), nullable=True))
    op.add_column("feeds", sa.Column("turnover", sa.Integer(), nullable=True))
    op.add_column("feeds", sa.Column("window", sa.LargeBinary(), nullable=True))
    op.add_column("polls", sa.Column("left_out", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("polls", sa.Column("gap_since", sa.DateTime(), nullable=True))
    op.add_column("polls", sa.Column("reached", sa.Boolean(), nullable=True))
    op.create_table(
        "outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("probed_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outages"),
    )
