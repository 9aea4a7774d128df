"""`topics judge`: articles are judged at the terminal or elsewhere, and what was said becomes part of the config."""

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
from monitor.config.edit.plan import NotWritten
from monitor.daemon.clock import SystemClock
from monitor.errors import UsageError
from monitor.model.ids import ArticleId
from monitor.render.columns import width
from monitor.store import Store, open_store
from monitor.store.lock import ownership

TOPICS = """
[[topics]]  # by hand
name = "Arrests"
all = [
  ["arrest*", "charged"],
  ["Hong Kong", "Kowloon"],  # where
]

[[topics]]
name = "Grain deal"
"""
EVIL = "HK trader charged \x1b]0;owned\x07\u202eevil"
WIND = "Wind rose over the harbour all day long. " * 12
STORIES = (
    Story(id="1", title="Hong Kong editor arrested"),
    Story(
        id="2",
        title="HK activists charged",
        text="Police spoke at noon in a podcast. The activists were charged in the evening.",
    ),
    Story(id="3", title="Publisher charged in HK", text="A court sat late."),
    Story(id="4", title=EVIL, text="He sold stolen watches, says a podcast."),
    Story(id="5", title="Rain over Oslo", text="An HK firm sells umbrellas."),
    Story(id="6", title="Ferries stop", text=f"{WIND}In Kowloon a captain was arrested."),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house in which six articles were polled a moment ago."""
    place = tmp_path_factory.mktemp("house")
    (place / "config.toml").write_text(TOPICS)
    topics = load(place / "config.toml", {}, is_draft=True)
    with Origin() as origin:
        origin.serve("/feed", reply(rss(*STORIES)))
        made = replace(settings(place, [origin.url("/feed")], origin.port), topics=topics.topics, lists=topics.lists)
        with lived_in(made, SimulatedClock(SystemClock().now())) as lived:
            lived.tick()
    return place


@pytest.fixture
def folder(house: Path, tmp_path: Path) -> Path:
    """The same with a config and judgements of its own."""
    for file in house.glob("news-monitor.db*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "config.toml").write_text(f'{TOPICS}[storage]\nfolder = "{tmp_path}"\n')
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{folder / 'news-monitor.db'}")
    yield found
    found.close()


def run(folder: Path, *words: str, stdin: str = "") -> Result:
    arguments = ["--config", str(folder / "config.toml"), "topics", "judge", *words]
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, arguments, input=stdin)


def output(folder: Path, *words: str, stdin: str = "") -> str:
    result = run(folder, *words, stdin=stdin)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def lines(folder: Path, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output(folder, *words).splitlines()]


def ids(folder: Path) -> dict[str, int]:
    """The number of each article, by the id of its story."""
    found = {each["url"]: each["id"] for each in lines(folder, "Arrests", "--json")}
    return {story.id: found[f"https://post.example/{story.id}"] for story in STORIES if story.id not in "15"}


def say(folder: Path, said: dict[str, bool]) -> None:
    numbers = ids(folder)
    said_ = [json.dumps({"id": numbers[story], "relevant": is_relevant}) for story, is_relevant in said.items()]
    output(folder, "Arrests", "--input", "-", stdin="\n".join(said_))


def test_candidates_are_judged_one_at_a_time_and_not_offered_again(folder: Path, store: Store) -> None:
    shown = output(folder, "Arrests", stdin="n\nmaybe\n?\ny\ns\nq\n")
    assert "1 of 4: Arrests" in shown
    assert "Publisher charged in HK\n  The Post, " in shown or "Publisher charged in HK" in shown
    assert "The activists were [charged] in the evening." in " ".join(shown.split())
    assert shown.count("q  quit; what you have said is stored") == 2
    assert "2 articles judged: 1 yes, 1 no." in shown
    assert sorted(store.judgements.of("Arrests").values()) == [False, True]
    left = lines(folder, "Arrests", "--json")
    assert len(left) == 2
    again = output(folder, "Arrests", stdin="")
    assert "1 of 2: Arrests" in again
    assert "0 articles judged." in again


def test_what_is_shown_fits_the_terminal_and_hostile_titles_write_nothing_to_it(folder: Path) -> None:
    shown = output(folder, "Arrests", stdin="s\n" * 9)
    assert max(map(width, shown.split("\n"))) <= 80
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "HK trader charged ]0;ownedevil" in shown


def test_candidates_as_json_say_why_and_unmatched_ones_come_first(folder: Path) -> None:
    found = lines(folder, "Arrests", "--json")
    assert [each["matches"] for each in found] == [False, False, False, True]
    last = found[-1]
    assert (last["topic"], last["title"], last["url"]) == ("Arrests", "Ferries stop", "https://post.example/6")
    assert "In Kowloon a captain was arrested." in last["passage"]
    assert last["why"].startswith("a match in passing: ")
    assert lines(folder, "Arrests", "--json", "--limit", "1") == found[:1]


def test_judgements_of_other_front_ends_are_read_line_by_line(folder: Path, store: Store, tmp_path: Path) -> None:
    number = ids(folder)["3"]
    file = tmp_path / "said.jsonl"
    good = [
        {"topic": "Arrests", "id": number, "relevant": True},
        {"url": "https://post.example/2", "relevant": False},
        {"topic": "Grain deal", "id": number, "relevant": False},
        {"id": number, "relevant": False},
    ]
    bad = [
        "x",
        "[1]",
        '{"relevant": true}',
        '{"id": true, "relevant": true}',
        '{"id": 1, "relevant": 1}',
        '{"id": 1, "relevant": true, "topic": 7}',
        '{"id": 999999, "relevant": true}',
        '{"id": -1, "relevant": true}',
        '{"id": 1, "relevant": true, "topic": "Nothing\\u001b"}',
    ]
    file.write_text("\ufeff" + "\n\n".join([*map(json.dumps, good), *bad]))
    result = run(folder, "Arrests", "--input", str(file))
    assert result.exit_code == 1
    assert result.stdout == "4 judgements stored.\n"
    told = result.stderr.splitlines()
    assert [line.partition(": ")[0] for line in told] == [f"{file}:{2 * n + 1}" for n in range(4, 13)]
    assert told[-1].endswith(f'there is no topic "Nothing\\x1b" in {folder / "config.toml"}.')
    assert store.judgements.of("Arrests")[ArticleId(number)] is False  # the later one
    assert set(store.judgements.of("Grain deal").values()) == {False}


def test_it_works_beside_a_process_that_owns_the_store(folder: Path, store: Store) -> None:
    with ownership(folder, folder / "news-monitor.db"):
        output(folder, "Arrests", stdin="y\nq\n")
    assert list(store.judgements.of("Arrests").values()) == [True]


def test_under_a_new_name_judgements_stay_with_the_history_of_the_old_one(folder: Path, store: Store) -> None:
    store.topics.settle({"Arrests": "f"}, {"Arrests": "w"}, SystemClock().now())
    config = folder / "config.toml"
    config.write_text(config.read_text().replace('name = "Arrests"', 'name = "Charges"\nwas = "Arrests"'))
    output(folder, "Charges", stdin="y\nq\n")
    assert len(store.judgements.of("Arrests")) == 1
    store.topics.carry_over({"Charges": "Arrests"})
    assert len(lines(folder, "Charges", "--json")) == 3


def test_judgements_become_examples_as_far_as_the_topic_decides_so(folder: Path) -> None:
    say(folder, {"2": True, "4": False, "6": True})
    config = folder / "config.toml"
    before = config.read_text()
    shown = output(folder, "Arrests", "--keep", stdin="n\n")
    assert "does not match yet; it can be an example when the rule is changed: HK activists charged" in " ".join(
        shown.split()
    )
    assert "Nothing was written." in shown
    assert config.read_text() == before
    shown = output(folder, "Arrests", "--keep", "--yes")
    assert "+must_not_match = [" in shown
    assert all(line.isprintable() for line in shown.split("\n"))
    topic = load(config, {}, is_draft=True).topics[0]
    assert topic.must_not_match == ("HK trader charged ]0;ownedevil",)
    assert topic.must_match[0].startswith("Ferries stop\nWind rose")
    assert output(folder, "Arrests", "--keep", "--yes").endswith("There is nothing to add.\n")
    head, _, tail = before.partition("]\n\n[[topics]]")
    after = config.read_text()
    assert after.startswith(f"{head}]\nmust_")
    assert after.endswith(f"\n\n[[topics]]{tail}")


def test_a_session_offers_to_keep_what_was_said(folder: Path) -> None:
    shown = output(folder, "Arrests", "--limit", "1", stdin="n\ny\ny\n")
    assert "Add 1 example to the topic in the config?" in shown
    assert 'topics judge "Arrests" --terms proposes terms' in shown
    assert len(load(folder / "config.toml", {}, is_draft=True).topics[0].must_not_match) == 1


def test_terms_are_proposed_and_applied_with_what_they_do(folder: Path) -> None:
    say(folder, {"2": True, "3": True, "4": False})
    assert '1. add "HK" to group 2: +3, 1 of 3 wrong and 2 right by your judgements' in output(
        folder, "Arrests", "--terms"
    )
    first = lines(folder, "Arrests", "--terms", "--json")[0]
    assert first == {
        "number": 1, "change": "term", "term": "HK", "rule": 0, "group": 1, "articles": 3, "right": 2, "wrong": 1,
    }  # fmt: skip
    later = lines(folder, "Arrests", "--terms", "--json", "--since", "2199-01-01")[0]
    assert later == first, "articles that were judged count however old they are"
    config = folder / "config.toml"
    before = config.read_text()
    shown = output(folder, "Arrests", "--apply", "1", stdin="y\n")
    assert "Arrests: 2 matches in 30 days before, 5 now (+3 −0)\n" in shown
    assert '+  ["Hong Kong", "Kowloon", "HK"],  # where' in shown
    assert config.read_text() == before.replace('"Kowloon"]', '"Kowloon", "HK"]')
    assert output(folder, "Arrests", "--keep", "--yes").count("+") > 2
    assert len(load(config, {}, is_draft=True).topics[0].must_match) == 2


def test_a_topic_of_an_included_file_is_changed_there(folder: Path) -> None:
    config, topics = folder / "config.toml", folder / "topics.toml"
    topics.write_text(TOPICS)
    config.write_text(f'include = ["topics.toml"]\n[[topics]]\nname = "First"\n[storage]\nfolder = "{folder}"\n')
    before = config.read_text()
    say(folder, {"2": True, "3": True, "4": False})
    output(folder, "Arrests", "--apply", "1", stdin="y\n")
    assert topics.read_text() == TOPICS.replace('"Kowloon"]', '"Kowloon", "HK"]')
    output(folder, "Arrests", "--keep", "--yes")
    assert len(load(config, {}, is_draft=True).topics[1].must_match) == 2
    assert config.read_text() == before


def test_what_loses_wrong_hits_is_applied_too(folder: Path) -> None:
    say(folder, {"2": False, "4": False})
    config = folder / "config.toml"
    config.write_text(config.read_text().replace('"Kowloon"]', '"Kowloon", "HK"]'))
    changes = lines(folder, "Arrests", "--terms", "--json")
    number = next((each["number"] for each in changes if each["change"] in ("none", "near")), None)
    assert number, changes
    shown = output(folder, "Arrests", "--apply", str(number), "--yes")
    assert "−2 wrong by your judgements" in shown
    assert "(+0 −2)" in " ".join(shown.split())


def test_mistakes_are_sentences(folder: Path) -> None:
    said = output(folder, "Arrests", "--terms")
    assert "Nothing to propose from 0 right and 0 wrong articles" in said
    assert max(map(len, said.split("\n"))) <= 80
    assert "There is nothing to judge" in output(folder, "Grain deal")
    assert "There is nothing to add." in output(folder, "Grain deal", "--keep")
    result = run(folder, "Arrests", "--apply", "7")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == "There is no change 7; --terms lists 0 changes."
    assert "use one of them" in str(run(folder, "Arrests", "--keep", "--terms").exception)
    assert "use one of them" in str(run(folder, "Arrests", "--keep", "--json").exception)


def test_a_config_that_cannot_be_written_is_left_alone_and_the_lines_are_printed(folder: Path) -> None:
    say(folder, {"4": False})
    config = folder / "config.toml"
    (folder / "other.toml").hardlink_to(config)
    before = config.read_bytes()
    result = run(folder, "Arrests", "--keep", "--yes")
    assert isinstance(result.exception, NotWritten)
    assert f"{config}:7: add below line 7:\nmust_not_match = [" in str(result.exception)
    assert config.read_bytes() == before
