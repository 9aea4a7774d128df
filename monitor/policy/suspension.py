"""When a recipient is suspended after refusals and when a feed is paused; and which feeds are reported to people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.model.delivery import DeliveryState

if TYPE_CHECKING:
    from monitor.model.feed_update import FeedState

SUSPENDED_AFTER = 3
"""A recipient is suspended after this many refused editions in a row (rule D11): one or two may be a fault of the
server that somebody corrects.
"""

GONE = "gone"
"""The stage of an answer such as 410 Gone: the recipient asks for no more, which needs no second opinion."""

SAYS_SOMETHING = (
    DeliveryState.SENT,
    DeliveryState.REFUSED,
    DeliveryState.DEAD,
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
)
"""The states that show whether a recipient can be reached; a held or cancelled message shows nothing."""

SURE_AFTER = timedelta(hours=24)
"""A feed that is gone (410), and still is a day later, is not asked any more until its owner does (rule P11)."""

NAMED_AFTER = timedelta(days=3)
"""A server that is down for a night is not worth a reader's line (rule P11)."""


def is_suspended(last_states: Sequence[DeliveryState], last_answer: str = "") -> bool:
    """Whether a recipient gets no more messages. `last_states`: of its latest editions that say something, newest
    first; `last_answer`: what was said to the newest.
    """
    if last_states and last_states[0] is DeliveryState.REFUSED and is_gone(last_answer):
        return True
    last = last_states[:SUSPENDED_AFTER]
    return len(last) == SUSPENDED_AFTER and set(last) == {DeliveryState.REFUSED}


def is_gone(answer: str) -> bool:
    """Whether this is the answer of a recipient who asks for no more."""
    return answer.startswith(f"{GONE}:")


def why_suspended(answer: str, what: str = "editions") -> str:
    """Why a recipient is suspended, as a clause. `answer`: what was said last about them; `what` was refused."""
    return "the recipient asked for no more" if is_gone(answer) else f"three {what} in a row were refused"


def why_held(answer: str, what: str = "editions") -> str:
    """Why a message for a suspended recipient is not tried."""
    return f"not tried, because {why_suspended(answer, what)}: {answer}"


def is_gone_for_good(gone_since: datetime | None, now: datetime) -> bool:
    """Whether a feed that answers 410 now, and has since `gone_since`, is to be paused."""
    return gone_since is not None and now - gone_since >= SURE_AFTER


def needs_attention(state: "FeedState", now: datetime) -> bool:
    """Whether this feed is reported to a person: it has failed for three days, or ever since it was added, or its
    publisher says that it is gone for good.
    """
    if state.failing_since is None:
        return False
    return state.succeeded_at is None or state.paused_at is not None or now - state.failing_since >= NAMED_AFTER
