"""Strangers that share a word, a pattern or the name of a series stay strangers; the table of word frequencies."""

from array import array
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from strangers import PATTERNS, SERIES, UNRELATED

from monitor.cluster import group, words_of
from monitor.cluster.frequency import TABLE, entry, general_frequency, level, number
from monitor.cluster.idf import Idf
from monitor.cluster.refrains import Refrains
from monitor.model.ids import ArticleId
from monitor.model.story import StoryArticle, WordCounts

START = datetime(2026, 3, 1, tzinfo=UTC)


def articles(titles: Sequence[str], outlet: str = "", found: tuple[str, ...] = ()) -> list[StoryArticle]:
    return [
        StoryArticle(
            id=ArticleId(place),
            title=title,
            text="",
            outlet=outlet or f"Outlet {place}",
            first_seen_at=START + timedelta(minutes=place),
            found=found,
        )
        for place, title in enumerate(titles, 1)
    ]


def stories(arrivals: Sequence[StoryArticle], counts: WordCounts | None = None) -> list[int]:
    return [*group(arrivals, (), counts or WordCounts(articles=len(arrivals), words=words_of(arrivals))).values()]


@pytest.mark.parametrize("is_topic", [True, False], ids=["the topic's word", "no topic's word"])
@pytest.mark.parametrize("outlet", ["", "Quay Radio"], ids=["thirty outlets", "one outlet"])
@pytest.mark.parametrize("word", UNRELATED)
def test_thirty_strangers_with_one_word_are_thirty_stories(word: str, outlet: str, *, is_topic: bool) -> None:
    arrivals = articles(UNRELATED[word], outlet, (word,) if is_topic else ())
    assert len(arrivals) == 30
    assert stories(arrivals) == [*range(1, 31)]
    assert stories(arrivals, WordCounts()) == [*range(1, 31)]
    assert stories(arrivals[::-1]) == [*range(30, 0, -1)]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_of_headlines_is_no_event(pattern: str) -> None:
    titles = PATTERNS[pattern]
    assert stories(articles(titles)) == stories(articles(titles, "Quay Radio")) == [*range(1, len(titles) + 1)]


@pytest.mark.parametrize("outlet", ["", "Quay Radio"], ids=["in many outlets", "in one"])
@pytest.mark.parametrize("series", SERIES)
def test_the_name_of_a_series_is_no_event(series: str, outlet: str) -> None:
    titles = [series.format(rest) for rest in SERIES[series]]
    assert stories(articles(titles, outlet)) == [*range(1, len(titles) + 1)]


@pytest.mark.parametrize("series", SERIES)
def test_one_event_under_the_name_of_a_series_is_one_story(series: str) -> None:
    event = ("Ferry Halcyon aground off Skerry Point", "Halcyon passengers leave ferry at Skerry Point")
    titles = [series.format(rest) for rest in (*SERIES[series], *event)]
    strangers = [*range(1, len(titles) - 1)]
    first = len(titles) - 1
    assert stories(articles([*titles, event[0]])) == [*strangers, first, first, first]


@pytest.mark.parametrize(
    ("titles", "alone"),
    [
        (("Obituary: Walt Hyland, jockey",), {"obituary"}),
        (("Walt Hyland, jockey – Nachruf",), {"nachruf"}),
        (("Kesh truce: guns fall silent", "Kesh truce: envoys fly home"), set()),
        (("Kesh live: guns fall silent", "Kesh live: envoys fly home"), {"kesh"}),
        (("Kesh live: envoys leave", "Kesh live: envoys fly home"), set()),
        (("Kesh truce: guns silent", "Kesh truce: guns silent again", "Kesh truce: guns still silent"), set()),
        (("Live: what we know", ": no kicker", "Of all that was said in the house by seven ministers: nothing"), set()),
    ],
)
def test_a_kicker_is_a_refrain_if_what_it_stands_before_has_nothing_in_common(
    titles: tuple[str, ...], alone: set[str]
) -> None:
    assert Refrains(titles).of(titles[0]) == alone


def test_a_title_that_many_carry_is_counted_once() -> None:
    copies = ["Truce begins in Kesh valley"] * 30
    assert Refrains(copies).of(copies[0]) == set()
    assert set(stories(articles(copies))) == {1}


def test_the_words_of_one_big_event_are_no_refrains() -> None:
    parts = ("guns silent", "envoys relieved", "market reopens", "guns heard", "envoys leave", "market crowded")
    titles = [f"Kesh truce, {part}, {day}" for part in parts for day in ("first night", "second night")]
    assert Refrains(titles).of(titles[0]) == set()


EVENT = (
    "Ines Morato opens lighthouse festival in Kesh",
    "Painter Ines Morato speaks at lighthouse festival in Kesh",
    "Crowds greet Ines Morato at Kesh lighthouse festival",
    "Ines Morato thanks Kesh for lighthouse festival",
    "Lighthouse festival in Kesh hears Ines Morato",
    "In Kesh, Ines Morato calls lighthouse festival a second home",
)
QUOTES = (
    "Morato in Kesh: brushes belong to everyone",
    "Morato in Kesh: would do it all again",
    "Morato in Kesh: recap of a long evening",
)


