"""Drafts that wait for a person, and what was decided on their stories.

All of it is empty: no digest waits before its config says so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("last_article", sa.Integer(), nullable=False),
        sa.Column("last_match", sa.Integer(), nullable=False),
        sa.Column("last_poll", sa.Integer(), nullable=False),
        sa.Column("last_revision", sa.Integer(), nullable=False),
        sa.Column("last_rule_change", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("is_released", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_reviews_digest_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_reviews_edition_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
    )
    op.create_index("ix_reviews_edition_id", "reviews", ["edition_id"])
    is_open = sa.text("edition_id IS NULL")
    op.create_index("uq_reviews_open", "reviews", ["digest_id"], unique=True, sqlite_where=is_open)
    op.create_table(
        "review_choices",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("is_dropped", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("last_article", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_review_choices_review_id"),
        sa.PrimaryKeyConstraint("review_id", "story_id", name="pk_review_choices"),
    )
