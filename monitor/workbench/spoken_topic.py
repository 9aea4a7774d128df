"""A topic from words as people type them in a search box: "Syria ceasefire", "(Syria or Iraq) talks", "drone -racing".

What can be read in two ways is refused, with what to type instead: a topic must never look for what was to be left
out. A word that is the name of a list of the library becomes that list.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from monitor.match import rule_from_name
from monitor.match.plural import singular
from monitor.match.term_mistakes import doubts, mistake
from monitor.match.terms import EXACT, LIST, PREFIX
from monitor.model.topic import Rule, Topic
from monitor.text import folded, tokenise

OR_WORDS = frozenset({"or", "|", "||", "oder", "ou", "o", "или", "أو", "或"})
AND_WORDS = frozenset({"and", "&", "&&", "+", "und", "et", "e", "y", "и", "و", "和"})
NOT_WORDS = frozenset({"not"})
UNCLEAR = frozenset(
    {
        *("but", "except", "excluding", "excl", "minus", "neither", "no", "non", "nor", "unless", "without"),
        *("außer", "kein", "keine", "nicht", "ohne", "sans", "sauf", "pas", "sin", "salvo", "excepto", "senza", "não"),
        *("sem", "без", "кроме", "не", "بدون", "ليس", "不", "没有", "除了"),
    }
)
"""Words that leave something out where they are no part of a name ("Doctors without Borders")."""

FOREIGN = re.compile(r"(?:NEAR|ADJ|ONEAR|AROUND|W|PRE)(?:/\d+|\(\d*|\d+)?$|~\d*$")
"""Distances of other search languages."""

NOT_ALONE = frozenset(
    {
        *("acting-as-one", "acting-together", "arts", "dealing", "fighting", "helping", "lull", "meeting", "opinion"),
        *("shared-matter", "space", "sponsored", "sports", "stopping", "trade"),
    }
)
"""Lists that say something only beside others, or that are wider than their name."""

DASHES = "-–—−"
OPENING, CLOSING = '"“”„‟«»「『', '"“”„‟«»」』'
LONGEST_NAME = 100
MOST_WORDS = 30
BETWEEN_TOPICS = ",;、，；،؛\n"

_PIECE = re.compile(
    rf"(?P<sign>[{DASHES}+!]?)[{OPENING}](?P<phrase>[^{OPENING}{CLOSING}]*)[{CLOSING}]"
    rf"|(?P<group>[{DASHES}!]?\()|(?P<end>\))|(?P<word>[^\s(){OPENING}{CLOSING}]+)"
)


class UnclearWords(ValueError):
    """Words that are no topic, or could be two. The sentence says what to type."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One condition: the terms of which one is enough, as typed; `is_left_out` if none of them may be found."""

    terms: tuple[str, ...]
    is_left_out: bool = False


@dataclass(slots=True)
class _Reading:
    """What is left to read of the words, `text` being all of them."""

    text: str
    pieces: list[re.Match[str]]
    parts: list[_Part] = field(default_factory=list)
    ors: list[int] = field(default_factory=list)
    """How many parts stood before each "or"."""


def split_topics(text: str) -> tuple[str, ...]:
    """The topics of one line: commas and semicolons separate them, but not in quotes or parentheses."""
    found, depth, is_quoted = [""], 0, False
    for sign in text:
        is_quoted ^= sign in OPENING or sign in CLOSING
        depth += (sign == "(") - (sign == ")")
        if sign in BETWEEN_TOPICS and not is_quoted and depth <= 0:
            found.append("")
        else:
            found[-1] += sign
    return tuple(dict.fromkeys(" ".join(each.split()) for each in found if each.strip()))


def topic_of_words(text: str, lists: Mapping[str, Sequence[str]], countries: Collection[str] = ()) -> Topic:
    """The topic that these words mean. `lists`: those of the library; `countries`: names of lists that are countries.

    Raises UnclearWords.
    """
    name = " ".join(text.split())
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in name):
        raise UnclearWords("The words have characters that nobody can read. Type them instead of copying them.")
    if not name or len(name) > LONGEST_NAME:
        raise UnclearWords(
            f"A topic has words, and at most {LONGEST_NAME} characters; this has {len(name)}."
            if name
            else "A topic needs a word, such as: Syria ceasefire"
        )
    parts = _parts(name)
    wanted = _as_any([each.terms for each in parts if not each.is_left_out], parts)
    left_out = tuple(dict.fromkeys(term for each in parts if each.is_left_out for term in each.terms))
    _check(name, wanted, left_out)
    groups = tuple(dict.fromkeys(_with_lists(wanted, lists, countries)))
    return Topic(name=name, rules=(Rule(all=groups, none=left_out),))


