"""The headers we send, all of them, and the validators we are sent (rules P1, P13).

No cookie, no referrer and nothing a library would add: what is not written here is not sent.
Feeds' own headers and logins from the config are not here yet.
"""

import httpx

from monitor.model.fetch import Validators

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)

MAX_VALIDATOR_BYTES = 2_048
"""Servers refuse requests with longer headers (commonly 8 kB in all): sending a giant back would
lose the feed for good, so it counts as not sent.
"""


def user_agent(version: str, contact: str) -> str:
    """Who we are and whom to complain to; `contact` is a URL or a mail address, "" if none is configured."""
    reachable = "".join(char for char in contact if char.isascii() and char.isprintable() and char not in "()\\")
    return f"news-monitor/{version} ({f'+{reachable}' if reachable else 'a news feed monitor'})"


def request_headers(url: httpx.URL, agent: str, validators: Validators) -> list[tuple[bytes, bytes]]:
    """The complete header set. `url` names the host, whatever address is dialled."""
    headers = [
        (b"Host", url.netloc),
        (b"User-Agent", agent.encode("ascii", "replace")),
        (b"Accept", ACCEPT.encode()),
        (b"Accept-Encoding", b"gzip"),
        (b"Connection", b"close"),
    ]
    if validators.etag is not None:
        headers.append((b"If-None-Match", validators.etag))
    if validators.last_modified is not None:
        headers.append((b"If-Modified-Since", validators.last_modified))
    return headers


def validators_of(headers: httpx.Headers) -> Validators:
    """The pair exactly as it stood on the wire, each None if this answer did not carry it."""
    return Validators(etag=_raw(headers, b"etag"), last_modified=_raw(headers, b"last-modified"))


def _raw(headers: httpx.Headers, name: bytes) -> bytes | None:
    values = (value for key, value in headers.raw if key.lower() == name)
    return next((value for value in values if 0 < len(value) <= MAX_VALIDATOR_BYTES), None)
