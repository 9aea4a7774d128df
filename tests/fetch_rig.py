"""What the tests of `fetch` share: a clock that waits at once, settings for loopback, one-line fetching."""

import asyncio
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import httpx
from origin import Origin

from monitor.fetch import Fetcher, Resolve, user_agent
from monitor.model.fetch import Fetched, FetchFailed, FetchOutcome, FetchRequest, NotAsked, Validators
from monitor.model.ids import FeedId
from monitor.model.settings import PollingSettings

AGENT = user_agent("0.1.0", "https://owner.example/")
SHORT = timedelta(seconds=0.4)
"""A deadline for servers that never answer in time; nothing is asserted about how long it really took."""


class PatientClock:
    """Sleeping moves it on, and takes no time."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def settings(
    origin: Origin,
    *,
    allow_private: tuple[str, ...] = ("127.0.0.0/8",),
    allow_ports: tuple[int, ...] = (),
    host_gap: timedelta = timedelta(),
    concurrency: int = 8,
    read_timeout: timedelta = timedelta(seconds=5),
    total_timeout: timedelta = timedelta(seconds=10),
    max_wire_bytes: int = 5_000_000,
    max_body_bytes: int = 10_000_000,
) -> PollingSettings:
    return PollingSettings(
        allow_private=allow_private,
        allow_ports=(origin.port, *allow_ports),
        host_gap=host_gap,
        concurrency=concurrency,
        read_timeout=read_timeout,
        total_timeout=total_timeout,
        max_wire_bytes=max_wire_bytes,
        max_body_bytes=max_body_bytes,
    )


def fetcher(
    polling: PollingSettings,
    *,
    clock: PatientClock | None = None,
    resolve: Resolve | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    tls: ssl.SSLContext | None = None,
) -> Fetcher:
    """A fetcher that trusts no certificate unless told to, which saves reading the system's."""
    return Fetcher(
        polling,
        clock or PatientClock(),
        user_agent=AGENT,
        resolve=resolve,
        transport=transport,
        tls=tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )


def ask(url: str, validators: Validators | None = None) -> FetchRequest:
    return FetchRequest(feed_id=FeedId(1), url=url, validators=validators or Validators())


def one_round(asker: Fetcher, requests: Iterable[FetchRequest]) -> list[FetchOutcome]:
    """All requests at once, in one session and one event loop; none of them is left unasked."""

    async def run() -> list[FetchOutcome | NotAsked]:
        async with asker.session() as session:
            return list(await asyncio.gather(*(session.fetch(request) for request in requests)))

    outcomes = asyncio.run(run())
    asked = [outcome for outcome in outcomes if not isinstance(outcome, NotAsked)]
    assert len(asked) == len(outcomes)
    return asked


def fetch(asker: Fetcher, url: str, validators: Validators | None = None) -> FetchOutcome:
    return one_round(asker, [ask(url, validators)])[0]


def expect_fetched(outcome: FetchOutcome) -> Fetched:
    assert isinstance(outcome, Fetched), outcome
    return outcome


def expect_failed(outcome: FetchOutcome) -> FetchFailed:
    assert isinstance(outcome, FetchFailed), outcome
    return outcome
