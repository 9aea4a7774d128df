"""What texts of one feed share: learned with the articles, left out of quotes soon and of matching after a week."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.boilerplate import RECENT_ARTICLES, kept, learned, left_out_of_matching, left_out_of_quotes
from monitor.boilerplate.edges import EDGE_CHARACTERS, first_key, first_words, last_key, last_words
from monitor.boilerplate.learning import MOST_KEPT
from monitor.model.boilerplate import Boilerplate, Side, Specimen

DAWN = datetime(2031, 3, 1, 6, tzinfo=UTC)
SUBJECTS = (  # noqa: SIM905 (words read better as text)
    "bread|harbour cranes|chess clubs|school buses|potatoes|tram lines|opera seats|winter tyres|beach huts|apple cider"
    "|road salt|city lamps|goat cheese|ferry berths|parcel vans|wool mills|bridge tolls|garden sheds|swim halls|kilns"
).split("|")
Writer = Callable[[int], tuple[str, str]]


def after(write: Writer, *, days: int = 9, a_day: int = 3, known: Sequence[Boilerplate] = ()) -> list[Boilerplate]:
    """What is known of a feed after so many days; `write` gives headline and text of the article of that number."""
    past: list[Specimen] = []
    for day in range(days):
        at = DAWN + timedelta(days=day)
        numbers = range(day * a_day, (day + 1) * a_day)
        new = [Specimen(title=title, text=text, seen_at=at) for title, text in map(write, numbers)]
        known = learned(known, new, past[:-RECENT_ARTICLES:-1], at)
        past += new
    return list(known)


def council(number: int) -> str:
    """A sentence of its own each time."""
    subject, other = SUBJECTS[number % 20], SUBJECTS[(number * 7 + number // 20) % 20]
    verbs = ("weighs", "drops", "funds", "counts", "moves", "sells", "paints")
    return f"{subject.capitalize()} and {other}: town {verbs[number % 7]} {number} of them"


def with_footer(footer: str) -> Writer:
    return lambda number: (f"On {SUBJECTS[number % 20]}", f"{council(number)}. {footer}")


FOOTERS = [
    "Syria Net, your window on the world",
    "Gazette of Damascus: news that travels.",
    "(Syria Wire Service)",
    "[Syria Wire]",
    "Tips? Write to desk@syria.example or call 0123 456.",
    "Das Nordblatt für Syrien und die Welt.",
    "Mehr Nachrichten aus Syrien gibt es jeden Morgen!",
    "La Gazette de Damas, chaque matin chez vous.",
    "El Correo de Siria: todo lo que pasa.",
    "Вестник Сирии: каждый день с вами.",
    "شبكة أخبار سوريا: نافذتكم على العالم.",
    "叙利亚新闻网每日更新",
]


@pytest.mark.parametrize("footer", FOOTERS)
def test_an_ending_that_most_share_for_a_week_is_neither_quoted_nor_matched_from_then_on(footer: str) -> None:
    known = after(with_footer(footer))
    text = f"{council(99)}. {footer}"
    since = DAWN + timedelta(days=7)
    assert {(each.side, each.left_out_since) for each in known} == {(Side.END, since)}
    for came_at, is_out in ((DAWN + timedelta(days=6), False), (since, False), (DAWN + timedelta(days=8), True)):
        pieces = left_out_of_matching(text, known, came_at)
        assert [text[: each.start] for each in pieces] == [f"{council(99)}."[: None if is_out else 0]] * is_out
    assert [text[: each.start].rstrip(".") for each in left_out_of_quotes(text, known)] == [council(99)]


def test_a_footer_without_a_stop_before_it_begins_at_a_capital() -> None:
    known = after(lambda number: ("", f"{council(number)} says Oslo Syria Net brings you the world"))
    (each,) = (each for each in known if each.side is Side.END)
    assert each.sample == "Oslo Syria Net brings you the world"
    assert each.left_out_since


def test_the_reason_says_how_many_and_since_when() -> None:
    known = after(with_footer("Syria Net, your window on the world"))
    (piece,) = left_out_of_matching(f"{council(99)}. Syria Net, your window on the world.", known, DAWN + timedelta(30))
    assert piece.reason == "27 of 27 articles of this feed end so since 2031-03-01"


@pytest.mark.parametrize(
    "start",
    [
        "Morning Mail: ",
        "Photo by our own reporter. ",
        "(Update 1, 5:44 p.m.) ",
        "Von unserer Redaktion – ",
        "Для вас | ",
    ],
)
def test_a_shared_start_is_left_out_of_quotes_alone(start: str) -> None:
    known = after(lambda number: (f"On {SUBJECTS[number % 20]}", f"{start}{council(number)}."), days=9)
    text = f"{start}{council(99)}."
    assert [text[start:end] for start, end in kept(text, left_out_of_quotes(text, known))] == [f"{council(99)}."]
    assert left_out_of_matching(text, known, DAWN + timedelta(days=30)) == ()
    assert "begin so" in left_out_of_quotes(text, known)[0].reason


def test_the_words_of_a_shared_start_are_left_where_a_sentence_goes_on_over_them() -> None:
    known = after(lambda number: ("", f"Oslo today: {council(number)}."))
    text = "Oslo today said that bread is dear."
    assert left_out_of_quotes(text, known) == ()
    assert left_out_of_quotes("Oslo today", known)[0].end == len("Oslo today")


def test_a_short_ending_is_left_where_a_sentence_goes_on_over_it() -> None:
    known = after(with_footer("Syria Wire."))
    assert left_out_of_quotes("Bread is dear, says the Syria wire", known) == ()
    assert left_out_of_quotes("Syria Wire", known)[0].start == 0


def test_of_a_long_ending_what_is_set_apart_at_its_end_is_learned() -> None:
    offices = [f"Norrbyn{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    footer = f"Offices in {', '.join(offices)}: Syria Net, your window on the world"
    known = after(with_footer(footer))
    (piece,) = left_out_of_matching(f"{council(99)}. {footer}", known, DAWN + timedelta(days=30))
    assert f"{council(99)}. {footer}"[piece.start :] == ": Syria Net, your window on the world"


def test_an_article_with_the_last_sentence_of_a_footer_alone_is_known_too() -> None:
    """Behind a sentence that nearly all articles have, as well."""
    last = "Syria Net, your window on the world"
    known = after(lambda number: ("", f"{council(number)}. Nothing else was said. {last}"), days=12)
    later = DAWN + timedelta(days=30)
    (piece,) = left_out_of_matching(f"Bread is dear. {last}", known, later)
    assert piece.start == len("Bread is dear.")
    (piece,) = left_out_of_matching(f"Bread is dear. Nothing else was said. {last}", known, later)
    assert piece.start == len("Bread is dear.")


# ---- What stays matched

WAR = "The siege began in 2011 and has killed half a million people."


def on_one_event(number: int) -> tuple[str, str]:
    if number % 5 == 0:
        return f"On {SUBJECTS[number % 20]}", f"{council(number)}."
    return f"Aleppo: {SUBJECTS[number % 20]} hit", f"Shells fell on {SUBJECTS[number % 20]} {number} times. {WAR}"


def sharing_its_words(number: int) -> tuple[str, str]:
    """On one event without a common word in the headlines; half of them speak of the siege."""
    war = "the siege" if number % 2 else "it all"
    return SUBJECTS[number % 20], f"{council(number)}, {war} notwithstanding. {WAR}"


@pytest.mark.parametrize(
    "write", [on_one_event, lambda number: sharing_its_words(number) if number % 5 else ("", council(number))]
)
def test_a_background_sentence_of_the_articles_on_one_event_stays_matched(write: Writer) -> None:
    known = after(write, days=20, a_day=5)
    assert all(each.left_out_since is None for each in known)


def test_a_feed_on_one_event_keeps_its_background_in_every_article() -> None:
    known = after(
        lambda number: (f"Convoy to {SUBJECTS[number % 20]}", f"{council(number)} in the siege. {WAR}"), days=20
    )
    assert all(each.left_out_since is None for each in known)


@pytest.mark.parametrize(
    ("days", "a_day", "share"),
    [(6, 9, 1), (20, 5, 3), (2, 40, 1)],
    ids=["less than a week", "a third of the articles", "two days"],
)
def test_what_is_no_habit_yet_stays_matched(days: int, a_day: int, share: int) -> None:
    footer = "Syria Net, your window on the world"
    known = after(lambda n: ("", council(n) + (f". {footer}" if n % share == 0 else "")), days=days, a_day=a_day)
    assert all(each.left_out_since is None for each in known)


def test_one_busy_hour_at_either_end_of_a_week_is_no_habit() -> None:
    footer = "Syria Net, your window on the world"
    known = after(lambda n: ("", f"{council(n)}. {footer}" if n // 9 in (0, 11) else ""), days=12, a_day=9)
    assert [each.days for each in known] == [2]
    assert known[0].left_out_since is None


def test_what_is_learned_never_takes_all_that_an_article_says() -> None:
    alarm = "Air raid alarm in Damascus."
    known = after(lambda n: (f"Notice {n}", f"{council(n)}. {alarm}"))
    assert [each.left_out_since is not None for each in known] == [True]
    later = DAWN + timedelta(days=30)
    assert left_out_of_matching(alarm, known, later) == ()
    (known_form,) = left_out_of_matching(f"{alarm} Read more", known, later)
    assert known_form.reason == "a known form: to read on"


def test_texts_that_are_all_the_same_share_no_end_of_anything() -> None:
    assert after(lambda number: (f"Alarm {number}", "Air raid alarm in Damascus.")) == []
    assert after(lambda number: (f"Alarm {number}", f"Alarm {number} in Damascus.")) == []


def test_words_that_are_no_stretch_of_their_own_are_no_edge() -> None:
    assert after(lambda number: ("", f"{council(number)} said the town")) == []
    assert after(lambda number: ("", f"the town said {council(number).lower()}")) == []


def cholera(number: int) -> tuple[str, str]:
    return council(number), f"{council(number)}. The health ministry reported {number * 13 + 5} new cases in Aleppo."


def test_a_daily_sentence_whose_figure_changes_stays_matched_though_no_quote_has_it() -> None:
    known = after(cholera, days=20)
    (each,) = known
    assert (each.items, each.left_out_since) == (60, None)
    _, text = cholera(99)
    assert left_out_of_matching(text, known, DAWN + timedelta(days=30)) == ()
    assert len(left_out_of_quotes(text, known)) == 1


def test_a_figure_that_changes_after_it_was_learned_is_read() -> None:
    known = after(with_footer("Officials counted 5 new cases in Syria."))
    later = DAWN + timedelta(days=30)
    assert len(left_out_of_matching("Bread is dear. Officials counted 5 new cases in Syria.", known, later)) == 1
    assert left_out_of_matching("Bread is dear. Officials counted 7 new cases in Syria.", known, later) == ()
    assert left_out_of_matching("Bread is dear. Officials counted 2013 new cases in Syria.", known, later) == ()


def test_a_date_that_changes_is_no_news() -> None:
    def write(number: int) -> tuple[str, str]:
        return "", f"{council(number)}. Syria Net, copyright {2000 + number}, edition of {number % 28 + 1} March 2031"

    known = after(write)
    _, text = write(25)
    (piece,) = left_out_of_matching(text, known, DAWN + timedelta(days=30))
    assert text[: piece.start] == f"{council(25)}."


def test_a_form_that_is_not_sure_is_learned_where_most_articles_have_it() -> None:
    known = after(with_footer("Copyright by Syria Gazette and friends"))
    text = f"{council(99)}. Copyright by Syria Gazette and friends"
    assert len(left_out_of_matching(text, known, DAWN + timedelta(days=30))) == 1
    assert [text[: each.start] for each in left_out_of_quotes(text, known)] == [f"{council(99)}."]


def test_the_last_words_of_articles_without_the_ending_count() -> None:
    """All of them end with "officials": those with the ending are not set apart by that word."""
    footer = "Write to our desk for more details on Syria."

    def write(number: int) -> tuple[str, str]:
        return f"On {SUBJECTS[number % 20]}", f"{council(number)} officials." + (f" {footer}" if number % 4 else "")

    known = after(write, days=12, a_day=4)
    assert [each.left_out_since is not None for each in known if "desk" in each.words] == [True]


# ---- Bounds


def test_few_articles_teach_little_and_none_nothing() -> None:
    footer = with_footer("Syria Net, your window on the world")
    assert after(footer, days=1, a_day=2) == []
    assert len(after(footer, days=1, a_day=3)) == 1
    assert after(lambda number: ("", "")) == []
    known = after(footer)
    assert list(learned(known, [], [], DAWN)) == known


def test_a_feed_that_drops_its_footer_forgets_half_of_its_counts_now_and_then() -> None:
    footer = "Syria Net, your window on the world"
    known = after(lambda n: ("", f"{council(n)}. {footer}" if n < 100 else f"{council(n)}."), days=60, a_day=5)
    (each,) = known
    assert each.of_items <= 205
    assert each.items < 100
    assert each.last_seen_at == DAWN + timedelta(days=19)


def test_what_is_kept_of_a_feed_is_bounded_and_what_is_not_matched_goes_last() -> None:
    habit = after(with_footer("Syria Net, your window on the world"))
    known: Sequence[Boilerplate] = habit
    for day in range(20, 60):
        at = DAWN + timedelta(days=day)
        new = [
            Specimen(title="", text=f"{council(n)}. Line {chr(97 + day // 26)}{chr(97 + day % 26)} of ours", seen_at=at)
            for n in range(9)
        ]
        known = learned(known, new, (), at)
    assert len(known) == MOST_KEPT + 1
    assert known[0].words == habit[0].words
    late = DAWN + timedelta(days=900)
    new = [Specimen(title="", text=council(number), seen_at=late) for number in range(3)]
    assert learned(known, new, (), late) == ()


def test_a_document_of_thousands_and_a_long_text_cost_no_more() -> None:
    many = [Specimen(title="", text=f"{council(n)}. Syria Net for you", seen_at=DAWN) for n in range(5_000)]
    (each,) = learned((), many, (), DAWN)
    assert each.of_items == 50
    long = [Specimen(title="", text=f"{council(n) * 9_000}. Syria Net for you", seen_at=DAWN) for n in range(50)]
    assert learned((), long, (), DAWN) == ()


@given(
    st.text("aÄß_7٣क\u0947 .»\n", max_size=12),
    st.integers(0, EDGE_CHARACTERS + 2),
    st.text("aÄß_7٣क\u0947 .»\n", max_size=12),
)
def test_the_outermost_word_of_a_text_is_the_first_of_its_edge(start: str, letters: int, end: str) -> None:
    text = start + "x" * letters + end
    firsts, lasts = first_words(text, 0, len(text)), last_words(text, 0, len(text))
    assert first_key(text) == (firsts[0].key if firsts else "")
    assert last_key(text) == (lasts[0].key if lasts else "")
