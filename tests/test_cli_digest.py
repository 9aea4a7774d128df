"""`digest …`: previews that are what will be sent, and editions as they were."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from house import House, Story, lived_in, rss, with_parts
from origin import Origin, reply
from simulated import NOON, SimulatedClock
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.config import load
from monitor.errors import UsageError
from monitor.jobs.editor import Draft
from monitor.model.edition import Edition
from monitor.model.ids import EditionId

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CONFIG = """
[[feeds]]
url = "{url}"

[[topics]]
name = "Syria ceasefire"
all = ["Syria*", "truce"]

[[digests]]
name = "Daily"
to = ["you@reader.example", "desk@reader.example"]
at = "07:00"
timezone = "Europe/Berlin"

[storage]
folder = "data"
archive_url = "https://news.home.example/archive/"

[polling]
host_gap = "0s"
allow_private = ["127.0.0.1"]
allow_ports = [{port}]
"""
TRUCE = Story(id="truce", title="Syria truce holds", text="Quiet in Aleppo.", at=NOON + HOUR)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss()), reply(rss(TRUCE)))
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url=origin.url("/a"), port=origin.port))
    return path


@pytest.fixture
def home(config: Path) -> Iterator[House]:
    """At 05:30 UTC, half an hour before the first edition at 07:00 in Berlin."""
    with lived_in(load(config, {}), SimulatedClock(NOON)) as house:
        house.tick()
        house.live(17 * HOUR + HOUR / 2)
        yield house


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(config), *words], catch_exceptions=True)


def rows(home: House) -> str:
    """A hash of everything the database holds."""
    with sqlite3.connect(home.folder / "news-monitor.db") as connection:
        content = "\n".join(connection.iterdump())
    connection.close()
    return hashlib.sha256(content.encode()).hexdigest()


def preview(home: House, **at: object) -> Draft:
    return home.jobs.publisher.editor.preview(home.jobs.publisher.digests[0], **at)  # type: ignore[arg-type]


def test_a_preview_is_what_will_be_sent_byte_for_byte_and_marks_nothing(home: House) -> None:
    before = rows(home)
    letters = {letter.recipient: home.jobs.publisher.channel.compose(letter) for letter in preview(home).letters}
    assert rows(home) == before
    home.live(HOUR)
    sent = home.jobs.store.deliveries.of_edition(EditionId(1))
    assert {each.recipient: each.body for each in sent} == letters
    assert all(b"Syria truce holds" in body for body in letters.values())


@pytest.mark.parametrize(
    ("hours", "kind", "slot"),
    [
        (0.25, "manual", "2026-03-02T05:45:00Z"),
        (0.5, "scheduled", "2026-03-02"),
        (3, "scheduled", "2026-03-02"),
        (24.5, "scheduled", "2026-03-03"),
    ],
)
def test_a_preview_may_be_of_another_time(home: House, hours: float, kind: str, slot: str) -> None:
    at = home.clock.now() + hours * HOUR
    edition = preview(home, at=at).edition
    assert isinstance(edition, Edition)
    assert (edition.kind, edition.slot, edition.made_at) == (kind, slot, at)
    assert edition.is_late is (hours == 3)


def test_the_next_preview_after_an_edition_is_tomorrows(home: House) -> None:
    home.live(HOUR)
    assert preview(home).edition.slot == "2026-03-03"


def test_a_time_is_the_digests_and_a_word_is_none(home: House, config: Path) -> None:
    shown = run(config, "digest", "preview", "--at", "2026-03-05 07:00")
    assert "Thursday 5 March 2026, 07:00 Europe/Berlin" in shown.stdout
    assert isinstance(run(config, "digest", "preview", "--at", "soon").exception, UsageError)
    assert home.mails() == []


def test_published_editions_are_listed_newest_first(home: House, config: Path) -> None:
    assert "No edition has been published yet" in run(config, "digest", "list").stdout
    home.live(DAY + HOUR)
    listed = run(config, "digest", "list").stdout
    assert listed.index("Daily/2026-03-03") < listed.index("Daily/2026-03-02")
    (newest,) = json.loads(run(config, "digest", "list", "Daily", "--limit", "1", "--json").stdout)["editions"]
    assert newest | {"subject": ""} == {
        "id": 2,
        "digest": "Daily",
        "kind": "scheduled",
        "slot": "2026-03-03",
        "made_at": "2026-03-03T06:00:00+00:00",
        "subject": "",
        "matches": 0,
        "deliveries": {"sent": 2},
        "page": "https://news.home.example/archive/Daily/2026-03-03.html",
    }
    assert json.loads(run(config, "digest", "list", "Other", "--json").stdout) == {"editions": []}


@pytest.mark.parametrize("name", ["1", "Daily/2026-03-02", "2026-03-02"])
def test_an_edition_is_shown_as_it_was(home: House, config: Path, tmp_path: Path, name: str) -> None:
    home.live(HOUR)
    assert "Syria truce holds" in run(config, "digest", "show", name).stdout
    page = run(config, "digest", "show", name, "--format", "html").stdout
    archived = (home.folder / "archive" / "Daily" / "2026-03-02.html").read_text("utf-8")
    assert re.sub("<!-- neighbours .* -->", "", page) == re.sub("(?s)<nav.*?</nav>", "", archived)
    out = tmp_path / "it.eml"
    assert run(config, "digest", "show", name, "--format", "eml", "-o", str(out)).exit_code == 0
    assert out.read_bytes() == home.jobs.store.deliveries.of_edition(EditionId(1))[0].body
    facts = json.loads(run(config, "digest", "show", name, "--json").stdout)
    assert [each["recipient"] for each in facts["messages"]] == ["you@reader.example", "desk@reader.example"]


def test_of_several_editions_a_day_one_is_named_by_its_time_or_by_its_date_alone(home: House, config: Path) -> None:
    twice = replace(home.jobs.publisher.digests[0], at=(time(7), time(18)))
    both = replace(home, jobs=with_parts(home.jobs, digests=(twice,)))
    both.live(2 * HOUR)
    (first,) = json.loads(run(config, "digest", "list", "--json").stdout)["editions"]
    for name in (first["slot"], first["slot"][:10], f"Daily/{first['slot'][:10]}"):
        assert json.loads(run(config, "digest", "show", name, "--json").stdout)["id"] == first["id"]
    both.live(timedelta(days=2))
    error = run(config, "digest", "show", "2026-03-03").exception
    assert isinstance(error, UsageError)
    assert "(Daily/2026-03-03T07:00)" in str(error)
    assert "(Daily/2026-03-03T18:00)" in str(error)
    shown = json.loads(run(config, "digest", "show", "Daily/2026-03-03T18:00", "--json").stdout)
    assert shown["page"].endswith("/Daily/2026-03-03T1800.html")


def test_an_edition_that_is_not_there_is_a_usage_error(home: House, config: Path) -> None:
    error = run(config, "digest", "show", "7").exception
    assert isinstance(error, UsageError)
    assert "there is none yet" in str(error)
    home.live(HOUR)
    assert "the newest is 1 (Daily/2026-03-02)" in str(run(config, "digest", "show", "7").exception)


def test_an_edition_that_was_mailed_to_nobody_has_its_page(config: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss()))
    config.write_text(config.read_text().replace('at = "07:00"', 'at = "07:00"\nwhen_empty = "skip"'))
    with lived_in(load(config, {}), SimulatedClock(NOON + 2 * DAY)) as home:
        home.live(DAY)
        assert "to nobody" in run(config, "digest", "list").stdout
        assert "--format html" in str(run(config, "digest", "show", "1").exception)
        assert "<!doctype html>" in run(config, "digest", "show", "1", "--format", "html").stdout


def test_an_edition_is_sent_again_and_to_somebody_new(home: House, config: Path) -> None:
    home.live(HOUR)
    done = run(config, "digest", "resend", "1", "--to", "you@reader.example", "--to", "new@reader.example", "--json")
    assert done.exit_code == 0, done.output
    first, second, again, new = home.jobs.store.deliveries.of_edition(EditionId(1))
    assert [each["id"] for each in json.loads(done.stdout)["deliveries"]] == [again.id, new.id]
    assert (again.recipient, again.repairs, again.state) == ("you@reader.example", first.id, "sent")
    assert (new.recipient, new.repairs) == ("new@reader.example", first.id)
    assert len({each.message_id for each in (first, second, again, new)}) == 4
    parts = [message_from_bytes(each.body, policy=policy.default) for each in (first, again, new)]
    for subtype in ("plain", "html"):
        assert len({part.get_body((subtype,)).get_content() for part in parts}) == 1  # type: ignore[union-attr]
    assert len({str(part["Subject"]) for part in parts}) == 1
    assert isinstance(run(config, "digest", "resend", "1", "--to", "nobody").exception, UsageError)


def test_an_edition_is_sent_again_to_a_name_that_stands_for_an_address(home: House, config: Path) -> None:
    home.live(HOUR)
    config.write_text(config.read_text() + '\n[recipients.ann]\naddress = "ann@reader.example"\n')
    done = run(config, "digest", "resend", "1", "--to", "ann", "--json")
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)["deliveries"]
    assert (told["recipient"], told["state"]) == ("ann@reader.example", "sent")
