"""Whether a feed's host can be reached: the name resolves, the address is allowed, a connection is accepted."""

import asyncio
import ssl

from monitor.fetch.addresses import dialable
from monitor.fetch.faults import EXPECTED, fault_of
from monitor.fetch.fetcher import is_literal, trusted_certificates
from monitor.fetch.resolver import Resolver, system_resolve
from monitor.fetch.targets import checked_url, host_of, port_of
from monitor.model.settings import PollingSettings


async def check_reachable(url: str, polling: PollingSettings) -> str:
    """Why the host cannot be reached, in words; "" if it can. TLS is completed, so that
    certificates are checked too.
    """
    try:
        target = checked_url(url, polling.allow_ports)
        host, port = host_of(target), port_of(target)
        tls = trusted_certificates() if target.scheme == "https" else None
        async with asyncio.timeout(polling.connect_timeout.total_seconds()):
            found = [host] if is_literal(host) else await Resolver(system_resolve).addresses(host, port)
            address = dialable(host, found, polling.allow_private)[0]
            _, writer = await asyncio.open_connection(address, port, ssl=tls, server_hostname=host if tls else None)
        writer.close()
    except ssl.SSLError as error:
        return f"TLS: {getattr(error, 'verify_message', '') or error.reason or error}"
    except TimeoutError:
        return f"no connection within {polling.connect_timeout.total_seconds():g} s"
    except OSError as error:
        return f"no connection: {error.strerror or error}"
    except EXPECTED as error:
        return str(fault_of(error))
    return ""
