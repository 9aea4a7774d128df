"""What the 48 hours of news sitemaps mean (rule P17): what is too old to be new, and what may be gone without a gap."""

from datetime import datetime, time, timedelta

from monitor.model.feed import NEWS_SITEMAP
from monitor.model.feed_update import FeedState

AGE = timedelta(hours=48)
DAY = timedelta(days=1)


def is_too_old(document: str, published: datetime | None, state: FeedState, now: datetime) -> bool:
    """Whether it was older than 48 hours at the last good poll, or is now, if there was none. After an outage nothing
    is lost. A date without a time is midnight, and has a day more.
    """
    if document != NEWS_SITEMAP or published is None:
        return False
    age = AGE + (DAY if published.time() == time() else timedelta())
    return published < min(state.succeeded_at or now, now) - age


def may_have_run_out(document: str, state: FeedState, now: datetime) -> bool:
    """Whether it is no wonder that a news sitemap has nothing more of what it had. Whoever publishes little would have
    a gap each time otherwise. After 48 hours without a good poll nobody can tell, and it is a gap.

    All that was known may be older than 48 hours. Or the sitemap holds less, which many do: what it had at the last
    good poll was as old then as that poll is now or older, so that what came since would still be there.
    """
    if document != NEWS_SITEMAP or not state.arrivals or state.succeeded_at is None:
        return False
    since, newest = now - state.succeeded_at, state.arrivals[-1]
    return since <= AGE and (newest <= now - AGE or since <= state.succeeded_at - newest)
