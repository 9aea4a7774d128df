"""Runs alerts in processes that are killed with SIGKILL at every seam, one seam each, and then runs them again.

    python killed_alerts.py FOLDER PORT PATH… < {"seams": names to die at, "recipients": addresses}

As `killed.py`, which says why it is a program of its own: lives once to count the seams, then forks twice for each.
Two topics have alerts for the recipients; those of one are held by quiet hours until a later tick.
"""

import json
import logging
import shutil
import sys
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import structlog
from alerting import topic
from house import House, lived_in, settings, store_with, with_parts
from killed import TEMPLATES, Crossing, Instead, Seams, in_child
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.model.alert import AlertSettings

QUIET = (time(12), time(12, 40))
MINUTE = timedelta(minutes=1)


def configured(folder: Path, port: int, paths: list[str], to: tuple[str, ...]) -> Settings:
    made = settings(folder, [f"http://127.0.0.1:{port}{path}" for path in paths], port)
    topics = (
        topic("Truce", "truce", alert=AlertSettings(to=to, cool_down=timedelta())),
        topic("Ports", "harbour", alert=AlertSettings(to=to, quiet=QUIET, timezone="UTC")),
    )
    feeds = tuple(replace(feed, interval=15 * MINUTE) for feed in made.feeds)
    return replace(made, topics=topics, feeds=feeds, polling=replace(made.polling, min_interval=MINUTE))


def with_seams(home: House, seams: Seams) -> House:
    store, channel = home.jobs.store, home.jobs.publisher.channel
    watched: Any = {
        "articles": Instead(store.articles, apply=seams.around("apply", store.articles.apply)),
        "stories": Instead(store.stories, keep=seams.around("keep", store.stories.keep)),
        "alerts": Instead(
            store.alerts,
            notice=seams.around("notice", store.alerts.notice),
            settle=seams.around("queue", store.alerts.settle),
        ),
        "deliveries": Instead(
            store.deliveries,
            claim=seams.around("claim", store.deliveries.claim),
            settle=seams.around("settle", store.deliveries.settle),
        ),
    }
    replaced: Any = {
        "templates": TEMPLATES,
        "store": store_with(store, **watched),
        "channel": Instead(channel, batch=lambda: Crossing(channel, seams)),
    }
    return replace(home, jobs=with_parts(home.jobs, **replaced))


def live(config: Settings, fatal: int | None, *, later: timedelta = timedelta()) -> list[str]:
    """One process's life: ticks within the quiet hours, and behind them."""
    seams = Seams(fatal)
    with lived_in(config, SimulatedClock(NOON + 20 * MINUTE + later)) as home:
        watched = with_seams(home, seams)
        watched.jobs.outbox.recover()
        for _ in range(3):
            watched.tick()
            watched.clock.advance(16 * MINUTE)
    return seams.crossed


def _copied(folder: Path, name: str) -> Path:
    """A folder as it is after the first poll."""
    return Path(shutil.copytree(folder / "before", folder / name))


def main() -> None:
    folder, port, *paths = Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
    asked = json.load(sys.stdin)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    to = tuple(asked["recipients"])
    with lived_in(configured(folder / "before", port, paths, to), SimulatedClock(NOON)) as home:
        home.tick()  # the first poll, which finds nothing yet
    results = []
    crossed = live(configured(_copied(folder, "all"), port, paths, to), None)
    for number, name in enumerate(crossed):
        if name.split()[1] not in asked["seams"]:
            continue
        config = configured(_copied(folder, str(number)), port, paths, to)
        died = in_child(lambda: live(config, number))  # noqa: B023 (called at once)
        lived = in_child(lambda: live(config, None, later=50 * MINUTE))  # noqa: B023 (called at once)
        results.append({"seam": name, "died": died, "lived": lived, "folder": str(config.storage.folder)})
    (folder / "results.json").write_text(json.dumps(results))


if __name__ == "__main__":
    main()
