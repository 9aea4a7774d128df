"""TXT records of DNS, by the servers that this machine asks for everything else. Nothing is sent there but names.

The one importer of dnspython. Answers are a stranger's: they are counted, cut, and shown escaped by whoever shows them.
"""

import time
from collections.abc import Sequence
from datetime import timedelta

import dns.exception
import dns.resolver

MOST_RECORDS, MOST_CHARACTERS = 50, 4_000
"""Of one name, and of one record: more than any record that is meant for mail."""


class NoAnswerInTime(Exception):
    """The servers do not answer, or not what was asked, so nothing is known."""


class TextRecords:
    """Asks for TXT records until its time is up. `servers` and `port` are those of the system unless they are given."""

    def __init__(self, timeout: timedelta, servers: Sequence[str] = (), port: int = 53) -> None:
        self._until = time.monotonic() + timeout.total_seconds()
        self._servers, self._port = servers, port
        self._resolver: dns.resolver.Resolver | None = None
        self._known: dict[str, tuple[str, ...] | None] = {}

    def of(self, name: str) -> tuple[str, ...] | None:
        """The records of this name, each as one text; None if there is no such name, nor any below it.

        Each name is asked for once. Raises NoAnswerInTime.
        """
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> tuple[str, ...] | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise NoAnswerInTime
        try:
            answer = self._asked().resolve(f"{name}.", "TXT", lifetime=left, search=False)
        except dns.resolver.NXDOMAIN:
            return None
        except dns.resolver.NoAnswer:
            return ()
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise NoAnswerInTime from error
        return tuple(_text(record.strings) for record in list(answer)[:MOST_RECORDS])

    def _asked(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            self._resolver = dns.resolver.Resolver(configure=not self._servers)
            if self._servers:
                self._resolver.nameservers, self._resolver.port = list(self._servers), self._port
        return self._resolver


def _text(strings: Sequence[bytes]) -> str:
    """The strings of a record are one text (RFC 7208 §3.3)."""
    return b"".join(strings)[:MOST_CHARACTERS].decode("utf-8", "replace")
