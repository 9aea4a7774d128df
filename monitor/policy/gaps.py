"""How far earlier pages of a feed are followed to fill a gap (docs/identity.md, rule I13)."""

from datetime import timedelta

MOST_PAGES = 5
"""So many more requests after a gap at most, each after the pause of its host. WordPress has ten articles a page, so
that a feed may have published sixty in the time; a publisher pays for no more than an hour of usual polls.
"""

BACKDATED = timedelta(hours=48)
"""A page on which all is dated that long before the gap lies beyond it: like `LATE_AFTER`, for publishers who date an
article by the day on which they began to write it.
"""
