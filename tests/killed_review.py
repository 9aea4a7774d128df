"""Runs a digest that waits for a person in processes that are killed at every seam, and then runs them again.

    python killed_review.py FOLDER PORT PATH… < {"seams": names to die at}

As `killed.py`, which says why it is a program of its own. A life makes the draft, drops a story and comments another as
a person does, reads another feed meanwhile, and goes on until the edition of the next morning.
"""

import json
import logging
import shutil
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from house import House, lived_in, settings, store_with, with_parts
from killed import TEMPLATES, Crossing, Instead, Seams, in_child
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.digest.reviewing import Wish, chosen, draft_stories
from monitor.errors import UsageError
from monitor.model.edition import Edition
from monitor.store.waiting import waiting

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DROPPED, COMMENTED = "markone", "marktwo"


def configured(folder: Path, port: int, paths: list[str]) -> Settings:
    made = settings(folder, [f"http://127.0.0.1:{port}{path}" for path in paths], port)
    return replace(made, digests=(replace(made.digests[0], review=30 * MINUTE),))


def with_seams(home: House, seams: Seams) -> House:
    store, channel = home.jobs.store, home.jobs.publisher.channel
    watched: Any = {
        "reviews": Instead(
            store.reviews,
            begin=seams.around("begin", store.reviews.begin),
            choose=seams.around("choose", store.reviews.choose),
        ),
        "new_editions": Instead(store.new_editions, publish=seams.around("publish", store.new_editions.publish)),
        "deliveries": Instead(store.deliveries, claim=seams.around("claim", store.deliveries.claim)),
    }
    replaced: Any = {
        "templates": TEMPLATES,
        "store": store_with(store, **watched),
        "channel": Instead(channel, batch=lambda: Crossing(channel, seams)),
    }
    return replace(home, jobs=with_parts(home.jobs, **replaced))


def decide(home: House) -> None:
    """What a person does who has looked at the draft, if one waits."""
    digest = home.jobs.publisher.digests[0]
    draft = waiting(home.jobs.store, digest, home.clock.now())
    edition = home.jobs.publisher.editor.preview(digest).edition
    if draft is None or not isinstance(edition, Edition):
        return
    stories = draft_stories(edition, draft.review)
    wishes = {
        each.story: Wish(is_dropped=DROPPED in each.lead.title, comment="So they say." * (COMMENTED in each.lead.title))
        for each in stories
        if each.place
    }
    home.jobs.store.reviews.choose(draft.review, chosen(stories, draft.review, wishes))


def live(config: Settings, fatal: int | None, *, is_released: bool, later: timedelta = timedelta()) -> list[str]:
    """One process's life from 06:35 on: whoever lives again finds the draft as it was, or makes it."""
    seams = Seams(fatal)
    with lived_in(config, SimulatedClock(NOON + 18 * HOUR + 35 * MINUTE + later)) as home:
        watched = with_seams(home, seams)
        watched.jobs.outbox.recover()
        watched.jobs.publisher.run()
        decide(watched)
        watched.refresh()  # what comes now came after the draft
        if is_released:
            with suppress(UsageError):  # it was released before this process died
                watched.jobs.publisher.release(watched.jobs.publisher.digests[0])
        watched.clock.advance(30 * MINUTE)
        watched.tick()
        watched.tick()
        watched.clock.advance(24 * HOUR)
        watched.tick()
    return seams.crossed


def main() -> None:
    folder, port, *paths = Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
    asked = json.load(sys.stdin)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with lived_in(configured(folder / "before", port, paths[:1]), SimulatedClock(NOON)) as home:
        home.tick()
    results = []
    crossed = live(_copy(folder, "all", port, paths), None, is_released=asked["is_released"])
    for number, name in enumerate(crossed):
        if name.split()[1] not in asked["seams"]:
            continue
        config = _copy(folder, str(number), port, paths)
        died = in_child(lambda: live(config, number, is_released=asked["is_released"]))  # noqa: B023 (called at once)
        later = MINUTE if name.split()[1] in {"begin", "choose"} or asked["is_released"] else 35 * MINUTE
        again = {"is_released": asked["is_released"], "later": later}
        lived = in_child(lambda: live(config, None, **again))  # noqa: B023 (called at once)
        results.append({"seam": name, "died": died, "lived": lived, "folder": str(config.storage.folder)})
    (folder / "results.json").write_text(json.dumps(results))


def _copy(folder: Path, name: str, port: int, paths: list[str]) -> Settings:
    """As it is after the first feed was read, with the second one in the config."""
    return configured(Path(shutil.copytree(folder / "before", folder / name)), port, paths)


if __name__ == "__main__":
    main()
