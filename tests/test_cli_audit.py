"""`topics audit`: a sample is judged at the terminal or elsewhere; the result is kept, and shown with its date."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from house import Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import SimulatedClock
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.config import load
from monitor.daemon.clock import SystemClock
from monitor.errors import UsageError
from monitor.store import Store, open_store
from monitor.store.lock import ownership

TOPICS = """
[[topics]]
name = "Floods"
all = [["flood*"], ["Vesk", "Ostrel"]]

[[topics]]
name = "Grain deal"
"""
MATCHES = [Story(id=f"m{n}", title=f"Floods reach Vesk quarter {n}") for n in range(6)]
NEAR = [Story(id=f"n{n}", title=f"Floods in valley number {n}", text=f"The water rose {n} feet.") for n in range(12)]
OTHERS = [Story(id=f"o{n}", title=f"Cup round {n} is drawn", text=f"Team {n} plays at home.") for n in range(14)]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house in which some articles were polled a moment ago."""
    place = tmp_path_factory.mktemp("house")
    (place / "config.toml").write_text(TOPICS)
    topics = load(place / "config.toml", {}, is_draft=True)
    with Origin() as origin:
        origin.serve("/feed", reply(rss(*MATCHES, *NEAR, *OTHERS)))
        made = replace(settings(place, [origin.url("/feed")], origin.port), topics=topics.topics, lists=topics.lists)
        with lived_in(made, SimulatedClock(SystemClock().now())) as lived:
            lived.tick()
    return place


@pytest.fixture
def folder(house: Path, tmp_path: Path) -> Path:
    for file in house.glob("news-monitor.db*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "config.toml").write_text(f'{TOPICS}[storage]\nfolder = "{tmp_path}"\n')
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{folder / 'news-monitor.db'}")
    yield found
    found.close()


def run(folder: Path, *words: str, stdin: str = "", command: str = "audit") -> Result:
    arguments = ["--config", str(folder / "config.toml"), "topics", command, *words]
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, arguments, input=stdin)


def output(folder: Path, *words: str, stdin: str = "", command: str = "audit") -> str:
    result = run(folder, *words, stdin=stdin, command=command)
    assert result.exit_code == 0, (result.output, result.exception)
    return " ".join(result.stdout.split())


def sample(folder: Path, *words: str) -> list[dict[str, Any]]:
    result = run(folder, "Floods", "--json", *words)
    return [json.loads(line) for line in result.stdout.splitlines()]


def answered(rows: list[dict[str, Any]]) -> str:
    return "\n".join(map(json.dumps, rows))


def test_all_near_misses_are_judged_if_there_are_few_and_the_answer_is_exact(folder: Path, store: Store) -> None:
    shown = output(folder, "Floods", stdin="y\n" * 3 + "n\n" * 19)
    assert "does not match 12 near-misses, and 14 other articles. You are asked about 12 near-misses and 10" in shown
    assert "Floods: of 12 near-misses 3 are relevant; 0 of 10 elsewhere." in shown
    assert "Elsewhere, 0 of 10 drawn from 14 articles are relevant. So few say little: up to " in shown
    assert 'topics judge "Floods" --terms proposes terms' in shown
    made = store.audits.latest()["Floods"]
    assert (made.near, made.near_judged, made.low, made.high, made.elsewhere, made.elsewhere_judged) == (
        12, 12, 3, 3, 14, 10,
    )  # fmt: skip
    said = store.judgements.of("Floods")
    assert (len(said), sum(said.values())) == (22, 3)


def test_the_next_audit_knows_what_was_judged_before(folder: Path, store: Store) -> None:
    output(folder, "Floods", "--limit", "4", stdin="y\nn\nn\nn\n" + "n\n" * 10)
    shown = output(folder, "Floods", stdin="n\n" * 12)
    assert "12 near-misses, 4 of them judged before, and 4 other articles. You are asked about 8 near-misses" in shown
    assert "of 12 near-misses 1 is relevant; 0 of 4 elsewhere" in shown
    assert "Elsewhere, 0 of all 4 articles are relevant." in shown


def test_a_skipped_text_is_replaced_and_who_quits_gets_a_wider_interval(folder: Path, store: Store) -> None:
    whole = output(folder, "Floods", "--limit", "6", stdin="s\nn\nn\ns\nn\nn\nn\nn\nq\n")
    assert "wider" not in whole
    assert "6 of 6: Floods" in whole
    assert "7 of 6: Floods" not in whole
    assert "elsewhere, 1 of 10: Floods" in whole
    first = store.audits.latest()["Floods"]
    assert (first.near, first.near_judged, first.elsewhere_judged) == (12, 6, 0)
    part = output(folder, "Floods", "--limit", "6", stdin="n\nq\n")
    assert "You judged 1 of 6, so the interval is wider than it would be with all." in part
    assert "elsewhere" not in part.replace("elsewhere, ", "")
    assert "proposes terms" not in part


