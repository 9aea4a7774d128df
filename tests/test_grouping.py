"""The bench of grouping: its script's contract on small files, its arithmetic, and a floor under docs/grouping.md."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import grouping
from benchmarks.stories.figures import Figures, bcubed, mean, pairwise
from benchmarks.stories.lines import halves, stories_in
from benchmarks.stories.methods import exact_title, max_link, ours
from benchmarks.stories.report import HEADLINES, TEXTS, judged, report
from benchmarks.stories.streams import SPARSE_STREAMS, sparse

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[1]
needs_headlines = pytest.mark.skipif(not HEADLINES.exists(), reason="the corpora are not beside the project")

LINES: tuple[dict[str, Any], ...] = (
    {"id": "a", "title": "Truce begins in Kesh valley", "published": "2031-05-05T18:00:00Z", "story": "truce"},
    {"id": 7, "title": "Ferry Halcyon aground off Skerry Point", "story": "ferry", "source": "The Post", "text": ""},
    {"id": "c", "title": "Guns silent in Kesh as truce begins", "published": "2031-05-05T19:00:00Z", "story": "truce"},
    {"id": "d", "title": "Halcyon passengers wait off Skerry Point", "story": "ferry"},
    {"id": "e", "title": "Truce begins in Kesh valley", "published": "2031-06-05T18:00:00Z", "story": "another"},
)


def file_of(tmp_path: Path, *lines: dict[str, Any]) -> Path:
    file = tmp_path / "news.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return file


def run(*words: object) -> str:
    """As a person does, from the project's folder; returns what it printed."""
    command = [sys.executable, "benchmarks/grouping.py", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=100).stdout


def test_the_script_prints_figures_and_writes_assignments(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    told = json.loads(run(file_of(tmp_path, *LINES), "--json", "--assignments", out))
    perfect = {"p": 1.0, "r": 1.0, "f1": 1.0}
    assert {key: told[key] for key in ("n", "stories", "bcubed", "pairwise")} == {
        "n": 5,
        "stories": 3,
        "bcubed": perfect,
        "pairwise": perfect,
    }
    assert set(told["baselines"]) == {"max-link Jaccard", "exact title"}
    assert told["baselines"]["exact title"]["bcubed"] == {"p": 0.8, "r": 0.6, "f1": 0.6857}
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == [
        {"id": "a", "story": "a"},
        {"id": 7, "story": 7},
        {"id": "c", "story": "a"},
        {"id": "d", "story": 7},
        {"id": "e", "story": "e"},
    ]


def test_without_labels_there_are_the_assignments_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = [{"id": line["id"], "title": line["title"]} for line in LINES]
    file, out = file_of(tmp_path, *plain), tmp_path / "out.jsonl"
    assert grouping.main([str(file), "--json"]) == 0
    printed = capsys.readouterr().out
    assert [json.loads(line)["story"] for line in printed.splitlines()] == ["a", 7, "a", 7, "a"]
    assert grouping.main([str(file), "--assignments", str(out)]) == 0
    assert out.read_text("utf-8") == printed


def test_lines_without_a_label_are_grouped_and_not_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unlabelled = {"id": "x", "title": "Truce begins in Kesh valley", "published": "2031-05-05T20:00:00Z"}
    assert grouping.main([str(file_of(tmp_path, *LINES, unlabelled))]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("6 articles, 3 stories\n")
    assert "| ours | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 |" in printed


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = file_of(tmp_path, LINES[0], {"title": "nameless"})
    assert grouping.main([str(file)]) == 2
    assert capsys.readouterr().err == f'{file}:2: there is no "id".\n'
    assert grouping.main([str(tmp_path / "none.jsonl")]) == 2


@pytest.mark.parametrize(
    ("gold", "found", "by_item", "by_pair"),
    [
        ("aabb", "aabb", (1, 1), (1, 1)),
        ("aabb", "aaaa", (0.5, 1), (1 / 3, 1)),
        ("aabb", "abcd", (1, 0.5), (1, 0)),
        ("aab", "abb", (2 / 3, 2 / 3), (0, 0)),
        ("", "", (1, 1), (1, 1)),
    ],
)
def test_figures(gold: str, found: str, by_item: tuple[float, float], by_pair: tuple[float, float]) -> None:
    one, other = bcubed(gold, found), pairwise(gold, found)
    assert (one.p, one.r) == pytest.approx(by_item)
    assert (other.p, other.r) == pytest.approx(by_pair)


def test_f1_is_nothing_where_nothing_is_right() -> None:
    assert Figures(0.0, 0.0).f1 == 0
    assert mean([Figures(1.0, 0.0), Figures(0.0, 1.0)]) == Figures(0.5, 0.5)


def test_no_story_is_in_both_halves() -> None:
    stories = stories_in(TEXTS)
    tuning, reporting = halves(stories)
    assert not set(tuning.labels()) & set(reporting.labels())
    assert len(tuning.stream) + len(reporting.stream) == len(stories.stream) >= 150
    assert len(set(stories.labels())) >= 35


def test_our_own_texts_are_grouped_as_the_page_says() -> None:
    both, _ = judged(ours, halves(stories_in(TEXTS))[1:])
    assert both.f1 > 0.93


@needs_headlines
def test_headlines_are_grouped_as_the_page_says_and_do_not_chain() -> None:
    stories = stories_in(HEADLINES)
    reporting = halves(stories)[1]
    few = [sparse(reporting, seed) for seed in range(SPARSE_STREAMS)]
    assert judged(ours, few)[0].f1 > 0.86
    assert judged(ours, [stories])[0].f1 > 0.78
    assert judged(max_link, few)[0].f1 < judged(ours, few)[0].f1
    assert judged(exact_title, few)[0].f1 < 0.5


def test_the_report_is_complete(tmp_path: Path) -> None:
    small = tmp_path / "few.jsonl"
    small.write_text("".join(TEXTS.read_text("utf-8").splitlines(keepends=True)[70:100]), "utf-8")
    assert report(small, small, streams=1).count("### ") == 11
    assert report(tmp_path / "none.jsonl", small).count("### ") == 3
