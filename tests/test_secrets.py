"""The password of the mail server is nowhere: no log, no row, no file, no message, no traceback has it (rule S15).

The server repeats it in every form it knows, plain and in base64, as an evil one would.
"""

import traceback
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from outbox import delivery
from smtp_server import HOST, PASSWORD, USERNAME, Answer, Authority, ScriptedServer
from typer.testing import CliRunner

from monitor.cli import app
from monitor.config import load
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.errors import DeliveryError

FORMS = (PASSWORD, b64encode(PASSWORD.encode()).decode(), b64encode(f"\0{USERNAME}\0{PASSWORD}".encode()).decode())
ECHO = f"who says {' or '.join(FORMS)}".encode()
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

[mail]
kind = "smtp"
host = "127.0.0.1"
port = {port}
tls = "starttls"
ca_file = "{ca_file}"
sender = "News <news@monitor.example>"
username = "{username}"
password_file = "secret"
"""
STAGES: list[tuple[dict[str, Answer], str]] = [
    ({"AUTH": b"535 " + ECHO + b"\r\n"}, "login"),
    ({"MAIL": b"553 " + ECHO + b"\r\n"}, "sender"),
    ({"RCPT": b"550 " + ECHO + b"\r\n"}, "recipient"),
    ({".": b"554 " + ECHO + b"\r\n"}, "data"),
    ({".": b"250 " + ECHO + b"\r\n"}, "sent"),
]
jobs = pytest.mark.parametrize(("answers", "stage"), STAGES, ids=[stage for _, stage in STAGES])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found_in(text: str) -> list[str]:
    return [form for form in FORMS if form in text]


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in folder.rglob("*"):
        if file.is_file():
            yield file.name, file.read_bytes()


@jobs
def test_commands_logs_and_files_do_not_have_it(
    tmp_path: Path, authority: Authority, answers: dict[str, Answer], stage: str
) -> None:
    (tmp_path / "secret").write_text(PASSWORD)
    (tmp_path / "secret").chmod(0o600)
    with ScriptedServer(answers, tls=authority.good) as server:
        config = CONFIG.format(port=server.port, ca_file=authority.ca_file, username=USERNAME)
        (tmp_path / "config.toml").write_text(config)
        commands = (
            *(["check"], ["mail", "test", "--to", "me@home.example"], ["digest", "send"], ["deliveries", "list"]),
            *(["deliveries", "show", "1"], ["deliveries", "show", "1", "--eml"], ["deliveries", "show", "1", "--json"]),
        )
        results = [CliRunner().invoke(app, ["--verbose", *words], env={"COLUMNS": "400"}) for words in commands]
    said = "".join(result.output for result in results)
    assert (stage in said, "[hidden]" in said) == (True, True)
    assert found_in(said) == []
    assert found_in(repr(load(tmp_path / "config.toml", {}))) == []
    kept = list(files(tmp_path / "data"))
    assert "news-monitor.db" in [name for name, _ in kept]
    assert [name for name, content in kept for form in FORMS if form.encode() in content] == []


@jobs
def test_an_exception_and_its_traceback_do_not_have_it(
    authority: Authority, answers: dict[str, Answer], stage: str
) -> None:
    with ScriptedServer(answers, tls=authority.good) as server:
        channel = SmtpChannel(
            host=HOST,
            port=server.port,
            sender="news@monitor.example",
            username=USERNAME,
            password=PASSWORD,
            ca_file=authority.ca_file,
        )
        try:
            told = channel.send(delivery())
        except DeliveryError as error:
            told = "".join([error.stage, *traceback.format_exception(error), repr(error), repr(vars(error))])
    assert "[hidden]" in told
    assert stage in told or told.startswith("250")
    assert found_in(told) == []
    assert found_in(f"{channel!r} {channel}") == []
