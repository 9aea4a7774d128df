"""The daemon as a process of its own: signals, a second instance, commands beside it, kill -9."""

import asyncio
import itertools
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from daemons import CONFIG, PATIENCE_SECONDS, TRUCE, asked, command, daemon, done, eventually, log_of, said
from databases import lay_beside
from house import Story, rss, store_with, with_parts
from manager import fake_manager
from origin import Origin, Pause, head, raw, reply
from simulated import NOON, SimulatedClock
from smtp_server import free_port, mail_server

from monitor.config import load
from monitor.daemon.build import opened
from monitor.daemon.service import Service
from monitor.daemon.ticker import Every, interval_of, scheduler_of
from monitor.errors import StoreError
from monitor.model.requests import Outcome, PollRequest, SendRequest, StoredRequest
from monitor.store.requests import RequestStore

pytestmark = pytest.mark.whole


class SlowMailServer:
    """Takes its time over each message; `accepted` has the recipients, a repeat included."""

    def __init__(self, seconds: float) -> None:
        self.accepted: list[str] = []
        self.port = free_port()
        self._seconds = seconds
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self._seconds)
        self.accepted += envelope.rcpt_tos
        return "250 taken"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss()), reply(rss(TRUCE)))  # the baseline is empty, so that the item is news
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url=origin.url("/a"), port=origin.port))
    lay_beside(path)
    return path


def test_the_daemon_polls_logs_json_and_ends_cleanly(config: Path) -> None:
    with daemon(config) as process:
        eventually(said(config, '"polled"'))
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    events = [event for event in log_of(config) if event["event"] != "backed up"]  # in a thread of its own, at any time
    assert [event["event"] for event in events] == ["started", "polled", "stopping", "stopped"]
    assert (events[1]["status"], events[1]["new"]) == ("ok", 0)
    assert not list(config.parent.glob("data/*.db-wal"))


def test_ctrl_c_ends_it_as_well(config: Path) -> None:
    with daemon(config) as process:
        eventually(said(config, '"polled"'))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_a_second_daemon_is_refused_and_names_the_first(config: Path) -> None:
    with daemon(config) as process:
        eventually(said(config, '"started"'))
        second = done(config, "run")
        assert second.returncode == 4
        assert f"process {process.pid}" in second.stderr


def test_commands_beside_the_daemon_hand_it_their_wish(config: Path, origin: Origin) -> None:
    with daemon(config):
        eventually(said(config, '"polled"'))
        polled = done(config, "poll", "--json")
        assert polled.returncode == 0, polled.stderr
        (report,) = json.loads(polled.stdout)["reports"]
        assert (report["status"], report["counts"]["new"], report["matches"]) == ("ok", 1, 1)
        sent = done(config, "digest", "send")
        assert (sent.returncode, sent.stdout.startswith("you@reader.example: sent")) == (0, True), sent.stderr
        (mail,) = config.parent.glob("data/maildir/new/*")
        assert TRUCE.title.encode() in mail.read_bytes()
        again = done(config, "digest", "resend", "1", "--to", "desk@reader.example")
        assert (again.returncode, again.stdout.startswith("desk@reader.example: sent")) == (0, True), again.stderr
        letters = [TRUCE.title.encode() in each.read_bytes() for each in config.parent.glob("data/maildir/new/*")]
        assert letters == [True, True]
        preview = done(config, "digest", "preview")
        assert preview.returncode == 0
        assert TRUCE.title not in preview.stdout
        learned = done(config, "topics", "learn")
        assert (learned.returncode, learned.stdout) == (0, "Learned from 0 past days.\n"), learned.stderr
        eventually(lambda: TRUCE.title in done(config, "search", "truce").stdout)
        rebuilt = done(config, "search", "--rebuild")
        assert (rebuilt.returncode, rebuilt.stdout.startswith("The daemon builds")) == (0, True), rebuilt.stderr
        eventually(lambda: TRUCE.title in done(config, "search", "truce").stdout)
        gone = done(config, "articles", "forget", "1", "--yes", "--json")
        assert json.loads(gone.stdout)["done"]["removed"] == 1, gone.stderr
        assert done(config, "search", "truce").stdout == "No stored article was found.\n"
        refused = done(config, "deliveries", "retry", "999")
        assert (refused.returncode, "no delivery 999" in refused.stderr) == (2, True)


