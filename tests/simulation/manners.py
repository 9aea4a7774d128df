"""The behaviour score: what a publisher who reads his log would complain about. All of it must be 0.

Judged from requests and answers alone. What a kill or a full disk kept from being stored is not held against the
reader: then both the old and the new validators may come back, and the floor counts from the moment at which it
said that it would ask. Who did not answer while the reader's own line was down is asked again after it, like all the
others. The first request after the clock jumped is excused from its spacing, because nobody can know; it is
counted apart.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from simulation.newsroom import NOTHING, Answer, Pair, Publisher
from simulation.windows import Windows

FLOOR = timedelta(minutes=15)
HINT_CAP = timedelta(hours=24)
HOLD_CAP = timedelta(days=7)
PROBE_AFTER = timedelta(days=8)
PROBE_GAP = timedelta(days=30)
PAUSE_AFTER = timedelta(hours=24)
BEFORE_ANSWER = timedelta(minutes=1)
"""Between saying that one will ask and the answer: others are waited for meanwhile."""
AFTER_AN_OUTAGE = timedelta(hours=4)
"""How long after the reader's line was down something may still be taken for a part of that."""
CLOCK_ERROR = timedelta(hours=4)
"""Between two moments at which the reader's clock may be two hours off, to either side."""
LONGEST_SILENCE = timedelta(hours=60)
"""A day of rest or of backing off and its jitter, an outage, and 20 hours in which a config lacks the feed."""

Served = tuple[str, Pair]
"""The path that served a document, and its validators: to no other path may they be sent."""

ALLOWED_HEADERS = {
    b"host", b"user-agent", b"accept", b"accept-encoding", b"connection", b"if-none-match", b"if-modified-since",
}  # fmt: skip
COMPLAINTS = ("unconditional", "too soon", "wrong validators", "in retry-after", "after gone", "headers", "neglected")
UNREACHABLE = ("no name", "refused")
"""Troubles in which no request arrives."""


@dataclass(slots=True, kw_only=True)
class Score:
    """Of one feed. `complaints` must stay empty; `excused` and `probes` are told beside it."""

    requests: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    complaints: Counter[str] = field(default_factory=Counter)
    excused: int = 0
    probes: int = 0
    words: list[str] = field(default_factory=list)

    def complain(self, kind: str, words: str) -> None:
        self.complaints[kind] += 1
        self.words.append(f"{kind}: {words}")


@dataclass(slots=True, kw_only=True)
class Dossier:
    """What one publisher remembers of this reader."""

    served: frozenset[Served] = frozenset({("", NOTHING)})
    """What the reader may have stored: one thing, unless an accident left two possible."""
    doubted: frozenset[Served] = frozenset()
    """What that was before the answers of this tick, until it is known that they were stored."""
    asked_at: datetime | None = None
    away: timedelta = timedelta()
    """How long the reader was off or asleep since."""
    answered_at: datetime | None = None
    rest_until: datetime | None = None
    floor_until: datetime | None = None
    fresh_at: datetime | None = None
    probed_at: datetime | None = None
    before: tuple[datetime | None, datetime | None] = (None, None)
    """What these two were before this tick."""
    is_failing: bool = False
    """Whether the last attempt went wrong, as far as the reader knows."""
    is_troubled: bool = False
    """The same, and not because the server was busy."""
    was_tried: bool = False
    """Whether it was asked without validators since that began."""
    windows: Windows = field(default_factory=Windows)
    gone: tuple[datetime, ...] = ()
    is_excused: bool = False
    score: Score = field(default_factory=Score)


