"""Names of several words: runs of words in the matches of a topic that stand together and rarely apart.

A run is proposed whole or not at all: "Rapid Support Forces", neither "Support Forces" nor "Rapid". It needs no
dictionary and no capitals, so it works in every script with spaces. Two numbers decide: its rarest word stands in it at
least every second time (it sticks together), and no longer run has most of its uses (it is whole). A sentence that
several outlets print word for word is part of a longer run at every place, so nothing of it is proposed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from monitor.function_words import FUNCTION_WORDS
from monitor.text import STOP_WORDS, Token, glue, is_unspaced, same_sentence

LONGEST = 4
"""The most words of a name that is proposed."""

LONGEST_READ = LONGEST + 3
"""The most words of a run that is counted: one telling word more than the longest name, and two of grammar before."""

STICKS = 0.5
"""The least share of the uses of its rarest word that are in the run."""

WHOLE = 2 / 3
"""The greatest share of the uses of a run that may be in one longer run; of a word, in one run."""

REMEMBERED = 300_000
"""Runs that are kept while matches pass (some 50 MB); beyond that those that were met once are dropped. A run that
would be proposed among so many is met again.
"""

SAYING = frozenset({"say", "says", "said", "tell", "tells", "told", "ask", "asks", "asked", "add", "adds", "added"})
"""No name goes across them: "Velm said yesterday" is none."""

EDGES = FUNCTION_WORDS | SAYING


@dataclass(slots=True)
class Runs:
    """The runs of the matches, their words joined by spaces: how often each is used, and in how many articles."""

    uses: Counter[str] = field(default_factory=Counter)
    holders: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)

    def add(self, found: Sequence[str], words: Sequence[str]) -> None:
        """The runs of one more match (`runs_of`), and all its words."""
        self.words.update(words)
        self.uses.update(found)
        self.holders.update(set(found))
        if len(self.uses) > REMEMBERED:
            self.uses = Counter({run: uses for run, uses in self.uses.items() if uses > 1})
            self.holders = Counter({run: self.holders[run] for run in self.uses})

    def names(self, least: int) -> frozenset[str]:
        """Those in at least `least` articles that stick together and are whole."""
        longer = self._in_longer()
        return frozenset(
            run
            for run, uses in self.uses.items()
            if self.holders[run] >= least
            and len(words := run.split()) <= LONGEST
            and uses >= STICKS * min(self.words[word] for word in words if word not in FUNCTION_WORDS)
            and longer[run] <= WHOLE * uses
        )

    def _in_longer(self) -> Counter[str]:
        """The uses of the most frequent run that has one more telling word before or behind it."""
        most: Counter[str] = Counter()
        for run, uses in self.uses.items():
            for part in _parts(run.split()):
                most[part] = max(most[part], uses)
        return most


def runs_of(text: str, tokens: Sequence[Token]) -> Iterator[tuple[str, int, int]]:
    """Each run of at least two words of one sentence that begins and ends with a telling one, and where it stands."""
    names = [name_of(token) for token in tokens]
    for first, token in enumerate(tokens):
        if not (_is_telling(token, names[first]) or _is_prefix(text, tokens, first)):
            continue
        for last in range(first + 1, min(first + LONGEST_READ, len(tokens))):
            if not _goes_on(text, tokens[last - 1], tokens[last]):
                break
            if _is_telling(tokens[last], names[last]):
                yield " ".join(names[first : last + 1]), token.start, tokens[last].end


def name_of(token: Token) -> str:
    """What a word is counted under: folded, of the US and the WHO the capitals."""
    return token.word.caps if token.word.key in STOP_WORDS and token.word.caps else token.word.key


def _goes_on(text: str, left: Token, right: Token) -> bool:
    """Whether they may be of one name: what a comma, a colon or the end of a sentence separates is not."""
    is_abbreviated = text[left.end : right.start] == ". " and same_sentence(text, left, right)
    is_joined = is_abbreviated or glue(text, left, right)
    return bool(is_joined) and not is_unspaced(right) and not right.word.key.isdigit() and right.word.key not in SAYING


def _is_prefix(text: str, tokens: Sequence[Token], place: int) -> bool:
    """Whether a word of grammar is the beginning of a name: al-Nour."""
    return place + 1 < len(tokens) and glue(text, tokens[place], tokens[place + 1]) == "-"


def _is_telling(token: Token, name: str) -> bool:
    return len(name) > 1 and not name.isdigit() and not is_unspaced(token) and name not in EDGES


def _parts(words: Sequence[str]) -> Iterator[str]:
    """What is left of a run without its first or its last telling word."""
    telling = [place for place, word in enumerate(words) if word not in FUNCTION_WORDS]
    first = next((place for place in telling if place), 0)
    last = next((place for place in reversed(telling) if place < len(words) - 1), 0)
    for part in (words[first:], words[: last + 1]):
        if len(part) > 1:
            yield " ".join(part)
