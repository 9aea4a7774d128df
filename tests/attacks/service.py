"""The daemon as a process: started, killed, paused, watched. It is not to end unless it was asked to."""

import json
import os
import resource
import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from attacks.clock import Clock

STOP_SECONDS = 40.0
"""SIGTERM waits for what is in flight, and a server may say nothing for a while."""

LAST_BREATH_SECONDS = 10.0
ALREADY_RUNNING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a process of the daemon ended."""

    at: float
    asked: str
    code: int


@dataclass(kw_only=True)
class Service:
    """One daemon after the other. `disturbances` counts what may have cut its work short."""

    config: Path
    log: Path
    clock: Clock
    process: subprocess.Popen[bytes] | None = None
    disturbances: int = 0
    is_disk_full: bool = False
    last_words: str = ""
    endings: list[Ending] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    """Errors in its log while nothing was wrong with the disk."""
    faults: list[str] = field(default_factory=list)
    groups: set[int] = field(default_factory=set)
    started: threading.Event = field(default_factory=threading.Event)
    readers: list[threading.Thread] = field(default_factory=list)
    latest: str = "its start"
    calm: list[tuple[float, float]] = field(default_factory=list)
    """From when to when it was up and nobody touched it."""
    calm_since: float | None = None
    is_ended: bool = True

    def start(self) -> None:
        self.started = threading.Event()
        self.process = subprocess.Popen(
            self.clock.command(self.config, "run"),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.groups.add(self.process.pid)
        self.is_ended = False
        reader = threading.Thread(target=self._read, args=[self.process, self.started], daemon=True)
        reader.start()
        self.readers.append(reader)

    def _read(self, process: subprocess.Popen[bytes], started: threading.Event) -> None:
        assert process.stderr is not None
        with process.stderr as said, self.log.open("ab", buffering=0) as log:
            for line in said:
                log.write(line)
                self.last_words = line.decode(errors="replace")
                with suppress(ValueError):
                    self._hear(json.loads(line), started)

    def say(self, words: str) -> None:
        """Put what is done to the daemon into its log, so that a fault can be explained."""
        line = {"event": f"attack: {words}", "timestamp": f"{datetime.now(UTC):%H:%M:%S.%f}"}  # noqa: TID251 (as the log)
        with self.log.open("a") as log:
            log.write(json.dumps(line) + "\n")

    def _hear(self, said: dict[str, object], started: threading.Event) -> None:
        if said.get("event") == "started":
            started.set()
            self.calm_down()
        if said.get("level") in {"error", "critical"} and not self.is_disk_full:
            reason = str(said.get("exception", "")).rsplit("\\n", 1)[-1] or said.get("reason") or said.get("what")
            self.troubles[f"{said['event']}: {reason}"[:160]] += 1

    def disturb(self) -> None:
        """From now on what it does may be cut short."""
        self.disturbances += 1
        if self.calm_since is not None:
            self.calm.append((self.calm_since, time.monotonic()))
            self.calm_since = None

    def calm_down(self) -> None:
        """From now on nobody touches it."""
        if self.is_up() and self.started.is_set() and not self.is_disk_full:
            self.calm_since = time.monotonic()

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_up(self) -> None:
        """As a service manager would; an end that nobody asked for is a fault."""
        if self.is_up():
            return
        if not self.is_ended:
            self._ended("nothing")
        self.start()

    def await_start(self, seconds: float) -> bool:
        """Keep it up until it says that it has started, at most so long; whether it did."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.keep_up()
            if self.started.wait(0.2):
                return True
        return False

    def _ended(self, asked: str) -> None:
        assert self.process is not None
        code = self.process.wait()
        self.is_ended = True
        self.disturb()
        self.endings.append(Ending(at=time.monotonic(), asked=asked, code=code))
        self.say(f"ended with {code}, asked by {asked}")
        is_full = self.is_disk_full or "disk is full" in self.last_words  # it may have room again when the end is seen
        is_declared = code == ALREADY_RUNNING or (code == 1 and is_full)
        if asked == "nothing" and not is_declared:
            self.faults.append(f"the daemon ended by itself with exit {code} after {self.latest}")
        if asked == "SIGTERM" and code != 0 and self.started.is_set():
            self.faults.append(f"SIGTERM ended the daemon with exit {code}")

    def kill(self, name: str = "SIGKILL", *, is_group: bool = False) -> None:
        """End it, alone or with its children, and wait."""
        if not self.is_up() or self.process is None:
            return
        self.disturb()
        self.say(f"{name} to {'all of ' if is_group else ''}{self.process.pid}")
        with suppress(ProcessLookupError):
            (os.killpg if is_group else os.kill)(self.process.pid, signal.Signals[name])
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.faults.append(f"{name} did not end the daemon within {STOP_SECONDS:.0f} s")
            self.process.kill()
        self._ended(name)
        self.latest = name

    def pause(self, seconds: float, *, is_group: bool, is_killed: bool) -> None:
        """Stop it for a while, and go on; or kill it as it lies there."""
        if not self.is_up() or self.process is None:
            return
        pid = self.process.pid
        self.disturb()
        self.say(f"a pause of {seconds:.1f} s for {'all of ' if is_group else ''}{pid}")
        with suppress(ProcessLookupError):
            (os.killpg if is_group else os.kill)(pid, signal.SIGSTOP)
        time.sleep(seconds)
        if is_killed:
            self.kill()
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGCONT)
        self.disturb()
        self.calm_down()
        self.latest = f"a pause of {seconds:.1f} s"

    def reload(self) -> None:
        """Only once it says that it has started: until then SIGHUP ends any process."""
        if self.is_up() and self.process is not None and self.started.is_set():
            self.say(f"SIGHUP to {self.process.pid}")
            os.kill(self.process.pid, signal.SIGHUP)
            self.latest = "SIGHUP"

    def limit_files(self, size: int | None) -> None:
        """No file of the daemon may grow beyond `size`; None: as far as any."""
        if self.is_up() and self.process is not None:
            most = resource.RLIM_INFINITY
            with suppress(ProcessLookupError):
                resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (most if size is None else size, most))

    def close(self) -> None:
        """Kill what is left, and hear the last of it."""
        self.kill(is_group=True)
        for reader in self.readers:
            reader.join(LAST_BREATH_SECONDS)

    def left_behind(self) -> list[int]:
        """Processes that a daemon began and that outlived it by more than a moment."""
        deadline = time.monotonic() + LAST_BREATH_SECONDS
        while (found := self._alive()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return found

    def _alive(self) -> list[int]:
        alive = self.process.pid if self.is_up() and self.process else None
        found = []
        for place in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                state, _, group = (place / "stat").read_text().rpartition(")")[2].split()[:3]
                if int(group) in self.groups - {alive} and state != "Z":
                    found.append(int(place.name))
        return found

    def was_disturbed(self, since: float, until: float) -> bool:
        """Whether it was not at undisturbed work all this time."""
        return not any(start <= since and until <= end for start, end in self.calm)
