"""A connection by way of a SOCKS proxy, version 5 (RFC 1928), with a name and password if it wants them (RFC 1929).

Written here because httpcore's own waits for an answer of the proxy without a limit (httpcore#1015), takes one
read for one message and needs another library. What the proxy is given is what was checked: an address; or a name,
where the owner lets the proxy look names up.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_address
from typing import Self
from urllib.parse import unquote, urlsplit

import httpcore

DEFAULT_PORT = 1080
VERSION, CONNECT, DONE = 5, 1, 0
NO_LOGIN, LOGIN = 0, 2
IPV4, NAME, IPV6 = 1, 3, 4
LENGTHS = {IPV4: 4, IPV6: 16}

REFUSALS = {
    1: "it failed",
    2: "its rules do not allow the connection",
    3: "the network cannot be reached",
    4: "the host cannot be reached",
    5: "the server refuses the connection",
    6: "the way is too long",
    7: "it does not make connections",
    8: "it does not take this kind of address",
}
"""RFC 1928 §6, in words that follow "the proxy does not connect"."""


@dataclass(frozen=True, slots=True)
class SocksProxy:
    """Where the proxy is, and the login for it, "" for none."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> Self:
        """Of `socks5://name:password@host:port`, as the config has checked it."""
        parts = urlsplit(url)
        login = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname or "", parts.port or DEFAULT_PORT, *login)


def is_socks(proxy: str) -> bool:
    return proxy.lower().startswith("socks5:")


async def connected(
    stream: httpcore.AsyncNetworkStream,
    proxy: SocksProxy,
    host: str,
    port: int,
    patience: float | None,
) -> None:
    """Have the proxy connect `stream` to `host`. `patience`: seconds for each message. Raises httpcore.ProxyError."""
    try:
        await _log_in(stream, proxy, patience)
        await stream.write(bytes([VERSION, CONNECT, 0]) + _address(host) + port.to_bytes(2), patience)
        version, reply, _, kind = await _exactly(stream, 4, patience)
        if (version, reply) != (VERSION, DONE):
            raise httpcore.ProxyError(f"the proxy does not connect: {REFUSALS.get(reply, 'it does not say why')}")
        length = (await _exactly(stream, 1, patience))[0] if kind == NAME else LENGTHS.get(kind, 0)
        await _exactly(stream, length + 2, patience)  # the address and port from which it connects
    except httpcore.ReadTimeout as error:
        raise httpcore.ConnectTimeout(str(error)) from error


async def _log_in(stream: httpcore.AsyncNetworkStream, proxy: SocksProxy, patience: float | None) -> None:
    methods = bytes([NO_LOGIN, LOGIN] if proxy.username else [NO_LOGIN])
    await stream.write(bytes([VERSION, len(methods)]) + methods, patience)
    version, method = await _exactly(stream, 2, patience)
    if version != VERSION:
        raise httpcore.ProxyError("the proxy does not speak SOCKS 5")
    if method not in methods:
        words = "refuses the login that it was offered" if proxy.username else "wants a login"
        raise httpcore.ProxyError(f"the proxy {words}")
    if method == LOGIN:
        name, word = proxy.username.encode(), proxy.password.encode()
        await stream.write(bytes([1, len(name)]) + name + bytes([len(word)]) + word, patience)
        if (await _exactly(stream, 2, patience))[1] != DONE:
            raise httpcore.ProxyError("the proxy does not accept the name and password")


def _address(host: str) -> bytes:
    try:
        address = ip_address(host)
    except ValueError:
        name = host.encode()
        return bytes([NAME, len(name)]) + name
    return bytes([IPV4 if isinstance(address, IPv4Address) else IPV6]) + address.packed


async def _exactly(stream: httpcore.AsyncNetworkStream, size: int, patience: float | None) -> bytes:
    data = b""
    while len(data) < size:
        more = await stream.read(size - len(data), patience)
        if not more:
            raise httpcore.ProxyError("the proxy closed the connection")
        data += more
    return data
