"""Replaces a config in processes that are killed with SIGKILL at every line of `monitor.files`, one line each.

    python killed_edit.py FOLDER

Prints how many lines were died at, and each at which the file was neither the old one nor the new one, or had lost its
owner or mode. The forking process has no threads; that is why this is a program of its own and not a part of a test.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from monitor import files

OLD, NEW = b'[[topics]]\nname = "Old"\n', b'[[topics]]\nname = "New"\n' * 2_000
MODE = 0o640


def dying_at(line: int) -> Callable[[FrameType, str, Any], Any]:
    """What `sys.settrace` calls: dies before the line with this number of those that are run in `files`."""
    seen = 0

    def look(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal seen
        if frame.f_code.co_filename != files.__file__:
            return None
        if event == "line":
            seen += 1
            if seen == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return look

    return look


def main(folder: Path) -> None:
    config, line, wrong, states = folder / "config.toml", 0, [], set()
    while True:
        line += 1
        config.write_bytes(OLD)
        config.chmod(MODE)
        child = os.fork()
        if not child:
            sys.settrace(dying_at(line))
            files.replace_kept(config, OLD, NEW)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        found = config.read_bytes()
        states.add({OLD: "old", NEW: "new"}.get(found, "neither"))
        if found not in (OLD, NEW) or config.stat().st_mode & 0o777 != MODE:
            wrong.append(line)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            break
    print(json.dumps({"lines": line - 1, "wrong": wrong, "states": sorted(states)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
