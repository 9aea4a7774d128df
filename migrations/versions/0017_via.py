"""Articles: whom the item names as its source, where that is not the outlet. What is stored already names nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("via", sa.String(), nullable=False, server_default=""))
