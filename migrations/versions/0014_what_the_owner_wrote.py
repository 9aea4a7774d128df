"""Topics: what their owner wrote, apart from what it means. Matches: since when a changed topic no longer has them.

Both are null, not known, for what is stored: the first start of the new version notes what is written, and no article
is matched again for that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("topics", sa.Column("written", sa.String(), nullable=True))
    op.add_column("matches", sa.Column("stale_since", sa.DateTime(), nullable=True))
