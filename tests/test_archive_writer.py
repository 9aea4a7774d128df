"""The archive folder as a whole: every page leads to its neighbours, and the index to the newest headlines."""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from editions import EDITIONS
from golden_editions import TEMPLATES, page_of
from house import House, Story, house, lived_in, rss, settings
from origin import Origin, reply
from selectolax.lexbor import LexborHTMLParser
from simulated import NOON

from monitor.archive import FEEDS, FORM, has_index, write_index
from monitor.jobs import archive_writer
from monitor.jobs.archive_contents import HEADLINES, MOST_MONTHS, NEWEST, in_turn, months_of
from monitor.model.archive_index import ArchiveEntry, Neighbours
from monitor.model.edition import Form, Listing
from monitor.model.edition_input import HighWater
from monitor.model.ids import ArticleId, EditionId, FeedId, StoryId
from monitor.model.new_edition import EditionKind, NewEdition
from monitor.model.past import ListedTopic
from monitor.model.settings import DigestSettings
from monitor.render import render_index, topic_anchor, with_neighbours

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRUCE = Story(id="truce", title="Syria cease-fire is announced", text="Quiet in Aleppo.", at=NOON)
HOSTILE = Story(
    id="hostile",
    title='Syria truce &lt;script&gt;alert(1)&lt;/script&gt;" onclick="x\u202e</a>{{7*7}}',
    text="Aleppo.",
    at=NOON,
)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        yield origin


def folder_of(home: House) -> Path:
    return home.folder / "archive"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.html")}


def ways(folder: Path, page: str) -> dict[str, str]:
    """rel → page, of the links at the head of a page; those at its end are the same."""
    found = []
    for nav in LexborHTMLParser((folder / page).read_text("utf-8")).css("nav"):
        links = {str(link.attributes.get("rel")): str(link.attributes["href"]) for link in nav.css("a")}
        assert links.pop("None") == "../index.html"
        found.append({rel: href.removeprefix("../") for rel, href in links.items()})
    assert found
    assert all(each == found[0] for each in found)
    return found[0]


def chain(folder: Path, page: str) -> list[str]:
    """The pages from this one on, each of which leads back to the one before it."""
    pages = [page]
    while "next" in ways(folder, pages[-1]):
        pages.append(ways(folder, pages[-1])["next"])
        assert ways(folder, pages[-1])["prev"] == pages[-2]
    assert "prev" not in ways(folder, page)
    return pages


def test_each_page_leads_to_the_one_before_and_after_and_no_link_leads_nowhere(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE, HOSTILE)))
    with house(tmp_path, origin, "/a") as home:
        home.live(3 * DAY)
        folder = folder_of(home)
        assert chain(folder, "Daily/2026-03-02.html") == [f"Daily/2026-03-0{day}.html" for day in (2, 3, 4)]
        for page in folder.rglob("*.html"):
            document = LexborHTMLParser(page.read_text("utf-8"))
            for link in document.css("a"):
                address, _, anchor = unquote(str(link.attributes["href"])).partition("#")
                if not address.startswith("http"):
                    assert not address.startswith("/")
                    target = (page.parent / address).resolve() if address else page
                    assert target.is_relative_to(folder.resolve())
                    there = LexborHTMLParser(target.read_text("utf-8"))
                    assert not anchor or there.css_first(f"#{anchor}") is not None, (page, address, anchor)
            assert not document.css("script, [onclick]")


def test_of_several_a_day_each_has_its_turn_also_one_made_by_hand(tmp_path: Path, origin: Origin) -> None:
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    twice = replace(config.digests[0], at=(time(7), time(18)))
    with lived_in(replace(config, digests=(twice,))) as home:
        home.live(DAY + HOUR)
        assert home.jobs.publisher.publish(twice)
        home.live(DAY)
        pages = chain(folder_of(home), "Daily/2026-03-01T1800.html")
    assert pages == [
        "Daily/2026-03-01T1800.html",
        "Daily/2026-03-02T0700.html",
        "Daily/2026-03-02T130000Z.html",
        "Daily/2026-03-02T1800.html",
        "Daily/2026-03-03T0700.html",
    ]


def test_digests_are_kept_apart_and_each_says_dates_in_its_own_language(tmp_path: Path, origin: Origin) -> None:
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    weekly = DigestSettings(name="Week/ly نشرة", to=(), kind="roll-up", at=time(8))
    german = DigestSettings(name="Täglich", to=(), language="de", at=time(7))
    with lived_in(replace(config, digests=(*config.digests, weekly, german))) as home:
        home.live(9 * DAY)
        folder = folder_of(home)
        for own in (path for path in folder.iterdir() if path.is_dir() and path.name != FEEDS):
            pages = sorted(f"{own.name}/{page.name}" for page in own.glob("*.html"))
            assert len(pages) > 1
            assert chain(folder, pages[0]) == pages
        (german_folder,) = folder.glob("T*glich*")
        assert 'lang="de">Mo., 2. M' in (german_folder / "2026-03-03.html").read_text("utf-8")


