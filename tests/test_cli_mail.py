"""`deliveries` and `mail`: what they print, what they change, how they exit."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import new_store
from smtp_server import PASSWORD, USERNAME, Answer, Authority, ScriptedServer
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.model.delivery import DeliveryState, NewDelivery, Verdict
from monitor.model.edition_input import HighWater
from monitor.model.new_edition import EditionKind, NewEdition
from monitor.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LETTER = b"Subject: =?utf-8?q?caf=C3=A9?=\r\nTo: ann@reader.example\r\n\r\nbody\r\n"
CONFIG = """
[[feeds]]
url = "https://post.example/feed"

[[topics]]
name = "Syria ceasefire"

[[digests]]
name = "Daily"
to = ["ann@reader.example"]

[storage]
folder = "data"
"""
SMTP = """
[mail]
kind = "smtp"
host = "127.0.0.1"
port = {port}
tls = "starttls"
ca_file = "ca.pem"
sender = "News <news@monitor.example>"
username = "{username}"
password_file = "secret"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a config, and in it the outbox of a database: one sent, one refused, one waiting."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    store = new_store(folder / "data" / "news-monitor.db")
    store.editions.sync(["Daily"], NOON)
    recipients = ("ann@reader.example", "bob@reader.example", "cyd@reader.example")
    store.new_editions.publish(
        NewEdition(
            digest="Daily",
            kind=EditionKind.SCHEDULED,
            slot="2026-03-02",
            slots=((NOON.date(), 1),),
            made_at=NOON,
            subject="News",
            page="",
            knew=HighWater(),
            listings=(),
            deliveries=tuple(NewDelivery(recipient=each, message_id=f"<{each}>", body=LETTER) for each in recipients),
        )
    )
    ann, bob, _ = store.deliveries.due(NOON)
    later = Verdict(state=DeliveryState.QUEUED, next_attempt_at=NOON, answer="recipient: 451 greylisted")
    for minutes in (0, 5):
        store.deliveries.settle(ann, later, NOON + timedelta(minutes=minutes))
    taken = Verdict(state=DeliveryState.SENT, next_attempt_at=None, answer="250 taken")
    store.deliveries.settle(ann, taken, NOON + timedelta(minutes=20))
    refused = Verdict(state=DeliveryState.REFUSED, next_attempt_at=None, answer="recipient: 550 no such user")
    store.deliveries.settle(bob, refused, NOON)
    yield store
    store.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"})


def told(*words: str) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


# ---- deliveries


@pytest.mark.usefixtures("store")
def test_the_list_shows_how_far_each_delivery_is_and_the_last_answer() -> None:
    lines = run("deliveries", "list").stdout.splitlines()
    assert [" ".join(line.split()) for line in lines[1:]] == [
        "3 Daily 2026-03-02 cyd@reader.example queued 0 next attempt 2026-03-01 12:00 UTC",
        "2 Daily 2026-03-02 bob@reader.example refused 1 since 2026-03-01 12:00 UTC recipient: 550 no such user",
        "1 Daily 2026-03-02 ann@reader.example sent 3 since 2026-03-01 12:20 UTC 250 taken",
    ]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ((), [3, 2, 1]),
        (("--state", "refused"), [2]),
        (("--state", "refused", "--state", "sent"), [2, 1]),
        (("--digest", "Daily", "--limit", "1"), [3]),
        (("--digest", "Weekly"), []),
    ],
)
def test_the_list_can_be_narrowed(words: tuple[str, ...], ids: list[int]) -> None:
    assert [each["id"] for each in told("deliveries", "list", *words)["deliveries"]] == ids
    assert ("There are no such deliveries." in run("deliveries", "list", *words).stdout) is not bool(ids)


@pytest.mark.usefixtures("store")
def test_a_delivery_is_shown_with_its_attempts_and_headers_but_not_its_body() -> None:
    assert run("deliveries", "show", "1").stdout.splitlines() == [
        "Delivery 1: Daily 2026-03-02, to ann@reader.example",
        "sent, since 2026-03-01 12:20 UTC; queued 2026-03-01 12:00 UTC",
        "",
        "Attempts",
        "  2026-03-01 12:00 UTC to 2026-03-01 12:05 UTC, 2 times",
        "    queued: recipient: 451 greylisted",
        "  2026-03-01 12:20 UTC",
        "    sent: 250 taken",
        "",
        "Message",
        "  Subject: café",
        "  To: ann@reader.example",
        "  (64 bytes; --eml writes them)",
    ]
    shown = told("deliveries", "show", "1")
    assert [(each["state"], each["times"]) for each in shown["history"]] == [("queued", 2), ("sent", 1)]
    assert shown["headers"]["Subject"] == "café"
    assert run("deliveries", "show", "1", "--eml").stdout_bytes == LETTER
    assert "Not tried yet." in run("deliveries", "show", "3").stdout


