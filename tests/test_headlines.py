"""`why WORDS`: the index of searches gives the same answers as all headlines compared one by one, and older ones."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)

import pytest
from house import Story
from origin import Origin
from sqlalchemy import update
from test_search import Shelf
from test_why import Newsroom, cause

from monitor.fate import HEADLINES_READ, best_headlines
from monitor.model.ids import ArticleId
from monitor.search.headline import remembered
from monitor.store.search_file import index_file
from monitor.store.tables import articles

WORDS = tuple(
    re.findall(
        r"\S+",
        """
        truce truces port ports dock strike strikes Müller Élection election Élections cease-fire ceasefire the Erdoğan
        Сирии перемирие перемирия войска هدنة سوريا النفط COP28 talks talk end
        """,
    )
)
UNSPACED = ("停火协议今天生效", "休戦の合意", "叙利亚停火", "イドリブから東京")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.store.close()


def answers(shelf: Shelf, words: str) -> tuple[tuple[ArticleId, ...], bool]:
    found, is_whole = shelf.store.headlines.like(words, HEADLINES_READ)
    return best_headlines(found, words), is_whole


def test_the_index_answers_as_all_headlines_do(shelf: Shelf) -> None:
    chance = Random(3)
    titles = [" ".join(chance.choices(WORDS, k=chance.randint(1, 7))) for _ in range(400)]
    titles += [f"{chance.choice(UNSPACED)} {chance.choice(WORDS)}" for _ in range(40)]
    chance.shuffle(titles)
    shelf.add(*((title, "Truce, dock, and 停火.") for title in titles))
    shelf.catch_up()
    every = shelf.store.articles.headlines(10_000)
    wrong = []
    for _ in range(600):
        title = chance.choice(titles).split()
        words = chance.sample(title, chance.randint(1, len(title)))
        words += chance.choices(["nowhere", "riot", '"', "OR", "-", *WORDS], k=chance.choice((0, 0, 1, 2)))
        asked = " ".join(word[: chance.choice((3, 4, 5, 99, 99, 99))] for word in words)
        found, is_whole = answers(shelf, asked)
        assert is_whole
        if found != best_headlines(every, asked):
            wrong.append((asked, found, best_headlines(every, asked)))
    assert not wrong, f"{len(wrong)}: {wrong[:5]}"


@pytest.mark.parametrize(
    "words", ["", "…", '"', "OR", "-", "*", "a b c d e", "NEAR(", "title : x", "火停", "x" * 5_000]
)
def test_any_words_are_a_question(shelf: Shelf, words: str) -> None:
    shelf.add(("停火 at last", ""), ("A title: x, near", ""))
    shelf.catch_up()
    every = shelf.store.articles.headlines(10)
    assert answers(shelf, words)[0] == best_headlines(every, words)


def test_a_single_character_is_looked_for_in_the_newest_headlines(shelf: Shelf) -> None:
    shelf.add(("今日停火", ""), ("Truce", ""))
    shelf.catch_up()
    assert answers(shelf, "停") == ((1,), False)
    assert answers(shelf, "停火") == ((1,), True)
    assert answers(shelf, "今 停火") == ((1,), True)


def test_what_is_older_than_the_newest_headlines_is_found(shelf: Shelf) -> None:
    shelf.add(("Quixotic zephyrs", ""), *(("Weather", ""),) * 30)
    assert shelf.store.headlines.like("quixotic", 10) == (shelf.store.articles.headlines(10), False)
    shelf.catch_up()
    assert shelf.store.headlines.like("quixotic", 10) == (((1, "Quixotic zephyrs"),), True)


def test_what_came_since_is_found_and_what_was_edited_is_read_as_it_is(shelf: Shelf) -> None:
    shelf.add(("Quixotic zephyrs", ""))
    shelf.catch_up()
    shelf.add(("Quixotic again", ""))
    shelf.write(update(articles).where(articles.c.id == 1).values(title="Corrected"))
    assert answers(shelf, "quixotic") == ((2,), True)


def test_a_damaged_index_is_done_without(shelf: Shelf) -> None:
    shelf.add(("Quixotic zephyrs", ""))
    shelf.catch_up()
    file = index_file(shelf.store.database.file)
    for each in ("-wal", "-shm"):
        file.with_name(file.name + each).unlink(missing_ok=True)
    file.write_bytes(b"no database" * 1_000)
    assert answers(shelf, "quixotic") == ((1,), False)


def test_the_words_are_asked_for_in_the_headline() -> None:
    asked = remembered('"Truce" OR -port* 停')
    assert asked.row == 'title : ({title text page} : "truce or port 停" *)'
    assert asked.each[0][0] == 'title : ("truce" OR "truces")'
    assert asked.each[3] == ("", "")


def test_nothing_found_says_how_far_was_looked(tmp_path: Path) -> None:
    with Origin() as origin:
        newsroom = Newsroom(origin, tmp_path)
        newsroom.lived(Story(id="truce", title="Syrian truce enters its second day"))
        before = newsroom.why("zephyrs")
        newsroom.run("search", "truce")  # without a daemon it indexes what is new
        after = newsroom.why("zephyrs")
    assert cause(before) == cause(after) == "not-found"
    assert before["answer"]["sentence"].startswith("None of the newest 10,000 headlines has these words.")
    assert after["answer"]["sentence"].startswith("No stored headline has these words.")
