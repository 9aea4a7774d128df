"""`reload`: the running daemon reads its config again, and the command says what changed and what follows from it."""

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from daemons import CONFIG, PATIENCE_SECONDS, TRUCE, asked, daemon, eventually, log_of, said
from databases import lay_beside
from house import rss
from origin import Origin, reply

from monitor.config import load
from monitor.daemon import reload as daemon_reload
from monitor.daemon.build import looked_at
from monitor.daemon.clock import SystemClock
from monitor.daemon.reload import MOST_CHANGES, MOST_ITEMS_KEPT, for_log, refused, reloaded
from monitor.daemon.requests import Context, done
from monitor.errors import UsageError
from monitor.model.config_change import ConfigChange, KeyChange, What
from monitor.model.requests import ReloadRequest, RequestKind
from monitor.model.settings import FeedSettings
from monitor.store import open_store
from monitor.store.lock import ownership


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url=origin.url("/a"), port=origin.port))
    lay_beside(path)
    return path


def words(text: str) -> str:
    """Without the line breaks of a narrow terminal."""
    return " ".join(text.split())


@pytest.mark.whole
def test_the_daemon_reads_its_config_again_and_the_command_says_what_changed(config: Path, origin: Origin) -> None:
    good = config.read_text()
    with daemon(config) as process:
        eventually(said(config, '"polled"'))
        nothing = asked(config, "reload")
        assert (nothing.returncode, words(nothing.stdout)) == (
            0,
            f"The daemon has read {config} again: nothing has changed.",
        ), nothing.stderr

        more = good.replace('["Syria*", "truce"]', '["Syria*", ["truce", "ceasefire"]]')
        more = more.replace("[[digests]]", '[[topics]]\nname = "Truces"\nany = ["truce"]\n\n[[digests]]')
        config.write_text(more + f'\n[[feeds]]\nurl = "{origin.url("/b")}"\noutlet = "Other"\n')
        changed = asked(config, "reload")
        assert changed.returncode == 0, changed.stderr
        assert f"again: 3 changes. feed added: Other ({origin.url('/b')})" in words(changed.stdout)
        assert "topic changed: Syria ceasefire: group 2 +ceasefire" in changed.stdout
        assert "topic added: Truces: truce" in changed.stdout
        assert "Stored articles that the changed topics match:" in changed.stdout
        assert "Syria ceasefire: 1 match in 7 days before, 1 now" in changed.stdout
        assert "Truces: new: 1 match in the last 7 days" in changed.stdout
        logged = next(each for each in reversed(log_of(config)) if each["event"] == "config reloaded")
        assert isinstance(logged["changes"], list)
        assert "topic changed: Syria ceasefire: group 2 +ceasefire" in logged["changes"]

        eventually(said(config, "topic is new"))
        config.write_text(good)
        fewer = asked(config, "reload")
        assert "topic removed: Truces" in fewer.stdout
        assert "No longer looked for: Truces. Its 1 match of the last 30 days stay" in words(fewer.stdout)
        good = good.replace('at = "07:00"', 'at = "08:00"')
        config.write_text(good)
        process.send_signal(signal.SIGHUP)
        eventually(said(config, "digest changed: Daily: at +08:00"))

        config.write_text(good.replace("[[topics]]", "[[topisc]]"))
        bad = asked(config, "reload", "--json")
        answer = json.loads(bad.stdout)
        assert (bad.returncode, answer["is_reloaded"], answer["needs_restart"]) == (2, False, False)
        assert any("topisc" in problem["key"] for problem in answer["problems"])
        told = asked(config, "reload")
        assert (told.returncode, told.stdout) == (2, "")
        assert f"{config}:" in told.stderr
        assert told.stderr.splitlines()[-1].startswith("A running daemon keeps the config that it has. Correct")

        config.write_text(good + '\n[health]\nlisten = "127.0.0.1:9464"\n')
        other = asked(config, "reload")
        assert (other.returncode, "needs a restart" in other.stderr) == (2, True), other.stderr
        config.write_text(good)
        assert json.loads(asked(config, "reload", "--json").stdout)["changes"] == []
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.whole
def test_it_does_not_count_for_long(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.cli.reload.COUNT_SECONDS", 0)
    with daemon(config):
        eventually(said(config, '"polled"'))
        config.write_text(config.read_text().replace('"truce"]', '["truce", "ceasefire"]]'))
        found = asked(config, "reload")
    assert (found.returncode, "took longer than 0 s to count" in found.stderr) == (0, True)
    assert "group 2 +ceasefire" in found.stdout
    assert "Stored articles" not in found.stdout


def test_without_a_daemon_it_says_so_and_what_to_do(config: Path) -> None:
    found = asked(config, "reload")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith(f"No daemon runs on {config.parent / 'data'}, so there is nothing to reload:")


def test_without_a_daemon_mistakes_in_the_config_come_first(config: Path) -> None:
    config.write_text("[storage\n")
    found = asked(config, "reload")
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith(f"{config}:1: ")
    assert json.loads(asked(config, "reload", "--json").stdout)["problems"][0]["line"] == 1


def test_it_waits_so_long_and_withdraws_its_request(config: Path) -> None:
    settings = load(config, {})
    with ownership(settings.storage.folder, settings.storage.database_file):
        found = asked(config, "reload", "--wait", "1")
    assert (found.returncode, found.stderr) == (75, "The daemon has not answered for 1 s; check its log.\n")
    store = open_store(settings.storage.database_url)
    assert store.requests.open(RequestKind.RELOAD) == ()
    store.close()


def test_an_answer_is_bounded(config: Path) -> None:
    old = load(config, {})
    feeds = tuple(FeedSettings(url=f"https://f{number}.example/") for number in range(MOST_CHANGES + 5))
    outcome = reloaded(old, replace(old, feeds=(*old.feeds, *feeds)))
    assert (len(outcome["changes"]), outcome["more"]) == (MOST_CHANGES, 5)
    assert for_log(outcome)["more"] == MOST_CHANGES + 5 - 20
    terms = tuple(f"term{number}" for number in range(2 * MOST_ITEMS_KEPT))
    (change,) = reloaded(old, replace(old, lists={**old.lists, "own": terms}))["changes"]
    assert change["words"] == "list added: own"
    longer = replace(old, lists={**old.lists, "own": ("a",)})
    (change,) = reloaded(longer, replace(old, lists={**old.lists, "own": terms}))["changes"]
    assert len(change["keys"][0]["added"]) == MOST_ITEMS_KEPT
    assert change["words"].endswith(f"+{2 * MOST_ITEMS_KEPT - 12} more −a")


def test_the_keys_of_a_change_are_bounded() -> None:
    keys = tuple(KeyChange(key=f"rule {number}", before="a", after="b") for number in range(107))
    facts = daemon_reload._facts(ConfigChange(table="topic", name="Truce", what=What.CHANGED, keys=keys))
    assert (len(facts["keys"]), facts["more_keys"]) == (100, 7)
    assert facts["words"].endswith(f" and {107 - facts['words'].count('rule ')} more")


def test_a_fault_in_comparing_keeps_nobody_from_the_new_config(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(config, {})
    monkeypatch.setattr(daemon_reload, "differences", lambda *_: 1 / 0)
    outcome = reloaded(settings, settings)
    assert (outcome["is_reloaded"], outcome["changes"], outcome["more"]) == (True, [], None)
    assert for_log(outcome) == {"changes": []}
    assert refused(config, ZeroDivisionError())["reason"] == daemon_reload.NOT_OURS


def test_a_command_that_is_no_daemon_reloads_nothing(config: Path) -> None:

    with looked_at(load(config, {}), SystemClock()) as jobs, pytest.raises(UsageError, match="Only a running daemon"):
        done(Context(jobs=jobs), ReloadRequest())