def test_when_all_are_skipped_there_are_no_more_and_no_result(folder: Path, store: Store) -> None:
    shown = output(folder, "Floods", stdin="s\n" * 40)
    assert "No near-miss was judged, so there is no result." in shown
    assert "No near-miss was judged" in output(folder, "Floods", stdin="")
    assert store.audits.latest() == {}


def test_of_a_time_without_articles_nothing_is_asked(folder: Path, store: Store) -> None:
    assert output(folder, "Floods", "--since", "2999-01-01") == (
        "There is nothing to audit: no unmatched article of this time is stored."
    )
    assert store.audits.latest() == {}


def test_of_a_topic_with_one_group_that_has_matched_nothing_only_the_rest_is_asked_about(folder: Path) -> None:
    shown = output(folder, "Grain deal", stdin="n\n" * 10)
    assert "Grain deal: there are no near-misses; 0 of 10 elsewhere." in shown
    assert "Nothing was judged." in output(folder, "Grain deal", stdin="q\n")


def test_the_sample_as_json_comes_back_with_answers(folder: Path, store: Store) -> None:
    rows = sample(folder, "--limit", "4")
    parts = [(each["part"], each["is_reserve"]) for each in rows]
    assert parts == [("near", False)] * 4 + [("near", True)] + [("elsewhere", False)] * 10 + [("elsewhere", True)] * 3
    assert rows[-1]["why"] == "it was drawn from everything else"
    assert store.judgements.of("Floods") == {}
    for number, row in enumerate(rows):
        row["relevant"] = None if number == 1 else number == 0
    shown = output(folder, "Floods", "--input", "-", "--limit", "4", stdin=answered(rows))
    made = store.audits.latest()["Floods"]
    assert (made.near, made.near_judged, made.near_relevant, made.elsewhere_judged) == (12, 4, 1, 13)
    assert made.words in shown
    assert len(store.judgements.of("Floods")) == 17


def test_the_same_draw_is_found_again_when_new_articles_have_come(folder: Path, store: Store) -> None:
    rows = sample(folder)
    cut = [{**each, "audit": _until(each["audit"], rows[0]["id"])} for each in rows]
    result = run(folder, "Floods", "--input", "-", stdin=answered([{**each, "relevant": False} for each in cut]))
    kept = [each for each in rows if each["id"] <= rows[0]["id"]]
    assert len(store.judgements.of("Floods")) == len(kept)
    assert len(result.stderr.splitlines()) == len(rows) - len(kept)


def _until(draw: str, article: int) -> str:
    since, _, at, seed = draw.split("/")
    return f"{since}/{article}/{at}/{seed}"


def test_lines_that_are_no_answers_are_reported_and_the_rest_is_stored(folder: Path, store: Store) -> None:
    rows = [{**each, "relevant": False} for each in sample(folder, "--limit", "3")]
    other = {**rows[2], "audit": rows[0]["audit"] + "1"}
    bad = ["x", "[1]", '{"id": 1, "relevant": true}']
    wrong: list[dict[str, Any]] = [
        {"id": True},
        {"relevant": 1},
        {"audit": "yesterday"},
        {"audit": "2031-01-01/1/2031-01-01/1"},
        {"id": 99999},
    ]
    lines = [json.dumps(rows[0]), *bad, *(json.dumps({**rows[1], **each}) for each in wrong), json.dumps(other)]
    result = run(folder, "Floods", "--input", "-", stdin="\n".join(lines))
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 9
    assert "article 99999 is not in this audit" in result.stderr
    assert len(store.judgements.of("Floods")) == 1
    assert "You judged 1 of 12" in " ".join(result.stdout.split())
    assert isinstance(run(folder, "Floods", "--input", "-", stdin="x").exception, UsageError)
    assert isinstance(run(folder, "Floods", "--input", "-", "--json").exception, UsageError)


def test_it_works_beside_a_process_that_owns_the_store_and_is_listed(folder: Path, store: Store) -> None:
    with ownership(folder, folder / "news-monitor.db"):
        output(folder, "Floods", stdin="n\n" * 22)
    made = store.audits.latest()["Floods"]
    listed = output(folder, command="list")
    assert f"Floods: of 12 near-misses 0 are relevant; 0 of 10 elsewhere (audit of {made.made_at:%Y-%m-%d})" in listed
    rows = json.loads(run(folder, "--json", command="list").stdout)["topics"]
    assert [each["audit"] and each["audit"]["words"] for each in rows] == [made.words, None]


def test_under_a_new_name_an_audit_stays_with_the_history_of_the_old_one(folder: Path, store: Store) -> None:
    store.topics.settle({"Floods": "f"}, {"Floods": "w"}, SystemClock().now())
    config = folder / "config.toml"
    config.write_text(config.read_text().replace('name = "Floods"', 'name = "High water"\nwas = "Floods"'))
    output(folder, "High water", stdin="n\n" * 22)
    assert list(store.audits.latest()) == ["Floods"]
    assert "High water: of 12 near-misses" in output(folder, command="list")
