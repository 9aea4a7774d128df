"""Cookies for one request and its redirects, forgotten after it (rule P16).

Some sites redirect to the same address until a cookie comes back. Which cookie goes where is decided by the standard
library by RFC 6265 (host, path, https only); a cookie for a whole public suffix, such as `.co.uk`, is dropped.
"""

from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, cast
from urllib.request import Request

import httpx

from monitor.fetch.addresses import is_literal
from monitor.url import registrable_domain

if TYPE_CHECKING:
    from http.client import HTTPResponse

MAX_COOKIES = 50
MAX_COOKIE_BYTES = 4_096
"""What browsers keep of one site, and of one cookie (RFC 6265 §6.1); more is not sent back."""


class ChainCookies:
    """The cookies of one chain."""

    def __init__(self) -> None:
        self._made: CookieJar | None = None

    @property
    def _jar(self) -> CookieJar:
        """Most chains need none."""
        if self._made is None:
            # else the library sends a cookie without Domain to all names below its host, too
            self._made = CookieJar(DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain))
        return self._made

    def take(self, url: httpx.URL, headers: httpx.Headers) -> bool:
        """Keep what this answer sets, as far as it may. Returns whether that changed anything."""
        if "set-cookie" not in headers:
            return False
        before = self.header(url)
        self._jar.extract_cookies(cast("HTTPResponse", _Answer(headers)), Request(str(url)))  # noqa: S310 (not opened)
        for cookie in [each for each in self._jar if not _may_stay(each, is_address=is_literal(url.host))]:
            self._jar.clear(cookie.domain, cookie.path, cookie.name)
        return self.header(url) != before

    def header(self, url: httpx.URL) -> bytes:
        """The value of the Cookie header for this URL, b"" for none."""
        if self._made is None:
            return b""
        request = Request(str(url))  # noqa: S310 (not opened)
        self._jar.add_cookie_header(request)
        value = (request.get_header("Cookie") or "").encode("latin-1", "replace")
        return value if len(value) <= MAX_COOKIE_BYTES and len(self._jar) <= MAX_COOKIES else b""


class _Answer:
    """As much of an answer as the jar looks at."""

    def __init__(self, headers: httpx.Headers) -> None:
        self._headers = headers

    def info(self) -> "_Answer":
        return self

    def get_all(self, name: str, default: list[str]) -> list[str]:
        return self._headers.get_list(name) if name == "Set-Cookie" else default  # no RFC 2965, which nobody sends


def _may_stay(cookie: Cookie, *, is_address: bool) -> bool:
    """Whether the cookie is of a host, or of a domain that somebody owns. No address is in one (RFC 6265 §5.1.3)."""
    if not cookie.domain_specified:
        return True
    below = f"x.{cookie.domain.lstrip('.')}"
    return not is_address and registrable_domain(f"http://{below}/") != below