class Manners:
    """Judges every request as it comes in."""

    def __init__(self, publishers: Iterable[Publisher], host_gap: timedelta) -> None:
        self._publishers = tuple(publishers)
        self.dossiers = {publisher.number: Dossier() for publisher in self._publishers}
        self._gap = host_gap
        self._held: dict[str, datetime] = {}
        self._held_before: dict[str, datetime] = {}
        self._left: dict[str, datetime] = {}
        self._in_flight: Counter[str] = Counter()
        self.most_at_once = 0
        self.line_down_at: datetime | None = None
        """When the reader's line was seen to be down for the last time."""
        self.faults: list[str] = []

    def arrives(
        self, publisher: Publisher, host: str, headers: Mapping[bytes, bytes], now: datetime, *, by_hand: bool
    ) -> None:
        """A request that begins a poll; where it is sent on, `asks` judges what follows."""
        dossier = self.dossiers[publisher.number]
        dossier.score.requests += 1
        self._judge_time(publisher, dossier, host, now, by_hand=by_hand)
        self._judge_silence(publisher, dossier, now)
        dossier.asked_at, dossier.away = now, timedelta()
        dossier.is_excused = False

    def asks(self, publisher: Publisher, path: str, headers: Mapping[bytes, bytes], now: datetime) -> None:
        """Any request for a path: what it carries."""
        dossier = self.dossiers[publisher.number]
        sent = headers.get(b"if-none-match"), headers.get(b"if-modified-since")
        self._judge_validators(publisher, dossier, path, sent, now)
        if set(headers) - ALLOWED_HEADERS or headers.get(b"accept-encoding") != b"gzip":
            dossier.score.complain("headers", f"{publisher.name} at {now}: {sorted(headers)}")

    def hops(self, host: str, now: datetime) -> None:
        """Any request: one at a time for a host, with a pause between two, few at once in all."""
        self._in_flight[host] += 1
        if self._in_flight[host] > 1:
            self.faults.append(f"two requests at once to {host} at {now}")
        left = self._left.get(host)
        if left is not None and timedelta() <= now - left < self._gap:
            self.faults.append(f"{host} asked again after {now - left} at {now}")
        self.most_at_once = max(self.most_at_once, self._in_flight.total())

    def leaves(self, host: str, now: datetime) -> None:
        self._in_flight[host] -= 1
        self._left[host] = now

    def forgets_flights(self) -> None:
        """The reader died: nothing is in flight any more."""
        self._in_flight.clear()

    def answered(self, publisher: Publisher, host: str, path: str, answer: Answer, now: datetime) -> None:
        """What the last hop said, as the publisher will remember it."""
        dossier = self.dossiers[publisher.number]
        dossier.score.answers[answer.status] += 1
        is_news = answer.status == 200 and answer.shown is not None
        if is_news or answer.status == 304:
            dossier.doubted |= dossier.served
            dossier.served = frozenset({(path, answer.validators)})
            dossier.windows.read((item.mark for item in answer.shown or ()), now)
        if is_news:
            dossier.fresh_at = now
        is_good = (is_news or answer.status == 304) and not answer.fault
        dossier.is_troubled = not is_good and (dossier.is_troubled or answer.status not in (429, 503))
        dossier.was_tried &= not is_good
        if is_good and dossier.is_failing:
            self._wakes(host)
        dossier.is_failing = not is_good
        if answer.quiet is not None:
            self._held[host] = max(self._held.get(host, now), now + min(answer.quiet, HOLD_CAP))
        dossier.gone = (*dossier.gone, now) if answer.status == 410 else ()
        dossier.answered_at, dossier.floor_until = now, now + FLOOR
        dossier.rest_until = now + max(FLOOR, self._rest(publisher, dossier, answer, now))

    def _wakes(self, host: str) -> None:
        """P11: a host that answers again has all its failing feeds asked, as soon as the floor allows."""
        for publisher in self._publishers:
            dossier = self.dossiers[publisher.number]
            if publisher.host == host and dossier.is_failing:
                dossier.rest_until = dossier.floor_until

    def _rest(self, publisher: Publisher, dossier: Dossier, answer: Answer, now: datetime) -> timedelta:
        """P7: what its owner has set for a feed wins over what it asks for, and so does how fast its window fills."""
        is_part_of_outage = self.line_down_at is not None and now - self.line_down_at < AFTER_AN_OUTAGE
        if answer.fault and is_part_of_outage:
            return timedelta()
        if publisher.has_own_interval:
            return publisher.interval
        hinted = min(answer.rest, HINT_CAP) if answer.status in (200, 304) else timedelta()
        return min(max(publisher.interval, hinted), dossier.windows.shortest() / 2)

    def tick_ends(self, *, is_clean: bool) -> None:
        """All answers of the tick are stored, or nobody knows which are: then after the floor anyone may be asked."""
        for dossier in self.dossiers.values():
            dossier.windows.tick_ends(is_clean=is_clean)
            if dossier.doubted:
                if not is_clean:
                    dossier.served |= dossier.doubted
                dossier.doubted = frozenset()
            if not is_clean:
                dossier.fresh_at, dossier.probed_at = dossier.before
                dossier.is_failing, dossier.is_troubled, dossier.was_tried = True, True, False
            dossier.before = dossier.fresh_at, dossier.probed_at
            if not is_clean and dossier.answered_at is not None:
                dossier.rest_until = dossier.floor_until = dossier.answered_at + FLOOR - BEFORE_ANSWER
        if not is_clean:
            self._held = dict(self._held_before)
        self._held_before = dict(self._held)

    def is_out_of_reach(self, publishers: Iterable[Publisher], *, has_name: bool) -> None:
        """No request arrives, and the reader counts that as a failure; without a name it is nobody's fault here."""
        for publisher in publishers:
            dossier = self.dossiers[publisher.number]
            dossier.is_failing = True
            dossier.is_troubled |= has_name

    def line_is_down(self, now: datetime, by_hand: Iterable[int]) -> None:
        """Whom the owner wants asked by hand is asked as soon as the line is back."""
        self.line_down_at = now
        for dossier in self.dossiers.values():
            dossier.is_failing = dossier.is_troubled = True
        for number in by_hand:
            self.dossiers[number].rest_until = self.dossiers[number].floor_until

    def was_away(self, span: timedelta) -> None:
        for dossier in self.dossiers.values():
            dossier.away += span

    def ends(self, now: datetime) -> None:
        """The last moment: whom has nobody asked for too long?"""
        for publisher in self._publishers:
            dossier = self.dossiers[publisher.number]
            self._judge_silence(publisher, dossier, now)
            if dossier.asked_at is None:
                dossier.score.complain("neglected", f"{publisher.name} was never asked")

    def clock_jumped(self) -> None:
        self._held.clear()
        self._left.clear()
        for dossier in self.dossiers.values():
            dossier.is_excused = True
            dossier.windows.clock_jumped()

    def _judge_validators(self, publisher: Publisher, dossier: Dossier, path: str, sent: Pair, now: datetime) -> None:
        """P4: what was served must come back, whatever happened in between."""
        fitting = frozenset(
            served for served in dossier.served if sent == (served[1] if served[0] == path else NOTHING)
        )
        if fitting:
            dossier.served = fitting
        elif sent == NOTHING and self._may_probe(dossier, now):
            dossier.was_tried |= dossier.is_troubled
            dossier.probed_at = now
            dossier.score.probes += 1
        else:
            kind = "unconditional" if sent == NOTHING else "wrong validators"
            dossier.score.complain(kind, f"{publisher.name}{path} at {now}: {sent}, and was served {dossier.served}")

    def _may_probe(self, dossier: Dossier, now: datetime) -> bool:
        """P15: nothing but 304 for over 8 days, and no probe within 30; or once since it began to go wrong."""
        if dossier.is_troubled and not dossier.was_tried:
            return True
        is_stale = dossier.fresh_at is not None and now - dossier.fresh_at > PROBE_AFTER - CLOCK_ERROR
        return is_stale and (dossier.probed_at is None or now - dossier.probed_at >= PROBE_GAP - CLOCK_ERROR)

    def _judge_time(self, publisher: Publisher, dossier: Dossier, host: str, now: datetime, *, by_hand: bool) -> None:
        score = dossier.score
        until = dossier.floor_until if by_hand else dossier.rest_until
        is_soon = until is not None and now < until
        if is_soon and dossier.is_excused:
            score.excused += 1
        elif is_soon:
            score.complain("too soon", f"{publisher.name} at {now}, not before {until}, by hand: {by_hand}")
        if not by_hand and not dossier.is_excused and now.hour in publisher.hints.skip_hours and dossier.fresh_at:
            score.complain("too soon", f"{publisher.name} at {now}, an hour to skip")
        if now < self._held.get(host, now):
            score.complain("in retry-after", f"{publisher.name} at {now}, quiet until {self._held[host]}")
        if len(dossier.gone) > 1 and dossier.gone[-1] - dossier.gone[0] >= PAUSE_AFTER and not by_hand:
            score.complain("after gone", f"{publisher.name} at {now}, gone since {dossier.gone[0]}")

    def _judge_silence(self, publisher: Publisher, dossier: Dossier, now: datetime) -> None:
        """A feed is asked again and again, however long it fails; only one that is gone is left alone."""
        if dossier.asked_at is None or len(dossier.gone) > 1:
            return
        silence = now - dossier.asked_at - dossier.away - self._unreachable(publisher.host, dossier.asked_at, now)
        if silence > LONGEST_SILENCE:
            dossier.score.complain("neglected", f"{publisher.name}, not asked from {dossier.asked_at} to {now}")

    def _unreachable(self, host: str, since: datetime, now: datetime) -> timedelta:
        """For how much of a time no request could arrive at a host."""
        spans = (
            min(end, now) - max(start, since)
            for publisher in self._publishers
            if publisher.host == host
            for start, end, kind in publisher.troubles
            if kind in UNREACHABLE
        )
        return sum((max(span, timedelta()) for span in spans), timedelta())


def table(publishers: Iterable[Publisher], dossiers: Mapping[int, Dossier]) -> str:
    """The score per feed, as lines."""
    head = f"{'':8} {'requests':>8} {'200':>5} {'304':>5} {'else':>5} " + " ".join(f"{name:>16}" for name in COMPLAINTS)
    lines = [f"{head} {'probes':>7} {'excused':>7}"]
    for publisher in publishers:
        score = dossiers[publisher.number].score
        others = sum(score.answers.values()) - score.answers[200] - score.answers[304]
        counts = " ".join(f"{score.complaints[name]:16}" for name in COMPLAINTS)
        lines.append(
            f"{publisher.name:8} {score.requests:8} {score.answers[200]:5} {score.answers[304]:5} {others:5} "
            f"{counts} {score.probes:7} {score.excused:7}"
        )
    return "\n".join(lines)


def with_floor(publisher: Publisher, interval: timedelta) -> Publisher:
    """The publisher as the reader's settings see it."""
    return replace(publisher, interval=max(interval, FLOOR))
