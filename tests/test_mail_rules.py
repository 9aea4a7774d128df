"""Every message by the letter of the standards, read by a validator of our own and by the `email` package (E1–E7)."""

import unicodedata
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from itertools import cycle, islice, product

import pytest
from editions import EDITIONS, SYRIA, Desk, article, edition_of
from mail_rules import violations
from outbox import delivery
from table import each_row
from test_deliver_message import FIVE_SCRIPTS, LETTER, SENDER

from monitor.deliver.mail.message import HEADER_CHARACTERS, ascii_address, compose_message
from monitor.deliver.mail.plain_copy import second_form
from monitor.model.delivery import Letter
from monitor.plain_text import one_line
from monitor.render import environment, render
from monitor.resources import resource

URL = "https://unsubscribe.example.org/bye?" + "token=0123456789abcdef&" * 9 + "end"
EVIL = (
    *("\r\nBcc: all@home.example", "\n\nbody", "\x00", "\x1b[2J", "\x85", "\u2028", "\u2029", "\ud800", "\udfff"),
    *("\u202e", "\u2066", "\u2069", "=?utf-8?q?x?=", "=?", "?=", "\t", "\x7f", "\ufeff", '"', "<a@b>", "\\", ":;,"),
    *("{{7*7}}", "{% raw %}", "<script>", "'--", "é", "e\u0301", "🗞️", "\u200f", "x" * 90, "ﷺ" * 40),
)
FRAMES = ("{}", "{}start", "end{}", "mid{}dle", "هدنة {} سوريا", "停戦{}", "two {} {} ones")
NASTY_TITLES = [frame.replace("{}", evil) for evil, frame in islice(product(EVIL, FRAMES), 200)]


def parsed(raw: bytes) -> EmailMessage:
    message = BytesParser(EmailMessage, policy=default).parsebytes(raw)
    assert not message.defects
    return message


def texts(message: EmailMessage) -> list[str]:
    parts = message.iter_parts() if message.is_multipart() else [message]
    return [str(part.get_content()).replace("\r\n", "\n") for part in parts]


# ---- the validator sees what it should

BROKEN = [
    (b"Subject: 3 stories", "Subject: caf\xe9".encode("latin-1"), "not ASCII"),
    (b"Subject: 3 stories", b"Subject: a\nb", "bare CR, LF or NUL"),
    (b"Subject: 3 stories", b"Subject: " + b"x" * 1000, "has 10"),
    (b"To: reader", b"To reader", "no field"),
    (b"To: reader", b"To: =?utf-8?q?x?= reader", "an encoded word in b'to'"),
    (b"Auto-Submitted", b"To: a@b.example\r\nAuto-Submitted", "occurs twice"),
    (b"Date:", b"Datum:", "no b'date'"),
    (b"Message-ID: <daily", b"Message-ID: daily", "a Message-ID that is none"),
    (b"Subject: 3 stories", b"Subject: =?utf-8?q?" + b"=C3=A9" * 12 + b"?=", "an encoded word of"),
    (b"Subject: 3 stories", b"Subject: =?utf-8?b?w6k?= x", "cannot be read"),
    (b"Subject: 3 stories", b"Subject: =?utf-8?q?=C3?= x", "cannot be read"),
    (b"Subject: 3 stories", b"Subject: x=?utf-8?q?x?=", "touches its neighbour"),
    (b"Subject: 3 stories", b"Subject: =?utf-8?q?x", "a broken encoded word"),
    (b'charset="utf-8"', b'charset="iso-8859-1"', "a part of type"),
    (b"quoted-printable", b"8bit", "a transfer encoding"),
    (b"Three stories.", b"Three =stories.", "none"),
    (b"Three stories.", b"Three stories. " + b"x" * 80, "bytes in a part"),
    (b"Three stories.", b"Three stories. ", "a blank at the end"),
    (b"\r\n--=_", b"\r\n-=_", "parts"),
]


@pytest.mark.parametrize(("right", "wrong", "words"), BROKEN)
def test_the_validator_finds_what_is_wrong(right: bytes, wrong: bytes, words: str) -> None:
    raw = compose_message(replace(LETTER, subject="3 stories"), SENDER)
    assert violations(raw) == []
    assert right in raw
    assert words in " | ".join(violations(raw.replace(right, wrong, 1)))


# ---- 500 mails

SENDERS = (SENDER, "n@почта.example", *(f"{script.strip()} <n@news.example>" for script in FIVE_SCRIPTS))
RECIPIENTS = ("reader@home.example", "leser@bücher.example", "ann+news@straße.example")


