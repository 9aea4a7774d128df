"""Restores in processes that are killed with SIGKILL at every step that touches a file, and shows what they leave.

    python killed_restore.py FOLDER OLD NEW

FOLDER/N gets a copy of the folder OLD, and a child of its own restores the backup NEW there and dies at step N, until
one is not killed any more. Prints the number of folders.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from simulated import NOON

from monitor.store.backup import restore

STEPS = {"open", "os.rename", "os.remove", "os.utime", "sqlite3.connect"}


def die_at(fatal: int) -> None:
    """Be killed before the step of this number."""
    crossed = 0

    def cross(event: str, args: tuple[object, ...]) -> None:
        nonlocal crossed
        if event in STEPS and "news-monitor.db" in str(args):
            if crossed == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            crossed += 1

    sys.addaudithook(cross)


def main() -> None:
    folder, old, new = map(Path, sys.argv[1:])
    fatal, status = -1, -signal.SIGKILL
    while status == -signal.SIGKILL:
        fatal += 1
        shutil.copytree(old, folder / str(fatal))
        child = os.fork()
        if not child:
            die_at(fatal)
            restore(new, folder / str(fatal) / "news-monitor.db", NOON)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(fatal if status == 0 else f"failed: {status}")


if __name__ == "__main__":
    main()
