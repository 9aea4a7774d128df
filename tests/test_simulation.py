"""The real jobs live through weeks of odd publishers and accidents: nothing lost, nothing twice, nobody bothered."""

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)
from typing import Any

import pytest
from simulation.histories import BEGINNING, History, history, live
from simulation.mailing import mailing, slot_faults
from simulation.manners import table
from simulation.readers import mail_faults, order_faults
from simulation.world import World, WorldClock, footprint, world

MEMORY = Path("/dev/shm")
LONGEST_GROWTH = 250_000_000

Judge = Callable[[World, History], list[str]]


def seeds(*, short: int, long: int) -> list[Any]:
    """Seed and days: a short history here, and three longer ones by `make simulate`."""
    return [(1, short), *(pytest.param(seed, long, marks=pytest.mark.simulate) for seed in (1, 2, 3))]


LONG = range(101, 111)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where the system has such a place: the time of a disk is not what is measured here."""
    place = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else tmp_path))
    yield place
    shutil.rmtree(place)


@pytest.mark.whole
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("seed", "days"), seeds(short=7, long=14))
def test_a_fortnight_or_a_week_of_feeds(seed: int, days: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived_through(history(seed, days, min(20, 2 * days - 4), folder), capsys)  # of a week ten, of a fortnight twenty


@pytest.mark.simulate
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("seed", LONG)
def test_ninety_days_of_fifty_feeds(seed: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived_through(history(seed, 90, 50, folder), capsys)


@pytest.mark.whole
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("seed", "days"), seeds(short=20, long=60))
def test_sixty_days_or_less_of_mail(seed: int, days: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived_through(mailing(seed, days, 3, folder), capsys, mail_judge)


@pytest.mark.simulate
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("seed", range(201, 221))
def test_a_year_of_thirty_feeds(seed: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each asked once a day: it is about the mail. How feeds are asked is judged by the ninety days."""
    lived_through(mailing(seed, 365, 30, folder, interval=timedelta(days=1)), capsys, mail_judge)


def mail_judge(this: World, past: History) -> list[str]:
    return [*slot_faults(this, past), *order_faults(this.post, this.fast)]


def nothing_more(_world: World, _past: History) -> list[str]:
    return []


def lived_through(past: History, capsys: pytest.CaptureFixture[str], judge: Judge = nothing_more) -> None:
    clock = WorldClock(BEGINNING)
    memory, files, threads = footprint()
    with world(past.settings, past.publishers, clock, Random(past.seed)) as this:
        live(this, past)
        this.stop()
        this.manners.ends(clock.true)
    after = footprint()
    with capsys.disabled():
        sys.stderr.write(f"\n{report(this, past)}\n")  # a worker of xdist has no other way out
    found = [*faults(this), *judge(this, past)]
    assert not found, "\n".join([f"seed {past.seed}: {len(found)} faults", *found[:25]])
    assert after[0] - memory < LONGEST_GROWTH
    assert (after[1] - files, after[2] - threads) == (0, 0)


def faults(this: World) -> list[str]:
    complaints = [words for dossier in this.manners.dossiers.values() for words in dossier.score.words]
    mail = mail_faults(this.post, this.shelf.pages, recipients=len(this.settings.digests[0].to))
    return [*complaints, *this.manners.faults, *this.shelf.faults, *this.shelf.untold(), *mail, *this.faults]


def report(this: World, past: History) -> str:
    answers = sum((dossier.score.answers for dossier in this.manners.dossiers.values()), Counter[int]())
    told = sum(map(len, this.shelf.listed.values()))
    pages = sum(map(len, this.shelf.pages.values()))
    return (
        f"seed {past.seed}: {(past.end - BEGINNING).days} days, {len(past.publishers)} feeds, {this.counts}, "
        f"{this.network.requests} requests ({answers[200]} × 200, {answers[304]} × 304), {len(this.shelf.seen)} items "
        f"seen, {told} told, {pages} editions, "
        f"{len(this.post.copies)} mails in {this.post.attempts} attempts, {this.manners.most_at_once} at once\n"
        f"{table(past.publishers, this.manners.dossiers)}"
    )
