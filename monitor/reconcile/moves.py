"""Whether a feed has moved: permanent redirects are watched for a week before they are believed (rule P10).

Captive portals and broken servers redirect for good as well; so only answers count that end in a valid feed.
The configured URL is never changed: what is noted here is where it is read instead.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model.feed_update import FeedState
from monitor.url import clean_link, host_of, stored_url

BELIEVED_AFTER = timedelta(days=7)
SIGHTINGS = 5
GIVEN_UP_AFTER = timedelta(days=3)


def with_sighting(state: FeedState, asked: str, target: str | None, now: datetime) -> FeedState:
    """The feed after a good answer to `asked`, to which only permanent redirects led (None: none or others did).

    To https on the same host it moves at once. A target with a secret in it is followed, and never written down.
    """
    known = {clean_link(url) for url in (asked, state.url, state.moved_to)}  # a loop until a cookie comes is no move
    if target is None or clean_link(target) in known or stored_url(target) != target:
        return _unwatched(state)
    if asked.startswith("http:") and target.startswith("https:") and host_of(asked) == host_of(target):
        return replace(_unwatched(state), moved_to=target)
    if target != state.moving_to or state.moving_since is None:
        return replace(state, moving_to=target, moving_since=now, moving_sightings=1)
    sightings = state.moving_sightings + 1
    if sightings >= SIGHTINGS and now - state.moving_since >= BELIEVED_AFTER:
        return replace(_unwatched(state), moved_to=target, moved_at=now)
    return replace(state, moving_sightings=sightings)


def with_way_back(state: FeedState, now: datetime) -> FeedState:
    """A feed that fails for days where it has moved to is asked at its own URL again."""
    if state.moved_to and state.failing_since and now - state.failing_since >= GIVEN_UP_AFTER:
        return replace(state, moved_to="", moved_at=None)
    return state


def _unwatched(state: FeedState) -> FeedState:
    return replace(state, moving_to="", moving_since=None, moving_sightings=0)
