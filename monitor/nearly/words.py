"""The words by which articles are compared: those of the headline and of the beginning of the text, each once.

`monitor.content_words` decides which words count, `stems` what of them is compared. Nothing here knows how rare a word
is (`rarity`).
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice

from monitor.cluster.frequency import general_frequency
from monitor.content_words import telling
from monitor.nearly.stems import consonants, is_arabic, stem
from monitor.text import MEMORY_WORDS

TITLE_CHARACTERS = 200
"""What is read of a title: no headline is longer."""

TEXT_CHARACTERS = 1_000
"""What is read of a text: a summary, or the first paragraphs. Further down stands the background, which articles on
different things share."""

KEYS_A_WORD = 2
"""The stem of each word and the consonants of a name: a name counts twice, once in its own script and once in all."""

Words = Mapping[str, float]
"""What articles are compared by → its share of all words in the language at large, that of the most frequent word of
the article that has it. In the order of the article, so that sums are the same in every process."""


def telling_words(title: str, text: str) -> Words:
    found: dict[str, float] = {}
    for keys, share in (_keys(word, is_name) for word, is_name, _ in _read(title, text)):
        for key in keys:
            found[key] = max(share, found.get(key, 0.0))
    return found


def as_written(wanted: Iterable[str], title: str, text: str, most: int) -> tuple[str, ...]:
    """The words to which these keys of the article belong, as it writes them first; at most so many."""
    written: dict[str, str] = {}
    for word, is_name, found in _read(title, text):
        for key in _keys(word, is_name)[0]:
            written.setdefault(key, found)
    return tuple(islice(dict.fromkeys(written[key] for key in wanted), most))


def _read(title: str, text: str) -> Iterator[tuple[str, bool, str]]:
    """Each word, whether it may be a name, and as it is written."""
    for part in (title[:TITLE_CHARACTERS], text[:TEXT_CHARACTERS]):
        for word, start, end in telling(part):
            yield word, part[start].isupper() or is_arabic(word[0]), part[start:end]


@lru_cache(MEMORY_WORDS)
def _keys(word: str, is_name: bool) -> tuple[tuple[str, ...], float]:  # noqa: FBT001 (for the memory)
    """What a word is compared by, and its share of the language at large."""
    name = consonants(word) if is_name else ""
    return ((stem(word), name) if name else (stem(word),)), general_frequency(word)
