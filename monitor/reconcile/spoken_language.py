"""The language of a few texts by their script and their function words, as far as these tell. No library: it serves to
see that a feed speaks another language than it did, and says nothing rather than guess.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from monitor.function_words import BY_LANGUAGE
from monitor.text import folded

LETTERS_READ = 4_000
"""A few headlines are enough."""

LEAST_WORDS = 4
"""Function words that a language must have, and twice as many as the next one."""

_WORD = re.compile(r"[^\W\d_]+")


def spoken_language(texts: Iterable[str]) -> str:
    """A code such as `de`, or the name of a script that is not Latin, such as `cyrillic`; "" if neither is clear."""
    text = " ".join(texts)[:LETTERS_READ]
    scripts = Counter(unicodedata.name(char, "").partition(" ")[0].lower() for char in text if char.isalpha())
    script, _ = next(iter(scripts.most_common(1)), ("", 0))
    return _by_words(text) if script == "latin" else script


def _by_words(text: str) -> str:
    words = Counter(_WORD.findall(folded(text)))
    counts = {language: sum(words[word] for word in known) for language, known in BY_LANGUAGE.items()}
    (best, most), (_, second) = sorted(counts.items(), key=lambda each: -each[1])[:2]
    return best if most >= LEAST_WORDS and most >= 2 * second else ""
