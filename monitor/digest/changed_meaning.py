"""Whether a headline was changed in meaning, without a word of its publisher about it.

Web editors rewrite headlines all the time, and the new words mostly say the same. So a headline has changed in
meaning only if it is the same sentence but for one thing: a name or word in its place is another, a number fell, a
"not" came or went, or two names changed places. What is other than that says nothing: of 284 headlines that were edited
in the recorded polls, 4 are reported (docs/decisions/0042-a-correction-is-said-once.md).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from monitor.function_words import FUNCTION_WORDS, NEWS_WORDS
from monitor.text import Token, folded, is_unspaced, tokenise

KEPT_WORDS = 3
"""How many words beside the changed one must be the same, grammar not counted: with fewer, "Storm hits Leeds" and
"Storm hits Hull" are as likely two headlines of one pattern."""

KEPT_SHARE = 0.6
"""Of the longer headline. The two right ones of the recorded polls kept 86 and 89 of 100 words, headlines that were
rewritten headlines rarely half."""

CHANGED_WORDS = 2
"""A name has one or two words (South Sudan); a longer passage in its place is a rewording."""

LIKE_A_NAME = 0.85
"""Share of letters by which two names are one that is spelt in two ways: Zelensky and Zelenskiy (0.89), but not Austria
and Australia (0.78) or Iran and Iraq (0.75)."""

LIKE_A_WORD = 0.6
"""The same for words in small letters: loved and love (0.8), out and our (0.67), but not price and profit (0.33)."""

STEM = 5
"""Words that share so many first letters are of one family: managers and management, demolish and demolition."""

_LIVE: Final = re.compile(
    r"\blive\s?(?:blog|ticker|updates?|\s*[:|\-–—])|^\W*(?:watch |follow )?live\b|\bas it happened\b"
    r"|\bminute by minute\b"
    r"|\ben (?:direct|vivo)\b|\bal minuto\b|\bminuto a minuto\b|\bao vivo\b|\bin diretta\b|\bтрансляция\b"
    r"|\bонлайн\b|\bпрямой эфир\b|مباشر|لحظة بلحظة"
)

_NEGATIONS: Final = frozenset(
    folded(
        "no not never nor isnt arent wasnt werent doesnt dont didnt wont cant cannot couldnt wouldnt hasnt havent deny"
        " denies denied denying false falsely nicht kein keine keinen keiner nie niemals bestreitet dementiert"
        " dementieren ne pas jamais aucun aucune dément démentent nie faux non niega niegan desmiente desmienten nunca"
        " jamás ningún ninguna nega não non nessun nessuna smentisce не нет отрицает"
        " опровергает опроверг لا لم لن ليس ليست"
        " ينفي تنفي نفى نفت"
    ).split()
)
_NO_NEGATION: Final = {"pt": frozenset({"no", "ne"}), "de": frozenset({"no"}), "it": frozenset({"ne"})}
"""Portuguese no is "in the"."""

_NUMBERS: Final = {
    word: number
    for words in (
        "two three four five six seven eight nine ten eleven twelve",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "deux trois quatre cinq six sept huit neuf dix onze douze",
        "dos tres cuatro cinco seis siete ocho nueve diez once doce",
        "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
        "اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة",
    )
    for number, word in enumerate(folded(words).split(), 2)
}
_COUNTDOWN: Final = frozenset(
    folded(
        "go left remaining until till missing active noch verbleiben verbleibende vermisst vermisste bleiben reste"
        " restent restant disparus quedan faltan restan desaparecidos осталось пропавших пропали تبقى بقي مفقود مفقودين"
    ).split()
)
"""Beside these a number falls as time goes on."""

_FIXED_ORDER: Final = frozenset({"en", "fr", "es", "pt", "it"})
"""Languages in which the place of a name says who did it; German and Russian say it by endings as well."""

_LABEL: Final = re.compile(r"^[^:|]{1,40}(?::|\s\|)\s+")
_CLAUSE: Final = re.compile(r"[:;.?!|–—\"“”„«»]|\s[-'‘]")
"""Signs after which a word has a capital for its place."""
_DIGIT_GROUP: Final = frozenset(",.'’\u00a0\u202f")
_ENDINGS: Final = re.compile("(?:n|ns|i|is|an|ans|ian|ians|ese|ish|d|ed|ing|er|ern|en|e|es|s|o|a|as|os)")


@dataclass(frozen=True, slots=True)
class _Word:
    """`value`: of a number, else None. `is_capital`: its first letter, `is_name`: so also within a clause."""

    key: str
    is_capital: bool
    is_name: bool
    value: float | None
    is_short_form: bool


_Change = tuple[tuple[_Word, ...], tuple[_Word, ...]]


def is_changed_in_meaning(before: str, after: str, text: str = "", language: str = "") -> bool:
    """Whether `after` says something else than `before`. `text`: what the article says now: a word or number that still
    stands in it was not wrong.
    """
    if _LIVE.search(folded(before)) or _LIVE.search(folded(after)):
        return False
    old, new = map(_words, _without_one_label(before, after))
    if not old or not new:
        return False
    if _is_denied(old, new, language):
        return True
    old, new = _telling(old), _telling(new)
    if language in _FIXED_ORDER and _has_changed_places(old, new):
        return True
    change = _one_change(old, new)
    if change is None:
        return False
    wrong, right = change
    return _is_another(wrong, right, old) and not _stands_in(wrong, text)


def _without_one_label(before: str, after: str) -> tuple[str, str]:
    """A label that only one of them has ("Floods: …") goes; two say something by being two."""
    had, has = _LABEL.match(before), _LABEL.match(after)
    if had and not has:
        return before[had.end() :], after
    return (before, after[has.end() :]) if has and not had else (before, after)


def _words(title: str) -> list[_Word]:
    tokens = tokenise(title)
    if any(map(is_unspaced, tokens)):
        return []  # without spaces a changed character is not a changed word
    joined = list(_joined(title, tokens))
    ends = [None, *(token.end for token in joined)]
    return [_word(title, token, end) for token, end in zip(joined, ends, strict=False)]


def _joined(title: str, tokens: Sequence[Token]) -> Iterator[Token]:
    """A number such as 17,548 is one word."""
    last: Token | None = None
    for token in tokens:
        if last and _is_number(last) and _is_number(token) and title[last.end : token.start] in _DIGIT_GROUP:
            last = Token(last.word._replace(key=f"{last.word.key}.{token.word.key}"), last.start, token.end)
            continue
        if last:
            yield last
        last = token
    if last:
        yield last


def _is_number(token: Token) -> bool:
    return token.word.key[:1].isdigit()


def _word(title: str, token: Token, end: int | None) -> _Word:
    """`end`: that of the word before it, if any."""
    key, written = token.word.key, title[token.start : token.end]
    is_within = end is not None and not _CLAUSE.search(title, end, token.start)
    return _Word(
        key=key,
        is_capital=written[:1].isupper(),
        is_name=is_within and written[:1].isupper(),
        value=_value(key),
        is_short_form=any(sign in written[1:-1] for sign in "'’.") or written.endswith("."),
    )


def _value(key: str) -> float | None:
    if key in _NUMBERS:
        return float(_NUMBERS[key])
    found = re.match(r"\d+(?:\.\d+)*", key)
    if not found or len(key) > found.end() + 2:
        return None
    parts = found[0].split(".")
    is_grouped = len(parts) > 1 and all(len(part) == 3 for part in parts[1:])
    return float("".join(parts)) if is_grouped else float(".".join(parts[:2]))


def _telling(words: Iterable[_Word]) -> list[_Word]:
    return [word for word in words if word.value is not None or word.key not in FUNCTION_WORDS]


def _is_denied(old: Sequence[_Word], new: Sequence[_Word], language: str) -> bool:
    """Whether a "not" came or went, and nothing else."""
    negations = _NEGATIONS - _NO_NEGATION.get(language, frozenset())
    had, has = (any(word.key in negations for word in words) for words in (old, new))
    if had == has:
        return False
    plain = [_telling(word for word in words if word.key not in negations) for words in (old, new)]
    is_same = len(plain[0]) == len(plain[1]) and all(map(_are_alike, *plain))
    return is_same and len(plain[0]) >= KEPT_WORDS


def _has_changed_places(old: Sequence[_Word], new: Sequence[_Word]) -> bool:
    """Whether two names of one or two words changed places around what one did to the other."""
    keys, others = [word.key for word in old], [word.key for word in new]
    if len(keys) != len(others) or sorted(keys) != sorted(others) or keys == others:
        return False
    start = next(place for place, pair in enumerate(zip(keys, others, strict=True)) if pair[0] != pair[1])
    end = next(place for place in range(len(keys), 0, -1) if keys[place - 1] != others[place - 1])
    left, right = keys[start:end], others[start:end]
    names = {word.key for word in (*old, *new) if word.is_name}
    for first in range(1, CHANGED_WORDS + 1):
        for last in range(1, CHANGED_WORDS + 1):
            middle = left[first:-last]
            is_turned = right == [*left[-last:], *middle, *left[:first]]
            if is_turned and set(middle) - NEWS_WORDS and names.issuperset((*left[:first], *left[-last:])):
                return True
    return False


def _one_change(old: Sequence[_Word], new: Sequence[_Word]) -> _Change | None:
    """The one place in which the headlines differ; None if there is none, or they differ in more."""
    found = SequenceMatcher(None, [word.key for word in old], [word.key for word in new], autojunk=False).get_opcodes()
    changes: list[_Change] = []
    for kind, start, end, from_, to in found:
        pieces = (tuple(old[start:end]), tuple(new[from_:to]))
        if kind != "equal" and not _is_spelling(*pieces):
            changes.append(pieces)
    if len(changes) != 1:
        return None
    wrong, right = _without_equals(*changes[0])
    if not wrong or not right or max(len(wrong), len(right)) > CHANGED_WORDS:
        return None
    kept = len(old) - len(wrong)
    is_frame = kept >= KEPT_WORDS and kept >= KEPT_SHARE * max(len(old), len(new))
    return (wrong, right) if is_frame else None


def _without_equals(wrong: tuple[_Word, ...], right: tuple[_Word, ...]) -> _Change:
    """Of "SMU uses" and "Universities use", what is another word. The word that is counted follows its number."""
    if len(wrong) != len(right):
        return wrong, right
    pairs = list(zip(wrong, right, strict=True))
    if counted := [pair for pair in pairs if None not in (pair[0].value, pair[1].value)]:
        pairs = counted
    others = [(old, new) for old, new in pairs if not _are_alike(old, new)]
    return tuple(old for old, _ in others), tuple(new for _, new in others)


def _is_spelling(wrong: Sequence[_Word], right: Sequence[_Word]) -> bool:
    """Whether both say the same, or a number has grown."""
    if "".join(word.key for word in wrong) == "".join(word.key for word in right):
        return True
    return len(wrong) == len(right) and not any(_without_equals(tuple(wrong), tuple(right)))


def _is_another(wrong: Sequence[_Word], right: Sequence[_Word], old: Sequence[_Word]) -> bool:
    """Whether one says what the other does not."""
    if any(word.value is not None for word in (*wrong, *right)):
        fell = len(wrong) == len(right) == 1 and wrong[0].value is not None and right[0].value is not None
        return fell and not any(word.key in _COUNTDOWN for word in old)
    return len(wrong) == len(right) or all(word.is_name for word in (*wrong, *right))


def _are_alike(old: _Word, new: _Word) -> bool:
    """Whether two words are one, or the number grew, as it does while a story goes on."""
    if old.value is not None or new.value is not None:
        return old.value is not None and new.value is not None and old.value <= new.value
    if old.key == new.key:
        return True
    short, long = sorted((old, new), key=lambda word: len(word.key))
    if (short.is_short_form or len(short.key) < STEM) and _is_abbreviation(short.key, long.key):
        return short.is_short_form or long.key.startswith(short.key) or not short.is_name
    if long.key.endswith(short.key) and len(long.key) - len(short.key) >= STEM:
        return True  # coronavirus, but not illegal
    is_one = _is_one_name if old.is_capital and new.is_capital else _is_one_word
    return is_one(short.key, long.key)


def _is_abbreviation(short: str, long: str) -> bool:
    """Whether the letters of one come in the other, in their order: Feb, Govt, S'pore."""
    letters = iter(long)
    return short[:1] == long[:1] and all(letter in letters for letter in short)


