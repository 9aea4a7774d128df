"""Editions without the words of articles that their owner has removed: plain text and pages, whatever the template."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.mail.message import compose_message
from monitor.deliver.mail.redacted import redacted
from monitor.model.delivery import Letter
from monitor.render.redaction import CUT, LINK_REMOVED, NOTE, Redaction, Words

GONE = Words(
    title="Dock strike ends at Port Müller after nine days",
    text="The union's vote was close. It said yes. "
    "Cranes move again on Tuesday, said the harbour master to the Coast Wire.",
    link="https://coast.example/a?x=1&y=2",
)
STAYS = Words(
    title="Harbour reopens", text="Cranes move again on Tuesday, said the harbour master to Hill Post.", link=""
)
REDACTION = Redaction([GONE]).beside([STAYS])

MAIL = """\
 1. Dock strike ends at
    \u2068Port Müller\u2069 after nine days
    Coast Wire · The union's vote was close.
    It said yes.
    https://coast.example/a?x=1&y=2

 2. Harbour reopens
    https://hill.example/b
"""


def test_a_headline_that_is_wrapped_is_replaced_and_its_link_goes() -> None:
    found = REDACTION.plain(MAIL)
    assert found.startswith(f" 1. {NOTE}\n")
    for word in ("Müller", "union", "said yes", "coast.example"):
        assert word not in found
    assert LINK_REMOVED in found
    assert " 2. Harbour reopens\n    https://hill.example/b\n" in found


def test_a_part_of_its_text_goes_wherever_it_stands_but_not_what_others_say() -> None:
    said = "Cranes move again on Tuesday, said the harbour master to the Coast Wire."
    assert REDACTION.plain(f"Seen: {said}") == f"Seen: Cranes move again {CUT}."
    assert REDACTION.plain(f"Seen: {STAYS.text}") == f"Seen: {STAYS.text}"
    assert Redaction([GONE]).plain(f"Seen: {said}") == f"Seen: {CUT}."


def test_a_short_sentence_goes_only_beside_the_link() -> None:
    assert REDACTION.plain("It said yes.") == "It said yes."


def test_the_same_headline_of_another_article_stays_but_beside_the_link() -> None:
    same = Words(title=GONE.title, text="", link="https://hill.example/c")
    redaction = Redaction([GONE]).beside([same])
    other = f"{GONE.title}\n" + "." * 700 + "\n"
    assert redaction.plain(other) == other
    assert redaction.plain(f"{GONE.title}\n{GONE.link}") == f"{NOTE}\n{LINK_REMOVED}"


def test_a_headline_of_one_word_goes_only_beside_its_link() -> None:
    redaction = Redaction([Words(title="Dock", text="", link="https://coast.example/d")])
    far = "Dock\n" + "." * 700 + "\nDock https://coast.example/d"
    assert redaction.plain(far) == far.replace("Dock https://coast.example/d", f"{NOTE} {LINK_REMOVED}")


def test_scripts_without_spaces() -> None:
    gone = Words(title="停火协议今天生效", text="各方代表在首都签署了这份停火协议。", link="")
    redaction = Redaction([gone]).beside([Words(title="另一篇", text="代表在首都", link="")])
    assert redaction.plain("一 停火协议今天生效 二") == f"一 {NOTE} 二"
    assert redaction.plain("说各方代表在首都签署了这份停火协议吗") == f"说{CUT}吗"
    assert redaction.plain("代表在首都") == "代表在首都"


def test_a_page_keeps_its_tags_and_everything_else() -> None:
    page = (
        '<p class="x"><a href="https://coast.example/a?x=1&amp;y=2"><bdi>Dock <b>strike</b> ends at Port M&uuml;ller '
        "after nine days</bdi></a> The union&#39;s vote was close.</p>"
        "<p>https://coast.example/a?x=1&amp;y=2</p><p><a href='https://hill.example/b'>Harbour reopens</a></p>"
    )
    found = REDACTION.page(page)
    assert found == (
        f'<p class="x"><a><bdi>{NOTE}<b></b></bdi></a> {CUT}.</p>'
        f"<p>{LINK_REMOVED}</p><p><a href='https://hill.example/b'>Harbour reopens</a></p>"
    )


def test_nothing_to_remove_changes_nothing() -> None:
    assert Redaction([]).plain(MAIL) == MAIL
    assert Redaction([Words(title="", text="", link="")]).page("<p>a</p>") == "<p>a</p>"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(f"/{tag}")


def tags(page: str) -> list[str]:
    parser = Tags()
    parser.feed(page)
    return parser.seen


WORDS = st.lists(
    st.sampled_from(["dock", "strike", "ends", "<b>", "</b>", "&amp;", "停火", "<i>", "</i>", "."]), max_size=40
)


@given(WORDS, WORDS)
def test_a_page_keeps_the_tags_that_it_has(gone: list[str], page: list[str]) -> None:
    said = " ".join(each for each in gone if not each.startswith(("<", "&")))
    redaction = Redaction([Words(title=said, text=said, link="https://coast.example/x")])
    whole = f"<div>{' '.join(page)}<a href='https://coast.example/x'>{' '.join(page)}</a></div>"
    assert tags(redaction.page(whole)) == tags(whole)


@pytest.mark.parametrize("sign", ["<", "&", "<<", "&#", '"', "https://coast.example/x"])
def test_odd_pages(sign: str) -> None:
    redaction = Redaction([Words(title="Dock strike", text="", link="https://coast.example/x")])
    assert "Dock" not in redaction.page(f"{sign} Dock strike {sign}")


# ---- In a message


LETTER = Letter(
    message_id="<daily.1@sender.example>",
    digest="Daily",
    recipient="you@reader.example",
    subject="[Daily] Ports 2 ▲",
    text=MAIL,
    html=f"<p><a href='{GONE.link}'>{GONE.title}</a> Harbour reopens</p>",
    date=datetime(2031, 3, 1, tzinfo=UTC),
    attachment=f"{GONE.title}\n{GONE.link}\n",
)


def rewritten(body: bytes) -> bytes:
    return redacted(body, REDACTION.plain, REDACTION.page)


@pytest.mark.parametrize("letter", [LETTER, replace(LETTER, attachment=""), replace(LETTER, html="", attachment="")])
def test_a_message_keeps_its_head_and_loses_the_words_in_all_its_parts(letter: Letter) -> None:
    body = compose_message(letter, "News <news@sender.example>")
    found = rewritten(body)
    head, _, _ = body.partition(b"\r\nX-Auto-Response-Suppress")
    assert found.startswith(head)
    message = message_from_bytes(found, policy=default)
    parts = [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
    assert len(parts) == 1 + bool(letter.html) + bool(letter.attachment)
    assert all(NOTE in part and "Müller" not in part and "coast.example" not in part for part in parts)
    assert rewritten(found) == found
    expected = replace(
        letter,
        text=REDACTION.plain(letter.text),
        html=REDACTION.page(letter.html),
        attachment=REDACTION.plain(letter.attachment),
    )
    assert found == compose_message(expected, "News <news@sender.example>")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\x00",
        b"Subject: x\r\n\r\nDock",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\nDock \xff strike",
    ],
)
def test_of_a_message_that_is_none_of_ours_nothing_is_kept(body: bytes) -> None:
    assert rewritten(body) == b""
