"""Killed with -9 at every seam of reading pages, then started again: no page twice a day, no article listed twice."""

import json
import mailbox
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from house import rss
from newspaper import lorries, page
from origin import Origin, reply, status

pytestmark = pytest.mark.whole

PROGRAM = Path(__file__).with_name("killed_pages.py")
ARTICLES = 2
HOST = "127.0.0.2"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1", HOST) as origin:
        origin.serve("/robots.txt", status(404))
        yield origin


def wire(origin: Origin, number: str) -> None:
    """The feed of one run: what was there before its first poll, and then its articles."""
    stories = [lorries(f"{key}{number}", link=origin.url(f"/{key}{number}", HOST)) for key in range(ARTICLES)]
    for each in stories:
        origin.serve(f"/{each.id}", page(each.title))
    old = replace(stories[0], id=f"old{number}", title="Weather", link="")
    origin.serve(f"/wire{number}", reply(rss(old)), reply(rss(old, *stories)))


@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.simulate)], ids=["some", "all"])
def test_no_page_is_asked_for_twice_a_day_and_no_article_is_listed_twice(
    tmp_path: Path, origin: Origin, every: int
) -> None:
    for number in ("all", *map(str, range(400))):
        wire(origin, number)
    run = subprocess.run(
        [sys.executable, PROGRAM, tmp_path, str(origin.port), str(every)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads((tmp_path / "results.json").read_text())
    assert found["seams"] > 20
    assert {(each["died"], each["lived"]) for each in found["deaths"]} == {(-9, 0)}, run.stderr
    asked = Counter(each.target for each in origin.requests if each.address == HOST)
    listed = 0
    for death in found["deaths"]:
        mails = mailbox.Maildir(Path(death["folder"]) / "maildir", create=False)
        texts = [mail.as_string() for mail in mails]
        for name in (f"{key}{death['number']}" for key in range(ARTICLES)):
            times = sum(f"crossing {name} " in text for text in texts)
            assert asked[f"/{name}"] <= 1, death
            assert times <= 1, death
            listed += times
    assert listed > len(found["deaths"]), "most of them are read and listed"
