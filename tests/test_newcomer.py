"""A newcomer's first hour: an empty home folder, two topics in words, no list of feeds, and a digest with real matches.

In a terminal, and in a pipe with `--json`. The web is on loopback (`newcomer_program`); the one thing that no newcomer
does is to allow that.
"""

import json
import mailbox
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from house import Story, rss
from origin import Origin, reply, status
from terminal import Terminal

from monitor.catalogue.sources import Source, as_table
from monitor.daemon.clock import SystemClock

MOST_COMMANDS = 10
PROGRAM = Path(__file__).with_name("newcomer_program.py")
NOW = SystemClock().now()


def ago(hours: int) -> datetime:
    return NOW - timedelta(hours=hours)


PAGES = {
    "/levant.xml": [
        Story(id="l1", title="Truce in Syria enters its third day", text="Aid lorries wait near Aleppo.", at=ago(3)),
        Story(id="l2", title="Olive harvest begins early", at=ago(4)),
    ],
    "/world.xml": [
        Story(id="w1", title="Shelling around Aleppo puts the cease-fire to the test", at=ago(2)),
        Story(id="w2", title="Haiti reports two hundred new cholera cases", at=ago(5)),
        Story(id="w3", title="Chess federation elects a president", at=ago(6)),
    ],
    "/caribbean.xml": [
        Story(id="c1", title="Cholera spreads along the river in northern Haiti", at=ago(1)),
        Story(id="c2", title="Carnival in Jacmel", at=ago(1)),
    ],
    "/search": [Story(id="s1", title="Clinics in Haiti run out of cholera kits", at=ago(7), source="island.example")],
}
MATCHING = {
    "Syria ceasefire": {
        "Truce in Syria enters its third day",
        "Shelling around Aleppo puts the cease-fire to the test",
    },
    "Cholera in Haiti": {
        "Haiti reports two hundred new cholera cases",
        "Cholera spreads along the river in northern Haiti",
    },
}


