"""An article's author and categories, and whether a feed has ever shown two different links or guids at once.

Of the feeds there are that is taken from their articles: one link and one guid among all of them, and none dropped
since, is a feed of one place. A feed taken for one of several is read as before; the other way round would be a guess.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("author", sa.String(), nullable=False, server_default=""))
    op.add_column("articles", sa.Column("categories", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("feeds", sa.Column("shows_several", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE feeds SET shows_several = true WHERE id IN (SELECT feed_id FROM articles GROUP BY feed_id HAVING"
        " count(DISTINCT link) > 1 OR count(DISTINCT CASE WHEN key LIKE 'guid:%' THEN key END) > 1)"
        " OR id IN (SELECT feed_id FROM tombstones)"
    )
