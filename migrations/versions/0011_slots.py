"""Several editions a day: a slot is a digest, a local date and the place in that date.

Until here a digest had one slot a date, which is the first. So what is covered stays covered.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    opts = op.get_context().opts
    old = sa.Table(
        "slots",
        sa.MetaData(),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_slots_digest_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_slots_edition_id"),
    )  # without its primary key, which is another from here on
    with op.batch_alter_table("slots", recreate=opts["rebuilt"], copy_from=old) as slots:
        ordinal = sa.Column("ordinal", sa.Integer(), nullable=False, server_default="1")
        slots.add_column(ordinal, **opts["place"](insert_after="day"))
        if opts["rebuilt"] != "always":
            slots.drop_constraint("pk_slots", type_="primary")
        slots.create_primary_key("pk_slots", ["digest_id", "day", "ordinal"])
