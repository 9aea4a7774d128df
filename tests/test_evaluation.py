"""The evaluation of matching: its arithmetic on cases made by hand, its methods on a tiny set, and a floor
under the figures of docs/evaluation.md.
"""

import json
import shutil
from pathlib import Path

import pytest

from benchmarks import evaluation
from benchmarks.evaluation import POOLED, STAGES, errors, halves, methods_table, outcomes
from benchmarks.evaluation.figures import Score, intervals, kappa, score_of, total
from benchmarks.evaluation.headlines import FIRST, SECOND, THIRD, TUNING, headlines_in, scores, shipped_rules
from benchmarks.evaluation.labels import (
    FLAGSHIPS,
    FOLDER,
    HELD_OUT,
    SECOND_HELD_OUT,
    TOPICS,
    Pool,
    disagreements,
    held_out_texts,
    is_for_tuning,
    labelled_texts,
    lines_of,
)
from benchmarks.evaluation.methods import METHODS, PlainTerm, Rules, forms, ours, plain_term, rules_in
from benchmarks.evaluation.polls import ARCHIVES, item_name, labelled_polls, poll_documents, poll_labels
from monitor.config import load
from monitor.match.terms import expanded
from monitor.model.feed import ParsedItem
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[1]
FROZEN = {"first": (373, 366), "tuned": (1117, 1014), "revised": (1139, 1032), "final": (1512, 1241)}
"""By stage: terms of all groups with their lists written out, and how many different ones. A list of the library that
grew would change them, and with them what docs/evaluation.md quotes: write the old list into the file of that stage.
"""


# ---- Arithmetic


@pytest.mark.parametrize(
    ("score", "precision", "recall", "f1"),
    [
        (Score(8, 2, 0), 0.8, 1.0, 16 / 18),
        (Score(3, 1, 3), 0.75, 0.5, 0.6),
        (Score(0, 5, 5), 0.0, 0.0, 0.0),
        (Score(0, 0, 4), 1.0, 0.0, 0.0),
        (Score(0, 0, 0), 1.0, 1.0, 1.0),
    ],
)
def test_precision_recall_and_f1_are_those_of_the_textbook(
    score: Score, precision: float, recall: float, f1: float
) -> None:
    assert (score.precision, score.recall, score.f1) == pytest.approx((precision, recall, f1))


def test_scores_of_texts_add_up() -> None:
    verdicts = [(True, True), (True, False), (False, True), (False, False), (True, True)]
    assert total([score_of(found, wanted) for found, wanted in verdicts]) == Score(2, 1, 1)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((20, 5, 10, 15), 0.4),
        ((10, 0, 0, 90), 1.0),
        ((0, 0, 0, 7), 1.0),
        ((25, 25, 25, 25), 0.0),
    ],
)
def test_kappa_is_what_two_labellers_share_beyond_chance(counts: tuple[int, int, int, int], expected: float) -> None:
    assert kappa(*counts) == pytest.approx(expected)


def test_an_interval_holds_the_figure_is_the_same_each_time_and_narrows_with_more_texts() -> None:
    few = [Score(1, 0, 0)] * 16 + [Score(0, 1, 0)] * 4 + [Score(0, 0, 1)] * 4
    (low, high), *_ = intervals(few)
    assert low < total(few).precision < high
    assert intervals(few) == intervals(few)
    (many_low, many_high), *_ = intervals(few * 8)
    assert many_high - many_low < high - low


def test_without_a_text_nothing_is_known() -> None:
    assert intervals([]) == [(0.0, 1.0)] * 3


# ---- Methods on a tiny set

NEWS = [
    Document(title="U.S. and Russia coordinate flights", text=""),
    Document(title="Let us coordinate our Russian salads", text=""),
    Document(title="Cease-fire in Syria", text=""),
    Document(title="Assyrian reliefs, and a ceasefire of critics", text=""),
    Document(title="Podcast: the Syrian ceasefires", text=""),
    Document(title="Syrian truces broken", text="More in our podcast."),
]
TINY = Rules(
    topics=(
        Topic(name="joint", rules=(Rule(all=(("US",), ("@russia",), ("coordinat*",)), near=5),)),
        Topic(name="truce", rules=(Rule(all=(("Syria*",), ("ceasefire", "truce")), none=("title:podcast",)),)),
    ),
    lists={"russia": ("Russia*",)},
)


