"""The hostile origin: feeds that try to stop the reader, to cost it everything, or to silence others.

Each has an address of its own. `heavy` ones are asked more seldom: they cost the reader what a big document costs.
"""

import gzip
import itertools
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from random import Random  # noqa: TID251 (seeded)

from house import Story, rss
from origin import Asked, Pause, Reset, Script, Step, head, redirect, reply, status

BUSY = {"/busy": 503, "/busier": 429}
"""On the hosts of honest feeds, path and status; no feed of theirs is there."""

NAMES = (
    *(
        "redirect-301",
        "redirect-302",
        "redirect-307",
        "redirect-429",
        "redirect-twice",
        "busy",
        "bomb",
        "dribble",
        "garbage",
        "loop",
        "entities",
        "many",
    ),
    *("crowd", "hyphens", "hangup", "lengths", "types"),
)
"""One feed each. Those with a common beginning are one attack."""

WEEK_SECONDS = "604800"
CROWD, MANY = 1_500, 2_000
RUMOUR = "rumour"
HEAVY = frozenset({"hyphens", "bomb", "many", "entities", "crowd"})


def hostile(seed: int, silenced: Sequence[str]) -> Mapping[str, Script]:
    """By the name of the attack, what its feed answers. `silenced`: honest hosts, as URLs without a path."""
    chance, turns, lock = Random(f"{seed} hostile"), itertools.count(), threading.Lock()

    def one_of(*scripts: Callable[[], Script]) -> Script:
        def script(asked: Asked) -> Iterator[Step]:
            with lock:
                chosen = scripts[chance.randrange(len(scripts))]
            yield from chosen()(asked)

        return script

    def in_turn(make: Callable[[int], Script]) -> Script:
        def script(asked: Asked) -> Iterator[Step]:
            yield from make(next(turns))(asked)

        return script

    hosts = [silenced[number * len(silenced) // 5] for number in range(5)]
    return {
        "redirect-301": redirect(f"{hosts[0]}/busy", 301),
        "redirect-302": redirect(f"{hosts[1]}/busy", 302),
        "redirect-307": redirect(f"{hosts[2]}/busy", 307),
        "redirect-429": redirect(f"{hosts[3]}/busier", 302),
        "redirect-twice": redirect("/hostile/redirect-again", 302),
        "redirect-again": redirect(f"{hosts[4]}/busy", 302),
        "busy": status(503, [("Retry-After", "5"), ("Content-Length", "0")]),
        "bomb": in_turn(lambda turn: gzipped(b" " * (40_000_000 + turn))),
        "dribble": one_of(lambda: slowly(head(200) + rss(*GOSSIP)), lambda: slowly(head(200))),
        "garbage": one_of(
            lambda: reply(chance.randbytes(20_000)),
            lambda: reply(b"<!doctype html><title>Sign in</title><p>Welcome"),
            lambda: reply(rss(*GOSSIP)[: chance.randrange(20, 200)]),
            lambda: reply(b"\x00" * 50_000),
            lambda: reply(b"<rss><channel>" + b"<item>" * 20_000),
        ),
        **{f"loop{query}": redirect(f"/hostile/loop?{step}") for step, query in enumerate(("", "?0", "?1", "?2"))},
        "loop?3": redirect("/hostile/loop?0"),
        "entities": in_turn(lambda turn: reply(laughs(turn))),
        "many": in_turn(lambda turn: reply(rss(Story(id="new", title=f"Gossip {turn}"), *rumours(MANY, "gossip")))),
        "crowd": reply(rss(*rumours(CROWD, RUMOUR))),
        "hyphens": in_turn(lambda turn: gzipped(hyphens(turn))),
        "hangup": one_of(
            lambda: hung_up(b""), lambda: hung_up(head(200) + rss(*GOSSIP)[:80]), lambda: hung_up(b"HTTP/1.1 2")
        ),
        "lengths": one_of(
            lambda: reply(rss(*GOSSIP), length=10),
            lambda: reply(rss(*GOSSIP), length=10_000_000),
            lambda: reply(rss(*GOSSIP), headers=[("Content-Encoding", "gzip")]),
            lambda: reply(rss(*GOSSIP), headers=[("Transfer-Encoding", "chunked")]),
        ),
        "types": one_of(
            lambda: reply(rss(*GOSSIP), headers=[("Content-Type", "image/png")]),
            lambda: reply(
                b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "gossip"}]}'
            ),
            lambda: reply(
                b"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title><entry><id>1</id></entry></feed>"
            ),
            lambda: status(404),
            lambda: status(500),
        ),
    }


GOSSIP = (Story(id="one", title="Gossip about nothing"), Story(id="two", title="Gossip about less"))


def is_played(name: str, without: Collection[str]) -> bool:
    """Whether this feed is there when these attacks are left out."""
    return name not in without and name.partition("-")[0] not in without


def busy(code: int) -> Script:
    return status(code, [("Retry-After", WEEK_SECONDS), ("Content-Length", "0")])


def gzipped(body: bytes) -> Script:
    packed = gzip.compress(body, 6, mtime=0)
    return reply(packed, headers=[("Content-Encoding", "gzip")])


def slowly(data: bytes) -> Script:
    def script(_asked: Asked) -> Iterator[Step]:
        for byte in data:
            yield bytes([byte])
            yield Pause(seconds=0.25)

    return script


def hung_up(data: bytes) -> Script:
    def script(_asked: Asked) -> Iterator[Step]:
        yield data
        yield Reset()

    return script


def hyphens(turn: int) -> bytes:
    """A few kilobytes on the wire, three megabytes unpacked, and an entity, one endless compound, that unfolds in 250
    items to 25 megabytes. Other bytes each time, or it would not be read again.
    """
    items = "".join(
        f"<item><guid>{turn} {number}</guid><title>US-US</title><description>&u;</description></item>"
        for number in range(250)
    )
    declared = f'<!DOCTYPE rss [\n<!ENTITY u "{"US-" * 33_000}">\n]>\n'
    return f"{declared}<rss version='2.0'><channel>{items}<!--{' ' * 3_000_000}--></channel></rss>".encode()


def laughs(turn: int) -> bytes:
    """Entities of entities of entities."""
    levels = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    return f"<!DOCTYPE rss [<!ENTITY e0 'ha{turn}'>{levels}]><rss><channel><title>&e9;</title></channel></rss>".encode()


def rumours(count: int, word: str) -> Iterator[Story]:
    return (Story(id=f"{word} {n}", title=f"A {word} of place {n} at {n % 50} o'clock") for n in range(count))
