"""How long who guesses passwords has to wait: by address, and by name. Pure, and in bounded memory.

An address may fail some times, then each failure doubles its wait. A name is slowed later and less, because who asks
may be its owner: an address from which they have logged in does not wait for the name. Names share a fixed number of
counters, so that names that there are and those that there are not look alike.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

OF_ADDRESS, OF_NAME = 5, 20
"""Failures before the first wait."""

FIRST_WAIT = 2.0
LONGEST_OF_ADDRESS, LONGEST_OF_NAME = 900.0, 60.0
"""Seconds. A name can be tried 60 times an hour by all the world, which finds no password of ten characters."""

FORGOTTEN_AFTER = timedelta(hours=1)
"""A counter is at zero when nobody has failed for so long."""

MOST_ADDRESSES, MOST_FRIENDS, COUNTERS = 4_096, 1_024, 4_096


@dataclass(slots=True)
class _Counter:
    times: int = 0
    last: datetime = datetime.min  # noqa: DTZ901 (compared after the first failure alone)

    def wait(self, now: datetime, free: int, longest: float) -> float:
        over = self.times - free
        if over < 0 or not self.times or now - self.last > FORGOTTEN_AFTER:
            return 0.0
        seconds = min(FIRST_WAIT * 2.0 ** min(over, 30), longest)
        return max(0.0, seconds - (now - self.last).total_seconds())

    def fail(self, now: datetime) -> None:
        is_new = not self.times or now - self.last > FORGOTTEN_AFTER
        self.times, self.last = 1 if is_new else self.times + 1, now


@dataclass(slots=True)
class Slowing:
    """Counts failures. `salt` keeps others from choosing names that share a counter with somebody's."""

    salt: bytes = b""
    _addresses: OrderedDict[str, _Counter] = field(default_factory=OrderedDict)
    _names: dict[int, _Counter] = field(default_factory=dict)
    _friends: OrderedDict[tuple[int, str], None] = field(default_factory=OrderedDict)

    def wait(self, name: str, address: str, now: datetime) -> float:
        """Seconds until this address may try a password of this name; 0.0 if it may now."""
        place, counter = neighbourhood(address), self._counter(name)
        of_address = self._addresses.get(place, _Counter()).wait(now, OF_ADDRESS, LONGEST_OF_ADDRESS)
        if (counter, place) in self._friends:
            return of_address
        return max(of_address, self._names.get(counter, _Counter()).wait(now, OF_NAME, LONGEST_OF_NAME))

    def failed(self, name: str, address: str, now: datetime) -> None:
        place = neighbourhood(address)
        self._addresses.setdefault(place, _Counter()).fail(now)
        self._addresses.move_to_end(place)
        if len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        self._names.setdefault(self._counter(name), _Counter()).fail(now)

    def succeeded(self, name: str, address: str) -> None:
        """Remember that this address is one of theirs, and take back the try that was counted beforehand. Earlier ones
        stay counted, because they may be of other names.
        """
        place, counter = neighbourhood(address), self._counter(name)
        for counted in (self._addresses.get(place), self._names.get(counter)):
            if counted is not None and counted.times:
                counted.times -= 1
        self._friends[counter, place] = None
        if len(self._friends) > MOST_FRIENDS:
            self._friends.popitem(last=False)

    def _counter(self, name: str) -> int:
        digest = sha256(self.salt + name.casefold().encode("utf-8", "replace")).digest()
        return int.from_bytes(digest[:4]) % COUNTERS


def neighbourhood(address: str) -> str:
    """What one person can hold many addresses of: the network of /64 of an IPv6 address; an IPv4 address itself."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or (int(found) >> 64))
    return str(found)
