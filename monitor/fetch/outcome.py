"""From an answer, whatever it is, to the outcome that the next stage reads.

Pure. It judges the status; whether the body is a feed, `parse` finds out.
"""

from dataclasses import dataclass
from http import HTTPStatus

import httpx

from monitor.fetch.attempt import FetchAttempt
from monitor.fetch.body import MAYBE_WITH_DOCUMENT, WITH_DOCUMENT
from monitor.fetch.faults import Fault, quoted
from monitor.fetch.headers import validators_of
from monitor.fetch.sniff import has_items, is_whole
from monitor.model.fetch import Fetched, FetchFailed, FetchProblem, FetchRequest, NotModified
from monitor.url import shown_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the last hop said. `body` is the document, unpacked, b"" where the status has none; `is_conditional`:
    whether it was asked with validators.
    """

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes = b""
    is_conditional: bool = True


def outcome_of(answer: Answer, request: FetchRequest, attempt: FetchAttempt) -> Fetched | NotModified:
    """What was asked for, or that it has not changed. Raises `Fault` for all else."""
    if answer.status in WITH_DOCUMENT:
        return _fetched(answer, request, attempt, attempt.note)
    if _is_read_all_the_same(answer):
        note = f"{_status_words(answer.status)}, although it sends a feed"
        return _fetched(answer, request, attempt, "; ".join(filter(None, (attempt.note, note))))
    if answer.status == HTTPStatus.NOT_MODIFIED and request.validators and answer.is_conditional:
        return _not_modified(answer, request, attempt)
    raise Fault(
        FetchProblem.STATUS,
        _status_words(answer.status),
        status=answer.status,
        retry_after=answer.headers.get("retry-after"),
        dated={name: value for name in ("date", "age") if (value := answer.headers.get(name))},
    )


def _is_read_all_the_same(answer: Answer) -> bool:
    """Whether a status that promises no document comes with a good feed; a part of one is none."""
    is_part = answer.status == HTTPStatus.PARTIAL_CONTENT and not is_whole(answer.body)
    return answer.status in MAYBE_WITH_DOCUMENT and has_items(answer.body) and not is_part


def failed(fault: Fault, request: FetchRequest, attempt: FetchAttempt) -> FetchFailed:
    """`fault` as a value; where redirects led astray, the words say where that was."""
    where = f" (redirected to {quoted(shown_url(str(attempt.asked)))})" if attempt.redirects else ""
    return FetchFailed(
        request=request,
        problem=fault.problem,
        detail=f"{fault}{where}",
        status=fault.status,
        retry_after=fault.retry_after,
        dated=fault.dated,
        reached=attempt.reached,
        origin=attempt.home,
        sent_on_to=fault.sent_on_to,
        elapsed=attempt.elapsed,
    )


def _fetched(answer: Answer, request: FetchRequest, attempt: FetchAttempt, note: str) -> Fetched:
    return Fetched(
        request=request,
        final_url=str(answer.url),
        status=answer.status,
        headers=dict(answer.headers),
        validators=validators_of(answer.headers),
        body=answer.body,
        note=note,
        moved_to=str(answer.url) if attempt.moved else None,
        elapsed=attempt.elapsed,
    )


def _not_modified(answer: Answer, request: FetchRequest, attempt: FetchAttempt) -> NotModified:
    return NotModified(
        request=request,
        final_url=str(answer.url),
        headers=dict(answer.headers),
        validators=validators_of(answer.headers),
        moved_to=str(answer.url) if attempt.moved else None,
        elapsed=attempt.elapsed,
    )


def _status_words(status: int) -> str:
    """The status in words of our own: a server's reason phrase may be anything."""
    if status == HTTPStatus.NOT_MODIFIED:
        return "HTTP 304 (not modified), although the request was not conditional"
    try:
        return f"HTTP {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"HTTP {status}, an undefined status"