@pytest.mark.parametrize(
    ("method", "joint", "truce"),
    [
        ("ours", {0}, {2, 5}),
        ("substring", {0, 1}, {3, 5}),
        (r"`\bword\b`", {1}, set()),
        ("stem all", {1}, {5}),
        ("FTS5 porter", {1}, {5}),
    ],
)
def test_each_method_finds_what_it_can(method: str, joint: set[int], truce: set[int]) -> None:
    assert METHODS[method](TINY, NEWS) == {"joint": joint, "truce": truce}


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Syria*", PlainTerm("syria", title_only=False, open_ended=True)),
        ("=Turkey", PlainTerm("turkey", title_only=False, open_ended=False)),
        ("title:US", PlainTerm("us", title_only=True, open_ended=False)),
    ],
)
def test_a_term_is_flattened_to_what_simpler_methods_can_do(written: str, plain: PlainTerm) -> None:
    assert plain_term(written) == plain


def test_an_open_term_becomes_all_the_words_there_are() -> None:
    open_ended = PlainTerm("joint cent", title_only=False, open_ended=True)
    assert forms(open_ended, frozenset({"centre", "center", "decent"})) == ["joint center", "joint centre"]
    assert forms(PlainTerm("truce", title_only=False, open_ended=False), frozenset()) == ["truce"]


def test_outcomes_follow_the_texts_and_are_added_up_over_topics() -> None:
    pool = Pool(
        documents={str(number): document for number, document in enumerate(NEWS)},
        labels={str(number): frozenset() for number in range(len(NEWS))} | {"0": frozenset({"joint", "truce"})},
    )
    found = outcomes(ours, TINY, pool, ("joint", "truce"))
    assert total(found["joint"]) == Score(1, 0, 0)
    assert total(found["truce"]) == Score(0, 2, 1)
    assert total(found[POOLED]) == Score(1, 2, 1)
    rows = methods_table(TINY, pool, 5, topics=("joint", "truce"), shown=(POOLED,)).splitlines()
    assert len(rows) == 2 + len(METHODS)
    assert rows[2].startswith(f"| {POOLED} | ours | 1 | 2 | 1 | 0.333 [")


# ---- The labelled set


@pytest.fixture(scope="module")
def texts() -> Pool:
    return labelled_texts()


def test_both_labellers_labelled_every_text_with_known_topics(texts: Pool) -> None:
    for who in "ab":
        lines = lines_of(FOLDER / f"labels_{who}.jsonl")
        assert [line["id"] for line in lines] == list(texts.documents)
        assert {topic for line in lines for topic in line["topics"]} == set(TOPICS)


def test_the_halves_are_the_same_on_every_machine(texts: Pool) -> None:
    tuning, reporting = halves(texts)
    assert (len(tuning.documents), len(reporting.documents)) == (173, 154)
    assert is_for_tuning("t001")
    assert not is_for_tuning("t007")


def test_the_list_of_disagreements_is_that_of_the_labels() -> None:
    assert (FOLDER / "disagreements.md").read_text(encoding="utf-8") == disagreements()


def test_a_disagreement_is_listed_with_both_notes(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "texts.jsonl", tmp_path)
    lines = lines_of(FOLDER / "labels_a.jsonl")
    second = [{**line, "topics": [TOPICS[0]], "note": "a | b"} if line["id"] == "t001" else line for line in lines]
    for name, content in (("labels_a.jsonl", lines), ("labels_b.jsonl", second)):
        (tmp_path / name).write_text("".join(json.dumps(line) + "\n" for line in content), encoding="utf-8")
    (row,) = [line for line in disagreements(tmp_path).splitlines() if line.startswith("| t001")]
    assert row.startswith(f"| t001 | {TOPICS[0]} | second |  | a / b | ")


