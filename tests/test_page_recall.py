"""The labelled articles whose relevant half is so only by the page: what pages find, and what that costs."""

import pytest

from benchmarks.page_recall import Found, report

pytestmark = pytest.mark.whole


def test_pages_find_what_feeds_do_not_say() -> None:
    found = Found()
    assert len(found.articles) == 200
    assert sum(bool(each.topics) for each in found.articles) == 100
    assert sum(found.is_near) >= 190
    assert found.scores["feeds alone"].recall == 0.0
    for way in ('pages = "near"', 'pages = "all"'):
        assert found.scores[way].recall >= 0.9
        assert found.scores[way].precision >= 0.99
    assert len(list(found.mistakes())) <= 3
    assert "| feeds alone | 0 | 0 | 100 | 1.000 | 0.000 |" in report(found)
