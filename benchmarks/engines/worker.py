"""One worker process of one engine: `python worker.py ENGINE DSN LOG`. Each job waits as a poll does, and logs start and end."""

# mypy: ignore-errors
import asyncio
import os
import sys
import time

ENGINE, DSN, LOG = sys.argv[1:4]
WAIT = 0.015
AT_ONCE = 8
FD = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def note(what: str, job: int) -> None:
    os.write(FD, f"{what} {job} {time.time():.4f} {os.getpid()}\n".encode())


async def poll(job: int) -> None:
    note("start", job)
    await asyncio.sleep(WAIT)
    note("end", job)


async def by_procrastinate() -> None:
    import procrastinate

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=DSN))
    app.task(name="poll")(poll)
    async with app.open_async():
        # It leaves jobs of dead workers to its user: this is the recipe of its documentation.
        async def retry() -> None:
            while True:
                await asyncio.sleep(2)
                try:
                    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=10):
                        await app.job_manager.retry_job(job)
                except Exception as error:
                    print(error)

        again = asyncio.create_task(retry())
        await app.run_worker_async(concurrency=AT_ONCE, update_heartbeat_interval=2, stalled_worker_timeout=600)
        again.cancel()


async def by_pgqueuer() -> None:
    from datetime import timedelta

    import asyncpg
    from pgqueuer import PgQueuer
    from pgqueuer.db import AsyncpgPoolDriver

    async with asyncpg.create_pool(DSN, min_size=2, max_size=6) as pool:
        queue = PgQueuer(AsyncpgPoolDriver(pool))

        async def one(job) -> None:
            await poll(int(job.payload))

        # Its limit is one of an entrypoint, so one job a host at once takes an entrypoint for each host.
        if ENGINE == "pgqueuer-hosts":
            for host in range(2_000):
                queue.entrypoint(f"host {host}", concurrency_limit=1)(one)
        else:
            queue.entrypoint("poll")(one)
        half = AT_ONCE // 2  # it wants room for two batches
        await queue.run(batch_size=half, max_concurrent_tasks=AT_ONCE, heartbeat_timeout=timedelta(seconds=10))


# A host is due at `next_at`, whose index has the hosts in the order of their turns. A lease puts that off.
CLAIM = """
update hosts set next_at = clock_timestamp() + interval '10 s', token = token + 1 where id in (
  select id from hosts where next_at < clock_timestamp() order by next_at limit %s for update skip locked)
returning (select min(w.id) from work w where w.host = hosts.id and not w.done), id, token"""
# What was done counts only under the token that it was taken by: a worker that comes late writes nothing.
FINISH = """
with mine as (select * from unnest(%s::bigint[], %s::int[], %s::bigint[]) as mine(job, host, token)),
  mine_still as (update hosts set next_at = clock_timestamp() from mine
    where hosts.id = mine.host and hosts.token = mine.token returning mine.job)
update work set done = true where id in (select job from mine_still)"""


async def by_leases() -> None:
    import psycopg

    while True:
        try:
            async with await psycopg.AsyncConnection.connect(DSN, autocommit=True) as connection:
                while True:
                    taken = await (await connection.execute(CLAIM, [AT_ONCE])).fetchall()
                    taken = [row for row in taken if row[0] is not None]
                    await asyncio.gather(*(poll(job) for job, _, _ in taken))
                    if taken:
                        await connection.execute(FINISH, [list(column) for column in zip(*taken, strict=True)])
                    else:
                        await asyncio.sleep(0.2)
        except psycopg.Error:
            await asyncio.sleep(0.2)


asyncio.run({"procrastinate": by_procrastinate, "leases": by_leases}.get(ENGINE, by_pgqueuer)())
