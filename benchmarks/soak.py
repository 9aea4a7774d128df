"""`python -m benchmarks.soak --minutes 120`: whether memory, descriptors and threads of the daemon stay flat.

A real daemon polls feeds on loopback that change at nearly every poll, far faster than any publisher does, and
editions are made by hand meanwhile. What the process takes is read from /proc (so this runs on Linux alone),
written to a CSV file and summed up at the end.
"""

import argparse
import csv
import json
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from multiprocessing import get_context
from pathlib import Path

from benchmarks.newsstand import Newsstand, serve

SAMPLE_SECONDS = 30
EDITION_MINUTES = 8
"""Between two editions: three of them before the first half hour is over, when memory is to have stopped growing."""

SETTLED_MINUTES = 30
START_SECONDS, STOP_SECONDS, COMMAND_SECONDS = 60, 30, 300
MIB = 1024 * 1024

CONFIG = """
[[topics]]
name = "Syria ceasefire"
all = [["Syria*", "Damascus"], ["truce", "ceasefire"]]

[[topics]]
name = "US-Russia coordination"
all = [["US", "Washington"], ["Russia*", "Moscow"], ["agree*", "talks"]]

[[digests]]
name = "Daily"
to = ["you@reader.example"]
at = "07:00"

[mail]
kind = "maildir"

[storage]
folder = "data"

[polling]
interval = "{interval}s"
host_gap = "0s"
allow_private = ["127.0.0.0/8"]
allow_ports = [{port}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the daemon takes at one moment, in MiB; `own` is memory that it shares with no other process. `articles`
    and `database` (MiB) say how much it has done by then.
    """

    minute: float
    rss: float
    pss: float
    own: float
    children: int
    children_rss: float
    children_pss: float
    descriptors: int
    threads: int
    articles: int
    database: float


def main(words: Sequence[str]) -> int:
    """Exit code 1 if the daemon did not live to the end."""
    options = _options().parse_args(words)
    with tempfile.TemporaryDirectory(prefix="news-monitor-soak-") as folder:
        config = Path(folder) / "config.toml"
        with newsstand(Newsstand(feeds=options.feeds, seed=options.seed)) as (urls, port):
            feeds = "".join(f'[[feeds]]\nurl = "{url}"\n' for url in urls)
            config.write_text(feeds + CONFIG.format(interval=options.interval, port=port), "utf-8")
            samples, code = soaked(config, options.minutes, Path(options.csv))
        print(summary(samples, (config.parent / "log").read_text("utf-8").splitlines()))
    print(f"Ended with code {code}. Samples: {options.csv}")
    return 1 if code else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=120, help="how long (default 120)")
    parser.add_argument("--feeds", type=int, default=200, help="how many feeds (default 200)")
    parser.add_argument("--interval", type=int, default=30, help="seconds between two polls of a feed (default 30)")
    parser.add_argument("--seed", type=int, default=1, help="of the news (default 1)")
    parser.add_argument("--csv", default="soak.csv", help="where the samples go (default soak.csv)")
    return parser


