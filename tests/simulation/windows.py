"""How fast a publisher's window fills, as the reader may have measured it: what it measured wins over hints (P7)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

SLOW = timedelta(days=1)
ENDLESS = timedelta(days=365)
"""A window that lasts longer than SLOW is taken to last so long."""
LEAST = timedelta(minutes=1)
ROUND = timedelta(minutes=5)
"""How much later than it was sent an answer is read: in its round others are waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What one reader knows after its latest success."""

    seen: frozenset[str] = frozenset()
    read_at: datetime | None = None
    lasts: timedelta = ENDLESS
    """The time in which all of it is replaced."""

    def after(self, marks: frozenset[str], now: datetime) -> "Window":
        """The same after a document with these items, or none if nothing was modified."""
        fresh, lasts = marks - self.seen, 2 * self.lasts
        if self.read_at and fresh:
            lasts = min(lasts, max(now - self.read_at - ROUND, LEAST) * len(marks) / len(fresh))
        return Window(seen=self.seen | marks, read_at=now, lasts=lasts if lasts <= SLOW else ENDLESS)


@dataclass(slots=True)
class Windows:
    """Of one publisher: one, unless an accident left several possible."""

    possible: frozenset[Window] = frozenset({Window()})
    doubted: frozenset[Window] = frozenset({Window()})
    """What was possible before this tick."""

    def read(self, marks: Iterable[str], now: datetime) -> None:
        shown = frozenset(marks)
        self._each(lambda window: window.after(shown, now))

    def tick_ends(self, *, is_clean: bool) -> None:
        if not is_clean:
            self.possible |= self.doubted
        self.doubted = self.possible

    def clock_jumped(self) -> None:
        """Spans are wrong by hours, so that any measure is possible."""
        self._each(lambda window: replace(window, lasts=LEAST))

    def shortest(self) -> timedelta:
        """In which time it may be thought that all of the window is replaced."""
        return min(window.lasts for window in self.possible)

    def _each(self, change: Callable[[Window], Window]) -> None:
        self.possible = frozenset(map(change, self.possible))
