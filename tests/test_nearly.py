"""What resembles a topic: words, rarity, vectors, the floor, and what a rule says of what it does not find."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from benchmarks.nearly import shown
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.nearly import (
    MIN_EXAMPLES,
    SHARED_WORDS,
    Day,
    Examples,
    Rules,
    Specimen,
    Words,
    as_written,
    best_of,
    counted_days,
    distinct,
    floor_of,
    telling_words,
)
from monitor.nearly.day import NEAR_MISS
from monitor.nearly.floor import LEAST, LEAST_OF_MANY, MANY, NOT_MANY
from monitor.nearly.rarity import Rarity

TRUCE = [
    "Guns fall silent in the Kesh valley as truce begins",
    "Kesh valley truce enters second week, besieged town gets aid",
    "Envoy Morato says truce in Kesh holds despite shelling",
    "Besieged Kesh villages evacuated under truce, Morato says",
    "Truce in Kesh: evacuation buses leave the besieged valley",
    "Shelling near Kesh tests the truce, monitors say",
]
OTHERS = ["Harbour festival draws a crowd", "Bank lifts interest rates again", "Striker signs for Quay Rovers"]
NEAR = "Buses carry the besieged out of the Kesh valley, says Morato"


def words(title: str) -> Words:
    return telling_words(title, "")


def a_day(likes: int = len(TRUCE), unlike: tuple[str, ...] = (), today: tuple[str, ...] = (NEAR, *OTHERS)) -> Day[str]:
    examples = Examples(like=tuple(map(words, TRUCE[:likes])), unlike=tuple(map(words, unlike)))
    return Day([(each, words(each)) for each in today], {"Truce": examples}, {})


def test_the_article_about_the_same_comes_first_and_strangers_do_not_come() -> None:
    ranked = a_day().ranked()["Truce"]
    assert [article for _, article in ranked] == [NEAR]
    shared = as_written(a_day().shared("Truce", words(NEAR)), NEAR, "", SHARED_WORDS)
    assert set(shared) <= {"besieged", "Kesh", "valley", "Morato"}
    assert len(shared) == SHARED_WORDS


def test_a_topic_with_too_few_examples_resembles_nothing() -> None:
    day = a_day(MIN_EXAMPLES - 1)
    assert not day.topics
    assert day.ranked() == {}


def test_a_match_is_no_candidate_and_neither_is_what_the_caller_leaves_out() -> None:
    examples = {"Truce": Examples(like=tuple(map(words, TRUCE)))}
    assert Day([(1, words(NEAR))], examples, {"Truce": {1}}).ranked() == {"Truce": []}
    assert Day([(1, words(NEAR))], examples, {}).ranked(lambda _: False) == {"Truce": []}


def test_a_near_miss_is_likelier_than_its_words_say() -> None:
    examples = {"Truce": Examples(like=tuple(map(words, TRUCE)))}
    articles = [(1, words(NEAR)), (2, words(f"{NEAR} again")), (3, words(OTHERS[0]))]
    alone = {article: score for score, article in Day(articles, examples, {}).ranked()["Truce"]}
    near = {article: score for score, article in Day(articles, examples, {}, {2: {"Truce"}}).ranked()["Truce"]}
    assert near == {1: alone[1], 2: pytest.approx(NEAR_MISS * alone[2])}
    assert next(iter(near)) == 2


def test_an_article_in_another_language_resembles_by_its_names() -> None:
    examples = {"Truce": Examples(like=tuple(map(words, TRUCE)))}
    russian = "Морато: автобусы вывезли жителей"
    ((_, article),) = Day([(1, words(russian))], examples, {}).ranked()["Truce"]
    assert article == 1


def test_what_was_judged_not_to_belong_pushes_its_like_down() -> None:
    likeness = {title: score for score, title in a_day().ranked()["Truce"]}
    after = {title: score for score, title in a_day(unlike=(NEAR,)).ranked()["Truce"]}
    assert after[NEAR] < likeness[NEAR]


def test_articles_without_words_change_nothing() -> None:
    assert Day([(1, {})], {"Truce": Examples(like=({},) * MIN_EXAMPLES)}, {}).ranked() == {}
    assert a_day(today=(NEAR, "…")).ranked()["Truce"][0][1] == NEAR


def test_of_equals_the_first_one_comes_first_and_the_same_rows_give_the_same() -> None:
    examples = {"Truce": Examples(like=tuple(map(words, TRUCE)))}
    ranked = [Day([(9, words(NEAR)), (3, words(NEAR))], examples, {}).ranked()["Truce"] for _ in range(2)]
    assert [article for _, article in ranked[0]] == [9, 3]
    assert ranked[0] == ranked[1]


def test_a_word_of_every_article_says_nothing() -> None:
    rarity = Rarity([{"kesh": 0.0}] * 5_000)
    assert rarity.of("kesh") < 1 < rarity.of("zabadan")


def test_one_headline_counts_once_and_the_latest_are_kept() -> None:
    specimens = [Specimen(title=title, text="") for title in (TRUCE[0], TRUCE[1], TRUCE[1].upper(), TRUCE[2])]
    assert distinct(specimens) == (words(TRUCE[2]), words(TRUCE[1].upper()), words(TRUCE[0]))
    assert distinct(specimens, 1) == (words(TRUCE[2]),)
    assert distinct([]) == ()


def test_words_are_shown_as_the_article_writes_them() -> None:
    title, text = "KESH: a Cease-fire", "The Besieged besieged Morato"
    keys = [*telling_words(title, text)]
    assert as_written(keys, title, text, 9) == ("KESH", "Cease-fire", "Besieged", "Morato")
    assert as_written(reversed(keys), title, text, 1) == ("Morato",)


def test_the_best_of_a_day_is_the_first_that_is_not_excluded() -> None:
    assert best_of([(0.9, "a"), (0.4, "b")], lambda each: each != "a") == 0.4
    assert best_of([(0.9, "a")], lambda _: False) == 0.0


@pytest.mark.parametrize(
    ("past", "examples", "expected"),
    [
        ([0.4] * 2, 50, None),
        ([0.4] * 3, 50, pytest.approx(0.64)),
        ([0.4] * 3, MIN_EXAMPLES, pytest.approx(0.84)),
        ([0.4] * 3, 11, pytest.approx(0.74)),
        ([0.4, 0.9, 0.9, 0.5, 0.9], 20, pytest.approx(0.8)),
        ([0.0] * 9, MIN_EXAMPLES, pytest.approx(LEAST)),
        ([0.0] * 9, NOT_MANY, pytest.approx(LEAST)),
        ([0.0] * 9, (NOT_MANY + MANY) // 2, pytest.approx((LEAST + LEAST_OF_MANY) / 2)),
        ([0.0] * 9, MANY, pytest.approx(LEAST_OF_MANY)),
        ([0.0] * 9, 50, pytest.approx(LEAST_OF_MANY)),
    ],
)
def test_the_floor_is_well_above_the_quarter_of_days_that_came_least_close(
    past: list[float], examples: int, expected: object
) -> None:
    assert floor_of(past, examples, MIN_EXAMPLES) == expected


def test_days_count_back_to_a_bound_of_days_and_of_articles() -> None:
    today = date(2031, 5, 1)
    back = [(today - timedelta(days=each), 10) for each in range(90)]
    assert len(counted_days(back, today)) == 60
    assert counted_days(back, today)[0] == today - timedelta(days=1)
    busy = [(day, 100_000) for day, _ in back]
    assert len(counted_days(busy, today)) == 7
    assert counted_days([], today) == ()


TOPIC = Topic(
    name="Truce",
    rules=(
        Rule(all=(("@any-kesh",), ("truce", "lull")), none=("festival",)),
        Rule(all=(("@any-kesh",), ("x",), ("y",))),
    ),
    languages=("en",),
)
LISTS = {"any-kesh": ("Kesh*",)}


@pytest.mark.parametrize(
    ("topic", "title", "language", "expected"),
    [
        (TOPIC, "Kesh buses leave", "en", False),
        (TOPIC, "Kesh festival", "en", True),
        (TOPIC, "Kesh buses leave", "fr", True),
        (Topic(name="Truce", rules=(Rule(all=(("truce",),)),)), "Kesh festival", "fr", False),
    ],
)
def test_what_its_owner_excluded_is_excluded(topic: Topic, title: str, language: str, expected: object) -> None:
    assert Rules([topic], LISTS).excludes("Truce", Document(title=title, text="", language=language)) is expected


@pytest.mark.parametrize(
    ("rules", "title", "expected"),
    [
        (TOPIC.rules, "Kesh buses leave", ("truce",)),
        (TOPIC.rules, "Lull at sea", ("kesh",)),
        (TOPIC.rules, "Harbour", ("kesh", "truce")),
        ((Rule(all=(("title:truce*",), ("Kesh",))),), "Kesh", ("truce*",)),
        ((Rule(all=(("truce",),)),), "Harbour", ()),
    ],
)
def test_groups_that_lack_a_word_are_named(rules: tuple[Rule, ...], title: str, expected: object) -> None:
    asked = Rules([Topic(name="Truce", rules=rules)], LISTS)
    assert asked.lacks("Truce", Document(title=title, text="")) == expected


def test_a_stream_shows_what_the_rule_missed_and_a_topic_that_never_occurs_nothing(tmp_path: Path) -> None:
    config, file = tmp_path / "topics.toml", tmp_path / "news.jsonl"
    config.write_text(
        '[[topics]]\nname = "Truce"\nall = [["Kesh"], ["truce"]]\n'
        '[[topics]]\nname = "Chess"\nall = [["chess"], ["cup"]]\n'
    )
    rows = [
        {"id": f"{day}-{place}", "title": title, "published": f"2031-05-{day:02d}T08:00:00Z"}
        for day in range(1, 15)
        for place, title in enumerate([*OTHERS, TRUCE[day % 6], *([NEAR] if day == 14 else [])])
    ]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    lines = list(shown([file], config))
    assert [(line["id"], line["rank"]) for line in lines if line["kind"] == "perhaps"] == [("14-4", 1)]
    assert {line["topic"] for line in lines} == {"Truce"}
    assert lines[-1]["why"].startswith("no word for truce; resembles by: ")
    assert list(shown([file], config)) == lines
