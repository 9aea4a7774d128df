"""Levels in words and bars: how busy a topic is, and how long a feed has been silent."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import dropwhile

from monitor.counted import counted
from monitor.model.edition import Quiet, Trend
from monitor.render.calendar import Calendar

BARS = "▁▂▃▄▅▆▇█"
FULL_BAR = 4
"""The lowest number that fills a bar: one story is not a peak."""

UNKNOWN = "·"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def bars(days: Sequence[int | None]) -> str:
    """▁▂▁▁▃▂▁█: the lowest bar is none, the highest the most of these days, a dot a day of which nothing is known.

    Days before the first known one are left out; a single day makes no bars.
    """
    known = list(dropwhile(lambda count: count is None, days))
    most = max((count for count in known if count is not None), default=0)
    return "".join(_bar(count, max(most, FULL_BAR)) for count in known) if len(known) > 1 else ""


def heights(days: Sequence[int | None], room: int) -> list[int | None]:
    """The bars in pixels, at most `room`; [] if there are none to draw."""
    known = list(dropwhile(lambda count: count is None, days))
    most = max((count for count in known if count is not None), default=0)
    return [None if count is None else round(room * count / max(most, FULL_BAR)) for count in known] if most else []


def level(trend: Trend, unit: str = "today") -> str:
    """8 today, usually 2.9 a day – unusually busy. `unit` names the latest day; "" if nothing is known."""
    if not trend.days:
        return ""
    said = f"{trend.latest or 'none'} {unit}"
    if trend.usual is None:
        return f"{said}, still learning what is usual"
    return f"{said}, {usually(trend)}{' – unusually busy' if trend.is_unusual else ''}"


def usually(trend: Trend) -> str:
    """Usually 2.9 a day; "" while that is not known."""
    if trend.usual is None:
        return ""
    if not trend.usual:
        return "usually none"
    return f"usually {f'{trend.usual:.1f}'.removesuffix('.0')} a day"


def silence(topic: Quiet, calendar: Calendar) -> str:
    """Nothing for 4 days (usually 1.2 a day; last match Fri 16 Sep), or muted until Sat 1 Oct"""
    if topic.muted_until is not None:
        return f"muted until {calendar.day(topic.muted_until)}"
    if topic.last_match is None:
        return "no match yet"
    said = f"nothing for {counted(topic.days, 'day', 'days')}" if topic.days else "nothing new"
    if topic.baseline:
        said = f"nothing new; {topic.baseline:,} {'was' if topic.baseline == 1 else 'were'} there before the first poll"
    facts = [usually(topic.trend), f"last match {calendar.day(topic.last_match)}"]
    return f"{said} ({'; '.join(filter(None, facts))})"


def span(time: timedelta) -> str:
    """4 hours, 9 days: whole hours below two days."""
    unit, name = (HOUR, "hour") if time < 2 * DAY else (DAY, "day")
    return counted(max(round(time / unit), 1), name, f"{name}s")


def _bar(count: int | None, most: int) -> str:
    if count is None:
        return UNKNOWN
    return BARS[0] if not count else BARS[1 + round((count - 1) / (most - 1) * (len(BARS) - 2))]
