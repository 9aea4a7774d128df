"""A rule of a topic as a query of the index: every article that the rule could match, and few others. Pure.

The index has words as topics read them, but knows neither capitals nor sentences, and has what may be written as one
word or as two in one of these forms. So each needle is asked for in all of its forms; what the index cannot say is
left out of the query, which then finds more. `match` decides about each article that is found.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, product

from monitor.match.letters import ARABIC_LETTER, HEH, MARBUTA
from monitor.match.plural import plurals
from monitor.match.rules import ReadyGroup, ready_rule
from monitor.match.terms import PREFIX, Term
from monitor.match.word_reading import TURKISH
from monitor.model.topic import Rule
from monitor.search.columns import as_token, language_token
from monitor.search.query import Phrase, index_words
from monitor.text import LONGEST_WORD, STOP_WORDS, UNSPACED_START

MOST_PHRASES = 100_000
"""A longer query takes longer than to read the articles."""

SHORTEST_OPEN = 3
"""Letters from which on the beginning of a second half is looked for: shorter ones are those of half the words."""

SHORTEST_KNIT, LONGEST_KNIT, SHORTEST_PART = 6, 24, 2
"""Letters of what may stand as three words in a hashtag, and of each of these."""

LONGEST_INITIALS = 8

MOST_WHOLE = 100
"""Of a group with more sequences of words only the longest word of each is asked for: phrases out of lists share it."""

MOST_KNIT = 60
"""Of so many needles three words are looked for, too: a topic with more has lists, whose terms are no hashtags."""


def topic_expression(rules: Sequence[Rule], lists: Mapping[str, Sequence[str]]) -> str:
    """The query for all that one of the rules could match; "" if it would be all articles, or too long a query."""
    parsed: dict[str, Term] = {}
    groups = [[_sequences(group) for group in ready_rule(rule, lists, parsed).groups] for rule in rules]
    needles = {needle for rule in groups for group in rule for sequence in group for needle in sequence}
    asked = {each: _ways(each, is_knit=len(needles) <= MOST_KNIT) for each in needles}
    if sum(map(len, asked.values())) > MOST_PHRASES:
        return ""
    written = [_all(filter(None, (_group(group, asked) for group in rule))) for rule in groups]
    return _any(written) if all(written) else ""


def term_expression(terms: Iterable[Term]) -> str:
    """The same for terms of which one is enough; "" if the index cannot say where they are."""
    found = _sequences(ReadyGroup(tuple(terms)))
    return _group(found, {needle: _ways(needle, is_knit=True) for sequence in found for needle in sequence})


def _sequences(group: ReadyGroup) -> list[tuple[str, ...]]:
    """What must be there of each way in which a term of the group may be found."""
    found = list(dict.fromkeys(sequence for term in group.terms for sequence in term.sequences))
    return found if len(found) <= MOST_WHOLE else list(dict.fromkeys(map(_anchor, found)))


def _anchor(sequence: tuple[str, ...]) -> tuple[str, ...]:
    """The longest needle alone; a run of characters of a script without spaces is kept."""
    if any(map(UNSPACED_START.match, sequence)):
        return sequence
    return (max(sequence, key=len),)


def _group(sequences: Sequence[tuple[str, ...]], asked: Mapping[str, Sequence[str]]) -> str:
    """Nothing if one of its terms may be anywhere."""
    found = [_sequence(each, asked) for each in sequences]
    return _any(found) if all(found) else ""


def _sequence(needles: Sequence[str], asked: Mapping[str, Sequence[str]]) -> str:
    """All needles must be there; characters of a script without spaces in a row."""
    parts = []
    for is_run, run in groupby(needles, lambda needle: bool(UNSPACED_START.match(needle))):
        if is_run:
            words, _ = index_words(Phrase(words=tuple(run)))
            parts.append(_phrase(*words))
        else:
            parts += [_any(asked[needle]) for needle in dict.fromkeys(run) if asked[needle]]
    return _all(parts)


def _ways(needle: str, *, is_knit: bool) -> list[str]:
    """The forms in which the index may have what hits the needle; none if it cannot say."""
    word = as_token(needle.removesuffix(PREFIX).lower()) if ":" not in needle else ""
    if not word or len(word) > LONGEST_WORD or UNSPACED_START.match(word):
        return []
    star = PREFIX if needle.endswith(PREFIX) else ""
    found = [f'"{word}"{star}', *(_in_turkish(word) if not star else ())]
    for form in (word, *(plurals(word) if not star else ())):
        found += [f'"{form}"', *_halves(form, star)]
        found += _thirds(form) if is_knit and not star else ()
    if needle.isupper():
        found.append(f'"{word}s"')  # NGOs, of whatever length
    if word.isalpha() and 2 < len(word) <= LONGEST_INITIALS:
        found.append(_phrase(*word))
    return list(dict.fromkeys(found))


def _in_turkish(word: str) -> Iterator[str]:
    """There a case ending may stand behind an apostrophe, also of a word in small letters."""
    languages = _any(f'"{language_token(each)}"' for each in sorted(TURKISH))
    yield f'("{word}" * AND {languages})'


def _halves(form: str, star: str) -> Iterator[str]:
    """As two words, which a hyphen, a space or anything else joins."""
    for place in range(1, len(form)):
        right = form[place:]
        for left in _closing(form[:place]):
            if star and len(right) < SHORTEST_OPEN and len(left) >= SHORTEST_OPEN and left not in STOP_WORDS:
                yield f'"{left}"'
            else:
                yield f"{_phrase(left, right)}{star}"


def _thirds(form: str) -> Iterator[str]:
    """As three words, as in a hashtag."""
    shortest = 1 if ARABIC_LETTER.match(form) else SHORTEST_PART
    if not SHORTEST_KNIT <= len(form) <= LONGEST_KNIT:
        return
    for first in range(shortest, len(form) - 2 * shortest + 1):
        for second in range(first + shortest, len(form) - shortest + 1):
            for left, middle in product(_closing(form[:first]), _closing(form[first:second])):
                yield _phrase(left, middle, form[second:])


def _closing(part: str) -> tuple[str, ...]:
    """How the index has a part of a word that stands alone: at the end of one a heh is read as a ta marbuta."""
    return (part, part[:-1] + MARBUTA) if part.endswith(HEH) else (part,)


def _phrase(*words: str) -> str:
    place = "" if len(words) == 1 else "{title text page} : "
    return f'{place}"{" ".join(words)}"'


def _any(ways: Iterable[str]) -> str:
    found = list(dict.fromkeys(ways))
    return found[0] if len(found) == 1 else f"({' OR '.join(found)})" if found else ""


def _all(parts: Iterable[str]) -> str:
    found = list(dict.fromkeys(parts))
    return found[0] if len(found) == 1 else f"({' AND '.join(found)})" if found else ""
