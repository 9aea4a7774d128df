"""Appeals and notices that feeds put before or after the words of an article, known without having seen the feed:
"Read more", "Sign up for our newsletter", "Follow us on …", "The post … appeared first on …", "All rights reserved".

They are left out of quotes, and of matching where `sure` agrees. Each is a whole sentence, line or stretch between
separators, at an end of a text, and of bounded length: a sentence that only has such words in it is the article's own.
`phrases` has their wording.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from monitor.boilerplate.phrases import (
    APPEARED,
    COPYRIGHT,
    ENDS,
    FOLLOW,
    HINTS,
    NEWSY,
    READ_ON,
    READ_ON_LABELS,
    REST,
    RIGHTS,
    SIGN_UP,
)
from monitor.boilerplate.strict_forms import is_sure

FORM_CHARACTERS = 300
"""The most characters of a form: a headline within "The post … appeared first on …" and the name of a site fit in."""

NAME_WORDS = 6
NAME_CHARACTERS = 60
"""The name of a site before "all rights reserved"."""

LABEL_CHARACTERS = 40
"""The bare "Read more »"."""

HINTS_REMEMBERED = 1_000
"""Ends of texts of which the hints are known: a text is cut for matching and for learning, a poll apart at most."""

MOST_POSTS = 5
"""How often "The post" is looked for within one: the last is the one that "appeared first"."""

_BEGINS = (
    r"(?:\A|(?<=[\n\[(«»|•·→►▶])|(?<=[.!?…。؟:|•·»\])\"”’*>–—-]\s)|(?<=。))"
    r"[\s\[(«»|•·→►▶*–—-]*+"
)
"""A form begins a text, a line, a sentence, or stands behind a separator."""


@cache
def _form(pattern: str) -> re.Pattern[str]:
    """Made when a text first may have it: all of them take a tenth of a second, which each start would pay for."""
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


_READ_ON, _SIGN_UP, _RIGHTS, _LABEL = "to read on", "to sign up", "all rights reserved", "label"
_APPEALS = ((_READ_ON, READ_ON), (_SIGN_UP, SIGN_UP), ("to follow", FOLLOW))
_APPEARED_FIRST = "where the article appeared first"
_ENDINGS = (
    *((name, rf"{_BEGINS}(?:{words}){REST}{ENDS}") for name, words in _APPEALS),
    ("copyright", rf"{_BEGINS}{COPYRIGHT}{REST}{ENDS}"),
)
_OPENINGS = tuple((name, rf"[\s\[(«»|•·→►▶*]*+(?:{words})") for name, words in _APPEALS)
_APPEARED = rf"(?:\A|(?<=[\s\[(]))(?:{APPEARED}){REST}{ENDS}"
_ALL_RIGHTS = rf"{RIGHTS}{REST}{ENDS}"
_READ_ON_LABEL = rf"(?<=\s)[\[(]?(?:{READ_ON_LABELS})[\s.…»→►▶>)\]]*\Z"
_NAME = re.compile(rf"(?:\A|[\n.!?…。؟|•·])[^\S\n]*([^\n.!?…。؟|•·]{{1,{NAME_CHARACTERS}}}?)\s*[-–—|•·,:/]?\s*\Z")
_SMALL = frozenset("of the and for de du des la le les el los del und der die das di et y en".split())  # noqa: SIM905 (words read better as text)
_NOUN = rf"[^\n.!?…]{{0,100}}?\b{NEWSY}\w*"
_SENTENCE = re.compile(r"(?:[^\n.!?…。؟]|[.!?](?=\S)){0,200}+[.!?…。؟]*+[\"”)\]]*+")
_SEPARATOR = re.compile(r"[:|»→►▶]\s+|\s[-–—]+\s")
_STOPS = '.!?…。؟"”)]'


def ending(text: str, end: int, *, is_quote: bool) -> tuple[int, str]:
    """Where the last form of `text[:end]` begins, if it ends with one, and what it is called; else the end, and "".

    An appeal that the text begins with is an opening: the article may stand behind it without a stop.
    """
    for place, name in _endings(text, end):
        if is_quote or name == _LABEL or is_sure(name, text[place:end]):
            return place, _READ_ON if name == _LABEL else name
    return end, ""


def _endings(text: str, end: int) -> Iterator[tuple[int, str]]:
    start = max(0, end - FORM_CHARACTERS)
    said = text[start:end].casefold()
    if _may_have(said, _APPEARED_FIRST) and (place := _appeared(text, start, end)) < end:
        yield place, _APPEARED_FIRST
    for name, form in _ENDINGS:
        found = _form(form).search(text, start, end) if _may_have(said, name) else None
        if found and (found.start() or name == "copyright"):
            yield found.start(), name
    if _may_have(said, _RIGHTS) and (found := _form(_ALL_RIGHTS).search(text, start, end)):
        yield _with_name(text, found.start()), _RIGHTS
    if _has_hints(said[-LABEL_CHARACTERS:], _LABEL) and (found := _form(_READ_ON_LABEL).search(text, start, end)):
        yield found.start(), _LABEL


def opening(text: str, start: int, *, is_quote: bool) -> tuple[int, str]:
    """Where the form ends that `text` has at `start`, and what it is called; else `start`, and ""."""
    said = text[start : start + FORM_CHARACTERS].casefold()
    for name, form in _OPENINGS:
        found = _form(form).match(text, start) if _may_have(said, name) else None
        if found:
            end = _opening_end(text, found.end(), is_sign_up=name == _SIGN_UP)
            if is_quote or is_sure(name, text[start:end]):
                return end, name
    return start, ""


def _may_have(said: str, name: str) -> bool:
    return name in _hinted(said)


@lru_cache(HINTS_REMEMBERED)
def _hinted(said: str) -> frozenset[str]:
    """The forms of which it has the hints."""
    return frozenset(name for name in HINTS if name != _LABEL and _has_hints(said, name))


def _has_hints(said: str, name: str) -> bool:
    return all(any(map(said.__contains__, hints)) for hints in HINTS[name])


def _appeared(text: str, start: int, end: int) -> int:
    """Where "The post …" begins: the last one with a capital, since the article may speak of a post as well."""
    place = end
    for _ in range(MOST_POSTS):
        found = _form(_APPEARED).search(text, start, end)
        if not found:
            break
        place = place if found[0][0].islower() else found.start()
        start = found.start() + 1
    return place


def _opening_end(text: str, end: int, *, is_sign_up: bool) -> int:
    """Where the line or the sentence of an appeal at the start of a text ends, or the stretch before a separator.

    One to sign up may have nothing but a capital behind it ("SIGN UP TO OUR NEWSLETTER Truce in …"): that is where the
    article begins.
    """
    noun = _form(_NOUN).match(text, end) if is_sign_up else None
    end = noun.end() if noun else end
    stop = _SENTENCE.match(text, end)
    sentence = stop.end() if stop else end
    separator = _SEPARATOR.search(text, end, sentence)
    if separator and len(text[separator.end() : sentence].split()) > 1:
        return separator.end()
    rest = text[end:sentence].strip()
    is_line = text[sentence : sentence + 1] == "\n"
    is_whole = is_line or sentence == len(text) or text[sentence - 1] in _STOPS
    goes_on = not noun or is_line or not rest[:1].isalpha() or not rest[0].isupper() or rest.isupper()
    return sentence if is_whole and goes_on else end


def _with_name(text: str, start: int) -> int:
    """Where "Syria News Network – all rights reserved" begins; of a sentence of other words, the notice alone."""
    found = _NAME.search(text, max(0, start - NAME_CHARACTERS - len(" – . ")), start)
    words = found[1].split() if found else []
    is_name = len(words) <= NAME_WORDS and not any(word[0].islower() and word not in _SMALL for word in words)
    return found.start(1) if found and is_name else start
