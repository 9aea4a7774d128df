"""Searches find what stands on the page behind an article, and say so; what goes is found no longer."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from newspaper import TRUCE, Press, lorries, page, press
from origin import Origin
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli.search import facts_of
from monitor.config import load
from monitor.model.ids import ArticleId
from monitor.search import Indexed, best_first, parse
from monitor.store.search_file import index_file


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Press]:
    with Origin("127.0.0.1", "127.0.0.2") as origin, press(tmp_path, origin) as found:
        found.home.folder.joinpath("config.toml").write_text(
            f'[[feeds]]\nurl = "{origin.url("/wire")}"\noutlet = "The Post"\n'
            f'[[topics]]\nname = "{TRUCE.name}"\nall = [["Syria*"], ["truce", "ceasefire"]]\n'
            f'[storage]\nfolder = "{tmp_path}"\n'
            f'[polling]\nallow_private = ["127.0.0.0/8"]\nallow_ports = [{origin.port}]\n',
            "utf-8",
        )
        yield found


def said(wire: Press, *words: str) -> str:
    config = wire.home.folder / "config.toml"
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["--config", str(config), "search", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def found(wire: Press, *words: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(said(wire, *words, "--json"))["articles"]
    return listed


def index(wire: Press) -> None:
    while not wire.home.jobs.indexer.run():
        pass


def come(wire: Press) -> ArticleId:
    """An article that is indexed before its page is read."""
    story = lorries("a", link=wire.link("a"))
    wire.origin.serve("/a", page(story.title))
    wire.publish(story)
    index(wire)
    assert found(wire, "quartermaster") == []
    wire.home.read_pages()
    index(wire)
    return wire.page(story.title).article_id


def test_what_stands_on_the_page_is_found_and_marked(wire: Press) -> None:
    come(wire)
    (only,) = found(wire, "quartermaster")
    assert only["excerpt_marks"] == only["title_marks"] == []
    ((start, end),) = only["page_marks"]
    assert only["page_excerpt"][start:end] == "quartermaster"
    assert "on the page: " in said(wire, "quartermaster")
    assert found(wire, '"northern column"')[0]["page_marks"] != []
    (of_feed,) = found(wire, "drivers")
    assert (of_feed["page_excerpt"], of_feed["excerpt_marks"] != []) == ("", True)
    assert "on the page" not in said(wire, "drivers")
    assert found(wire, "Syria", "-quartermaster") == []
    assert found(wire, '"crossing a in Syria At crossing"') == [], "no phrase goes on from the headline to the page"
    facts = facts_of(
        load(wire.home.folder / "config.toml", {}, is_draft=True), wire.home.jobs.store, {"q": "quartermaster"}
    )
    assert len(facts["articles"][0]["page_marks"]) == 1


def test_a_text_that_goes_is_found_no_longer_and_leaves_nothing_in_the_index(wire: Press) -> None:
    article = come(wire)
    later = wire.home.clock.now() + timedelta(days=31)
    assert wire.home.jobs.store.pages.drop_texts(later, later, limit=5) == 1
    index(wire)
    assert found(wire, "quartermaster") == []
    assert [each["id"] for each in found(wire, "drivers")] == [article]
    wire.home.jobs.remover.run([article])
    index(wire)
    assert found(wire, "drivers") == []
    assert b"quartermaster" not in index_file(wire.home.folder / "news-monitor.db").read_bytes()


def test_a_word_on_the_page_says_less_than_one_in_the_text() -> None:
    def words(title: str = "x", text: str = "x", page: str = "") -> Indexed:
        return Indexed(title=title, text=text, extra="", page=page)

    shelf = {
        1: words(page="dock a dock"),
        2: words(text="dock a dock"),
        3: words(title="dock"),
        4: words(page="a dock b"),
    }
    by_id = {ArticleId(number): each for number, each in shelf.items()}
    assert best_first(by_id, parse("dock").wanted) == [3, 2, 1, 4]
