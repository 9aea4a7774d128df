"""The daemon among everything that happens to it: ended at any moment, with commands and backups beside it."""

import asyncio
import json
import random  # noqa: TID251 (of a test, with its seed)
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from email import message_from_bytes
from pathlib import Path
from typing import Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from daemons import CONFIG, PATIENCE_SECONDS, asked, command, daemon, eventually, said
from databases import lay_beside
from house import Story, rss
from origin import Asked, Origin, Step, head
from smtp_server import free_port

from monitor.store.backup import verify

pytestmark = pytest.mark.whole

LONGEST_STOP_SECONDS = 25
BUSY_SECONDS = 300
"""For a command among many on a busy machine."""

COMMANDS = (
    ("poll",),
    ("status", "--json"),
    ("digest", "send", "--test"),
    ("digest", "preview"),
    ("topics", "list"),
    ("topics", "test", "--since", "1d"),
    ("deliveries", "list"),
    ("doctor", "--offline"),
)


class Growing:
    """A feed with one item more at each request, until it is full."""

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self.is_full = False

    def __call__(self, _request: Asked) -> Iterator[Step]:
        number = len(self.stories)
        if not self.is_full:
            self.stories.append(Story(id=f"story{number}", title=f"Syria truce, report {number}"))
        body = rss(*self.stories)
        yield head(200, [("Content-Length", str(len(body)))]) + body


class SlowMailbox:
    """A mail server that takes its time; `ids` has the Message-ID of each message it accepted."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(0.2)
        assert isinstance(envelope.content, bytes)
        self.ids.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        return "250 taken"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


@pytest.fixture
def feed() -> Growing:
    return Growing()


@pytest.fixture
def mailbox() -> Iterator[SlowMailbox]:
    with SlowMailbox() as mailbox:
        yield mailbox


@pytest.fixture
def config(tmp_path: Path, feed: Growing, mailbox: SlowMailbox) -> Iterator[Path]:
    path = tmp_path / "config.toml"
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", feed)
        text = CONFIG.format(url=origin.url("/a"), port=origin.port)
        text = text.replace("[polling]", '[polling]\ninterval = "1s"').replace("you@", 'a@r.example", "you@')
        mail = {"kind": "smtp", "host": "127.0.0.1", "port": mailbox.port, "tls": "none", "sender": "m@x.example"}
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in mail.items())
        path.write_text(f"{text}\n[mail]\n{lines}")
        lay_beside(path)
        yield path


def rows(config: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(config.parent / "data" / "news-monitor.db")) as database:
        return database.execute(query).fetchall()


def ended(config: Path, chance: random.Random) -> None:
    """One life: an edition is asked for, and SIGTERM comes when it comes."""
    (config.parent / "log").unlink(missing_ok=True)
    with daemon(config) as process:
        if chance.random() < 0.8:  # else it may come before it has started
            eventually(said(config, '"started"'))
        asking = subprocess.Popen(
            command(config, "digest", "send"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        time.sleep(chance.uniform(0, 4))
        is_listening = said(config, '"started"')()
        process.send_signal(signal.SIGTERM)
        code = process.wait(LONGEST_STOP_SECONDS)
        _, complaint = asking.communicate(timeout=PATIENCE_SECONDS)
    assert code == 0 or (code == -signal.SIGTERM and not is_listening)
    assert "Traceback" not in (config.parent / "log").read_text() + complaint


def end_at_random_moments(config: Path, feed: Growing, mailbox: SlowMailbox, times: int, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(times):
        ended(config, chance)
    with daemon(config):
        eventually(lambda: bool(rows(config, "SELECT 1 FROM articles WHERE is_mailable")))
        feed.is_full = True
        eventually(lambda: rows(config, "SELECT count(*) FROM articles") == [(len(feed.stories),)])
        eventually(lambda: not rows(config, "SELECT 1 FROM deliveries WHERE state IN ('queued', 'sending')"))
        sent = asked(config, "digest", "send")
        assert sent.returncode == 0, sent.stderr
    assert not [each for each, count in Counter(mailbox.ids).items() if count > 1], f"repeated, seed {seed}"
    stored = {message for (message,) in rows(config, "SELECT message_id FROM deliveries")}
    assert stored == set(mailbox.ids), f"lost, seed {seed}"
    ((mailable, listed),) = rows(
        config,
        "SELECT (SELECT count(*) FROM matches m JOIN articles a ON a.id = m.article_id WHERE a.is_mailable),"
        " (SELECT count(*) FROM listings)",
    )
    assert mailable == listed
    assert listed


def test_ended_at_any_moment_it_loses_and_repeats_nothing(config: Path, feed: Growing, mailbox: SlowMailbox) -> None:
    end_at_random_moments(config, feed, mailbox, times=2, seed=1)


@pytest.mark.simulate
@pytest.mark.timeout(1_200)
def test_ended_at_forty_random_moments_it_loses_and_repeats_nothing(
    config: Path, feed: Growing, mailbox: SlowMailbox
) -> None:
    seed = time.time_ns()  # chance differs each time; a failure tells it
    print(f"seed {seed}")
    end_at_random_moments(config, feed, mailbox, times=40, seed=seed)


def work_beside(config: Path, commands: Sequence[tuple[str, ...]], seconds: float) -> None:
    """Commands and a backup, each again and again beside a daemon that polls, until the time is up."""
    until = time.monotonic() + seconds
    outputs: list[str] = []

    def again_and_again(number: int, *words: str) -> None:
        while True:
            to = ("--to", str(config.parent / f"{number}-{time.monotonic_ns()}.db")) if words == ("backup",) else ()
            run = subprocess.run(
                command(config, *words, *to), capture_output=True, text=True, timeout=BUSY_SECONDS, check=False
            )
            outputs.append(f"{words} {run.returncode}: {run.stdout[-2000:]} {run.stderr}")
            if time.monotonic() > until:
                return

    with daemon(config) as process:
        eventually(said(config, '"polled"'))
        threads = [
            threading.Thread(target=again_and_again, args=(number, *words))
            for number, words in enumerate((*commands, ("backup",)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONGEST_STOP_SECONDS) == 0
    everything = "\n".join([*outputs, (config.parent / "log").read_text()])
    assert "database is locked" not in everything
    assert "Traceback" not in everything
    made = list(config.parent.glob("*.db"))
    assert made
    for backup in made:
        verify(backup)


def test_commands_and_a_backup_beside_the_daemon_lock_nobody_out(config: Path) -> None:
    work_beside(config, COMMANDS[:3], 0)


@pytest.mark.simulate
@pytest.mark.timeout(600)
def test_a_minute_of_commands_and_backups_beside_the_daemon_locks_nobody_out(config: Path) -> None:
    work_beside(config, COMMANDS, 60)