def _is_one_name(short: str, long: str) -> bool:
    if long.startswith(short) and _ENDINGS.fullmatch(long[len(short) :]):
        return True
    if not short.isascii() and len(short) >= STEM:
        return _common_start(short, long) >= len(long) - 2  # an ending: Россия, России
    return _likeness(short, long) >= LIKE_A_NAME


def _is_one_word(short: str, long: str) -> bool:
    return short[:1] == long[:1] and (_common_start(short, long) >= STEM or _likeness(short, long) >= LIKE_A_WORD)


def _common_start(one: str, other: str) -> int:
    return next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))


def _likeness(one: str, other: str) -> float:
    """1 − the number of letters to change, put in or leave out, by the letters of the longer one."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row = row, [number]
        for place, (pair, own) in enumerate(zip(pairwise(before), other, strict=True)):
            row.append(min(pair[1] + 1, row[place] + 1, pair[0] + (letter != own)))
    return 1 - row[-1] / max(len(one), len(other))


def _stands_in(words: Sequence[_Word], text: str) -> bool:
    """Whether the text still says it: each of these words, or one of its family."""
    said = _words(text) if text else []
    keys = {word.key for word in said}
    values = {word.value for word in said if word.value is not None}
    return all(
        word.value in values
        if word.value is not None
        else word.key in keys or any(_is_family(word, each) for each in keys)
        for word in words
    )


def _is_family(word: _Word, other: str) -> bool:
    return not word.is_name and len(word.key) > STEM and _common_start(*sorted((word.key, other), key=len)) > STEM
