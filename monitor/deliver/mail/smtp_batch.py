"""Several messages in one SMTP session: one connection and one login for a batch (rule D10).

A session goes on only after a message that was accepted. After any failure it ends, and the next message begins a new
one, so that one bad recipient never costs the others. A server may end a session between two messages, or say that it
has had enough: what fails so in a session that had messages before, and was certainly not accepted, is tried in a new
one at once. A connection that breaks after the end of a message leaves its outcome unknown, as ever (rule D8).
"""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.deliver.mail.replies import SHUTTING_DOWN
from monitor.deliver.mail.smtp_session import SmtpSession
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery

MOST_MESSAGES = 50
"""In one session. Many servers allow 100, some 20."""

BAD_SEQUENCE = 503
OF_SESSION = frozenset({SHUTTING_DOWN, BAD_SEQUENCE})
"""Answers that speak of the session, whatever the command."""

CODES = range(200, 600)
"""Of replies. What is no reply at all has another number."""


@dataclass(slots=True, kw_only=True)
class SmtpBatch:
    """Sends messages one after the other; `close` ends the session."""

    opened: Callable[[], SmtpSession]
    """A new session, encrypted and logged in. Raises DeliveryError."""
    handed_over: Callable[[SmtpSession, Delivery], str]
    """Sends a message in a session, and returns the answer. Raises DeliveryError."""
    session: SmtpSession | None = None
    """The one that is open."""
    messages: int = 0
    """How many it has had."""

    def __call__(self, delivery: Delivery) -> str:
        """Send a message. Raises DeliveryError."""
        is_used = self.session is not None
        try:
            return self._sent(delivery)
        except DeliveryError as error:
            if not is_used or not is_of_session(error):
                raise
        return self._sent(delivery)

    def close(self) -> None:
        """End the session, if there is one."""
        session, self.session, self.messages = self.session, None, 0
        if session is not None:
            session.end()

    def _sent(self, delivery: Delivery) -> str:
        if self.session is None:
            self.session = self.opened()
        try:
            answer = self.handed_over(self.session, delivery)
        except BaseException:
            self.close()
            raise
        self.messages += 1
        if self.messages >= MOST_MESSAGES:
            self.close()
        return answer


def is_of_session(error: DeliveryError) -> bool:
    """Whether a message failed because of its session, and was not accepted: the connection broke before its end, or
    the server takes no further one in this session.
    """
    if error.unknown or (error.permanent and error.code is None):
        return False
    return error.code is None or error.code not in CODES or error.code in OF_SESSION or error.stage == "sender"