@pytest.mark.parametrize("damage", ["in the way", "deleted", "no index", "old index", "cut index"])
def test_whatever_becomes_of_the_folder_it_is_the_same_again(tmp_path: Path, origin: Origin, damage: str) -> None:
    with house(tmp_path / "sound", origin, "/a") as home:
        home.live(3 * DAY)
        sound = contents(folder_of(home))
    with house(tmp_path / "hurt", origin, "/a") as home:
        folder = folder_of(home)
        if damage == "in the way":
            folder.write_text("x")
        home.live(3 * DAY)
        if damage == "in the way":
            assert len(home.mails()) == 3
            folder.unlink()
        elif damage == "deleted":
            shutil.rmtree(folder)
        else:
            index = folder / "index.html"
            (folder / "Daily" / "2026-03-02.html").write_text("of an earlier version")
            whole = index.read_bytes()
            index.unlink()
            if damage != "no index":
                index.write_bytes(whole.removesuffix(FORM) if damage == "old index" else whole[:3])
        home.jobs.keeper.run()
        assert contents(folder) == sound


def test_one_page_that_cannot_be_written_costs_no_other_and_is_tried_again(tmp_path: Path, origin: Origin) -> None:
    with house(tmp_path, origin, "/a") as home:
        home.live(DAY)
        first = folder_of(home) / "Daily" / "2026-03-02.html"
        first.unlink()
        first.mkdir()
        home.live(2 * DAY)
        assert ways(folder_of(home), "Daily/2026-03-03.html") == {
            "prev": "Daily/2026-03-02.html",
            "next": "Daily/2026-03-04.html",
        }
        first.rmdir()
        home.jobs.keeper.run()
        assert len(chain(folder_of(home), "Daily/2026-03-02.html")) == 3


def test_a_long_archive_is_written_in_runs_the_newest_first(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house(tmp_path, origin, "/a") as home:
        home.live(5 * DAY)
        sound = contents(folder_of(home))
        shutil.rmtree(folder_of(home))
        monkeypatch.setattr(archive_writer, "MOST_PAGES", 2)
        for pages in (2, 4, 5):
            home.jobs.publisher.archive_writer.run()
            there = sorted((folder_of(home) / "Daily").iterdir())
            assert [page.name for page in there] == [f"2026-03-0{day}.html" for day in (2, 3, 4, 5, 6)][-pages:]
        assert contents(folder_of(home)) == sound


def test_only_what_changed_is_written(tmp_path: Path, origin: Origin) -> None:
    with house(tmp_path, origin, "/a") as home:
        home.live(4 * DAY)
        before = {path: path.stat().st_ino for path in folder_of(home).rglob("*.html")}
        home.jobs.keeper.run()
        assert {path: path.stat().st_ino for path in before} == before
        home.live(DAY)
        assert {path.name for path, inode in before.items() if path.stat().st_ino != inode} == {
            "2026-03-05.html",
            "index.html",
        }


# ---- an edition published in any order


def ids(*numbers: int) -> tuple[ArticleId, ...]:
    return tuple(map(ArticleId, numbers))


def stored(
    home: House, made_at: datetime, *listings: Listing, slot: str = "", subject: str = "[Daily] x: news"
) -> EditionId:
    label = slot or f"{made_at:%Y-%m-%dT%H:%M:%SZ}"
    edition_id = home.jobs.store.new_editions.publish(
        NewEdition(
            digest="Daily",
            kind=EditionKind.MANUAL,
            slot=label,
            slots=(),
            made_at=made_at,
            subject=subject,
            page=f"<body>{label}<!-- neighbours above --></body>",
            knew=HighWater(),
            listings=listings,
            deliveries=(),
        )
    )
    assert edition_id is not None
    return edition_id


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 0, 1, 2), (2, 0, 3, 1), (3, 2, 1, 0)])
def test_one_made_while_the_clock_was_wrong_finds_its_place(
    tmp_path: Path, origin: Origin, order: Sequence[int]
) -> None:
    with house(tmp_path, origin) as home:
        for number in order:
            stored(home, NOON + number * DAY, slot=f"{number}")
            home.jobs.publisher.archive_writer.run()
        assert chain(folder_of(home), "Daily/0.html") == [f"Daily/{number}.html" for number in range(4)]


