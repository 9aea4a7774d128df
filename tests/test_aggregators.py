"""A feed that collects from many outlets, and whose settings do not say so, is pointed out."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli import settings as cli_settings
from monitor.config import Settings
from monitor.health.status import notices, status_of
from monitor.policy.aggregators import MANY, Carried, advice

HUB = "https://hub.example/search?q=truce"


def links(*hosts: str) -> list[Carried]:
    return [Carried(f"https://{host}/{number}" if host else "", "") for number, host in enumerate(hosts)]


def named(*names: str) -> list[Carried]:
    return [Carried(f"https://hub.example/read/{number}", name) for number, name in enumerate(names)]


PAPERS = [f"p{number}.example" for number in range(MANY)]
NAMES = [f"Paper {number}" for number in range(MANY)]


@pytest.mark.parametrize(
    ("latest", "says"),
    [
        (links(*PAPERS), "its latest 5 articles link to 5 other domains (p0.example, p1.example, p2.example …)"),
        (links(*PAPERS * 3, *["hub.example"] * 15), "link to 5 other domains"),
        (links(*(f"www.{each}" for each in PAPERS), "news.p0.example"), "link to 5 other domains"),
        (named(*NAMES), "its latest 5 articles name 5 outlets as their source (Paper 0, Paper 1, Paper 2 …)"),
        (named(*NAMES, *[""] * MANY), "name 5 outlets"),
        (named(*NAMES, "A\u202e name\nof two lines"), "name 6 outlets"),
        ([], ""),
        (links(*PAPERS[1:]), ""),
        (links(*["hub.example"] * 30), ""),
        (links(*["cdn.example"] * 30), ""),  # a paper whose links lead to a service
        (links(*["hub.example"] * 6, *PAPERS), ""),  # guests
        (links(*["paper.example"] * 20, *PAPERS), ""),  # a paper whose feed is at a service
        (links(*(f"s{number}.hub.example" for number in range(9))), ""),  # one domain
        (links(*(f"s{number}.cdn.example" for number in range(9))), ""),
        (links(*[""] * 9, *PAPERS), ""),
        (named(*[""] * 30), ""),
        (named(*["Coast Wire", "Hill Agency", "Coast WIRE", "Sea Press"] * 7), ""),  # a paper with agencies
        (named(*[""] * 6, *NAMES), ""),
    ],
)
def test_many_outlets_are_seen_by_domains_or_by_names(latest: list[Carried], says: str) -> None:
    said = advice(HUB, latest)
    assert bool(said) == bool(says)
    assert says in said
    assert said == "" or said.endswith(": set aggregator = true for it if it collects from many outlets.")
    assert "\n" not in said


def by_links(fetch: int) -> bytes:
    return rss(*(Story(id=f"{n}", title=f"Piece {n}", link=f"https://{each}/{n}") for n, each in enumerate(PAPERS)))


def by_names(fetch: int) -> bytes:
    """Links and guids are others at every fetch."""
    items = ((f"{n}-{fetch}", n, name) for n, name in enumerate(NAMES))
    return rss(*(Story(id=id_, title=f"Piece {n}", source=name.replace(" ", "")) for id_, n, name in items))


def of_one_paper(fetch: int) -> bytes:
    return rss(*(Story(id=f"{n}", title=f"Piece {n}", link=f"https://cdn.example/{n}") for n in range(9)))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


@contextmanager
def lived(tmp_path: Path, origin: Origin, make: Callable[[int], bytes]) -> Iterator[tuple[Settings, House]]:
    origin.serve("/feed", *(reply(make(fetch)) for fetch in range(2)))
    config = settings(tmp_path, [origin.url("/feed")], origin.port)
    with lived_in(config) as home:
        home.poll()
        home.poll()
        yield config, home


@pytest.mark.parametrize(
    ("make", "says"),
    [(by_links, "link to 5 other domains"), (by_names, "outlets as their source"), (of_one_paper, "")],
)
def test_status_and_feeds_say_it(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch, make: Callable[[int], bytes], says: str
) -> None:
    def run(*words: str) -> str:
        return " ".join(CliRunner().invoke(app, ["feeds", *words], catch_exceptions=False).output.split())

    with lived(tmp_path, origin, make) as (config, home):
        store, now = home.jobs.store, home.clock.now()
        assert [says in each for each in notices(status_of(config, store, now))] == [True] * bool(says)
        monkeypatch.setattr(cli_settings, "outline_of", lambda _context, config=config: config)
        (feed,) = json.loads(run("list", "--json"))
        for shown in (feed["says"], json.loads(run("show", "The Post", "--json"))["says"], run("show", "The Post")):
            assert ("set aggregator = true" in shown, says in shown) == (bool(says), True)
        assert ("aggregator" in run("list")) == bool(says)

        marked = replace(config, feeds=(replace(config.feeds[0], aggregator=True),))
        assert notices(status_of(marked, store, now)) == ()
        monkeypatch.setattr(cli_settings, "outline_of", lambda _context, config=marked: config)
        assert "aggregator" not in run("list")
