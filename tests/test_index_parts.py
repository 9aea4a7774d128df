"""Which parts of an index of sitemaps are asked, under which conditions, and what is remembered of them (rule P17)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.feed import ParsedItem
from monitor.model.feed_update import FeedState
from monitor.model.fetch import Fetched, FetchRequest, NotModified, Validators
from monitor.model.ids import FeedId
from monitor.model.sitemap_index import PartState, SitemapPart
from monitor.reconcile import index_parts
from monitor.reconcile.window import joined, window_of
from monitor.store.feed_rows import row_from_state

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = "https://kite.example"
NONE = Validators()
TAGS = Validators(etag=b'"1"', last_modified=b"Mon")


def part(path: str, changed: int | None = None) -> SitemapPart:
    """`changed`: so many hours ago."""
    return SitemapPart(url=SITE + path, changed_at=None if changed is None else NOW - changed * HOUR)


def known(path: str, *, is_plain: bool = False, is_pending: bool = False, read: int | None = 1) -> PartState:
    at = None if read is None else NOW - read * HOUR
    read_at = None if is_plain else at
    return PartState(
        url=SITE + path, validators=TAGS, read_at=read_at, whole_at=at, is_plain=is_plain, is_pending=is_pending
    )


def item(published: datetime | None) -> ParsedItem:
    return ParsedItem(guid="", link=f"{SITE}/a", title="Ferry runs again", text="", published=published)


def chosen(*parts: SitemapPart, of: tuple[PartState, ...] = ()) -> list[str]:
    return [each.url.removeprefix(SITE) for each in index_parts.chosen_parts(parts, of, NOW)]


def test_news_by_name_and_the_newest_first() -> None:
    assert chosen(part("/pages.xml", 0), part("/news-1.xml", 9), part("/news-2.xml", 1)) == [
        "/news-2.xml",
        "/news-1.xml",
    ]
    assert chosen(part("/newsletters.xml", 0), part("/b.xml", 1)) == ["/newsletters.xml", "/b.xml"]
    assert chosen(part("/map?type=news"), part("/map?type=pages")) == ["/map?type=news"]
    assert chosen(part("/news-2026-02.xml"), part("/news-2026-03-01.xml"), part("/news/2026/02/30.xml")) == [
        "/news-2026-03-01.xml",
        "/news-2026-02.xml",
        "/news/2026/02/30.xml",
    ]
    assert chosen(*(part(f"/{number}.xml") for number in range(9))) == [f"/{number}.xml" for number in range(5)]


def test_what_failed_keeps_its_place_and_is_asked_last() -> None:
    parts = [part(f"/news-{number}.xml", number) for number in range(8)]
    pending = known("/news-7.xml", is_pending=True)
    assert chosen(*parts, of=(pending,))[-1] == "/news-7.xml"
    assert chosen(part("/a.xml"), part("/news.xml"), of=(known("/a.xml", is_pending=True, read=None),)) == [
        "/news.xml",
        "/a.xml",
    ]
    assert chosen(part("/a.xml"), part("/news.xml"), of=(known("/a.xml"),)) == ["/a.xml", "/news.xml"]


def test_what_has_changed_of_late_comes_before_what_is_as_it_was() -> None:
    parts = [part(f"/news-{number}.xml", number) for number in range(8)]
    as_it_was = tuple(replace(known(f"/news-{number}.xml"), changed_at=NOW - number * HOUR) for number in range(5))
    assert chosen(*parts, of=as_it_was)[:3] == ["/news-5.xml", "/news-6.xml", "/news-7.xml"]


def test_what_is_no_news_is_left_out_until_it_changes() -> None:
    plain = (known("/a.xml", is_plain=True), known("/b.xml", is_plain=True))
    assert chosen(part("/a.xml"), part("/b.xml", 1), part("/c.xml"), of=plain) == ["/b.xml", "/c.xml"]
    assert chosen(part("/a.xml"), of=plain) == ["/a.xml"]


def test_what_had_no_news_is_asked_again_after_a_day_and_last() -> None:
    """An index that does not say when its parts change cannot say that there is news in one now."""
    plain = known("/a.xml", is_plain=True, read=25)
    assert chosen(part("/a.xml"), part("/c.xml"), of=(plain,)) == ["/c.xml", "/a.xml"]
    unchanged = replace(plain, changed_at=NOW - HOUR)
    assert chosen(part("/a.xml", 1), part("/c.xml"), of=(unchanged,)) == ["/c.xml"]


def test_each_part_has_its_turn_beside_parts_that_fill_every_poll() -> None:
    """Each poll has room for one part only, whether that is read to its end or cut off."""
    parts = [part(f"/news-{number}.xml") for number in range(4)]
    for is_cut_off in (False, True):
        states: dict[str, PartState] = {}
        turns = []
        for _ in range(8):
            first, *rest = index_parts.chosen_parts(parts, tuple(states.values()), NOW)
            turns.append(first.url)
            before, read = states.get(first.url), known(first.url.removeprefix(SITE))
            states[first.url] = index_parts.still_pending(first, before, NOW) if is_cut_off else read
            states |= {each.url: index_parts.postponed(each, states.get(each.url), NOW) for each in rest}
        assert set(turns[:4]) == set(turns[4:]) == {each.url for each in parts}


def test_each_of_more_parts_than_there_are_places_has_its_turn() -> None:
    """Eight parts, each of which fills a poll, or fails: what waits without a place is not forgotten."""
    parts = [part(f"/news-{number}.xml") for number in range(8)]
    for is_failing in (False, True):
        states: tuple[PartState, ...] = ()
        turns = []
        for _ in range(24):
            first, *rest = index_parts.chosen_parts(parts, states, NOW)
            turns.append(first.url)
            before = {each.url: each for each in states}
            read = index_parts.still_pending(first, before.get(first.url), NOW) if is_failing else known(first.url[20:])
            waiting = index_parts.without_place(parts, (first, *rest), states, NOW)
            postponed = [index_parts.postponed(each, before.get(each.url), NOW) for each in rest]
            states = index_parts.remembered([read, *postponed, *waiting], states, parts)
        assert {turns.count(each.url) for each in parts} <= {2, 3, 4}
        assert len(states) == 8


def test_what_waits_is_bounded_and_what_is_not_named_any_more_does_not_wait() -> None:
    parts = [part(f"/news-{number}.xml") for number in range(70)]
    waiting = [replace(known(each.url[20:], is_pending=True), postponed=number) for number, each in enumerate(parts)]
    found = index_parts.without_place(parts[:60], parts[:5], [*waiting, known("/pages.xml", is_plain=True)], NOW)
    assert [each.postponed for each in found] == list(range(6, 61))
    kept = index_parts.remembered(found, waiting, parts)
    assert [each.postponed for each in kept] == list(range(60, 10, -1))
    again = replace(known("/pages.xml", is_plain=True), is_pending=True)
    assert index_parts.remembered([again], (), [part("/pages.xml")]) == (again,)
    assert index_parts.without_place([part("/pages.xml")], (), [again], NOW) == ()


def test_a_part_that_is_gone_is_missed_for_as_long_as_it_may_have_had_news() -> None:
    assert index_parts.is_missed(known("/a.xml", read=48), NOW)
    assert not index_parts.is_missed(known("/a.xml", read=49), NOW)
    assert not index_parts.is_missed(known("/a.xml", read=None), NOW)


def test_what_a_part_had_at_the_first_document_of_the_feed() -> None:
    at_start = NOW - 30 * HOUR
    feed = FeedState(id=FeedId(1), url=f"{SITE}/index.xml", next_poll_at=NOW, baseline_at=at_start)
    items = [item(at_start - HOUR), item(at_start + HOUR), item(None)]

    def there(state: PartState | None, feed: FeedState = feed, now: datetime = NOW) -> list[bool]:
        return [each.was_there for each in index_parts.with_start(items, state, feed, now)]

    waiting = replace(known("/a.xml", is_pending=True, read=None), pending_since=at_start)
    assert there(waiting) == there(None) == there(replace(waiting, pending_since=None)) == [True, False, False]
    assert there(waiting, now=at_start + HOUR) == [True, False, True]
    assert there(replace(waiting, pending_since=at_start + HOUR), now=at_start + 2 * HOUR) == [True, False, False]
    assert there(known("/a.xml")) == there(known("/a.xml", is_plain=True)) == [False] * 3
    assert there(waiting, replace(feed, baseline_at=None)) == [False] * 3


def test_parts_that_fail_leave_places_to_others() -> None:
    parts = [part(f"/news-{number}.xml", number) for number in range(9)]
    failing = tuple(known(f"/news-{number}.xml", is_pending=True) for number in range(6))
    assert chosen(*parts, of=failing) == [f"/news-{number}.xml" for number in (6, 7, 0, 1, 2)]
    assert chosen(*parts[:6], of=failing) == [f"/news-{number}.xml" for number in range(5)]


def test_a_poll_that_reads_nothing_forgets_nothing() -> None:
    parts = [part("/news.xml"), part("/a.xml"), part("/b.xml")]
    before = [known("/news.xml", read=9), known("/gone.xml")]
    read = [index_parts.plain(parts[1], NOW), index_parts.still_pending(parts[2], None, NOW)]
    found = {each.url.removeprefix(SITE): each for each in index_parts.after_failure(read, before, parts)}
    assert found == {"/news.xml": before[0], "/b.xml": read[1], "/a.xml": read[0]}
    assert not index_parts.after_absence(read[1]).is_pending


def test_parts_of_other_sites_are_not_its_own() -> None:
    parts = (
        part("/news.xml"),
        SitemapPart(url="https://maps.kite.example/news.xml"),
        SitemapPart(url="https://x.example/"),
    )
    assert index_parts.own_parts(parts, "https://www.kite.example/index.xml") == parts[:2]


def test_how_many_are_left_unread() -> None:
    parts = [part(f"/news-{number}.xml") for number in range(8)] + [part("/pages.xml")]
    states = (known("/news-7.xml", is_plain=True), known("/news-6.xml", is_pending=True))
    assert index_parts.left_unread(parts, parts[:5], states[:1]) == 2
    assert index_parts.left_unread(parts, parts[:5], states) == 1


@pytest.mark.parametrize(
    ("state", "is_whole", "asked_with"),
    [
        (None, False, Validators()),
        (known("/a.xml"), False, TAGS),
        (known("/a.xml"), True, Validators()),
        (known("/a.xml", is_pending=True), False, Validators()),
        (known("/a.xml", read=None), False, Validators()),
        (known("/a.xml", read=24), False, Validators()),
        (known("/a.xml", read=-1), False, Validators()),
    ],
)
def test_conditions(state: PartState | None, is_whole: bool, asked_with: Validators) -> None:  # noqa: FBT001 (a row)
    assert index_parts.validators_of_part(state, NOW, is_whole=is_whole) == asked_with


def fetched(validators: Validators = NONE, final_url: str = f"{SITE}/a.xml") -> Fetched:
    request = FetchRequest(feed_id=FeedId(1), url=f"{SITE}/a.xml", validators=validators)
    return Fetched(request=request, final_url=final_url, status=200, headers={}, validators=TAGS, body=b"")


def test_after_reading() -> None:
    a = part("/a.xml", 1)
    first = index_parts.after_reading(a, fetched(), "hash", None, NOW)
    assert (first.validators, first.whole_at, first.read_at, first.changed_at) == (TAGS, NOW, NOW, NOW - HOUR)
    later = index_parts.after_reading(a, fetched(TAGS), "hash", known("/a.xml"), NOW)
    assert later.whole_at == NOW - HOUR
    assert index_parts.after_reading(a, fetched(final_url=f"{SITE}/b.xml"), "", None, NOW).validators == Validators()


def test_not_modified_erases_no_validator() -> None:
    def answered(validators: Validators) -> Validators:
        answer = NotModified(request=fetched().request, final_url="", headers={}, validators=validators)
        return index_parts.after_no_change(part("/a.xml"), answer, known("/a.xml", read=9), NOW).validators

    assert answered(Validators()) == TAGS
    assert answered(Validators(etag=b'"2"', last_modified=b"Tue")) == Validators(etag=b'"2"', last_modified=b"Tue")


def test_what_is_remembered() -> None:
    parts = [part("/news.xml"), part("/a.xml"), part("/b.xml")]
    before = [known("/a.xml", is_plain=True), known("/gone.xml", is_plain=True), known("/news.xml")]
    read = [index_parts.still_pending(parts[0], before[2], NOW), index_parts.plain(parts[2], NOW)]
    found = index_parts.remembered(read, before, parts)
    assert [(each.url.removeprefix(SITE), each.is_plain, each.is_pending) for each in found] == [
        ("/news.xml", False, True),
        ("/b.xml", True, False),
        ("/a.xml", True, False),
    ]


def test_a_part_that_failed_for_long_is_read_as_of_then() -> None:
    state = FeedState(id=FeedId(1), url=f"{SITE}/index.xml", next_poll_at=NOW, succeeded_at=NOW - HOUR)
    long_ago = {f"{SITE}/a.xml": known("/a.xml", read=60), f"{SITE}/b.xml": known("/b.xml", read=None)}
    assert index_parts.as_last_read(state, long_ago, [*long_ago, "new"]).succeeded_at == NOW - 60 * HOUR
    assert index_parts.as_last_read(state, long_ago, ["new", f"{SITE}/b.xml"]) == state
    waiting = replace(known("/c.xml", read=None), pending_since=NOW - 50 * HOUR)
    assert index_parts.as_last_read(state, {waiting.url: waiting}, [waiting.url]).succeeded_at == NOW - 50 * HOUR
    assert row_from_state(replace(state, parts=tuple(long_ago.values())))["parts"][1] == {
        "url": f"{SITE}/b.xml",
        "etag": '"1"',
        "last_modified": "Mon",
    }


def test_windows_of_parts_are_joined_up_to_a_limit() -> None:
    before, window = window_of(["a", "b"]), window_of(["b", "c"])
    assert joined(before, window, 3) == window_of(["a", "b", "c"])
    assert joined(before, window, 2) == window
