"""What resembles a topic, judgements, audits, what was reported as missed, and what a change of a topic did.

All of it is empty for what is stored: likeness is calculated when it is needed, and nobody has been asked yet. The
language of an article is identified when it is polled, if its feed names none; stored ones stay without. Addresses get
an index, by which `why` looks an article up.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("identified_language", sa.String(), nullable=False, server_default=""))
    op.add_column("editions", sa.Column("last_rule_change", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_articles_link", "articles", ["link"])
    op.create_index("ix_revisions_link", "revisions", ["link"])
    _likeness()
    _said()
    _found()


def _likeness() -> None:
    op.create_table(
        "likeness_days",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("best", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_likeness_days_topic_id"),
        sa.PrimaryKeyConstraint("topic_id", "day", name="pk_likeness_days"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "perhaps_lines",
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_perhaps_lines_digest_id"),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_perhaps_lines_topic_id"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_perhaps_lines_article_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_perhaps_lines_edition_id"),
        sa.PrimaryKeyConstraint("digest_id", "topic_id", "article_id", name="pk_perhaps_lines"),
    )
    op.create_index("ix_perhaps_lines_article_id", "perhaps_lines", ["article_id"])
    op.create_index("ix_perhaps_lines_edition_id", "perhaps_lines", ["edition_id"])


def _said() -> None:
    op.create_table(
        "judgements",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("is_relevant", sa.Boolean(), nullable=False),
        sa.Column("judged_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_judgements_topic_id"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_judgements_article_id"),
        sa.PrimaryKeyConstraint("topic_id", "article_id", name="pk_judgements"),
    )
    op.create_index("ix_judgements_article_id", "judgements", ["article_id"])
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("near", sa.Integer(), nullable=False),
        sa.Column("near_judged", sa.Integer(), nullable=False),
        sa.Column("near_relevant", sa.Integer(), nullable=False),
        sa.Column("estimate", sa.Float(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("elsewhere", sa.Integer(), nullable=False),
        sa.Column("elsewhere_judged", sa.Integer(), nullable=False),
        sa.Column("elsewhere_relevant", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_audits_topic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audits"),
    )
    op.create_index("ix_audits_topic_id", "audits", ["topic_id"])


def _found() -> None:
    op.create_table(
        "missed_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_missed_reports"),
    )
    op.create_index("ix_missed_reports_reported_at", "missed_reports", ["reported_at"])
    op.create_table(
        "rule_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_rule_changes_topic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rule_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rule_changes_topic_id", "rule_changes", ["topic_id"])
    op.create_table(
        "changes_begun",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("matched", sa.JSON(), nullable=False),
        sa.Column("last_article", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_changes_begun_topic_id"),
        sa.PrimaryKeyConstraint("topic_id", name="pk_changes_begun"),
    )
