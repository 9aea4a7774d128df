"""The benches run, at a tiny size, and what they compare is comparable. How fast anything is, is not asked here."""

from collections import Counter
from pathlib import Path
from random import Random  # noqa: TID251 (the benches' news is made with a seeded one)

import pytest

from benchmarks import (
    backtests,
    doubling,
    export,
    feed_value,
    growth,
    likeness,
    matching,
    pages,
    scale,
    searching,
    workbench,
)
from benchmarks.__main__ import BENCHES, main
from benchmarks.measure import Timings, interleaved, table
from benchmarks.news import article, language
from benchmarks.rivals import BareIndex, ExpressionPerTopic
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

pytestmark = pytest.mark.whole

ARTICLE = Document(title="Talks go on", text="A truce, air strikes end. Grain deal's terms stand.")


def topic(*groups: tuple[str, ...]) -> Topic:
    return Topic(name="t", rules=(Rule(all=groups),))


def test_the_bench_of_matching_runs_and_all_methods_find_the_same() -> None:
    report = matching.report(matching.TINY)
    assert report.count("All methods found the same.") == 2
    assert "0 with 3 topics" not in report


def test_the_bench_of_likeness_runs() -> None:
    days, learned = likeness.report(likeness.TINY).split("\n\n")
    assert [line.split()[1] for line in days.splitlines()[2:]] == ["2", "5"]
    assert "| 80 | 2 |" in learned


def test_the_bench_of_the_workbench_runs_and_the_index_misses_nothing(tmp_path: Path) -> None:
    table_of_200 = workbench.measured(200, tmp_path)
    assert table_of_200.count("| ") > 30


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for bench in (backtests, doubling, growth):
        monkeypatch.setattr(bench, "SPOKEN", 6_000)
        monkeypatch.setattr(bench, "UNSPOKEN", 400, raising=False)


@pytest.mark.usefixtures("few_words")
def test_the_benches_of_backtests_and_growth_run() -> None:
    changed = [line.split(" | ")[0] for line in backtests.report(60, 3).splitlines()]
    assert changed[-2:] == ["| a reload, one of 3 topics changed", "| a reload, 3 topics new"]
    assert growth.grouping_table((20, 40)).count("\n| 20 |") == 1


@pytest.mark.simulate
@pytest.mark.usefixtures("few_words")
def test_the_benches_of_editions_and_doubling_run() -> None:
    assert growth.report(growth.TINY).count("\n| 20 |") == 2
    doubled = [line.split(" | ")[1] for line in doubling.report(doubling.TINY).splitlines()]
    assert doubled[2:] == ["2 / 4", "20 / 40", "10 / 20"]


def test_a_part_that_was_measured_is_only_printed_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured: list[str] = []

    def part(folder: Path) -> str:
        measured.append(folder.name)
        return "| 1 s |"

    for _ in range(2):
        scale.printed({"short": part}, tmp_path / "kept")
    assert measured == ["kept"]
    assert capsys.readouterr().out == "## short\n\n| 1 s |\n\n" * 2
    assert scale.main(["endless"]) == 2


def test_the_bench_of_the_value_of_feeds_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_value, "LEDGER_HOURS", 3)
    rows = [line.split() for line in feed_value.report(200).splitlines()[2:]]
    assert [row[1] for row in rows] == ["200", "800"]


def test_the_bench_of_searching_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert searching.main(["300", str(tmp_path)]) == 0
    assert "| en, common word |" in capsys.readouterr().out
    assert searching.main(["many"]) == 2


def test_the_bench_of_exports_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "| 40, csv |" in export.report((40,), rounds=1)
    chance = Random(1)
    export.made(tmp_path, 30, searching.languages(chance), chance).rename(tmp_path / "searching-30.db")
    assert export.main([str(tmp_path)]) == 0
    assert "| 30, jsonl |" in capsys.readouterr().out
    assert export.main([str(tmp_path / "none")]) == 2


@pytest.mark.skipif(not pages.CORPUS.is_dir(), reason="../shared/corpora/pages is not here")
def test_the_bench_of_pages_runs() -> None:
    assert "| memory of a child after 61 / 62 pages |" in pages.report(62)


def test_methods_that_find_different_topics_are_not_compared() -> None:
    methods = {
        matching.Case(matching.OURS, 1): lambda _: ["a topic"],
        matching.Case(matching.BARE, 1): lambda _: [],
    }
    with pytest.raises(matching.DisagreementError, match=r"bare index: \[\]; ours: \['a topic'\]"):
        matching.agreed_pairs(methods, [ARTICLE], few=1)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (topic(("truce", "ceasefire")), True),
        (topic(("ceasefire",)), False),
        (topic(("truce",), ("talks", "summit")), True),
        (topic(("truce",), ("summit",)), False),
        (topic(("air strikes",)), True),
        (topic(("strikes air",)), False),
        (topic(("truce air",)), True),  # a comma does not part them
        (topic(("end grain",)), False),  # a full stop does
        (topic(("on a",)), False),  # and so does the end of the title
        (topic(("deal terms",)), True),
        (topic(("ruce",)), False),
    ],
)
def test_the_rivals_find_what_ours_finds(rule: Topic, expected: bool) -> None:  # noqa: FBT001
    methods = matching.ours([rule]), BareIndex([rule], Counter()), ExpressionPerTopic([rule])
    assert [bool(method(ARTICLE)) for method in methods] == [expected] * 3


def test_the_news_is_the_same_for_the_same_seed_and_says_what_it_was_told() -> None:
    speech = language(Random(1), spoken=500, unspoken=10)
    once, again = (article(speech, Random(2), 60, ["planted words"]) for _ in range(2))
    assert once == again
    assert "planted words" in once.text.lower()
    assert 55 < len(once.text.split()) < 65


def test_contenders_take_turns_and_every_other_round_goes_backwards() -> None:
    turns: list[str] = []

    def work(name: str) -> int:
        turns.append(name)
        return 1

    timings = interleaved({"a": lambda _: work("a"), "b": lambda _: work("b")}, rounds=3)
    assert turns == ["a", "b", "b", "a", "a", "b"]
    assert [len(timings.rounds[name]) for name in "ab"] == [3, 3]


def test_a_ratio_is_taken_within_each_round() -> None:
    timings = Timings(rounds={"a": [2.0, 40.0, 6.0], "b": [1.0, 20.0, 1.0]})
    assert (timings.median("a"), timings.ratio("a", "b")) == (6.0, 2.0)


def test_a_table_is_markdown() -> None:
    assert table(["what", "cost"], [["this", "3"]]) == "| what | cost |\n| --- | ---: |\n| this | 3 |"


def test_a_bench_is_called_by_its_name(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(BENCHES):
        monkeypatch.setitem(BENCHES, name, lambda: "its tables")
    assert (main(["matching"]), main([])) == (0, 0)
    assert capsys.readouterr().out.count("## matching\n\nits tables\n") == 2


def test_a_name_without_a_bench_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["matchng"]) == 2
    assert capsys.readouterr().err == (
        "There is no bench named matchng. "
        "There are: matching, backtests, growth, doubling, evaluation, grouping, likeness, searching, workbench, "
        "export, pages, start.\n"
    )
