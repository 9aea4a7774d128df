"""Makes schema-0007.db.xz: a database as the version with schema 0007 wrote it, of this folder's config and documents.

    PYTHONPATH=.:tests python tests/upgrade/make.py

Run it with the program of that version, never with a later one: what upgrades are tested on is what that program wrote.
Baselines, editions, edits, retention, and deliveries in every state that is not for a moment only, over 46 days.
"""

import logging
import lzma
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from earlier import DATABASE, LAST_DAY, World, world
from outbox import no

from monitor.jobs import deliver_due, maintain_due, notes_due, publish_due
from monitor.jobs.deliver import cancel
from monitor.model.delivery import Delivery, DeliveryState

FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEAD = "0007"


def answer(delivery: Delivery) -> str:
    """A full mailbox, a server that is slow, and one that takes all."""
    if delivery.recipient.startswith("full@"):
        return no("recipient", 552, "mailbox full")(delivery)
    if delivery.recipient.startswith("slow@"):
        return no("recipient", 450, "try later")(delivery)
    return "250 taken"


def live(made: World) -> None:
    made.channel.answer = answer
    made.poll("archive")
    made.home.clock.advance(DAY)
    publish_due(made.home.stages)
    deliver_due(made.home.stages, made.home.unsettled)
    made.home.clock.moment = datetime(2026, 2, 19, 8, tzinfo=UTC)
    made.network.day = 2
    made.poll("archive")
    maintain_due(made.home.stages)
    made.network.day = 1
    others = ("harbour", "lantern", "quay", "ledger", "notice", "alert", "gather", "island", "gone")
    made.poll(*others)
    for _ in range(3):
        made.tick(8 * HOUR - timedelta(minutes=1))
    notes_due(made.home.stages)
    made.home.clock.moment = LAST_DAY
    made.network.day = 2
    made.poll()
    made.tick(23 * HOUR)
    notes_due(made.home.stages)
    made.tick(timedelta(minutes=1))
    deliveries = made.home.stages.store.deliveries
    waiting = [each.id for each in deliveries.records() if each.state is DeliveryState.QUEUED]
    cancel(made.home.stages, waiting[:1])
    stories = made.home.stages.store.stories.since(FIRST_DAY, {})
    made.home.stages.store.stories.mute(stories[-1].id, made.home.clock.now())


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with TemporaryDirectory() as place:
        with world(Path(place), FIRST_DAY) as made:
            live(made)
        with sqlite3.connect(Path(place) / "news-monitor.db") as database:
            (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
            if revision != HEAD:
                sys.exit(f"This program writes schema {revision}; the database wanted is one of {HEAD}.")
            for table in (
                "articles",
                "tombstones",
                "editions",
                "deliveries",
                "notes",
                "matches",
                "listings",
                "stories",
            ):
                print(f"{table:12} {database.execute(f'SELECT count(*) FROM {table}').fetchone()[0]:>5}")
            print(database.execute("SELECT state, count(*) FROM deliveries GROUP BY 1").fetchall())
            print(database.execute("SELECT form, count(*) FROM listings GROUP BY 1").fetchall())
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        lean = sqlite3.connect(Path(place) / "news-monitor.db")
        lean.execute("VACUUM")
        lean.close()
        DATABASE.write_bytes(lzma.compress((Path(place) / "news-monitor.db").read_bytes(), preset=9))


if __name__ == "__main__":
    main()
