"""Mails without the links of a host: what a server's answer names, and what is left of text and page."""

import pytest

from monitor.deliver.mail.unlinked import html_without_links, linked_hosts, refused_hosts, with_note, without_links
from monitor.url import hosts_in, unlinked

TEXT = "Truce\nhttps://news.bad.example/1?a=b\nElsewhere https://good.example/ and https://bad.example.org/x\n"


@pytest.mark.parametrize(
    ("answer", "hosts"),
    [
        ("554 5.7.1 message contains a listed URL: bad.example", ("bad.example",)),
        ("550 5.7.1 Blocked, see https://www.lists.example/query/bad.example", ("bad.example",)),
        ("554 rejected: NEWS.BAD.EXAMPLE.", ("news.bad.example",)),
        ("554 URIBL [bad.example] and (good.example)", ("bad.example", "good.example")),
        ("554 links to bad.example bad.example", ("bad.example",)),
        ("554 other.bad.example is listed", ()),
        ("554 mx.reader.example refuses this", ()),
        ("554 looks like spam (5.7.1)", ()),
        ("554 notbad.example", ()),
        ("", ()),
    ],
)
def test_which_hosts_an_answer_speaks_of(answer: str, hosts: tuple[str, ...]) -> None:
    assert refused_hosts(answer, TEXT, "") == hosts


@pytest.mark.parametrize(
    "answer",
    [
        "554 5.7.1 <anna@bad.example>: HTML mail is not accepted",
        "554 5.7.1 <anna@news.bad.example>: we read plain text",
        "554 bad.example takes no HTML",
        "554 good.example takes no HTML from strangers",
    ],
)
def test_who_answers_and_whom_the_mail_is_for_are_no_listed_hosts(answer: str) -> None:
    parties = ("anna@bad.example", "News <news@monitor.good.example>")
    assert refused_hosts(answer, TEXT, "", parties=parties) == ()


def test_an_address_in_an_answer_names_no_host() -> None:
    assert refused_hosts("554 <ben@bad.example> has no mailbox", TEXT) == ()


def test_which_hosts_are_linked_to() -> None:
    found = linked_hosts(TEXT, "<a href='https://x.co.uk/?a&amp;b'>", "http:///")
    assert found == ("bad.example", "example.org", "good.example", "x.co.uk")


def test_links_of_other_hosts_stay_in_a_text() -> None:
    found = without_links(f"{TEXT}bad.example, Bad.Example; notbad.example bad.example-x", ["bad.example"])
    assert found == (
        "Truce\n(link left out)\nElsewhere https://good.example/ and https://bad[.]example.org/x\n"
        "bad[.]example, Bad[.]Example; notbad.example bad.example-x"
    )
    assert without_links(TEXT, []) == TEXT


def test_the_words_of_a_link_stay_in_a_page() -> None:
    page = (
        "<html><body style='x'><a style=\"c\" href=\"https://bad.example/?a&amp;b\">Truce</a> <a href='https://bad.example/2'>"
        'II</a> <a href="https://good.example/">Grain</a> https://news.bad.example/3 <img title="bad.example"></body>'
    )
    assert html_without_links(page, ["bad.example"]) == (
        "<html><body style='x'><a style=\"c\">Truce</a> <a>II</a> "
        '<a href="https://good.example/">Grain</a> (link left out) <img title="bad[.]example"></body>'
    )


def test_a_note_stands_at_the_top_of_a_page() -> None:
    assert with_note('<html><body class="x">A</body>', "1 < 2") == '<html><body class="x"><p>1 &lt; 2</p>A</body>'
    assert with_note("A", "B") == "<p>B</p>A"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("listed: bad.example", "listed: bad[.]example"),
        ("see https://www.bad.example/x.html", "see https://www[.]bad[.]example/x[.]html"),
        ("bücher.example and xn--bcher-kva.xn--p1ai", "bücher[.]example and xn--bcher-kva[.]xn--p1ai"),
        ("client [192.0.2.7] blocked", "client [192[.]0[.]2[.]7] blocked"),
        ("554 5.7.1 refused. Go away... now", "554 5.7.1 refused. Go away... now"),
        ("1.2.3", "1.2.3"),
        ("", ""),
    ],
)
def test_a_host_is_written_so_that_it_is_none(text: str, written: str) -> None:
    assert unlinked(text) == written
    assert bool(hosts_in(text)) == (written != text)


def test_a_long_answer_is_soon_read() -> None:
    for text in ("a." * 50_000, "a-" * 50_000, "1." * 50_000, "a" * 100_000):
        unlinked(text)
        refused_hosts(text, TEXT)
