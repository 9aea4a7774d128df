"""What tells the editions of one day from each other, in the mail and on the page."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from editions import DAILY, SLOT, SYRIA, TOPICS, Desk, article, roll_up
from golden_editions import TEMPLATES

from monitor.digest import compose
from monitor.model.edition import Edition, Missed
from monitor.model.edition_input import Slot
from monitor.render import render, without_label

TWICE = replace(DAILY, at=(time(7), time(18)))
EVENING = Slot(day=SLOT.day, ordinal=2, at=time(18), due_at=SLOT.due_at + timedelta(hours=11))


def evening_edition(*covers: Slot) -> Edition:
    made_at = EVENING.due_at + timedelta(seconds=12)
    slot, next_at = replace(EVENING, covers=covers), SLOT.due_at + timedelta(days=1)
    edition_input = Desk().add(article(1, "A")).edition_input()
    return compose(
        edition_input, TWICE, TOPICS, kind="scheduled", slot=slot, label=slot.label, now=made_at, next_at=next_at
    )


def test_of_several_editions_a_day_each_says_its_time() -> None:
    mail = render(evening_edition(), TEMPLATES)
    assert mail.subject.startswith("[Daily] Wed 21 Sep 18:00: ")
    assert without_label(mail.subject).startswith(SYRIA)
    assert ">Wednesday 21 September 2016, 18:00</h1>" in mail.html
    assert "Wednesday 21 September 2016, 18:00 Europe/London" in mail.text
    assert " 18:00 Europe/London" not in mail.html
    assert "There was none" not in mail.text


@pytest.mark.parametrize(
    ("missed", "said"),
    [
        (1, "There was none of Wed 21 Sep, 07:00: the monitor was not running"),
        (2, "There was none of Tue 20 Sep, 18:00 and Wed 21 Sep, 07:00: the monitor was not running"),
        (3, "There was none of Tue 20 Sep, 07:00 to Wed 21 Sep, 07:00: the monitor was not running"),
    ],
)
def test_of_several_editions_a_day_those_that_were_missed_are_named(missed: int, said: str) -> None:
    day = timedelta(days=1)
    evening_before = replace(EVENING, day=SLOT.day - day, due_at=EVENING.due_at - day)
    morning = replace(SLOT, at=time(7))
    morning_before = replace(morning, day=SLOT.day - day, due_at=SLOT.due_at - day)
    mail = render(evening_edition(*(morning_before, evening_before, morning)[-missed:]), TEMPLATES)
    assert said in " ".join(mail.text.split())
    assert said in mail.html


def test_a_slot_that_a_change_of_clocks_moved_is_not_called_missed() -> None:
    moved = replace(SLOT, at=time(7), due_at=EVENING.due_at)
    edition = evening_edition(moved)
    assert (edition.covers, edition.skipped) == ((), ())


def test_a_missed_edition_of_several_a_day_is_named_with_its_time() -> None:
    missed = (Missed(dated=SLOT.day, reason="550 no", page="https://a.example/1", clock="18:00"),)
    mail = render(evening_edition(), TEMPLATES, missed=missed)
    for part in (" ".join(mail.text.split()), mail.html):
        assert "The edition of Wed 21 Sep, 18:00 could not be delivered to you" in part


def test_of_several_roll_ups_a_day_each_says_its_time() -> None:
    mail = render(replace(roll_up(), is_one_of_several=True), TEMPLATES)
    assert "week to Wed 21 Sep 07:00: " in mail.subject
    assert "2016, 07:00</h1>" in mail.html
