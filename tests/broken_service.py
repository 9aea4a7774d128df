"""The service with something broken in it, impatient, in a process of its own.

    python broken_service.py CONFIG FAULT [patient]

Ends as the daemon would: the exit code is what a service manager sees.
"""

import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore

from monitor.cli.logs import configure_logs
from monitor.config import load
from monitor.daemon import crash_marker, service, ticker
from monitor.daemon.clock import SystemClock
from monitor.daemon.watchdog import WatchdogLimits
from monitor.errors import DamagedStore
from monitor.match import TopicIndex
from monitor.model.match import Document
from monitor.parse import parse_feed
from monitor.policy import polling
from monitor.store.sqlite_database import SqliteDatabase
from monitor.workers import ParserPool

IMPATIENT = WatchdogLimits(
    look=timedelta(seconds=0.1),
    tick=timedelta(seconds=1),
    wrong=timedelta(seconds=1),
    computing=timedelta(seconds=4),
)
STUCK = "Stuck"


def failing(after: int) -> Callable[..., Any]:
    """Raises from the n-th call on; before, it does what it replaces."""
    calls = 0

    def instead(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls > after:
                raise RuntimeError("broken on purpose")
            return original(*args, **kwargs)

        return call

    return instead


def hanging(seconds: float) -> Callable[[service.Service], None]:
    def job(self: service.Service) -> None:
        with self.jobs.progress.step("a request that hangs", timedelta(seconds=0.2)):
            time.sleep(seconds)

    return job


def stuck(original: Callable[..., Any], wait: Callable[[], object]) -> Callable[..., Any]:
    """Matching that never ends for an article with that word in its title."""

    def matches(self: TopicIndex, document: Document) -> Any:
        if STUCK in document.title:
            wait()
        return original(self, document)

    return matches


def hold_the_interpreter() -> None:
    """A regular expression lets no other thread run, not even the guard."""
    re.match(r"(a+)+$", "a" * 60 + "b")


async def parsed_here(_: ParserPool, body: bytes, **kwargs: Any) -> Any:
    """No child takes its time to start."""
    return parse_feed(body, **kwargs)


def damaged(_: SqliteDatabase) -> bool:
    raise DamagedStore("the file is damaged")


def break_it(fault: str) -> None:
    places: dict[str, tuple[Any, str, Any]] = {
        "trigger": (ticker.Every, "get_next_fire_time", failing(6)(ticker.Every.get_next_fire_time)),
        "job store": (MemoryJobStore, "update_job", failing(6)(MemoryJobStore.update_job)),
        "executor": (ThreadPoolExecutor, "submit_job", failing(6)(ThreadPoolExecutor.submit_job)),
        "job": (service.Service, "refresh", failing(0)(service.Service.refresh)),
        "hanging step": (service.Service, "publish", hanging(30)),
        "damage beside a hang": (service.Service, "publish", hanging(60)),
        "short grace": (service, "GRACE", timedelta(seconds=0.5)),
        "damage": (SqliteDatabase, "is_writable", damaged),
        "locked database": (SqliteDatabase, "is_writable", lambda _: False),
        "sleeping match": (TopicIndex, "matches", stuck(TopicIndex.matches, lambda: time.sleep(600))),
        "computing match": (TopicIndex, "matches", stuck(TopicIndex.matches, hold_the_interpreter)),
        "short idle": (service, "IDLE", timedelta(seconds=4)),
        "no child": (ParserPool, "parse", parsed_here),
        "no claim": (polling, "CLAIM", timedelta(seconds=0.1)),
        "counted kills": (crash_marker, "VMSTAT", Path("vmstat").absolute()),
        "no cgroup": (crash_marker, "OWN_CGROUP", Path("none").absolute()),
        "nothing": (service, "GRACE", service.GRACE),
    }
    place, name, value = places[fault]
    setattr(place, name, value)
    if fault == "damage beside a hang":
        break_it("short grace")
        break_it("damage")
    if fault == "counted kills":
        break_it("no cgroup")
    if fault.endswith(" match"):
        for each in ("short idle", "no child", "no claim", "counted kills"):
            break_it(each)


def main() -> None:
    config, fault, *patient = sys.argv[1:]
    configure_logs(is_verbose=True)
    break_it(fault)
    settings = load(Path(config), {})
    patience = replace(IMPATIENT, tick=WatchdogLimits().tick) if fault.endswith(" match") else IMPATIENT
    service.run(settings, lambda: settings, SystemClock(), None if patient else patience)


if __name__ == "__main__":
    main()
