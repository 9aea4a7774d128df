"""Indexes articles in processes that are killed with SIGKILL at lines of `store.search_file` and `store.searching`.

    python killed_index.py DATABASE LINES

Each process is killed some lines later than the one before, and goes on where that one ended. Prints how many were
killed. The forking process has no threads; that is why this is a program of its own and not a part of a test.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from monitor.store import open_store, search_file, searching

BATCH = 3


def dying_at(line: int) -> Callable[[FrameType, str, Any], Any]:
    """What `sys.settrace` calls: dies before the line with this number of those that are run in the two modules."""
    seen = 0
    ours = {search_file.__file__, searching.__file__}

    def look(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal seen
        if frame.f_code.co_filename not in ours:
            return None
        if event == "line":
            seen += 1
            if seen == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return look

    return look


def indexed(database: Path, line: int) -> bool:
    """Whether a process that dies at this line lived to the end."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    store = open_store(f"sqlite:///{database}")
    sys.settrace(dying_at(line))
    while store.searching.advance({}):
        pass
    sys.settrace(None)
    os._exit(0)


def main(database: Path, lines: int) -> None:
    searching.BATCH = BATCH
    killed = 0
    for line in range(1, lines, 7):
        killed += not indexed(database, line)
    print(json.dumps({"killed": killed}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