class Newcomer:
    """An empty home folder, a web on loopback, and the program at hand; the commands are counted."""

    def __init__(self, folder: Path, origin: Origin) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.origin = origin
        self._count = 0
        self._catalogue = folder / "feeds.tsv"
        rows = [("/levant.xml", "The Levant Ledger", "SY"), ("/caribbean.xml", "Caribbean Wire", "HT")]
        found = [self._source(path, outlet, country) for path, outlet, country in rows]
        found.append(self._source("/world.xml", "World Desk", "", covers="World"))
        self._catalogue.write_text(as_table(found), encoding="utf-8")
        self.environment = {
            "HOME": str(self.home),
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "TZ": "Europe/Lisbon",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }

    def _source(self, path: str, outlet: str, country: str, covers: str = "") -> Source:
        return Source(
            url=self.origin.url(path),
            outlet=outlet,
            country=country,
            about="",
            covers=covers,
            language="en",
            kind="private",
            listed="test",
        )

    def command(self, *words: str) -> list[str]:
        self._count += 1
        assert self._count <= MOST_COMMANDS
        origin = self.origin.url("").rstrip("/")
        return [sys.executable, str(PROGRAM), str(self._catalogue), origin, *words]

    def at_a_terminal(self, *words: str) -> Terminal:
        return Terminal(self.command(*words), self.home, self.environment)

    def in_a_pipe(self, *words: str) -> Any:
        """What the command prints, as JSON."""
        done = subprocess.run(
            [*self.command(*words), "--json"],
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def allow_loopback(self) -> None:
        with (self.home / "config.toml").open("a") as config:
            port = self.origin.port
            config.write(f'\n[polling]\nhost_gap = "0s"\nallow_private = ["127.0.0.1"]\nallow_ports = [{port}]\n')

    def digest(self, folder: str) -> str:
        """The text of the one mail in the Maildir."""
        (mail,) = mailbox.Maildir(self.home / folder, factory=None, create=False)
        part = BytesParser(policy=policy.default).parsebytes(mail.as_bytes()).get_body(("plain",))
        assert part is not None
        return " ".join(part.get_content().split())


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    with Origin("127.0.0.1") as origin:
        for path, stories in PAGES.items():
            origin.serve(path, reply(rss(*stories)))
        yield Newcomer(tmp_path, origin)


def assert_delivered(newcomer: Newcomer, folder: str) -> None:
    text = newcomer.digest(folder)
    for topic, titles in MATCHING.items():
        assert topic.upper() in text
        for title in titles:
            assert title in text, title
    assert "Chess" not in text
    assert "Olive" not in text


@pytest.mark.whole
def test_two_topics_in_words_become_a_delivered_digest_in_a_terminal(newcomer: Newcomer) -> None:
    with newcomer.at_a_terminal("init") as person:  # 1
        person.until("Topics:")
        person.type("Syria ceasefire, Cholera in Haiti\n")
        person.until("Address or folder")
        person.type("~/Mail/news\n")
        person.until("Time")
        person.type("\n")
        person.until("news-monitor topics sources 'Syria ceasefire'")
        assert person.end() == 0
    newcomer.allow_loopback()
    with newcomer.at_a_terminal("topics", "sources", "Syria ceasefire", "--try") as person:  # 2
        shown = " ".join(person.until("--add 1,2").split())
        assert "The Levant Ledger" in shown
        assert "2 items now, 1 would match matches Truce in Syria enters its third day newest Truce" in shown
        assert person.end() == 0
    with newcomer.at_a_terminal("topics", "sources", "Syria ceasefire", "--add", "1,2") as person:  # 3
        person.until("Write this to the config?")
        person.type("y\n")
        person.until("Wrote")
        assert person.end() == 0
    with newcomer.at_a_terminal(
        "topics", "sources", "Cholera in Haiti", "--try", "--add", "all", "--yes"
    ) as person:  # 4
        person.until("Wrote")
        assert person.end() == 0
    with newcomer.at_a_terminal("check") as person:  # 5
        person.until("2 topics, 1 digest: all right")
        assert person.end() == 0
    with newcomer.at_a_terminal("poll") as person:  # 6
        person.until("Caribbean Wire")
        assert person.end() == 0
    with newcomer.at_a_terminal("digest", "preview") as person:  # 7
        person.until("SYRIA CEASEFIRE")
        assert person.end() == 0
    with newcomer.at_a_terminal("digest", "send") as person:  # 8
        person.until("sent")
        assert person.end() == 0
    assert_delivered(newcomer, "Mail/news")
    assert "Clinics in Haiti run out of cholera kits" in newcomer.digest("Mail/news")


@pytest.mark.whole
def test_the_same_in_a_pipe(newcomer: Newcomer) -> None:
    topics = ("--topic", "Syria ceasefire", "--topic", "Cholera in Haiti")
    made = newcomer.in_a_pipe("init", *topics, "--maildir", "mail")
    assert made["timezone"] == "Europe/Lisbon"
    newcomer.allow_loopback()
    for name in MATCHING:
        found = newcomer.in_a_pipe("topics", "sources", name, "--try")["sources"]
        chosen = [str(each["number"]) for each in found if each["tried"]["matching"] and not each["aggregator"]]
        newcomer.in_a_pipe("topics", "sources", name, "--add", ",".join(chosen), "--yes")
    assert newcomer.in_a_pipe("check")["ok"]
    reports = newcomer.in_a_pipe("poll")["reports"]
    assert sum(report["counts"]["new"] for report in reports) == 7
    sent = newcomer.in_a_pipe("digest", "send")
    assert [each["state"] for each in sent["deliveries"]] == ["sent"]
    assert_delivered(newcomer, "mail")


@pytest.mark.whole
def test_a_feed_that_does_not_answer_with_one_is_named_and_not_among_all(newcomer: Newcomer) -> None:
    newcomer.in_a_pipe("init", "--topic", "Cholera in Haiti", "--maildir", "mail")
    newcomer.allow_loopback()
    newcomer.origin.serve("/caribbean.xml", reply(b"<html><title>Moved</title><body>Gone fishing</body></html>"))
    newcomer.origin.serve("/levant.xml", status(503))
    found = newcomer.in_a_pipe("topics", "sources", "Cholera in Haiti", "--try")["sources"]
    problems = {each["outlet"]: each["tried"]["problem"] for each in found}
    assert "HTML" in problems["Caribbean Wire"]
    assert problems["World Desk"] == ""
    added = newcomer.in_a_pipe("topics", "sources", "Cholera in Haiti", "--try", "--add", "all")["added"]
    assert [url.rpartition("/")[2].partition("?")[0] for url in added] == ["world.xml", "search"]
