"""The clock of the machine, as the program sees it: it may jump."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clock:
    """`file` says by how many seconds the clock is wrong."""

    file: Path

    def set(self, seconds: float) -> None:
        """From now on the clock is wrong by so much, at once for whoever looks at it."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds}")
        new.replace(self.file)

    def command(self, config: Path, *words: str) -> list[str]:
        """A command of the program that has this clock."""
        program = Path(__file__).with_name("wrong_clock.py")
        return [sys.executable, str(program), str(self.file), "--config", str(config), *words]
