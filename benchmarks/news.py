"""Made-up news and topics that look for words of it: as many as wanted, the same for the same seed.

Words are as frequent as those of a language (Zipf), texts have sentences, names, acronyms, figures, commas,
quotation marks and possessives. No word is the plural of another or two others written together, and nothing has
an accent or a star: what our matcher finds beyond its rivals is left out, so that all must find the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from random import Random  # noqa: TID251 (seeded: every run has the same news)

from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

VOWELS = "aeiou"
CONSONANTS = "bdfgklmnprtv"
"""Without s: no made-up word is an English plural. Content words begin and end with one and have no two in a row."""

FUNCTION_WORDS = 60
NAME_SHARE, ACRONYM_SHARE = 0.2, 0.03
ZIPF_SHIFT = 2.7
"""Mandelbrot's correction for the most frequent words."""

TITLE_WORDS = 10
SENTENCE_WORDS = (8, 25)
COMMA_SHARE, FIGURE_SHARE, QUOTED_SHARE, POSSESSIVE_SHARE = 0.06, 0.02, 0.02, 0.02

TERMS = 6
"""Of a topic; every third topic has them in two groups that are AND-ed, and every third term is two words."""


@dataclass(frozen=True)
class Language:
    """`words`, the most frequent first; texts use the first `spoken` of them, topics may look for all."""

    words: Sequence[str]
    spoken: int

    @cached_property
    def weights(self) -> list[float]:
        """Cumulative, of the words that are spoken."""
        return list(accumulate(1 / (rank + ZIPF_SHIFT) for rank in range(self.spoken)))

    def sample(self, chance: Random, count: int) -> list[str]:
        return chance.choices(self.words[: self.spoken], cum_weights=self.weights, k=count)


def language(chance: Random, *, spoken: int, unspoken: int) -> Language:
    """Two-letter words first, as "in" and "of"; then content words, some of them names or acronyms."""
    functions = [vowel + consonant for vowel in VOWELS for consonant in CONSONANTS][:FUNCTION_WORDS]
    content: dict[str, str] = {}
    while len(content) < spoken + unspoken - len(functions):
        word = _content_word(chance)
        content.setdefault(word.lower(), word)
    return Language((*functions, *content.values()), spoken)


def _content_word(chance: Random) -> str:
    kind = chance.random()
    if kind < ACRONYM_SHARE:
        return "".join(chance.choices(CONSONANTS, k=4)).upper()
    syllables = (chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(chance.choice((2, 2, 3, 3, 4))))
    word = "".join(syllables) + chance.choice(CONSONANTS)
    return word.capitalize() if kind < ACRONYM_SHARE + NAME_SHARE else word


def article(speech: Language, chance: Random, words: int, planted: Sequence[str] = ()) -> Document:
    """A title and a text of `words` words, the `planted` terms somewhere in it."""
    title = " ".join(speech.sample(chance, TITLE_WORDS))
    text = [_dressed(word, chance) for word in speech.sample(chance, words)]
    for term in planted:
        text.insert(chance.randrange(len(text)), term)
    return Document(title=title[0].upper() + title[1:], text=" ".join(_sentences(text, chance)))


def _dressed(word: str, chance: Random) -> str:
    """The word with what may stand around it, or a figure in its place."""
    kind = chance.random()
    if kind < COMMA_SHARE:
        return f"{word},"
    if (kind := kind - COMMA_SHARE) < FIGURE_SHARE:
        return str(chance.randrange(2, 3000))
    if (kind := kind - FIGURE_SHARE) < QUOTED_SHARE:
        return f"“{word}”"
    return f"{word}'s" if kind - QUOTED_SHARE < POSSESSIVE_SHARE else word


def _sentences(words: Sequence[str], chance: Random) -> Iterator[str]:
    start = 0
    while start < len(words):
        sentence = words[start : start + chance.randint(*SENTENCE_WORDS)]
        yield f"{sentence[0][0].upper()}{' '.join(sentence)[1:].rstrip(',')}."
        start += len(sentence)


def topics(speech: Language, chance: Random, count: int, *, ordinary: range, rare: range) -> list[Topic]:
    """Topics whose words come from these ranks: a word for itself is rare, two in a row are ordinary and rare, and
    AND-ed to a group of rare ones is one of ordinary ones.
    """
    return [_topic(f"topic {number:05}", _Terms(speech, chance, ordinary, rare), number) for number in range(count)]


@dataclass(frozen=True, slots=True)
class _Terms:
    speech: Language
    chance: Random
    ordinary: range
    rare: range

    def word(self, ranks: range) -> str:
        return self.speech.words[self.chance.choice(ranks)]

    def group(self, size: int) -> tuple[str, ...]:
        return tuple(
            f"{self.word(self.ordinary)} {self.word(self.rare)}" if place % 3 == 2 else self.word(self.rare)
            for place in range(size)
        )


def _topic(name: str, terms: _Terms, number: int) -> Topic:
    if number % 3 < 2:
        return Topic(name=name, rules=(Rule(all=(terms.group(TERMS),)),))
    ordinary = tuple(terms.word(terms.ordinary) for _ in range(TERMS // 2))
    return Topic(name=name, rules=(Rule(all=(ordinary, terms.group(TERMS // 2))),))
