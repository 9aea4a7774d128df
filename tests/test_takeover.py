"""A feed that changes hands: its language and its link domain both leave what it has shown."""

from pathlib import Path

import httpx
import pytest
from house import House, Story, rss
from simulated import NOON
from test_jobs_manners import HOUR, World, live, urls, world

from monitor.digest.audience import coverage_for_readers
from monitor.model.edition_input import Coverage
from monitor.model.note import Note, NoteKind
from monitor.policy.takeover import NOTED, Shown, has_left, is_other_domain, is_other_language
from monitor.spoken_language import spoken_language

COUNCIL = (
    "Der Rat hat den Haushalt für das neue Jahr mit den Stimmen der Mehrheit beschlossen",
    "Die Brücke über den Fluss wird nach dem Hochwasser bis zum Herbst gesperrt",
    "Im Theater beginnt die Saison mit einem Stück über das Leben auf der Insel",
)
SHOES = (
    "Buy the best running shoes of the season with our offers and get more for less",
    "These are the sneakers that you should have before all of them are out of stock",
    "How to choose between our sandals and boots when it is cold outside",
)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (COUNCIL, "de"),
        (SHOES, "en"),
        (["Le maire de la ville a présenté son projet pour les écoles et les jardins"], "fr"),
        (["El alcalde de la ciudad presentó su plan para los barrios y las escuelas del sur"], "es"),
        (["De gemeente heeft het plan voor de nieuwe brug over het water niet aangenomen"], "nl"),
        (["Совет города принял бюджет"], "cyrillic"),
        (["بلدية المدينة تقر الميزانية"], "ar"),
        (["市議会が予算を可決"], "ja"),
        (["Sneakers 40 %"], ""),
        (["12:30 – 14:00"], ""),
        ([], ""),
    ],
)
def test_the_language_of_texts(texts: list[str], expected: str) -> None:
    assert spoken_language(texts) == expected


@pytest.mark.parametrize(
    ("past", "latest", "expected"),
    [
        (["a"] * 10, ["b", "c"], True),
        (["a"] * 10, ["b", "a"], False),
        (["a"] * 19 + ["b"], ["b", "b"], True),  # a stray
        (["a"] * 8 + ["b"] * 2, ["b", "b"], False),
        (["a", ""] * 9, ["b"], True),
        (["a"] * 10, ["b", ""], False),  # unknown
        (["", ""], ["b"], False),
        ([], ["b"], False),
    ],
)
def test_what_leaves_a_habit(past: list[str], latest: list[str], *, expected: bool) -> None:
    assert has_left(past, latest) is expected


def shown(domain: str, language: str, count: int) -> list[Shown]:
    return [Shown(domain=domain, language=language)] * count


def test_domain_and_language_are_both_needed() -> None:
    past = shown("post.example", "de", 12)
    assert is_other_domain(past, shown("shoes.example", "de", 5))
    assert not is_other_domain(past[:9], shown("shoes.example", "de", 5))
    assert not is_other_domain(past, shown("shoes.example", "de", 4))
    assert not is_other_domain(past, shown("post.example", "en", 5))
    assert is_other_language(past, shown("x", "en", 5), ("", ""))
    assert is_other_language(past, shown("x", "de", 5), ("de", "en"))  # the declaration was left as it was
    assert not is_other_language(past, shown("x", "de", 5), ("de", "de"))
    assert not is_other_language(past, shown("x", "", 5), ("de", ""))


def test_the_roll_up_says_it_whoever_is_the_operator() -> None:
    note = Note(id=1, kind=NoteKind.TAKEOVER, key="u", text="The Post seems to have changed hands.", since=NOON)
    disk = Note(id=2, kind=NoteKind.DISK, key="d", text="The disk is full.", since=NOON)
    coverage = Coverage(feeds=1, feeds_ok=1, articles_read=1)

    def told(*, has_operator: bool, is_rollup: bool) -> tuple[str, ...]:
        return coverage_for_readers(coverage, [note, disk], has_operator=has_operator, is_rollup=is_rollup).notes

    assert told(has_operator=True, is_rollup=True) == (note.text,)
    assert told(has_operator=True, is_rollup=False) == ()
    assert told(has_operator=False, is_rollup=True) == told(has_operator=False, is_rollup=False)
    assert len(told(has_operator=False, is_rollup=False)) == 2


def stories(domain: str, texts: tuple[str, ...], first: int, count: int) -> list[Story]:
    return [
        Story(id=f"{domain}-{each}", title=texts[each % 3], link=f"https://{domain}/{each}", text=f"Nr. {each}")
        for each in range(first, first + count)
    ]


def takeovers(home: House) -> list[Note]:
    return [note for note in home.jobs.store.notes.open() if note.kind is NoteKind.TAKEOVER]


def served(earth: World, url: str, items: list[Story], language: str) -> None:
    document = rss(*items).replace(b"<channel>", f"<channel><language>{language}</language>".encode())
    earth.answers = {url: lambda _request: httpx.Response(200, content=document)}


@pytest.mark.whole
@pytest.mark.parametrize(
    ("domain", "texts", "language", "at_once", "expected"),
    [
        ("shoes.example", SHOES, "en-US", 5, True),
        ("shoes.example", SHOES, "de", 5, True),  # the declaration stayed
        ("shoes.example", COUNCIL, "id", 40, True),  # more at once than the history has
        ("shoes.example", SHOES, "en", 1, True),  # one by one
        ("new.post.example", SHOES, "en", 5, False),  # another language of the same publisher
        ("stadt.example", COUNCIL, "de", 5, False),  # a publisher that moves
    ],
)
def test_a_feed_that_changes_hands_is_noted_once(
    tmp_path: Path, domain: str, texts: tuple[str, ...], language: str, at_once: int, *, expected: bool
) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        council = stories("post.example", COUNCIL, 0, 12)
        served(earth, url, council, "de")
        live(home, 2 * HOUR, HOUR)
        assert takeovers(home) == []
        items = council
        for number in range(max(5 // at_once, 1)):
            items = (
                [*stories(domain, texts, number * at_once, at_once), *items][:12]
                if at_once < 12
                else stories(domain, texts, 0, at_once)
            )
            served(earth, url, items, language)
            live(home, 5 * HOUR, HOUR)
        found = takeovers(home)
        assert bool(found) is expected
        if expected:
            assert "post.example, and the latest are in" in found[0].text
            home.jobs.operator_notes.run()
            assert takeovers(home) == found
            home.clock.advance(NOTED + HOUR)
            home.jobs.operator_notes.run()
            assert takeovers(home) == []
