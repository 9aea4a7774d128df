"""From the config to the mail, its page and the commands: how many publishers and agency texts a story has."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import SimulatedClock
from typer.testing import CliRunner

from monitor.cli import app
from monitor.config import load
from monitor.daemon.clock import SystemClock

WIRE = (
    "Guns fell silent on both banks of the Kesh at nightfall on Monday, hours after the two councils had signed a truce"
    " that lets ferries cross by day and asks each side to open its stores of flour to the other."
)
HEADLINES = ("Truce begins in Kesh valley", "Kesh truce takes hold", "Ferries to cross the Kesh as truce begins")
SAID = "3 outlets, 2 publishers, 1 AFP text"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Path:
    """Three feeds; the first two belong together."""
    publishers = ('publisher = "Tidings Group"', 'publisher = "tidings group"', "")
    feeds = "".join(
        f'[[feeds]]\nurl = "{origin.url(f"/{place}")}"\noutlet = "Outlet {place}"\n{publisher}\n'
        for place, publisher in enumerate(publishers)
    )
    topic = '[[topics]]\nname = "Kesh"\nany = ["Kesh"]\n'
    digest = '[[digests]]\nname = "Daily"\nto = ["you@reader.example"]\n'
    file = tmp_path / "config.toml"
    polling = f'[polling]\nallow_private = ["127.0.0.0/8"]\nallow_ports = [{origin.port}]\n'
    file.write_text(f'{feeds}{topic}{digest}{polling}[storage]\nfolder = "{tmp_path}"\n', "utf-8")
    return file


@pytest.fixture
def house(config: Path, origin: Origin, tmp_path: Path) -> Iterator[House]:
    """All three have been polled, and have brought the agency's text since, each under its own headline."""
    read = load(config, {})
    base = settings(tmp_path, [], origin.port)
    shaped = replace(base, feeds=read.feeds, topics=read.topics, lists={})
    for place in range(3):
        origin.serve(f"/{place}", reply(rss()))
    with lived_in(shaped, SimulatedClock(SystemClock().now() - timedelta(hours=5))) as lived:
        lived.poll()
        for place, title in enumerate(HEADLINES):
            text = f"NORTH BANK (AFP) – {WIRE}" if place == 2 else WIRE
            story = Story(id="1", title=title, text=text, link=f"https://paper-{place}.example/1")
            origin.serve(f"/{place}", reply(rss(story)))
        lived.clock.advance(timedelta(hours=1))
        lived.poll()
        yield lived


def stories(config: Path, *words: str) -> str:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["--config", str(config), "stories", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_mail_and_its_page_say_who_is_behind_a_story(house: House) -> None:
    draft = house.jobs.publisher.editor.draft(house.jobs.publisher.digests[0])
    text = " ".join(draft.rendered.text.split())
    for part in (text, draft.rendered.html, draft.page):
        assert SAID in part
        assert "3 articles from 3 outlets of 2 publishers" in part
    assert f"({SAID})" in text


def test_a_mail_of_headlines_alone_says_it_too(house: House) -> None:
    digest = replace(house.jobs.publisher.digests[0], full=0)
    rendered = house.jobs.publisher.editor.preview(digest).rendered
    for part in (" ".join(rendered.text.split()), rendered.html):
        assert f"· {SAID}" in part


def test_a_roll_up_says_it_of_its_biggest_stories(house: House) -> None:
    draft = house.jobs.publisher.editor.draft(replace(house.jobs.publisher.digests[0], kind="roll-up"))
    for part in (" ".join(draft.rendered.text.split()), draft.rendered.html, draft.page):
        assert f"{SAID}, on 1 day" in part
        assert "3 articles from 3 outlets of 2 publishers." in part


def test_the_commands_count_publishers_beside_outlets(house: House, config: Path) -> None:
    found: dict[str, Any] = json.loads(stories(config, "list", "--json"))
    (story,) = found["stories"]
    assert story["voices"] == {
        "outlets": 3,
        "publishers": 2,
        "shared": [{"agency": "AFP", "texts": 1, "outlets": 3, "is_all": True}],
    }
    assert f"3 articles, {SAID}, first seen" in stories(config, "show", str(story["id"]))
    header, row = stories(config, "list").splitlines()[:2]
    assert ("Publishers" in header, row.split()[3:6]) == (True, ["3", "3", "2"])
