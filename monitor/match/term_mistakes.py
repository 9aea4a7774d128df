"""What people write by mistake in a term: operators of other search languages, a * in the wrong place.

One term at a time and by its spelling alone; what concerns lists, rules and topics is in `rule_mistakes`.
"""

import re
import unicodedata
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache

from monitor.match.plural import singular
from monitor.match.word_reading import WORD, tokens
from monitor.text import STOP_WORDS, is_unspaced

MEMORY_TERMS = 16_384
"""Terms of which is kept what is known of them: rules that share lists ask for the same ones again, at every start and
reload. The library and both shipped topics come to 5,000.
"""

LETTERS_BEFORE_STAR = 3
FIELD = re.compile(r"(\w+):\s*(?=\S)")
FIELDS = ("title", "text", "page", "author", "category", "url")
MEANT_FIELD = {
    **dict.fromkeys(("all", "headline", "intitle", "lead", "near", "source"), "title"),
    **dict.fromkeys(("body", "content", "fulltext", "intext"), "text"),
    **dict.fromkeys(("byline", "creator"), "author"),
    **dict.fromkeys(("categories", "keyword", "tag", "tags"), "category"),
    **dict.fromkeys(("inurl", "link", "site"), "url"),
}
"""Fields of other search languages, and the one that comes nearest."""
EMPTY_FIELDS = frozenset(f"{name}:" for name in FIELDS)
OPERATOR = re.compile(r"\s(AND|OR|NOT|NEAR)(?:/\d+)?\s|^(NOT)\s")
FOREIGN = (
    (re.compile(r"^[-!]\s*\w"), 'to exclude something, write it without the sign in none = ["…"].'),
    (re.compile(r"^/.*/\w*$|\|"), "regular expressions are not supported; write each form as a separate term."),
    (re.compile(r"~\d*$"), "~ is not supported; for words near each other use near = 10 and two groups in all."),
    (re.compile(r"\w\?\w"), "? does not stand for a letter; write each spelling as a separate term."),
)
MEANT_ACRONYM = {
    "us": ("the pronoun", "the country"),
    "it": ("the pronoun", "the industry"),
    "who": ("the pronoun", "the organisation"),
    "is": ("the verb", "the group"),
}
PLAIN = re.compile(r"[A-Za-z][a-z]*(?: [A-Za-z][a-z]*)*")
"""No sign, no operator, a word: nothing that the checks could find, and most terms there are."""

CURLY_OR_DOUBLE = re.compile(r"[\"“”„‟«»]")


@lru_cache(MEMORY_TERMS)
def mistake(written: str) -> str:
    """Why this term cannot be used and what to write instead; "" if it can."""
    if PLAIN.fullmatch(written):
        return ""
    body = CURLY_OR_DOUBLE.sub("", written).strip()
    if not body:
        return f'"{written}" – an empty term matches nothing; delete it.'
    reason = next((reason for check in CHECKS if (reason := check(body))), "")
    return f'"{written}" – {reason}' if reason else ""


def _foreign_field(body: str) -> str:
    name = found[1] if (found := FIELD.match(body)) else ""
    if name in FIELDS:
        other = FIELD.match(_without_field(body))
        return f'"{name}:" and "{other[1]}:" cannot both be asked of one term.' if other and other[1] in FIELDS else ""
    close = get_close_matches(name, FIELDS, n=1, cutoff=0.8)
    meant = MEANT_FIELD.get(name, close[0] if close else "")
    return f'"{name}:" is not supported. Did you mean "{meant}:"?' if meant else ""


def _without_field(body: str) -> str:
    """What is looked for, without the prefix that says where."""
    found = FIELD.match(body)
    return body[found.end() :] if found and found[1] in FIELDS else body


def _operator(body: str) -> str:
    found = None if _without_field(body).startswith("=") else OPERATOR.search(body)
    if not found:
        return ""
    word, left, right = found[1] or found[2], body[: found.start()].strip(), body[found.end() :].strip()
    instead = {
        "AND": f'all = ["{left}", "{right}"]',
        "OR": f'any = ["{left}", "{right}"]',
        "NOT": f'none = ["{right}"]',
        "NEAR": f'all = ["{left}", "{right}"] and near = 10',
    }
    return f"{word} is read as a word here. Use {instead[word]}."


def _foreign_sign(body: str) -> str:
    return next((reason for pattern, reason in FOREIGN if pattern.search(body)), "")


def _star(body: str) -> str:
    if "*" not in body:
        return ""
    if "*" in body[:-1] or not body[-2:-1].strip():
        return "* is allowed only at the end of a word."
    if _without_field(body).startswith("="):
        return "= means the exact form and * any ending; use one of them."
    words = tokens(body, {})
    # Counted decomposed: one syllable of Korean holds two or three letters.
    is_enough = words and len(unicodedata.normalize("NFD", words[-1].word.key)) >= LETTERS_BEFORE_STAR
    if is_enough or (words and is_unspaced(words[-1])):
        return ""
    return f"at least {LETTERS_BEFORE_STAR} letters before *; this would match hundreds of words."


def _nothing_to_find(body: str) -> str:
    return (
        ""
        if WORD.search(_without_field(body)) and body not in EMPTY_FIELDS
        else "it contains no word to look for; delete it or write a word."
    )


CHECKS: tuple[Callable[[str], str], ...] = (_foreign_sign, _operator, _foreign_field, _star, _nothing_to_find)


def doubts(written: str) -> tuple[str, ...]:
    """What is allowed and probably not meant: quotes, a pronoun for a country, a plural."""
    body = _without_field(CURLY_OR_DOUBLE.sub("", written).strip())
    quotes = f'"{written}" – quotes inside the term; removed.' if CURLY_OR_DOUBLE.search(written) else ""
    return tuple(filter(None, (quotes, _common_word(body), _plural(body), _single_character(body))))


def _common_word(body: str) -> str:
    if body.isupper() or body.lower() not in STOP_WORDS:
        return ""
    if body.lower() not in MEANT_ACRONYM:
        return f'"{body}" is in nearly every article. Write a rarer word.'
    word, meant = MEANT_ACRONYM[body.lower()]
    return f'"{body}" will match {word}. Write "{body.upper()}" for {meant}.'


def _plural(body: str) -> str:
    one = singular(body) if body.isascii() and body.islower() and body.isalpha() else ""
    return f'"{body}" does not match "{one}". Write the singular to get both.' if one else ""


def _single_character(body: str) -> str:
    words = tokens(body, {})
    if len(words) != 1 or not is_unspaced(words[0]):
        return ""
    return f'"{body}" is one character and is found inside other words. Write two or more.'
