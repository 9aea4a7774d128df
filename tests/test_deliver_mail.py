"""What the channels of mail have beyond what every channel promises."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from test_deliver_channels import HTML, MAIL, MAILBOXES, SENDER, SUBJECT, TEXT, letter_to, stored

from monitor.deliver import send_timeout
from monitor.deliver.mail.maildir import MaildirChannel
from monitor.deliver.mail.message import compose_message
from monitor.deliver.mail.replies import refusal
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.model.delivery import Letter
from monitor.policy.retry import is_ours, scope

every_mail = pytest.mark.parametrize("kind", MAIL)


@every_mail
def test_a_mail_has_its_parts_and_headers(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        letter = letter_to(opened)
        sent = stored(opened, letter)
        opened.channel.send(sent)
        (raw,) = opened.received()
    message = message_from_bytes(raw, policy=default)
    assert (message["Subject"], message["Message-ID"]) == (SUBJECT, letter.message_id)
    assert (message["List-Id"], message["To"]) == ("<daily.news.example>", letter.recipient)
    assert [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()] == [TEXT, HTML]
    assert not set(sent.body.replace(b"\r\n", b"")) & set(b"\r\n\0")


def test_a_message_that_goes_out_once_more_keeps_the_list_it_was_sent_by(tmp_path: Path) -> None:
    with MAILBOXES["maildir"](tmp_path) as opened:
        old = stored(opened, letter_to(opened))
    renamed = MaildirChannel(folder=tmp_path, sender="news@elsewhere.example")
    copies = [renamed.resent(old, "x@y.example", "1", old.queued_at), renamed.copy_after_refusal(old)]
    for copy in copies:
        assert copy is not None
        message = message_from_bytes(copy.body, policy=default)
        assert (message["List-Id"], message["From"]) == ("<daily.news.example>", "news@elsewhere.example")


def test_the_address_for_unsubscribing_names_recipient_and_list(tmp_path: Path) -> None:
    with MAILBOXES["maildir"](tmp_path) as opened:
        plain = letter_to(opened)
    url = "https://example.org/bye?who={recipient}&from={list}"
    letter = Letter(
        message_id=plain.message_id,
        digest="Утро {recipient}",
        recipient=plain.recipient,
        subject="",
        text="",
        html="",
        date=plain.date,
        unsubscribe_url=url,
    )
    raw = compose_message(letter, SENDER)
    list_name = message_from_bytes(raw, policy=default)["List-Id"].strip("<>")
    assert f"<https://example.org/bye?who=reader%40home.example&from={list_name}>".encode() in raw


def test_a_session_may_take_as_long_as_its_steps_may() -> None:
    channel = SmtpChannel(host="mail.example", sender=SENDER, command_timeout=timedelta(minutes=2))
    assert send_timeout(channel) == channel.send_timeout == timedelta(minutes=42)


@pytest.mark.parametrize("stage", ["connect", "sender", "recipient", "data"])
@pytest.mark.parametrize(
    ("code", "ours", "for_all", "permanent"),
    [
        (421, False, True, False),
        (451, False, False, False),
        (530, True, True, True),
        (534, True, True, True),
        (535, True, True, True),
        (538, True, True, True),
        (550, False, False, True),
        (554, False, False, True),
    ],
)
def test_the_number_of_a_reply_becomes_facts(stage: str, code: int, ours: bool, for_all: bool, permanent: bool) -> None:  # noqa: FBT001
    error = refusal(stage, code, "no")
    assert (error.ours, error.for_all, error.permanent) == (ours, for_all, permanent)
    assert str(error) == f"{stage}: {code} no"
    if ours:
        assert is_ours(error)
    if for_all:
        assert scope(error) == "server"
