"""The reading end of an SMTP session: how its answers are shown, and which facts their numbers stand for.

A server (or somebody who poses as one before TLS) may answer anything: without end, a byte a minute, or with
control characters aimed at the terminal of the person who reads the log.
"""

import socket
import time
from datetime import timedelta

from monitor.errors import DeliveryError
from monitor.plain_text import escaped

REPLY_BYTES = 8_000
"""One reply with all its lines. RFC 5321 §4.5.3.1.5 allows a line 512; real EHLO replies stay under 1,000."""

CHUNK_BYTES = 4_096
SHORTEST_WAIT_SECONDS = 0.001
ANSWER_CHARACTERS = 300

REFUSED = 5
"""The first digit of a reply that will be the same next time (RFC 5321 §4.2.1)."""

LOGIN_CODES = frozenset({530, 534, 535, 538})
"""RFC 4954 §6: a login is required, too weak, wrong, or needs encryption; at whatever stage it is said."""

SHUTTING_DOWN = 421
"""RFC 5321 §4.2.3: may be the answer to any command."""


class Replies:
    """The file that smtplib reads lines from. smtplib limits the length of a line, but not the number of lines or the
    time.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""
        self._left = 0
        self._deadline = 0.0

    def allow(self, timeout: timedelta) -> None:
        """Allow the next command and its whole reply this much time."""
        seconds = timeout.total_seconds()
        self._sock.settimeout(seconds)
        self._deadline = time.monotonic() + seconds
        self._left = REPLY_BYTES

    def readline(self, limit: int) -> bytes:
        """A line with its end; less at the end of the stream. Raises TimeoutError or OSError."""
        while b"\n" not in self._buffer[:limit] and (chunk := self._receive()):
            self._buffer += chunk
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        line, self._buffer = self._buffer[:end], self._buffer[end:]
        return line

    def close(self) -> None:
        """Do nothing: smtplib calls this, but the socket is closed elsewhere."""

    def _receive(self) -> bytes:
        if self._left <= 0:
            raise OSError(f"the server's answer is longer than {REPLY_BYTES} bytes")
        # Never 0: that would mean "do not wait" instead of "the time is up".
        self._sock.settimeout(max(self._deadline - time.monotonic(), SHORTEST_WAIT_SECONDS))
        chunk = self._sock.recv(CHUNK_BYTES)
        self._left -= len(chunk)
        return chunk


def reply_text(answer: bytes | str) -> str:
    """A foreign answer as one short line in which nothing is hidden."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return escaped(" ".join(text.split()), ANSWER_CHARACTERS)


def refusal(stage: str, code: int, answer: str, *, unknown: bool = False) -> DeliveryError:
    """A reply that was not the wanted one, as the facts that decide what happens next."""
    return DeliveryError(
        stage=stage,
        answer=answer,
        code=code,
        permanent=code // 100 == REFUSED,
        unknown=unknown,
        ours=code in LOGIN_CODES,
        for_all=code in LOGIN_CODES or code == SHUTTING_DOWN,
    )
