"""When a feed seems to have changed hands: language and link domain both leave all that it has shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

LATEST = 5
"""One article in another language at another domain is a guest or an advertisement."""

HISTORY = 60
"""So many articles before these are what the feed is known for; fewer than LEAST_HISTORY make no history."""

LEAST_HISTORY = 10

STRAY_SHARE = 0.1
"""What so small a part of the history had does not belong to it: the first articles of the new owner are in it."""

NOTED = timedelta(days=30)
"""After that the operator has decided, and the roll-up has said it four times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an article shows of whose it is: the registrable domain of its link and the language that is declared, each
    "" if there is none.
    """

    domain: str
    language: str


def has_left(past: Sequence[str], latest: Sequence[str]) -> bool:
    """Whether none of the latest values is among those of the past, strays aside; not if either is unknown ("")."""
    known = [each for each in past if each]
    habits = {each for each in known if known.count(each) > STRAY_SHARE * len(known)}
    return bool(habits) and all(latest) and habits.isdisjoint(latest)


def is_other_domain(past: Sequence[Shown], latest: Sequence[Shown]) -> bool:
    """Whether there are enough articles to tell, and the latest lead to domains that the feed did not lead to."""
    is_enough = len(past) >= LEAST_HISTORY and len(latest) == LATEST
    return is_enough and has_left([each.domain for each in past], [each.domain for each in latest])


def is_other_language(past: Sequence[Shown], latest: Sequence[Shown], spoken: tuple[str, str]) -> bool:
    """Whether the language is another one, as it is declared or as it is `spoken`: as the texts of the past and the
    latest ones show ("" if they do not). A new owner often declares what the old one did, or the default of a program.
    """
    is_declared = has_left([each.language for each in past], [each.language for each in latest])
    return is_declared or ("" not in spoken and spoken[0] != spoken[1])
