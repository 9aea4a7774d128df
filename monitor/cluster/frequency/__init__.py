"""How frequent a word is in the language at large, before the store has read anything: a table in the package.

`words.bin` is sorted numbers of four bytes: 27 bits that stand for a folded word (of the CRC-32 of its UTF-8), five
that say how frequent it is. It stays as it is in memory, and a word is found by halving. Of a thousand words
that the table does not have, one or two pass for one that it has; a real name then counts as less rare, and no more.
Made by `benchmarks/frequencies.py`; README.md beside it names the source and the licence.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from math import log10
from pathlib import Path
from zlib import crc32

TABLE = Path(__file__).parent / "words.bin"

LEVEL_BITS = 5
LEVELS = 1 << LEVEL_BITS
RAREST = 10**-5.6
STEPS = 10
"""Levels are tenths of a power of ten: level 0 is a share of `RAREST` of all words, level 31 one of 10 ** -2.5."""


def general_frequency(word: str) -> float:
    """The share of this folded word among all words of the language in which it is most frequent; 0.0 if it is rare."""
    numbers, wanted = _numbers(), number(word)
    place = bisect_left(numbers, entry(wanted, 0))
    if place == len(numbers) or numbers[place] >> LEVEL_BITS != wanted:
        return 0.0
    return float(RAREST * 10 ** ((numbers[place] & (LEVELS - 1)) / STEPS))


def number(word: str) -> int:
    """What stands for the word in the table."""
    return crc32(word.encode("utf-8", "surrogatepass")) >> LEVEL_BITS


def level(share: float) -> int:
    return min(LEVELS - 1, max(0, round(STEPS * log10(share / RAREST))))


def entry(wanted: int, of_level: int) -> int:
    return wanted << LEVEL_BITS | of_level


@cache
def _numbers() -> Sequence[int]:
    numbers = array("I", TABLE.read_bytes())
    if sys.byteorder == "big":  # pragma: no cover (no such machine tests this)
        numbers.byteswap()
    return numbers
