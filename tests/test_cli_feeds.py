"""`feeds list` and `feeds show`, as a person and as a script sees them."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import Story, lived_in, rss, settings
from origin import Origin, conditional, reply, status
from simulated import NOON
from typer.testing import CliRunner, Result

from monitor.cli import app, output
from monitor.cli import settings as cli_settings
from monitor.config import Settings
from monitor.store import open_store

HUSH = "hush-4711"
STORIES = [Story(id=str(number), title=f"Story {number}", at=NOON) for number in range(3)]


@pytest.fixture
def lived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Two feeds that were polled for half a day, one of them bad, and a config that leads there."""
    with Origin() as origin:
        origin.serve("/good", conditional(rss(*STORIES), b'"v1"'))
        origin.serve(f"/bad?token={HUSH}", status(404), reply(b"<html><title>Log in</title></html>"))
        config = settings(tmp_path, [origin.url("/good"), origin.url(f"/bad?token={HUSH}")], origin.port)
        config = replace(config, feeds=(config.feeds[0], replace(config.feeds[1], outlet="Bad [News]")))
        with lived_in(config) as home:
            for _ in range(8):
                home.clock.advance(timedelta(hours=1))
                home.refresh()
        monkeypatch.setattr(cli_settings, "draft_of", lambda _context: config)
        monkeypatch.setattr(cli_settings, "outline_of", lambda _context: config)
        yield config


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["feeds", *arguments], env={"COLUMNS": "80"}, catch_exceptions=False)


def test_before_the_first_poll_a_list_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings(tmp_path, ["https://post.example/feed"], 443)
    monkeypatch.setattr(cli_settings, "draft_of", lambda _context: config)
    monkeypatch.setattr(cli_settings, "outline_of", lambda _context: config)
    assert run("list").output == "No feed has been polled yet. Poll them now: news-monitor poll\n"


def test_a_person_sees_how_each_feed_fares_in_80_columns(lived: Settings) -> None:
    shown = run("list").output
    assert "Bad [News]" in shown
    assert "failing since 2026-03-01" in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= 80
    assert HUSH not in shown


def test_a_feed_that_its_owner_has_paused_is_not_said_to_be_polled(
    lived: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused = replace(lived, feeds=(replace(lived.feeds[0], enabled=False), *lived.feeds[1:]))
    monkeypatch.setattr(cli_settings, "outline_of", lambda _context: paused)
    assert "paused by you" in run("list").output
    facts = json.loads(run("show", lived.feeds[0].url, "--json").output)
    assert (facts["state"], facts["next_poll"]) == ("disabled", None)
    with closing(open_store(lived.storage.database_url, is_owner=True)) as store:
        # as the daemon does when it has read the config again
        store.feeds.sync([each for each in paused.feeds if each.enabled], NOON)
        assert [each.outlet for each in store.feeds.standings(NOON)] == ["Bad [News]"]
    assert "paused by you" in run("list").output
    assert [each["state"] for each in json.loads(run("list", "--json").output)] == ["disabled", "new"]
    assert json.loads(run("show", lived.feeds[0].url, "--json").output)["state"] == "disabled"


def test_who_removes_a_feed_is_told_what_stays_of_it(
    lived: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "edited.toml"
    tables = "".join(f'[[feeds]]\nurl = "{each.url}"\n' for each in lived.feeds)
    port = lived.feeds[0].url.split(":")[2].partition("/")[0]
    file.write_text(f'{tables}[polling]\nallow_private = ["127.0.0.1"]\nallow_ports = [{port}]\n')
    monkeypatch.setattr(cli_settings, "draft_of", lambda _context: replace(lived, path=file))
    bad, good = (run("remove", each.url, "--yes") for each in reversed(lived.feeds))
    assert "No article of it is stored." in bad.output
    assert HUSH not in bad.output
    assert "Its 3 stored articles stay: digests and `search`" in good.output
    assert "[[feeds]]" not in file.read_text()


def test_a_feed_is_removed_although_its_store_cannot_be_read(
    lived: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "edited.toml"
    file.write_text('[[feeds]]\nurl = "https://post.example/feed"\n')
    feed = replace(lived.feeds[0], url="https://post.example/feed")
    monkeypatch.setattr(cli_settings, "draft_of", lambda _context: replace(lived, path=file, feeds=(feed,)))
    lived.storage.database_file.write_bytes(b"no database" * 1_000)
    assert "How many is not known" in run("remove", feed.url).output.replace("\n", " ")
    facts = json.loads(run("remove", feed.url, "--json").output)
    assert (facts["state"], facts["stored_articles"]) == ("removed", None)
    assert file.read_text() == ""


def test_a_script_gets_all_of_it_as_json(lived: Settings) -> None:
    good, bad = json.loads(run("list", "--json").output)
    assert bad["state"] == "failing"
    assert (good["name"], good["new_in_7_days"]) == ("The Post", 0)
    assert bad["url"].endswith("token=***")
    assert bad["last_success"] is None


def test_the_ledger_of_a_feed_adds_up(lived: Settings) -> None:
    shown = json.loads(run("show", "The Post", "--json").output)
    polls = shown["polls"]
    assert [each["status"] for each in polls] == ["not modified"] * (len(polls) - 1) + ["ok"]
    for each in polls:
        assert each["fetched"] == each["new"] + each["known"] + each["duplicate"] + each["refused"]
    assert (polls[-1]["fetched"], polls[-1]["new"], polls[-1]["left_out"]) == (3, 3, 0)
    assert (shown["etag"], shown["last_modified"]) == ("yes", "no")
    assert shown["languages"] == "identified in 0 of 3 stored articles that name none"
    assert json.loads(run("show", "Bad [News]", "--json").output)["languages"] == ""
    assert len(json.loads(run("show", "The Post", "--limit", "2", "--json").output)["polls"]) == 2


def test_a_person_sees_the_ledger_in_80_columns(lived: Settings) -> None:
    shown = run("show", "Bad [News]").output
    assert "Log in" in " ".join(shown.split())
    assert "etag: no" in shown
    table = shown[shown.index("Polled (UTC)") :]
    assert max(map(len, table.splitlines())) <= 80
    assert HUSH not in shown


def test_a_feed_is_found_by_its_url_with_the_secret_and_unknown_ones_are_refused(lived: Settings) -> None:
    assert json.loads(run("show", lived.feeds[1].url, "--json").output)["name"] == "Bad [News]"
    with pytest.raises(Exception, match=r"token=\*\*\*"):
        run("show", f"https://other.example/?token={HUSH}")


def test_times_are_said_as_people_say_them() -> None:
    assert output.span(timedelta(minutes=99)) == "99 min"
    assert output.span(timedelta(hours=30)) == "30 h"
    assert output.span(timedelta(days=3)) == "3 d"
