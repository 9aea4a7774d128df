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

        @queue.entrypoint("poll")
        async def one(job) -> None:
            await poll(int(job.payload))

        await queue.run(batch_size=AT_ONCE, heartbeat_timeout=timedelta(seconds=10))


CLAIM = """
update hosts set leased_until = clock_timestamp() + interval '10 s', token = token + 1 where id in (
  select id from hosts h where leased_until < clock_timestamp()
  and exists (select 1 from work w where w.host = h.id and not w.done)
  limit %s for update skip locked)
returning (select min(w.id) from work w where w.host = hosts.id and not w.done), id, token"""
# What was done counts only under the token that it was taken by: a worker that comes late writes nothing.
FINISH = """
with mine as (select * from unnest(%s::bigint[], %s::int[], %s::bigint[]) as mine(job, host, token)),
  mine_still as (update hosts set leased_until = '-infinity' from mine
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


asyncio.run({"procrastinate": by_procrastinate, "pgqueuer": by_pgqueuer, "leases": by_leases}[ENGINE]())
