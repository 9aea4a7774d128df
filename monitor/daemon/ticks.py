"""When a job ticks next."""

from datetime import datetime, timedelta

from apscheduler.triggers.base import BaseTrigger

TICK = timedelta(seconds=2)
SLOWER = {"maintain": timedelta(hours=1), "notes": timedelta(minutes=1)}
"""The jobs that need not look so often."""


def interval_of(job: str) -> timedelta:
    """The time between two ticks of the job of this name."""
    return SLOWER.get(job, TICK)


class Every(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Fires so long after now. An interval trigger steps through all it has missed: after a clock that jumped
    ahead by a year, for minutes and with gigabytes of missed times.
    """

    def __init__(self, span: timedelta) -> None:
        self._span = span

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now if previous_fire_time is None else now + self._span
