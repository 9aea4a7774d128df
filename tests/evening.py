"""An evening of attacks on the real program; prints the account, and ends with 1 if it does not add up.

    python tests/evening.py --kills 300 --minutes 20 --seed 1 --channel smtp

Kills, SIGTERMs and pauses are counted together. `--without NAME` leaves an attack out: kill, pause, term, hup, disk,
clock, mail, commands, or one of the hostile feeds (see attacks/hostile.py).
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from attacks.account import account_of
from attacks.evening import Plan, evening, play

EXIT_TERMINATED = 128 + signal.SIGTERM


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300, help="how many kills and pauses (300)")
    parser.add_argument(
        "--minutes", type=float, default=20.0, help="in how much time, up to a fifth more; the end comes on top (20)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of all that is random here (1)")
    parser.add_argument("--channel", choices=["smtp", "maildir"], default="smtp")
    parser.add_argument("--feeds", type=int, default=30, help="how many honest feeds (30)")
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="an attack to leave out")
    parser.add_argument("--folder", type=Path, help="where config and log are to stay (else: a temporary folder)")
    asked = parser.parse_args(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_TERMINATED))  # nothing is to be left behind: daemon, disk
    with tempfile.TemporaryDirectory() as temporary:
        plan = Plan(
            folder=asked.folder or Path(temporary),
            kills=asked.kills,
            seed=asked.seed,
            minutes=asked.minutes,
            channel=asked.channel,
            feeds=asked.feeds,
            without=frozenset(asked.without),
        )
        with evening(plan) as night:
            play(night)
            account = account_of(night)
    sys.stdout.write(f"{account}\n")
    return 1 if account.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
