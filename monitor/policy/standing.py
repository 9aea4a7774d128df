"""The state of a feed in words, and its name."""

from collections.abc import Sequence
from datetime import datetime

from monitor.model.feed_update import FeedState, Hold
from monitor.model.fetch import FetchProblem
from monitor.policy.silence import is_silent
from monitor.url import host_of, shown_url

OUR_FAULTS = (FetchProblem.PARSER, FetchProblem.SURPRISE)


def feed_name(outlet: str, title: str, url: str) -> str:
    """What people call a feed: its outlet, else its title, else the host of its URL in the config.

    A feed that has moved keeps its name: the config still has the old address, and there people look for it.
    """
    return outlet or title or host_of(url)


def standing_of(
    state: FeedState, now: datetime, hold: Hold | None = None, seen_at: Sequence[datetime] = ()
) -> tuple[str, str]:
    """The state of a feed, in one word and in a sentence for people. `hold` is the one that keeps it waiting, `seen_at`
    when it brought new articles, if it has been quiet since.
    """
    if state.paused_at is not None:
        return (
            "paused",
            f"gone since {state.gone_since or state.paused_at:%Y-%m-%d}; no longer polled, except by `poll`",
        )
    if state.failing_since is not None:
        hold_words = f"; asks to be left alone until {hold.until:%Y-%m-%d %H:%M}" if hold else ""
        reason = f"{state.problem_detail or state.problem}{hold_words}"
        return "failing", f"failing since {state.failing_since:%Y-%m-%d %H:%M}: {reason}"
    if hold is not None:
        cause = f"{hold.origin} asked for it when {shown_url(hold.asked_by)} was polled"
        return "held", f"on hold until {hold.until:%Y-%m-%d %H:%M}: {cause}"
    if state.succeeded_at is None:
        return "new", "not polled yet"
    if is_silent(seen_at, now):
        return "silent", f"silent since {seen_at[-1]:%Y-%m-%d}"
    word, says = ("moved", f"ok, read at {host_of(state.moved_to)}") if state.moved_at is not None else ("ok", "ok")
    return word, "; ".join(filter(None, (says, state.problem_detail)))


def trouble_of(state: FeedState) -> str:
    """Why a feed fails, as an edition says it: the detail is a sentence that says it all, except where our own code
    failed: then it is a technical one.
    """
    is_named = not state.problem_detail or state.problem in OUR_FAULTS
    words = ((state.problem or "") if is_named else "", state.problem_detail)
    reason = ": ".join(filter(None, words)).rstrip(".")
    return f"{reason}; no longer polled" if state.paused_at else reason
