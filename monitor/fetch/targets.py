"""Which URLs may be asked, and where a redirect leads (rules S1, P10).

Pure. One parser, httpx's, reads every URL, checks it and sends it: two that disagree on where a
host name ends are how such checks are fooled.
"""

from ipaddress import ip_address
from socket import inet_aton, inet_ntoa

import httpx

from monitor.fetch.addresses import dialable
from monitor.fetch.faults import Fault, quoted
from monitor.model.fetch import FetchProblem
from monitor.model.settings import PollingSettings
from monitor.url import is_allowed_private, web_origin

MAX_REDIRECTS = 5

PERMANENT_REDIRECTS = frozenset({301, 308})
REDIRECTS = PERMANENT_REDIRECTS | {302, 303, 307}

UNKNOWN = "1.1.1.1"
"""Stands for the address of a name that is not resolved: any public one."""

DEFAULT_PORTS = {"http": 80, "https": 443}


def checked_url(text: str, allow_ports: tuple[int, ...]) -> httpx.URL:
    """`text` as a URL that may be asked, without userinfo and fragment: neither is ever sent or shown.

    Raises `Fault`, or `httpx.InvalidURL`.
    """
    url = httpx.URL(text).copy_with(userinfo=b"", fragment=None)
    if url.scheme not in DEFAULT_PORTS:
        raise Fault(FetchProblem.ADDRESS, f"only http and https addresses are read, not {quoted(url.scheme) or 'this'}")
    if not host_of(url):
        raise Fault(FetchProblem.ADDRESS, "the address has no host name")
    if port_of(url) not in allow_ports:
        raise Fault(
            FetchProblem.ADDRESS,
            f"port {port_of(url)} is not asked; if it is right, add it to allow_ports in [polling]",
        )
    return url


def refusal(text: str, polling: PollingSettings) -> str:
    """Why this URL is never asked, whatever its name resolves to; "" if it may be. No name is resolved."""
    try:
        url = checked_url(text, polling.allow_ports)
        host = host_of(url)
        dialable(host, _literal(host) or (UNKNOWN,), polling.allow_private)
    except (Fault, httpx.InvalidURL) as fault:
        return str(fault)
    return ""


def _literal(host: str) -> tuple[str, ...]:
    """The address that is written in the place of a name, in any spelling that resolvers take (`0x7f.1`); `localhost`
    is one (RFC 6761).
    """
    if host == "localhost" or host.endswith(".localhost"):
        return ("127.0.0.1",)
    try:
        return (str(ip_address(host.strip("[]"))),)
    except ValueError:
        pass
    try:
        return (inet_ntoa(inet_aton(host)),)
    except (OSError, ValueError):
        return ()


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
