"""An outage of our own: no feed is blamed for it, and one is asked now and then until a server answers (rule P12)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from monitor.model.edition_input import Outage
from monitor.model.feed_update import Attempt, FeedState
from monitor.policy.clock import is_within

OUTAGE_ATTEMPTS, OUTAGE_HOSTS = 5, 3
"""Fewer may be a bad hour of one provider."""

OUTAGE_PROBE = timedelta(minutes=5)
"""How soon at the latest it is seen that the network is back, if a feed is due."""

DOUBT_PROBE = timedelta(seconds=10)
"""And if one is due that answered before and was not asked since. Name servers that hang for many new feeds look like
an outage until the next feed that is well is asked: it must not wait for minutes.
"""

MOST_TAKEN_BACK = 10_000
"""So many attempts that reached no server are taken back when an outage begins: a bound on what one transaction reads.
It begins with the first attempts that show it, so that there are far fewer.
"""


MEANWHILE = timedelta(seconds=1)
"""An attempt that began longer than that before a server was reached has hung while the network was there."""


def says_something(ended_at: datetime, elapsed_ms: int, reached_at: datetime) -> bool:
    """Whether an attempt that reached no server, and took so long, is evidence of an outage although another one
    reached a server then.
    """
    return ended_at - timedelta(milliseconds=elapsed_ms) + MEANWHILE >= reached_at


def is_outage(attempts: Sequence[Attempt], hosts: Collection[str]) -> bool:
    """Whether these attempts in a row, none of which reached a server, are our own fault (rule P12): the last five
    of them, on three hosts; or as many as there are feeds and hosts. `hosts`: that of each feed; five feeds with three
    hosts among them say as much as all. A feed that failed before counts in neither.
    """
    last = attempts[-min(OUTAGE_ATTEMPTS, len(hosts)) :]
    is_enough = len(attempts) >= min(OUTAGE_ATTEMPTS, len(hosts)) > 0
    return is_enough and len({each.host for each in last}) >= min(OUTAGE_HOSTS, len(set(hosts)))


def is_probe_due(outage: Outage, now: datetime, *, is_in_doubt: bool = False) -> bool:
    """Whether a feed is to be asked now to see whether the outage is over. `is_in_doubt`: one that may well answer."""
    wait = DOUBT_PROBE if is_in_doubt else OUTAGE_PROBE
    return outage.probed_at is None or not is_within(outage.probed_at, wait, now)


def may_well_answer(due: Collection[FeedState], outage: Outage) -> list[FeedState]:
    """The feeds among these whose last attempt was answered and made before the outage."""
    return [
        state for state in due if state.polled_at is not None and state.polled_at < outage.since and not state.failures
    ]


def probed_first(due: Collection[FeedState]) -> FeedState:
    """The feed that is asked during an outage: of those that are due the one that was asked last longest ago."""
    return min(due, key=lambda state: (state.polled_at is not None, state.polled_at, state.id))
