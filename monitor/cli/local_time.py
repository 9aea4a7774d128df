"""Times as commands show them: in the zone of the first digest, which is the one that people read; by its name.

A command learns the zone with its settings; before that, and without a digest, it is UTC.
"""

from contextvars import ContextVar
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from monitor.config import Settings

_ZONE: ContextVar[str] = ContextVar("zone", default="UTC")


def use_zone_of(settings: "Settings") -> None:
    """From here on, this command shows times in the zone of the first digest."""
    use_zone(settings.digests[0].timezone if settings.digests else "UTC")


def use_zone(name: str) -> None:
    """From here on, times are shown in the zone of this IANA name."""
    _ZONE.set(name)


def zone_name() -> str:
    return _ZONE.get()


def zone() -> tzinfo:
    return ZoneInfo(_ZONE.get())


def stamp(moment: datetime) -> str:
    """A time to the minute, and its zone."""
    return f"{minute(moment)} {zone_name()}"


def minute(moment: datetime) -> str:
    """The same where the zone is named nearby."""
    return f"{moment.astimezone(zone()):%Y-%m-%d %H:%M}"


def day(moment: datetime) -> str:
    """The date."""
    return f"{moment.astimezone(zone()):%Y-%m-%d}"
