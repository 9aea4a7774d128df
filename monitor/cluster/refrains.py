"""What headlines repeat although they are about different events: the name of a series ("Morning briefing: …",
"Syria live: …"), a pattern ("Truce over … in …"), the one word that thirty strangers share.

The company decides, not the word: of the titles that have a refrain most share nothing else with the others, whereas
titles of one event share several words. Knows nothing of stories; judges by the titles at hand.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median_low

from monitor.cluster.word_bags import TITLE_CHARACTERS, Words, is_scant, title_words
from monitor.function_words import ROUNDUP_TIMES, ROUNDUP_WORDS, SERIES_WORDS
from monitor.text import tokenise

MANY_TITLES = 8
"""A word of fewer different titles may be all that the newsrooms have in common."""

SERIES_TITLES = 3
NAMED_SERIES_TITLES = 2
"""This many different titles with one kicker are a series if nothing else connects them; fewer do if a word of the
kicker is one that series are called by."""

PATTERN_SHARE = 0.8
"""Words of so many of the titles that have a word are its pattern, and say no more than it; of few titles none are."""

COMPANY = 0.05
"""A title is alone if it shares no word, but for the pattern, with so many of the others, one at least."""

KICKER_WORDS = 5
KICKERS = (
    re.compile(r"^([^:：|–—]{1,60}?)(?:\s*(?:(?P<colon>[:：])|\|)|\s[-–—]\s)"),
    re.compile(r"(?:\||\s[-–—]\s)\s*([^|–—]{1,60})$"),
)
"""What stands before a colon, or apart by a bar or a dash, at either end."""

LISTED_SUBJECTS = 3
"""Behind the kicker of a round-up so many parts between commas are a list, whatever else the kicker says."""

LIST_MARK = re.compile(r"[,;،、，；]")


class Refrains:
    """The refrains of these titles."""

    def __init__(self, titles: Iterable[str]) -> None:
        having: defaultdict[str, list[Words]] = defaultdict(list)
        kicked: defaultdict[Words, list[Words]] = defaultdict(list)
        named: set[Words] = set()
        for words, title in {tuple(dict.fromkeys(title_words(title))): title for title in titles}.items():
            for word in words:
                having[word].append(words)
            for kicker, is_named in _kickers(title):
                kicked[kicker].append(words)
                if is_named:
                    named.add(kicker)
        self._words = frozenset(word for word, each in having.items() if len(each) >= MANY_TITLES and _is_refrain(each))
        self._kickers = {
            kicker
            for kicker, each in kicked.items()
            if len(each) >= (NAMED_SERIES_TITLES if kicker in named else SERIES_TITLES)
            and _is_refrain(each, kicker)
            and (kicker in named or _is_refrain(_with_its_words(kicker, each, having), kicker))
        }

    def of(self, title: str) -> frozenset[str]:
        """The words of the title that say nothing of its event."""
        found = (kicker for kicker, _ in _kickers(title))
        return self._words.union(*(each for each in found if each in self._kickers or SERIES_WORDS.issuperset(each)))


def is_roundup(title: str) -> bool:
    """Whether the headline names several events: "Morning briefing: truce, oil, cricket".

    What stands beside the kicker is a list, or it is too short to tell an event ("Your Tuesday briefing: truce watch").
    Else it is the headline of one event: "Morning briefing: envoy says Kesh guns are silent".
    """
    for form in KICKERS:
        found = form.search(title[:TITLE_CHARACTERS])
        keys = {token.word.key for token in tokenise(found[1])} if found else set()
        if found and not ROUNDUP_WORDS.isdisjoint(keys):
            rest = f"{found.string[: found.start(1)]} {found.string[found.end(1) :]}"
            others = keys - ROUNDUP_WORDS - ROUNDUP_TIMES - SERIES_WORDS
            is_nameless = not title_words(" ".join(others)) and is_scant(title_words(rest))
            if is_nameless or len(LIST_MARK.split(rest)) >= LISTED_SUBJECTS:
                return True
    return False


def _kickers(title: str) -> Iterator[tuple[Words, bool]]:
    """The words of each kicker of the title, and whether one of them is what series are called."""
    for form in KICKERS:
        found = form.search(title[:TITLE_CHARACTERS])
        words = title_words(found[1]) if found else ()
        if found and 0 < len(words) <= KICKER_WORDS:
            is_named = any(token.word.key in SERIES_WORDS for token in tokenise(found[1]))
            if is_named or not _is_headline(words, found):
                yield words, is_named


def _is_headline(words: Words, found: re.Match[str]) -> bool:
    """Whether the part with these words is the headline, and what a bar or a dash parts from it the outlet's name:
    "Kesh valley guns fall silent - Quay Radio". Of the two the longer one is.
    """
    rest = f"{found.string[: found.start(1)]} {found.string[found.end(1) :]}"
    return not found.groupdict().get("colon") and len(words) > len(title_words(rest))


def _with_its_words(kicker: Words, titles: Sequence[Words], having: Mapping[str, Sequence[Words]]) -> Sequence[Words]:
    """The titles of the kicker, and the others that have all its words.

    An event's names stand in other headlines too ("Ines Morato in Kesh: …", "Ines Morato speaks in Kesh"), and those
    keep company. One word alone may as well be a country or a subject: there only its own titles are asked.
    """
    if len(kicker) == 1:
        return titles
    fewest = min((having.get(word, ()) for word in kicker), key=len)
    return [*dict.fromkeys((*titles, *(words for words in fewest if set(kicker).issubset(words))))]


def _is_refrain(titles: Sequence[Words], kicker: Words = ()) -> bool:
    """Whether most of these titles, which have a word or a kicker in common, have nothing else in common."""
    mentions = Counter(word for words in titles for word in words)
    often = PATTERN_SHARE * max(MANY_TITLES, len(titles))
    pattern = {*kicker, *(word for word, times in mentions.items() if times >= often)}
    company = sorted(sum(mentions[word] - 1 for word in words if word not in pattern) for words in titles)
    return median_low(company) < max(1.0, COMPANY * (len(titles) - 1))