@pytest.mark.parametrize(
    ("kicked", "others", "expected"),
    [
        (QUOTES, EVENT, set()),
        (QUOTES, (), {"morato", "kesh"}),
        (QUOTES, EVENT[:1], {"morato", "kesh"}),
        (QUOTES, ("Morato sells a Kesh landscape", "Dealer loses Morato etching near Kesh"), {"morato", "kesh"}),
        (("Kesh: bread queues", "Kesh: dam repaired", "Kesh: poet freed"), EVENT, {"kesh"}),
        (("Kesh Morato live: bread queues", "Kesh Morato live: poet freed"), EVENT, {"kesh", "morato"}),
        (
            (
                "Guerre en Orsanie : un pont détruit",
                "Guerre en Orsanie : le blé pourrit",
                "Guerre en Orsanie : un poète",
            ),
            ("Après la guerre, l'Orsanie replante", "Un film sur la guerre en Orsanie", "L'Orsanie, la guerre et moi"),
            {"guerre", "orsanie"},
        ),
    ],
    ids=["names", "alone", "one other", "strangers", "one word", "called live", "a subject"],
)
def test_a_kicker_of_names_that_headlines_of_one_event_have_too_is_that_event(
    kicked: tuple[str, ...], others: tuple[str, ...], expected: set[str]
) -> None:
    assert Refrains((*kicked, *others)).of(kicked[0]) == expected


def test_quotes_under_the_names_of_an_event_are_of_its_story() -> None:
    assert set(stories(articles((*EVENT, *QUOTES)))) == {1}


@pytest.mark.parametrize(
    "form",
    [
        "Ferry Halcyon runs aground - {}",
        "Ferry Halcyon runs aground – {}",
        "Ferry Halcyon runs aground | {}",
        "{} | Ferry Halcyon runs aground",
        "{} - Ferry Halcyon runs aground",
        "Fähre Halkyon läuft auf Grund - {}",
        "Паром Алкион сел на мель — {}",
    ],
)
def test_a_headline_beside_the_names_of_its_outlets_is_no_kicker(form: str) -> None:
    titles = [form.format(outlet) for outlet in ("Quay Radio", "Orsapost", "TLMR", "Channel Six")]
    assert set(stories(articles(titles))) == {1}


@pytest.mark.parametrize("form", ["The slow view - {}", "{} | The slow view", "The slow view: {}"])
def test_a_kicker_beside_what_is_not_shorter_is_one(form: str) -> None:
    titles = [form.format(rest) for rest in ("How the eel got lost", "My violin and frost", "A bridge nobody wanted")]
    assert stories(articles(titles)) == [1, 2, 3]


def test_a_kicker_before_a_colon_may_be_longer_than_what_it_stands_before() -> None:
    titles = [f"Notes out of Tolmar harbour: {rest}" for rest in ("frost", "eels", "violins")]
    assert Refrains(titles).of(titles[0]) == {"note", "tolmar", "harbour"}


# ---- How frequent words are in general


@pytest.mark.parametrize(
    ("frequent", "rare"),
    [
        ("government", "truce"),
        ("regierung", "waffenruhe"),
        ("gouvernement", "treve"),
        ("gobierno", "tregua"),
        ("governo", "armisticio"),
        ("regering", "wapenstilstand"),
        ("правительство", "перемирие"),
        ("الحكومة", "القناديل"),
        ("rzad", "rozejm"),
        ("hukumet", "ateskes"),
        ("政府", "鰻魚"),
        ("首相", "鰻屋"),
    ],
)
def test_a_frequent_word_says_less_than_a_rare_one_before_anything_is_stored(frequent: str, rare: str) -> None:
    young = Idf(WordCounts())
    assert young.of(frequent) < young.of(rare)


def test_names_of_no_language_are_as_rare_as_can_be() -> None:
    unknown = [f"zyx{place}wvu" for place in range(2000)]
    assert sum(general_frequency(word) > 0 for word in unknown) < 20
    assert Idf(WordCounts()).of("zyx1wvu") == pytest.approx(8.11, abs=0.01)


def test_what_is_stored_counts_beside_what_is_imagined() -> None:
    counts = WordCounts(articles=90_000, words={"zyx1wvu": 997})
    assert Idf(counts).of("zyx1wvu") == pytest.approx(4.605, abs=0.01)


def test_the_table_is_sorted_and_small() -> None:
    numbers = array("I", TABLE.read_bytes())
    assert [*numbers] == sorted(numbers)
    assert TABLE.stat().st_size < 1_000_000
    assert {path.name for path in TABLE.parent.iterdir()} >= {"words.bin", "README.md", "LICENSE"}


def test_the_ends_of_the_table_are_looked_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    words = sorted(("kesh", "orsa", "tolmar"), key=number)
    numbers = [entry(number(word), level(10**-4)) for word in words[:2]]
    monkeypatch.setattr("monitor.cluster.frequency._numbers", lambda: numbers)
    assert [general_frequency(word) for word in words] == pytest.approx([10**-4, 10**-4, 0], rel=0.15)


@pytest.mark.parametrize(("share", "expected"), [(1.0, 31), (10**-2.5, 31), (10**-4.6, 10), (10**-5.6, 0), (1e-9, 0)])
def test_levels_are_tenths_of_a_power_of_ten(share: float, expected: int) -> None:
    assert level(share) == expected