def in_brief(topic: Topic) -> str:
    """The first rule of a topic in words: "each of Syria, talks; none of Iran"."""
    rule = topic.rules[0]
    groups = [" or ".join(group) if len(group) > 1 else group[0] for group in rule.all]
    wanted = groups[0] if len(groups) == 1 else f"each of: {', '.join(groups)}"
    return wanted + (f"; none of: {', '.join(rule.none)}" if rule.none else "")


def doubts_of(topic: Topic) -> tuple[str, ...]:
    """What is allowed and probably not meant, such as a plural that does not find the singular."""
    terms = (term for rule in topic.rules for group in rule.all for term in group)
    return tuple(dict.fromkeys(doubt for term in terms if not term.startswith(LIST) for doubt in doubts(term)))


def _parts(name: str) -> list[_Part]:
    """The conditions in the order typed. Those beside an "or" at the top are one, or the words are refused."""
    reading = _Reading(name, list(_PIECE.finditer(name)))
    if len(reading.pieces) > MOST_WORDS:
        raise UnclearWords(f"A topic in words has at most {MOST_WORDS} of them; write lists in the config instead.")
    if _PIECE.sub("", name).strip():
        raise UnclearWords(f"{name} – a quote is opened and not closed. Write both, or none.")
    while reading.pieces:
        _read(reading)
    if not reading.ors:
        return reading.parts
    return [_alternatives(reading), *(each for each in reading.parts if each.is_left_out)]


def _alternatives(reading: _Reading) -> _Part:
    """The parts around "or": one on each side, and what is left out behind them all."""
    wanted = [each for each in reading.parts if not each.is_left_out]
    is_plain = reading.ors == list(range(1, len(wanted))) and reading.parts[: len(wanted)] == wanted
    if not is_plain:
        raise UnclearWords(
            f"{reading.text} – can be read in two ways. Put parentheses around the words of which one is enough, as in:"
            " (Syria or Iraq) ceasefire. Put a name of several words in quotes. Or make two topics of it."
        )
    return _Part(tuple(term for each in wanted for term in each.terms))


def _read(reading: _Reading) -> None:
    """Read the next condition, or an operator."""
    piece = reading.pieces.pop(0)
    word = _bare(piece["word"] or "")
    if word in OR_WORDS:
        reading.ors.append(len(reading.parts))
        if not reading.parts or not reading.pieces:
            raise UnclearWords(_lonely(reading.text, piece[0]))
    elif word in AND_WORDS:
        return
    elif word in NOT_WORDS:
        reading.parts.append(_left_out_by_word(reading, piece[0]))
    elif piece["group"]:
        reading.parts.append(_Part(_group(reading), is_left_out=piece["group"] != "("))
    elif piece["end"]:
        raise UnclearWords(f"{reading.text} – a parenthesis is closed and not opened. Write both, or none.")
    else:
        reading.parts += _conditions(piece, reading.text)


def _left_out_by_word(reading: _Reading, written: str) -> _Part:
    """What stands behind "not": one word, phrase or group at the end, or nobody knows how much is left out."""
    if not reading.parts or not reading.pieces:
        raise UnclearWords(_lonely(reading.text, written))
    piece = reading.pieces.pop(0)
    terms = _group(reading) if piece["group"] == "(" else _one(piece, reading.text)
    if reading.pieces:
        raise UnclearWords(_lonely(reading.text, written))
    return _Part(terms, is_left_out=True)


def _lonely(text: str, written: str) -> str:
    return (
        f"{text} – what {_shown(written)} refers to is not clear. To leave a word out, write - before it: Syria -Iraq."
        ' If it is part of a name, put the name in quotes: "Doctors without Borders".'
    )


def _group(reading: _Reading) -> tuple[str, ...]:
    """The terms between parentheses, with "or" between them."""
    inside = list(takewhile(lambda piece: not piece["end"], reading.pieces))
    if len(inside) == len(reading.pieces):
        raise UnclearWords(f"{reading.text} – a parenthesis is opened and not closed. Write both, or none.")
    reading.pieces = reading.pieces[len(inside) + 1 :]
    if len(inside) % 2 == 0 or any(_bare(each["word"] or "") not in OR_WORDS for each in inside[1::2]):
        raise UnclearWords(
            f'{reading.text} – write "or" between what is in parentheses, as in: (Syria or "Saudi Arabia") talks'
        )
    return tuple(term for each in inside[::2] for term in _one(each, reading.text))


def _one(piece: re.Match[str], text: str) -> tuple[str, ...]:
    """A word or phrase that has to be exactly one term, and no sign before it."""
    found = list(_conditions(piece, text)) if not (piece["group"] or piece["end"]) else []
    if len(found) != 1 or found[0].is_left_out or _bare(piece["word"] or "") in OR_WORDS | AND_WORDS | NOT_WORDS:
        raise UnclearWords(f"{text} – {_shown(piece[0])} is not one word there. Put what belongs together in quotes.")
    return found[0].terms


