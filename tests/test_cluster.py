import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import heapify
from pathlib import Path

import pytest

from monitor.cluster import STORY_WINDOW, group, time_windows, words_of
from monitor.cluster.events import Events, Threshold, Thresholds, event_of
from monitor.cluster.idf import Idf
from monitor.copies import MAX_COMPARED, MAX_POSTINGS, Copies, wording
from monitor.model.ids import ArticleId, StoryId
from monitor.model.story import StoryArticle, WordCounts

START = datetime(2016, 9, 20, tzinfo=UTC)
WIRE = (
    "A relief convoy of thirty-one lorries was struck on Monday evening at a warehouse west of Aleppo, and eighteen of"
    " them burned. The supplies were meant for seventy-eight thousand people in villages that had seen no delivery"
    " since the spring. Volunteers said that the fires could be seen from the next valley until four in the morning."
    " The agency that had sent the lorries halted all movements in the country until it knows who can keep them safe."
)
OTHER = (
    "The council of a harbour town voted on Tuesday to keep its last sail loft, a brick hall that has made canvas for"
    " fishing boats since before the railway came. The vote was eleven to two after a debate of five hours, in which"
    " three retired sailmakers spoke and a school choir sang. Repairs to the roof begin in October and will take until"
    " the following summer, the surveyor told the meeting, if the weather is as kind as it has been this year."
)


BOILERPLATE = " ".join(f"notice{number}" for number in range(60))

YOUNG = WordCounts()
"""Of a store that has nothing yet: every word is as good as another."""

TITLE = "Convoy hit west of Aleppo"
DAY = timedelta(days=1)


def article(
    number: int,
    title: str,
    text: str = "",
    outlet: str = "",
    *,
    after: timedelta = timedelta(),
    story: int | None = None,
) -> StoryArticle:
    seen = START + timedelta(minutes=number) + after
    named = outlet or f"Outlet {number}"
    return StoryArticle(
        id=ArticleId(number),
        title=title,
        text=text,
        outlet=named,
        first_seen_at=seen,
        story_id=None if story is None else StoryId(story),
    )


def grouped(
    arrivals: Sequence[StoryArticle], recent: Sequence[StoryArticle] = (), counts: WordCounts = YOUNG
) -> dict[int, int]:
    return dict(group(arrivals, recent, counts).items())


def stories(*articles: StoryArticle, recent: tuple[StoryArticle, ...] = (), counts: WordCounts = YOUNG) -> list[int]:
    return [*grouped(articles, recent, counts).values()]