def test_a_slot_that_has_passed_is_served_by_the_daemon_itself(config: Path) -> None:
    assert asked(config, "poll").returncode == 0
    assert "1 flagged" in asked(config, "poll").stdout
    database = sqlite3.connect(config.parent / "data" / "news-monitor.db")
    with database:
        database.execute("UPDATE digests SET configured_at = '2026-01-01 00:00:00.000000'")
    database.close()
    with daemon(config):
        eventually(lambda: bool(list(config.parent.glob("data/maildir/new/*"))))
        eventually(lambda: bool(list(config.parent.glob("data/archive/Daily/*.html"))))
    assert TRUCE.title in next(config.parent.glob("data/archive/Daily/*.html")).read_text()


def test_a_good_config_is_reloaded_and_a_bad_one_refused(config: Path, origin: Origin) -> None:
    origin.serve("/b", reply(rss(Story(id="b", title="Another"))))
    good = config.read_text()
    with daemon(config) as process:
        eventually(said(config, '"polled"'))
        config.write_text(good.replace("[[topics]]", "[[topisc]]"))
        process.send_signal(signal.SIGHUP)
        eventually(said(config, "config refused"))
        assert "topisc" in str(log_of(config)[-1]["reason"])
        config.write_text(good + f'\n[[feeds]]\nurl = "{origin.url("/b")}"\n')
        process.send_signal(signal.SIGHUP)
        eventually(said(config, "config reloaded"))
        eventually(lambda: len(origin.asked("/b")) == 1)
        assert len(origin.asked("/a")) == 1, "a reload asks no feed that is not due"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_a_reload_reads_included_files_and_refuses_to_lose_one(config: Path, origin: Origin) -> None:
    more = config.parent / "data" / "feeds.toml"
    config.write_text('include = ["data/feeds.toml"]\n' + config.read_text())
    settings = load(config, {})
    assert settings.absent == (more,)
    with opened(settings, SimulatedClock()) as jobs:
        service = Service(jobs, settings, lambda: load(config, {}))
        more.write_text(f'[[feeds]]\nurl = "{origin.url("/b")}"\n')
        before = service.jobs
        service.reload()
        assert service.jobs is not before
        assert len(jobs.store.feeds.configured()) == 2
        more.unlink()
        before = service.jobs
        service.reload()
        assert service.jobs is before
        (note,) = jobs.store.notes.open()
        assert f"{more} is gone" in note.text


def test_a_reload_refuses_a_file_that_lost_all_it_held_and_takes_one_without_its_only_table(
    config: Path, origin: Origin
) -> None:
    more = config.parent / "data" / "feeds.toml"
    config.write_text('include = ["data/feeds.toml"]\n' + config.read_text())
    one, two = (f'[[feeds]]\nurl = "{origin.url(path)}"\n' for path in ("/b", "/c"))
    more.parent.mkdir(exist_ok=True)
    more.write_text(one + two)
    settings = load(config, {})
    with opened(settings, SimulatedClock()) as jobs:
        service = Service(jobs, settings, lambda: load(config, {}))
        for nothing in ("", "# my feeds\n"):
            before = service.jobs
            more.write_text(nothing)
            service.reload()
            assert service.jobs is before
            assert len(jobs.store.feeds.configured()) == 3
        assert f"{more} is empty now" in jobs.store.notes.open()[-1].text
        for left in (one, "", two):
            more.write_text(left)
            service.reload()
            assert len(jobs.store.feeds.configured()) == 1 + left.count("[[feeds]]")


