"""People: who is logged in on the page, and which messages a recipient does not want."""

from dataclasses import dataclass
from datetime import datetime

ALERTS = "alerts"
"""The subject of a pause of all alerts. That of a digest is `digest NAME`."""


def subject_of(digest: str) -> str:
    """The subject of a pause of this digest."""
    return f"digest {digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A log-in that lasts."""

    user: str
    """The name of the user."""
    password_mark: str
    """What their password and role were then: a mark that is another one when one of them is."""
    began_at: datetime
    """When they logged in (UTC)."""
    seen_at: datetime
    """When they were last here, to the hour (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Messages that a recipient does not want for some time, or not any more."""

    recipient: str
    """What messages to the recipient are stored under."""
    subject: str
    """Which: `digest NAME`, or `alerts`."""
    since: datetime
    """When it was asked for (UTC)."""
    until: datetime | None
    """When it ends by itself (UTC); None if it does not."""

    @property
    def what(self) -> str:
        """Which messages, as people call them."""
        return "instant alerts" if self.subject == ALERTS else self.subject.removeprefix(subject_of(""))