@contextmanager
def newsstand(stand: Newsstand) -> Iterator[tuple[tuple[str, ...], int]]:
    """The URLs of its feeds and their port; it has a process of its own, so that nothing of it is measured."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(stand, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def soaked(config: Path, minutes: float, out: Path) -> tuple[list[Sample], int]:
    """The samples of a daemon that ran so long, and the code with which it ended."""
    samples: list[Sample] = []
    with (config.parent / "log").open("w") as log, out.open("w", newline="") as file:
        rows = csv.DictWriter(file, [each.name for each in fields(Sample)], lineterminator="\n")
        rows.writeheader()
        process = subprocess.Popen(_command(config, "run"), stderr=log)
        try:
            _wait_for_start(process, config)
            for sample in _samples(process, config, minutes):
                samples.append(sample)
                rows.writerow(asdict(sample))
                file.flush()
            process.send_signal(signal.SIGTERM)
            return samples, process.wait(STOP_SECONDS)
        finally:
            process.kill()
            process.wait()


def _wait_for_start(process: subprocess.Popen[bytes], config: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while '"started"' not in (config.parent / "log").read_text("utf-8"):
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"The daemon did not start:\n{(config.parent / 'log').read_text('utf-8')}")
        time.sleep(0.1)


def _command(config: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "monitor", "--config", str(config), *words]


def _samples(process: subprocess.Popen[bytes], config: Path, minutes: float) -> Iterator[Sample]:
    """One every 30 seconds until the time is up or the daemon has ended; editions are made between them."""
    began = time.monotonic()
    sample_at, edition_at = began + SAMPLE_SECONDS, began + EDITION_MINUTES * 60
    while process.poll() is None and (now := time.monotonic()) < began + minutes * 60:
        if now >= edition_at:
            edition_at += EDITION_MINUTES * 60
            subprocess.run(
                _command(config, "digest", "send"), stdout=subprocess.DEVNULL, timeout=COMMAND_SECONDS, check=True
            )
        if now >= sample_at:
            sample_at += SAMPLE_SECONDS
            yield sampled(process.pid, config.parent / "data" / "news-monitor.db", (now - began) / 60)
        time.sleep(0.5)


def sampled(pid: int, database: Path, minute: float) -> Sample:
    """What this process and its children take now."""
    memory = _memory(pid)
    children = [each for child in _children(pid) if (each := _memory(child))]
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        ((articles,),) = connection.execute("SELECT coalesce(max(id), 0) FROM articles")
    return Sample(
        minute=round(minute, 2),
        rss=memory["Rss"],
        pss=memory["Pss"],
        own=round(memory["Private_Clean"] + memory["Private_Dirty"], 2),
        children=len(children),
        children_rss=round(sum(each["Rss"] for each in children), 2),
        children_pss=round(sum(each["Pss"] for each in children), 2),
        descriptors=len(list(Path(f"/proc/{pid}/fd").iterdir())),
        threads=len(list(Path(f"/proc/{pid}/task").iterdir())),
        articles=articles,
        database=round(database.stat().st_size / MIB, 2),
    )


def _memory(pid: int) -> dict[str, float]:
    """MiB by kind; nothing for a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return {}
    return {name: round(int(value.split()[0]) / 1024, 2) for name, _, value in (line.partition(":") for line in lines)}


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(") ")[2].split()[1]
        except OSError:
            continue  # it has ended
        if int(parent) == pid:
            found.append(int(stat.parent.name))
    return found


def summary(samples: Sequence[Sample], log: Sequence[str]) -> str:
    """What became of memory, descriptors and threads, after half an hour (of a short run: its second half)."""
    if not samples:
        return "There is no sample: the run was too short."
    last = samples[-1]
    since = min(SETTLED_MINUTES, last.minute / 2)
    settled = [each for each in samples if each.minute >= since]
    lines = [f"{last.minute:.0f} minutes, {last.articles} articles, {last.database:.0f} MiB of database"]
    for name in ("rss", "pss", "own", "children_rss", "children_pss"):
        values = [getattr(each, name) for each in settled]
        growth = slope([each.minute for each in settled], values) * 60
        lines.append(
            f"{name:12}  at {settled[0].minute:.0f} min {values[0]:6.1f} MiB, at the end {values[-1]:6.1f},"
            f" least {min(values):6.1f}, most {max(values):6.1f}, growth {growth:+.1f} MiB an hour"
        )
    for name in ("descriptors", "threads", "children"):
        counts = [getattr(each, name) for each in settled]
        lines.append(f"{name:12}  {min(counts)} to {max(counts)}, at the end {counts[-1]}")
    troubles = [line for line in log if json.loads(line).get("level") in {"error", "critical"}]
    return "\n".join([*lines, f"errors in the log: {len(troubles)}", *troubles[:5]])


def slope(minutes: Sequence[float], values: Sequence[float]) -> float:
    """Of the straight line through the values (least squares), a minute; none of a single value."""
    return statistics.linear_regression(minutes, values).slope if len(values) > 1 else 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
