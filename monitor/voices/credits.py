"""Where an article says that an agency wrote it: by its author, how its text begins (DAMASCUS (AFP) –) or ends (— AFP).

A credit names agencies and at most signs, reporters and outlets beside them: "dpa/lsw", "By Jane Roe, Associated
Press", "Le Monde avec AFP". A text that is made with an agency's counts as the agency's, for what it says is theirs.
Words about an agency ("the agency Agence France-Presse (AFP) said", "he told Reuters") are no credit.
"""

import re
from collections.abc import Iterable, Iterator

from monitor.model.article import Article
from monitor.url import registrable_domain
from monitor.voices.agencies import SITES, agency_named

CREDIT_CHARACTERS = 80
"""A credit is no longer, nor is what stands before one in a dateline."""

HEAD_LINES = 3
"""A date or a label may stand on lines of its own above the dateline."""

DATELINE_WORDS = 8

DASH = r"‐‑‒–—―−\-"
OPEN, CLOSE = r"(\[（【", r")\]）】"

_IN_BRACKETS = re.compile(rf"([^{OPEN}{CLOSE}\n]*)[{OPEN}]\s*([^{OPEN}{CLOSE}\n]+?)\s*[{CLOSE}]\s*(.?)", re.DOTALL)
_IN_SLASHES = re.compile(r"([^/\n]*)/\s*([^/\n]+?)\s*/")
_AFTER_CREDIT = frozenset(f"{DASH}.:|,،")
_SEPARATOR = re.compile(rf"\s+[{DASH}|]+\s+|\s*[–—|]+\s*")
_TELEGRAM = re.compile(r"[【（(]?\s*(\w{2,4}社)\w{2,24}[電电]")
"""新华社北京9月21日电: agency, place, date, "by wire"."""

_ENDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:©|\([cс]\)|copyright)\s*(?:\d{4}\s*)?(?:by\s+)?([^\n]+)$",
        rf"[{OPEN}]([^{OPEN}{CLOSE}\n]+)[{CLOSE}]$",
        r"\s/([^/\n]+)/?$",
        r"\n([^\n]+)$",
    )
)
"""© 2016 AFP, (AFP), /ТАСС/, a line of its own."""

_DASHES = re.compile(rf"\s[{DASH}|]+|[–—|]")

_RIGHTS = re.compile(
    r"[.,]?\s*(?:all rights reserved|tous droits réservés|alle rechte vorbehalten)\b.*$", re.IGNORECASE | re.DOTALL
)

_BETWEEN = re.compile(
    rf"[,/|;&+()·•،、{OPEN}{CLOSE}]+|\s[{DASH}]+\s|[–—]"
    r"|\s(?:and|et|und|y|e|и|و|with|avec|mit|con|с|of|for|from|für|von|de|مع)\s",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"^(?:(?:by|par|por|von|di|от|من|بقلم|from|source|sources|quelle|fuente|fonte|источник|المصدر|with|avec|mit|con|via"
    r"|according to|the|la|le|die|agencia|agenzia|agence|agentur|агентство|وكالة)\b[\s:]*)+",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?:\s+(?:staff|news|agency|sports?|writers?|reporters?|correspondents?|services?|(?:in|à|en|aus|в)\s.*))+$",
    re.IGNORECASE,
)
_BRACKET = re.compile(rf"[{OPEN}]")
_WORD = re.compile(r"\w+")
_SIGN = re.compile(r"[a-z]{1,4}\d?")


def credit_of(article: Article) -> str:
    """The agency, or agencies ("AFP/Reuters"), whose text this is; "" if it names none."""
    of_site = SITES.get(registrable_domain(article.link), "")
    said = of_site or agency_named(article.outlet) or _joined(_named(article.author[: 2 * CREDIT_CHARACTERS]))
    return said or _joined(_in_dateline(article.text)) or _joined(_at_end(article.text))


def _joined(agencies: Iterable[str]) -> str:
    return "/".join(sorted(set(agencies), key=str.casefold))


def _named(credit: str, *, is_set_apart: bool = False) -> Iterator[str]:
    """The agencies among the parts of a credit."""
    for words in _parts(credit):
        shorter = _BEHIND.sub("", words)
        agencies = (agency_named(each, is_set_apart=is_set_apart) for each in (words, shorter))
        yield from filter(None, [next(filter(None, agencies), "")])


