"""The simulation's judges see what they are there to see: each is shown one misdeed, and says so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from simulation.accidents import Seams
from simulation.gaps import Gaps
from simulation.manners import Manners
from simulation.newsroom import Answer, Item, Pair, Publisher
from simulation.post import Copy, PostOffice
from simulation.readers import PERHAPS, Shelf, mail_faults, order_faults
from simulation.windows import ENDLESS, LEAST, ROUND, Windows

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAPER = Publisher(number=1, host="paper.example", items=())
ITEM = Item(mark="marka", title="Syria marka", text="", at=NOW, dated=NOW, is_wanted=True)
TAG: Pair = (b'"1"', None)

Request = tuple[datetime, dict[bytes, bytes]]
FIRST: tuple[Request, Answer] = ((NOW, {}), Answer(shown=(ITEM,), validators=TAG))
CONDITIONAL = {b"if-none-match": b'"1"'}


def complaints(*polls: tuple[Request, Answer], by_hand: bool = False, publisher: Publisher = PAPER) -> dict[str, int]:
    manners = Manners([publisher], timedelta(seconds=2))
    for (at, extra), answer in polls:
        headers = {b"host": b"paper.example", b"accept-encoding": b"gzip", **extra}
        manners.hops("paper.example", at)
        manners.arrives(publisher, "paper.example", headers, at, by_hand=by_hand)
        manners.asks(publisher, "/feed1", headers, at)
        manners.answered(publisher, "paper.example", "/feed1", answer, at)
        manners.leaves("paper.example", at)
        manners.tick_ends(is_clean=True)
    return {**manners.dossiers[1].score.complaints, **dict.fromkeys(manners.faults, 1)}


def test_a_reader_that_could_not_store_what_a_probe_brought_may_probe_again() -> None:
    manners = Manners([PAPER], timedelta(seconds=2))
    for days, is_clean in ((0, True), (9, False), (10, True), (11, True)):
        at = NOW + timedelta(days=days)
        manners.asks(PAPER, "/feed1", {b"accept-encoding": b"gzip"}, at)
        manners.answered(PAPER, "paper.example", "/feed1", Answer(shown=(ITEM,), validators=(b'"%d"' % days, None)), at)
        manners.tick_ends(is_clean=is_clean)
        assert manners.dossiers[1].score.complaints == ({"unconditional": 1} if days == 11 else {})


def poll(after: timedelta, extra: dict[bytes, bytes], answer: Answer | None = None) -> tuple[Request, Answer]:
    return (NOW + after, extra), answer or Answer(status=304, validators=TAG)


@pytest.mark.parametrize(
    ("polls", "complaint"),
    [
        ((FIRST, poll(HOUR, CONDITIONAL)), None),
        ((FIRST, poll(HOUR, {})), "unconditional"),
        ((FIRST, poll(HOUR, {b"if-none-match": b'"0"'})), "wrong validators"),
        ((FIRST, poll(HOUR, {**CONDITIONAL, b"if-modified-since": b"now"})), "wrong validators"),
        ((FIRST, poll(59 * MINUTE, CONDITIONAL)), "too soon"),
        ((FIRST, poll(HOUR, {**CONDITIONAL, b"cookie": b"a=b"})), "headers"),
        (
            (FIRST, poll(HOUR, CONDITIONAL, Answer(status=429, quiet=3 * HOUR)), poll(3 * HOUR, CONDITIONAL)),
            "in retry-after",
        ),
        (
            (
                FIRST,
                poll(HOUR, CONDITIONAL, Answer(status=410)),
                poll(26 * HOUR, CONDITIONAL, Answer(status=410)),
                poll(60 * HOUR, CONDITIONAL, Answer(status=410)),
            ),
            "after gone",
        ),
    ],
)
def test_a_publisher_complains_of_what_is_wrong_and_of_nothing_else(
    polls: tuple[tuple[Request, Answer], ...], complaint: str | None
) -> None:
    assert complaints(*polls) == ({complaint: 1} if complaint else {})


def shows(marks: str) -> Answer:
    """A document of these items that asks for a day of rest."""
    items = tuple(replace(ITEM, mark=mark) for mark in marks)
    return Answer(shown=items, validators=TAG, rest=timedelta(days=1))


UNCHANGED = Answer(status=304, validators=TAG, rest=timedelta(days=1))


@pytest.mark.parametrize(
    ("answers", "wait", "is_own", "complaint"),
    [
        ([shows("abcd")], HOUR, True, None),
        ([shows("abcd")], HOUR, False, "too soon"),
        ([shows("abcd")], timedelta(days=1), False, None),
        ([shows("abcd"), shows("bcde")], 20 * HOUR, False, "too soon"),
        ([shows("abcd"), shows("efgh")], 12 * HOUR, False, None),
        ([shows("abcd"), shows("efgh")], 11 * HOUR, False, "too soon"),
        ([shows("abcd"), shows("efgh"), UNCHANGED], 12 * HOUR, False, "too soon"),
    ],
)
def test_what_a_publisher_asks_for_counts_unless_the_owner_or_a_window_that_fills_says_otherwise(
    answers: list[Answer], wait: timedelta, *, is_own: bool, complaint: str | None
) -> None:
    publisher = replace(PAPER, has_own_interval=is_own)
    polls = [
        ((NOW + place * timedelta(days=1), CONDITIONAL if place else {}), each) for place, each in enumerate(answers)
    ]
    last = polls[-1][0][0] + wait, CONDITIONAL
    assert complaints(*polls, (last, UNCHANGED), publisher=publisher) == ({complaint: 1} if complaint else {})


def test_a_measure_that_may_not_have_been_stored_may_be_gone_by() -> None:
    windows = Windows()
    for hours, marks, is_clean in ((0, "abcd", True), (12, "efgh", False), (14, "efgi", True)):
        windows.read(marks, NOW + hours * HOUR)
        windows.tick_ends(is_clean=is_clean)
        assert windows.shortest() == (
            ENDLESS if hours == 0 else 4 * (2 * HOUR - ROUND) if hours == 14 else 12 * HOUR - ROUND
        )
    windows.clock_jumped()
    assert windows.shortest() == LEAST


@pytest.mark.parametrize("status", [500, 503])
def test_a_host_that_answers_again_wakes_its_failing_feeds_and_no_other(status: int) -> None:
    papers = [Publisher(number=number, host="paper.example", items=()) for number in (1, 2, 3)]
    manners = Manners(papers, timedelta(seconds=2))
    for minutes, number, answer in ((0, 1, status), (30, 2, status), (32, 3, 304), (40, 1, 304)):
        at = NOW + minutes * MINUTE
        manners.answered(papers[number - 1], "paper.example", f"/feed{number}", Answer(status=answer), at)
    rests = [manners.dossiers[number].rest_until for number in (1, 2, 3)]
    assert rests == [NOW + 100 * MINUTE, NOW + 45 * MINUTE, NOW + 92 * MINUTE]


@pytest.mark.parametrize(("status", "complaint"), [(500, None), (503, "unconditional")])
def test_a_run_of_failures_has_one_request_without_validators_unless_the_server_is_busy(
    status: int, complaint: str | None
) -> None:
    fails = Answer(status=status)
    polls = (FIRST, poll(HOUR, CONDITIONAL, fails), poll(2 * HOUR, {}, fails))
    assert complaints(*polls) == ({complaint: 1} if complaint else {})
    found = complaints(*polls, poll(4 * HOUR, {}, fails))
    assert found == {"unconditional": 2 if complaint else 1}


def test_two_requests_without_a_pause_are_noticed() -> None:
    found = complaints(FIRST, poll(timedelta(seconds=1), CONDITIONAL), by_hand=True)
    assert set(found) == {"too soon", "paper.example asked again after 0:00:01 at 2026-03-02 12:00:01+00:00"}


def test_a_feed_that_nobody_asks_any_more_is_noticed() -> None:
    manners = Manners([PAPER], timedelta(seconds=2))
    manners.arrives(PAPER, "paper.example", {}, NOW, by_hand=False)
    manners.was_away(24 * HOUR)
    manners.ends(NOW + 84 * HOUR)
    assert not manners.dossiers[1].score.complaints
    manners.ends(NOW + 85 * HOUR)
    assert manners.dossiers[1].score.complaints == {"neglected": 1}
    never = Manners([PAPER], timedelta(seconds=2))
    never.ends(NOW)
    assert never.dossiers[1].score.complaints == {"neglected": 1}


GAP = '<li><bdi>Paper 1</bdi> <span class="soft">between Mon 09:00 and Mon 12:00</span></li>'


@pytest.mark.parametrize(
    ("documents", "page", "fault"),
    [
        (["a b", "b c"], "", None),
        (["a b", "c d"], GAP, None),
        (["a b", "c d"], GAP.replace("between", "2 times between"), None),
        (["a b", "c d"], "<bdi>Paper 1</bdi> has moved", "lacks the gap of paper 1"),
        (["a b", "b c"], GAP, "has a gap of paper 1, which had none"),
        (["a b", "", "b c"], "", None),
        (["a b", "?c d", "b e"], "", None),
        (["a b", "?c d", "b e"], GAP, None),
    ],
)
def test_a_gap_must_be_on_the_next_page_and_on_no_other(documents: list[str], page: str, fault: str | None) -> None:
    """A document after `?` may not have been stored."""
    gaps = Gaps()
    for place, marks in enumerate(documents):
        found = frozenset(marks.removeprefix("?").split())
        gaps.read(1, found, NOW + place * HOUR, is_stored=not marks.startswith("?"))
    assert gaps.judge(page, NOW - HOUR, NOW + 5 * HOUR) == ([fault] if fault else [])
    gaps.jump(NOW)
    assert not gaps.judge("", NOW - HOUR, NOW + 5 * HOUR)


CORRECTED = '<h2 class="ink" id="corrected">Corrections</h2><ul><li>marka</li></ul>'


@pytest.mark.parametrize(
    ("pages", "fault"),
    [
        ({"2026-03-03.html": "marka"}, None),
        ({"2026-03-03.html": "nothing"}, "lacks marka"),
        ({"2026-03-03.html": "marka", "2026-03-04.html": "marka"}, "has marka again"),
        ({"2026-03-03.html": "marka markz"}, "which nobody wants"),
        ({"2026-03-03.html": "marka", "2026-03-04.html": CORRECTED}, None),
        ({"2026-03-03.html": f"marka {CORRECTED}"}, "which no earlier page has"),
        ({"2026-03-03.html": "marka", "2026-03-04.html": CORRECTED, "2026-03-05.html": CORRECTED}, "marka again"),
    ],
)
def test_an_item_must_be_on_the_first_page_and_on_no_other(
    pages: dict[str, str], fault: str | None, tmp_path: Path
) -> None:
    shelf = Shelf(archive=tmp_path, known={"marka": ITEM})
    shelf.read_feed(1, [ITEM], NOW, is_stored=True)
    (tmp_path / "Daily").mkdir()
    for name, text in pages.items():
        (tmp_path / "Daily" / name).write_text(text)
        shelf.look(NOW + HOUR)
    assert [fault is not None and fault in each for each in shelf.faults] == ([True] if fault else [])


@pytest.mark.parametrize(
    ("copies", "pages", "fault"),
    [
        ([("1", b"x", False)], 1, None),
        ([("1", b"x", True), ("1", b"x", False)], 1, None),
        ([("1", b"x", False), ("1", b"x", False)], 1, "without a reason"),
        ([("1", b"x", True), ("1", b"y", False)], 1, "differ"),
        ([("1", b"x", False)], 2, "2 should be"),
    ],
)
def test_mail_comes_once_or_for_a_reason_twice(
    copies: list[tuple[str, bytes, bool]], pages: int, fault: str | None
) -> None:
    post = PostOffice(seams=Seams(), true_now=lambda: NOW)
    for message_id, body, is_unknown in copies:
        post.copies[message_id].append(Copy(at=NOW, recipient="a@x.example", body=body, is_unknown=is_unknown))
    found = mail_faults(post, {"Daily": dict.fromkeys(map(str, range(pages)))}, recipients=1)
    assert [fault is not None and fault in each for each in found] == ([True] if fault else [])


@pytest.mark.parametrize(
    ("pause", "words", "fault"),
    [
        (4 * 24, "The edition could not be delivered to you: 451.", "6 should be"),
        (
            6 * 24,
            "The edition could not be delivered to you: 451.",
            "4 messages to a@x were given up, and letters that came tell of 1",
        ),
        (
            6 * 24,
            "The edition could not be delivered to you: 451. 3 more editions could not be delivered to you.",
            None,
        ),
        (6 * 24, "News", "4 messages to a@x were given up, and letters that came tell of 0"),
    ],
)
def test_only_after_five_days_may_mail_be_given_up_and_never_in_silence(
    pause: int, words: str, fault: str | None
) -> None:
    post = PostOffice(seams=Seams(), true_now=lambda: NOW)
    letter = f"Subject: x\nContent-Type: text/plain\n\n{words}".encode()
    for hours, body in ((0, b""), (pause, letter)):
        post.copies[str(hours)].append(Copy(at=NOW + hours * HOUR, recipient="a@x", body=body, is_unknown=False))
    found = mail_faults(post, {"Daily": dict.fromkeys("123"), "Evening": dict.fromkeys("123")}, recipients=1)
    assert [fault is not None and fault in each for each in found] == ([True] if fault else [])


def test_mail_out_of_order_is_noticed() -> None:
    post = PostOffice(seams=Seams(), true_now=lambda: NOW)
    for after, day in ((0, "2026-03-04"), (1, "2026-03-03")):
        copy = Copy(at=NOW + after * HOUR, recipient="a@x.example", body=b"", is_unknown=False)
        post.copies[f"<daily.scheduled.{day}.0@x.example>"].append(copy)
    assert order_faults(post) == ["a@x.example got daily of 2026-03-03 after that of 2026-03-04"]
    assert not order_faults(post, [(NOW - HOUR, NOW)]), "the first was of a clock that was ahead"
    assert order_faults(post, [(NOW + HOUR, NOW + 2 * HOUR)])


def test_what_stands_below_perhaps_also_is_not_listed() -> None:
    page = (Path(__file__).parent / "golden" / "perhaps.page.html").read_text()
    rest = PERHAPS.sub("", page)
    assert page.count("resembles by") == 5
    assert "resembles by" not in rest
    assert [rest.count(each) for each in ('id="topic-', "<h1")] == [page.count(each) for each in ('id="topic-', "<h1")]
    assert rest.rstrip().endswith("</html>")
