"""Commands beside the daemon, one after the other, as somebody at a desk calls them; some are killed."""

import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)

from attacks.clock import Clock
from attacks.ledger import waiting

PATIENCE_SECONDS = 150.0
ALLOWED = {"status": {0, 1}, "backup": {0, 1}, "poll": {0, 1, 75}, "digest": {0, 1, 75}, "deliveries": {0, 1, 2, 75}}
"""Exit codes in an evening like this. 2 for `deliveries retry`: the message has been sent meanwhile."""

KILLED = 0.06
GAP_SECONDS = 4.0
"""Between two commands, on average: each costs a second of work."""


@dataclass(kw_only=True)
class Desk:
    """Calls commands and notes how they end. `after_a_kill` is called when one was killed."""

    config: Path
    clock: Clock
    database: Path
    digests: Sequence[str]
    chance: Random
    after_a_kill: Callable[[], None]
    codes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    kills: int = 0

    def work(self) -> None:
        """Until `over`."""
        while not self.over.wait(self.chance.uniform(0, 2 * GAP_SECONDS)):
            words = self._next()
            if words:
                self.call(*words, is_killed=words[0] in {"poll", "digest"} and self.chance.random() < KILLED)

    def _next(self) -> tuple[str, ...]:
        kind = self.chance.choices(["send", "poll", "status", "backup", "retry"], [45, 15, 10, 10, 20])[0]
        if kind == "send":
            return "digest", "send", self.chance.choice(self.digests)
        if kind == "retry":
            found = self.undelivered()
            return ("deliveries", "retry", *found) if found else ()
        return (kind,)

    def undelivered(self) -> list[str]:
        """Nothing while the database cannot be read: on a full disk its reader has no room for the index of its log."""
        try:
            return waiting(self.database) if self.database.exists() else []
        except sqlite3.OperationalError:
            return []

    def call(self, *words: str, is_killed: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, or kill it."""
        process = subprocess.Popen(
            self.clock.command(self.config, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        if is_killed:
            time.sleep(self.chance.uniform(0.2, 2.5))
            process.kill()
        try:
            out, err = process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.faults.append(f"`{' '.join(words[:2])}` was not done after {PATIENCE_SECONDS:.0f} s")
            return subprocess.CompletedProcess(words, -1, out, err)
        self._judge(words, process.returncode, err)
        if is_killed:
            self.kills += 1
            self.after_a_kill()
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def _judge(self, words: Sequence[str], code: int, err: str) -> None:
        self.codes[f"{words[0]} {code}"] += 1
        if code not in {*ALLOWED[words[0]], -9} or "Traceback" in err:
            self.faults.append(f"`{' '.join(words[:3])}` ended with exit {code}: {' '.join(err.split())[-200:]}")
