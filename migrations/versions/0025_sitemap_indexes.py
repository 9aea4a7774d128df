"""What kind of document each feed is, and of an index of news sitemaps what is remembered of its parts.

Both are empty for what is stored: the next document that is read says what it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("kind", sa.String(), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("parts", sa.JSON()))
