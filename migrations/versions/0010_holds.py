"""A hold binds the feed that was asked for it; all of an origin only if one of its own was, and not by a redirect.

Until here a hold was of a host, without a word of who had asked: any feed that redirected there could have brought it
about. So none of those is taken over. A feed that was itself told to wait goes on waiting; one that was only
put off because of its host is due again. A host that really wants quiet says so to the first of its feeds that asks.
"""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

USUAL_PORTS = {"http": 80, "https": 443}

KEEP_WHAT_A_FEED_WAS_TOLD = """
    UPDATE feeds SET hold_until = next_poll_at
    WHERE next_poll_at IN (SELECT hosts.hold_until FROM hosts)
    AND EXISTS (
        SELECT 1 FROM polls
        WHERE polls.feed_id = feeds.id AND polls.polled_at >= feeds.polled_at
        AND (polls.detail LIKE 'HTTP 429%' OR polls.detail LIKE 'HTTP 503%')
    )
"""
"""When it was last claimed for a poll it was asked, and the answer asked for quiet."""

RELEASE_WHAT_WAS_PUT_OFF = """
    UPDATE feeds SET next_poll_at = polled_at
    WHERE next_poll_at IN (SELECT hosts.hold_until FROM hosts) AND hold_until IS NULL AND polled_at IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("feeds", sa.Column("origin", sa.String(), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("hold_until", sa.DateTime(), nullable=True))
    fill_origins()
    op.execute(KEEP_WHAT_A_FEED_WAS_TOLD)
    op.execute(RELEASE_WHAT_WAS_PUT_OFF)
    op.create_table(
        "holds",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name="pk_holds"),
    )
    op.drop_table("hosts")


def fill_origins() -> None:
    names = ("id", "url", "moved_to", "host", "origin")
    feeds = sa.table("feeds", *(sa.column(name) for name in names))
    rows = op.get_bind().execute(sa.select(feeds.c.id, feeds.c.url, feeds.c.moved_to, feeds.c.host)).all()
    found = [{"this": row.id, "found": origin(row.moved_to or row.url, row.host)} for row in rows]
    if found:
        change = sa.update(feeds).where(feeds.c.id == sa.bindparam("this")).values(origin=sa.bindparam("found"))
        op.get_bind().execute(change, found)


def origin(url: str, host: str) -> str:
    """As `monitor.url.origin_of` wrote it at the time; `host` is that of the URL, in ASCII."""
    try:
        scheme, port = urlsplit(url).scheme, urlsplit(url).port
    except ValueError:
        return ""
    if scheme not in USUAL_PORTS or not host:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" if port in (None, USUAL_PORTS[scheme]) else f"{scheme}://{shown}:{port}"
