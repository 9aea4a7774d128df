"""How common words are, so that articles on one event can be grouped, and what is remembered of a story (a mute).

Words are counted from here on; a young count only makes all words weigh about the same.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "words",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_words"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("muted_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )
