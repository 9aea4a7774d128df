"""What a person looks for, from what they type: whatever they type is a query, or there is a sentence about it.

dock strike        both words
"dock strike"      in a row
dock OR port       either; it binds more closely than the space: a OR b c is (a or b) and c
-football          not this word; a minus before a quotation: not this phrase
harb*              every word that begins so
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.match.letters import twins
from monitor.match.plural import plurals
from monitor.match.word_reading import glue, other_readings, tokens
from monitor.search.columns import as_token, pairs
from monitor.text import UNSPACED_START, Token, is_unspaced

OR = "OR"
MINUS = "-−–—"
"""What is read as a minus before a word: a keyboard, a shell or an editor may have made another of it."""

OPENING, CLOSING = '"“”„‟«»「『', '"“”„‟«»」』'
MOST_CHARACTERS, MOST_WORDS = 2_000, 100
SHORTEST_PREFIX = 3
"""Letters before a *, as in topics: shorter beginnings are those of half the words."""

PART = re.compile(rf"([{MINUS}]*)[{OPENING}]([^{CLOSING}]*)[{CLOSING}](\*?)|(\S+)")
BLANK_QUOTES = str.maketrans(dict.fromkeys(OPENING + CLOSING, " "))


class QueryError(ValueError):
    """What cannot be looked for, as a sentence that says what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words in a row, as articles are read; in a script without spaces each character is one."""

    words: tuple[str, ...]
    """The words, folded."""
    is_prefix: bool = False
    """Whether the last one is the beginning of a word."""


Ways = tuple[Phrase, ...]
"""Phrases of which one is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What an article must have, and what it must not have."""

    every: tuple[Ways, ...] = ()
    """Of each of these, one phrase must be there."""
    never: tuple[Phrase, ...] = ()
    """None of these may be there."""

    @property
    def wanted(self) -> tuple[Phrase, ...]:
        """All that may be found in an article: what is highlighted."""
        return tuple(phrase for ways in self.every for phrase in ways)


NOTHING = Query()
"""Of nothing but filters."""


def parse(written: str) -> Query:
    """The query that somebody has typed. Raises QueryError."""
    _check_length(written)
    every: list[Ways] = []
    never: list[Phrase] = []
    is_or, left_out = False, ""
    for minus, body, star in _parts(written):
        if body == OR and not (minus or star):
            is_or = bool(every or left_out)
        elif ways := ways_of(body, is_prefix=bool(star)):
            if is_or and (minus or left_out):
                raise QueryError(_either_or_not(body if minus else left_out))
            if minus:
                never += ways
            elif is_or:
                every[-1] += ways
            else:
                every.append(ways)
            is_or, left_out = False, body if minus else ""
    return Query(every=tuple(every), never=tuple(never))


def _either_or_not(word: str) -> str:
    word = f'"{word.strip()}"' if " " in word else word
    end = f"Put -{word} at the end, without OR: it leaves out of all that is found."
    return f"-{word} beside OR would find nearly everything. {end}"


def _check_length(written: str) -> None:
    words = len(tokens(written[: MOST_CHARACTERS + 1], {}))
    if len(written) > MOST_CHARACTERS or words > MOST_WORDS:
        raise QueryError(f"That is too much to look for: at most {MOST_WORDS} words, {MOST_CHARACTERS:,} characters.")


def both(first: Query, second: Query) -> Query:
    """What both find."""
    return Query(every=first.every + second.every, never=first.never + second.never)


def expression(query: Query, facts: Sequence[Sequence[str]] = (), *, is_in_title: bool = False) -> str:
    """The query for the index; of each of the `facts`, one word must be there. "" if nothing must be there.

    `is_in_title`: what must be there must be in the headline.
    """
    place = "title : " if is_in_title else ""
    wanted = [place + _any(map(_written, ways)) for ways in query.every]
    wanted += [_any(f'"{token}"' for token in each) for each in facts if each]
    if not wanted:
        return ""
    found = " AND ".join(wanted)
    return f"({found}) NOT {_any(map(_written, query.never))}" if query.never else found


def index_words(phrase: Phrase) -> tuple[tuple[str, ...], bool]:
    """The phrase in words of the index, and whether the last is the beginning of one."""
    found: list[str] = []
    run: list[str] = []
    for word in phrase.words:
        if UNSPACED_START.match(word):
            run.append(word)
        else:
            found += pairs(run, ends=True) if run else ()
            run = []
            found.append(word)
    if not run:
        return tuple(found), phrase.is_prefix
    if len(run) > 1:
        return (*found, *pairs(run, ends=False)), False
    return (*found, *run), bool(found)  # alone, it has a word of its own beside the pairs


def _parts(written: str) -> Iterator[tuple[str, str, str]]:
    """Minus, words and star of each part."""
    for found in PART.finditer(written):
        word = found[4]
        if word is None:
            yield found[1], f"{found[2]} ", found[3]  # so that "OR" is a word
            continue
        bare = word.lstrip(MINUS)
        star = "*" if bare.endswith("*") else ""
        yield word[: len(word) - len(bare)], bare.translate(BLANK_QUOTES).strip() if bare != OR else bare, star


def ways_of(body: str, *, is_prefix: bool) -> Ways:
    """How these words may be found: as they stand, the last one also as its plural, and halves that a hyphen joins as
    one word.
    """
    found = [token for token in tokens(body, {}) if as_token(token.word.key)]
    words = tuple(as_token(token.word.key) for token in found)
    if not words:
        return ()
    if is_unspaced(found[-1]):
        is_prefix = False  # found inside longer words anyway
    if is_prefix and len(words[-1]) < SHORTEST_PREFIX:
        raise QueryError(f'"{words[-1]}*" is too short: write at least {SHORTEST_PREFIX} letters before the *.')
    lasts = _last(words[-1], is_prefix=is_prefix, may_be_plural=found[-1].word.may_be_plural)
    ways = [Phrase(words=(*words[:-1], last), is_prefix=is_prefix) for last in lasts]
    if len(words) == 1 and not is_prefix:
        others = other_readings(body[found[0].start : found[0].end])
        ways += [Phrase(words=(as_token(each.key),)) for each in others if as_token(each.key) not in ("", words[0])]
    if len(words) > 1 and all(_is_joined(body, left, right) for left, right in pairwise(found)):
        closed = _last("".join(words), is_prefix=is_prefix, may_be_plural=True)
        ways += [Phrase(words=(word,), is_prefix=is_prefix) for word in closed]
    return tuple(ways)


def _last(word: str, *, is_prefix: bool, may_be_plural: bool) -> tuple[str, ...]:
    """What the last word of a part finds: in topics it is the same."""
    if is_prefix:
        return twins(word, is_open=True, is_alone=True)
    return (word, *plurals(word)) if may_be_plural else (word,)


def _is_joined(body: str, left: Token, right: Token) -> bool:
    return not is_unspaced(left) and not is_unspaced(right) and glue(body, left, right) in ("-", "'")


def _any(ways: Iterable[str]) -> str:
    return f"({' OR '.join(dict.fromkeys(ways))})"


def _written(phrase: Phrase) -> str:
    words, is_prefix = index_words(phrase)
    place = "" if len(words) == 1 else "{title text page} : "
    return f'{place}"{" ".join(words)}"{" *" if is_prefix else ""}'
