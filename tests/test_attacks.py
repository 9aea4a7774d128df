"""Killed, paused, lied to and left without a disk, the program still has every item once: an evening of attacks."""

import sys
from pathlib import Path

import pytest
from attacks.account import account_of
from attacks.evening import Plan, evening, play
from attacks.hostile import HEAVY


@pytest.mark.simulate
@pytest.mark.timeout(400)
def test_ten_kills_and_pauses(tmp_path: Path) -> None:
    plan = Plan(folder=tmp_path, kills=10, seed=5, minutes=0.4, channel="smtp", feeds=12, without=HEAVY)
    played(plan)


@pytest.mark.simulate
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize(("channel", "seed"), [("smtp", 1), ("maildir", 2)])
def test_three_hundred_kills_and_pauses(tmp_path: Path, channel: str, seed: int) -> None:
    played(Plan(folder=tmp_path, kills=300, seed=seed, minutes=20, channel=channel))


def played(plan: Plan) -> None:
    with evening(plan) as night:
        play(night)
        account = account_of(night)
    sys.stderr.write(f"\n{account}\n")
    assert not account.faults, str(account)
