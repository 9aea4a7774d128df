"""The program as a person runs it: its command in a process of its own, in an empty folder with an empty home."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 60
EDITABLE = Path(sys.executable).with_name("news-monitor")
"""The command that `make` has installed, from this checkout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """An installed command, and the folder it is called from."""

    command: Path
    folder: Path
    patience_seconds: float = PATIENCE_SECONDS

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end. The environment holds nothing else; lines are wide, so that no word is broken."""
        (self.folder / "home").mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            [self.command, *words],
            cwd=self.folder,
            env={"HOME": str(self.folder / "home"), "COLUMNS": "240", "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=self.patience_seconds,
            check=False,
        )

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def watch(self, *urls: str, ports: tuple[int, ...]) -> None:
        """Edit the config that `init` wrote: these feeds of this machine instead of the world's."""
        before, _, rest = self.config.read_text("utf-8").partition("[[feeds]]")
        _, lists, after = rest.partition("# ---- Lists")
        feeds = "".join(f'[[feeds]]\nurl = "{url}"\n' for url in urls)
        text = (before + feeds + lists + after).replace("allow_private = []", 'allow_private = ["127.0.0.1"]')
        text = text.replace('host_gap = "2s"', 'host_gap = "0s"').replace("[80, 443, 8080, 8443]", str(list(ports)))
        self.config.write_text(text, "utf-8")
