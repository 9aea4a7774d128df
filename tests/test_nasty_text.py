"""One table of nasty strings, tried in every place where foreign text is shown: none rules what stands around it."""

import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import pytest
import structlog
from editions import Desk, article, edition_of
from test_deliver_message import LETTER, SENDER

from monitor import cli
from monitor.cli import output
from monitor.cli.logs import presentable
from monitor.config.findings import Finding, problems
from monitor.deliver.mail.message import compose_message
from monitor.deliver.mail.replies import reply_text
from monitor.errors import NewsMonitorError
from monitor.fetch.faults import fault_of
from monitor.render import environment, render
from monitor.resources import resource
from monitor.url import shown_url

BEFORE, BEHIND = "Ferry", "strike"

NASTY = {
    "clears the screen": "\x1b[2J",
    "sets the title": "\x1b]0;owned\x07",
    "a command in one character": "\x9b2J\x9d0;owned\x9c",
    "another line": "\r\nBcc: all@home.example\r\n\r\nbody",
    "another line in other words": "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029",
    "rubs out": "\x08\x08\x08\x7f",
    "ends the string": "a\x00b",
    "turned around": "\u202egnp.exe\u202c",
    "an embedding that is not closed": "\u202a\u202b\u202d",
    "isolates that are not closed": "\u2066\u2067\u2068",
    "closes what it has not opened": "\u2069\u2069\u202c",
    "half a character": "\ud83d \udc00 \udfff",
    "words that nobody sees": "\U000e0001\U000e0068\U000e0069\U000e007f",
    "zero wide": "\u200b\u2060\ufeff\u00ad\u180e",
    "joins nothing": "x\u200d\u200cy",
    "no characters": "\ufdd0\uffff\U0010ffff",
    "markup of the terminal": "[bold red]x[/] [/] :fire:",
    "an encoded word": "=?utf-8?q?x?= =?utf-8?b?eA==?=",
    "quotes": "'\"`<a@b>\\{{7*7}}",
    "endless": "long " * 2_000 + "z" * 5_000,
}

RULING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u200b\u2060\ufeff\u00ad\ufdd0-\ufdef\uffff"
    "\U000e0000-\U000e00ff\U0010ffff]"
)
"""What no place may let through; isolates are judged apart, for the mail has its own."""

ISOLATES = re.compile("[\u2066-\u2069]")


def in_a_table(text: str) -> str:
    to = io.StringIO()
    made = output.table("Feed", ">New")
    output.add_row(made, text, 1)
    console = output.console()
    console.file, console.width = to, 20_000
    console.print(made)
    head, row, end = to.getvalue().split("\n")
    assert (head.split(), end) == (["Feed", "New"], "")
    return row


def on_a_line_of_a_command(text: str) -> str:
    return output.shown(text)


def in_the_header_of_a_mail(text: str) -> str:
    message = message_from_bytes(compose_message(replace(LETTER, subject=text), SENDER), policy=policy.default)
    assert message.keys() == message_from_bytes(compose_message(LETTER, SENDER), policy=policy.default).keys()
    return str(message["Subject"])


def in_the_name_of_a_sender(text: str) -> str:
    name = text.replace("<", "").replace(">", "")
    message = message_from_bytes(compose_message(LETTER, f"{name} <n@n.example>"), policy=policy.default)
    return str(message["From"])


def in_a_plain_mail(text: str) -> str:
    edition = edition_of(Desk().add(article(1, text, outlet=text)).edition_input())
    mail = render(edition, environment([resource("templates")])).text
    return " ".join(mail.replace("\u2068", "").replace("\u2069", "").split())


def in_a_log_line(text: str) -> str:
    event = presentable(None, "info", {"event": "polled", "feed": text})
    line = structlog.processors.JSONRenderer(ensure_ascii=False)(None, "info", event)
    assert isinstance(line, str)
    return line


def in_a_problem_of_the_config(text: str) -> str:
    path = ("topics", 0, "all")
    document = {"topics": [{"name": text}]}
    (problem,) = problems(
        [Finding(path, f"{text} is odd.")], file=Path("a.toml"), document=document, lines={}, files={}
    )
    return str(problem)


def in_the_answer_of_a_mail_server(text: str) -> str:
    return reply_text(text.encode("utf-8", "surrogatepass"))


def in_the_reason_of_a_failed_poll(text: str) -> str:
    return str(fault_of(httpx.RemoteProtocolError(text)))


def in_a_url(text: str) -> str:
    return shown_url(f"https://post.example/{text}?token=hush")


PLACES: tuple[Callable[[str], str], ...] = (
    in_a_table,
    on_a_line_of_a_command,
    in_the_header_of_a_mail,
    in_the_name_of_a_sender,
    in_a_plain_mail,
    in_a_log_line,
    in_a_problem_of_the_config,
    in_the_answer_of_a_mail_server,
    in_the_reason_of_a_failed_poll,
    in_a_url,
)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_text_is_one_line_that_rules_nothing(name: str, place: Callable[[str], str]) -> None:
    shown = place(f"{BEFORE} {NASTY[name]} {BEHIND}")
    assert not RULING.search(shown)
    assert not ISOLATES.search(shown)
    assert shown.encode().decode() == shown
    assert BEFORE in shown


@pytest.mark.parametrize("place", [in_a_table, on_a_line_of_a_command, in_the_header_of_a_mail, in_a_plain_mail])
@pytest.mark.parametrize(
    "text", ["می\u200cخواهم", "שָׁלוֹם", "👩🏽\u200d🚀 👨\u200d👩\u200d👧", "क्\u200dष", ":fire: [bold]x[/]"]
)
def test_an_honest_text_is_shown_as_it_is(text: str, place: Callable[[str], str]) -> None:
    assert text in place(text)


@pytest.mark.parametrize("name", NASTY)
def test_json_says_it_all_and_rules_nothing(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for indent in (None, 2):
        output.print_json({"title": NASTY[name], NASTY[name]: 1}, indent=indent)
        shown = capsys.readouterr().out
        assert json.loads(shown) == {"title": NASTY[name], NASTY[name]: 1}
        assert not RULING.search(shown.replace("\n", ""))
        assert not ISOLATES.search(shown)
        assert shown.count("\n") == (1 if indent is None else 4)


def test_letters_are_letters_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json({"title": "می\u200cخواهم – Grüße 👩\u200d🚀"})
    assert "می\u200cخواهم – Grüße 👩\u200d🚀" in capsys.readouterr().out


@pytest.mark.parametrize("name", NASTY)
def test_an_error_that_ends_a_command_rules_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise NewsMonitorError(f'There is no edition "{NASTY[name]}".')

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit):
        cli.main()
    said = capsys.readouterr().err
    assert not RULING.search(said.replace("\n", ""))
    assert not ISOLATES.search(said)


def test_a_log_event_of_each_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    for text in NASTY.values():
        assert len(in_a_log_line(text).splitlines()) == 1