def _parts(credit: str) -> Iterator[str]:
    """What stands between commas, bars and words such as "and", without "by" and "the" before it."""
    for part in _BETWEEN.split(f" {' '.join(credit.split())} "):
        yield _BEFORE.sub("", part.strip(" .:"))


def _credited(credit: str, *, is_set_apart: bool = False) -> tuple[str, ...]:
    """The same, if the words are a credit and no sentence: the other parts are names or signs."""
    if len(credit) > CREDIT_CHARACTERS:
        return ()
    found = tuple(_named(credit, is_set_apart=is_set_apart))
    return found if all(_is_name(words) or any(_named(words)) for words in _parts(credit)) else ()


def _is_name(words: str) -> bool:
    """Whether every word is written large, or in a script that has no small letters; or all of it is a sign."""
    return bool(_SIGN.fullmatch(words)) or not any(word[0].islower() for word in words.split())


def _in_dateline(text: str) -> tuple[str, ...]:
    lines = [line.strip() for line in text[: 4 * CREDIT_CHARACTERS].split("\n") if line.strip()]
    for line in (each[: 2 * CREDIT_CHARACTERS] for each in lines[:HEAD_LINES]):
        found = _bracketed(line) or _slashed(line) or _dashed(line, has_more=len(lines) > 1) or _wired(line)
        if found:
            return found
        if len(line) > CREDIT_CHARACTERS:
            break
    return ()


def _bracketed(line: str) -> tuple[str, ...]:
    """DAMASCUS, Sept 21 (Reuters) - …, (ANSA) - ROMA, 21 SET - …; without a dash only after a place in capitals."""
    found = _IN_BRACKETS.match(line)
    if found is None or not _is_place(found[1]) or _spells_out(found[1], found[2]):
        return ()
    is_plain = found[3] in _AFTER_CREDIT or not found[3] or not found[1] or found[1].isupper()
    return _credited(found[2], is_set_apart=True) if is_plain else ()


def _spells_out(words: str, initials: str) -> bool:
    """Advanced Placement (AP) – …"""
    first = "".join(word[0] for word in _WORD.findall(words))
    return first.casefold().endswith(initials.casefold())


def _slashed(line: str) -> tuple[str, ...]:
    """МОСКВА, 21 сентября. /ТАСС/. …"""
    found = _IN_SLASHES.match(line)
    return _credited(found[2], is_set_apart=True) if found and _is_place(found[1]) else ()


def _dashed(line: str, *, has_more: bool) -> tuple[str, ...]:
    """AFP - …, МОСКВА, 21 сен - РИА Новости. …, دمشق - أ ف ب - …; or a credit alone, if the text has more lines."""
    first, *more = _SEPARATOR.split(line, 2)
    if has_more and (found := _credited(line, is_set_apart=True)):
        return found
    if not more or _BRACKET.search(first):
        return ()
    second = more[0] if len(more) > 1 else more[0].partition(". ")[0]
    is_cut = len(more) > 1 or len(second) < len(more[0])
    return _credited(first) or (_credited(second) if is_cut and _is_place(first) else ())


def _wired(line: str) -> tuple[str, ...]:
    found = _TELEGRAM.match(line)
    return _credited(found[1]) if found else ()


def _is_place(words: str) -> bool:
    """Whether this may stand before the credit of a dateline: a place, and perhaps a date, but no agency's own name.

    Words written small stand behind a figure alone: "1er avril", "21 de septiembre", "21 сен".
    """
    listed = words.split()
    figures = [number for number, word in enumerate(listed) if any(map(str.isdigit, word))]
    before = listed[: figures[0]] if figures else listed
    is_name = not any(word[0].islower() for word in before) and not any(_named(words))
    return is_name and len(listed) <= DATELINE_WORDS and len(words) <= CREDIT_CHARACTERS


def _at_end(text: str) -> tuple[str, ...]:
    """… — AFP, … (dpa), … © 2016 The Associated Press. All rights reserved."""
    end = _RIGHTS.sub("", text[-3 * CREDIT_CHARACTERS :]).rstrip(" .\n")[-CREDIT_CHARACTERS:]
    endings = [found[1] for pattern in _ENDS if (found := pattern.search(end))]
    dashes = [found.end() for found in _DASHES.finditer(end)]
    apart = (_credited(each, is_set_apart=True) for each in endings)
    return next(filter(None, apart), ()) or next((_credited(end[dash:]) for dash in dashes[-1:]), ())