def _conditions(piece: re.Match[str], text: str) -> Iterator[_Part]:
    """What a word or a phrase asks for: nothing if it is a word like "the", several if it is like "US-Russia"."""
    phrase = piece["phrase"]
    sign = piece["sign"] or "" if phrase is not None else piece["word"][:1]
    is_left_out = sign in (*DASHES, "!") and bool(sign)
    if phrase is not None:
        terms = [phrase.strip()]
    else:
        word = piece["word"][1:] if is_left_out or sign == "+" else piece["word"]
        terms = _terms_of(word, text) if word else _terms_of(piece["word"], text)
    for term in terms:
        if problem := mistake(term):
            raise UnclearWords(f"{text} – {problem}")
    if is_left_out and len(terms) != 1:
        raise UnclearWords(f"{text} – {_shown(piece[0])} does not leave out one word. Put it in quotes behind the -.")
    yield from (_Part((term,), is_left_out=is_left_out) for term in terms)


def _terms_of(word: str, text: str) -> list[str]:
    """The words of one piece without quotes; none of a word like "the"."""
    bare = _bare(word)
    if bare in UNCLEAR or FOREIGN.match(word):
        raise UnclearWords(_lonely(text, word))
    if bare == "us" and "us" in word:
        raise UnclearWords(f'{text} – "us" is the pronoun. Write US for the country, or leave it out.')
    if "/" in word or "\\" in word or "|" in word:
        raise UnclearWords(f"{text} – {_shown(word)}: write a space if both are wanted, and or if one is enough.")
    if word.startswith((LIST, EXACT)) or ":" in word or word.endswith(PREFIX):
        return [word]
    terms = [term for (term,) in rule_from_name(word).all]
    if terms and any(token.end - token.start == 1 for token in tokenise(word)):
        return [word]  # "AT&T" is not "AT"
    if not terms and len(bare) == 1 and tokenise(word) and bare not in {"a", "i"}:
        raise UnclearWords(
            f'{text} – {_shown(word)} alone is not looked for. Put it in quotes with its neighbour: "vitamin D".'
        )
    if not terms and not tokenise(word):
        raise UnclearWords(f"{text} – {_shown(word)} is not a word. Leave it out; to leave a word out, write -word.")
    return [_singular(term) for term in terms]


def _singular(term: str) -> str:
    """Of a plural the singular, which finds both; a name keeps its form."""
    return (singular(term) if term.isascii() and term.islower() and term.isalpha() else "") or term


def _as_any(wanted: list[tuple[str, ...]], parts: Sequence[_Part]) -> list[tuple[str, ...]]:
    """The groups, each once. Raises UnclearWords if there is none."""
    if not wanted:
        raise UnclearWords(
            "Only words that are to be left out, or that are in every article: write one that is looked for, too."
            if parts
            else 'There is no word in it to look for: words such as "the" are in every article.'
        )
    return list(dict.fromkeys(wanted))


def _check(name: str, wanted: Sequence[tuple[str, ...]], left_out: Sequence[str]) -> None:
    barred = {folded(term) for term in left_out}
    both = next((term for group in wanted for term in group if folded(term) in barred), "")
    if both:
        raise UnclearWords(f"{name} – {_shown(both)} is looked for and left out. Take one of them away.")


def _with_lists(
    wanted: Sequence[tuple[str, ...]], lists: Mapping[str, Sequence[str]], countries: Collection[str]
) -> Iterator[tuple[str, ...]]:
    """The groups, with lists for words that name one; neighbours such as South and Korea may be one name."""
    rest = list(wanted)
    while rest:
        run = next((rest[:n] for n in (3, 2) if _list_of(_run(rest[:n]), lists, countries)), rest[:1])
        terms = (_run(run),) if len(run) > 1 else run[0]
        yield tuple(dict.fromkeys(_list_of(term, lists, countries) or term for term in terms))
        rest = rest[len(run) :]


def _run(groups: Sequence[tuple[str, ...]]) -> str:
    return " ".join(group[0] for group in groups) if all(len(group) == 1 for group in groups) else ""


def _list_of(term: str, lists: Mapping[str, Sequence[str]], countries: Collection[str]) -> str:
    """The list that a word names, or "": a country, or a list that has the word among its terms."""
    name = folded(term).replace(" ", "-")
    if name not in lists or name in NOT_ALONE:
        return ""
    own = {folded(each.removeprefix(EXACT)) for each in lists[name]}
    return f"{LIST}{name}" if name in countries or folded(term) in own else ""


def _bare(word: str) -> str:
    """A word for comparison: without capitals, and without the signs around it."""
    return folded(word).strip(".,:;!?'’‘`…")


def _shown(word: str) -> str:
    return f'"{word}"'