def letter_of(number: int) -> Letter:
    """Scripts, lengths and evils, each in its own rhythm, so that 500 numbers give 500 different letters."""
    script, evil = FIVE_SCRIPTS[number % 5], EVIL[number % len(EVIL)]
    text = (script * 40)[: number * 13 % 1_500] + evil + (script * 3)[number % 7 :]
    return replace(
        LETTER,
        recipient=RECIPIENTS[number % 3],
        subject=((script + evil) * 12)[: number * 7 % 420],
        text=f"{text}\n.\n\n{evil}\n{text}",
        html=f"<p>{text}</p>\n" * (number % 4),
        unsubscribe_url=URL if number % 2 else "",
    )


@pytest.mark.no_cover  # by number, and what the code does with them is covered by single letters
@pytest.mark.parametrize("sender", SENDERS)
def test_500_generated_mails_keep_every_rule_and_read_back(sender: str) -> None:
    for number in range(SENDERS.index(sender), 504, len(SENDERS)):
        letter = letter_of(number)
        raw = compose_message(letter, sender)
        assert violations(raw) == [], number
        message = parsed(raw)
        assert message["Subject"] == one_line(letter.subject, 400), number
        assert len(texts(message)) == (2 if letter.html else 1), number
        assert message["To"] == ascii_address(letter.recipient), number
        copy = second_form(delivery(body=raw, recipient=letter.recipient), sender).body
        assert violations(copy) == [], number
        assert texts(parsed(copy))[0].endswith(texts(message)[0]), number


# ---- 200 nasty titles


@pytest.mark.no_cover  # what the code does with them is covered by the fewer titles of other tests
def test_a_nasty_title_leaves_the_header_as_it_is() -> None:
    headers = parsed(compose_message(LETTER, SENDER)).keys()

    def check(title: str) -> None:
        letter = replace(LETTER, subject=title, text=title, html=f"<p>{title}</p>")
        raw = compose_message(letter, f"{one_line(title, HEADER_CHARACTERS)} <n@n.example>")
        assert violations(raw) == []
        assert parsed(raw).keys() == headers

    each_row(check, zip(NASTY_TITLES))


def test_digests_of_200_nasty_titles_are_built_and_read_back() -> None:
    templates = environment([resource("templates")])
    for number in range(0, len(NASTY_TITLES), 20):
        desk = Desk()
        for place, title in enumerate(NASTY_TITLES[number : number + 20], number + 1):
            one = article(place, title, f"The ceasefire. {title}", outlet=title[:30], language=title[:8])
            desk.add(one, about=(SYRIA,), hits=[("ceasefire", "ceasefire")])
        rendered = render(edition_of(desk.edition_input()), templates)
        letter = replace(LETTER, subject=rendered.subject, text=rendered.text, html=rendered.html)
        raw = compose_message(letter, SENDER)
        assert violations(raw) == []
        text, html = texts(parsed(raw))
        controls = {char for char in text + html if unicodedata.category(char) in {"Cc", "Cs"}}
        assert controls <= {"\n"}
        assert "<script" not in html
        assert len(parsed(raw).keys()) == len(parsed(compose_message(LETTER, SENDER)).keys())


@pytest.mark.parametrize("name", sorted(EDITIONS))
def test_the_golden_editions_keep_every_rule(name: str) -> None:
    rendered = render(EDITIONS[name](), environment([resource("templates")]))
    letter = replace(LETTER, subject=rendered.subject, text=rendered.text, html=rendered.html)
    raw = compose_message(letter, SENDER)
    assert violations(raw) == []
    assert texts(parsed(raw)) == [rendered.text, f"{rendered.html}\n"]


# ---- addresses and ways out


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("leser@bücher.example", "leser@xn--bcher-kva.example"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("ann@ПОЧТА.example", "ann@xn--80a1acny.example"),
        ("ann@例え.テスト", "ann@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_an_international_domain_is_written_as_dns_knows_it(written: str, sent: str) -> None:
    raw = compose_message(replace(LETTER, recipient=written), f"Ü <{written}>")
    message = parsed(raw)
    assert violations(raw) == []
    assert (message["To"], message["From"].addresses[0].addr_spec) == (sent, sent)


def test_one_click_comes_with_its_address_and_never_without() -> None:
    plain, one_click = (parsed(compose_message(replace(LETTER, unsubscribe_url=url), SENDER)) for url in ("", URL))
    assert "List-Unsubscribe-Post" not in plain
    assert plain["List-Unsubscribe"].startswith("<mailto:monitor@news.example?subject=unsubscribe")
    assert one_click["List-Unsubscribe"] == f"<{URL}>, {plain['List-Unsubscribe']}"
    assert one_click["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(URL) > 200


def test_addresses_of_200_characters_come_back_whole() -> None:
    links = [
        f"https://wire.example/{'long-path/' * 20}{script.split()[0]}" for script in islice(cycle(FIVE_SCRIPTS), 10)
    ]
    letter = replace(LETTER, text="\n".join(links) + "\n", html="".join(f'<a href="{link}">x</a>\n' for link in links))
    text, html = texts(parsed(compose_message(letter, SENDER)))
    assert text.split() == links
    assert all(link in html for link in links)
