"""The index of searches follows the texts of pages: when one comes or goes, its article is read again."""

from alembic import op

revision = "0033"
down_revision = "0029"
branch_labels = None
depends_on = None

NOTED = "INSERT INTO reindex (article_id) VALUES (old.article_id)"


def upgrade() -> None:
    changed = "CREATE TRIGGER pages_changed AFTER UPDATE OF text ON pages"
    if op.get_context().dialect.name == "sqlite":
        op.execute(f"{changed} WHEN old.text IS NOT new.text BEGIN {NOTED}; END")
        return
    noted = f"BEGIN {NOTED}; RETURN NULL; END"
    op.execute(f"CREATE FUNCTION note_page() RETURNS trigger LANGUAGE plpgsql AS '{noted}'")
    op.execute(f"{changed} FOR EACH ROW WHEN (old.text IS DISTINCT FROM new.text) EXECUTE FUNCTION note_page()")
