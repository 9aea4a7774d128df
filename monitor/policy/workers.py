"""When a worker that is not heard of is dead, and what the others may do then."""

from datetime import timedelta

BEAT_EVERY = timedelta(seconds=3)
"""How often a worker says that it lives."""

DEAD_AFTER = timedelta(seconds=20)
"""After this time without a word a worker is dead: others take what it had. It has the rest of a minute to be missed
and replaced, and a server that restarts, or a machine that swaps, is not dead at once.
"""

SURE_FOR = timedelta(seconds=15)
"""So long after its last word a worker may still begin a request; after that, others may soon take its hosts."""

REMEMBERED = timedelta(hours=1)
"""How long is kept who was there, and which host was asked when: longer than any gap between two requests."""

HOSTS_AHEAD = 2
"""So many hosts per possible poll a worker has for itself: enough that it need not look after each poll, and few enough
that others have some, too.
"""

LENT_WITHIN = timedelta(seconds=30)
"""So long a request waits for a host that another worker has, such as one that it is redirected to. After that its feed
is asked later: two workers may wait for each other.
"""

BUSY_FOR = timedelta(minutes=1)
"""How much later."""


def is_sure(since_word: timedelta) -> bool:
    """Whether a worker still has its hosts, so long after it was heard of the last time."""
    return since_word < SURE_FOR
