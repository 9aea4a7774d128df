"""Replaces a config in processes that are killed with SIGKILL at every line of `monitor.files`, one line each.

    python killed_edit.py FOLDER [new]

With `new` the file is not there yet, and an empty one is as good as none. Prints how many lines were died at, and each
at which the file was neither the old one nor the new one, or had lost its owner or mode. The forking process has no
threads; that is why this is a program of its own and not a part of a test.
"""

import json
import os
import shutil
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


def edit(config: Path, *, is_new: bool) -> None:
    if is_new:
        files.make_empty(config)
    files.replace_kept(config, b"" if is_new else OLD, NEW)


def main(folder: Path, *, is_new: bool) -> None:
    config, line, wrong, states = folder / "data" / "config.toml", 0, [], set()
    mode, names = (files.PRIVATE, {b"": "old", NEW: "new"}) if is_new else (MODE, {OLD: "old", NEW: "new"})
    while True:
        line += 1
        if is_new:
            shutil.rmtree(config.parent, ignore_errors=True)
        else:
            config.parent.mkdir(exist_ok=True)
            config.write_bytes(OLD)
            config.chmod(mode)
        child = os.fork()
        if not child:
            sys.settrace(dying_at(line))
            edit(config, is_new=is_new)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        found = config.read_bytes() if config.exists() else b""
        states.add(names.get(found, "neither"))
        if found not in names or (config.exists() and config.stat().st_mode & 0o777 != mode):
            wrong.append(line)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            break
    print(json.dumps({"lines": line - 1, "wrong": wrong, "states": sorted(states)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), is_new="new" in sys.argv[2:])
