"""What every channel promises, asked of each kind in turn. A new kind needs one entry in `MAILBOXES`.

What is true of mail alone is in `test_deliver_mail`.
"""

import dataclasses
import mailbox
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from alert_mails import BUNDLE, ONE
from editions import ordinary_day
from outbox import NOON, delivery
from receiver import HOST as RECEIVER
from receiver import Receiver, answer
from smtp_server import HOST, mail_server

from monitor.deliver import KINDS, KindOfChannel, is_brief
from monitor.deliver.by_apprise import AppriseChannel
from monitor.deliver.keys import message_key
from monitor.deliver.mail.maildir import MaildirChannel
from monitor.deliver.mail.sendmail import SendmailChannel
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.deliver.matrix import MatrixChannel
from monitor.deliver.ntfy import NtfyChannel
from monitor.deliver.webhook import WebhookChannel
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, Letter

SENDER = "Новости <monitor@news.example>"
SUBJECT = "Two stories · وقف إطلاق النار"
TEXT = ".a dot at the start\n\nقصة واحدة\n"
HTML = "<p>قصة واحدة</p>\n"
MAIL = ("maildir", "sendmail", "smtp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A channel with the real thing at the other end."""

    channel: KindOfChannel
    recipients: tuple[str, str]
    """Two that are valid for it."""
    strangers: tuple[str, ...]
    """Who cannot be a recipient."""
    received: Callable[[], list[bytes]]
    """What arrived at the other end."""
    is_brief: bool = False
    """Whether it says an edition in words of its own, shorter than a mail."""

    def __post_init__(self) -> None:
        assert is_brief(self.channel) is self.is_brief


@contextmanager
def a_maildir(folder: Path) -> Iterator[Opened]:
    box = mailbox.Maildir(folder / "mail")
    yield Opened(
        channel=MaildirChannel(folder=folder / "mail", sender=SENDER),
        recipients=("reader@home.example", "other@home.example"),
        strangers=("desk", "Desk <desk@home.example>", "a@b.example\r\nBcc: c@d.example"),
        received=lambda: [bytes(message) for message in box],
    )


@contextmanager
def a_mail_server(folder: Path) -> Iterator[Opened]:
    with mail_server() as server:
        yield Opened(
            channel=SmtpChannel(host=HOST, port=server.port, tls="none", sender=SENDER),
            recipients=("reader@home.example", "other@home.example"),
            strangers=("desk", "Desk <desk@home.example>", "a@b.example\r\nBcc: c@d.example"),
            received=lambda: [body for _, _, body in server.messages],
        )


@contextmanager
def a_command(folder: Path) -> Iterator[Opened]:
    keeps = folder / "sendmail"
    keeps.write_text(f"#!/bin/sh\ncat > {folder}/mail-$$\n")
    keeps.chmod(0o700)
    yield Opened(
        channel=SendmailChannel(sender=SENDER, command=(str(keeps),)),
        recipients=("reader@home.example", "other@home.example"),
        strangers=("desk", "Desk <desk@home.example>", "a@b.example\r\nBcc: c@d.example"),
        received=lambda: [file.read_bytes() for file in folder.glob("mail-*")],
    )


@contextmanager
def a_webhook(_folder: Path) -> Iterator[Opened]:
    with Receiver() as service:
        yield Opened(
            channel=WebhookChannel(secret="s3cret", private_host=RECEIVER),
            recipients=(service.url("/desk"), service.url("/other")),
            strangers=("desk", "ftp://desk.example/in", "https://me:pw@desk.example/", "https://desk.example/ x"),
            received=lambda: [request.body for request in service.requests],
        )


@contextmanager
def a_phone(_folder: Path) -> Iterator[Opened]:
    with Receiver() as service:
        service.answers = [answer(200, b'{"id":"hwQ2YpKdmg","event":"message"}')]
        yield Opened(
            channel=NtfyChannel(url=service.url(""), private_host=RECEIVER),
            recipients=("desk", "other_desk"),
            strangers=("me@home.example", "two words", "a/b", "x" * 65),
            received=lambda: [request.body for request in service.requests],
            is_brief=True,
        )


@contextmanager
def a_room(_folder: Path) -> Iterator[Opened]:
    with Receiver() as service:
        service.answers = [answer(200, b'{"event_id":"$143273582443PhrSn:home.example"}')]
        yield Opened(
            channel=MatrixChannel(url=service.url(""), token="syt_x", private_host=RECEIVER),
            recipients=("!desk:home.example", "!other:home.example"),
            strangers=("#desk:home.example", "@me:home.example", "!two words", "!"),
            received=lambda: [request.body for request in service.requests],
            is_brief=True,
        )


@contextmanager
def a_service_of_apprise(_folder: Path) -> Iterator[Opened]:
    with Receiver() as service:
        address = service.url("").replace("http://", "json://")
        yield Opened(
            channel=AppriseChannel(),
            recipients=(f"{address}/desk?:message=body", f"{address}/other?:message=body"),
            strangers=("desk", "me@home.example", "https//desk.example", "tgram://a b", f"json://{'x' * 2_000}"),
            received=lambda: [request.body for request in service.requests],
            is_brief=True,
        )


MAILBOXES: dict[str, Callable[[Path], AbstractContextManager[Opened]]] = {
    "apprise": a_service_of_apprise,
    "maildir": a_maildir,
    "matrix": a_room,
    "ntfy": a_phone,
    "sendmail": a_command,
    "smtp": a_mail_server,
    "webhook": a_webhook,
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def letter_to(opened: Opened, slot: str = "2016-09-21") -> Letter:
    recipient = opened.channel.recipient(opened.recipients[0])
    return Letter(
        message_id=opened.channel.message_id(message_key("daily", "scheduled", slot, recipient)),
        digest="daily",
        recipient=recipient,
        subject=SUBJECT,
        text=TEXT,
        html=HTML,
        date=NOON,
        edition=ordinary_day(),
    )


def stored(opened: Opened, letter: Letter) -> Delivery:
    body = opened.channel.compose(letter)
    return delivery(recipient=letter.recipient, message_id=letter.message_id, body=body)


def says(opened: Opened, body: bytes) -> bool:
    """Whether it has the text of the letter, or the first headline of its edition."""
    text = opened.channel.text_of(body).replace("\r\n", "\n")
    return ordinary_day().sections[0].stories[0].lead.title in text if opened.is_brief else text == TEXT


@every_kind
def test_a_recipient_is_valid_or_named(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        assert [opened.channel.recipient(each) for each in opened.recipients] == list(opened.recipients)
        assert len({each.casefold() for each in opened.recipients}) == 2
        for stranger in (*opened.strangers, ""):
            with pytest.raises(ValueError, match=r"; write ") as refused:
                type(opened.channel).recipient(stranger)
            assert str(refused.value).isprintable()


@every_kind
def test_a_letter_arrives_and_the_answer_can_be_shown(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        sent = stored(opened, letter_to(opened))
        said = opened.channel.send(sent)
        (raw,) = opened.received()
        assert SUBJECT in opened.channel.described(raw).values()
        assert says(opened, raw)
    assert said
    assert said.isprintable()


@every_kind
def test_a_channel_can_read_what_it_wrote(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        body = opened.channel.compose(letter_to(opened))
        assert SUBJECT in opened.channel.described(body).values()
        assert says(opened, body)


@every_kind
def test_what_another_channel_composed_is_read_without_an_error(kind: str, tmp_path: Path) -> None:
    foreign = [
        b"",
        b"\xff\x00",
        b"[1]",
        b"{}",
        b"Subject: x\n\ny",
        b"Content-Type: text/plain; charset=none\r\n\r\n\xff",
    ]
    with MAILBOXES[kind](tmp_path) as opened:
        for body in foreign:
            assert SUBJECT not in opened.channel.described(body).values()
            assert TEXT not in opened.channel.text_of(body)


@every_kind
def test_a_letter_is_composed_to_the_same_bytes_each_time(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        letter = letter_to(opened)
        assert opened.channel.compose(letter) == opened.channel.compose(letter)


@every_kind
def test_a_letter_of_no_edition_is_composed_too(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        body = opened.channel.compose(replace(letter_to(opened), edition=None, html=""))
        assert opened.channel.text_of(body).replace("\r\n", "\n") == TEXT
        assert SUBJECT in opened.channel.described(body).values()


@every_kind
def test_an_alert_is_said_in_its_own_words_or_in_those_of_a_mail(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        for alert in (ONE, BUNDLE):
            letter = replace(letter_to(opened), edition=None, alert=alert)
            text = opened.channel.text_of(opened.channel.compose(letter)).replace("\r\n", "\n")
            assert (alert.stories[0].lead.title in text) if opened.is_brief else text == TEXT


@every_kind
def test_a_repeat_carries_the_same_bytes(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        sent = stored(opened, letter_to(opened))
        opened.channel.send(sent)
        opened.channel.send(sent)
        assert len(set(opened.received())) == 1


@every_kind
def test_two_messages_do_not_take_the_place_of_each_other(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        for slot in ("2016-09-21", "2016-09-22"):
            opened.channel.send(stored(opened, letter_to(opened, slot)))
        assert len(opened.received()) == 2


@every_kind
def test_what_is_resent_says_the_same_under_ids_of_its_own(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        old = stored(opened, letter_to(opened))
        asked = [(who, number) for who in opened.recipients for number in ("1", "2")]
        again = [opened.channel.resent(old, who, number, NOON) for who, number in asked]
        assert [each.recipient for each in again] == [who for who, _ in asked]
        assert len({old.message_id, *(each.message_id for each in again)}) == 5
        assert all(says(opened, each.body) for each in again)
        assert len({opened.channel.text_of(each.body) for each in again}) == 1


@every_kind
def test_a_copy_after_a_refusal_is_to_the_same_recipient_under_another_id(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        old = stored(opened, letter_to(opened))
        copy = opened.channel.copy_after_refusal(old)
        assert (copy is not None) is (kind in MAIL)
        if copy is not None:
            assert copy.recipient == old.recipient
            assert copy.message_id != old.message_id
            assert opened.channel.text_of(copy.body).replace("\r\n", "\n").endswith(TEXT)


@every_kind
def test_a_person_gets_advice_whatever_went_wrong(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        for error in (None, *(DeliveryError(stage=stage, answer="no") for stage in ("connect", "data", "write"))):
            assert opened.channel.advice(error).endswith(".") or str(tmp_path) in opened.channel.advice(error)


@every_kind
def test_a_channel_is_a_value_whose_fields_are_explained(kind: str, tmp_path: Path) -> None:
    with MAILBOXES[kind](tmp_path) as opened:
        check_value(opened.channel)
        assert type(opened.channel) is KINDS[kind]


def check_value(channel: Any) -> None:  # Any: it is more than its protocol says
    for setting in dataclasses.fields(channel):
        assert f"`{setting.name}`" in f"{channel.__doc__} {type(channel).__mro__[1].__doc__}"
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(channel, setting.name, "something else")
