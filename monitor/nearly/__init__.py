"""What resembles a topic: articles that its rule does not find, and that are like those that it finds.

    articles of a day ─ words ─ rarity ─┐                     ┌ near misses
    examples of topics ─ words ─────────┴ vectors ─ likeness ─┴ floor of the past days ─ candidates

Pure and deterministic: the articles of a day and what the topics are known by give the likenesses of that day, and the
best ones of past days the floor. It is never a match: only `match` decides what a topic means.
"""

from monitor.nearly.centroid import EXAMPLES, MIN_EXAMPLES, SHARED_WORDS, Examples
from monitor.nearly.day import Day, Specimen, best_of, distinct
from monitor.nearly.floor import PAST_DAYS, chance_level, counted_days, floor_of
from monitor.nearly.judgement import Rules
from monitor.nearly.near_misses import NearMisses
from monitor.nearly.words import Words, as_written, telling_words

__all__ = [
    "EXAMPLES",
    "MIN_EXAMPLES",
    "PAST_DAYS",
    "SHARED_WORDS",
    "Day",
    "Examples",
    "NearMisses",
    "Rules",
    "Specimen",
    "Words",
    "as_written",
    "best_of",
    "chance_level",
    "counted_days",
    "distinct",
    "floor_of",
    "telling_words",
]
