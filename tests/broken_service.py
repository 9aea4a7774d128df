"""The service with something broken in it, impatient, in a process of its own.

    python broken_service.py CONFIG FAULT

Ends as the daemon would: the exit code is what a service manager sees.
"""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore

from monitor.cli.logs import configure_logs
from monitor.config import load
from monitor.daemon import SystemClock, service
from monitor.daemon.guard import Patience
from monitor.errors import DamagedStore
from monitor.store import Database

IMPATIENT = Patience(look=timedelta(seconds=0.1), tick=timedelta(seconds=1), wrong=timedelta(seconds=1))


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
        with self._stages.progress.step("a request that hangs", timedelta(seconds=0.2)):
            time.sleep(seconds)

    return job


def damaged(_: Database) -> bool:
    raise DamagedStore("the file is damaged")


def break_it(fault: str) -> None:
    places: dict[str, tuple[Any, str, Any]] = {
        "trigger": (service.Every, "get_next_fire_time", failing(6)(service.Every.get_next_fire_time)),
        "job store": (MemoryJobStore, "update_job", failing(6)(MemoryJobStore.update_job)),
        "executor": (ThreadPoolExecutor, "submit_job", failing(6)(ThreadPoolExecutor.submit_job)),
        "job": (service.Service, "refresh", failing(0)(service.Service.refresh)),
        "hanging step": (service.Service, "publish", hanging(30)),
        "damage beside a hang": (service.Service, "publish", hanging(60)),
        "short grace": (service, "GRACE", timedelta(seconds=0.5)),
        "damage": (Database, "is_writable", damaged),
        "locked database": (Database, "is_writable", lambda _: False),
        "nothing": (service, "TICK", service.TICK),
    }
    place, name, value = places[fault]
    setattr(place, name, value)
    if fault == "damage beside a hang":
        break_it("short grace")
        break_it("damage")


def main() -> None:
    config, fault = sys.argv[1:]
    configure_logs(is_verbose=True)
    break_it(fault)
    settings = load(Path(config), {})
    service.run(settings, lambda: settings, SystemClock(), IMPATIENT)


if __name__ == "__main__":
    main()
