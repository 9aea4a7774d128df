"""Which URLs may be asked, and where a redirect leads (rules S1, P10).

Pure. One parser, httpx's, reads every URL, checks it and sends it: two that disagree on where a
host name ends are how such checks are fooled.
"""

import re

import httpx

from monitor.fetch.addresses import check_literal
from monitor.fetch.faults import Fault, quoted
from monitor.model.fetch import FetchProblem
from monitor.model.settings import PollingSettings
from monitor.url import is_allowed_private, web_origin

MAX_REDIRECTS = 5

PERMANENT_REDIRECTS = frozenset({301, 308})
REDIRECTS = PERMANENT_REDIRECTS | {302, 303, 307}

_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]+")
"""What a host may look like. An escaped one (`127.0.0.%31`) would be a name to us, and this machine to a proxy."""

DEFAULT_PORTS = {"http": 80, "https": 443}


def checked_url(text: str, allow_ports: tuple[int, ...]) -> httpx.URL:
    """`text` as a URL that may be asked, without userinfo and fragment: neither is ever sent or shown.

    Raises `Fault`, or `httpx.InvalidURL`.
    """
    url = bare_url(text)
    if url.scheme not in DEFAULT_PORTS:
        raise Fault(FetchProblem.ADDRESS, f"only http and https addresses are read, not {quoted(url.scheme) or 'this'}")
    if not host_of(url):
        raise Fault(FetchProblem.ADDRESS, "the address has no host name")
    if not _HOST.fullmatch(host_of(url)):
        raise Fault(FetchProblem.ADDRESS, f"{quoted(host_of(url))} is not a host name")
    if port_of(url) not in allow_ports:
        raise Fault(
            FetchProblem.ADDRESS,
            f"port {port_of(url)} is not asked; if it is right, add it to allow_ports in [polling]",
        )
    return url


def bare_url(text: str) -> httpx.URL:
    """`text` as a URL without userinfo and fragment. Raises `httpx.InvalidURL`."""
    url = httpx.URL(text)
    return url.copy_with(userinfo=b"", fragment=None) if "@" in text or "#" in text else url  # a copy parses it again


def refusal(text: str, polling: PollingSettings) -> str:
    """Why this URL is never asked, whatever its name resolves to; "" if it may be. No name is resolved."""
    try:
        check_literal(host_of(checked_url(text, polling.allow_ports)), polling.allow_private)
    except (Fault, httpx.InvalidURL) as fault:
        return str(fault)
    return ""


def redirected(url: httpx.URL, location: str | None, allow_ports: tuple[int, ...]) -> httpx.URL:
    """Where the answer from `url` sends us: a URL that may be asked. Raises as `checked_url` does."""
    if not location:
        raise Fault(FetchProblem.REDIRECT, "the server redirects without a target address")
    target = checked_url(str(url.join(location)), allow_ports)
    if url.scheme == "https" and target.scheme == "http":
        raise Fault(FetchProblem.REDIRECT, "the server redirects from https to plain http, which is not followed")
    return target


def host_of(url: httpx.URL) -> str:
    """The host name or literal address to resolve and to find in the certificate: ASCII, lower case, no final dot."""
    return url.raw_host.decode("ascii").lower().rstrip(".")


def port_of(url: httpx.URL) -> int:
    return DEFAULT_PORTS[url.scheme] if url.port is None else url.port


def origin_of(url: httpx.URL) -> str:
    """Scheme, host and port, as `monitor.url` writes them."""
    return web_origin(url.scheme, host_of(url), port_of(url))


def turn_of(url: httpx.URL, polling: PollingSettings) -> str:
    """Who shares one turn (P9): a host, on any port; on the owner's own machines each port is a server by itself."""
    host = host_of(url)
    return f"{host}:{port_of(url)}" if is_allowed_private(host, polling.allow_private) else host
