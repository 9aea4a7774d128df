"""The stories that may be alike are found in bounded steps, and of those above the bar none is left out before that."""

import random  # noqa: TID251 (of fixed seeds)
from math import sqrt

import pytest

from monitor.cluster import word_index
from monitor.cluster.word_index import ROUNDING, WordIndex

WORDS = tuple(f"word{number}" for number in range(40))
Sum = dict[str, float]


def some(chance: random.Random, size: int) -> Sum:
    return {word: chance.random() ** 3 for word in chance.sample(WORDS, size)}


def product(one: Sum, other: Sum) -> float:
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def square(one: Sum) -> float:
    return product(one, one)


def index_of(stories: dict[int, Sum]) -> WordIndex:
    index = WordIndex()
    for story, weights in stories.items():
        for word, weight in weights.items():
            index.put(word, story, weight)
    return index


@pytest.mark.parametrize("seed", range(20))
def test_no_story_above_the_bar_is_left_out(seed: int) -> None:
    chance = random.Random(seed)
    stories = {number: some(chance, chance.randint(1, 12)) for number in range(60)}
    for each in stories.values():  # no sum of articles is shorter than one
        length = min(1.0, sqrt(square(each)))
        each.update({word: weight / length for word, weight in each.items()})
    index = index_of(stories)
    for number in range(0, 60, 3):  # whatever was put and removed again is not there
        for word in stories[number]:
            index.put(word, number, 2.0)
            index.remove(word, number)
        del stories[number]
    wanted = some(chance, 9)
    asked = set(chance.sample(sorted(wanted), chance.randint(1, 9)))
    least = chance.choice((0.05, 0.2, 0.5)) * sqrt(square(wanted))
    found = index.products(wanted, square(wanted), asked, least)
    has_one = {story for story, each in stories.items() if not asked.isdisjoint(each)}
    assert found.keys() <= has_one
    assert {story for story in has_one if product(wanted, stories[story]) >= least * sqrt(square(stories[story]))} <= (
        found.keys()
    )
    assert all(its <= product(wanted, stories[story]) + ROUNDING for story, its in found.items())


def test_a_word_has_the_weight_that_it_was_given_last() -> None:
    index = index_of({1: {"truce": 1.0}, 2: {"truce": 1.0}})
    index.put("truce", 2, 3.0)
    index.put("quay", 2, 1.0)
    index.put("quay", 2, 2.0)
    assert index.products({"truce": 1.0, "quay": 1.0}, 2.0, {"truce", "quay"}, 0.0) == {2: 5.0, 1: 1.0}
    index.remove("truce", 2)
    index.remove("quay", 2)
    assert index.products({"truce": 1.0, "quay": 1.0}, 2.0, {"truce", "quay"}, 0.0) == {1: 1.0}


def test_in_a_flood_the_words_of_fewest_stories_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_index, "MOST_STEPS", 5)
    flood = {number: {"truce": 1.0} for number in range(9)}
    index = index_of({**flood, 9: {"truce": 1.0, "quay": 1.0}})
    assert set(index.products({"truce": 1.0, "quay": 1.0}, 2.0, {"truce", "quay"}, 0.1)) == {9}
    assert set(index.products({"truce": 1.0}, 1.0, {"truce"}, 0.1)) == {5, 6, 7, 8, 9}, "the newest of one word"
    assert set(index.products({"quay": 1.0, "truce": 3.0}, 10.0, {"quay"}, 0.1)) == {9}
