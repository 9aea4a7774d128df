"""The words by which an article resembles others: those that say what it is about, each once.

`monitor.content_words` decides which words count. It knows nothing about how rare a word is (`rarity`).
"""

from collections.abc import Iterable

from monitor.content_words import content_words
from monitor.text import tokenise

TITLE_CHARACTERS = 200
"""What is read of a title: no headline is longer."""

TEXT_CHARACTERS = 1_000
"""What is read of a text: a summary, or the first paragraphs. Further down stands the background, which articles on
different things share."""

Words = tuple[str, ...]
"""Distinct folded words, in the order of the article, so that sums over them are the same in every process."""


def telling_words(title: str, text: str) -> Words:
    return tuple(dict.fromkeys((*content_words(title[:TITLE_CHARACTERS]), *content_words(text[:TEXT_CHARACTERS]))))


def as_written(wanted: Iterable[str], title: str, text: str) -> tuple[str, ...]:
    """These folded words as the article writes them, where it has them first; one that is not a word of the article by
    itself (half of a compound) as it is folded.
    """
    written: dict[str, str] = {}
    for read in (title[:TITLE_CHARACTERS], text[:TEXT_CHARACTERS]):
        for token in tokenise(read):
            found = read[token.start : token.end]
            for word in content_words(found):
                written.setdefault(word, found)
    return tuple(written.get(word, word) for word in wanted)
