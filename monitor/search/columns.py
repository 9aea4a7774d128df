"""What of an article is in the index: the words as topics read them, joined by spaces, and what it can be chosen by.

A script without spaces is indexed by pairs of characters: 停火协议 is 停火 火协 协议 议. Each character begins one word
of the index, so that longer words are phrases of pairs, and both 停火 and 火协 are found. Each character alone is
indexed beside them, once.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from monitor.match.word_reading import other_readings, raw_words, read, tokens
from monitor.model.ids import FeedId
from monitor.search.dates import date_tokens
from monitor.text import HYPHENS, LONGEST_WORD, MEMORY_WORDS, UNSPACED_START, Token, is_unspaced

JOINED = re.compile(rf"(?<![^\W\d_])([^\W\d_]{{2,}}+)[{re.escape(HYPHENS)}]([^\W\d_]{{3,}}+)")
"""A word with a hyphen: cease-fire is also found as ceasefire."""

Memory = dict[str, tuple[str, tuple[str, ...]]]
"""Word as written → as indexed, and what else it may stand for. Its owner keeps it from one article to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """The columns of one article in the index, each a row of words with a space between two."""

    title: str
    """The words of the headline."""
    text: str
    """The words of the text."""
    extra: str
    """What stands nowhere in a row: single characters, other spellings, and the feed, language and date."""
    page: str = ""
    """The words of the page behind it."""


def indexed(
    *, title: str, text: str, feed_id: FeedId, language: str, dated: date, memory: Memory, page: str = ""
) -> Indexed:
    """What the index has of an article; `memory` may be empty at first. `page`: the text of the page behind it."""
    extra: dict[str, None] = {}
    columns = [_column(each, extra, memory) for each in (title, text, page)]
    for each in (title, text, page):
        extra |= dict.fromkeys(as_token(read(left + right).key) for left, right in JOINED.findall(each))
    facts = (feed_token(feed_id), language_token(language), *date_tokens(dated))
    return Indexed(title=columns[0], text=columns[1], extra=" ".join((*facts, *extra)), page=columns[2])


def feed_token(feed_id: FeedId) -> str:
    """The word of the index by which articles of a feed are found. No word of a text begins with a colon."""
    return f":f{feed_id}"


def language_token(language: str) -> str:
    """The same for a language: its primary subtag, so that "en" finds en-GB."""
    return f":l{''.join(filter(str.isalnum, language.replace('_', '-').partition('-')[0])).lower()}"


def pairs(words: Sequence[str], *, ends: bool) -> Iterable[str]:
    """The words of the index for adjacent characters; `ends`: the last one as a word of its own, too."""
    yield from (left + right for left, right in pairwise(words))
    if ends:
        yield words[-1]


def flows_on(text: str, left: Token, right: Token) -> bool:
    """Whether two characters are next to each other: in these scripts also over space, as a line may break anywhere."""
    return not text[left.end : right.start].strip()


def _column(text: str, extra: dict[str, None], memory: Memory) -> str:
    if not UNSPACED_START.search(text):
        return " ".join([_known(raw, extra, memory) for raw in raw_words(text)])
    found: list[str] = []
    run: list[str] = []
    before: Token | None = None
    for token in tokens(text, {}):
        if not is_unspaced(token):
            found += pairs(run, ends=True) if run else ()
            run, before = [], None
            found.append(_known(text[token.start : token.end], extra, memory))
            continue
        if before is not None and not flows_on(text, before, token):
            found += pairs(run, ends=True)
            run = []
        extra[token.word.key] = None
        run.append(token.word.key)
        before = token
    found += pairs(run, ends=True) if run else ()
    return " ".join(found)


def _known(raw: str, extra: dict[str, None], memory: Memory) -> str:
    known = memory.get(raw)
    if known is None:
        raw = raw[:LONGEST_WORD]
        key = as_token(read(raw).key)
        known = key, tuple(other for each in other_readings(raw) if (other := as_token(each.key)) != key)
        if len(memory) >= MEMORY_WORDS:
            memory.clear()
        memory[raw] = known
    for other in known[1]:
        extra[other] = None
    return known[0]


def as_token(key: str) -> str:
    """A word without what would end it in the index: blanks, and signs of ASCII but those of money."""
    if key.isalnum():
        return key
    return "".join(sign for sign in key if sign.isalnum() or sign == "$" or (not sign.isascii() and not sign.isspace()))
