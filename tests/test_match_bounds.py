"""Matching is linear in the text, whatever the text is, and no text is matched beyond a bound.

Counted are calls, Python's and the library's, not seconds. What one call may cost is bounded by how it is called: a
search of a whole text is counted apart.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any
from unittest.mock import patch

import pytest

from monitor.match import TopicIndex
from monitor.match.reading import Reading
from monitor.match.vocabulary import MATCHED_CHARACTERS, SEARCHES
from monitor.model.match import Document, Match
from monitor.model.topic import Rule, Topic
from monitor.parse.item import MAX_TEXT_CHARACTERS

TOPICS = (
    Topic(name="A", rules=(Rule(all=(("US", "Moscow"), ("Karelia*", "cease-fire")), near=8),)),
    Topic(name="B", rules=(Rule(all=(("Karelia truce", "air strike"),), none=("=Turkey",), at_least=2),)),
    Topic(name="C", rules=(Rule(all=(("停火",),)),)),
)
SMALL = 2_000


def repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def numbered(unit: str) -> Callable[[int], str]:
    """All different, so that no memory helps."""
    return lambda size: " ".join(unit.format(number) for number in range(size // (len(unit) + 3)))


HOSTILE: dict[str, Callable[[int], str]] = {
    "hyphens": repeated("US-"),
    "small hyphens": repeated("us-"),
    "apostrophes": repeated("US'"),
    "elisions": repeated("l'US "),
    "possessives": repeated("US's "),
    "one word": repeated("a"),
    "dots": repeated("U.S."),
    "full stops": repeated("."),
    "quotation marks": repeated('US."'),
    "exclamations": repeated("US! "),
    "Chinese": repeated("停火"),
    "one ideograph": repeated("停"),
    "emoji": repeated("😀"),
    "combining marks": repeated("\u0301"),
    "marked letters": repeated("a\u0301"),
    "joiners": repeated("a\u200d"),
    "spaces": repeated("US" + " " * 500),
    "paragraphs": repeated("US\n\n"),
    "shouting": repeated("THE US MOSCOW KARELIA "),
    "a hit at each word": repeated("US Karelia "),
    "hits too far apart": repeated("US one two three four five six seven eight Karelia one two three four five six "),
    "a phrase at each word": repeated("Karelia truce "),
    "compounds": repeated("cease-fire "),
    "open compounds": repeated("cease fire "),
    "halves that a sign never joins": numbered("Ka relia{} "),
    "compounds of all kinds": numbered("air strike{}x "),
    "new words": numbered("Karelia{} "),
    "new acronyms": numbered("US{} "),
}


def matched(text: str) -> tuple[Match, ...]:
    return TopicIndex(TOPICS, {}).matches(Document(title="US and Karelia: truce", text=text, language="", outlet=""))


def calls(work: Callable[[], object]) -> int:
    count = 0

    def profile(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("kind", HOSTILE)
def test_four_times_the_text_is_four_times_the_work(kind: str) -> None:
    small, large = HOSTILE[kind](SMALL), HOSTILE[kind](4 * SMALL)
    matched("")  # the first index of a process parses its terms, which later ones remember
    begin = calls(lambda: matched(""))
    assert calls(lambda: matched(large)) - begin <= 4.5 * (calls(lambda: matched(small)) - begin) + 200


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_whole_text_is_searched_few_times(kind: str) -> None:
    searched = 0
    original = Reading.has_joined

    def counting(self: Reading, left: str, right: str) -> bool:
        nonlocal searched
        searched += 1
        return original(self, left, right)

    with patch.object(Reading, "has_joined", counting):
        matched(HOSTILE[kind](4 * SMALL))
    assert searched <= SEARCHES


def test_beyond_the_searches_a_compound_is_found_all_the_same() -> None:
    text = f"{HOSTILE['halves that a sign never joins'](4 * SMALL)} Ka-relia and the US"
    (match,) = TopicIndex(TOPICS[:1], {}).matches(Document(title="", text=text, language="", outlet=""))
    assert [each.found for each in match.evidence] == ["US", "Ka-relia"]


def test_what_is_stored_of_a_text_is_matched_whole_and_what_is_beyond_is_not() -> None:
    assert MATCHED_CHARACTERS >= MAX_TEXT_CHARACTERS
    end = "US and Karelia"
    whole = "a " * ((MATCHED_CHARACTERS - len(end)) // 2) + end
    found, missed = (
        TopicIndex(TOPICS[:1], {}).matches(Document(title="", text=text, language="", outlet=""))
        for text in (whole, "a " + whole)
    )
    assert [each.found for each in found[0].evidence] == ["US", "Karelia"]
    assert missed == ()
