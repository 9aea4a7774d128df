"""The inverted index in little memory does what a dict of lists does."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from monitor.postings import Postings

STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4), st.booleans()))


@given(STEPS)
def test_it_has_what_was_added_and_not_removed_in_order(steps: list[tuple[str, int, bool]]) -> None:
    index: Postings[str] = Postings()
    plain: defaultdict[str, list[int]] = defaultdict(list)
    for key, number, is_added in steps:
        if is_added:
            index.add(key, number)
            plain[key] += [number] * (number not in plain[key])
        elif number in plain[key]:
            index.remove(key, number)
            plain[key].remove(number)
    assert {key: list(index.of(key)) for key in "abc"} == {key: plain[key] for key in "abc"}


def test_a_number_is_under_a_key_once() -> None:
    index: Postings[str] = Postings()
    for number in (7, 7, 0, 7):
        index.add("truce", number)
    assert list(index.of("truce")) == [7, 0]
    assert len(index.of("nothing")) == 0