def test_the_service_manager_hears_of_the_start_of_life_of_a_reload_and_of_the_end(config: Path) -> None:
    with fake_manager(watchdog_usec=2_000_000) as manager, daemon(config, manager.environment) as process:
        eventually(lambda: manager.count("WATCHDOG") >= 2)
        assert manager.said[0]["READY"] == "1"
        process.send_signal(signal.SIGHUP)
        eventually(lambda: manager.count("READY") == 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    (reload,) = (message for message in manager.said if "RELOADING" in message)
    assert 0 < int(reload["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
    assert manager.said[-1]["STOPPING"] == "1"
    assert manager.count("READY") == 2


def test_a_hundred_reloads_good_and_bad_ask_and_mail_nothing_more(config: Path, origin: Origin) -> None:
    whole = head(200, [("Content-Length", str(len(rss(TRUCE))))]) + rss(TRUCE)
    origin.serve("/slow", raw(whole[:40], Pause(seconds=1.5), whole[40:]))
    config.write_text(config.read_text() + f'\n[[feeds]]\nurl = "{origin.url("/slow")}"\n')
    settings = load(config, {})
    files = itertools.cycle([config, config.with_name("none.toml")])
    clock = SimulatedClock()
    with opened(settings, clock) as jobs:
        service = Service(jobs, settings, lambda: load(next(files), {}))
        before = service.jobs
        polling = threading.Thread(target=service.refresh)
        polling.start()
        for _ in range(100):
            service.reload()
            service.publish()
        polling.join(PATIENCE_SECONDS)
        for _ in range(3):
            for job in service.ticker.names:
                service.ticker.run(job)
        assert service.jobs is not before
        assert (len(origin.asked("/a")), len(origin.asked("/slow"))) == (1, 1)
        assert jobs.store.deliveries.counts() == {}


def test_a_topic_that_breaks_its_example_is_refused_and_the_old_ones_go_on(config: Path) -> None:
    good = config.read_text()
    with daemon(config) as process:
        eventually(said(config, '"polled"'))
        config.write_text(good.replace('"truce"]', '"truce"]\nmust_match = ["Bread is dear"]'))
        process.send_signal(signal.SIGHUP)
        eventually(said(config, "config refused"))
        assert "Bread is dear" in str(log_of(config)[-1]["reason"])
        config.write_text(good)  # for the command; the daemon is not told
        polled = json.loads(asked(config, "poll", "--json").stdout)
        assert [report["matches"] for report in polled["reports"]] == [1]


def test_a_topic_that_changed_finds_what_is_stored_and_lists_it_once_labelled(config: Path) -> None:
    good = config.read_text()
    config.write_text(good.replace('"Syria*", "truce"', '"croissant"'))
    assert asked(config, "poll").returncode == 0
    assert "0 flagged" in asked(config, "poll").stdout
    with daemon(config) as process:
        eventually(said(config, '"started"'))
        config.write_text(good)
        process.send_signal(signal.SIGHUP)
        eventually(said(config, '"topics changed"'))
        for _ in range(2):
            assert asked(config, "digest", "send").returncode == 0
    mails = [path.read_text() for path in config.parent.glob("data/maildir/new/*")]
    assert sum("Found later: this topic changed, or more of the text is read" in mail for mail in mails) == 1
    assert sum(TRUCE.title in mail for mail in mails) == 1


def test_the_scheduler_neither_drops_nor_piles_up_ticks(config: Path) -> None:
    settings = load(config, {})
    with opened(settings, SimulatedClock()) as jobs:
        ticker = Service(jobs, settings, lambda: settings).ticker
        scheduler = scheduler_of(ticker.names, ticker.run, NOON)
        scheduler.start(paused=True)
        for job in scheduler.get_jobs():
            assert (job.coalesce, job.misfire_grace_time, job.max_instances) == (True, None, 1)
            assert isinstance(job.trigger, Every)
        assert {type(store).__name__ for store in scheduler._jobstores.values()} == {"MemoryJobStore"}
        scheduler.shutdown()


def test_a_tick_takes_one_step_however_far_the_clock_has_jumped() -> None:
    every = Every(timedelta(seconds=2))
    long_ago = NOON - timedelta(days=9000)
    assert every.get_next_fire_time(None, NOON) == NOON
    assert every.get_next_fire_time(long_ago, NOON) == NOON + timedelta(seconds=2)


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(hours=1), timedelta(minutes=2)])
def test_ticks_that_a_clock_set_back_has_put_far_ahead_are_brought_back(config: Path, back: timedelta) -> None:
    settings = load(config, {})
    clock = SimulatedClock()
    with opened(settings, clock) as jobs:
        ticker = Service(jobs, settings, lambda: settings).ticker
        ticker.scheduler = scheduler = scheduler_of(ticker.names, ticker.run, clock.now())
        scheduler.start(paused=True)
        for job in scheduler.get_jobs():
            job.modify(next_run_time=clock.now() + interval_of(job.id))
        ticker.correct()
        assert {job.next_run_time > clock.now() for job in scheduler.get_jobs()} == {True}
        clock.advance(-back)
        ticker.correct()
        assert {job.next_run_time for job in scheduler.get_jobs()} == {clock.now()}
        scheduler.shutdown()


@pytest.mark.parametrize(("queued", "is_at_once"), [(1, True), (0, False)])
def test_an_alert_that_was_queued_goes_out_at_once_and_does_not_wait_for_the_next_tick(
    config: Path, queued: int, *, is_at_once: bool
) -> None:
    settings = load(config, {})
    clock = SimulatedClock()
    with opened(settings, clock) as jobs:
        alerter: Any = SimpleNamespace(run=lambda: queued)
        jobs.alerter = alerter
        service = Service(jobs, settings, lambda: settings)
        service.ticker.hasten("deliver")  # nothing ticks yet
        service.ticker.scheduler = scheduler = scheduler_of(service.ticker.names, service.ticker.run, NOON)
        scheduler.start(paused=True)
        scheduler.get_job("deliver").modify(next_run_time=NOON + timedelta(seconds=2))
        service.alert()
        assert scheduler.get_job("deliver").next_run_time == NOON + timedelta(seconds=2)
        service._matched = jobs
        service.alert()
        assert (scheduler.get_job("deliver").next_run_time == NOON) is is_at_once
        scheduler.shutdown()


class FullAtFirst:
    """Requests of which the first answer cannot be stored."""

    def __init__(self, requests: RequestStore) -> None:
        self._requests = requests
        self.tries = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def answer(self, request: StoredRequest, outcome: Outcome, now: datetime) -> None:
        self.tries += 1
        if self.tries == 1:
            raise StoreError("disk full")
        self._requests.answer(request, outcome, now)


def test_an_outcome_that_cannot_be_stored_is_not_worked_for_again(config: Path) -> None:
    settings = load(config, {})
    with opened(settings, SimulatedClock()) as jobs:
        full: Any = FullAtFirst(jobs.store.requests)
        service = Service(with_parts(jobs, store=store_with(jobs.store, requests=full)), settings, lambda: settings)
        asked = jobs.store.requests.ask(SendRequest(digest=settings.digests[0].name), NOON)
        with pytest.raises(StoreError):
            service.deliver()
        service.deliver()
        assert (full.tries, len(jobs.store.editions.all())) == (2, 1)
        assert jobs.store.requests.outcome(asked)


def test_a_request_of_another_version_is_refused_and_stops_nothing(config: Path, origin: Origin) -> None:
    settings = load(config, {})
    with opened(settings, SimulatedClock()) as jobs:
        asked = [jobs.store.requests.ask(request, NOON) for request in (PollRequest(), SendRequest(digest="Daily"))]
        with closing(sqlite3.connect(settings.storage.database_file)) as connection, connection:
            connection.execute("""UPDATE requests SET arguments = '{"depth": 3}'""")
        service = Service(jobs, settings, lambda: settings)
        for name in service.ticker.names:
            service.ticker.run(name)
        answers = [jobs.store.requests.outcome(each) for each in asked]
        assert all(each and "different versions" in each["error"] and each["is_usage"] for each in answers)
        assert len(origin.asked("/a")) == 1


def test_a_refused_delivery_is_tried_again_by_the_daemon_when_a_command_asks(config: Path) -> None:
    with mail_server() as server:
        server.refuse["you@reader.example"] = "550 no such user"
        mail = f'kind = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\nsender = "m@x.example"\n'
        config.write_text(config.read_text() + "[mail]\n" + mail)
        with daemon(config):
            eventually(said(config, '"polled"'))
            refused = asked(config, "digest", "send")
            assert "refused: recipient: 550 no such user" in refused.stdout
            del server.refuse["you@reader.example"]
            tried = asked(config, "deliveries", "retry", "1")
            assert (tried.returncode, tried.stdout) == (0, "1 to you@reader.example: sent: 250 queued as 1\n")
            again = asked(config, "deliveries", "cancel", "1")
            assert (again.returncode, "1 is sent" in again.stderr) == (2, True)
        assert len(server.messages) == 1


def test_sigterm_begins_no_other_mail(config: Path) -> None:
    recipients = [f"reader{number}@reader.example" for number in range(16)]
    text = config.read_text().replace('to = ["you@reader.example"]', f"to = {json.dumps(recipients)}")
    with SlowMailServer(seconds=0.2) as server:
        mail = {"kind": "smtp", "host": "127.0.0.1", "port": server.port, "tls": "none", "sender": "m@x.example"}
        config.write_text(text + "[mail]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in mail.items()))
        with daemon(config) as process:
            eventually(said(config, '"polled"'))
            asking = subprocess.Popen(
                command(config, "digest", "send"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            eventually(lambda: len(server.accepted) > 2)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0
            asking.wait(PATIENCE_SECONDS)
        assert len(server.accepted) < 12
        with daemon(config):
            eventually(lambda: len(server.accepted) >= 16)
        assert sorted(server.accepted) == sorted(recipients)


def test_killed_and_started_again_it_goes_on(config: Path, origin: Origin) -> None:
    assert asked(config, "poll").returncode == 0
    for _ in range(3):
        with daemon(config) as process:
            eventually(said(config, '"started"'))
            time.sleep(0.3)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(PATIENCE_SECONDS)
        (config.parent / "log").unlink()
    assert asked(config, "poll").returncode == 0
    assert "sent" in asked(config, "digest", "send").stdout
    (mail,) = config.parent.glob("data/maildir/new/*")
    assert TRUCE.title.encode() in mail.read_bytes()


def test_a_damaged_database_stops_everything_with_exit_3(config: Path) -> None:
    assert asked(config, "poll").returncode == 0
    backed_up = asked(config, "backup")
    assert "the copy was checked" in backed_up.stdout
    path = config.parent / "data" / "news-monitor.db"
    content = bytearray(path.read_bytes())
    content[100:4096] = os.urandom(3996)
    path.write_bytes(content)
    refused = done(config, "run")
    assert refused.returncode == 3, refused.stderr
    (backup,) = (config.parent / "data" / "backups").iterdir()
    assert "damaged" in refused.stderr
    assert f"news-monitor restore {backup}" in refused.stderr
    assert path.read_bytes() == content
    restored = asked(config, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    (aside,) = path.parent.glob("*.before-*")
    assert aside.read_bytes() == content
    rehearsed = asked(config, "restore", "--drill")
    assert rehearsed.returncode == 0, rehearsed.stderr
    assert "already sent according to the backup: 0" in rehearsed.stdout
    with daemon(config):
        eventually(said(config, '"started"'))
        assert "already runs" in asked(config, "restore", str(backup), "--force").stderr
        beside = asked(config, "backup", "--to", str(config.parent / "copy.db"))
        assert (beside.returncode, (config.parent / "copy.db").exists()) == (0, True)
    refused = asked(config, "restore")
    assert (refused.returncode, "works" in refused.stderr) == (2, True)


def test_damage_that_shows_while_it_runs_ends_it_with_exit_3(config: Path) -> None:
    with daemon(config) as process:
        eventually(said(config, '"backed up"'))
        path = config.parent / "data" / "news-monitor.db"
        path.write_bytes(b"\xff" * path.stat().st_size)
        path.with_name("news-monitor.db-wal").write_bytes(b"")
        assert process.wait(PATIENCE_SECONDS) == 3
    assert "news-monitor restore" in (config.parent / "log").read_text()
