"""What ends a fetch early, and how an error of a library is explained to a person.

Only this package knows `Fault`: `Session.fetch` turns it into a `FetchFailed`. Nothing here decides whether to try
again.
"""

import os
import ssl
from collections.abc import Iterator, Mapping

import httpx

from monitor.model.fetch import FetchProblem
from monitor.plain_text import one_line

DETAIL_CHARS = 200
"""Foreign words are quoted up to here: an error may carry what a hostile server sent."""

HUNG_UP = "Server disconnected"
"""How httpcore's message begins if a connection is closed before an answer has begun: no breach of HTTP by itself."""


class Fault(Exception):
    """No usable answer; `str()` is a sentence for people. `status`, `retry_after`, `dated`, `sent_on_to` as in
    `FetchFailed`.
    """

    def __init__(
        self,
        problem: FetchProblem,
        detail: str,
        *,
        status: int | None = None,
        retry_after: str | None = None,
        dated: Mapping[str, str] | None = None,
        sent_on_to: str = "",
    ) -> None:
        super().__init__(detail)
        self.problem = problem
        self.status = status
        self.retry_after = retry_after
        self.dated = dict(dated or {})
        self.sent_on_to = sent_on_to


EXPECTED = (Fault, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError)
"""All that servers, name resolution and networks are able to raise."""


def fault_of(error: Exception) -> Fault:
    """The fault that describes `error`, one of EXPECTED."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return Fault(FetchProblem.TIMEOUT, _patience(error))
    if isinstance(error, httpx.RemoteProtocolError) and str(error).startswith(HUNG_UP):
        return Fault(FetchProblem.CONNECT, "the server closed the connection without an answer")
    if isinstance(error, httpx.ProtocolError):
        return Fault(FetchProblem.PROTOCOL, f"the server broke the rules of HTTP: {quoted(str(error))}")
    if isinstance(error, httpx.ProxyError):
        return Fault(FetchProblem.CONNECT, f"no connection by way of the proxy: {quoted(str(error))}")
    if isinstance(error, httpx.InvalidURL):
        return Fault(FetchProblem.ADDRESS, f"not a usable address: {quoted(str(error))}")
    return _network_fault(error)


def quoted(words: str) -> str:
    """Foreign text as one safe line of limited length."""
    return one_line(words, DETAIL_CHARS)


def _patience(error: Exception) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "no connection within the time allowed (connect_timeout)"
    if isinstance(error, httpx.TimeoutException):
        return "the server sent nothing for longer than allowed (read_timeout)"
    return "not finished within the total time allowed (total_timeout)"


def _network_fault(error: Exception) -> Fault:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = quoted(cause.verify_message)
            return Fault(FetchProblem.TLS, f"the certificate of the server is not accepted: {reason}")
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "reason", None) or str(cause)
            return Fault(FetchProblem.TLS, f"no secure connection: {quoted(reason.replace('_', ' ').lower())}")
        if isinstance(cause, OSError) and cause.errno:
            return Fault(FetchProblem.CONNECT, f"the connection failed: {os.strerror(cause.errno)}")
    return Fault(FetchProblem.CONNECT, "the connection failed, or broke before the answer was complete")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what led to it, down to the operating system's own."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
