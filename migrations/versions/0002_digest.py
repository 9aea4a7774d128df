"""Since when a topic has been matched under its wording, so that a trend counts no days it knows nothing of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("topics", sa.Column("matched_since", sa.DateTime(), nullable=True))
