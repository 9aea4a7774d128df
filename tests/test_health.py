"""How the service is: what counts as wrong, what people and machines are shown, and what the doctor says."""

import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from databases import lay_database
from house import House, Story, house, rss, settings
from origin import Origin, reply, status
from prometheus_client.parser import text_string_to_metric_families
from simulated import NOON
from smtp_server import Authority, ScriptedServer, free_port, mail_server
from typer.testing import CliRunner

from monitor.cli import app
from monitor.config import Settings
from monitor.daemon.endpoint import Endpoint
from monitor.daemon.heartbeat import Heartbeat
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.health.doctor import Finding, Level, examined, expat_finding, sqlite_finding
from monitor.health.live import not_live
from monitor.health.metrics import metrics
from monitor.health.other_daemons import other_daemons
from monitor.health.status import NextEdition, Status, notices, problems, status_of
from monitor.model.alert import AlertSettings, AlertStanding
from monitor.model.feed_update import FeedUpdate, Hold
from monitor.model.overview import DoubtfulFeed, FailingFeed, Overview
from monitor.model.settings import FeedSettings, HealthSettings
from monitor.progress import Unit
from monitor.store import open_store
from monitor.store.backup import back_up_into
from monitor.store.lock import beat, ownership

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FAILING = FailingFeed(url="https://post.example/feed", name="The Post", since=NOON, reason="HTTP 500")
WELL = Overview(
    feeds=3,
    polled_at=NOON,
    succeeded_at=NOON,
    failing=(),
    articles=100,
    editions=4,
    unsent=0,
    oldest_unsent_at=None,
    given_up=0,
)
ALL_WELL = Status(
    at=NOON,
    version="1",
    is_running=True,
    overview=WELL,
    editions=(NextEdition(digest="Daily", at=NOON + HOUR, overdue_since=None),),
    polling_interval=HOUR,
    backup_every=timedelta(days=1),
    backed_up_at=NOON - HOUR,
    database="/data/news.db",
    database_bytes=10**7,
    log_bytes=10**5,
    free_bytes=10**10,
    schema="0001",
)


def overview(**changes: Any) -> Status:
    return replace(ALL_WELL, overview=replace(WELL, **changes))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (ALL_WELL, ""),
        (replace(ALL_WELL, is_running=False), "does not run"),
        (replace(ALL_WELL, hanging=("request to post",)), "hangs: request to post"),
        (overview(failing=(FAILING,)), ""),
        (overview(failing=(FAILING,) * 3), "Every feed is failing"),
        (overview(succeeded_at=NOON - 4 * HOUR), "No feed has answered since"),
        (overview(succeeded_at=NOON - 2 * HOUR), ""),
        (overview(succeeded_at=None), ""),
        (overview(feeds=0, succeeded_at=NOON - 99 * HOUR), ""),
        (
            replace(ALL_WELL, editions=(NextEdition(digest="Daily", at=NOON, overdue_since=NOON - HOUR),)),
            "Overdue: Daily",
        ),
        (replace(ALL_WELL, editions=(NextEdition(digest="Daily", at=NOON, overdue_since=NOON),)), ""),
        (overview(unsent=2, oldest_unsent_at=NOON - 3 * HOUR), "2 messages wait, the oldest for 3 hours: "),
        (overview(unsent=2, oldest_unsent_at=NOON - HOUR), ""),
        (overview(unsent=2, oldest_unsent_at=NOON, tried=1), ""),
        (overview(unsent=2, oldest_unsent_at=NOON, tried=2), "accepted no mail in 2 attempts"),
        (overview(unsent=2, oldest_unsent_at=NOON, passed_over=3), ""),
        (overview(unsent=2, oldest_unsent_at=NOON - 3 * HOUR, tried=5), "2 messages wait, the oldest for 3 hours: "),
        (replace(ALL_WELL, attention=("The Post",)), "1 feed needs attention: The Post"),
        (replace(ALL_WELL, attention=("A", "B", "C", "D")), "4 feeds need attention: A, B, C …"),
        (replace(overview(failing=(FAILING,) * 3), attention=("A", "B", "C")), "Every feed is failing"),
        (replace(ALL_WELL, closed="/b belongs to root"), "No backup can be written: /b belongs to root"),
        (replace(ALL_WELL, noted=("A new config was refused",)), "A new config was refused"),
        (replace(ALL_WELL, is_running=False, others=(Path("/o"),)), "but one runs on /o"),
        (overview(given_up=1), "1 of the last week's messages did not arrive"),
        (replace(ALL_WELL, alerts=AlertStanding(waiting=1, overdue_since=NOON - timedelta(minutes=5))), ""),
        (
            replace(ALL_WELL, alerts=AlertStanding(waiting=1, overdue_since=NOON - HOUR)),
            "An alert has been waiting since",
        ),
        (replace(ALL_WELL, is_running=False, alerts=AlertStanding(overdue_since=NOON - HOUR)), "does not run"),
        (replace(ALL_WELL, free_bytes=10**7), "Less than 100 MB"),
        (replace(ALL_WELL, log_bytes=10**8), "write-ahead log has 100 MB"),
        (replace(ALL_WELL, backed_up_at=None), "too old"),
        (replace(ALL_WELL, backed_up_at=NOON - 50 * HOUR), "too old"),
        (replace(ALL_WELL, backed_up_at=None, backup_every=timedelta()), ""),
        (replace(ALL_WELL, backed_up_at=None, overview=replace(WELL, editions=0)), ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_else(found: Status, said: str) -> None:
    told = problems(found)
    assert len(told) == bool(said)
    assert said in "".join(told)


def test_what_was_guessed_of_a_feed_is_a_notice() -> None:
    found = overview(doubtful=(DoubtfulFeed(name="The Post", reason="The encoding was guessed."),))
    assert (problems(found), notices(found)) == ((), ("The Post: The encoding was guessed.",))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss()), reply(rss(Story(id="truce", title="Syria truce holds"))))
        origin.serve("/b", status(500))
        origin.serve("/ping", status(503), status(204))
        yield origin


