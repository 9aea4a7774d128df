"""What is no gap, and how far earlier pages of a feed are followed to fill one (docs/identity.md, rule I13)."""

from datetime import timedelta

from monitor.model.feed_update import FeedState

MOST_PAGES = 5
"""So many more requests after a gap at most, each after the pause of its host. WordPress has ten articles a page, so
that a feed may have published sixty in the time; a publisher pays for no more than an hour of usual polls.
"""

BACKDATED = timedelta(hours=48)
"""A page on which all is dated that long before the gap lies beyond it: like `LATE_AFTER`, for publishers who date an
article by the day on which they began to write it.
"""


def was_paused_well(state: FeedState) -> bool:
    """Whether the feed has been paused by its owner since its last answer, and did not fail when that began: what it
    had meanwhile was not asked for, so it is not missing.
    """
    if state.off_since is None or state.off_until is None or state.succeeded_at is None:
        return False
    was_well = state.failing_since is None or state.failing_since >= state.off_since
    return was_well and state.succeeded_at <= state.off_until