@pytest.mark.usefixtures("store")
def test_a_delivery_that_is_not_there_is_a_usage_error() -> None:
    for words in (("show", "99"), ("retry", "99"), ("cancel", "99")):
        assert "There is no delivery 99" in str(run("deliveries", *words).exception)


def test_without_a_daemon_the_command_retries_and_cancels_by_itself(folder: Path, store: Store) -> None:
    cancelled = run("deliveries", "cancel", "3")
    assert (cancelled.exit_code, cancelled.stdout) == (0, "3 to cyd@reader.example: cancelled\n")
    retried = told("deliveries", "retry", "2", "3")
    assert [(each["id"], each["state"]) for each in retried["deliveries"]] == [(2, "sent"), (3, "sent")]
    assert len(list((folder / "data" / "maildir" / "new").iterdir())) == 2
    assert "1 is sent" in str(run("deliveries", "retry", "1").exception)
    assert store.deliveries.counts() == {"sent": 3}


# ---- mail test


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def smtp_config(folder: Path, port: int, authority: Authority) -> None:
    (folder / "ca.pem").write_bytes(authority.ca_file.read_bytes())
    (folder / "secret").write_text(PASSWORD)
    (folder / "secret").chmod(0o600)
    (folder / "config.toml").write_text(CONFIG + SMTP.format(port=port, username=USERNAME))


def test_a_test_mail_tells_the_answer_of_each_stage(folder: Path, authority: Authority) -> None:
    with ScriptedServer({".": b"250 queued as 7A\r\n"}, tls=authority.good) as server:
        smtp_config(folder, server.port, authority)
        result = run("mail", "test", "--to", "me@home.example")
    steps = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
    assert [(good, stage) for good, stage, _ in steps[:-1]] == [
        ("ok", stage) for stage in ("resolve", "connect", "tls", "login", "sender", "recipient", "data")
    ]
    answers = [answer for _, _, answer in steps]
    assert answers[0] == "127.0.0.1"
    assert answers[1] == "220 scripted"
    assert answers[2].startswith("TLSv1.3, certificate for 127.0.0.1 until ")
    assert answers[3:7] == ["235 welcome", "250 ok", "250 ok", "250 queued as 7A"]
    assert result.exit_code == 0
    assert b"This is a test." in server.bodies[0]
    assert not (folder / "data").exists()


REFUSALS: list[tuple[dict[str, Answer], str, str, str]] = [
    ({"": b"554 go away\r\n"}, "connect", "554 go away", "block list"),
    ({"ehlo": b"250 plain\r\n"}, "tls", "the server does not offer STARTTLS", "implicit"),
    ({"AUTH": b"535 5.7.8 bad credentials\r\n"}, "login", "535 5.7.8 bad credentials", "app password"),
    ({"MAIL": b"553 not your address\r\n"}, "sender", "553 not your address", "sender in [mail]"),
    ({"MAIL": b"530 log in first\r\n"}, "sender", "530 log in first", "set username and a password"),
    ({"RCPT": b"550 no such user\r\n"}, "recipient", "550 no such user", "typing error"),
    ({"RCPT": b"451 greylisted\r\n"}, "recipient", "451 greylisted", "try again by itself"),
    ({".": b"554 spam\r\n"}, "data", "554 spam", "SPF or DKIM"),
    ({".": None}, "data", "no answer after the final dot", "may have arrived nevertheless"),
]


@pytest.mark.parametrize(("answers", "stage", "answer", "advice"), REFUSALS)
def test_a_test_mail_that_fails_says_where_why_and_what_to_do(
    folder: Path, authority: Authority, answers: dict[str, Answer], stage: str, answer: str, advice: str
) -> None:
    with ScriptedServer(answers, tls=authority.good) as server:
        smtp_config(folder, server.port, authority)
        result = run("mail", "test", "--to", "me@home.example")
    *_, failed, last = result.stdout.splitlines()
    assert (result.exit_code, failed.split()[:2]) == (1, ["FAILED", stage])
    assert answer in failed
    assert advice in last
    assert PASSWORD not in result.output


def test_a_test_mail_goes_into_a_maildir_as_well_and_no_row_is_written(folder: Path) -> None:
    outcome = told("mail", "test", "--to", "me@home.example")
    assert (outcome["ok"], [step["stage"] for step in outcome["steps"]]) == (True, ["write"])
    (mail,) = (folder / "data" / "maildir" / "new").iterdir()
    assert b"This is a test." in mail.read_bytes()
    assert not (folder / "data" / "news-monitor.db").exists()
    (folder / "data" / "maildir" / "new").rename(folder / "data" / "maildir" / "old")
    (folder / "data" / "maildir" / "new").write_text("in the way")
    failed = told("mail", "test", "--to", "me@home.example")
    assert (failed["ok"], failed["steps"][0]["stage"]) == (False, "write")
    assert "cannot be written" in failed["advice"]


def test_a_test_mail_needs_an_address() -> None:
    assert "is not a mail address" in str(run("mail", "test", "--to", "me").exception)
    assert "is not a mail address" in str(run("mail", "test", "--to", "jörg@@home.example").exception)
