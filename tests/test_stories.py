"""Stories over a small house: what the commands say of them, and a mute that outlives later articles."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import SimulatedClock
from typer.testing import CliRunner, Result

from monitor.cli import app, main
from monitor.config import load
from monitor.daemon.clock import SystemClock
from monitor.model.edition import Edition
from monitor.model.story import WordCounts

TOPICS = """
[[topics]]
name = "Kesh"
any = ["Kesh", "Orsa"]

[[topics]]
name = "Aid"
any = ["aid"]
"""
TRUCE = Story(
    id="1", title="Truce begins in Kesh valley", text="Guns fell silent at nightfall on both banks of the river."
)
AGAIN = Story(
    id="2", title="Guns silent in Kesh as truce begins", text="Both banks of the river were quiet at nightfall."
)
CONVOY = Story(id="3", title="Aid convoy bombed near Orsa", text="Nine lorries with flour burned on the road.")
LATER = Story(id="4", title="Truce in Kesh valley holds on second day", text="Both banks of the river stayed quiet.")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    feeds = '[[feeds]]\nurl = "https://post.example/feed"\n'
    digest = '[[digests]]\nname = "Daily"\nto = ["you@reader.example"]\n'
    file.write_text(f'{feeds}{TOPICS}{digest}[storage]\nfolder = "{tmp_path}"\n', "utf-8")
    return file


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


@pytest.fixture
def house(config: Path, origin: Origin, tmp_path: Path) -> Iterator[House]:
    """A house whose only feed has had a first poll long enough ago that what comes is news."""
    origin.serve("/feed", reply(rss()))
    base = settings(tmp_path, [origin.url("/feed")], origin.port)
    shaped = replace(base, topics=load(config, {}).topics, lists={})
    with lived_in(shaped, SimulatedClock(SystemClock().now() - timedelta(hours=5))) as lived:
        lived.poll()
        yield lived


def publish(house: House, origin: Origin, *stories: Story) -> str:
    """The text of the manual edition after these came."""
    origin.serve("/feed", reply(rss(*stories)))
    house.clock.advance(timedelta(hours=1))
    house.poll()
    digest = house.jobs.publisher.digests[0]
    text = house.jobs.publisher.editor.draft(digest).rendered.text
    house.jobs.publisher.publish(digest)
    return text


def run(config: Path, *words: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["--config", str(config), "stories", *words])


def told(config: Path, *words: str) -> Any:
    result = run(config, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_muted_story_is_counted_and_not_told_and_takes_in_later_articles(
    house: House, origin: Origin, config: Path
) -> None:
    before = publish(house, origin, TRUCE, AGAIN, CONVOY)
    assert "Truce begins" in before
    (convoy, truce) = told(config, "list")["stories"]
    assert [len(each["articles"]) for each in (convoy, truce)] == [1, 2]
    assert f"· story {truce['id']}\n" in before
    assert house.jobs.store.words.counts(["truce", "convoy"]) == WordCounts(articles=3, words={"truce": 2, "convoy": 1})

    assert told(config, "mute", str(truce["id"]))["muted_at"] is not None
    after = publish(house, origin, TRUCE, AGAIN, CONVOY, LATER)
    assert "Not reported, because muted (1)" in after
    assert after.index("because muted") < after.index(LATER.title)
    again = told(config, "show", str(truce["id"]))
    assert [member["title"] for member in again["articles"]] == [TRUCE.title, AGAIN.title, LATER.title]
    assert again["muted_at"] is not None

    assert told(config, "unmute", str(truce["id"]))["muted_at"] is None
    new = replace(
        LATER, id="5", title="Third quiet day of truce in Kesh valley", text="Ferrymen cross between both banks."
    )
    assert "Third quiet day" in publish(house, origin, TRUCE, AGAIN, CONVOY, LATER, new)
    assert "Truce in Kesh valley holds" not in publish(house, origin, new)


def test_what_was_listed_as_late_is_not_shown_again_with_a_story_that_is_news(house: House, origin: Origin) -> None:
    late = replace(TRUCE, at=house.clock.now() - timedelta(days=5))
    assert "Truce begins in Kesh" in publish(house, origin, late)
    origin.serve("/feed", reply(rss(late, AGAIN)))
    house.clock.advance(timedelta(hours=1))
    house.poll()
    edition = house.jobs.publisher.editor.draft(house.jobs.publisher.digests[0]).edition
    assert isinstance(edition, Edition)
    (section,) = edition.sections
    (story,) = section.stories
    assert (story.lead.title, story.also) == (AGAIN.title, ())


def test_a_story_that_no_edition_has_told_can_be_looked_at_and_muted(
    house: House, origin: Origin, config: Path
) -> None:
    origin.serve("/feed", reply(rss(TRUCE, AGAIN)))
    house.clock.advance(timedelta(hours=1))
    house.poll()
    (story,) = told(config, "list")["stories"]
    assert len(story["articles"]) == 2
    first = told(config, "mute", str(story["id"]))
    assert told(config, "mute", str(story["id"])) == first  # since the first time
    assert (
        "Not reported, because muted (1)"
        in house.jobs.publisher.editor.draft(house.jobs.publisher.digests[0]).rendered.text
    )


def test_people_read_what_is_in_a_story(house: House, origin: Origin, config: Path) -> None:
    publish(house, origin, TRUCE, AGAIN, CONVOY)
    (convoy, truce) = told(config, "list", "--topic", "Kesh")["stories"]
    run(config, "mute", str(truce["id"]))
    listed = run(config, "list").stdout
    assert f"{TRUCE.title} (muted)" in listed
    assert "Aid, Kesh" in listed
    shown = run(config, "show", str(truce["id"])).stdout
    assert shown.startswith(f"Story {truce['id']}: {TRUCE.title}\n2 articles, 1 outlet, first seen ")
    assert "Muted since " in shown
    assert f": {AGAIN.title}\n  article {truce['id'] + 1} (en), Kesh\n  https://post.example/2\n" in shown
    assert run(config, "unmute", str(truce["id"])).stdout == f"Story {truce['id']} is reported again: {TRUCE.title}\n"
    assert run(config, "mute", str(convoy["id"])).stdout == f"Story {convoy['id']} is muted: {CONVOY.title}\n"


def test_the_list_is_of_a_topic_and_a_time(house: House, origin: Origin, config: Path) -> None:
    publish(house, origin, TRUCE, CONVOY)
    assert [each["title"] for each in told(config, "list", "--topic", "Aid")["stories"]] == [CONVOY.title]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()  # noqa: TID251 (the command's clock is real)
    assert run(config, "list", "--since", tomorrow).stdout.startswith("No stories in that time.")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "99"), "There is no story 99; `stories list` lists them.\n"),
        (("mute", "99"), "There is no story 99; `stories list` lists them.\n"),
        (("unmute", "99"), "There is no story 99; `stories list` lists them.\n"),
        (("list", "--topic", "Keshh"), 'There is no topic "Keshh" in {config}. Did you mean "Kesh"?\n'),
    ],
)
def test_what_is_not_there_is_said(
    words: tuple[str, ...],
    message: str,
    house: House,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["news-monitor", "--config", str(config), "stories", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == message.format(config=config)
