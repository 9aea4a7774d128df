"""What every channel promises, asked of each kind in turn. A new kind needs one entry in `MAILBOXES`."""

import dataclasses
import mailbox
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from outbox import NOON, delivery
from smtp_server import HOST, mail_server

from monitor.deliver import KINDS, Channel
from monitor.deliver.email import SmtpChannel
from monitor.deliver.maildir import MaildirChannel
from monitor.model.delivery import Letter

SENDER = "Новости <monitor@news.example>"
LETTER = Letter(
    message_id="<daily.scheduled.2016-09-21.0123456789abcdef@news.example>",
    list_id="<daily.news.example>",
    recipient="reader@home.example",
    subject="Two stories · وقف إطلاق النار",
    text=".a dot at the start\n\nقصة واحدة\n",
    html="<p>قصة واحدة</p>\n",
    date=NOON,
)

Received = Callable[[], list[bytes]]


@contextmanager
def a_maildir(folder: Path) -> Iterator[tuple[Channel, Received]]:
    box = mailbox.Maildir(folder / "mail")
    yield MaildirChannel(folder=folder / "mail", sender=SENDER), lambda: [bytes(message) for message in box]


@contextmanager
def a_mail_server(folder: Path) -> Iterator[tuple[Channel, Received]]:
    with mail_server() as server:
        channel = SmtpChannel(host=HOST, port=server.port, tls="none", sender=SENDER)
        yield channel, lambda: [body for _, _, body in server.messages]


MAILBOXES: dict[str, Callable[[Path], AbstractContextManager[tuple[Channel, Received]]]] = {
    "maildir": a_maildir,
    "smtp": a_mail_server,
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_a_letter_arrives_as_it_was_written(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as (channel, received):
        answer = channel.send(delivery(body=channel.compose(LETTER)))
        (raw,) = received()
    message = message_from_bytes(raw, policy=default)
    assert (message["Subject"], message["Message-ID"]) == (LETTER.subject, LETTER.message_id)
    assert [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()] == [LETTER.text, LETTER.html]
    assert answer
    assert answer.isprintable()


@every_kind
def test_a_letter_is_composed_to_the_same_bytes_each_time(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as (channel, _):
        body = channel.compose(LETTER)
        assert channel.compose(LETTER) == body
    assert not set(body.replace(b"\r\n", b"")) & set(b"\r\n\0")


@every_kind
def test_a_repeat_carries_the_same_bytes(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as (channel, received):
        body = channel.compose(LETTER)
        channel.send(delivery(body=body))
        channel.send(delivery(body=body))
        assert len(set(received())) == 1


@every_kind
def test_a_channel_is_a_value_whose_fields_are_explained(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as (channel, _):
        check_value(channel)
        assert type(channel) is KINDS[kind]


def check_value(channel: Any) -> None:  # Any: it is more than its protocol says
    for setting in dataclasses.fields(channel):
        assert f"`{setting.name}`" in channel.__doc__
    with pytest.raises(dataclasses.FrozenInstanceError):
        channel.sender = "somebody@else.example"
