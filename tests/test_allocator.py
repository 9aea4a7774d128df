"""Memory that an edition took and freed goes back to the system."""

import subprocess
import sys

import pytest

from monitor.daemon.allocator import give_memory_back

FREED = """
from pathlib import Path
from monitor.daemon.allocator import give_memory_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])

kept = [(bytes(2_000), bytes(100_000)) for _ in range(500)]
kept = [small for small, large in kept]
before = resident()
gave = give_memory_back()
assert not gave or resident() < before - 5_000, (before, resident())
"""
"""Blocks below the size that glibc maps apart, with small ones between them that stay: 50 MB, over 12,000 pages."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_free_memory_between_what_is_kept_goes_back() -> None:
    subprocess.run([sys.executable, "-c", FREED], check=True, timeout=60)


def test_a_system_without_such_an_allocator_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda _name: object())
    assert not give_memory_back()
