"""A program in a pseudo-terminal, as a person uses it: what is typed, and what stands on the screen."""

import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path
from typing import Self

PATIENCE_SECONDS = 60
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def _own_terminal() -> None:
    """Its Ctrl-C goes to the program, also where these tests run in the background, which ignores it."""
    ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A command at a terminal of 80 columns. Use as a context manager: what is left of it is killed."""

    def __init__(self, command: Sequence[str | Path], folder: Path, environment: dict[str, str]) -> None:
        self._main, inner = pty.openpty()
        ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._process = subprocess.Popen(
            [*map(str, command)],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            cwd=folder,
            env=environment,
            start_new_session=True,
            preexec_fn=_own_terminal,  # noqa: PLW1509 (no thread runs here)
        )
        os.close(inner)
        self.screen = ""
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(PATIENCE_SECONDS)
        os.close(self._main)

    def until(self, words: str) -> str:
        """What came since the last call, up to these words."""
        deadline, begin = time.monotonic() + PATIENCE_SECONDS, self._seen
        while words not in self.screen[begin:]:
            assert time.monotonic() < deadline, f"no {words!r} in {self.screen}"
            if not self._read():
                assert words in self.screen[begin:], f"no {words!r} in {self.screen}"
        self._seen = self.screen.index(words, begin) + len(words)
        return self.screen[begin : self._seen]

    def type(self, text: str) -> None:
        os.write(self._main, text.encode())

    def press(self, key: str, words: str) -> None:
        """Press a key, and again each second until these words come: one that comes just before the program waits for a
        line is seen by it only with the next.
        """
        deadline, begin = time.monotonic() + PATIENCE_SECONDS, self._seen
        while words not in self.screen[begin:]:
            assert time.monotonic() < deadline, f"no {words!r} in {self.screen}"
            self.type(key)
            while words not in self.screen[begin:] and select.select([self._main], [], [], 1)[0] and self._read():
                pass

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        return self._process.wait(PATIENCE_SECONDS)

    def _read(self) -> bool:
        """Whether there may be more."""
        ready, _, _ = select.select([self._main], [], [], 1)
        if not ready:
            return self._process.poll() is None
        try:
            found = os.read(self._main, 65_536)
        except OSError:  # the other side is closed
            return False
        self.screen += CONTROL.sub("", found.decode(errors="replace")).replace("\r\n", "\n")
        return bool(found)
