"""What the index of searches has to read again, and who was removed by hand.

The index is a file of its own and is built in the background. The database only remembers which stored articles have
changed or gone since they were indexed: triggers write their ids, so that nothing that changes an article can forget
to. New articles need none, because the index knows up to which id it has read.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXED = ("feed_id", "title", "text", "language", "identified_language", "published_at")
NOTED = "INSERT INTO reindex (article_id) VALUES (old.id)"


def upgrade() -> None:
    op.create_table(
        "reindex",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reindex"),
        sqlite_autoincrement=True,
    )
    (follow_on_sqlite if op.get_context().dialect.name == "sqlite" else follow_on_postgres)()
    op.create_table(
        "removals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_removals_feed_id"),
        sa.PrimaryKeyConstraint("id", name="pk_removals"),
    )
    op.create_index("ix_removals_article_id", "removals", ["article_id"])
    op.create_table(
        "removed_listings",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("listings", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_removed_listings_edition_id"),
        sa.PrimaryKeyConstraint("edition_id", name="pk_removed_listings"),
    )
    op.create_table(
        "removal_traces",
        sa.Column("trace", sa.BigInteger(), nullable=False),
        sa.Column("removal_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["removal_id"], ["removals.id"], name="fk_removal_traces_removal_id"),
        sa.PrimaryKeyConstraint("trace", "removal_id", name="pk_removal_traces"),
        sqlite_with_rowid=False,
    )


def follow_on_sqlite() -> None:
    differs = " OR ".join(f"old.{name} IS NOT new.{name}" for name in INDEXED)
    changed = f"CREATE TRIGGER articles_changed AFTER UPDATE OF {', '.join(INDEXED)} ON articles WHEN {differs}"
    op.execute(f"{changed} BEGIN {NOTED}; END")
    op.execute(f"CREATE TRIGGER articles_gone AFTER DELETE ON articles BEGIN {NOTED}; END")


def follow_on_postgres() -> None:
    noted = f"BEGIN {NOTED}; RETURN NULL; END"
    op.execute(f"CREATE FUNCTION note_article() RETURNS trigger LANGUAGE plpgsql AS '{noted}'")
    differs = " OR ".join(f"old.{name} IS DISTINCT FROM new.{name}" for name in INDEXED)
    changed = f"CREATE TRIGGER articles_changed AFTER UPDATE OF {', '.join(INDEXED)} ON articles"
    op.execute(f"{changed} FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION note_article()")
    op.execute("CREATE TRIGGER articles_gone AFTER DELETE ON articles FOR EACH ROW EXECUTE FUNCTION note_article()")
