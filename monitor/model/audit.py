"""What an audit found: how much a topic misses, estimated from articles that a person judged."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The result of one audit, on articles that a topic does not match. Copies of an article count once."""

    made_at: datetime
    """When it was made (UTC)."""
    since: datetime
    """From when on articles were first seen (UTC)."""
    near: int
    """The number of near-misses: articles that lack one group, resemble the topic, or were judged to belong to it."""
    near_judged: int
    """How many of them were judged, in the audit or before."""
    near_relevant: int
    """How many of these belong to the topic."""
    estimate: float
    """How many of all near-misses do, by estimate."""
    low: int
    """At least so many do: the lower end of the 95 % interval."""
    high: int
    """At most so many do: its upper end."""
    elsewhere: int
    """The number of all other articles, without those that were judged before."""
    elsewhere_judged: int
    """How many of these were drawn and judged."""
    elsewhere_relevant: int
    """How many of those belong to the topic."""

    @property
    def words(self) -> str:
        """The result in one line: "of 312 near-misses about 8 are relevant (3–17, 95 %); 0 of 10 elsewhere"."""
        beyond = f"; {self.elsewhere_relevant} of {self.elsewhere_judged} elsewhere" if self.elsewhere_judged else ""
        if not self.near:
            return f"there are no near-misses{beyond}"
        of_all = f"of {self.near:,} near-misses" if self.near != 1 else "of 1 near-miss"
        number = round(self.estimate)
        found = f"{number:,} {'is' if number == 1 else 'are'} relevant"
        if self.low == self.high:
            return f"{of_all} {found}{beyond}"
        return f"{of_all} about {found} ({self.low:,}–{self.high:,}, 95 %){beyond}"
