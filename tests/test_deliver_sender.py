"""What `doctor` says of the records of a sender's domain: tables of records, and a DNS server for the questions."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from monitor.deliver.mail.check_sender import check_sender, is_of_the_world
from monitor.deliver.mail.sender_records import findings, policy_record
from monitor.deliver.mail.sendmail import SendmailChannel
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.deliver.mail.text_records import NoAnswerInTime, TextRecords

DOMAIN = "news.lantern.press"
SECOND = timedelta(seconds=1)
ALL_WELL = {
    DOMAIN: ("v=spf1 include:_spf.provider.press ~all", "some other text"),
    f"_domainkey.{DOMAIN}": (),
    f"_dmarc.{DOMAIN}": ("v=DMARC1; p=quarantine",),
}


def said(records: Mapping[str, tuple[str, ...]], domain: str = DOMAIN) -> list[tuple[str, str, bool]]:
    """Of each finding its first word, what is there, and whether something is missing."""
    found = findings(domain, lambda name: dict(records).get(name))
    return [(each.about.split()[0], each.said, bool(each.advice)) for each in found]


def test_a_domain_with_all_three_needs_no_advice() -> None:
    assert said(ALL_WELL) == [
        ("SPF", "v=spf1 include:_spf.provider.press ~all", False),
        ("DKIM", "there are keys; whether the mail server signs with one, the source of a test message shows", False),
        ("DMARC", "mail that is not proved: quarantine", False),
    ]


def test_a_domain_with_nothing_gets_advice_on_each() -> None:
    bare: dict[str, tuple[str, ...]] = {DOMAIN: ()}
    assert said(bare) == [("SPF", "no record", True), ("DKIM", "no key", True), ("DMARC", "no record", True)]
    assert {each.advice.endswith(".") for each in findings(DOMAIN, bare.get)} == {True}


def test_a_domain_that_does_not_exist_is_said_once() -> None:
    assert said({}) == [("records", "DNS knows no such domain", True)]


@pytest.mark.parametrize(
    ("texts", "shown", "is_missing"),
    [
        (("v=spf1 -all",), "v=spf1 -all", False),
        (("V=SPF1 redirect=_spf.provider.press",), "V=SPF1 redirect=_spf.provider.press", False),
        (("v=spf1",), "v=spf1", True),
        (("v=spf1 mx",), "v=spf1 mx", True),
        (("v=spf1 mx ?all",), "v=spf1 mx ?all", True),
        (("v=spf1 +all",), "v=spf1 +all", True),
        (("v=spf1 all",), "v=spf1 all", True),
        (("v=spf10 -all",), "no record", True),
        (("v=spf1 -all", "v=spf1 mx -all"), "2 records", True),
        ((), "no record", True),
    ],
)
def test_a_record_of_spf(texts: tuple[str, ...], shown: str, *, is_missing: bool) -> None:
    assert said({**ALL_WELL, DOMAIN: texts})[0] == ("SPF", shown, is_missing)


def test_a_key_is_found_below_a_name_that_a_server_denies() -> None:
    without = {name: each for name, each in ALL_WELL.items() if not name.startswith("_domainkey")}
    assert said(without)[1] == ("DKIM", "no key", True)
    assert not said({**without, f"selector1._domainkey.{DOMAIN}": ("v=DKIM1; p=abc",)})[1][2]


@pytest.mark.parametrize(
    ("records", "shown", "is_missing"),
    [
        ({f"_dmarc.{DOMAIN}": ("v=DMARC1",)}, "none", False),
        ({f"_dmarc.{DOMAIN}": ("v=DMARC1;p=REJECT;",)}, "reject", False),
        ({f"_dmarc.{DOMAIN}": ("v=DMARC1; p=reject; t=y",)}, "reject, only for tests (t=y)", False),
        ({f"_dmarc.{DOMAIN}": ("v=DMARC1; p=reject; pct=20; ri=3",)}, "reject", True),
        ({f"_dmarc.{DOMAIN}": ("v=DMARC1; p=strict",)}, "none", True),
        ({"_dmarc.lantern.press": ("v=DMARC1; p=reject",)}, "reject, by the record of lantern.press", False),
        ({"_dmarc.lantern.press": ("v=DMARC1; p=none; sp=reject",)}, "reject, by the record of lantern.press", False),
        (
            {"_dmarc.lantern.press": ("v=DMARC1; p=none; psd=n",), "_dmarc.press": ("v=DMARC1; p=reject; psd=y",)},
            "none, by the record of lantern.press",
            False,
        ),
        (
            {"_dmarc.lantern.press": ("v=DMARC1; p=none",), "_dmarc.press": ("v=DMARC1; p=reject; psd=y",)},
            "none, by the record of lantern.press",
            False,
        ),
        ({"_dmarc.press": ("v=DMARC1; p=reject; psd=y",)}, "reject, by the record of press", False),
    ],
)
def test_a_record_of_dmarc_and_where_it_comes_from(
    records: dict[str, tuple[str, ...]], shown: str, *, is_missing: bool
) -> None:
    found = said({DOMAIN: ALL_WELL[DOMAIN], f"_domainkey.{DOMAIN}": (), **records})[2]
    assert found == ("DMARC", f"mail that is not proved: {shown}", is_missing)


@pytest.mark.parametrize(
    "texts",
    [
        ("p=reject; v=DMARC1",),
        ("v=dmarc1; p=reject",),
        ("v=DMARC1; p=reject", "v=DMARC1; p=none"),
        ("hello", "v=DMARC2", "", ";;", "v"),
    ],
)
def test_what_is_no_record_of_dmarc_counts_for_nothing(texts: tuple[str, ...]) -> None:
    assert policy_record(DOMAIN, {f"_dmarc.{DOMAIN}": texts}.get) is None


def test_of_a_long_name_eight_are_asked_for_and_the_top_one_too() -> None:
    asked: list[str] = []

    def records(name: str) -> tuple[str, ...]:
        asked.append(name.removeprefix("_dmarc."))
        return ()

    long = ".".join("abcdefghijkl")
    assert policy_record(long, records) is None
    assert asked == [long, "f.g.h.i.j.k.l", "g.h.i.j.k.l", "h.i.j.k.l", "i.j.k.l", "j.k.l", "k.l", "l"]


@pytest.mark.parametrize(
    ("domain", "is_one"),
    [
        ("lantern.press", True),
        ("localhost", False),
        ("news.example", False),
        ("example.org", False),
        ("box.lan", False),
        ("[192.0.2.1]", False),
    ],
)
def test_a_domain_that_others_cannot_look_up_is_not_asked_about(domain: str, *, is_one: bool) -> None:
    assert is_of_the_world(domain) is is_one


# ---- a real DNS server


@dataclass
class NameServer:
    """Answers by `records`; a name that is not there does not exist. `silent` says nothing."""

    records: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    silent: bool = False
    raw: bytes = b""
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def serve(self, sock: socket.socket) -> None:
        """Until an empty datagram comes."""
        while data_and_client := sock.recvfrom(4_096):
            data, client = data_and_client
            if not data:
                return
            query = dns.message.from_wire(data)
            name = query.question[0].name.to_text().rstrip(".").lower()
            self.asked.append(name)
            if not self.silent:
                sock.sendto(self.raw or self._answer(query, name), client)

    def _answer(self, query: Any, name: str) -> bytes:
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        response.set_rcode(self.rcode if name in self.records else dns.rcode.NXDOMAIN)
        texts = self.records.get(name, ())
        if texts and self.rcode == dns.rcode.NOERROR:
            quoted = [f'"{text[:7]}" "{text[7:]}"' for text in texts]
            response.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "TXT", *quoted))
        wire: bytes = response.to_wire()
        return wire


@contextmanager
def name_server(**facts: Any) -> Iterator[NameServer]:
    server = NameServer(**facts)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        server.port = sock.getsockname()[1]
        thread = threading.Thread(target=server.serve, args=[sock])
        thread.start()
        try:
            yield server
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", ("127.0.0.1", server.port))
            thread.join()


def looked_at(server: NameServer, timeout: timedelta = 5 * SECOND) -> list[tuple[str, str, bool]]:
    found = check_sender(f"News <monitor@{DOMAIN}>", timeout, ("127.0.0.1",), server.port)
    return [(each.about, each.said, bool(each.advice)) for each in found]


def test_the_records_of_a_sender_are_asked_for_by_dns() -> None:
    with name_server(records=ALL_WELL) as server:
        found = looked_at(server)
    assert [(about, missing) for about, _, missing in found] == [
        (f"SPF of {DOMAIN}", False),
        (f"DKIM of {DOMAIN}", False),
        (f"DMARC of {DOMAIN}", False),
    ]
    assert found[0][1] == "v=spf1 include:_spf.provider.press ~all"
    assert server.asked == [DOMAIN, f"_domainkey.{DOMAIN}", f"_dmarc.{DOMAIN}"]


def test_a_name_that_is_not_there_has_no_records() -> None:
    with name_server(records={DOMAIN: ()}) as server:
        records = TextRecords(5 * SECOND, ("127.0.0.1",), server.port)
        assert (records.of(DOMAIN), records.of(f"_dmarc.{DOMAIN}")) == ((), None)


@pytest.mark.parametrize(
    "facts", [{"silent": True}, {"rcode": dns.rcode.SERVFAIL, "records": {DOMAIN: ()}}, {"raw": b"\x00\x01gibberish"}]
)
def test_without_an_answer_in_time_nothing_is_known_and_said_so(facts: dict[str, Any]) -> None:
    with name_server(**facts) as server:
        assert looked_at(server, 0.5 * SECOND) == [
            (f"records of {DOMAIN}", "DNS did not answer within 0.5 seconds; not looked at", False)
        ]


def test_the_time_is_for_all_questions_together() -> None:
    records = TextRecords(timedelta(), ("127.0.0.1",), 9)
    with pytest.raises(NoAnswerInTime):
        records.of(DOMAIN)


def test_a_hostile_record_is_shown_as_one_short_line() -> None:
    evil = "v=spf1 " + r"\027[31mred" + "x" * 230 + " -all"
    with name_server(records={**ALL_WELL, DOMAIN: (evil,)}) as server:
        (_, shown, _), *_ = looked_at(server)
    assert shown.isprintable()
    assert len(shown) <= 200


def test_a_sender_that_nobody_can_look_up_is_not_looked_up() -> None:
    assert SmtpChannel(host="127.0.0.1", sender="monitor@news.example", tls="none").check_sender(SECOND) == []
    assert SendmailChannel(sender="monitor@localhost").check_sender(SECOND) == []
