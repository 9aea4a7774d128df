"""Instant alerts: the topics that have them, what was noticed, and what each recipient got of it.

All of it is empty: no topic has alerts before a config says so, and what is stored by then alerts nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_topics",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("last_match", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_alert_topics_topic_id"),
        sa.PrimaryKeyConstraint("topic_id", name="pk_alert_topics"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(), nullable=False),
        sa.Column("publishers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_alerts_topic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("topic_id", "story_id", "ordinal", name="uq_alerts_topic_id_story_id_ordinal"),
        sqlite_autoincrement=True,
    )
    for column in ("story_id", "article_id", "noticed_at"):
        op.create_index(f"ix_alerts_{column}", "alerts", [column])
    _messages()


def _messages() -> None:
    op.create_table(
        "alert_recipients",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime()),
        sa.Column("delivery_id", sa.Integer()),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_alert_recipients_alert_id"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_alert_recipients_delivery_id"),
        sa.PrimaryKeyConstraint("alert_id", "recipient", name="pk_alert_recipients"),
    )
    op.create_index("ix_alert_recipients_state", "alert_recipients", ["state"])
    op.create_index("ix_alert_recipients_delivery_id", "alert_recipients", ["delivery_id"])
    op.create_table(
        "alert_messages",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_alert_messages_delivery_id"),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_alert_messages"),
    )
    op.create_index("ix_alert_messages_recipient_made_at", "alert_messages", ["recipient", "made_at"])
