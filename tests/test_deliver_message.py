"""What a message looks like: read back by the `email` package, and byte by byte."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from email import charset, message_from_bytes
from email.message import EmailMessage, Message, MIMEPart
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.deliver.keys import message_key
from monitor.deliver.mail.message import (
    SUBJECT_CHARACTERS,
    ascii_address,
    compose_message,
    list_id,
    mail_id,
    sender_address,
    sender_domain,
)
from monitor.model.delivery import Letter
from monitor.plain_text import one_line

SENDER = "News Monitor <monitor@news.example>"
LETTER = Letter(
    message_id="<daily.scheduled.2016-09-22.0123456789abcdef@news.example>",
    digest="daily",
    recipient="reader@home.example",
    subject="3 stories · Thu 22 Sep",
    text="Three stories.\n\n.A line with a dot\nFrom the desk\n",
    html="<p>Three stories: https://wire.example/1</p>\n",
    date=datetime(2016, 9, 22, 6, 0, tzinfo=UTC),
)
FIVE_SCRIPTS = [
    "The ceasefire ended before the convoys left. ",
    "وقف إطلاق النار انتهى قبل أن تتحرك القوافل ",
    "停戦は車列が出発する前に終わった。",
    "Перемирие кончилось раньше, чем ушли колонны. ",
    "काफ़िले चलने से पहले ही युद्धविराम टूट गया। ",
]


def read(letter: Letter, sender: str = SENDER) -> EmailMessage:
    message = message_from_bytes(compose_message(letter, sender), policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def lines(letter: Letter) -> list[bytes]:
    return compose_message(letter, SENDER).split(b"\r\n")


def content(part: Message) -> str:
    """What a reader sees; in mail every line ends with CRLF."""
    assert isinstance(part, MIMEPart)
    return str(part.get_content()).replace("\r\n", "\n")


# ---- headers


def test_the_headers_are_exactly_these() -> None:
    assert {name: str(value) for name, value in read(LETTER).items()} == {
        "Date": "Thu, 22 Sep 2016 06:00:00 +0000",
        "From": SENDER,
        "To": "reader@home.example",
        "Subject": "3 stories · Thu 22 Sep",
        "Message-ID": "<daily.scheduled.2016-09-22.0123456789abcdef@news.example>",
        "List-Id": "<daily.news.example>",
        "List-Unsubscribe": "<mailto:monitor@news.example?subject=unsubscribe%20daily.news.example>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/alternative; boundary="=_03cb903f6069334e18b48a3065f5907a"',
    }


@pytest.mark.parametrize("script", FIVE_SCRIPTS)
def test_a_subject_of_400_characters_comes_back_exactly(script: str) -> None:
    subject = (script * 20)[:400].rstrip()
    assert read(replace(LETTER, subject=subject))["Subject"] == subject
    assert len(read(replace(LETTER, subject=script * 20))["Subject"]) <= 400


@pytest.mark.parametrize(
    "subject",
    [
        "quiet\r\nBcc: everybody@home.example",
        "quiet\n\nFrom here on a body",
        "nul\x00l and bell\x07",
        "lone surrogate \ud83d",
        "line\u2028separator and next\x85line",
        "=?utf-8?q?an_encoded_word?=",
        "spoofed \u202egnp.exe\u202c",
        "x" * 4_000,
        'a, b; c: <d@e.example> (comment) "quoted" \\',
        "",
    ],
)
def test_a_hostile_subject_stays_a_subject(subject: str) -> None:
    message = read(replace(LETTER, subject=subject))
    assert message["Subject"] == one_line(subject, SUBJECT_CHARACTERS)
    assert message.keys() == read(LETTER).keys()


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        ("monitor@news.example", "", "monitor@news.example"),
        ("News, Monitor <monitor@news.example>", "News, Monitor", "monitor@news.example"),
        ('"Quoted" <monitor@news.example>', "Quoted", "monitor@news.example"),
        ("Новости, утро <n@почта.example>", "Новости, утро", "n@xn--80a1acny.example"),
        ("=?utf-8?q?odd?= <n@news.example>", "=?utf-8?q?odd?=", "n@news.example"),
    ],
)
def test_the_sender_is_shown_by_name_and_ascii_address(sender: str, name: str, address: str) -> None:
    (shown,) = read(LETTER, sender)["From"].addresses
    assert (shown.display_name, shown.addr_spec) == (name, address)
    assert sender_address(sender) == address


def test_a_recipient_that_no_server_takes_does_not_stop_the_message() -> None:
    message = read(replace(LETTER, recipient="jörg@home.example\nBcc: x@y.example"))
    assert message.keys() == read(LETTER).keys()


@pytest.mark.parametrize("name", ["List-Id", "List-Unsubscribe", "Message-ID", "Auto-Submitted", "To"])
def test_headers_for_machines_are_never_encoded_or_folded(name: str) -> None:
    long = f"{'a' * 60}@{'bücher.' * 12}example"
    letter = replace(LETTER, digest="long list " * 40, recipient=long, message_id=f"<{'m.' * 90}@news.example>")
    (line,) = [line for line in lines(letter) if line.startswith(f"{name}:".encode())]
    following = lines(letter)[lines(letter).index(line) + 1]
    assert b"=?" not in line
    assert not following.startswith((b" ", b"\t"))


@pytest.mark.parametrize(
    "address",
    [
        *("", "nobody", "@home.example", "a@", "a b@home.example", "a@b@home.example", "<a@home.example>"),
        *("a@home..example", "a@ho me.example", "a@[127.0.0.1]", "a@home.example\r\n", '"a b"@home.example'),
        *("jörg@home.example", "a" * 65 + "@home.example", "a@" + "b." * 130 + "example"),
    ],
)
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(ValueError, match="is not a mail address this program can use"):
        ascii_address(address)


# ---- names that stay


def test_a_message_id_names_edition_and_recipient() -> None:
    assert re.fullmatch(
        r"<daily\.scheduled\.2016-09-22\.[0-9a-f]{16}@news\.example>",
        mail_id(message_key("daily", "scheduled", "2016-09-22", "reader@home.example"), SENDER),
    )


def test_whatever_differs_has_another_message_id() -> None:
    usual = ("daily", "scheduled", "2016-09-22", "reader@home.example")
    changes = ("weekly", "manual", "2016-09-23", "x@y.example")
    editions = [usual, *((*usual[:i], change, *usual[i + 1 :]) for i, change in enumerate(changes))]
    ids = {mail_id(message_key(digest, kind, slot, who), SENDER) for digest, kind, slot, who in editions}
    assert len(ids) == 5


def test_digests_of_similar_or_foreign_names_are_kept_apart() -> None:
    names = ["Утро", "Вечер", "morning news", "morning-news", "Morning News", "a" * 41, "a" * 42]
    assert len({list_id(name, SENDER) for name in names}) == len(names)


@pytest.mark.parametrize("digest", ["daily", "Утро", "a" * 300, "x>\r\nBcc: y", "<>", "🗞", "."])
def test_ids_are_fit_for_a_header(digest: str) -> None:
    for value in (
        mail_id(message_key(digest, "manual", "2016-09-22T06:00:00+00:00", "r@h.example"), SENDER),
        list_id(digest, SENDER),
    ):
        assert re.fullmatch(r"<[a-z0-9-]+(\.[a-z0-9-]+)*(@news)?\.[a-z]+>", value)
        assert len(value) < 200


def test_the_domain_is_the_senders() -> None:
    assert sender_domain("Новости <n@почта.example>") == "xn--80a1acny.example"


# ---- the body


def test_the_text_comes_first_and_both_parts_come_back_whole() -> None:
    text, html = read(LETTER).iter_parts()
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in (text, html)] == ["utf-8", "utf-8"]
    assert [content(part) for part in (text, html)] == [LETTER.text, LETTER.html]


@pytest.mark.parametrize(
    ("script", "encoding"), [*zip(FIVE_SCRIPTS, ["quoted-printable", *["base64"] * 4], strict=True)]
)
def test_the_smaller_encoding_is_chosen(script: str, encoding: str) -> None:
    story = f'<tr><td dir="rtl">{script}</td></tr>\n'
    html = list(read(replace(LETTER, html=story * 300)).iter_parts())[1]
    assert html["Content-Transfer-Encoding"] == encoding
    assert content(html) == story * 300


TEXT = st.text(st.characters() | st.sampled_from("\r\n\t .=\x00\x85\u2028\ud800"), max_size=300)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(subject=TEXT, text=TEXT, html=TEXT)
def test_any_text_makes_a_message_that_every_server_takes(subject: str, text: str, html: str) -> None:
    raw = compose_message(replace(LETTER, subject=subject, text=text, html=html), SENDER)
    assert raw.isascii()
    assert not set(raw.replace(b"\r\n", b"")) & set(b"\r\n\0")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = message_from_bytes(raw, policy=default)
    assert message["Subject"] == one_line(subject, SUBJECT_CHARACTERS)
    assert len(message.keys()) == (11 if html else 12)  # plain text names its encoding up here


@pytest.mark.parametrize("script", FIVE_SCRIPTS)
def test_lines_and_encoded_words_keep_the_limits_of_the_standards(script: str) -> None:
    letter = replace(LETTER, subject=script * 5, text=script * 50, html=script * 50)
    head, _, body = compose_message(letter, f"{script[:40]} <monitor@news.example>").partition(b"\r\n\r\n")
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^?]+\?.\?[^?]*\?=", head))
    assert all(len(line) <= 78 for line in body.split(b"\r\n"))


def test_the_same_letter_is_the_same_bytes_in_any_process() -> None:
    script = (
        "import sys, datetime; from monitor.model.delivery import Letter\n"
        "from monitor.deliver.mail.message import compose_message\n"
        f"sys.stdout.buffer.write(compose_message({LETTER!r}, {SENDER!r}))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, env={"PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    assert {run.stdout for run in runs} == {compose_message(LETTER, SENDER)}


def test_a_library_that_changes_how_mail_is_encoded_changes_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = replace(LETTER, subject="Новости, утро: перемирие")
    before = compose_message(letter, "Новости, утро <monitor@news.example>")
    monkeypatch.setattr(charset, "CHARSETS", {"utf-8": (charset.QP, charset.QP, "utf-8")})
    assert compose_message(letter, "Новости, утро <monitor@news.example>") == before
