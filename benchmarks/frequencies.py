"""`python benchmarks/frequencies.py FOLDER`: makes the table of general word frequencies that grouping starts from.

FOLDER is `data` of the Python package wordfreq 3.1.1, which the program itself does not need; it takes 58 MB:

    python -m venv throwaway
    throwaway/bin/pip install wordfreq==3.1.1
    throwaway/bin/python benchmarks/frequencies.py throwaway/lib/python*/site-packages/wordfreq/data

Writes `words.bin` into `monitor/cluster/frequency`, whose README says what it is and under which licence, and prints
how many words it has and how often two of them cannot be told apart. The same data give the same bytes.
"""

import argparse
import gzip
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

if __name__ == "__main__":  # called by its path, from wherever
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import msgpack  # type: ignore[import-not-found] # comes with wordfreq

from monitor.cluster.frequency import TABLE, entry, level, number
from monitor.content_words import content_words
from monitor.text import UNSPACED_START

LANGUAGES = ("ar", "de", "en", "es", "fa", "fr", "he", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "zh")
UNSPACED = frozenset({"ja", "zh"})
SELDOM = 10**-5.3
"""A word that is one of fewer in a language is left out: grouping takes it for rare anyway (`rarity`)."""

SELDOM_PAIR = 10**-5
"""The same of two characters: words of one language give more different pairs than words."""

LEAST_CENTIBELS = 650
"""The lists are read down to one word in three million; what is rarer adds nothing to a sum that is kept."""

MOST_SPELLINGS = 2
"""Of a pair of simplified Chinese characters so many spellings in traditional ones are kept."""

Frequencies = Mapping[str, float]


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="frequencies.py", description="Make the table of word frequencies.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="wordfreq/data")
    folder = parser.parse_args(words).folder
    most: dict[str, float] = {}
    for language in LANGUAGES:
        found = frequencies(folder, language)
        seldom = SELDOM_PAIR if language in UNSPACED else SELDOM
        kept = {word: share for word, share in found.items() if share >= seldom}
        print(f"{language}: {len(kept)} words")
        for word, share in kept.items():
            most[word] = max(share, most.get(word, 0.0))
    TABLE.write_bytes(table(most))
    alike = sum(times - 1 for times in Counter(map(number, most)).values())
    print(f"{len(most)} words, {TABLE.stat().st_size} bytes, {alike} that cannot be distinguished from another")
    return 0


def table(words: Frequencies) -> bytes:
    """Sorted numbers, each of a word and its level; of words that cannot be told apart the more frequent one."""
    levels: dict[int, int] = {}
    for word, share in words.items():
        levels[number(word)] = max(level(share), levels.get(number(word), 0))
    numbers = array("I", sorted(entry(*pair) for pair in levels.items()))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def frequencies(folder: Path, language: str) -> Frequencies:
    """Folded word, or pair of characters → its share of all words of the language; forms that fold alike add up."""
    shares: defaultdict[str, float] = defaultdict(float)
    for word, share in _listed(folder, language):
        for key in content_words(word):
            shares[key] += share
    if language in UNSPACED:
        for pair, share in _across(folder, language):
            shares[pair] += share
    if language == "zh":
        _add_traditional(folder, shares)
    return shares


def _listed(folder: Path, language: str) -> Iterator[tuple[str, float]]:
    """The words of the largest list; a list's place in the file is its frequency in centibels."""
    file = next(file for size in ("large", "small") if (file := folder / f"{size}_{language}.msgpack.gz").exists())
    lists = msgpack.loads(gzip.decompress(file.read_bytes()), raw=False)[1:]
    for centibels, words in enumerate(lists[:LEAST_CENTIBELS]):
        yield from ((word, 10 ** (-centibels / 100)) for word in words)


def _across(folder: Path, language: str) -> Iterator[tuple[str, float]]:
    """Pairs of the last character of a word and the first of the next, as if words followed one another by chance."""
    first: defaultdict[str, float] = defaultdict(float)
    last: defaultdict[str, float] = defaultdict(float)
    for word, share in _listed(folder, language):
        if UNSPACED_START.match(word):
            first[word[0]] += share
            last[word[-1]] += share
    highest = max(first.values())
    starts = [pair for pair in first.items() if pair[1] * max(last.values()) >= SELDOM_PAIR]
    for end, ends in last.items():
        if ends * highest >= SELDOM_PAIR:
            for start, begins in starts:
                if ends * begins >= SELDOM_PAIR:
                    yield from ((key, ends * begins) for key in content_words(end + start))


def _add_traditional(folder: Path, shares: defaultdict[str, float]) -> None:
    """The lists count Chinese in simplified characters; a pair is as frequent in traditional ones."""
    simple: dict[int, str] = msgpack.loads(
        gzip.decompress((folder / "_chinese_mapping.msgpack.gz").read_bytes()), raw=False, strict_map_key=False
    )
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for code, character in sorted(simple.items()):
        spellings[character].append(chr(code))
    for pair, share in [*shares.items()]:
        if share >= SELDOM_PAIR and len(pair) == 2:
            ways = [[*spellings.get(character, ()), character] for character in pair]
            for way in [*product(*ways)][:MOST_SPELLINGS]:
                shares.setdefault("".join(way), share)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
