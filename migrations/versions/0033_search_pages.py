"""The index of searches follows the texts of pages: when one comes or goes, its article is read again."""

from alembic import op

revision = "0033"
down_revision = "0029"
branch_labels = None
depends_on = None

NOTED = "INSERT INTO reindex (article_id) VALUES (old.article_id)"


def upgrade() -> None:
    changed = "CREATE TRIGGER pages_changed AFTER UPDATE OF text ON pages WHEN old.text IS NOT new.text"
    op.execute(f"{changed} BEGIN {NOTED}; END")
