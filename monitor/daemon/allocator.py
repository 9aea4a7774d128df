"""glibc's allocator: few arenas for all threads, and free memory is returned to the system.

By default it gives every thread its own arena, up to eight for each core. No arena returns memory that was used once,
and the jobs move from thread to thread, so each arena grows to the size of the largest job. Threads that hold
Python's lock gain nothing from separate arenas. An edition needs more memory when there is more news, and that memory
would never be returned.
"""

import ctypes

M_ARENA_MAX = -8
"""From glibc's malloc.h."""

ARENAS = 2


def share_arenas() -> bool:
    """Limit the arenas, before the first thread starts. Returns whether this system's allocator supports it (glibc)."""
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS))
    except (AttributeError, OSError):
        return False  # musl and macOS have no such arenas


def give_memory_back() -> bool:
    """Return free memory to the system, in less than a millisecond. Returns whether this allocator can (glibc)."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):
        return False
    return True
