"""What this process has for itself where several poll and deliver: hosts and recipients (docs/decisions/0083).

What is due is in the tables of feeds and deliveries. A lease only says who does it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.errors import StoreError
from monitor.fetch import HostBusy
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.feed_update import FeedState
from monitor.model.worker import LeaseKind, Lent, WorkerId
from monitor.policy.workers import HOSTS_AHEAD, LENT_WITHIN, is_sure
from monitor.store import Store
from monitor.url import host_of

log = logger(__name__)

Chosen = Callable[[Sequence[FeedState], datetime], list[FeedState]]

LOOK_SECONDS = 0.2
"""How often it is looked for hosts while polls are in progress: a look costs as much as a poll or two."""

USELESS_SECONDS = 60.0
"""How long a host is left to others of which no feed may be polled now, or none is in the config of this process."""

LOOK_AGAIN_SECONDS = 0.25
"""How often it is looked whether a host that another worker has is free."""


@dataclass(kw_only=True)
class Leases:
    """The leases of one worker. `note_word` is called whenever it has given the store a sign of life."""

    clock: Clock
    store: Store
    worker: WorkerId
    _hosts: dict[str, timedelta | None] = field(default_factory=dict)
    """Those that it polls, and how long ago another process had asked each of them; None after the first request."""
    _useless: dict[str, float] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)
    _looked_at: float = float("-inf")
    _heard_of_at: float = float("-inf")

    def note_word(self) -> None:
        """The store has just had a sign of life of this worker."""
        self._heard_of_at = self.clock.monotonic()

    # ---- Hosts, for polls

    def feeds_to_poll(self, busy: Collection[FeedState], most: int, chosen: Chosen) -> list[FeedState]:
        """The feeds that are due of the hosts that it has, and takes now. `busy` are those in progress or waiting,
        `most` is how many polls may be in progress, and `chosen` those of some feeds that may be polled. Hosts with
        nothing to do are given back.
        """
        at = self.clock.monotonic()
        if busy and at - self._looked_at < LOOK_SECONDS:
            return []
        self._looked_at = at
        now = self.clock.now()
        due = chosen(self.store.feeds.due_of(self._hosts, now), now)
        self._return(self._hosts.keys() - {_host(state) for state in (*due, *busy)})
        wanted = HOSTS_AHEAD * most - len(self._hosts)
        if wanted > most // 2:
            due += self._of_new_hosts(wanted, chosen, now)
        return due

    def _of_new_hosts(self, wanted: int, chosen: Chosen, now: datetime) -> list[FeedState]:
        at = self.clock.monotonic()
        self._useless = {host: until for host, until in self._useless.items() if until > at}
        taken = self.store.workers.take_hosts(self.worker, wanted, now, but=self._useless)
        self._hosts |= taken
        due = chosen(self.store.feeds.due_of(taken, now), now)
        useless = taken.keys() - {_host(state) for state in due}
        self._return(useless)
        self._useless |= dict.fromkeys(useless, at + USELESS_SECONDS)
        return due

    def return_hosts(self) -> None:
        """Give back all: the round is over. What cannot be given back now is when the next one looks."""
        try:
            self._return(set(self._hosts))
        except StoreError as error:
            log.warning("hosts not given back", hosts=len(self._hosts), reason=str(error))

    def _return(self, hosts: Collection[str]) -> None:
        if hosts:
            self.store.workers.give_back(self.worker, LeaseKind.HOST, hosts)
            for host in hosts:
                self._hosts.pop(host, None)

    @asynccontextmanager
    async def host(self, host: str) -> AsyncIterator[Lent | None]:
        """One request to this host, when this worker has it. Raises HostBusy if another one has it for too long.
        Yields None if nobody else can have asked it since this worker did.
        """
        await self._sure()
        if host in self._hosts:
            since, self._hosts[host] = self._hosts[host], None
            yield None if since is None else Lent(asked_at=self.clock.now() - since, holds={})
            return
        lent = await self._borrowed(host)
        try:
            yield lent
        finally:
            try:
                self.store.workers.give_back(self.worker, LeaseKind.HOST, [host])
            except StoreError as error:  # it stays with this worker, which gives it back when it looks again
                self._hosts[host] = None
                log.warning("host not given back", host=host, reason=str(error))

    async def _borrowed(self, host: str) -> Lent:
        ends_at = self.clock.monotonic() + LENT_WITHIN.total_seconds()
        while True:
            taken = await asyncio.to_thread(self.store.workers.take, self.worker, LeaseKind.HOST, [host])
            if host in taken:
                now, since = self.clock.now(), taken[host]
                holds = await asyncio.to_thread(self.store.feeds.holds, now)
                return Lent(asked_at=None if since is None else now - since, holds=holds)
            if self.clock.monotonic() >= ends_at:
                raise HostBusy(host)
            await self.clock.sleep(LOOK_AGAIN_SECONDS)

    async def _sure(self) -> None:
        """Wait until it is sure that this worker is not taken for dead: others have its hosts then."""
        while not is_sure(timedelta(seconds=self.clock.monotonic() - self._heard_of_at)):
            await self.clock.sleep(LOOK_AGAIN_SECONDS)

    # ---- Recipients, for deliveries

    def recipients(self, names: Collection[str]) -> frozenset[str]:
        """Those of these that this worker has from now on, until `return_recipients`."""
        return frozenset(self.store.workers.take(self.worker, LeaseKind.RECIPIENT, names))

    def return_recipients(self, names: Collection[str], but: Collection[str]) -> None:
        """Give these back, but keep some: what became of a message to them is not stored yet."""
        self._kept |= {*names} & {*but}
        self._return_recipients({*names} - {*but})

    def return_kept(self) -> None:
        """Give back what was kept: all is stored now."""
        kept, self._kept = self._kept, set()
        self._return_recipients(kept)

    def _return_recipients(self, names: Collection[str]) -> None:
        if not names:
            return
        try:
            self.store.workers.give_back(self.worker, LeaseKind.RECIPIENT, names)
        except StoreError as error:
            self._kept |= {*names}
            log.warning("recipients not given back", recipients=len(names), reason=str(error))


def _host(state: FeedState) -> str:
    """As the store has it."""
    return host_of(state.moved_to or state.url)
