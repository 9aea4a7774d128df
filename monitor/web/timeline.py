"""Days as bars: where each stands in a picture, with the text that says it to who does not see it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, GAP = 600, 120, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day."""

    day: date
    """The day."""
    count: int | None
    """How many; None is a day of which nothing is known."""
    x: float
    """Left edge, in units of the picture."""
    y: float
    """Upper edge."""
    width: float
    """Its width."""
    height: float
    """Its height; 0 for none."""


def bars(days: Sequence[tuple[date, int | None]]) -> tuple[Bar, ...]:
    """The bars from left to right; the highest fills the picture."""
    highest = max((count or 0 for _, count in days), default=0) or 1
    step = WIDTH / max(len(days), 1)
    return tuple(
        Bar(
            day=day,
            count=count,
            x=round(place * step, 1),
            y=round(HEIGHT - HEIGHT * (count or 0) / highest, 1),
            width=round(max(step - GAP, 1), 1),
            height=round(HEIGHT * (count or 0) / highest, 1),
        )
        for place, (day, count) in enumerate(days)
    )
