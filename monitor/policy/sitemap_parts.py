"""How many parts of an index of news sitemaps are asked, and how often (rule P17)."""

from datetime import timedelta

MOST_PARTS = 5
"""So many requests for parts in one poll at most, each after the pause of its host. Most outlets have one or two; the
schema allows a thousand articles in each, more than any outlet publishes in 48 hours.
"""

KEPT_FOR_OTHERS = 2
"""So many of these are left to parts that did not fail at the last poll: broken ones never take all."""

MOST_NAMED = 1_000
"""So many parts of an index are looked at, the first ones: the parts of an archive of sixty years, one a month."""

MOST_PLAIN = 50
"""So many parts that are no news sitemaps are remembered, so that they are not asked again."""

MOST_WAITING = 50
"""So many parts are remembered that wait while others have the places of a poll."""

WHOLE_EVERY = timedelta(days=1)
"""How often a part is asked without conditions: some servers answer "not modified" for ever (rule P15)."""

RECENT = timedelta(hours=72)
"""A part that the index says has changed within that time comes before the others: it may have articles of the last
48 hours, whatever its time zone.
"""

MOST_IN_WINDOW = 10_000
"""So many items are remembered of an index whose parts are not all read at each poll."""
