"""The index of searches after kills at any line, and while several processes write to it: no article is skipped."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from test_search import Shelf

from monitor.store import open_store
from monitor.store.tables import articles

pytestmark = pytest.mark.whole

INDEXING = """
import sys
from monitor.store import open_store, searching
searching.BATCH = 3
store = open_store(f"sqlite:///{sys.argv[1]}")
for _ in range(40):
    store.searching.advance({})
"""


def numbers(shelf: Shelf) -> list[int]:
    return sorted(shelf.find("dock"))


def test_a_kill_at_any_line_skips_no_article(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.add(*[(f"Dock {number}", "") for number in range(40)])
    shelf.store.searching.advance({})
    shelf.store.searching.reset()
    shelf.add(*[(f"Dock {number}", "") for number in range(10)])
    shelf.write(update(articles).where(articles.c.id == 3).values(title="Pier"))
    shelf.write(delete(articles).where(articles.c.id == 7))
    shelf.store.close()
    program = Path(__file__).with_name("killed_index.py")
    command = [sys.executable, str(program), str(tmp_path / "news-monitor.db"), "700"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert json.loads(run.stdout)["killed"] > 10
    shelf.store = open_store(f"sqlite:///{tmp_path / 'news-monitor.db'}")
    shelf.catch_up()
    assert numbers(shelf) == [each for each in range(1, 51) if each not in (3, 7)]
    assert shelf.store.searching.check() == 0
    shelf.store.close()


def test_several_processes_at_once_index_each_article_once(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.add(*[(f"Dock {number}", "") for number in range(60)])
    command = [sys.executable, "-c", INDEXING, str(tmp_path / "news-monitor.db")]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for number in range(20):
        shelf.add((f"Dock late {number}", ""))
        shelf.write(update(articles).where(articles.c.id == number + 1).values(text=f"Edit {number}"))
        if number == 10:
            shelf.store.searching.reset()
    ended = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], ended
    shelf.catch_up()
    assert numbers(shelf) == list(range(1, 81))
    assert len(shelf.find("edit")) == 20
    assert shelf.store.searching.check() == 0
    shelf.store.close()
