"""When an edition that is due is not made yet: feeds that come first, or a failure a moment ago.

After downtime an edition waits until what was due before it has been read. Without that, a laptop that wakes at
nine mails "nothing new" of seven o'clock while its first poll is still under way; so does one that wakes twenty seconds
after seven, or ten before. One that wakes before its network polls in vain: while that outage is open its feeds are
unread too.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.model.clock import LATE
from monitor.policy.clock import is_within
from monitor.policy.retry import rest_after

LONGEST_WAIT = timedelta(minutes=15)
"""The longest time that an edition waits for its feeds (rule D2): some may be unreachable for days."""


AWAY = timedelta(minutes=1)
"""Editions are looked for every two seconds; with a longer gap between two looks the machine slept, or nothing ran."""

CATCHING_UP = timedelta(minutes=5)
"""How long after that an edition may find feeds unread that were due before it: some hundred are read in that time."""


def awake_since(before: datetime | None, looked_at: datetime | None, now: datetime) -> datetime:
    """Since when somebody has looked for editions without a gap. `before`: what this was at the look before, at
    `looked_at` (None: there was none).
    """
    if before is None or looked_at is None or before > now or now - looked_at > AWAY:
        return now
    return before


def may_be_behind(due_at: datetime, awake: datetime, now: datetime) -> bool:
    """Whether an edition may come before feeds that were due before it: it is late, or was due before the machine had
    been awake for some minutes. No other edition waits.
    """
    return is_late(due_at, now) or due_at - awake < CATCHING_UP


def is_late(due_at: datetime, now: datetime) -> bool:
    """Whether an edition is so late that it says so."""
    return now - due_at >= LATE


def is_behind(due_polls: Iterable[datetime | None], due_at: datetime) -> bool:
    """Whether one of the feeds that are due now was last asked before `due_at`, or never (None)."""
    return any(polled_at is None or polled_at < due_at for polled_at in due_polls)


def may_wait(waiting_since: datetime, now: datetime) -> bool:
    """Whether an edition may go on waiting for its feeds."""
    return is_within(waiting_since, LONGEST_WAIT, now)


def is_resting(failures: int, failed_at: datetime, now: datetime) -> bool:
    """Whether to leave an edition alone that failed this often in a row, the last time at `failed_at`."""
    return is_within(failed_at, rest_after(failures), now)
