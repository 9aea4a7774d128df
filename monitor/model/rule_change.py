"""What a change of a topic did to its matches, and the one sentence that says it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.counted import counted
from monitor.model.ids import ArticleId

DAY_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How many of the same articles a topic matched before a change of it and after."""

    before: int | None
    """How many it matched before; None if it is new."""
    after: int
    """How many it matches now."""
    entered: int
    """How many it matches now and did not before."""
    left: int
    """How many it matched before and does not now."""

    def in_words(self, window: timedelta) -> str:
        """`14 matches in 30 days before, 17 now (+4 −1)`, or `new: 41 matches in the last 30 days`. `window`: how far
        back these articles go.
        """
        if self.before is None:
            found = counted(self.after, "match", "matches")
            return f"new: {found} in the last {_span(window).removeprefix('1 ')}"
        change = f" (+{self.entered:,} −{self.left:,})" if self.entered or self.left else ""
        return f"{counted(self.before, 'match', 'matches')} in {_span(window)} before, {self.after:,} now{change}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeChange:
    """A topic as it was before a change of it."""

    is_new: bool
    """Whether it was never looked for."""
    matched: frozenset[ArticleId]
    """The articles of the window that it matched."""
    last_article: int
    """The id of the last article that was stored then; 0 if there was none."""

    def effect(self, after: Iterable[ArticleId]) -> Effect:
        """What a change did, by what it matches `after` that. Articles that came later were never asked by the old
        wording, and are not counted.
        """
        now = {article for article in after if article <= self.last_article}
        return Effect(
            before=None if self.is_new else len(self.matched),
            after=len(now),
            entered=len(now - self.matched),
            left=len(self.matched - now),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """What a change of a topic by its owner did."""

    topic: str
    """The name of the topic."""
    changed_at: datetime
    """When all stored articles of the window had been matched again (UTC)."""
    window: timedelta
    """How far back they go, in whole hours."""
    effect: Effect
    """What became of the matches in it."""

    def in_words(self) -> str:
        """`Syria ceasefire: 14 matches in 30 days before, 17 now (+4 −1)`."""
        return f"{self.topic}: {self.effect.in_words(self.window)}"


def _span(window: timedelta) -> str:
    """Days; hours where less than two days are no whole number of them."""
    hours = max(1, round(window / timedelta(hours=1)))
    if hours < 2 * DAY_HOURS and hours % DAY_HOURS:
        return counted(hours, "hour", "hours")
    return counted(round(hours / DAY_HOURS), "day", "days")
