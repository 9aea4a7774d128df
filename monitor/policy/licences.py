"""When the licence of a text is over: the one rule for what is shown, for what is written and for what is removed."""

from datetime import datetime, timedelta

from monitor.policy.clock import is_credible


def is_over(first_seen_at: datetime, kept: timedelta | None, now: datetime | None) -> bool:
    """Whether the licence of an article's text is over (docs/decisions/0064). `kept`: how long its feed allows to keep
    texts; zero: not at all, None: for ever. `now`: None if nobody says what time it is; then no time is left.

    A moment to come was written by a clock that was ahead: how long ago it is nobody knows.
    """
    if kept is None:
        return False
    if not kept or now is None:
        return True
    return not (now < first_seen_at + kept and is_credible(first_seen_at, now))
