"""wrong_clock.py FILE WORDS…: a command of the program, with a clock that is wrong by as many seconds as FILE says."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.cli import main
from monitor.daemon.clock import SystemClock

OFFSET = Path(sys.argv.pop(1))


def wrong_now(_: SystemClock) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(OFFSET.read_text()))  # noqa: TID251 (this is the clock)


SystemClock.now = wrong_now  # type: ignore[method-assign, assignment]

if __name__ == "__main__":
    main()
