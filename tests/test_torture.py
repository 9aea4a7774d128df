"""At every seam of a poll, an edition, a delivery and a backup: it fails there, or the process dies there. Nothing is
lost, nothing comes twice but a mail whose fate nobody knew, and then the same bytes. Migrations: test_store_migrations.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("torture.py")
MEMORY = Path("/dev/shm")
RECIPIENTS = {"a@reader.example", "b@reader.example"}
EDITIONS = 2
"""Of the morning, and of the next, which the second life sees."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else tmp_path))
    yield place
    shutil.rmtree(place)


@pytest.mark.whole
def test_a_few_seams(folder: Path) -> None:
    tortured(folder, step=150, offset=47)


@pytest.mark.simulate
@pytest.mark.timeout(3_600)
def test_every_seam(folder: Path) -> None:
    tortured(folder, step=1, offset=0)


def tortured(folder: Path, *, step: int, offset: int) -> None:
    run = subprocess.run(
        [sys.executable, PROGRAM, folder, str(step), str(offset)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    results = json.loads((folder / "results.json").read_text())
    crossed, repeats = results["crossed"], Counter[str]()
    for each in results["tried"]:
        seam = f"{each['mode']} at {each['number']}, {crossed[each['number']]}"
        assert (each["ended"], each["lived"]) == (-9 if each["mode"] == "kill" else 0, 0), f"{seam}: {run.stderr}"
        repeats[each["mode"]] += judged(Path(each["folder"]), seam, is_open=each["number"] in windows(crossed))
    names = ", ".join(f"{count} × {name}" for name, count in Counter(crossed).most_common())
    sys.stderr.write(
        f"\n{len(crossed)} seams ({names}), {len(results['tried'])} lives, repeated mails: {dict(repeats)}\n"
    )


def judged(folder: Path, seam: str, *, is_open: bool) -> int:
    """How many mails came twice, which only an open window excuses."""
    with closing(sqlite3.connect(folder / "news-monitor.db")) as database:
        counts = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("articles", "listings", "editions")
        }
        states = database.execute("SELECT DISTINCT state FROM deliveries").fetchall()
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
    assert counts == {"articles": 5, "listings": 5, "editions": EDITIONS}, seam
    assert (states, whole) == ([("sent",)], "ok"), seam
    page = (folder / "archive" / "Daily" / "2026-03-02.html").read_text()
    assert all(f"Syria truce {name}" in page for name in ("a0", "a1", "a2", "b0", "b1")), seam
    assert len(list((folder / "archive" / "Daily").glob("2*.html"))) == EDITIONS, seam
    assert whole_backups(folder), seam
    copies = mails(folder / "tape")
    assert {recipient for recipient, _ in copies} == RECIPIENTS, seam
    assert len(copies) == EDITIONS * len(RECIPIENTS), f"{seam}: copies that differ"
    repeats = sum(count - 1 for count in copies.values())
    assert repeats <= (1 if is_open else 0), f"{seam}: {repeats} repeated"
    return repeats


def mails(tape: Path) -> Counter[tuple[str, str]]:
    """Recipient and bytes of each mail, counted."""
    return Counter((recipient, body) for recipient, body in map(json.loads, tape.read_text().splitlines()))


def whole_backups(folder: Path) -> bool:
    """Whether there is a backup, and none that is not whole."""
    found = list((folder / "backups").glob("*.db"))
    for backup in found:
        with closing(sqlite3.connect(f"{backup.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    return bool(found)


def windows(crossed: Sequence[str]) -> set[int]:
    """The seams at which a message has been accepted and that is not yet committed (the declared window, D8)."""
    found: set[int] = set()
    is_open = False
    for number, name in enumerate(crossed):
        is_open |= name == "reply"
        if is_open:
            found.add(number)
        is_open &= name != "commit"
    return found
