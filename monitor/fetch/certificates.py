"""Which certificates and which versions of TLS are accepted, of everybody and of the feeds that want something else.

Certificates are always verified. What an owner allows a feed holds for the host of the feed's own URL alone, not for
hosts that it redirects to (rule S1).
"""

import ssl
from functools import cache
from pathlib import Path
from typing import NamedTuple

import httpx

from monitor.fetch.faults import Fault, quoted
from monitor.fetch.targets import host_of
from monitor.model.fetch import FetchProblem
from monitor.model.settings import FeedSettings

LEGACY = "legacy"
LEGACY_CIPHERS = "DEFAULT@SECLEVEL=0"
"""With this OpenSSL 3 speaks TLS 1.0 and 1.1, and takes keys and signatures that are too short for today."""

OP_LEGACY_SERVER_CONNECT = 0x4
"""Servers without secure renegotiation (RFC 5746); the name came to `ssl` with Python 3.12."""


class Trust(NamedTuple):
    """What is accepted of one host beyond the usual: `tls` and `ca_file` of its feed."""

    tls: str = ""
    ca_file: Path | None = None


USUAL = Trust()


def trust_of(url: httpx.URL, feed: FeedSettings) -> Trust:
    """What is accepted at `url`, asked for `feed`."""
    if not (feed.tls or feed.ca_file):
        return USUAL
    return Trust(feed.tls, feed.ca_file) if host_of(url) == host_of(httpx.URL(feed.url)) else USUAL


def certificates(trust: Trust, usual: ssl.SSLContext) -> ssl.SSLContext:
    """A context that accepts this; `usual` if nothing is special. Raises `Fault`."""
    if trust == USUAL:
        return usual
    tls = _with_authorities()
    if trust.tls == LEGACY:
        tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        tls.set_ciphers(LEGACY_CIPHERS)
        tls.options |= OP_LEGACY_SERVER_CONNECT
    if trust.ca_file is not None:
        # home-made certificates lack extensions, and are often of the server itself and of no authority
        tls.verify_flags &= ~ssl.VERIFY_X509_STRICT
        tls.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        try:
            tls.load_verify_locations(trust.ca_file)
        except OSError as error:  # ssl.SSLError is one
            reason = quoted(error.strerror or str(error))
            raise Fault(FetchProblem.TLS, f"the certificates of ca_file cannot be read: {reason}") from error
    return tls


@cache
def trusted_certificates() -> ssl.SSLContext:
    """The authorities of certifi, which work on a minimal machine, and those the owner installed.

    Read once per process, because that takes 60 ms (measured); a restart reads them again.
    """
    return _with_authorities()


def _with_authorities() -> ssl.SSLContext:
    tls = httpx.create_ssl_context(trust_env=False)
    tls.load_default_certs()
    return tls
