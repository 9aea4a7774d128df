"""Calls of channels: one request that hands something over, by the same door as feeds are read by (rule S1).

The address is checked as a feed's is, resolved once, and dialled at an address that was checked. A private address is
dialled only for the one host that the channel names. No redirect is followed: what is handed over is for the address
in the config, and for no other. Nothing here decides what an answer means.
"""

import asyncio
import ssl
from collections.abc import AsyncIterable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

import httpx

from monitor.fetch.addresses import dialable, is_literal
from monitor.fetch.certificates import Trust, certificates, trusted_certificates
from monitor.fetch.faults import EXPECTED, Fault, fault_of, quoted
from monitor.fetch.network import network
from monitor.fetch.resolver import Resolve, Resolver, system_resolve
from monitor.fetch.targets import checked_url, host_of, port_of
from monitor.model.fetch import FetchProblem

OnStep = Callable[[str, str], None]
"""Called for each step that went well, with its stage and what is to be said of it."""

MAX_ANSWER_BYTES = 16_384
"""Of an answer so much is read: enough for the other side's own words."""

STAGES = {FetchProblem.RESOLVE: "resolve", FetchProblem.TLS: "tls", FetchProblem.ADDRESS: "address"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of a channel."""

    method: str
    """POST or PUT."""
    url: str
    """Where to."""
    headers: Mapping[str, str] = field(repr=False)
    """All its headers but Host, Content-Length, Connection and Accept-Encoding; they may hold a secret."""
    body: bytes
    """What is handed over."""
    timeout: timedelta
    """For the whole call, from the look-up of the name to the end of the answer."""
    private_host: str = ""
    """The one host that may have an address which is not public; "" for none."""
    ca_file: Path | None = None
    """Certificates to trust beside the usual ones (PEM)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswer:
    """What the other side answered."""

    status: int
    """The status of HTTP."""
    headers: Mapping[str, str]
    """The headers, by names in lower case."""
    body: bytes
    """The beginning of the body."""

    @property
    def words(self) -> str:
        """The body as one safe line of limited length."""
        return quoted(self.body.decode("utf-8", "replace"))


class CallFailed(Exception):
    """There is no answer; `str()` is a sentence for people. `stage`: address, resolve, connect, tls or data. `is_sent`:
    the request was on its way, so that it may have been accepted.
    """

    def __init__(self, stage: str, detail: str, *, is_sent: bool) -> None:
        super().__init__(detail)
        self.stage = stage
        self.is_sent = is_sent


def refusal_of(url: str) -> str:
    """Why a channel cannot have this URL, whatever its name resolves to; "" if it can."""
    try:
        _checked(url)
    except (Fault, httpx.InvalidURL) as fault:
        return str(fault)
    return ""


def answered(
    call: Call,
    *,
    resolve: Resolve = system_resolve,
    tls: ssl.SSLContext | None = None,
    on_step: OnStep = lambda _stage, _said: None,
) -> CallAnswer:
    """The answer to the call. `resolve` and `tls` stand in for the system's names and certificates; `on_step` gets what
    went well on the way: resolve, connect, tls. Raises CallFailed.

    It runs an event loop of its own: it is for threads without one.
    """
    progress = _Progress(on_step)
    try:
        return asyncio.run(_answered(call, progress, Resolver(resolve), tls or trusted_certificates()))
    except EXPECTED as error:
        fault = fault_of(error)
        detail = (
            f"no answer within {call.timeout.total_seconds():g} s" if isinstance(error, TimeoutError) else str(fault)
        )
        stage = "data" if progress.is_sent else STAGES.get(fault.problem, "connect")
        raise CallFailed(stage, detail, is_sent=progress.is_sent) from error


class _Progress:
    """How far a call came."""

    def __init__(self, on_step: OnStep) -> None:
        self.is_sent = False
        self.on_step = on_step
        self.address = ""

    async def notice(self, event: str, _details: object) -> None:
        """Called by the connection as it proceeds. A request without all of its body is none."""
        if event == "connection.connect_tcp.complete":
            self.on_step("connect", f"{self.address} takes the connection")
        elif event == "connection.start_tls.complete":
            self.on_step("tls", "the certificate is accepted")
        elif event == "http11.send_request_body.started":
            self.is_sent = True


def _checked(text: str) -> httpx.URL:
    """The URL, at whatever port it names: it is the owner's own word. Raises as `checked_url` does."""
    return checked_url(text, (port_of(url),) if (url := httpx.URL(text)).scheme in {"http", "https"} else ())


async def _answered(call: Call, progress: _Progress, resolver: Resolver, tls: ssl.SSLContext) -> CallAnswer:
    url = _checked(call.url)
    async with asyncio.timeout(call.timeout.total_seconds()):
        addresses = await _addresses(url, call, resolver)
        progress.on_step("resolve", f"{host_of(url)}: {', '.join(addresses[:4])}")
        async with network(certificates(Trust(ca_file=call.ca_file), tls)) as transport:
            *others, last = addresses
            for address in others:
                try:
                    return await _exchange(call, url, address, transport, progress)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    continue
            return await _exchange(call, url, last, transport, progress)


async def _addresses(url: httpx.URL, call: Call, resolver: Resolver) -> tuple[str, ...]:
    host = host_of(url)
    resolved = [host] if is_literal(host) else await resolver.addresses(host, port_of(url))
    is_named = bool(call.private_host) and host == call.private_host.lower().rstrip(".")
    try:
        return dialable(host, resolved, (host,) if is_named else ())
    except Fault as fault:
        if fault.problem is not FetchProblem.ADDRESS:
            raise
        words = f"{quoted(host)} has an address that is not public; if it is a server of your own, write private_host"
        raise Fault(FetchProblem.ADDRESS, f'{words} = "{quoted(host)}" in the table of the channel') from fault


async def _exchange(
    call: Call, url: httpx.URL, address: str, transport: httpx.AsyncBaseTransport, progress: _Progress
) -> CallAnswer:
    progress.address = f"{address} port {port_of(url)}"
    response = await transport.handle_async_request(_message(call, url, address, progress))
    try:
        body = await _beginning(response)
    finally:
        await response.aclose()
    headers = {name.lower(): value for name, value in response.headers.items()}
    return CallAnswer(status=response.status_code, headers=headers, body=body)


async def _beginning(response: httpx.Response) -> bytes:
    """What comes first of the body. The status has said what matters: a body that breaks off changes nothing."""
    body = bytearray()
    try:
        async for piece in cast("AsyncIterable[bytes]", response.stream):
            body += piece
            if len(body) >= MAX_ANSWER_BYTES:
                break
    except (httpx.TransportError, OSError):
        pass
    return bytes(body[:MAX_ANSWER_BYTES])


def _message(call: Call, url: httpx.URL, address: str, progress: _Progress) -> httpx.Request:
    host = url.netloc.decode("ascii")
    own = {"Host": host, "Accept-Encoding": "identity", "Connection": "close"}
    seconds = call.timeout.total_seconds()
    return httpx.Request(
        call.method,
        url.copy_with(host=address),
        headers={**own, **call.headers},
        content=call.body,
        extensions={
            "timeout": httpx.Timeout(seconds, pool=None).as_dict(),
            "sni_hostname": host_of(url),
            "trace": progress.notice,
        },
    )