@pytest.fixture
def home(origin: Origin, tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, origin, "/a", "/b") as home:
        home.poll()
        home.poll()
        yield home


def config_of(home: House) -> Settings:
    urls = list(home.jobs.poller.feeds)
    return settings(home.folder, urls, home.jobs.poller.polling.allow_ports[0])


def test_the_status_of_a_store_is_what_happened_to_it(home: House) -> None:
    found = status_of(config_of(home), home.jobs.store, home.clock.now(), ["a step"])
    assert (found.overview.feeds, found.overview.articles, len(found.overview.failing)) == (2, 1, 1)
    assert found.overview.failing[0].reason.startswith("HTTP 500")
    (edition,) = found.editions
    assert (edition.digest, edition.at.hour, edition.overdue_since) == ("Daily", 7, None)
    assert found.database_bytes > 0
    assert not found.is_running
    assert found.hanging == ("a step",)
    home.clock.advance(timedelta(days=1))
    assert status_of(config_of(home), home.jobs.store, home.clock.now()).editions[0].overdue_since
    home.tick()
    assert status_of(config_of(home), home.jobs.store, home.clock.now()).overview.unsent == 0


def test_what_left_the_config_is_not_named_as_set_aside_for_ever(home: House) -> None:
    config, store = config_of(home), home.jobs.store
    feed, (digest,) = config.feeds[0], config.digests
    for kind, key in [
        ("poll", feed.url),
        ("poll", "https://gone.example/"),
        ("edition", digest.name),
        ("edition", "x"),
    ]:
        for _ in range(2):
            store.setbacks.add(Unit(kind=kind, key=key, given=""), "hang", NOON)
    named = status_of(config, store, NOON).aside
    assert [each.key for each in named] == [digest.name, feed.url]