@pytest.mark.parametrize(
    ("stage", "half", "precision", "recall", "f1"),
    [
        ("tuned", "reporting", 0.91, 0.81, 0.86),
        ("tuned", "both", 0.95, 0.90, 0.93),
        ("revised", "both", 0.95, 0.95, 0.95),
        ("final", "both", 0.95, 0.95, 0.95),
    ],
)
def test_our_figures_stay_above_a_floor(  # the floors are those of docs/evaluation.md, rounded down
    texts: Pool, stage: str, half: str, precision: float, recall: float, f1: float
) -> None:
    pool = {"reporting": halves(texts)[1], "both": texts}[half]
    whole = total(outcomes(ours, rules_in(FOLDER / STAGES[stage]), pool)[POOLED])
    assert whole.precision >= precision
    assert whole.recall >= recall
    assert whole.f1 >= f1


@pytest.mark.parametrize(
    ("stage", "folder", "precision", "recall", "f1"),
    [
        ("revised", HELD_OUT, 0.95, 0.80, 0.88),
        ("final", HELD_OUT, 0.95, 0.95, 0.95),
        ("final", SECOND_HELD_OUT, 0.85, 0.59, 0.70),
    ],
)
def test_our_figures_stay_above_a_floor_on_texts_held_out(
    stage: str, folder: Path, precision: float, recall: float, f1: float
) -> None:
    whole = total(outcomes(ours, rules_in(FOLDER / STAGES[stage]), held_out_texts(folder))[POOLED])
    assert whole.precision >= precision
    assert whole.recall >= recall
    assert whole.f1 >= f1


@pytest.mark.parametrize("folder", [HELD_OUT, SECOND_HELD_OUT])
def test_no_text_held_out_is_one_that_rules_were_written_with(texts: Pool, folder: Path) -> None:
    held_out = held_out_texts(folder)
    assert len(held_out.documents) == 150
    assert held_out.documents.keys() == held_out.labels.keys()
    assert frozenset().union(*held_out.labels.values()) == set(TOPICS)
    assert not held_out.documents.keys() & texts.documents.keys()
    known, new = ({document.title.casefold() for document in pool.documents.values()} for pool in (texts, held_out))
    assert not known & new


@pytest.mark.parametrize("rival", [name for name in METHODS if name != "ours"])
def test_no_simpler_method_does_better_with_the_same_words_on_texts_that_nobody_tuned_on(
    texts: Pool, rival: str
) -> None:
    rules, pool = rules_in(FOLDER / STAGES["tuned"]), halves(texts)[1]
    ours_f1, its_f1 = (total(outcomes(METHODS[name], rules, pool)[POOLED]).f1 for name in ("ours", rival))
    assert ours_f1 > its_f1


@pytest.mark.parametrize("stage", ["tuned", "revised", "final"])
def test_every_error_has_a_class(texts: Pool, stage: str) -> None:
    classed = {(line["id"], line["topic"]) for line in lines_of(FOLDER / "errors.jsonl")}
    assert {(name, topic) for name, topic, _ in errors(rules_in(FOLDER / STAGES[stage]), texts)} <= classed


@pytest.mark.parametrize(("stage", "folder"), [("revised", HELD_OUT), ("final", SECOND_HELD_OUT)])
def test_every_error_on_texts_held_out_has_a_class(stage: str, folder: Path) -> None:
    classed = {(line["id"], line["topic"]) for line in lines_of(folder / "errors.jsonl")}
    assert {
        (name, topic) for name, topic, _ in errors(rules_in(FOLDER / STAGES[stage]), held_out_texts(folder))
    } == classed


# ---- Headlines for the two shipped topics


@pytest.mark.parametrize("file", [FIRST, THIRD], ids=lambda file: file.stem)
@pytest.mark.parametrize("topic", FLAGSHIPS)
def test_the_shipped_rules_find_headlines_that_no_rule_had_seen(topic: str, file: Path) -> None:
    whole = total(list(scores(shipped_rules(), headlines_in(file), topic).values()))
    assert whole.precision >= 0.85
    assert whole.recall >= 0.85


