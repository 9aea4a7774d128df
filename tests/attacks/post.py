"""A rude mail server: a real one that at random refuses, hangs up or says nothing, before and after the final dot.

Each message that it accepts is written to a file and forced to disk before the answer.
"""

import asyncio
import base64
import json
import logging
import os
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)
from typing import Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from smtp_server import HOST, free_port

HANG_SECONDS = 4.0
"""Longer than the program waits for an answer."""

Fate = Literal[
    "taken", "greeted 4xx", "recipient 4xx", "recipient 5xx", "message 4xx", "message 5xx",
    "hung up before the message", "hung up before the dot", "hung up after the dot", "silent before the dot",
    "taken, then hung up", "taken, then silent",
]  # fmt: skip
RUDE: dict[Fate, float] = {
    "greeted 4xx": 0.03,
    "recipient 4xx": 0.04,
    "recipient 5xx": 0.02,
    "message 4xx": 0.03,
    "message 5xx": 0.02,
    "hung up before the message": 0.03,
    "hung up before the dot": 0.03,
    "hung up after the dot": 0.03,
    "silent before the dot": 0.01,
    "taken, then hung up": 0.05,
    "taken, then silent": 0.02,
}
HIDDEN = frozenset({"taken, then hung up", "taken, then silent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A message that was accepted. `is_hidden`: the sender was not told so."""

    at: float
    message_id: str
    recipient: str
    content: bytes
    is_hidden: bool


@dataclass(kw_only=True)
class Post:
    """The server's judgement, and what it took. `is_rude` may be turned off."""

    chance: Random
    file: Path
    is_rude: bool = True
    port: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    copies: defaultdict[str, list[Copy]] = field(default_factory=lambda: defaultdict(list))
    """By Message-ID, in order."""
    accepted: threading.Event = field(default_factory=threading.Event)
    """Set at each message, for who waits for one."""
    under_way: dict[int, Fate] = field(default_factory=dict)
    """What becomes of the message of each session."""

    async def handle_MAIL(  # noqa: N802  # the name and shape that aiosmtpd calls
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fate: Fate = "taken"
        if self.is_rude:
            kinds: list[Fate] = [*RUDE, "taken"]
            (fate,) = self.chance.choices(kinds, [*RUDE.values(), 1 - sum(RUDE.values())])
        self.fates[fate] += 1
        self.under_way[id(session)] = fate
        if fate == "greeted 4xx":
            return "421 too busy, come back later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 go on"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        match self.under_way[id(session)]:
            case "recipient 4xx":
                return "450 mailbox busy"
            case "recipient 5xx":
                return "550 no such user"
            case "hung up before the message":
                hang_up(server)
            case "hung up before the dot":
                asyncio.get_running_loop().call_later(self.chance.random() * 0.01, hang_up, server)
        envelope.rcpt_tos.append(address)
        return "250 recipient ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        match self.under_way[id(session)]:
            case "message 4xx":
                return "451 try again later"
            case "message 5xx":
                return "554 not this message"
            case "hung up before the dot" | "hung up after the dot":
                hang_up(server)
                return "451 never heard"
            case "silent before the dot":
                await asyncio.sleep(HANG_SECONDS)
                return "451 too late"
        fate = self.under_way[id(session)]
        self._accept(envelope, is_hidden=fate in HIDDEN)
        if fate == "taken, then hung up":
            hang_up(server)
        elif fate == "taken, then silent":
            await asyncio.sleep(HANG_SECONDS)
        return "250 queued"

    def _accept(self, envelope: Envelope, *, is_hidden: bool) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        copy = Copy(
            at=time.monotonic(),
            message_id=str(BytesHeaderParser().parsebytes(content)["Message-ID"]),
            recipient=",".join(envelope.rcpt_tos),
            content=content,
            is_hidden=is_hidden,
        )
        line = [copy.at, copy.message_id, copy.recipient, copy.is_hidden, base64.b64encode(content).decode()]
        with self.file.open("a") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.copies[copy.message_id].append(copy)
        self.accepted.set()


def hang_up(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


@contextmanager
def post_office(seed: int, file: Path, *, is_rude: bool) -> Iterator[Post]:
    """The server while it runs."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it speaks of each connection that breaks
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    post = Post(chance=Random(f"{seed} post"), file=file, is_rude=is_rude, port=free_port())
    controller = Controller(post, hostname=HOST, port=post.port)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
