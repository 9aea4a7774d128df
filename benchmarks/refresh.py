"""`python -m benchmarks.refresh [--feeds N] [--rounds N] [--reader PYTHON]`: what a refresh of all feeds costs.

The same feeds of 30 entries on loopback hosts, four feeds a host, served by nginx. Each contender refreshes them in
turn as its owner would from a shell: `news-monitor poll` and, where it is given, `reader update --workers 8`. The rows:
all feeds for the first time, none changed (304), none changed but validators ignored (200 with the same bytes), and
one new entry in every twentieth feed. What counts is processor time of the whole process tree.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: every run has the same news)
from statistics import median
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from benchmarks.measure import table
from benchmarks.news import Language, article, language

ENTRIES, FEEDS_A_HOST, TOPICS, WORDS = 30, 4, 20, 60
NEW_EVERY = 20
"""One feed in so many has a new entry in the last row."""
PORT = 18_322
SPOKEN, UNSPOKEN = 50_000, 100
PATIENCE_SECONDS = 1_800
START = datetime(2026, 3, 1, tzinfo=UTC)

NGINX = """
daemon off; worker_processes 1; error_log {folder}/error.log; pid {folder}/pid;
events {{ worker_connections 2048; }}
http {{
    access_log off; default_type application/rss+xml; client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fast; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen 0.0.0.0:{port}; root {folder}/feeds; {validators} }}
}}
"""
WITHOUT_VALIDATORS = "etag off; if_modified_since off; add_header Last-Modified '';"

CONFIG = """
[storage]
folder = "data"
[polling]
host_gap = "0s"
min_interval = "1s"
allow_private = ["127.0.0.0/8"]
allow_ports = [{port}]
[[digests]]
name = "Daily"
to = ["desk@home.example"]
"""


@dataclass(slots=True)
class Press:
    """The documents of all feeds, in a folder that nginx serves."""

    folder: Path
    feeds: int
    chance: Random = field(default_factory=lambda: Random(1))
    entries: dict[int, list[str]] = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        (self.folder / "feeds").mkdir()
        speech = self.speech
        for number in range(self.feeds):
            self.entries[number] = [self._entry(speech) for _ in range(ENTRIES)]
            self._write(number)

    @property
    def speech(self) -> Language:
        return language(Random(2), spoken=SPOKEN, unspoken=UNSPOKEN)

    @property
    def urls(self) -> list[str]:
        return [
            f"http://127.1.{number // FEEDS_A_HOST // 250}.{number // FEEDS_A_HOST % 250 + 1}:{PORT}/{number}.xml"
            for number in range(self.feeds)
        ]

    def publish(self) -> None:
        """One new entry in every feed of the last row."""
        speech = self.speech
        for number in range(0, self.feeds, NEW_EVERY):
            self.entries[number] = [self._entry(speech), *self.entries[number][:-1]]
            self._write(number)

    def _entry(self, speech: Language) -> str:
        self.made += 1
        found = article(speech, self.chance, WORDS)
        at = format_datetime(START + timedelta(minutes=self.made))
        title, text = escape(found.title), escape(found.text)
        link = f"http://news.example/{self.made}"
        head = f"<title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{at}</pubDate>"
        return f"<item>{head}<description>{text}</description></item>"

    def _write(self, number: int) -> None:
        items = "".join(self.entries[number])
        head = (
            f"<title>Outlet {number}</title><link>http://outlet{number}.example/</link><description>News</description>"
        )
        path = self.folder / "feeds" / f"{number}.xml"
        path.write_text(f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>', "utf-8")
        os.utime(path, (self.made, self.made))


@contextmanager
def served(folder: Path, *, validators: bool) -> Iterator[None]:
    """The documents over HTTP, with validators or, as some servers do, without."""
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=PORT, validators="" if validators else WITHOUT_VALIDATORS))
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        sys.exit("This needs nginx: apt-get install nginx-light")
    process = subprocess.Popen([nginx, "-c", str(config), "-p", str(folder)])
    try:
        time.sleep(4)  # so long it tries to get the port
        if process.poll() is not None:
            sys.exit(f"nginx did not start; see {folder}/error.log")
        yield
    finally:
        process.terminate()
        process.wait(60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A program that is ready to refresh."""

    name: str
    command: Sequence[str]
    prepare: Callable[[Path, Sequence[str]], None]
    """Gets an empty folder, in which the command will run, and the feeds."""


