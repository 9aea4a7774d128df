from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from poll_history import DAY, PAST_BASELINE, START, Shelf, answer, document, item, update

from monitor.model.feed import ParsedItem
from monitor.model.feed_update import KnownArticle, PollCounts, Stored
from monitor.model.ids import ArticleId
from monitor.reconcile import content_hash
from monitor.reconcile.identity import former_hash, identified, lookup_for


@pytest.mark.parametrize(
    ("items", "articles"),
    [
        pytest.param([item("g", "a", "T", "x")], 1, id="all there is"),
        pytest.param([item("g")], 1, id="a guid alone"),
        pytest.param([item("", "a", "T")], 1, id="no guid"),
        pytest.param([item("", "", "T", "x")], 1, id="words alone"),
        pytest.param([item("g1", "a", "T"), item("g2", "a", "T")], 2, id="two guids at one link"),
        pytest.param([item("", "a", "T"), item("", "b", "T")], 2, id="two links under one title"),
        pytest.param([item("", "", "T", "x"), item("", "", "T", "y")], 2, id="two texts under one title"),
        pytest.param([item("g", "a", "T"), item("g", "b", "T")], 2, id="one guid, two links"),
        pytest.param([item("g", "a", "T"), item("g", "a", "U"), item("g", "b", "V")], 3, id="one guid, titles differ"),
        pytest.param([item("g", "a", "T", "x"), item("g", "a", "T", "y"), item("g", "a", "U")], 3, id="texts differ"),
        pytest.param([item("", "a", "T"), item("", "a", "U")], 2, id="no guid, one link, two titles"),
        pytest.param([item("g", "a", "T", "x")] * 3, 1, id="the same three times"),
        pytest.param([item("g", "a?utm_source=rss", "T"), item("g", "a#top", "T")], 1, id="the same but for tracking"),
        pytest.param([item("https://post.example/a"), item("", "a", "")], 2, id="a guid that looks like a link"),
        pytest.param([item("g", f"{n}") for n in range(10)], 10, id="ten items, one guid"),
    ],
)
def test_every_item_is_one_article_in_any_order_over_three_polls(items: list[ParsedItem], articles: int) -> None:
    shelf = Shelf()
    assert shelf.poll(*items) == PollCounts(fetched=len(items), new=articles, duplicate=len(items) - articles)
    for order in (items[::-1], items[1:] + items[:1]):
        assert shelf.poll(*order) == PollCounts(fetched=len(items), known=articles, duplicate=len(items) - articles)


def own_keys(items: Sequence[ParsedItem]) -> tuple[str, ...]:
    """Where nothing is stored yet, the keys to store distinct items under."""
    return tuple(each.keys[each.own] for each in identified(items))


def test_keys_are_free_of_the_order_of_items() -> None:
    items = [item("g", "a", "T"), item("g", "b", "T"), item("g", "b", "U"), item("h"), item("", "c"), item("", "", "T")]
    keys = dict(zip(items, own_keys(items), strict=True))
    assert len(set(keys.values())) == len(items)
    for order in permutations(items):
        assert own_keys(order) == tuple(keys[each] for each in order)


def test_plain_keys_can_be_read() -> None:
    items = [item("tag:post.example,2016:7", "a"), item("", "b?utm_source=rss"), item("", "", "T", "x")]
    hashed = f"words:{former_hash('T', 'x')}"
    assert own_keys(items) == ("guid:tag:post.example,2016:7", "link:https://post.example/b", hashed)


def test_the_keys_to_look_up_contain_the_key_to_store_under() -> None:
    items = [item("g", "a", "T"), item("g", "a", "U"), item("", "c"), item("", "c"), item("", "", "T")]
    wanted = lookup_for(identified(items)).keys
    assert set(own_keys(items)) < set(wanted)
    assert len(set(wanted)) == len(wanted)


WORDS = st.sampled_from(["", "1", "2"])
ITEMS = st.builds(item, WORDS, WORDS, WORDS, WORDS)


