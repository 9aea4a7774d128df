"""What an audit can say: which articles it asks about, how its sample is drawn, and how often its interval is right."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import combinations
from random import Random  # noqa: TID251 (seeded)

import pytest

from monitor.model.audit import Audit
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.workbench import (
    NEAR_SAMPLE,
    Entry,
    Id,
    Unmatched,
    bounds,
    drawn,
    elsewhere_in_words,
    result,
    unmatched,
)

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)
FLOODS = Topic(name="Floods", rules=(Rule(all=(("flood*",), ("Vesk", "Ostrel")), none=("film",)),))


def entry(number: int, title: str, text: str = "", *, hours: int = 0) -> Entry:
    seen_at = NOON + timedelta(hours=hours)
    return Entry(id=number, document=Document(title=title, text=text, outlet="The Quay"), seen_at=seen_at)


NEWS = (
    entry(1, "Floods reach Vesk"),
    entry(2, "Floods on the upper river"),
    entry(3, "Ostrel closes its bridges"),
    entry(4, "Ostrel closes its bridges", "Copied by another outlet."),
    entry(5, "Ostrel closes its bridges", hours=24),
    entry(6, "River over its banks"),
    entry(7, "Budget talks fail"),
    entry(8, "Cup final is drawn"),
    entry(9, "", "A flood of letters."),
    entry(10, ""),
    entry(11, ""),
)


def found(
    said: dict[Id, bool] | None = None, alike: Sequence[Id] = (), likeness: dict[Id, float] | None = None
) -> Unmatched:
    return unmatched(
        iter(NEWS), FLOODS, {}, alike=dict.fromkeys(alike, "it resembles"), likeness=likeness or {}, said=said or {}
    )


def ids(parts: Unmatched) -> list[Id]:
    return [each.finding.id for each in parts.near]


# ---- What may have been missed


def test_near_is_what_lacks_one_group_or_resembles_and_a_headline_of_a_day_counts_once() -> None:
    parts = found(alike=[6])
    assert sorted(map(int, ids(parts)))[:1] == [2]
    assert len(parts.near) == 5, "2, 3 with its copy 4, 5 a day later, 6 and 9"
    assert set(ids(parts)) & {3, 4} != {3, 4}
    assert set(parts.elsewhere) == {7, 8, 10, 11}, "what has no headline is a copy of nothing"
    assert (parts.known, parts.known_relevant) == (0, 0)
    why = {each.finding.id: each.why for each in parts.near}
    assert why[6] == "it resembles"
    assert "and none of: Vesk, Ostrel" in why[2]


def test_the_most_alike_comes_first_then_where_the_other_groups_stand_out() -> None:
    parts = found(alike=[6], likeness={6: 0.9, 9: 0.4})
    assert ids(parts)[:2] == [6, 9]
    assert ids(found(alike=[6]))[-1] == 6, "of equals, what only resembles comes last"


def test_what_was_judged_is_known_and_not_asked_about_again() -> None:
    parts = found({2: True, 3: False, 7: True, 8: False, 1: True})
    assert (parts.known, parts.known_relevant) == (3, 2), "7 was called relevant, so it is no longer elsewhere"
    assert 2 not in ids(parts)
    assert not {3, 4} & set(ids(parts))
    assert set(parts.elsewhere) == {6, 10, 11}


def test_of_copies_that_were_judged_differently_the_yes_counts() -> None:
    assert found({3: False, 4: True}).known_relevant == found({3: True, 4: False}).known_relevant == 1


def test_a_disabled_topic_can_be_audited() -> None:
    disabled = Topic(name="Floods", rules=FLOODS.rules, enabled=False)
    parts = unmatched(iter(NEWS), disabled, {}, alike={}, likeness={}, said={})
    assert 1 not in (*ids(parts), *parts.elsewhere)


# ---- The sample


def test_each_layer_has_its_share_of_any_beginning_of_a_sample() -> None:
    order = drawn(range(800), Random(4))
    assert sorted(order) == list(range(800))
    for judged in (8, 16, 40, 80):
        layers = [article // 100 for article in order[:judged]]
        assert {layers.count(each) for each in range(8)} == {judged // 8}
    assert drawn(range(800), Random(4)) == order
    assert drawn(range(800), Random(5)) != order


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 41])
def test_everything_is_drawn_once_however_little_there_is(size: int) -> None:
    assert sorted(drawn(range(size), Random(1))) == list(range(size))


def test_every_article_has_the_same_chance_to_be_drawn() -> None:
    chance, drawn_times = Random(2), [0] * 20
    for _ in range(4_000):
        for article in drawn(range(20), chance)[:5]:
            drawn_times[article] += 1
    assert all(850 < times < 1_150 for times in drawn_times), drawn_times


# ---- The interval


def slow_bounds(size: int, judged: int, relevant: int) -> tuple[int, int]:
    """By going through all samples that there are."""
    possible = []
    for number in range(size + 1):
        draws = [sum(each < number for each in draw) for draw in combinations(range(size), judged)]
        few = Fraction(sum(each <= relevant for each in draws), len(draws))
        many = Fraction(sum(each >= relevant for each in draws), len(draws))
        if min(few, many) > Fraction(1, 40):
            possible.append(number)
    return possible[0], possible[-1]


@pytest.mark.parametrize(("size", "judged"), [(1, 1), (5, 0), (6, 3), (9, 2), (10, 7), (12, 5), (12, 12)])
def test_the_bounds_are_those_that_all_possible_samples_give(size: int, judged: int) -> None:
    for relevant in range(judged + 1):
        assert bounds(size, judged, relevant) == slow_bounds(size, judged, relevant)


def test_figures_of_the_docs() -> None:
    assert bounds(312, 40, 0) == (0, 25)
    assert bounds(312, 40, 1) == (1, 38)
    assert bounds(312, 40, 4) == (10, 71)
    assert bounds(312, 20, 2)[1] > bounds(312, 40, 4)[1], "who stops early gets a wider one"
    assert bounds(30, 30, 7) == (7, 7)


def population(size: int, relevant: int, steepness: float, chance: Random) -> list[bool]:
    """The most alike first. With steepness 0 likeness says nothing; below 0 the least alike are relevant."""
    weights = [2.0 ** (-steepness * place / size) for place in range(size)]
    keys = [chance.random() ** (1 / weight) for weight in weights]
    best = set(sorted(range(size), key=keys.__getitem__)[size - relevant :])
    return [place in best for place in range(size)]


@pytest.mark.parametrize(
    ("size", "relevant", "steepness", "judged"),
    [
        (20, 3, 0, 12),
        (60, 6, 4, 40),
        (312, 2, 8, 40),
        (312, 8, 8, 40),
        (312, 8, 8, 9),
        (312, 26, 0, 40),
        (312, 31, -8, 40),
        (312, 156, 4, 40),
        (1_000, 87, 0, 40),
    ],
)
def test_the_interval_is_right_in_at_least_930_of_1000_audits(
    size: int, relevant: int, steepness: float, judged: int
) -> None:
    """With fixed seeds: the same 1,000 audits each time, from the drawing to the result."""
    chance = Random(60)
    texts = population(size, relevant, steepness, chance)
    right = 0
    for _ in range(1_000):
        order = drawn(range(size), chance)
        said = [texts[place] for place in order[:judged]]
        low, high = bounds(size, judged, sum(said))
        right += low <= relevant <= high
    assert right >= 930


# ---- The result


def audited(near: Sequence[bool], elsewhere: Sequence[bool] = (), **said: bool) -> Audit:
    parts = found({int(number[1:]): is_relevant for number, is_relevant in said.items()}, alike=[6])
    return result(parts, near, elsewhere, since=NOON, now=NOON + timedelta(days=1))


def test_all_judged_is_exact_and_what_was_known_before_is_added() -> None:
    made = audited([True, False, False, False, True], [False])
    assert (made.near, made.near_judged, made.estimate, made.low, made.high) == (5, 5, 2.0, 2, 2)
    assert made.words == "of 5 near-misses 2 are relevant; 0 of 1 elsewhere"
    before = audited([True, False, False, False], _2=True)
    assert (before.near, before.near_judged, before.near_relevant, before.low) == (5, 5, 2, 2)


def test_a_part_gives_an_interval_and_nothing_elsewhere_says_nothing() -> None:
    made = audited([True, False])
    assert (made.near_judged, made.near_relevant, made.estimate) == (2, 1, 2.5)
    assert (made.low, made.high) == bounds(5, 2, 1)
    assert made.words == f"of 5 near-misses about 2 are relevant ({made.low}–{made.high}, 95 %)"


def test_without_near_misses_only_the_rest_is_said() -> None:
    nothing = Unmatched(near=(), known=0, known_relevant=0, elsewhere=tuple(range(41_230)))
    made = result(nothing, [], [False] * 10, since=NOON, now=NOON)
    assert (made.near, made.estimate, made.low, made.high) == (0, 0.0, 0, 0)
    assert made.words == "there are no near-misses; 0 of 10 elsewhere"
    assert elsewhere_in_words(made) == (
        "Elsewhere, 0 of 10 drawn from 41,230 articles are relevant. "
        "So few say little: up to 12,717 of these articles (31%) could be."
    )
    known = Unmatched(near=(), known=1, known_relevant=1, elsewhere=(7, 8))
    made = result(known, [], [True, False], since=NOON, now=NOON)
    assert made.words == "of 1 near-miss 1 is relevant; 1 of 2 elsewhere"
    assert elsewhere_in_words(made) == "Elsewhere, 1 of all 2 articles are relevant."


def test_no_more_is_asked_for_than_five_minutes_allow() -> None:
    assert bounds(1_000_000, NEAR_SAMPLE, 0)[1] < 1_000_000 // 11
