"""What the reader of a mail sees of its edition: which headlines are missing, what is counted, what cannot be opened.

Judges the finished bytes against the `Edition` that they were made of, with rules of its own: nothing here asks the
code that renders.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path

from monitor.model.edition import Edition
from monitor.model.entries import Item
from monitor.render.shown import Entry, all_entries
from monitor.text import normalised_title

INVISIBLE = str.maketrans("", "", "\u2060\u2068\u2069")
"""Word joiners and isolates, which our mails put between a stranger's letters."""

MARKUP = re.compile(r"<style>.*?</style>|<[^>]*>", re.DOTALL)
LEFT = re.compile(r"\+ ([\d,]+) more\b(?! by)")
MORE_BY = re.compile(r"\+ ([\d,]+) more by")
ARTICLES = re.compile(r"· ([\d,]+) articles\b")
HREF = re.compile(r'href="(https?:[^"]*)"')
FILE = re.compile(r"file:[^\s\"'<>]*")
PATH = re.compile(r"(?<![\w/:.?=&%#-])~?/(?:[\w.@-]+/)+[\w.@-]+")
"""Two names and more behind a slash, and no part of a web address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A message as its reader gets it; `rest` is the file that goes along, "" if there is none."""

    text: str
    html: str
    rest: str
    html_bytes: int

    @property
    def words(self) -> tuple[str, str]:
        """The text and the HTML, each as one line without markup."""
        return one_line(self.text), one_line(
            unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", self.html, flags=re.DOTALL))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`entries`: stories, pointers and lines that the edition lists, of so many `articles`. `missing`: headlines that a
    part does not have, in the order of text and HTML. `folds` are stories of several articles, `miscounted` those whose
    number a part does not say. `closed`: places that the reader cannot open. `left`: what text and HTML say is not in
    them, `beyond`: what is not; such headlines are missing if the file that goes along has them not.
    """

    entries: int
    articles: int
    missing: tuple[int, int]
    folds: int
    miscounted: int
    closed: tuple[str, ...]
    left: tuple[int, int]
    beyond: int


def parts_of(raw: bytes) -> Parts:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    rest = [str(file.get_content()) for file in message.iter_attachments()]
    return Parts(
        text=text.get_content(),
        html=html.get_content(),
        rest="".join(rest),
        html_bytes=len(str(html.get_payload())),
    )


def one_line(words: str) -> str:
    return " ".join(words.translate(INVISIBLE).split())


def seen(edition: Edition, parts: Parts, here: Path | None = None) -> Seen:
    """`here`: the folder of a monitor whose mails do not leave its machine; its files can be opened."""
    entries = [entry for section in edition.sections for entry in all_entries(section)]
    text, html = parts.words
    rest, left = one_line(parts.rest), (total(LEFT, text), total(LEFT, html))
    found = [list(missing(entries, f"{part}\n{rest}")) for part in (text, html)]
    return Seen(
        entries=len(entries),
        articles=sum(len(items(entry)) for entry in entries),
        missing=(len(found[0]), len(found[1])),
        folds=sum(len(items(entry)) > 1 for entry in entries),
        miscounted=sum(miscounted(entries, part, is_all=not any(left)) for part in (text, html)) + unexplained(entries),
        closed=tuple(place for part in (text, html, parts.rest) for place in closed(part, here)),
        left=left,
        beyond=sum(beyond([*all_entries(section)], under(section.anchor, parts.html)) for section in edition.sections),
    )


def items(entry: Entry) -> tuple[Item, ...]:
    return (entry.lead, *entry.also)


def missing(entries: list[Entry], words: str) -> Iterator[str]:
    """Headlines, each once, of which a part has no article that says the same; lines may break within long words."""
    part, wordings = squeezed(words), defaultdict[str, list[str]](list)
    for entry in entries:
        for each in items(entry):
            wordings[normalised_title(each.title)].append(squeezed(each.title))
    yield from (titles[0] for titles in wordings.values() if not any(title in part for title in titles))


def squeezed(words: str) -> str:
    return "".join(words.translate(INVISIBLE).split())


def miscounted(entries: list[Entry], words: str, *, is_all: bool) -> int:
    """Numbers of articles of one story that are said of none, and of a part with `is_all` entries those that are not
    said; the same for articles of one outlet.
    """
    articles = Counter(len(items(entry)) for entry in entries if len(items(entry)) > 1)
    more = Counter(headline.more for entry in entries for headline in entry.headlines if headline.more)
    pairs = ((articles, numbers(ARTICLES, words)), (more, numbers(MORE_BY, words)))
    wrong = sum((said - expected).total() for expected, said in pairs)
    return wrong + (sum((expected - said).total() for expected, said in pairs) if is_all else 0)


def unexplained(entries: list[Entry]) -> int:
    """Entries whose headlines, repetitions and carriers do not add up to their articles."""
    return sum(
        len(items(entry))
        != sum(1 + each.more + sum(carrier.times for carrier in each.carriers) for each in entry.headlines)
        for entry in entries
    )


def closed(part: str, here: Path | None) -> Iterator[str]:
    """Places of a machine that are named; none that are files of this one and lie in `here`."""
    for place in (*FILE.findall(part), *PATH.findall(FILE.sub("", part))):
        path = Path(place.removeprefix("file://").rstrip("."))
        if here is None or not (path.is_relative_to(here) and path.exists()):
            yield place


def under(anchor: str, html: str) -> set[str]:
    """The addresses that a part links under one topic, up to the next heading of its kind."""
    _, _, below = html.partition(f'id="{anchor}"')
    return {unescape(each) for each in HREF.findall(below.partition("<h2")[0])}


def beyond(entries: list[Entry], addresses: set[str]) -> int:
    """Entries that are not linked, and further headlines of those that are; what has no address can only be missing."""
    there = addresses | {""}
    return sum(
        sum(each.item.url not in there for each in entry.headlines[1:]) if entry.lead.url in there else 1
        for entry in entries
    )


def numbers(pattern: re.Pattern[str], words: str) -> Counter[int]:
    return Counter(int(number.replace(",", "")) for number in pattern.findall(words))


def total(pattern: re.Pattern[str], words: str) -> int:
    return sum(number * times for number, times in numbers(pattern, words).items())