def fetched(address: tuple[str, int], path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://{address[0]}:{address[1]}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.parametrize(("error", "logged"), [(BrokenPipeError(), []), (KeyError("x"), ["health page failed"])])
def test_who_hangs_up_before_the_answer_is_no_error(
    error: Exception, logged: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    log = SimpleNamespace(exception=lambda event, **_: events.append(event))
    monkeypatch.setattr("monitor.daemon.endpoint.log", log)

    def look() -> Status:
        raise error

    endpoint = Endpoint(address := ("127.0.0.1", free_port()), look)
    try:
        with socket.create_connection(address, timeout=10) as client:
            client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            assert client.recv(100) == b""
        assert events == logged
        assert capsys.readouterr().err == ""
    finally:
        endpoint.close()


def test_the_page_for_machines_says_how_it_is() -> None:
    address = ("127.0.0.1", free_port())
    now = [ALL_WELL]
    endpoint = Endpoint(address, lambda: now[0])
    try:
        assert fetched(address, "/healthz") == (200, "ok\n")
        code, page = fetched(address, "/metrics")
        assert code == 200
        assert "news_monitor_healthy 1.0" in page
        assert 'news_monitor_next_edition_timestamp_seconds{digest="Daily"} 1.77237e+09' in page
        now[0] = replace(ALL_WELL, hanging=("a request",))
        code, page = fetched(address, "/healthz")
        assert (code, "a request" in page) == (503, True)
        assert fetched(address, "/readyz")[0] == 503
        assert "news_monitor_healthy 0.0" in fetched(address, "/metrics")[1]
        assert fetched(address, "/")[0] == 404
    finally:
        endpoint.close()


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (overview(given_up=1), "did not arrive"),
        (overview(unsent=1, oldest_unsent_at=NOON, tried=3), "accepted no mail in 3 attempts"),
        (replace(ALL_WELL, attention=("The Post",)), "The Post"),
        (replace(ALL_WELL, closed="/b belongs to root"), "/b belongs to root"),
        (replace(ALL_WELL, noted=("No backup could be made",)), "No backup could be made"),
    ],
)
def test_what_a_person_should_see_to_does_not_restart_the_service(found: Status, words: str) -> None:
    endpoint = Endpoint(address := ("127.0.0.1", free_port()), lambda: found)
    try:
        code, page = fetched(address, "/readyz")
        assert (code, words in page) == (503, True)
        assert fetched(address, "/healthz") == (200, "ok\n")
    finally:
        endpoint.close()


def test_what_hangs_is_a_matter_of_healthz() -> None:
    endpoint = Endpoint(address := ("127.0.0.1", free_port()), lambda: ALL_WELL, lambda: ("no tick of refresh",))
    try:
        assert fetched(address, "/healthz") == (503, "no tick of refresh\n")
        assert fetched(address, "/readyz")[0] == 200
    finally:
        endpoint.close()


def asked(address: tuple[str, int], *headers: str) -> int:
    """The code of an answer to a request with exactly these headers."""
    with socket.create_connection(address, timeout=10) as client:
        lines = ["GET /healthz HTTP/1.0", *headers, "", ""]
        client.sendall("\r\n".join(lines).encode())
        return int(client.recv(200).split()[1])


def test_a_page_of_a_stranger_cannot_read_the_health_page_through_a_browser() -> None:
    port = free_port()
    endpoint = Endpoint(address := ("127.0.0.1", port), lambda: ALL_WELL, hosts=("Monitor.lan",))
    try:
        for ours in (
            "127.0.0.1",
            f"localhost:{port}",
            "[::1]:9",
            "10.0.0.7",
            "monitor",
            "monitor.lan:9",
            "MONITOR.LAN.",
        ):
            assert asked(address, f"Host: {ours}") == 200, ours
        for foreign in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "monitor.lan.evil.example"):
            assert asked(address, f"Host: {foreign}") == 421, foreign
        assert asked(address, "Host: localhost", "Host: evil.example") == 421
        assert asked(address) == 200  # no browser leaves it out
    finally:
        endpoint.close()


def test_a_service_lives_while_its_owner_gives_signs_of_life(home: House) -> None:
    storage = config_of(home).storage
    lock = storage.folder / "lock"
    now = datetime.now(UTC)  # noqa: TID251 (the time of a file is that of the wall)
    assert "No daemon runs" in "".join(not_live(storage, now))
    with ownership(storage.folder, storage.database_file):
        assert not_live(storage, now) == ()
        assert not_live(storage, now - timedelta(days=3)) == ()  # the clock was set back
        os.utime(lock, ((now - timedelta(minutes=4)).timestamp(),) * 2)
        assert "no sign of life since" in "".join(not_live(storage, now))
        beat(storage.folder)
        assert not_live(storage, now) == ()
        assert "There is no database" in "".join(not_live(replace(storage, database="sqlite:////no/such.db"), now))
        assert not Path("/no").exists()


def test_a_refused_recipient_is_not_a_matter_of_live(home: House) -> None:
    storage = config_of(home).storage
    home.clock.advance(timedelta(days=1))
    home.tick()
    with ownership(storage.folder, storage.database_file):
        assert not_live(storage, datetime.now(UTC)) == ()  # noqa: TID251 (the same)
    found = status_of(config_of(home), home.jobs.store, home.clock.now())
    assert found.attention, "a feed that has never answered needs a person"