@pytest.mark.parametrize(("file", "count"), [(FIRST, 60), (SECOND, 60), (THIRD, 60), (TUNING, 200)])
def test_headlines_are_half_about_their_topic_and_half_hard_negatives(file: Path, count: int) -> None:
    headlines = headlines_in(file)
    assert all(each.is_about == (each.kind in {"plain", "oblique"}) for each in headlines)
    for topic in FLAGSHIPS:
        kinds = [each.is_about for each in headlines if each.topic == topic]
        assert (len(kinds), sum(kinds)) == (count, count // 2)


def test_one_headline_a_negative_stands_in_both_files_and_no_other() -> None:
    first, tuning = ({each.document.title.casefold() for each in headlines_in(file)} for file in (FIRST, TUNING))
    assert first & tuning == {"assad vows to retake every inch of syria"}


def test_the_shipped_topics_are_the_flagships_under_the_names_of_the_labels() -> None:
    example = load(ROOT / "config.example.toml", {})
    assert [topic.name for topic in example.topics] == ["Syria ceasefire", "US-Russia coordination"]
    assert tuple(topic.name for topic in shipped_rules().topics) == FLAGSHIPS
    assert [topic.rules for topic in shipped_rules().topics] == [topic.rules for topic in example.topics]


@pytest.mark.parametrize("stage", STAGES)
def test_the_lists_of_a_frozen_stage_come_to_what_they_came_to(stage: str) -> None:
    rules = rules_in(FOLDER / STAGES[stage])
    groups = [expanded(terms, rules.lists) for topic in rules.topics for rule in topic.rules for terms in rule.all]
    sizes = sum(map(len, groups)), len({term for group in groups for term in group})
    assert sizes == FROZEN[stage]


@pytest.mark.simulate
def test_the_report_has_a_table_for_each_question_and_the_docs_quote_it(tmp_path: Path) -> None:
    told = evaluation.report(resamples=2, archives=tmp_path / "polls")
    assert [line.split(":")[0] for line in told.splitlines() if line.startswith("###")] == [
        "### Two labellers",
        "### Our rules",
        *["### Beside simpler methods"] * 3,
        "### Errors of the tuned rules",
        "### Errors of the revised rules",
        "### On texts written after the revised rules",
        "### Beside simpler methods",
        "### On texts that no rule was changed for",
        "### Headlines of the two shipped topics",
        "### Recorded polls",
    ]
    assert "not classed" not in told
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8").splitlines()
    of_the_draw = [line for line in told.splitlines() if line.startswith("|") and "[" not in line]
    assert [line for line in of_the_draw if line not in page] == []
    assert told.endswith("Left out: polls is not beside the project.")


# ---- Recorded polls


def test_an_edited_headline_is_an_item_of_its_own() -> None:
    one, two = (ParsedItem(guid="7", link="", title=title, text="") for title in ("Truce near", "Truce signed"))
    names = [item_name(Path("daily.tar.xz"), item) for item in (one, one, two)]
    assert names[0] == names[1] != names[2]
    assert all(name.startswith("daily/") and len(name) == len("daily/") + 16 for name in names)


def test_without_the_recorded_polls_there_are_no_items(tmp_path: Path) -> None:
    assert poll_documents(tmp_path / "missing") == {}


def test_labels_of_polls_hold_no_text() -> None:
    assert {tuple(line) for line in lines_of(FOLDER / "polls.jsonl")} == {
        ("feed", "item", "picked", "hit", "topics", "note")
    }


@pytest.mark.skipif(not ARCHIVES.exists(), reason="the recorded polls are not beside the project")
@pytest.mark.parametrize("share", [10, pytest.param(1, marks=pytest.mark.simulate)], ids=["a sample", "all"])
def test_on_recorded_polls_nothing_is_flagged_that_a_reader_did_not_label(share: int) -> None:
    """All that are labelled, and of the others this share."""
    recorded, labels, rules = poll_documents(), poll_labels(), rules_in(FOLDER / STAGES["final"])
    documents = {
        name: document for n, (name, document) in enumerate(recorded.items()) if n % share == 0 or labels.get(name)
    }
    held = ours(rules, list(documents.values()))
    names = list(documents)
    flagged = {(names[number], topic) for topic in FLAGSHIPS for number in held[topic]}
    labelled = {(name, topic) for name, topics in labels.items() for topic in topics}
    assert flagged == labelled
    assert len(labelled_polls(recorded).documents) == len(poll_labels())
