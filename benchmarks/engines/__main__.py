"""`python -m benchmarks.engines` by a Python that has procrastinate, pgqueuer, psycopg and asyncpg: a line for each engine.

Two workers; after 6 s one is killed by SIGKILL and started again, after 12 s PostgreSQL stops at once and starts again.
Workers that end by themselves are started again after 1 s, as systemd does, and counted.
"""

# mypy: ignore-errors
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

BIN = Path("/usr/lib/postgresql/15/bin")
JOBS, HOSTS = int(os.environ.get("ENGINES_JOBS", "24000")), 2_000
PORT = int(os.environ.get("ENGINES_PORT", "54830"))
END = 24
OWNER = "postgres"


def as_owner(*command: str) -> None:
    run = ["runuser", "-u", OWNER, "--"] if os.getuid() == 0 else []
    subprocess.run([*run, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def ctl(data: str, *words: str) -> None:
    as_owner(str(BIN / "pg_ctl"), "-D", data, "-l", data + "/log", "-o", f"-p {PORT} -k {data}", "-w", *words)


async def fill(engine: str, dsn: str) -> None:
    import psycopg

    if engine == "procrastinate":
        import procrastinate

        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn))
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            for host in range(HOSTS):
                task = app.configure_task("poll", lock=f"host {host}")
                await task.batch_defer_async(*({"job": job} for job in range(host, JOBS, HOSTS)))
    elif engine == "pgqueuer":
        import asyncpg
        from pgqueuer.db import AsyncpgDriver
        from pgqueuer.queries import Queries

        connection = await asyncpg.connect(dsn)
        queries = Queries(AsyncpgDriver(connection))
        await queries.install()
        await queries.enqueue(["poll"] * JOBS, [str(job).encode() for job in range(JOBS)], [0] * JOBS)
        await connection.close()
    else:
        with psycopg.connect(dsn) as connection:
            connection.execute(
                "create table work (id bigint primary key, host int, done bool default false);"
                "create table hosts (id int primary key, leased_until timestamptz default '-infinity',"
                " token bigint default 0) with (fillfactor = 50)"
            )
            connection.execute("create index on work (host, id) where not done")
            connection.execute("insert into hosts (id) select generate_series(0, %s)", [HOSTS - 1])
            connection.execute(
                "insert into work (id, host) select i, i %% %s from generate_series(0, %s) i", [HOSTS, JOBS - 1]
            )


def wal(dsn: str) -> int:
    import psycopg

    with psycopg.connect(dsn) as connection:
        return int(connection.execute("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()[0])


def play(engine: str, data: str) -> str:
    dsn = f"postgresql://{OWNER}@/postgres?host={data}&port={PORT}"
    asyncio.run(fill(engine, dsn))
    log = Path(data, "jobs.log")
    log.touch()
    errors = Path(data, "errors.log").open("wb")  # noqa: SIM115 (as long as the process)

    def start():
        command = [sys.executable, str(Path(__file__).with_name("worker.py")), engine, dsn, str(log)]
        return subprocess.Popen(command, stdout=errors, stderr=errors)

    workers, ended, killed, restarted = [start(), start()], 0, False, False
    cpu = 0.0
    begun, before = time.time(), wal(dsn)
    written = cpu = 0.0
    while time.time() < begun + END:
        time.sleep(0.2)
        now = time.time() - begun
        if now > 6 and not killed:
            killed = True
            written = wal(dsn) - before
            cpu = sum(sum(map(int, Path(f"/proc/{w.pid}/stat").read_text().split()[13:15])) for w in workers) / 100
            count = log.read_text().count("end")
            workers[0].kill()
            workers[0].wait()
            workers[0] = start()
        if now > 12 and not restarted:
            restarted = True
            ctl(data, "-m", "immediate", "restart")
        for place, worker in enumerate(workers):
            if worker.poll() is not None:
                ended += 1
                time.sleep(1)
                workers[place] = start()
    for worker in workers:
        worker.kill()
        worker.wait()
    return told(engine, log, begun, (ended, written / count, cpu / count * 1000))


def told(engine: str, log: Path, begun: float, cost: tuple[int, float, float]) -> str:
    ends, seconds, running, broken, lost = Counter(), Counter(), {}, 0, set()
    for line in log.read_text().splitlines():
        what, job, at, pid = line.split()
        host = int(job) % HOSTS
        if what == "start":
            other = running.get(host)
            broken += other is not None and float(at) - other < 0.5
            running[host] = float(at)
            lost.add(job)
        else:
            running.pop(host, None)
            lost.discard(job)
            ends[job] += 1
            seconds[int(float(at) - begun)] += 1

    def rate(first: int, last: int) -> float:
        return sum(seconds[second] for second in range(first, last)) / (last - first)

    return (
        f"{engine}: {rate(2, 6):.0f} jobs/s; 2-6 s after a kill {rate(8, 12):.0f}; after PostgreSQL's restart "
        f"{rate(15, 18):.0f}, later {rate(19, 23):.0f}; workers that ended {cost[0]}; begun and never ended {len(lost)}; "
        f"ended twice {sum(n > 1 for n in ends.values())}; ended {len(ends)} of {JOBS}; two at once on a host {broken}; "
        f"WAL {cost[1]:.0f} bytes a job; CPU of workers {cost[2]:.1f} ms a job"
    )


def main() -> None:
    for engine in sys.argv[1:] or ["leases", "procrastinate", "pgqueuer"]:
        data = tempfile.mkdtemp(prefix="engines-")
        shutil.chown(data, OWNER)
        as_owner(str(BIN / "initdb"), "-D", data, "-A", "trust", "-U", OWNER)
        ctl(data, "start")
        try:
            print(play(engine, data), flush=True)
        finally:
            ctl(data, "-m", "immediate", "stop")
            print(data, flush=True)


main()
