"""`python -m benchmarks.workers --feeds 10000 --hosts 2500 --workers 1 2 8`: what a poll costs and how many there are a
second, with so many workers on one PostgreSQL of its own.

Every feed is always due, its origin answers 304 after a while, and the origin's own log says whether a host was asked
too soon. It is not among the benches of `make bench`: it takes minutes, and needs PostgreSQL.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from postgres import QUICK, Cluster, binaries, started

WAIT = 0.3
"""Seconds that an origin takes for its answer."""

WARM_SECONDS, MEASURED_SECONDS = 20, 60
TICKS = os.sysconf("SC_CLK_TCK")
DOCUMENT = b"<rss version='2.0'><channel><title>A paper</title></channel></rss>"
CONFIG = """
[[topics]]
name = "Syria ceasefire"
all = ["Syria*", "truce"]

[storage]
folder = "data"
database = "{database}"
backup_every = "0s"

[polling]
host_gap = "1s"
allow_private = ["127.0.0.0/8"]
allow_ports = [{port}]
"""


def address(host: int) -> str:
    return f"127.1.{host // 250}.{host % 250 + 1}"


def serve(hosts: int, to: "Connection[Any, Any]") -> None:
    """Send the port to `to`, answer, and send the log of requests for each host when something comes."""
    asked: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        begun = time.monotonic()
        await asyncio.sleep(WAIT)
        status, body = ("304 Not Modified", b"") if b"if-none-match" in head.lower() else ("200 OK", DOCUMENT)
        writer.write(f'HTTP/1.1 {status}\r\nETag: "1"\r\nContent-Length: {len(body)}\r\n\r\n'.encode() + body)
        asked[writer.get_extra_info("sockname")[0]].append((begun, time.monotonic()))
        writer.close()

    async def run() -> None:
        first = await asyncio.start_server(answer, address(0), 0)
        port = first.sockets[0].getsockname()[1]
        rest = [await asyncio.start_server(answer, address(host), port) for host in range(1, hosts)]
        to.send(port)
        await asyncio.to_thread(to.recv)
        to.send(dict(asked))
        for each in (first, *rest):
            each.close()

    asyncio.run(run())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Counters at one moment; CPU in seconds."""

    polls: int
    statements: int
    wal: int
    workers: float
    server: float


def cpu(pid: int) -> float:
    """Of a process and the children that it has or had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(int, fields[11:15])) / TICKS + sum(cpu(int(child)) for child in children)


def reading(url: str, cluster: Cluster, workers: list["subprocess.Popen[bytes]"]) -> Reading:
    server = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
    query = (
        "SELECT (SELECT count(*) FROM polls), (SELECT sum(calls) FROM pg_stat_statements),"
        " pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
    )
    with psycopg.connect(url) as connection:
        polls, statements, wal = connection.execute(query).fetchone() or (0, 0, 0)
    used = sum(cpu(each.pid) for each in workers)
    return Reading(polls=polls, statements=int(statements), wal=int(wal), workers=used, server=cpu(server))


@contextmanager
def process(config: Path, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    with (config.parent / "log").open("ab") as log:
        running = subprocess.Popen([sys.executable, "-m", "monitor", "--config", str(config), *words], stderr=log)
        try:
            yield running
        finally:
            running.terminate()
            running.wait(60)


def measured(cluster: Cluster, feeds: int, hosts: int, workers: int) -> str:
    """The row of a table."""
    url = cluster.empty_database()
    ours, theirs = get_context("spawn").Pipe()
    origin = get_context("spawn").Process(target=serve, args=[hosts, theirs], daemon=True)
    origin.start()
    port = ours.recv()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        config = Path(name) / "config.toml"
        urls = (f"http://{address(number % hosts)}:{port}/{number}" for number in range(feeds))
        written = "".join(f'[[feeds]]\nurl = "{each}"\ninterval = "5s"\n' for each in urls)
        config.write_text(written + CONFIG.format(database=url, port=port))
        stack.enter_context(process(config, "run"))
        running = [stack.enter_context(process(config, "worker", "--poll")) for _ in range(workers)]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
            query = "SELECT count(*) FROM workers WHERE ended_at IS NULL AND does = 'poll'"
            wait_for(connection, query, workers)
        time.sleep(WARM_SECONDS)
        before, begun = reading(url, cluster, running), time.monotonic()
        time.sleep(MEASURED_SECONDS)
        after, seconds = reading(url, cluster, running), time.monotonic() - begun
        memory = [int(Path(f"/proc/{each.pid}/statm").read_text().split()[1]) // 256 for each in running]
        ours.send("the log")
        asked = ours.recv()
    Thread(target=origin.join).start()
    polls = max(after.polls - before.polls, 1)
    return (
        f"| {workers} | {polls / seconds:.1f} | {(after.workers - before.workers) / polls * 1000:.1f}"
        f" | {(after.server - before.server) / polls * 1000:.2f} | {(after.statements - before.statements) / polls:.1f}"
        f" | {(after.wal - before.wal) / polls:.0f} | {max(memory)} | {least_gap(asked):.2f} |"
    )


def wait_for(connection: "psycopg.Connection[Any]", query: str, wanted: int) -> None:
    while True:
        try:
            if (connection.execute(query).fetchone() or (0,))[0] >= wanted:
                return
        except psycopg.errors.UndefinedTable:
            pass
        time.sleep(0.5)


def least_gap(asked: dict[str, list[tuple[float, float]]]) -> float:
    """Seconds from the end of an answer of a host to its next request, the shortest of all."""
    gaps = [after[0] - before[1] for each in asked.values() for before, after in pairwise(sorted(each))]
    return min(gaps, default=0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=2_500)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 8])
    asked = parser.parse_args()
    found = binaries()
    if found is None:
        sys.exit("PostgreSQL is not installed here (Debian: postgresql)")
    with ExitStack() as stack:
        settings = {"autovacuum": "on", "shared_preload_libraries": "pg_stat_statements", "wal_level": "replica"}
        cluster, stop = started(found, QUICK | settings)
        stack.callback(stop)
        print(f"{asked.feeds} feeds on {asked.hosts} hosts, answers after {WAIT} s\n")
        print("| workers | polls/s | ms CPU a poll | of PostgreSQL | statements | WAL bytes | MB | least gap s |")
        print("|---|---|---|---|---|---|---|---|")
        for workers in asked.workers:
            print(measured(cluster, asked.feeds, asked.hosts, workers), flush=True)


if __name__ == "__main__":
    main()
