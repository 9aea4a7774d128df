"""Whether a feed's host can be reached: the name resolves, the address is allowed, a connection is accepted.

Of a feed that has a proxy, whether the proxy accepts a connection: what is behind it, only a request would show.
"""

import asyncio
import ssl
from urllib.parse import urlsplit

from monitor.fetch.addresses import dialable, is_literal
from monitor.fetch.certificates import certificates, trust_of, trusted_certificates
from monitor.fetch.faults import EXPECTED, fault_of
from monitor.fetch.resolver import Resolver, system_resolve
from monitor.fetch.socks import DEFAULT_PORT as SOCKS_PORT
from monitor.fetch.targets import DEFAULT_PORTS, checked_url, host_of, port_of
from monitor.model.settings import FeedSettings, PollingSettings


async def check_reachable(feed: FeedSettings, polling: PollingSettings) -> str:
    """Why the host, or the proxy, cannot be reached, in words; "" if it can. TLS is completed, so that
    certificates are checked too.
    """
    whose = "to the proxy" if feed.proxy else ""
    try:
        async with asyncio.timeout(polling.connect_timeout.total_seconds()):
            await (_reach_proxy(feed.proxy) if feed.proxy else _reach(feed, polling))
    except ssl.SSLError as error:
        return f"TLS: {getattr(error, 'verify_message', '') or error.reason or error}"
    except TimeoutError:
        return f"no connection {whose} within {polling.connect_timeout.total_seconds():g} s".replace("  ", " ")
    except OSError as error:
        return f"no connection {whose}: {error.strerror or error}".replace(" :", ":")
    except EXPECTED as error:
        return str(fault_of(error))
    return ""


async def _reach(feed: FeedSettings, polling: PollingSettings) -> None:
    target = checked_url(feed.url, polling.allow_ports)
    host, port = host_of(target), port_of(target)
    tls = certificates(trust_of(target, feed), trusted_certificates()) if target.scheme == "https" else None
    found = [host] if is_literal(host) else await Resolver(system_resolve).addresses(host, port)
    address = dialable(host, found, polling.allow_private)[0]
    _, writer = await asyncio.open_connection(address, port, ssl=tls, server_hostname=host if tls else None)
    writer.close()


async def _reach_proxy(proxy: str) -> None:
    parts = urlsplit(proxy)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, SOCKS_PORT)
    address = host if is_literal(host) else (await Resolver(system_resolve).addresses(host, port))[0]
    _, writer = await asyncio.open_connection(address, port)
    writer.close()
