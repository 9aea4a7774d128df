"""The sendmail channel: what is handed to the command, and what each of its exit statuses leads to."""

import stat
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from outbox import BODY, NOON, delivery

from monitor.deliver.mail.sendmail import SendmailChannel
from monitor.errors import DeliveryError
from monitor.model.delivery import DeliveryState
from monitor.policy.retry import scope, verdict

SENDER = "News <news@monitor.example>"


def command(folder: Path, work: str) -> tuple[str, ...]:
    """A program that keeps what it gets, then does this."""
    file = folder / "sendmail"
    file.write_text(
        f"#!{sys.executable}\nimport os, sys, time\n"
        f"open({str(folder / 'words')!r}, 'w').write('\\n'.join(sys.argv[1:]))\n"
        f"open({str(folder / 'environment')!r}, 'w').write(' '.join(sorted(os.environ)))\n"
        f"open({str(folder / 'body')!r}, 'wb').write(sys.stdin.buffer.read())\n{work}\n"
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return (str(file), "-t0")


def channel(folder: Path, work: str = "", **changes: Any) -> SendmailChannel:
    return SendmailChannel(sender=SENDER, command=command(folder, work), **changes)


def failed(folder: Path, work: str, **changes: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as error:
        channel(folder, work, **changes).send(delivery(body=BODY))
    assert str(error.value).isprintable()
    return error.value


def test_the_command_gets_the_message_and_the_recipient_and_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "hush")
    said = channel(tmp_path, "print('queued as 4711')").send(delivery(body=BODY))
    assert said == f"taken by {tmp_path / 'sendmail'}: queued as 4711"
    words = (tmp_path / "words").read_text().splitlines()
    assert words == ["-t0", "-i", "-f", "news@monitor.example", "--", "reader@home.example"]
    assert (tmp_path / "body").read_bytes() == BODY.replace(b"\r\n", b"\n")
    assert "SMTP_PASSWORD" not in (tmp_path / "environment").read_text()


@pytest.mark.parametrize(
    ("status", "state", "what"),
    [
        (67, DeliveryState.REFUSED, "recipient"),
        (68, DeliveryState.REFUSED, "recipient"),
        (65, DeliveryState.DEAD, "message"),
        (75, DeliveryState.QUEUED, "server"),
        (78, DeliveryState.QUEUED, "server"),
        (64, DeliveryState.QUEUED, "server"),
        (1, DeliveryState.QUEUED, "server"),
    ],
)
def test_what_an_exit_status_leads_to(tmp_path: Path, status: int, state: DeliveryState, what: str) -> None:
    error = failed(tmp_path, f"sys.stderr.write('no\\x1b[2J such thing'); sys.exit({status})")
    assert verdict(delivery(), error, NOON).state is state
    assert scope(error) == what


def test_a_command_that_does_not_end_is_killed_and_may_have_taken_the_message(tmp_path: Path) -> None:
    error = failed(tmp_path, "time.sleep(60)", timeout=timedelta(seconds=1))
    assert error.unknown
    assert "did not end within 1 s" in error.answer


def test_what_a_command_said_before_it_was_killed_is_shown(tmp_path: Path) -> None:
    words = "sys.stderr.write('create file maildrop: Permission denied\\n'); sys.stderr.flush(); time.sleep(60)"
    error = failed(tmp_path, words, timeout=timedelta(seconds=1))
    assert error.unknown
    assert "Permission denied" in error.answer
    assert "docs/sendmail.md" in channel(tmp_path).advice(error)


def test_a_command_that_reads_nothing_and_a_flood_of_words_do_no_harm(tmp_path: Path) -> None:
    error = failed(tmp_path, "sys.stdout.write('x' * 300_000); sys.exit(75)")
    assert len(error.answer) < 400
    (tmp_path / "sendmail").write_text(f"#!{sys.executable}\nimport sys\nsys.exit(75)\n")
    with pytest.raises(DeliveryError, match="exit status 75"):
        SendmailChannel(sender=SENDER, command=(str(tmp_path / "sendmail"),)).send(delivery(body=b"x" * 1_000_000))


def test_a_program_that_is_not_there_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="cannot run") as error:
        SendmailChannel(sender=SENDER, command=(str(tmp_path / "nothing"),)).send(delivery())
    assert verdict(delivery(), error.value, NOON + timedelta(days=30)).state is DeliveryState.QUEUED


def test_a_queue_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    words = "sys.stderr.write('postdrop: warning: mail_queue_enter: create file maildrop: Permission denied')"
    error = failed(tmp_path, f"{words}; sys.exit(75)")
    assert "docs/sendmail.md" in channel(tmp_path).advice(error)
    assert "by hand" in channel(tmp_path).advice(DeliveryError(stage="data", answer="no"))
    assert "accepted" in channel(tmp_path).advice(None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"command": ("sendmail",)}, "whole path"), ({"command": ()}, "whole path"), ({"timeout": timedelta()}, "zero")],
)
def test_settings_that_cannot_be_right_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SendmailChannel(**{"sender": SENDER, **changes})


def test_an_address_that_no_server_takes_is_not_handed_over(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="recipient: "):
        channel(tmp_path).send(delivery(recipient="nobody"))
    assert not (tmp_path / "words").exists()
