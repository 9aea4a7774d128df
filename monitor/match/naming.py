"""A topic that is only a name: every word of it must occur."""

from itertools import pairwise

from monitor.model.topic import Rule
from monitor.text import APOSTROPHES, HYPHENS, STOP_WORDS, is_unspaced, tokenise

SHORTEST_WORD = 2


def rule_from_name(name: str) -> Rule:
    """The words of at least 2 letters that are not stop words, AND-ed; no group at all if none is left.

    "US-Russia" is two names, "cease-fire" one word: a hyphen separates only what begins with capitals.
    """
    words = [word for piece in name.split() for word in _words_of(piece)]
    return Rule(all=tuple((word,) for word in dict.fromkeys(words)))


def _words_of(piece: str) -> list[str]:
    tokens = tokenise(piece)
    words = [piece[token.start : token.end] for token in tokens]
    gaps = [piece[left.end : right.start] for left, right in pairwise(tokens)]
    is_one = any(map(is_unspaced, tokens)) or not all(word[0].isupper() for word in words)
    if len(words) > 1 and is_one and all(gap in {"", *HYPHENS, *APOSTROPHES} for gap in gaps):
        return [piece[tokens[0].start : tokens[-1].end]]
    return [
        word
        for word, token in zip(words, tokens, strict=True)
        if len(word) >= SHORTEST_WORD and (token.word.caps or token.word.key not in STOP_WORDS)
    ]
