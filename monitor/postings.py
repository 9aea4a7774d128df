"""A small inverted index: from a key (a word, a shingle) to the articles that have it."""

from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Postings(Generic[Key]):
    """Key → the numbers under it, in the order they came, each once.

    Most words and nearly all shingles are in one article only: there the number stands alone, without a container of
    its own, which would take five times as much (measured: 232 bytes for a dict of one).
    """

    def __init__(self) -> None:
        self._numbers: dict[Key, int | dict[int, None]] = {}

    def add(self, key: Key, number: int) -> None:
        known = self._numbers.setdefault(key, number)
        if isinstance(known, dict):
            known[number] = None
        elif known != number:
            self._numbers[key] = {known: None, number: None}

    def remove(self, key: Key, number: int) -> None:
        """Take one out that is there."""
        known = self._numbers[key]
        if isinstance(known, dict):
            del known[number]
        else:
            del self._numbers[key]

    def of(self, key: Key) -> Collection[int]:
        """The numbers under it; none if nothing has it."""
        known = self._numbers.get(key)
        if known is None:
            return ()
        return known if isinstance(known, dict) else (known,)
