"""What a command asks of the running daemon, and what it gets back.

Only one process polls and delivers; a command beside it leaves a request and waits.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class RequestKind(StrEnum):
    """What is asked: poll feeds by hand, make a manual edition, send one again, try deliveries again, cancel."""

    POLL = "poll"
    SEND = "send"
    RESEND = "resend"
    RETRY = "retry"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A stored request. `arguments` and `outcome` are plain JSON objects; `outcome` is None until done."""

    id: int
    kind: RequestKind
    arguments: dict[str, Any]
    asked_at: datetime
    outcome: dict[str, Any] | None = None
