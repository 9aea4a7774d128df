"""The words by which an article's event is known: those of its title and of the beginning of its text.

Words that any event may have are left out, regular plurals are folded, and a word of the title counts double.
Decides nothing about stories; knows nothing of how rare a word is (`rarity`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from monitor.cluster.function_words import FUNCTION_WORDS, NEWS_WORDS
from monitor.model.story import StoryArticle
from monitor.model.update import NewArticle
from monitor.text import HYPHENS, UNSPACED_START, Token, is_unspaced, tokenise

TITLE_CHARACTERS = 200
"""What is read of a title. No headline is longer; one that is was stuffed with words so that it be found."""

TEXT_CHARACTERS = 400
"""What is read of a text: some sixty words, as much as the lead of a report. Further down stands the background."""

TITLE_WEIGHT = 2
SHORTEST_PLURAL = 4
HIRAGANA = range(0x3040, 0x30A0)

ENOUGH_WORDS = 3
"""With fewer a title may be the name of a column ("Markets wrap"), and no event is known by it."""

Bag = dict[str, int]
"""Word → its weight, in the order of the article, so that sums over it come out the same in every process."""


def bag_of(title: Iterable[str], text: Iterable[str]) -> Bag:
    """What weighs how much of an article with these words."""
    words = dict.fromkeys(title, TITLE_WEIGHT)
    for word in text:
        words.setdefault(word, 1)
    return words


def is_scant(words: Iterable[str]) -> bool:
    """Whether these words are too few to know an event by; two pairs of characters say as much as one word."""
    worth = sum(0.5 if UNSPACED_START.match(word) else 1.0 for word in words)
    return worth < ENOUGH_WORDS


def words_of(articles: Iterable[StoryArticle | NewArticle]) -> Counter[str]:
    """In how many of the articles each word is that tells of an event."""
    return Counter(
        word
        for article in articles
        for word in {*telling_words(article.title[:TITLE_CHARACTERS]), *telling_words(article.text[:TEXT_CHARACTERS])}
    )


def telling_words(text: str) -> Iterator[str]:
    """The words of `text` in order, folded: no figures, single letters or words that every article may have.

    Scripts without spaces give pairs of neighbouring characters instead.
    """
    tokens = tokenise(text)
    is_second_half = False
    for token, following in zip_longest(tokens, tokens[1:]):
        is_first_half = not is_second_half and following is not None and _is_compound(text, token, following)
        if is_unspaced(token):
            yield from _pair(token, following)
        elif is_first_half:
            yield _singular(token.word.key + following.word.key)
        elif not is_second_half and _is_telling(token.word.key):
            yield _singular(token.word.key)
        is_second_half = is_first_half


def _pair(left: Token, right: Token | None) -> Iterable[str]:
    """Two neighbours, unless they are grammar: both of them hiragana."""
    if right is None or left.end != right.start or not is_unspaced(right):
        return ()
    pair = left.word.key + right.word.key
    return () if all(ord(letter) in HIRAGANA for letter in pair) else (pair,)


def _is_compound(text: str, left: Token, right: Token) -> bool:
    """Whether a hyphen makes one word of two: cease-fire, but neither US-Russia nor on-line."""
    is_hyphenated = right.start == left.end + 1 and text[left.end] in HYPHENS and text[right.start].islower()
    return is_hyphenated and _is_telling(left.word.key) and _is_telling(right.word.key)


def _is_telling(key: str) -> bool:
    return len(key) > 1 and not key.isdigit() and key not in FUNCTION_WORDS and key not in NEWS_WORDS


def _singular(key: str) -> str:
    if len(key) < SHORTEST_PLURAL or not key.isascii() or not key.endswith("s") or key.endswith(("ss", "us", "is")):
        return key
    return f"{key[:-3]}y" if key.endswith("ies") else key[:-1]
