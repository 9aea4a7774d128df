"""Reads pages behind articles in processes that are killed with SIGKILL at every seam, and then lives on.

    python killed_pages.py FOLDER PORT EVERY

Like `killed`: lives once to count the seams, then forks twice for every `EVERY`-th: one child dies at the seam, the
next lives on from what the first left. The articles of each run are its own, so that the origin knows whose pages were
asked for. Writes results.json. The forking process has no threads; that is why this is a program of its own.
"""

import json
import logging
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from house import House, lived_in, store_with, with_parts
from killed import FETCH, Instead, Seams, in_child
from newspaper import press_settings
from simulated import SimulatedClock

from monitor.fetch import Session

PAGE_SEAMS = ("begin", "finish", "refuse", "settle", "save_host")


class Where:
    """As much of an origin as settings need."""

    addresses = ("127.0.0.1",)

    def __init__(self, port: int, number: str) -> None:
        self.port = port
        self._number = number

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}{self._number}"


def with_seams(home: House, seams: Seams) -> House:
    store = home.jobs.store
    pages = {name: seams.around(name, getattr(store.pages, name)) for name in PAGE_SEAMS}
    watched: Any = {
        "pages": Instead(store.pages, **pages),
        "articles": Instead(store.articles, apply=seams.around("apply", store.articles.apply)),
        "new_editions": Instead(store.new_editions, publish=seams.around("publish", store.new_editions.publish)),
    }
    Session.fetch = seams.around_async("fetch", FETCH)  # type: ignore[method-assign]
    replaced: Any = {"store": store_with(store, **watched)}
    return House(jobs=with_parts(home.jobs, **replaced), clock=home.clock, folder=home.folder)


def live(folder: Path, port: int, number: str, fatal: int | None) -> list[str]:
    """One process's life: polls, pages, an edition, an hour later pages again, and the edition of the next day."""
    where: Any = Where(port, number)
    seams = Seams(fatal)
    with lived_in(press_settings(folder, where), SimulatedClock()) as home:
        watched = with_seams(home, seams)
        watched.jobs.outbox.recover()
        for hours in (1, 18, 5, 20):
            watched.tick()
            watched.read_pages()
            watched.clock.advance(timedelta(hours=hours))
        watched.tick()
        watched.tick()
    return seams.crossed


def main() -> None:
    folder, port, every = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    results = []
    names = live(folder / "all", port, "all", None)
    for number in range(0, len(names), every):
        place = folder / str(number)
        died = in_child(lambda: live(place, port, str(number), number))  # noqa: B023 (called at once)
        lived = in_child(lambda: live(place, port, str(number), None))  # noqa: B023 (called at once)
        results.append({"seam": names[number], "number": number, "died": died, "lived": lived, "folder": str(place)})
    (folder / "results.json").write_text(json.dumps({"seams": len(names), "deaths": results}))


if __name__ == "__main__":
    main()
