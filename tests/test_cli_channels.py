"""`channels list` and `channels test`: what they print, what they send, how they exit."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from receiver import HOST, Receiver, answer
from smtp_server import Authority
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.errors import UsageError

CONFIG = """
[[feeds]]
url = "https://post.example/feed"
[[topics]]
name = "Syria ceasefire"
[[digests]]
name = "Daily"
to = ["ann@reader.example", "desk"]
[storage]
folder = "data"
archive_url = "https://news.example/archive"
[channels.hook]
kind = "webhook"
secret_file = "hook-secret"
private_host = "127.0.0.1"
{more}
[recipients.desk]
channel = "hook"
address = "{url}/in?key=hush"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hook-secret").write_text("s3cret")
    (tmp_path / "hook-secret").chmod(0o600)
    return tmp_path


@pytest.fixture
def service(folder: Path) -> Iterator[Receiver]:
    with Receiver() as service:
        (folder / "config.toml").write_text(CONFIG.format(url=service.url(""), more=""))
        yield service


def ran(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def printed(result: Result) -> Any:
    return json.loads(result.stdout)


def test_the_list_has_names_and_no_secret_address(service: Receiver) -> None:
    result = ran("channels", "list", "--json")
    assert printed(result)["channels"] == [
        {"name": "mail", "kind": "maildir", "recipients": ["ann@reader.example"], "digests": ["Daily"], "alerts": []},
        {"name": "hook", "kind": "webhook", "recipients": ["desk"], "digests": ["Daily"], "alerts": []},
    ]
    assert "webhook" in ran("channels", "list").stdout
    assert "hush" not in ran("channels", "list").stdout
    assert service.requests == []


def test_the_list_has_who_gets_alerts_alone(folder: Path) -> None:
    topic = 'name = "Syria ceasefire"\nalert = { to = ["desk", "bob@reader.example"] }'
    text = CONFIG.format(url="http://127.0.0.1", more="").replace('name = "Syria ceasefire"', topic)
    (folder / "config.toml").write_text(text)
    mail, hook = printed(ran("channels", "list", "--json"))["channels"]
    assert mail["recipients"] == ["ann@reader.example", "bob@reader.example"]
    assert mail["alerts"] == hook["alerts"] == ["Syria ceasefire"]


def test_a_test_of_mail_may_name_somebody(folder: Path) -> None:
    more = '[recipients.ann]\naddress = "ann@reader.example"\n'
    (folder / "config.toml").write_text(CONFIG.format(url="http://127.0.0.1", more="") + more)
    for words in (("mail", "test"), ("channels", "test", "mail")):
        assert ran(*words, "--to", "ann").exit_code == 0
    sent = [file.read_bytes() for file in folder.glob("data/maildir/new/*")]
    assert [b"To: ann@reader.example" in each for each in sent] == [True, True]
    assert isinstance(ran("mail", "test", "--to", "desk").exception, UsageError)


def test_a_test_goes_stage_by_stage(service: Receiver) -> None:
    result = ran("channels", "test", "hook")
    assert result.exit_code == 0, result.output
    assert [line.split()[:2] for line in result.stdout.splitlines()[:-1]] == [
        ["ok", "sign"],
        ["ok", "resolve"],
        ["ok", "connect"],
        ["ok", "data"],
    ]
    (request,) = service.requests
    said = json.loads(request.body)
    assert (request.path, said["edition"]) == ("/in?key=hush", None)
    assert "`news-monitor channels test hook`" in said["text"]


def test_tls_is_a_stage_of_its_own(folder: Path) -> None:
    authority = Authority(folder)
    with Receiver(authority.good) as service:
        more = 'ca_file = "ca.pem"'
        (folder / "config.toml").write_text(CONFIG.format(url=service.url(""), more=more))
        steps = printed(ran("channels", "test", "hook", "--to", "desk", "--json"))["steps"]
        assert [step["stage"] for step in steps] == ["sign", "resolve", "connect", "tls", "data"]
        (folder / "config.toml").write_text(CONFIG.format(url=service.url(""), more=""))
        result = ran("channels", "test", "hook")
    assert result.exit_code == 1
    assert "FAILED  connect    the certificate of the server is not accepted" in result.stdout


def test_what_the_service_says_is_shown_and_fails(service: Receiver) -> None:
    service.answers = [answer(401, b"wrong\x1b[2J signature")]
    result = ran("channels", "test", "hook", "--to", f"{service.url('/other')}", "--json")
    assert result.exit_code == 1
    said = printed(result)
    assert (said["ok"], said["steps"][-1]["ok"]) == (False, False)
    assert "401 wrong" in said["steps"][-1]["answer"]
    assert said["steps"][-1]["answer"].isprintable()
    assert service.requests[0].path == "/other"


def test_the_channel_of_mail_can_be_tried_too(service: Receiver, folder: Path) -> None:
    result = ran("channels", "test", "mail", "--to", "ann@reader.example")
    assert result.exit_code == 0, result.output
    assert len(list((folder / "data" / "maildir" / "new").iterdir())) == 1
    assert service.requests == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hok",), 'There is no channel "hok". Did you mean "hook"?'),
        (("mail",), "--to RECIPIENT is missing: 0 recipients have this channel"),
        (("mail", "--to", "desk"), 'desk has the channel "hook"'),
        (("hook", "--to", "desk2"), "--to: this is not the address of a webhook"),
    ],
)
@pytest.mark.usefixtures("service")
def test_a_wrong_use_says_what_to_write(words: tuple[str, ...], said: str) -> None:
    result = ran("channels", "test", *words)
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)


def test_doctor_tries_the_channels(service: Receiver, folder: Path) -> None:
    service.answers = [answer(200, b'{"healthy":true}')]
    config = CONFIG.format(url=service.url(""), more="") + (
        f'[channels.phone]\nkind = "ntfy"\nurl = "{service.url("")}"\nprivate_host = "{HOST}"\n'
    )
    (folder / "config.toml").write_text(config)
    findings = {each["about"]: each for each in printed(ran("doctor", "--json"))["findings"]}
    assert "is healthy" in findings["channel phone"]["said"]
    assert "only a message can show" in findings["channel hook"]["said"]
