"""`python -m benchmarks.engines` by a Python that has procrastinate, pgqueuer, psycopg and asyncpg: a line for each engine.

Two workers with 8 jobs at once each; after 6 s one is killed by SIGKILL and started again, after 15 s PostgreSQL stops at
once and starts again, and 60 s more are watched. Workers that end by themselves are started again after 1 s, as systemd
does, and counted. `NAME:calm` plays the same without the restart: what a rate does by itself as its tables fill.
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
JOBS, HOSTS = int(os.environ.get("ENGINES_JOBS", "60000")), 2_000
PORT = int(os.environ.get("ENGINES_PORT", "54830"))
KILL, RESTART, END = 6, 15, 77
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
    elif engine.startswith("pgqueuer"):
        import asyncpg
        from pgqueuer.db import AsyncpgDriver
        from pgqueuer.queries import Queries

        connection = await asyncpg.connect(dsn)
        queries = Queries(AsyncpgDriver(connection))
        await queries.install()
        names = [f"host {job % HOSTS}" if engine == "pgqueuer-hosts" else "poll" for job in range(JOBS)]
        for first in range(0, JOBS, 10_000):
            jobs = range(first, min(JOBS, first + 10_000))
            payloads = [str(job).encode() for job in jobs]
            await queries.enqueue(names[first : first + len(jobs)], payloads, [0] * len(jobs))
        await connection.close()
    else:
        with psycopg.connect(dsn) as connection:
            connection.execute(
                "create table work (id bigint primary key, host int, done bool default false);"
                "create table hosts (id int primary key, next_at timestamptz default now(), token bigint default 0)"
                " with (fillfactor = 50)"
            )
            connection.execute("create index on work (host, id) where not done")
            connection.execute("create index on hosts (next_at)")
            connection.execute("insert into hosts (id) select generate_series(0, %s)", [HOSTS - 1])
            connection.execute(
                "insert into work (id, host) select i, i %% %s from generate_series(0, %s) i", [HOSTS, JOBS - 1]
            )
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze")  # as autovacuum leaves the tables of a service that has run for a while


def wal(dsn: str) -> int:
    import psycopg

    with psycopg.connect(dsn) as connection:
        return int(connection.execute("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()[0])


def cpu(pid: int, *, with_ended_children: bool = False) -> float:
    """Seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11 : 15 if with_ended_children else 13])) / os.sysconf("SC_CLK_TCK")


def cpu_of_server(data: str) -> float:
    """Seconds of the server's processes, those that ended too."""
    server = int(Path(data, "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return cpu(server, with_ended_children=True) + sum(cpu(int(child)) for child in children)


class Play:
    """One engine's workers through a kill and a restart."""

    def __init__(self, engine: str, data: str, *, is_calm: bool) -> None:
        self.engine, self.data, self.is_calm = engine, data, is_calm
        self.dsn = f"postgresql://{OWNER}@/postgres?host={data}&port={PORT}"
        self.log, self.errors = Path(data, "jobs.log"), Path(data, "errors.log").open("wb")  # noqa: SIM115
        self.log.touch()
        self.ended = 0
        self.cost = ""

    def start(self):
        command = [sys.executable, str(Path(__file__).with_name("worker.py")), self.engine, self.dsn, str(self.log)]
        return subprocess.Popen(command, stdout=self.errors, stderr=self.errors)

    def run(self) -> str:
        asyncio.run(fill(self.engine, self.dsn))
        self.begun = time.time()
        before = (0, wal(self.dsn), cpu_of_server(self.data), 0.0)
        workers = [self.start(), self.start()]
        plan = {2: "measure", KILL: "kill", RESTART: "restart"}
        while time.time() < self.begun + END:
            time.sleep(0.1)
            for at in [at for at in plan if time.time() - self.begun > at]:
                step = plan.pop(at)
                if step in ("measure", "kill"):
                    done = self.log.read_text().count("end")
                    used = sum(cpu(worker.pid) for worker in workers)
                    now = (done, wal(self.dsn), cpu_of_server(self.data), used)
                    jobs, *rest = (new - old for new, old in zip(now, before, strict=True))
                    if step == "kill":
                        costs = [cost / jobs for cost in rest]
                        self.cost = f"a job: WAL {costs[0]:.0f} bytes, PostgreSQL {costs[1] * 1000:.2f} ms, worker {costs[2] * 1000:.2f} ms"
                    before = now
                if step == "kill":
                    workers[0].kill()
                    workers[0].wait()
                    workers[0] = self.start()
                if step == "restart" and not self.is_calm:
                    ctl(self.data, "-m", "immediate", "restart")
            for place, worker in enumerate(workers):
                if worker.poll() is not None:
                    self.ended += 1
                    time.sleep(1)
                    workers[place] = self.start()
        for worker in workers:
            worker.kill()
            worker.wait()
        return self.told()

    def told(self) -> str:
        ends, seconds, running, broken, open_jobs = Counter(), Counter(), {}, 0, {}
        for line in self.log.read_text().splitlines():
            what, job, at, _ = line.split()
            host = int(job) % HOSTS
            if what == "start":
                other = running.get(host)
                broken += other is not None and float(at) - other < 0.5
                running[host] = float(at)
                open_jobs[job] = float(at) - self.begun
            else:
                running.pop(host, None)
                open_jobs.pop(job, None)
                ends[job] += 1
                seconds[int(float(at) - self.begun)] += 1

        def rate(first: int, last: int) -> str:
            return f"{sum(seconds[second] for second in range(first, last)) / (last - first):.0f}"

        after = ", ".join(rate(RESTART + at, RESTART + at + 10) for at in range(0, 60, 10))
        lost = [at for at in open_jobs.values() if at < END - 2]
        return (
            f"{self.engine}{' calm' if self.is_calm else ''}: {rate(2, KILL)} jobs/s; {rate(KILL + 2, RESTART)} after a kill; "
            f"after the restart by tens of seconds {after}; workers that ended {self.ended}; begun and never ended {len(lost)}"
            f" (at {', '.join(f'{at:.0f}' for at in sorted(lost)[:9])} s); ended twice {sum(n > 1 for n in ends.values())}; "
            f"ended {len(ends)} of {JOBS}; two at once on a host {broken}; {self.cost}"
        )


def main() -> None:
    for name in sys.argv[1:] or ["leases", "leases:calm", "procrastinate", "pgqueuer", "pgqueuer-hosts"]:
        engine, _, how = name.partition(":")
        data = tempfile.mkdtemp(prefix="engines-")
        shutil.chown(data, OWNER)
        as_owner(str(BIN / "initdb"), "-D", data, "-A", "trust", "-U", OWNER)
        ctl(data, "start")
        try:
            print(Play(engine, data, is_calm=how == "calm").run(), flush=True)
        finally:
            ctl(data, "-m", "immediate", "stop")
            shutil.rmtree(data, ignore_errors=True)


main()
