"""glibc's allocator: few arenas for all threads, and memory that is free goes back to the system.

By itself it gives every thread an arena of its own, up to eight for each core. None of them gives back what was used
once, and the jobs go from thread to thread: each arena grows to what the largest job ever took. Threads that hold
Python's lock gain nothing by having one each. And an edition takes the more, the more news there is: what it leaves
would stay for ever.
"""

import ctypes

M_ARENA_MAX = -8
"""From glibc's malloc.h."""

ARENAS = 2


def share_arenas() -> bool:
    """Before the first thread starts; whether this system's allocator is one that listens (glibc's)."""
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS))
    except (AttributeError, OSError):
        return False  # musl and macOS have no such arenas


def give_memory_back() -> bool:
    """Return what is free to the system, in less than a millisecond; whether this allocator can (glibc's)."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):
        return False
    return True