@pytest.mark.parametrize(
    ("case", "one", "other", "same"),
    [
        ("equal titles", ("Convoy hit west of Aleppo", ""), ("Convoy hit west of Aleppo", ""), True),
        ("case, quotes, dashes", ("Cease-fire “over” in Syria", ""), ("CEASE-FIRE 'OVER' IN SYRIA", ""), True),
        ("other words", ("Convoy hit west of Aleppo", ""), ("Aleppo convoy: eighteen lorries burn", ""), True),
        ("another event", ("Convoy hit west of Aleppo", ""), ("Council saves sail loft", ""), False),
        ("the name of a column", ("Live updates", ""), ("Live updates", ""), False),
        ("a column with the same text", ("Live updates", WIRE), ("Live updates", WIRE), True),
        ("no titles", ("", ""), ("", ""), False),
        ("equal ideographic titles", ("市内で砲撃が再開、停戦は崩壊", ""), ("市内で砲撃が再開、停戦は崩壊", ""), True),
        ("a short ideographic column", ("今日の世界", ""), ("今日の世界", ""), False),
        ("wire copy", ("Convoy struck", WIRE), ("Lorries burn in the night", WIRE), True),
        ("wire copy with a line of its own", ("A", WIRE), ("B", f"By our staff. {WIRE} More follows soon."), True),
        ("the first half of it", ("A", WIRE), ("B", WIRE[: len(WIRE) * 8 // 10]), True),
        ("the half behind another beginning", ("A", WIRE), ("B", f"{OTHER} {WIRE[: len(WIRE) // 2]}"), False),
        ("the same beginning", ("A", WIRE), ("B", WIRE[:200]), True),
        ("another text", ("A", WIRE), ("B", OTHER), False),
    ],
)  # fmt: skip
def test_two_articles_are_one_story(case: str, one: tuple[str, str], other: tuple[str, str], *, same: bool) -> None:
    first, second = article(1, *one), article(2, *other)
    assert stories(first, second) == [1, 1 if same else 2], case
    assert stories(second, recent=(first,)) == [1 if same else 2], case


@pytest.mark.parametrize(
    ("case", "one", "other", "same"),
    [
        ("the column of the next day", WIRE, OTHER, False),
        ("its summary of the next day", "One lorry burned in the night, a clerk told us, and another was saved.",
         "Envoys left the hotel by separate doors, and nobody called the truce dead yet.", False),
        ("the same text in two feeds", WIRE, WIRE, True),
        ("its beginning as a summary", WIRE, WIRE[:150], True),
        ("a feed of headlines", WIRE, "", True),
        ("next to no text", WIRE, "Read the whole report on our pages.", True),
    ],
)  # fmt: skip
def test_an_outlet_that_repeats_a_title_tells_a_new_story_if_the_words_are_new(
    case: str, one: str, other: str, *, same: bool
) -> None:
    title = "Syria ceasefire: what happened today"
    found = stories(article(1, title, one, "Quay Radio"), article(2, title, other, "QUAY RADIO"))
    assert found == [1, 1 if same else 2], case


def test_a_column_that_another_outlet_carries_goes_with_its_own_day() -> None:
    title = "Syria ceasefire: what happened today"
    columns = article(1, title, WIRE, "Quay Radio"), article(2, title, OTHER, "Quay Radio")
    assert stories(*columns, article(3, title, WIRE, "Harbour Post")) == [1, 2, 1]
    assert stories(*columns, article(3, title, "", "Harbour Post")) == [1, 2, 2]


def test_a_story_known_already_keeps_its_name() -> None:
    known = article(2, TITLE, story=1), article(3, TITLE, story=1)
    assert grouped((article(4, TITLE), article(5, "A", OTHER), article(6, "B", OTHER)), known) == {4: 1, 5: 5, 6: 5}


@pytest.mark.parametrize(
    ("case", "others", "days", "story"),
    [
        ("three days on", (0,), 2.9, 1),
        ("later than that", (0,), 3.1, 100),
        ("three days after its latest article", (0, 2.5, 5), 7.9, 1),
        ("while it went on", (0, 2.5, 5), 1.2, 1),
        ("three days before it", (10,), 7.1, 1),
        ("an old page edited into a match", (10, 12), 0, 100),
    ],
)
def test_a_story_is_open_for_three_days_around_what_it_has(
    case: str, others: tuple[float, ...], days: float, story: int
) -> None:
    known = tuple(article(number, TITLE, WIRE, after=DAY * day, story=1) for number, day in enumerate(others, 1))
    assert stories(article(100, TITLE, WIRE, after=DAY * days), recent=known) == [story], case


def test_an_old_arrival_joins_no_weeks_to_one_another() -> None:
    weeks = [article(number, TITLE, WIRE, after=DAY * 7 * number) for number in range(4)]
    assert stories(weeks[0], recent=tuple(weeks[1:])) == [0]
    assert stories(*weeks) == [0, 1, 2, 3]
    assert timedelta(days=7) > STORY_WINDOW


@pytest.mark.parametrize(
    ("days", "parts"),
    [((), []), ((0,), [1]), ((0, 2, 4), [3]), ((0, 20, 20.5, 22), [1, 3]), ((0, 4, 8), [1, 1, 1])],
)
def test_arrivals_are_parted_where_none_can_join_the_one_before(days: tuple[float, ...], parts: list[int]) -> None:
    arrivals = [article(number, TITLE, after=DAY * day) for number, day in enumerate(days)]
    assert [len(part) for part in time_windows(arrivals)] == parts
    assert [one for part in time_windows(arrivals) for one in part] == arrivals


def test_a_title_in_many_outlets_is_one_story_and_is_compared_with_few() -> None:
    many = [article(number, TITLE, f"{number}") for number in range(10 * MAX_COMPARED)]
    assert set(stories(*many)) == {0}


def test_of_several_copies_the_closest_one_counts() -> None:
    longer = f"{WIRE} {OTHER[:120]}"
    assert stories(article(3, "C", WIRE), recent=(article(1, "A", OTHER), article(2, "B", longer))) == [2]


def test_copies_do_not_make_chains_of_ever_less_similar_texts() -> None:
    sentences = [f"{sentence}." for sentence in f"{WIRE} {OTHER}".split(". ")]
    drifting = [wording(f"T{number}", " ".join(sentences[number : number + 5]), "") for number in range(4)]
    copies = Copies()
    for words in drifting[:3]:
        copies.add(words, 1)
    assert not copies.has_copy_of(drifting[3])


def test_words_that_every_text_has_propose_no_copies() -> None:
    copies = Copies()
    for number in range(MAX_POSTINGS + 20):
        copies.add(wording("", f"{BOILERPLATE} " + " ".join(f"word{number}x{i}" for i in range(70)), ""), number)
    assert not copies.has_copy_of(wording("", BOILERPLATE, ""))


def test_a_wire_story_in_five_hundred_outlets_is_one_story() -> None:
    assert set(stories(*(article(n, f"Title {n}", WIRE) for n in range(500)))) == {0}


def test_nothing_to_group_is_nothing() -> None:
    assert grouped((), (article(1, "A"),)) == {}


# ---- The same event in other words

TRUCE = (
    "Truce begins in Kesh valley",
    "Kesh ceasefire holds through first night",
    "Guns silent in Kesh as truce begins",
)
FERRY = ("Ferry Halcyon aground off Skerry Point", "Halcyon passengers wait on Skerry sandbank")


@pytest.mark.parametrize(
    ("case", "titles", "expected"),
    [
        ("two events in turns", (TRUCE[0], FERRY[0], TRUCE[2], FERRY[1]), [1, 2, 1, 2]),
        ("a compound in two spellings", ("Cease-fire in Orsa breached", "Orsa ceasefire breached by shelling"), [1, 1]),
        ("hyphenated names are two words", ("US-Norrland talks on fish stall", "Norrland fish talks stall"), [1, 1]),
        ("plurals", ("Lorry convoys burn near Orsa", "Lorries of Orsa convoy burn"), [1, 1]),
        ("a toll that rises", ("Quake kills 12 in Tolmar port", "Quake kills 40 in Tolmar port"), [1, 1]),
        ("the stock of headlines", ("What we know today: live updates", "Live updates: what to know today"), [1, 2]),
        ("names of columns", ("Markets wrap", "Markets wrap"), [1, 2]),
        ("German grammar", ("Was die Wahl für uns alle ist", "Wie das für die ist, die nicht mehr sind"), [1, 2]),
        ("Arabic", ("بدء الهدنة في وادي كيش", "الهدنة في وادي كيش تدخل يومها الثاني"), [1, 1]),
        ("Japanese", ("トルマル海岸の地震、死者2人", "トルマル海岸で地震、学校倒壊"), [1, 1]),
        ("Japanese grammar", ("これからどうなっていくのだろうか", "それからどうなっていくのでしょうか"), [1, 2]),
    ],
)  # fmt: skip
def test_titles_of_one_event_are_one_story(case: str, titles: tuple[str, ...], expected: list[int]) -> None:
    assert stories(*(article(number, title) for number, title in enumerate(titles, 1))) == expected, case


KESH = (
    "Kesh barracks ramparts crumble, rivers flood",
    "Kesh delegates taste herring beside lagoon",
    "Kesh bakers smuggle loaves past geese",
)
"""Titles with one word in common: too little for the pass, enough for the second look."""


def test_what_the_pass_keeps_apart_is_put_together_when_all_is_there() -> None:
    assert stories(*(article(number, title) for number, title in enumerate(KESH, 1))) == [1, 1, 1]


def test_stories_that_have_a_name_already_are_never_put_together() -> None:
    known = article(1, KESH[0], story=1), article(2, KESH[1], story=2)
    assert grouped([article(3, KESH[2]), article(4, FERRY[0])], known)[4] == 4
    assert grouped([article(3, KESH[2])], known)[3] in {1, 2}


def test_grouping_day_by_day_keeps_the_names_it_gave() -> None:
    first = grouped([article(1, TRUCE[0]), article(2, FERRY[0])])
    known = article(1, TRUCE[0], story=first[1]), article(2, FERRY[0], story=first[2])
    assert grouped([article(3, TRUCE[1], after=DAY), article(4, FERRY[1], after=DAY)], known) == {3: 1, 4: 2}


def test_likeness_fades_with_the_days_between() -> None:
    one, other = "Kesh delegates taste smoked herring beside frozen lake", "Kesh barracks: walls fall, rivers rise"
    assert stories(article(1, one), article(2, other)) == [1, 1]
    assert stories(article(1, one), article(2, other, after=DAY * 2.9)) == [1, 2]


def test_common_words_of_a_big_store_make_no_event_and_rare_ones_do() -> None:
    common = WordCounts(articles=100_000, words={"syria": 4_000, "russia": 4_000, "say": 9_000})
    pair = article(1, "Syria asks doctors home"), article(2, "Painter leaves Syria")
    assert stories(*pair, counts=common) == [1, 2]
    assert stories(*pair, counts=WordCounts(articles=100_000, words={"syria": 3})) == [1, 1]


def test_the_words_of_the_topic_weigh_half() -> None:
    one = replace(article(1, "Syria ceasefire: envoy flies home to mountain village"), found=("Syria", "ceasefire"))
    other = replace(article(2, "Syria ceasefire: market shelled at noon, doctors flee"), found=("Syria", "ceasefire"))
    assert stories(replace(one, found=()), replace(other, found=())) == [1, 1]
    assert stories(one, other) == [1, 2]


def test_stories_do_not_grow_by_chains_of_titles() -> None:
    words = [f"{a}{b}ik" for a in ("bak", "dol", "fum", "gar") for b in ("ren", "sol", "tum", "vok", "wal")]
    chain = [article(n, " ".join(words[2 * n : 2 * n + 4]).capitalize()) for n in range(9)]
    found = stories(*chain)
    assert max(Counter(found).values()) <= 5
    assert found[0] != found[-1]


def test_a_title_stuffed_with_words_does_not_swallow_the_stories_of_the_day() -> None:
    events = {
        1: ["Truce begins in Kesh valley", "Kesh truce holds through first night", "Guns silent as Kesh truce begins"],
        2: ["Ferry Halcyon aground off Skerry Point", "Halcyon passengers wait off Skerry Point"],
        3: ["Brackwater measles closes schools", "Measles spreads in Brackwater schools"],
    }
    stuffed = article(10, " ".join(title for titles in events.values() for title in titles), outlet="Spam")
    honest = [
        article(20 + 10 * event + place, title)
        for event, titles in events.items()
        for place, title in enumerate(titles)
    ]
    for arrivals in ([stuffed, *honest], [*honest, stuffed]):
        found = grouped(arrivals)
        stories_of = {
            event: {found[20 + 10 * event + n] for n in range(len(titles))} for event, titles in events.items()
        }
        assert all(len(each) == 1 for each in stories_of.values()), found
        assert len(set.union(*stories_of.values())) == len(events), found


def test_what_an_outlet_says_in_every_text_is_no_event() -> None:
    begin = "Follow our live page for everything on the valley and read what our correspondents saw there this spring."
    events = ("Bakers strike", "Choir tours", "Dyke leaks", "Eels return", "Glue runs out", "Hares multiply")
    told = [article(n, title, f"{begin} {title} again.", "Quay Radio") for n, title in enumerate(events)]
    assert stories(*told) == [*range(len(events))]


@pytest.mark.parametrize(
    "titles",
    [
        (
            "Morning briefing: truce, oil, cricket",
            "Evening briefing: truce, oil, football",
            "Your Tuesday briefing: truce watch",
        ),
        (
            "The morning brief: truce, snow, opera",
            "Newsletter: truce, snow, opera tickets",
            "Truce, snow, opera | Weekly digest",
        ),
        (
            "Kesh briefing: truce, oil, cricket",
            "Skerry briefing: truce, oil, rowing",
            "Harbour digest: truce, oil, chess",
        ),
        (
            "Morgenbriefing: Waffenruhe, Öl, Kino",
            "Presseschau: Waffenruhe, Öl, Oper",
            "Newsletter am Mittag: Waffenruhe, Öl",
        ),
        (
            "Boletín de la mañana: tregua, crudo, cine",
            "Resumen semanal: tregua, crudo, ópera",
            "Newsletter: tregua, crudo",
        ),
        ("Дайджест: перемирие, нефть, кино", "Кратко: перемирие, нефть, опера", "Утренний дайджест: перемирие, нефть"),
    ],
)
def test_a_round_up_of_several_events_joins_no_story(titles: tuple[str, ...]) -> None:
    told = [article(number, title, outlet=f"Outlet {number}") for number, title in enumerate(titles)]
    assert stories(*told) == [*range(len(titles))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Truce briefing: envoy Morato says Kesh guns are silent", "Kesh guns are silent, says envoy Morato"),
        ("Killed: two medics, a driver, a child in Kesh market", "Kesh market: two medics, a driver, a child killed"),
        ("Morning briefing: truce, oil, cricket", "Morning briefing: truce, oil, cricket"),
    ],
)
def test_a_briefing_on_an_event_a_list_and_a_copy_do(one: str, other: str) -> None:
    assert stories(article(1, one, outlet="Quay Radio"), article(2, other, outlet="Coast Wire")) == [1, 1]


@pytest.mark.parametrize("title", ["Morning briefing: top stories of May {}", "Kesh diary, day {}"])
def test_a_column_tells_a_new_story_every_day_although_its_title_says_the_same(title: str) -> None:
    days = [article(1, title.format(4), WIRE, "Quay Radio"), article(2, title.format(5), OTHER, "Quay Radio")]
    assert stories(*days) == [1, 2]
    assert stories(*days, article(3, "Sail loft to stay, harbour town votes", OTHER[:180])) == [1, 2, 2]


def test_the_words_that_are_counted_are_those_that_tell_of_an_event_once_an_article() -> None:
    told = article(1, "Truce talks: what we know", "The truce of 12 May, a cease-fire, held."), article(2, "Truce!")
    assert words_of(told) == {"truce": 2, "talk": 1, "ceasefire": 1, "held": 1}


def test_the_order_of_a_set_makes_no_difference() -> None:
    """Sums of floats are taken in the order of the words, so that every process finds the same."""
    code = "from test_cluster import *; print(stories(*(article(n, t, WIRE[n:]) for n, t in enumerate(TRUCE + FERRY))))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parent,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_of_stories_that_are_nearly_alike_not_every_pair_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 60 there are 1,770 pairs, each found from both sides; of 5,000 there would be gigabytes."""
    kept: list[int] = []

    def noted(pairs: list[tuple[float, int]]) -> None:
        kept.append(len(pairs))
        heapify(pairs)

    monkeypatch.setattr("monitor.cluster.events.heapify", noted)
    monkeypatch.setattr("monitor.cluster.events.MOST_PAIRS", 5)
    events = Events(Idf(YOUNG), Thresholds(is_one=Threshold(titles=0.1, texts=0.1)))
    for number in range(60):
        words = {"quake": 1.0, "tremor": 1.0, f"place{number}": 1.0, f"depth{number}": 1.0}
        events.add(event_of(words, story=number, seen_at=START))
    moves = events.joined(range(60))
    assert kept == [5 * 60]
    assert set(moves.values()) == {0}


@pytest.mark.parametrize(("evidence", "found"), [(4.0, None), (0.0, 1)])
def test_without_evidence_a_word_that_says_little_is_enough(evidence: float, found: int | None) -> None:
    """As docs/grouping.md measures it: what the evidence is worth shows only where every word is asked."""
    counts = WordCounts(articles=10_000, words=dict.fromkeys(["council", "votes"], 5_000))
    events = Events(Idf(counts), replace(Thresholds(), evidence=evidence))
    events.add(event_of({"council": 1.0, "votes": 1.0}, story=1, seen_at=START))
    assert events.closest(event_of({"council": 1.0}, story=2, seen_at=START)) == found
