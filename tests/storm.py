"""A storm on the page of this machine, in a process of its own so that it does not slow whoever measures.

    python tests/storm.py PORT SECONDS [PATH ...]

200 clients ask at once, again and again; 100 connections send a head that never ends, 50 a body, one byte at a time;
50 ask and never read; others send too much, or guess passwords. At its end it prints, as JSON, how often each of these
was answered with which status (0: closed).
"""

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import suppress

ASKING, HEADS, BODIES, LAZY, LARGE, GUESSING = 200, 100, 50, 50, 20, 20
HOST = "127.0.0.1"
OURS = "Host: localhost\r\nSec-Fetch-Site: same-origin\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"

Statuses = dict[str, Counter[int]]


async def answer(port: int, request: bytes) -> int:
    """The status; 0 if the connection was closed without one."""
    writer = None
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(request)
        await writer.drain()
        head = (await reader.read()).partition(b"\r\n")[0].split()
        return int(head[1]) if len(head) > 1 else 0
    except OSError:
        return 0
    finally:
        if writer is not None:
            writer.close()


async def again(port: int, name: str, request: bytes, end: float, found: Statuses) -> None:
    while time.monotonic() < end:
        found.setdefault(name, Counter())[await answer(port, request)] += 1
        await asyncio.sleep(0.05)


async def dribble(port: int, start: bytes, end: float) -> None:
    """Sends this, then a byte a second, and a new connection whenever one is closed."""
    while time.monotonic() < end:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(start)
            while time.monotonic() < end and not reader.at_eof():
                writer.write(b"a")
                await writer.drain()
                with suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(1024), 1)
            writer.close()
        await asyncio.sleep(0.2)


async def never_read(port: int, request: bytes, end: float) -> None:
    while time.monotonic() < end:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port, limit=1)
            writer.write(request)
            await asyncio.sleep(min(5, max(0.1, end - time.monotonic())))
            writer.close()
        await asyncio.sleep(0.2)


async def storm(port: int, seconds: float, paths: list[str]) -> Statuses:
    end, found = time.monotonic() + seconds, Statuses()
    large = f"POST /login HTTP/1.1\r\n{OURS}{FORM}Content-Length: 10000000\r\n\r\n{'a' * 200_000}".encode()
    guess = "name=mara&password=a+wrong+password"
    guessed = f"POST /login HTTP/1.1\r\n{OURS}{FORM}Content-Length: {len(guess)}\r\n\r\n{guess}".encode()
    work = [
        again(port, "asked", f"GET {paths[number % len(paths)]} HTTP/1.1\r\n{OURS}\r\n".encode(), end, found)
        for number in range(ASKING)
    ]
    work += [dribble(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", end) for _ in range(HEADS)]
    slow = f"POST /login HTTP/1.1\r\n{OURS}{FORM}Content-Length: 5000\r\n\r\n".encode()
    work += [dribble(port, slow, end) for _ in range(BODIES)]
    work += [never_read(port, b"GET /static/page.css HTTP/1.1\r\nHost: localhost\r\n\r\n", end) for _ in range(LAZY)]
    work += [again(port, "too large", large, end, found) for _ in range(LARGE)]
    work += [again(port, "guessed", guessed, end, found) for _ in range(GUESSING)]
    _, left = await asyncio.wait([asyncio.ensure_future(each) for each in work], timeout=seconds)
    for each in left:  # what waits for an answer does not wait longer
        each.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    return found


if __name__ == "__main__":
    came = asyncio.run(storm(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:] or ["/status"]))
    print(json.dumps(came))
