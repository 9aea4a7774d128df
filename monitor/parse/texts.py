"""The texts of an item → one text: each that says something new, the summary first.

Feeds say the same two or three times: whole in one element, its beginning in another, perhaps with "read more" behind
it. What another text has in it, or begins with, is left out; what no other says is kept, however short.
"""

import re
from collections.abc import Iterator, Sequence

TAIL_CHARACTERS = 300
"""What may stand behind the dots of a shortened text: a link to go on, the site's own line."""

SHORTENED_CHARACTERS = 80
"""A text without dots at its end may be cut all the same if it is so long: Syria is not the beginning of Syrian."""

MOST_TEXTS = 12
"""More elements of one item are not held against each other."""

BETWEEN = "\n\n"
"""Ends a sentence, and nothing else in a text does so: words of two texts are no neighbours."""

_NO_LETTERS = re.compile(r"[\W_]+")
_DOTS = re.compile(r"…|\.{3,}")
_GO_ON = re.compile(
    r"\s*[\[(»>→]*\s*(?:read (?:more|on|the (?:full|whole|rest)\b[^.\n]{0,40}|full [^.\n]{0,30})"
    r"|continue reading[^\n]{0,200}|keep reading[^\n]{0,100}"
    r"|weiterlesen|mehr lesen|lire (?:la suite|plus)[^.\n]{0,60}|leer más|seguir leyendo"
    r"|leggi tutto|continua a leggere|lees (?:meer|verder)|läs mer|les mer|læs mere|czytaj (?:dalej|więcej)|leia mais"
    r"|читать (?:далее|дальше|полностью)|подробнее|اقرأ المزيد|the post [^\n]{1,250} appeared first on [^\n]{1,80})"
    r"\s*[\])»>→.…!]*\s*\Z",
    re.IGNORECASE,
)


def joined(texts: Sequence[str], title: str, limit: int) -> str:
    """Those of the clean `texts`, in their order, that say more than the title and the others; at most `limit`
    characters.
    """
    distinct = list(dict.fromkeys(text for text in texts if text))[:MOST_TEXTS]
    words, headline = [_words(text) for text in distinct], _words(title)
    kept = [*range(len(distinct))]
    for number, text in enumerate(distinct):
        is_headline = words[number] == headline if headline else text == title
        others = [words[other] for other in kept if other != number]
        if is_headline or _is_said(text, words[number], others):
            kept.remove(number)
    return BETWEEN.join(distinct[number] for number in kept)[:limit]


def _is_said(text: str, words: str, others: Sequence[str]) -> bool:
    """Whether one of `others` says all that the text does, as far as it goes: the last word may be cut, too."""
    said = [f" {other} " for other in others]
    if not words:
        return bool(others)
    beginnings = [f" {words} ", *(f" {beginning}" for beginning in map(_words, _beginnings(text)))]
    return any(beginning in other for other in said for beginning in beginnings)


def _beginnings(text: str) -> Iterator[str]:
    """What is left of a shortened text before the invitation to go on, and before the dots at its end."""
    start = max(len(text) - TAIL_CHARACTERS, 0)
    tail = text[start:]
    plain = _GO_ON.sub("", tail)
    if plain != tail or len(text) >= SHORTENED_CHARACTERS:
        yield text[:start] + plain
    dots = [found.start() for found in _DOTS.finditer(plain)]
    if dots:
        yield text[: start + dots[-1]]


def _words(text: str) -> str:
    """Letters and figures alone, words apart by one space."""
    return _NO_LETTERS.sub(" ", text.casefold()).strip()