# ---- pages that have no place for the links


BESIDE = Neighbours(
    previous=ArchiveEntry(page="Daily/1.html", dated=date(2015, 12, 31), kind="scheduled", made_at=NOON, words=""),
    next=None,
    made_at=datetime(2016, 1, 1, 7, tzinfo=UTC),
    timezone="UTC",
    language="en",
)


def test_a_page_of_an_earlier_version_has_them_at_its_end() -> None:
    old = '<html><body><p>&lt;/body&gt; <a href="../index.html">All editions</a></p></body></html>'
    page = with_neighbours(old, BESIDE, TEMPLATES)
    assert page.count("<nav") == 1
    assert re.search(
        r'rel="prev" href="\.\./Daily/1\.html".*Thu 31 Dec 2015.*</nav>\n?</body></html>$', page, re.DOTALL
    )
    assert 'rel="next"' not in page


@pytest.mark.parametrize("page", ["", "no markup at all", "<p>an owner's own</p>"])
def test_what_is_no_whole_page_stays_as_it_is(page: str) -> None:
    assert with_neighbours(page, BESIDE, TEMPLATES) == page


def test_a_page_has_them_at_both_ends_and_its_topics_at_its_head() -> None:
    for name in ("ordinary", "hostile", "flood"):
        edition = EDITIONS[name]()
        page = LexborHTMLParser(page_of(edition))
        assert [nav.attributes["aria-label"] for nav in page.css("nav")] == ["Editions", "Editions, again"]
        for section in edition.sections:
            anchor = topic_anchor(section.topic)
            assert page.css_first(f"h2#{anchor}") is not None
            assert page.css_first(f'p a[href="#{anchor}"]') is not None
    assert "<!-- neighbours" not in page_of(EDITIONS["hostile"]())


def test_two_topics_never_share_an_anchor() -> None:
    names = ["a b", "a/b", "a-b", "A b", "", "هدنة", "\ud800", "x" * 300]
    assert len({topic_anchor(name) for name in names}) == len(names)
    assert all(re.fullmatch("topic-[0-9a-f]{8}", topic_anchor(name)) for name in names)


def index_of(home: House) -> LexborHTMLParser:
    return LexborHTMLParser((folder_of(home) / "index.html").read_text("utf-8"))


def headlines(home: House) -> list[str]:
    return [node.text() for node in index_of(home).css("li li a")]


def test_a_headline_is_the_one_that_the_edition_had(tmp_path: Path, origin: Origin) -> None:
    with house(tmp_path, origin, "/a") as home:
        home.live(DAY)
        assert headlines(home) == [TRUCE.title]
        origin.serve("/a", reply(rss(replace(TRUCE, title="CORRECTED: Syria cease-fire is not announced"))))
        home.live(DAY)
        assert headlines(home) == [TRUCE.title]
        place = index_of(home).css_first("li li a")
        assert place is not None
        assert str(place.attributes["href"]).startswith("Daily/2026-03-02.html#topic-")


def test_what_retention_took_is_gone_from_the_index_alone(tmp_path: Path, origin: Origin) -> None:
    with house(tmp_path, origin, "/a") as home:
        home.live(DAY)
        home.jobs.store.retention.bury({ArticleId(1): (FeedId(1), (1,))}, home.clock.now())
        home.live(DAY)
        assert headlines(home) == []
        assert [node.text() for node in index_of(home).css("li > a > bdi")][:2] == ["Tue 3 Mar", "Mon 2 Mar"]
        assert TRUCE.title in (folder_of(home) / "Daily" / "2026-03-02.html").read_text("utf-8")


def test_hostile_headlines_are_text(tmp_path: Path, origin: Origin) -> None:
    arabic = Story(id="ar", title="هدنة في سوريا", text="cease-fire", at=NOON + 20 * HOUR)
    origin.serve("/a", reply(rss(HOSTILE)))
    with house(tmp_path, origin, "/a") as home:
        home.live(DAY)
        origin.serve("/a", reply(rss(HOSTILE, arabic)))
        home.live(DAY)
        links = {node.text(): node for node in index_of(home).css("li li a bdi")}
    assert any(title.startswith("Syria truce <script>") and "{{7*7}}" in title for title in links)
    assert not any("\u202e" in title for title in links)
    assert links[arabic.title].attributes["dir"] == "rtl"


