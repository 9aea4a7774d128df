"""Which addresses may be dialled: public ones, and those the owner names (rules S1, S2).

Pure. It sees what a name was resolved to, so odd spellings of an address (`0x7f.1`, `2130706433`)
need no rules of their own; only where a proxy resolves names is the spelling all there is. It resolves
and dials nothing.
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from monitor.fetch.faults import Fault, quoted
from monitor.model.fetch import FetchProblem
from monitor.url import is_allowed_private

IPV6_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""The only part of IPv6 in which public servers live (RFC 4291 §2.4, IANA's registry)."""

NAT64 = IPv6Network("64:ff9b::/96")
"""An IPv4 address as seen from an IPv6-only network (RFC 6052)."""

IPV4_BITS = 0xFFFF_FFFF

NOT_FOR_SERVERS = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, withdrawn by RFC 7526
        "224.0.0.0/4",  # multicast
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "3fff::/20",  # documentation, RFC 9637
    )
)
"""What `is_global` of one Python version or another lets pass (measured on 3.11)."""


def dialable(host: str, resolved: Sequence[str], allow_private: Sequence[str]) -> tuple[str, ...]:
    """The addresses of `host`, all as `resolved`, if every single one may be dialled.

    One private address among public ones spoils them all: the one that answers next is chosen by
    whoever owns the name. Raises `Fault`.
    """
    if not resolved:
        raise Fault(FetchProblem.RESOLVE, f"{quoted(host)} has no address")
    if not is_allowed_private(host, allow_private):
        for text in resolved:
            _check(host, text, allow_private)
    return tuple(resolved)


def check_literal(host: str, allow_private: Sequence[str]) -> None:
    """Refuse a host that is an address which may not be dialled, however it is spelled, or this machine's own name.

    For the config, and a proxy that resolves names (`proxy_dns`): what other names lead to is for the proxy to guard.
    Raises `Fault`.
    """
    if is_literal(host):
        dialable(host, [host], allow_private)
    elif host == "localhost" or host.endswith(".localhost"):  # RFC 6761 §6.3
        dialable(host, ["127.0.0.1"], allow_private)
    elif host.rpartition(".")[2][:1].isdigit():  # no top-level domain begins so; `127.1`, `0x7f.1` and `2130706433` do
        try:
            dialable(host, [socket.inet_ntoa(socket.inet_aton(host))], allow_private)
        except OSError as error:
            raise Fault(FetchProblem.ADDRESS, f"{quoted(host)} is neither a name nor an address") from error


def is_literal(host: str) -> bool:
    """Whether `host` is an address already, in its standard spelling; others are left to the resolver."""
    if not (host[-1:].isdigit() or ":" in host):
        return False  # a name, as nearly always, and known in a tenth of the time
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether a server of the open internet may have this address, also when it wraps another."""
    inner = _unwrapped(address)
    if inner != address:
        return is_public(inner)
    if isinstance(address, IPv6Address) and address not in IPV6_GLOBAL_UNICAST:
        return False
    return address.is_global and not any(address in network for network in NOT_FOR_SERVERS)


def _check(host: str, text: str, allow_private: Sequence[str]) -> None:
    try:
        address = ip_address(text)
    except ValueError as error:
        raise Fault(FetchProblem.RESOLVE, f"{quoted(host)} resolves to something that is not an address") from error
    if is_public(address) or is_allowed_private(str(_unwrapped(address)), allow_private):
        return
    where = f"{host} is" if host == text else f"{quoted(host)} resolves to {address},"
    raise Fault(
        FetchProblem.ADDRESS,
        f"{where} not a public address; if it is a server of your own, name it in allow_private under [polling]",
    )


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv4-mapped, 6to4 or NAT64 one; any other as it is."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & IPV4_BITS)
    return address.ipv4_mapped or address.sixtofour or address
