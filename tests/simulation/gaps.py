"""What coverage must say: that articles may have come and gone unseen, where two documents in a row had no item in
common, and nowhere else.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

GAP = re.compile(r">Paper (\d+)</bdi>\s*<span[^>]*>(?:\d+ times )?between ")
AFTER_A_JUMP = timedelta(hours=30)
"""How long after a clock was set nobody can say which of two editions a gap belongs to."""
SAME_TICK = timedelta(minutes=1)
WRONG_CLOCK = timedelta(hours=4)

Gap = tuple[datetime, int]
"""When it was noticed, and the publisher's number."""


@dataclass(slots=True, kw_only=True)
class Gaps:
    """Of one world. What an accident may have kept from being stored may be named, and need not be."""

    documents: dict[int, list[frozenset[str]]] = field(default_factory=dict)
    """By publisher, what the latest stored document may be: one, unless an accident left several possible."""
    certain: list[Gap] = field(default_factory=list)
    possible: list[Gap] = field(default_factory=list)
    jumped_at: datetime | None = None

    def read(self, publisher: int, marks: frozenset[str], now: datetime, *, is_stored: bool) -> None:
        if not marks:
            return
        before = self.documents.get(publisher, [])
        apart = [marks.isdisjoint(each) for each in before]
        if any(apart):
            self.possible.append((now, publisher))
            if all(apart) and is_stored:
                self.certain.append((now, publisher))
        self.documents[publisher] = [marks] if is_stored else [*before, marks]

    def jump(self, now: datetime) -> None:
        self.jumped_at = now

    def forget(self, publisher: int) -> None:
        """It is not polled for a while, so that an edition does not speak of it."""
        self.certain = [gap for gap in self.certain if gap[1] != publisher]

    def judge(self, page: str, since: datetime | None, now: datetime) -> list[str]:
        """What is wrong with what a page says that covers the time from `since` on."""
        named = set(map(int, GAP.findall(page)))
        must = {number for at, number in self.certain if since and since < at < now - SAME_TICK}
        may = {number for at, number in self.possible if since is None or since - WRONG_CLOCK <= at}
        if self.jumped_at is not None and now - self.jumped_at < AFTER_A_JUMP:
            must, may = set(), may | {number for _, number in self.possible}
        lacking = [f"lacks the gap of paper {number}" for number in sorted(must - named)]
        return [*lacking, *(f"has a gap of paper {number}, which had none" for number in sorted(named - may))]