def test_muted_and_passed_on_matches_lead_nothing(tmp_path: Path, origin: Origin) -> None:
    stories = [replace(TRUCE, id=f"{number}", title=f"Syria truce in town {number}") for number in range(7)]
    origin.serve("/a", reply(rss(*stories)))
    forms = (Form.MUTED, Form.POINTER, Form.LATE, Form.PASSING, Form.STORY, Form.ALSO, Form.BASELINE)
    with house(tmp_path, origin, "/a") as home:
        home.tick()
        topic = home.jobs.publisher.editor.topics[0].name
        listed = [
            Listing(topic=topic, article_id=ArticleId(number + 1), form=form) for number, form in enumerate(forms)
        ]
        edition_id = stored(home, home.clock.now(), *listed)
        found = home.jobs.store.listings.leading([edition_id], len(forms))
    assert found == {edition_id: (ListedTopic(topic=topic, article_ids=ids(5, 4, 3, 7)),)}


def test_one_headline_a_story_and_what_most_carry_first(tmp_path: Path, origin: Origin) -> None:
    """Of three stories, two of them mentioned in passing, the second by three articles."""
    stories = [replace(TRUCE, id=f"{number}", title=f"Syria truce in town {number}") for number in range(5)]
    origin.serve("/a", reply(rss(*stories)))
    with house(tmp_path, origin, "/a") as home:
        home.tick()
        topic = home.jobs.publisher.editor.topics[0].name
        home.jobs.store.stories.keep(
            {
                ArticleId(1): StoryId(1),
                ArticleId(2): StoryId(2),
                ArticleId(3): StoryId(2),
                ArticleId(4): StoryId(2),
                ArticleId(5): StoryId(5),
            }
        )
        forms = (Form.PASSING, Form.PASSING, Form.PASSING, Form.PASSING, Form.STORY)
        listed = [Listing(topic=topic, article_id=ArticleId(number), form=form) for number, form in enumerate(forms, 1)]
        edition_id = stored(home, home.clock.now(), *listed)
        found = home.jobs.store.listings.leading([edition_id], HEADLINES)
        assert found[edition_id][0].article_ids == (5, 2, 1)
        assert home.jobs.store.listings.leading([edition_id], 2)[edition_id][0].article_ids == (
            5,
            2,
        )


TOPICS = (ListedTopic(topic="A", article_ids=ids(1, 2, 3)), ListedTopic(topic="B", article_ids=ids(2, 4)))


@pytest.mark.parametrize(
    ("topics", "most", "expected"),
    [
        ((), 3, ()),
        (TOPICS, 0, ()),
        (TOPICS[:1], 2, (("A", 1), ("A", 2))),
        (TOPICS, 3, (("A", 1), ("B", 2), ("B", 4))),
        (TOPICS, 9, (("A", 1), ("B", 2), ("B", 4), ("A", 3))),
        ((TOPICS[1], TOPICS[1]), 9, (("B", 2), ("B", 4))),
    ],
)
def test_headlines_are_taken_from_each_topic_in_turn(
    topics: Sequence[ListedTopic], most: int, expected: tuple[tuple[str, int], ...]
) -> None:
    assert in_turn(topics, most) == expected


def test_a_date_leads_to_its_first_edition() -> None:
    days = ((date(2016, 3, 1), "c"), (date(2016, 2, 29), "b"), (date(2016, 2, 29), "a"), (date(2015, 2, 28), "z"))
    made: list[Any] = [{"dated": day, "page": page, "kind": "", "made_at": NOON, "words": ""} for day, page in days]
    months = months_of([ArchiveEntry(**each) for each in made])
    assert [[each.page for each in month.days] for month in months] == [["c"], ["a"], ["z"]]
    assert [month.first for month in months] == [date(2016, 3, 1), date(2016, 2, 29), date(2015, 2, 28)]
    assert months_of([]) == ()


def test_the_index_of_thousands_of_editions_is_bounded(tmp_path: Path, origin: Origin) -> None:
    with house(tmp_path, origin) as home:
        stored(home, NOON)
        (one,) = home.jobs.store.editions.archived()
        years = [
            replace(one, id=EditionId(number), made_at=NOON - number * DAY / 2, slot=f"{number}")
            for number in range(9_000)
        ]
        index = home.jobs.publisher.archive_writer.contents.index(years)
        html = render_index(index, home.jobs.publisher.editor.renderer.templates)
    (digest,) = index.digests
    assert (index.editions, len(digest.entries), len(digest.months)) == (9_000, NEWEST, MOST_MONTHS)
    assert digest.has_older
    assert len(html) < 400_000
    assert "each page leads to the one before it" in html


def test_an_index_is_known_by_its_end(tmp_path: Path) -> None:
    assert not has_index(tmp_path / "nowhere")
    write_index(tmp_path, "")
    assert has_index(tmp_path)
    (tmp_path / "index.html").write_bytes(b"x")
    assert not has_index(tmp_path)
