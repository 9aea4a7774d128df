"""What the next process learns of how the last one ended, and what follows from that."""

import errno
import json
import logging
import os
import zlib
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import structlog
from databases import new_store
from simulated import NOON
from structlog.testing import capture_logs

from monitor.daemon import crash_marker as marker_
from monitor.daemon.crash_marker import HANG, MARK, MEMORY, TRACE, CrashMarker, End, killed_for_memory
from monitor.progress import Unit
from monitor.store import open_store

UNIT = Unit(kind="poll", key="https://feed.example/", given="1")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def left_by(folder: Path, *, kills: dict[str, int] | None = None) -> CrashMarker:
    """A process that is at work, and about to be gone."""
    found = CrashMarker(folder, lambda: kills or {})
    found.begin()
    assert found.trace is not None
    found.trace.close()
    found.write([UNIT])
    return found


def end_seen(folder: Path, kills: dict[str, int] | None = None) -> End:
    return CrashMarker(folder, lambda: kills or {}).ended


def test_an_end_without_evidence_is_no_setback(tmp_path: Path) -> None:
    assert end_seen(tmp_path) == End()
    left_by(tmp_path, kills={"vmstat": 3})
    assert end_seen(tmp_path, {"vmstat": 3, "elsewhere": 9}) == End(because="", units=(UNIT,))


def test_what_the_guard_blames_is_what_hung(tmp_path: Path) -> None:
    left_by(tmp_path).end(HANG, [UNIT])
    assert end_seen(tmp_path) == End(because=HANG, units=(UNIT,))


@pytest.mark.parametrize(
    ("trace", "because"),
    [
        ("Fatal Python error: Aborted\n\nThread 0x1", HANG),
        ("Current thread 0x1 (most recent call first):\n", HANG),
        ("Fatal Python error: Segmentation fault\n", ""),
    ],
)
def test_a_trace_tells_a_watchdog_from_a_crash(trace: str, because: str, tmp_path: Path) -> None:
    left_by(tmp_path)
    (tmp_path / TRACE).write_text(trace)
    assert end_seen(tmp_path) == End(because=because, units=(UNIT,), trace=trace)


def test_memory_is_to_blame_if_the_kernel_has_killed_since_the_last_look(tmp_path: Path) -> None:
    kills = {"vmstat": 3}
    living = left_by(tmp_path, kills=kills)
    assert end_seen(tmp_path, {"vmstat": 4}).because == MEMORY
    kills["vmstat"] = 4  # a child of ours, which we outlive
    living.look()
    assert end_seen(tmp_path, {"vmstat": 4}).because == ""


def test_a_boot_counts_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left_by(tmp_path, kills={"vmstat": 3})
    monkeypatch.setattr(marker_, "BOOT_ID", tmp_path / "none")
    assert end_seen(tmp_path, {"vmstat": 4}).because == ""


def test_a_mark_that_was_cut_short_is_none(tmp_path: Path) -> None:
    left_by(tmp_path)
    mark = bytearray((tmp_path / MARK).read_bytes())
    mark[20] ^= 1
    (tmp_path / MARK).write_bytes(mark)
    assert end_seen(tmp_path) == End()


@pytest.mark.parametrize(
    "state",
    [
        [],
        {"units": []},
        {"because": "", "units": [{"kind": "poll"}], "kills": {}, "boot": ""},
        {"because": "", "units": [{"kind": "a", "key": "b", "given": "c", "more": 1}], "kills": {}, "boot": ""},
        {"because": "", "units": None, "kills": None, "boot": ""},
    ],
)
def test_a_mark_of_another_version_is_none(state: object, tmp_path: Path) -> None:
    body = json.dumps(state).encode()
    (tmp_path / MARK).write_bytes(len(body).to_bytes(4, "big") + zlib.crc32(body).to_bytes(4, "big") + body)
    assert end_seen(tmp_path) == End()


def test_a_full_disk_costs_the_mark_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left_by(tmp_path).end(HANG, [UNIT])

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    left_by(tmp_path).look()
    assert end_seen(tmp_path) == End(), "what ended the process before is no longer the last word"


def test_a_mark_that_cannot_be_opened_is_done_without(tmp_path: Path) -> None:
    (tmp_path / MARK).mkdir()
    found = CrashMarker(tmp_path, dict)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with capture_logs() as events:
        found.begin()
    assert [event["event"] for event in events] == ["crash marker not written"]
    assert found.trace is None
    found.write([UNIT])
    found.look()
    found.end(HANG, [UNIT])


def test_a_look_beside_a_unit_that_begins_does_not_take_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    living, dumps = left_by(tmp_path), json.dumps
    begins = Thread(target=living.write, args=([UNIT, UNIT],))

    def interrupted(state: Any) -> str:
        monkeypatch.setattr(json, "dumps", dumps)
        begins.start()
        begins.join(0.2)  # for ever, if it has to wait for the look
        return dumps(state)

    monkeypatch.setattr(json, "dumps", interrupted)
    living.look()
    begins.join()
    assert end_seen(tmp_path).units == (UNIT, UNIT)


def test_the_kernels_counts_are_read_where_they_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "cgroup" / "system.slice" / "news-monitor.service"
    own.mkdir(parents=True)
    (own / "memory.events").write_text("low 0\noom 2\noom_kill 1\n")
    (own.parent / "memory.events").write_text("oom_kill 5\n")
    (tmp_path / "self").write_text("0::/system.slice/news-monitor.service\n")
    monkeypatch.setattr(marker_, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(marker_, "OWN_CGROUP", tmp_path / "self")
    monkeypatch.setattr(marker_, "VMSTAT", tmp_path / "none")
    assert sorted(killed_for_memory().values()) == [1, 5]


def test_setbacks_are_counted_in_a_row_and_survive_a_restart(tmp_path: Path) -> None:
    store = new_store(tmp_path / "news.db")
    assert store.setbacks.of(UNIT) is None
    store.setbacks.over(UNIT)
    assert [store.setbacks.add(UNIT, HANG, NOON).times for _ in range(2)] == [1, 2]
    again = open_store(f"sqlite:///{tmp_path / 'news.db'}")
    assert [each.times for each in again.setbacks.all()] == [2]
    again.setbacks.over(UNIT)
    assert (again.setbacks.of(UNIT), again.setbacks.all()) == (None, ())
    store.close()
    again.close()
