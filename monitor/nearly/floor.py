"""How much an article must resemble a topic to be shown, by what resembled it most on each of the past days.

Most days have no news that a topic missed. So the quarter of the days that came least close says how close anything
comes by chance, and what is to be shown must come clearly closer. The floor is the topic's own, because topics of
common words are resembled more.
"""

from collections.abc import Sequence
from datetime import date, timedelta

PAST_DAYS = 60
"""How far back days count. Older ones had another topic: its examples have changed since."""

MIN_DAYS = 3
"""With fewer past days there is no floor, and nothing is shown. 5 find less and are not righter (docs/nearly.md)."""

FACTOR = 1.6
"""Clearly closer than chance: so many times the lower quartile. With 1.5 more than one in ten quiet days had a line."""

LEAST, LEAST_OF_MANY = 0.33, 0.45
"""Below it nothing resembles a topic, however far past days were from it: a topic of few examples has days on which
nothing shares a word with it, and on the next one a common word would be enough. The second one is for topics of many
examples: their rules find nearly all there is, and what is left is seldom theirs (docs/nearly.md)."""

NOT_MANY, MANY = 16, 24
"""Up to so many examples the first one counts, from so many on the second, and between the two in proportion."""

FEW_EXAMPLES, FEW_FACTOR = 20, 2.1
"""A topic with the least number of examples has this factor, with so many examples the other one, and between the two
in proportion: what little is known of it is resembled by chance more easily (docs/nearly.md has the figures)."""

MOST_ARTICLES, FEWEST_DAYS = 200_000, 7
"""Days are counted back until they had so many articles, which bounds the work; but so many days are counted always."""


def floor_of(past: Sequence[float], examples: int, least: int) -> float | None:
    """The floor after days with these best likenesses, for a topic with so many examples, `least` being what it needs.
    None: too few days.
    """
    quartile = chance_level(past)
    if quartile is None:
        return None
    lacking = max(0.0, (FEW_EXAMPLES - examples) / (FEW_EXAMPLES - least))
    clearly = quartile * (FACTOR + (FEW_FACTOR - FACTOR) * min(1.0, lacking))
    return max(clearly, LEAST + (LEAST_OF_MANY - LEAST) * min(1.0, max(0.0, (examples - NOT_MANY) / (MANY - NOT_MANY))))


def chance_level(past: Sequence[float]) -> float | None:
    """The best likeness of a quiet day: the lower quartile. Nothing below it is called alike. None: too few days."""
    return sorted(past)[len(past) // 4] if len(past) >= MIN_DAYS else None


def counted_days(articles: Sequence[tuple[date, int]], before: date) -> tuple[date, ...]:
    """The past days that count, the latest first. `articles`: how many each day had; days without any are not there."""
    days: list[date] = []
    read = 0
    for day, number in sorted(articles, reverse=True):
        if day >= before:
            continue
        is_enough = read + number > MOST_ARTICLES and len(days) >= FEWEST_DAYS
        if is_enough or before - day > timedelta(days=PAST_DAYS):
            break
        days.append(day)
        read += number
    return tuple(days)