def test_another_daemon_is_found_by_its_lock(tmp_path: Path) -> None:
    for name in ("mine", "theirs", "stranger", "looked-at"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
        if name != "stranger":
            (tmp_path / name / "at-work").touch()
    processes = tmp_path / "proc"
    for number, name in ((7, "mine"), (8, "theirs"), (9, "stranger"), (10, "looked-at")):
        (processes / str(number) / "fd").mkdir(parents=True)
        (processes / str(number) / "fd" / "3").symlink_to(tmp_path / name / "lock")
    kinds = {7: "WRITE", 8: "WRITE", 9: "WRITE", 10: "READ", 11: "WRITE"}
    lines = [f"1: FLOCK  ADVISORY  {kind} {number} 00:2e:1 0 EOF" for number, kind in kinds.items()]
    (processes / "locks").write_text("\n".join([*lines, "2: POSIX  ADVISORY  READ 12 00:2e:1 0 EOF", ""]))
    assert other_daemons(tmp_path / "mine", processes) == (tmp_path / "theirs",)
    assert other_daemons(tmp_path / "mine", tmp_path / "no-proc") == ()


def test_metrics_are_what_prometheus_reads() -> None:
    page = metrics(overview(oldest_unsent_at=NOON, failing=(FAILING,))).decode()
    values = {sample.name: sample.value for family in text_string_to_metric_families(page) for sample in family.samples}
    assert values["news_monitor_feeds_failing"] == 1
    assert values["news_monitor_oldest_unsent_timestamp_seconds"] == NOON.timestamp()
    assert values["news_monitor_articles"] == 100


@pytest.mark.parametrize(
    ("listen", "remote", "is_right"),
    [
        ("127.0.0.1:9464", False, True),
        ("[::1]:9464", False, True),
        ("localhost:9464", False, True),
        ("0.0.0.0:9464", False, False),
        ("192.168.1.4:9464", False, False),
        ("0.0.0.0:9464", True, True),
        ("", False, True),
    ],
)
def test_only_this_machine_is_listened_to_unless_others_are_meant(listen: str, remote: bool, is_right: bool) -> None:  # noqa: FBT001
    if is_right:
        assert HealthSettings(listen=listen, allow_remote=remote).listen == listen
    else:
        with pytest.raises(ValueError, match="other machines"):
            HealthSettings(listen=listen, allow_remote=remote)


def test_the_dead_mans_page_is_asked_once_for_each_good_edition(home: House, origin: Origin) -> None:
    page = origin.url("/ping")
    home.clock.advance(timedelta(days=1))
    home.tick()
    heartbeat, fetcher = Heartbeat(), home.jobs.poller.fetcher
    told = []
    for again_at in (0, 10**12, 0, 0):  # 503, too early to ask again, 204, told already
        heartbeat._again_at = again_at
        heartbeat.tell(home.jobs.store, fetcher, page, home.clock.now())
        told.append(heartbeat._told)
    home.clock.advance(2 * HOUR)
    Heartbeat().tell(home.jobs.store, fetcher, page, home.clock.now())
    assert told == [None, None, 1, 1]
    assert len(origin.asked("/ping")) == 2


@pytest.mark.parametrize(
    ("found", "level"),
    [
        ((3, 6, 23), Level.OK),
        ((3, 7, 0), Level.WARNING),
        ((3, 40, 1), Level.WARNING),
        ((3, 44, 5), Level.WARNING),
        ((3, 44, 6), Level.OK),
        ((3, 50, 7), Level.OK),
        ((3, 51, 2), Level.WARNING),
        ((3, 51, 3), Level.OK),
        ((3, 53, 0), Level.OK),
    ],
)
def test_an_sqlite_that_may_do_damage_is_warned_of(found: tuple[int, ...], level: Level) -> None:
    assert sqlite_finding(found).level is level


def test_an_old_expat_is_warned_of() -> None:
    assert (expat_finding((2, 5, 0)).level, expat_finding((2, 7, 2)).level) == (Level.WARNING, Level.OK)


def by_subject(config: Settings, **how: Any) -> dict[str, Finding]:
    return {finding.about: finding for finding in examined(config, NOON, **how)}


def test_the_doctor_looks_at_all_around(home: House) -> None:
    config = config_of(home)
    stranger = FeedSettings(url="https://no-such-host.invalid/feed")
    found = by_subject(replace(config, feeds=(*config.feeds, stranger)))
    assert found["database"].level is Level.OK
    assert found["backup"].level is Level.WARNING
    assert found["permissions"].level is Level.OK
    assert found["mail"].level is Level.OK
    assert "1 of 2 hosts" in found["feeds"].said
    assert found["feed host no-such-host.invalid"].level is Level.PROBLEM
    back_up_into(config.storage.backup_folder, config.storage.database_file, NOON, 7)
    config.storage.database_file.chmod(0o644)
    found = by_subject(config, is_offline=True)
    assert "feeds" not in found
    assert found["backup"].level is Level.OK
    assert found["permissions"].advice.startswith("chmod go=")
    assert all(finding.advice for finding in found.values() if finding.level is not Level.OK)


@pytest.mark.parametrize(
    ("alert", "sources", "said"),
    [
        (None, (), []),
        (
            AlertSettings(),
            (),
            [("ok", "on 1 topic; each feed in which they may be found is asked every 4 hours, or more often")],
        ),
        (AlertSettings(poll_every=20 * MINUTE), (), [("ok", "asked every 20 minutes, or more often")]),
        (AlertSettings(), ("The Echo",), [("warning", "no feed is polled in which they may be found")]),
    ],
)
def test_the_doctor_says_how_long_an_alert_may_take(
    home: House, alert: AlertSettings | None, sources: tuple[str, ...], said: list[tuple[str, str]]
) -> None:
    """The feeds of the house are its own server's, without a floor."""
    made = settings(home.folder, ["https://post.example/rss"], 80)
    topic = replace(made.topics[0], alert=alert, sources=sources)
    feeds = tuple(replace(feed, outlet="The Post") for feed in made.feeds)
    config = replace(made, topics=(topic,), feeds=feeds)
    found = [each for each in examined(config, NOON, is_offline=True) if each.about == "alerts"]
    assert [each.level for each in found] == [level for level, _ in said]
    assert all(words in each.said for each, (_, words) in zip(found, said, strict=True))


def test_the_doctor_sends_no_request_to_a_feed(home: House) -> None:
    config = config_of(home)
    with Origin("127.0.0.1") as origin:
        polling = replace(config.polling, allow_ports=(origin.port,))
        by_subject(replace(config, feeds=(FeedSettings(url=origin.url("/feed")),), polling=polling))
        assert origin.requests == []


def test_the_doctor_logs_in_and_sends_nothing(home: House, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with mail_server(starttls=authority.good, login=True) as server:
        channel = SmtpChannel(
            host="127.0.0.1",
            port=server.port,
            sender="m@x.example",
            username="reader",
            password="pässword & more",
            ca_file=authority.ca_file,
        )
        found = by_subject(replace(config_of(home), mail=channel))
        assert "login accepted" in found["mail"].said
        wrong = replace(channel, password="guess")
        found = by_subject(replace(config_of(home), mail=wrong))
        assert (found["mail"].level, "app password" in found["mail"].advice) == (Level.PROBLEM, True)
        assert server.messages == []
    with ScriptedServer({"": b"554 go away\r\n"}) as refusing:
        closed = SmtpChannel(host="127.0.0.1", port=refusing.port, sender="m@x.example", tls="none")
        assert by_subject(replace(config_of(home), mail=closed))["mail"].level is Level.PROBLEM


CONFIG = (
    '[[feeds]]\nurl = "https://post.example/feed"\n\n[[topics]]\nname = "Syria"\n\n'
    '[[digests]]\nname = "Daily"\nto = ["you@x.example"]\n\n[storage]\nfolder = "data"\n'
)


def test_a_hold_for_days_is_shown_where_all_would_be_well(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    run = CliRunner()
    run.invoke(app, ["--config", str(config), "migrate"])
    now, url = datetime.now(UTC), "https://post.example/feed"  # noqa: TID251 (commands have the clock of the wall)
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'news-monitor.db'}")
    store.feeds.sync([FeedSettings(url=url)], now)
    (state,) = store.feeds.configured()
    hold = Hold(origin="https://post.example", until=now + timedelta(days=6), asked_by=url, asked_at=now)
    told = replace(state, polled_at=now, succeeded_at=now, next_poll_at=hold.until, hold_until=hold.until)
    store.articles.apply(FeedUpdate(state=told, status="HTTP error", hold=hold), {}, now)
    store.close()
    with ownership(tmp_path / "data", tmp_path / "data" / "news-monitor.db"):
        shown = run.invoke(app, ["--config", str(config), "status"], env={"COLUMNS": "400"})
        facts = json.loads(run.invoke(app, ["--config", str(config), "status", "--json"]).output)
    assert (shown.exit_code, "All is well" in shown.output) == (0, False)
    assert (
        "1 feed of https://post.example, which asked for it when https://post.example/feed was polled" in shown.output
    )
    assert (facts["healthy"], facts["held"][0]["feeds"], len(facts["notices"])) == (True, 1, 1)
    listed = run.invoke(app, ["--config", str(config), "feeds", "list"], env={"COLUMNS": "400"})
    assert "on hold until" in listed.output
    shown = run.invoke(app, ["--config", str(config), "feeds", "show", url], env={"COLUMNS": "400"})
    assert f"hold asked of: {url}" in shown.output
    assert "hold binds: https://post.example" in shown.output


def test_the_commands_print_one_screen_and_json(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    run = CliRunner()
    shown = run.invoke(app, ["--config", str(config), "status"])
    assert (shown.exit_code, "does not run" in shown.output) == (1, True)
    assert "next Daily" in shown.output
    with ownership(tmp_path / "data", tmp_path / "data" / "news-monitor.db"):
        told = json.loads(run.invoke(app, ["--config", str(config), "status", "--json"]).output)
        assert (told["folder"], "folder" in shown.output) == (str(tmp_path / "data"), True)
        assert run.invoke(app, ["--config", str(config), "status", "--live"]).exit_code == 0
        assert (told["healthy"], told["running"], told["problems"]) == (True, True, [])
        assert "All is well." in run.invoke(app, ["--config", str(config), "status"]).output
    examined_ = run.invoke(app, ["--config", str(config), "doctor", "--offline"])
    assert examined_.exit_code == 0
    assert sqlite3.sqlite_version in examined_.output
    assert "WAL-reset" in examined_.output or sqlite_finding(sqlite3.sqlite_version_info).level is Level.OK
    lines = json.loads(run.invoke(app, ["--config", str(config), "doctor", "--offline", "--json"]).output)["findings"]
    assert {line["level"] for line in lines} <= {"ok", "warning"}
    (tmp_path / "data" / "news-monitor.db").write_bytes(b"no database" * 500)
    assert run.invoke(app, ["--config", str(config), "doctor", "--offline"]).exit_code == 1


@pytest.mark.parametrize(
    "later",
    ['[[topics]]\nname = "x"\nany = 3\n', "[nonsense]\n", "[polling]\ninterval = 'never'\n", "[[mail]]\n"],
    ids=["a topic", "an unknown section", "a value", "a kind"],
)
def test_a_daemon_lives_whatever_was_written_into_its_config_since(
    later: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config, run = tmp_path / "config.toml", CliRunner()
    config.write_text(f'[storage]\nfolder = "data"\nkeep = "some time"\n{later}')
    lay_database(tmp_path / "data" / "news-monitor.db")
    with ownership(tmp_path / "data", tmp_path / "data" / "news-monitor.db"):
        beat(tmp_path / "data")
        assert run.invoke(app, ["--config", str(config), "status", "--live"]).output == "The service lives.\n"
        config.write_text("no TOML at all")
        told = run.invoke(app, ["--config", str(config), "status", "--live"], env={"XDG_DATA_HOME": str(tmp_path)})
        assert (told.exit_code, f"No daemon runs on {tmp_path / 'news-monitor'}." in told.output) == (1, True)


@pytest.mark.parametrize("page", ["/healthz", "/readyz", "/metrics"])
def test_the_pages_say_that_the_database_is_gone(page: str, tmp_path: Path) -> None:
    def look() -> Status:
        (tmp_path / "gone.db").stat()
        raise AssertionError

    endpoint = Endpoint(address := ("127.0.0.1", free_port()), look)
    try:
        code, told = fetched(address, page)
        assert (code, f"{tmp_path / 'gone.db'} cannot be looked at: No such file" in told) == (503, True)
    finally:
        endpoint.close()