def prepared(folder: Path, urls: Sequence[str]) -> None:
    """A config of ours with all feeds and twenty topics."""
    chance, speech = Random(3), language(Random(2), spoken=SPOKEN, unspoken=UNSPOKEN)
    topics = (
        f'[[topics]]\nname = "Topic {number}"\nany = {list(map(str, chance.sample(speech.words[2000:], 6)))}\n'
        for number in range(TOPICS)
    )
    feeds = (f'[[feeds]]\nurl = "{url}"\n' for url in urls)
    (folder / "config.toml").write_text(CONFIG.format(port=PORT) + "".join(topics) + "".join(feeds), "utf-8")


def reader_prepared(python: str) -> Callable[[Path, Sequence[str]], None]:
    """For reader, with the Python that it is installed for."""
    program = (
        "import sys, reader\nr = reader.make_reader('db.sqlite')\n"
        "for url in sys.stdin.read().split():\n    r.add_feed(url)"
    )

    def prepare(folder: Path, urls: Sequence[str]) -> None:
        subprocess.run([python, "-c", program], input="\n".join(urls), text=True, cwd=folder, check=True)

    return prepare


def cpu_seconds(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Processor time of a command with all its children, and its highest memory in MB."""
    with (folder / "output").open("ab") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


Costs = dict[str, dict[str, list[float]]]
"""Of each row, of each contender, one figure a round."""


def one_round(contenders: Sequence[Contender], feeds: int, costs: Costs, memory: dict[str, float]) -> None:
    """Each row once with new stores."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # the workers of nginx are another user
        press = Press(folder, feeds)
        for each in contenders:
            (folder / each.name).mkdir()
            each.prepare(folder / each.name, press.urls)

        def measure(row: str) -> None:
            for each in contenders:
                spent, most = cpu_seconds(each.command, folder / each.name)
                costs.setdefault(row, {}).setdefault(each.name, []).append(spent)
                memory[each.name] = max(memory.get(each.name, 0), most)
            time.sleep(2)  # the shortest interval of a feed

        with served(folder, validators=True):
            for row in ("cold", "unchanged"):
                measure(row)
        with served(folder, validators=False):
            measure("validators ignored")
        with served(folder, validators=True):
            for each in contenders:  # validators are known again
                cpu_seconds(each.command, folder / each.name)
            time.sleep(2)
            press.publish()
            measure("one new in 5 %")


def report(costs: Costs, memory: Mapping[str, float], names: Sequence[str]) -> str:
    """A table of medians in CPU seconds, with ratios to each peer."""
    head = ["", *names, *(f"ours / {name}" for name in names[1:])]
    rows = []
    for row, found in costs.items():
        mine = found[names[0]]
        ratios = [f"{median(a / b for a, b in zip(mine, found[name], strict=True)):.2f}" for name in names[1:]]
        rows.append([row, *(f"{median(found[name]):.2f}" for name in names), *ratios])
    rows.append(["peak memory, MB", *(f"{memory[name]:.0f}" for name in names), *("" for _ in names[1:])])
    return table(head, rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reader", metavar="PYTHON", help="the Python of an environment with reader >= 3.24")
    asked = parser.parse_args(arguments)
    ours = [str(Path(sys.executable).with_name("news-monitor")), "--config", "config.toml", "poll"]
    contenders = [Contender(name="ours", command=ours, prepare=prepared)]
    if asked.reader:
        command = [asked.reader, "-m", "reader", "--db", "db.sqlite", "update", "--no-scheduled", "--workers", "8"]
        contenders.append(Contender(name="reader", command=command, prepare=reader_prepared(asked.reader)))
    costs: Costs = {}
    memory: dict[str, float] = {}
    for _ in range(asked.rounds):
        one_round(contenders, asked.feeds, costs, memory)
        print(report(costs, memory, [each.name for each in contenders]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
