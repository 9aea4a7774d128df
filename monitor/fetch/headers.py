"""The headers we send, all of them, and the validators we are sent (rules P1, P13).

No referrer, no cookie but those of the same chain of redirects, and nothing a library would add: what is not
written here is not sent. Headers and logins that an owner sets for a feed go to the origin of the feed's own URL
alone, wherever it redirects to.
"""

from base64 import b64encode

import httpx

from monitor.fetch.targets import bare_url
from monitor.model.fetch import FetchRequest, Validators
from monitor.model.settings import FeedSettings
from monitor.url import url_fingerprint

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


def request_headers(
    url: httpx.URL, agent: str, request: FetchRequest, validators: Validators, cookies: bytes = b""
) -> list[tuple[bytes, bytes]]:
    """The complete header set. `url` is the one asked now and names the host, whatever address is dialled; `validators`
    and `cookies` are those for it.
    """
    headers = [
        (b"Host", url.netloc),
        (b"User-Agent", (request.feed.user_agent or agent).encode("ascii", "replace")),
        (b"Accept", (request.accept or ACCEPT).encode("ascii", "replace")),
        (b"Accept-Encoding", b"gzip"),
        (b"Connection", b"close"),
    ]
    if validators.etag is not None:
        headers.append((b"If-None-Match", validators.etag))
    if validators.last_modified is not None:
        headers.append((b"If-Modified-Since", validators.last_modified))
    if cookies:
        headers.append((b"Cookie", cookies))
    own = _owners_headers(request.feed)
    if own and not _is_at_home(url, request.feed):
        own = []
    replaced = {name.lower() for name, _ in own}
    return [header for header in headers if header[0].lower() not in replaced] + own


def validators_for(url: httpx.URL, request: FetchRequest) -> Validators:
    """The validators, if this very URL has served them: to any other they would be an invention (rule P1)."""
    if not request.validators:
        return request.validators
    source = request.validators_from or url_fingerprint(str(bare_url(request.url)))
    return request.validators if url_fingerprint(str(url)) == source else Validators()


def _is_at_home(url: httpx.URL, feed: FeedSettings) -> bool:
    home = httpx.URL(feed.url)
    return (url.scheme, url.raw_host, url.port) == (home.scheme, home.raw_host, home.port)


def _owners_headers(feed: FeedSettings) -> list[tuple[bytes, bytes]]:
    headers = [(name.encode(), value.encode()) for name, value in feed.headers]
    if feed.auth is not None and feed.auth.username:
        pair = b64encode(f"{feed.auth.username}:{feed.auth.secret}".encode())
        headers.append((b"Authorization", b"Basic " + pair))
    elif feed.auth is not None:
        headers.append((b"Authorization", b"Bearer " + feed.auth.secret.encode()))
    return headers


def validators_of(headers: httpx.Headers) -> Validators:
    """The pair exactly as it stood on the wire, each None if this answer did not carry it."""
    return Validators(etag=_raw(headers, b"etag"), last_modified=_raw(headers, b"last-modified"))


def _raw(headers: httpx.Headers, name: bytes) -> bytes | None:
    values = (value for key, value in headers.raw if key.lower() == name)
    return next((value for value in values if 0 < len(value) <= MAX_VALIDATOR_BYTES), None)
