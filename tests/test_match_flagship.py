"""The two topics this program was built for, on articles of our own and on the one that started it."""

from pathlib import Path

import pytest

from monitor.match import TopicIndex, term_problems
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

LISTS = {
    "us": ["US", "United States", "American*", "Washington", "Pentagon", "White House"],
    "russia": ["Russia*", "Moscow", "Kremlin", "Lavrov"],
    "truce": ["ceasefire", "truce", "cessation of hostilities"],
    "together": [
        "cooperat*",
        "coordinat*",
        "deconflict*",
        "mil-to-mil",
        "joint integration center",
        "joint implementation group",
    ],
}
TRUCE, COORDINATION = "Syria ceasefire", "US-Russia coordination"
TOPICS = (
    Topic(
        name=TRUCE,
        rules=(Rule(all=(("Syria*", "Aleppo", "Damascus"), ("@truce",)), none=("title:podcast",)),),
        must_match=("Aleppo truce collapses", "Cease-fire in Syria holds for a second day"),
        must_not_match=("Podcast: Syria's truce", "Truce in the Donbas"),
    ),
    Topic(
        name=COORDINATION,
        rules=(Rule(all=(("@us",), ("@russia",), ("@together",)), near=40, none=("space station", "title:podcast")),),
        must_match=("Pentagon and Moscow weigh mil-to-mil talks",),
        must_not_match=("Russia tells us to coordinate better",),
    ),
)
SEED = Path(__file__).parents[1] / ".." / "shared" / "seed"


def names(title: str, text: str = "") -> list[str]:
    return [match.topic for match in TopicIndex(TOPICS, LISTS).matches(Document(title=title, text=text))]


def test_the_topics_and_their_examples_are_without_a_remark() -> None:
    assert term_problems(TOPICS, LISTS) == ()


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("U.S. Drops Plan To Coordinate Strikes With Russia", "The Syrian cease-fire is over.", [TRUCE, COORDINATION]),
        ("Washington and Moscow halt co-operation", "", [COORDINATION]),
        ("Kremlin: no deconfliction without the Americans", "", [COORDINATION]),
        ("Cessation of hostilities near Damascus", "", [TRUCE]),
        ("Syrians count the days since the truces ended", "", [TRUCE]),
        ("Russian and U.S. crews cooperate on the space station", "", []),
        ("Let us cooperate, says Lavrov", "", []),
        ("Assyrian exhibition: a truce with the past", "", []),
        ("Cease now! Fire spreads near Aleppo", "", []),
        ("Aid convoy waits near Aleppo", "", []),
    ],
)
def test_articles_find_their_topics(title: str, text: str, expected: list[str]) -> None:
    assert names(title, text) == expected


def test_the_article_that_started_it_matches_both_in_full_and_as_a_summary() -> None:
    files = sorted(SEED.glob("*.txt"))
    if not files:
        pytest.skip("the shared seed article is not there")
    title, _, text = files[0].read_text(encoding="utf-8").partition("\n")
    paragraphs = [paragraph for paragraph in text.split("\n\n") if len(paragraph.split()) > 10]
    assert names(title, text) == [TRUCE, COORDINATION]
    assert names(title, paragraphs[0]) == [TRUCE, COORDINATION]
