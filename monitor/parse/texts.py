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
"""The separator of texts. It ends a sentence and occurs nowhere else, so words of two texts are not neighbours."""

_NO_LETTERS = re.compile(r"[\W_]+")
_DOTS = re.compile(r"…|\.{3,}")
_IN_BRACKETS = re.compile(r"\s*(?:\[[^\[\]]{0,60}\]|\([^()]{0,60}\))[\s.→»>]*")
"""Behind the dots of a shortened text, in whatever language: a link to go on."""
_GO_ON = re.compile(
    r"\s*[\[(»>→]*\s*(?:read (?:more|on|the (?:full|whole|rest)\b[^.\n]{0,40}|full [^.\n]{0,30})"
    r"|continue reading[^\n]{0,200}|keep reading[^\n]{0,100}"
    r"|weiterlesen|mehr lesen|lire (?:la suite|plus)[^.\n]{0,60}|leer más|seguir leyendo"
    r"|leggi tutto|continua a leggere|lees (?:meer|verder)|läs mer|les mer|læs mere|czytaj (?:dalej|więcej)|leia mais"
    r"|читать (?:далее|дальше|полностью)|подробнее|اقرأ المزيد|続きを読む|阅读全文|閱讀全文|[\[(]more"
    r"|the post [^\n]{1,250} appeared first on [^\n]{1,80})"
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
    if not words:
        return bool(others)
    is_whole = any(f" {words} " in f" {other} " for other in others)
    return is_whole or any(_continue(beginning, rest, others) for beginning, rest in _shortened(text))


def _continue(beginning: str, rest: str, others: Sequence[str]) -> bool:
    """Whether one of `others` goes on where the beginning stops, and the rest is in one of them, too."""
    start, end = f" {_words(beginning)}", f" {_words(rest)} "
    goes_on = any(start in f" {other} " for other in others)
    return goes_on and (end.isspace() or any(end in f" {other} " for other in others))


def _shortened(text: str) -> Iterator[tuple[str, str]]:
    """A text that may be a shortened one: its beginning, and the words after it that are not a link to read on.

    A text may have dots that shorten nothing: "Calm… the truce is over".
    """
    start = max(len(text) - TAIL_CHARACTERS, 0)
    tail = text[start:]
    plain = _GO_ON.sub("", tail)
    if plain != tail or len(text) >= SHORTENED_CHARACTERS:
        yield text[:start] + plain, ""
    if dots := [*_DOTS.finditer(plain)]:
        rest = plain[dots[-1].end() :]
        yield text[: start + dots[-1].start()], "" if _IN_BRACKETS.fullmatch(rest) else rest


def _words(text: str) -> str:
    """Letters and figures alone, words apart by one space."""
    return _NO_LETTERS.sub(" ", text.casefold()).strip()