@settings(deadline=None)
@given(st.lists(st.lists(ITEMS, max_size=6), min_size=1, max_size=4))
def test_no_history_makes_a_document_new_twice(documents: list[list[ParsedItem]]) -> None:
    shelf = Shelf()
    for items in documents:
        shelf.poll(*items)
        for order in (items[::-1], items[2:] + items[:2]):
            again = shelf.poll(*order)
            assert (again.new, again.changed) == (0, 0)


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        pytest.param(
            item("g", "a", "T"), item("g", "a", "U"), PollCounts(fetched=1, known=1, changed=1), id="live blog"
        ),
        pytest.param(item("g", "a", "T"), item("g", "b", "T"), PollCounts(fetched=1, known=1, changed=1), id="moved"),
        pytest.param(
            item("g", "a", "T"), item("g", "b", "U"), PollCounts(fetched=1, known=1, changed=1), id="both, undated"
        ),
        pytest.param(
            item("g", "a", "T", "x"), item("g", "a", "T", "y"), PollCounts(fetched=1, known=1, changed=1), id="text"
        ),
        pytest.param(item("g", "a?utm_id=1", "T"), item("g", "a", "T"), PollCounts(fetched=1, known=1), id="tracking"),
        pytest.param(item("", "a", "T"), item("", "a", "U"), PollCounts(fetched=1, known=1, changed=1), id="no guid"),
        pytest.param(item("", "", "T", "x"), item("", "", "T", "y"), PollCounts(fetched=1, new=1), id="words alone"),
        pytest.param(item("g", "", "T"), item("g", "", "U"), PollCounts(fetched=1, known=1, changed=1), id="no link"),
    ],
)
def test_an_edit_is_told_from_a_new_story(before: ParsedItem, after: ParsedItem, counts: PollCounts) -> None:
    shelf = Shelf(state=PAST_BASELINE)
    shelf.poll(before)
    assert shelf.poll(after) == counts
    assert shelf.poll(after) == PollCounts(fetched=1, known=1)


def test_a_guid_used_again_and_again_keeps_its_stories_apart() -> None:
    shelf = Shelf()
    names = ("Bridge closed", "Orchestra in town", "Herring scarce")
    stories = [item("latest", f"{n}", name, published=START + (n - 2) * DAY) for n, name in enumerate(names)]
    for story in stories:
        assert shelf.poll(story).new == 1
    for story in stories:
        assert shelf.poll(story) == PollCounts(fetched=1, known=1)
    assert shelf.poll(*stories) == PollCounts(fetched=3, known=3)
    assert shelf.poll(replace(stories[2], title="Herring are scarce")) == PollCounts(fetched=1, known=1, changed=1)


def test_company_under_a_guid_does_not_make_an_article_new() -> None:
    alone, second, third = item("g", "a", "T"), item("g", "b", "U"), item("g", "a", "V")
    shelf = Shelf()
    assert shelf.poll(alone).new == 1
    assert shelf.poll(alone, second) == PollCounts(fetched=2, known=1, new=1)
    assert shelf.poll(third, second, alone) == PollCounts(fetched=3, known=2, new=1)
    assert shelf.poll(second) == PollCounts(fetched=1, known=1)
    assert shelf.poll(third) == PollCounts(fetched=1, known=1)
    edited = replace(alone, text="more")
    assert shelf.poll(edited, third, second) == PollCounts(fetched=3, known=3, changed=1)
    assert shelf.poll(edited, replace(edited, text="other")) == PollCounts(fetched=2, known=1, new=1)


def test_a_page_shared_by_all_items_does_not_make_a_new_item_an_edit() -> None:
    one, two, three = (item("", "home", title) for title in ("One", "Two", "Three"))
    shelf = Shelf()
    shelf.poll(one)
    assert shelf.poll(two, three) == PollCounts(fetched=2, new=2)
    assert shelf.poll(one, two, three) == PollCounts(fetched=3, known=3)


def test_an_article_that_changes_at_every_poll_is_written_24_times() -> None:
    shelf = Shelf()
    counts = [shelf.poll(item("clock", "a", "The time", f"{n}")) for n in range(500)]
    assert shelf.writes == 24
    assert sum(each.new for each in counts) == 1
    assert counts[-1] == PollCounts(fetched=1, known=1)


def test_an_edit_carries_the_new_words_and_keeps_the_key() -> None:
    old = KnownArticle(
        id=ArticleId(7),
        key="guid:g",
        title="T",
        link="https://post.example/a",
        content_hash=content_hash("T", "x"),
        revisions=3,
    )
    new = replace(item("g", "a", "U", "y"), language="de-AT")
    done = update(PAST_BASELINE, answer(), document(new), stored=Stored(by_key={"guid:g": old}))
    (edit,) = done.changed
    assert (edit.id, edit.key, edit.title, edit.text, edit.revisions) == (7, "guid:g", "U", "y", 4)
    assert (edit.link, edit.outlet, edit.language) == ("https://post.example/a", "post.example", "de")
    assert edit.content_hash == content_hash("U", "y")


def test_an_article_of_a_version_that_read_only_the_longest_text_is_read_whole_and_is_no_edit() -> None:
    shelf = Shelf()
    whole = item("g", "a", "T", "x")
    shelf.poll(whole)
    shelf.articles[0] = replace(shelf.articles[0], content_hash=former_hash("T", "x"))
    assert shelf.poll(whole) == PollCounts(fetched=1, known=1)
    assert shelf.articles[0].content_hash == content_hash("T", "x")
