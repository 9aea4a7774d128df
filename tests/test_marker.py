"""What the next process learns of how the last one ended, and what follows from that."""

from datetime import timedelta
from pathlib import Path

import pytest
from simulated import NOON

from monitor.daemon import marker as marker_
from monitor.daemon.marker import HANG, MARK, MEMORY, TRACE, End, Marker, killed_for_memory
from monitor.model.setback import REST, Setback
from monitor.progress import Unit
from monitor.store import migrate, open_store

UNIT = Unit(kind="poll", key="https://feed.example/", given="1")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def left_by(folder: Path, *, kills: dict[str, int] | None = None) -> Marker:
    """A process that is at work, and about to be gone."""
    found = Marker(folder, lambda: kills or {})
    found.begin()
    assert found.trace is not None
    found.trace.close()
    found.write([UNIT])
    return found


def end_seen(folder: Path, kills: dict[str, int] | None = None) -> End:
    return Marker(folder, lambda: kills or {}).ended


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


@pytest.mark.parametrize(
    ("times", "given", "after", "is_aside"),
    [
        (1, "same", timedelta(), False),
        (2, "same", timedelta(), True),
        (2, "same", REST - HOUR, True),
        (2, "same", REST, False),
        (2, "same", -HOUR, False),
        (2, "other", timedelta(), False),
        (3, "other", HOUR / 2, True),
        (3, "other", HOUR, False),
        (4, "other", 5 * HOUR, True),
        (9, "other", 23 * HOUR, True),
        (9, "other", DAY, False),
    ],
)
def test_when_a_unit_is_left_alone(times: int, given: str, after: timedelta, *, is_aside: bool) -> None:
    setback = Setback(kind="poll", key="a", given="same", because=HANG, times=times, at=NOON)
    assert setback.is_aside(given, NOON + after) is is_aside


def test_setbacks_are_counted_in_a_row_and_survive_a_restart(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'news.db'}")
    migrate(store.database)
    assert store.setbacks.of(UNIT) is None
    store.setbacks.over(UNIT)
    assert [store.setbacks.add(UNIT, HANG, NOON).times for _ in range(2)] == [1, 2]
    again = open_store(f"sqlite:///{tmp_path / 'news.db'}")
    assert [each.times for each in again.setbacks.all()] == [2]
    again.setbacks.over(UNIT)
    assert (again.setbacks.of(UNIT), again.setbacks.all()) == (None, ())
    store.close()
    again.close()
