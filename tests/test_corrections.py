"""What an edition showed and has since been corrected is said once, by the next edition of that digest."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from editions import DAILY, GAZA, NOW, SYRIA, TOPICS, Desk, article, corrected_day, edit, edition_of
from golden_editions import TEMPLATES
from house import House, Story, lived_in, rss, settings, with_parts
from origin import Origin, reply
from simulated import SimulatedClock
from sqlalchemy import event
from sqlalchemy.engine import Engine

from monitor.config import Settings
from monitor.model.edition import CorrectionKind, Edition
from monitor.model.edition_input import Edit
from monitor.model.topic import Rule, Topic
from monitor.render import MAX_HTML_BYTES, encoded_size, render, render_page

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRUCE = Topic(name="Truce", rules=(Rule(all=(("truce",),)),))
SIGNED = "Envoys from Karsk sign truce at the harbour of Lund"
FIXED = "Envoys from Marlow sign truce at the harbour of Lund"
SECTION = "== CORRECTIONS"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


class World:
    """A house with one feed, in which an article is what it is edited to."""

    def __init__(self, folder: Path, origin: Origin, **digest: Any) -> None:
        made = settings(folder, [origin.url("/a.rss")], origin.port)
        (daily,) = made.digests
        self.config: Settings = replace(made, topics=(TRUCE,), digests=(replace(daily, **digest),))
        self.origin, self.clock = origin, SimulatedClock()

    def says(self, *stories: Story) -> None:
        filler = Story(id="old", title="Nothing to see")
        self.origin.serve("/a.rss", reply(rss(filler, *stories)))

    def live(self, span: timedelta) -> list[str]:
        """A daemon that is started anew each time; the mails of this time."""
        with self.house() as house:
            before = len(house.mails())
            house.live(span)
            return house.mails()[before:]

    def poll(self) -> None:
        """By hand, an hour later; no edition is due."""
        with self.house() as house:
            house.clock.advance(HOUR)
            house.poll(*(feed.url for feed in self.config.feeds))

    def house(self) -> AbstractContextManager[House]:
        return lived_in(self.config, self.clock)


def item(title: str = SIGNED, text: str = "They met at night.") -> Story:
    return Story(id="truce", title=title, text=text)


def shown_once(folder: Path, origin: Origin, **digest: Any) -> World:
    """A world in which an edition has shown the article."""
    world = World(folder, origin, **digest)
    world.says()
    world.live(2 * HOUR)
    world.says(item())
    (mail,) = world.live(DAY)
    assert SIGNED in mail
    assert SECTION not in mail
    return world


@pytest.mark.no_cover  # others reach its lines
def test_a_correction_is_said_once_by_the_next_edition(tmp_path: Path, origin: Origin) -> None:
    world = shown_once(tmp_path, origin)
    world.says(item(FIXED))
    (mail,) = world.live(DAY)
    assert mail.count(SIGNED) == 1
    assert f"→ {FIXED} – " in " ".join(mail.split())
    assert "headline changed; listed on" in " ".join(mail.split())
    assert "Corrections to earlier editions: " in mail
    (after,) = world.live(DAY)
    assert SECTION not in after


def test_an_edit_before_it_was_shown_and_one_that_says_the_same_are_none(tmp_path: Path, origin: Origin) -> None:
    world = World(tmp_path, origin)
    world.says()
    world.live(2 * HOUR)
    world.says(item())
    world.poll()
    world.says(item(FIXED))
    (mail,) = world.live(DAY)
    assert FIXED in mail
    assert SECTION not in mail
    world.says(item(f"LIVE: {FIXED}!"))
    (mail,) = world.live(DAY)
    assert SECTION not in mail


@pytest.mark.no_cover  # others reach its lines
def test_many_small_edits_are_compared_with_what_was_shown(tmp_path: Path, origin: Origin) -> None:
    """A headline that goes there and back has no correction; one that drifts has, though no step is one."""
    world = shown_once(tmp_path, origin)
    for title in ("What the truce of Lund means", FIXED):
        world.says(item(title))
        world.poll()
    (mail,) = world.live(DAY)
    assert SECTION in mail
    for title in ("Lund and its truce", FIXED):
        world.says(item(title))
        world.poll()
    (mail,) = world.live(DAY)
    assert SECTION not in mail
    world.says(item())
    (mail,) = world.live(DAY)
    assert FIXED in mail, "what the last correction said is what counts from then on"
    assert SECTION in mail


def test_a_withdrawn_article_is_called_so_though_its_topic_holds_no_more(tmp_path: Path, origin: Origin) -> None:
    world = shown_once(tmp_path, origin)
    world.says(item("Story withdrawn", "This article has been retracted."))
    (mail,) = world.live(DAY)
    words = " ".join(mail.split())
    assert "withdrawn by its publisher; listed on" in words
    assert "“This article has been retracted.”" in words


@pytest.mark.parametrize("fails", ["mail", "edition"])
def test_an_accident_neither_loses_nor_repeats_it(fails: str, tmp_path: Path, origin: Origin) -> None:
    world = shown_once(tmp_path, origin)
    world.says(item(FIXED))
    if fails == "mail":
        (tmp_path / "maildir").rename(tmp_path / "away")
        (tmp_path / "maildir").write_text("no folder")
        with world.house() as house:
            for _ in range(48):
                house.clock.advance(timedelta(minutes=30))
                house.refresh()
                house.jobs.publisher.run()
        (tmp_path / "maildir").unlink()
        (tmp_path / "away").rename(tmp_path / "maildir")
        mails = world.live(DAY)
    else:
        with world.house() as house:
            nothing: Any = None
            broken = with_parts(house.jobs, channel=nothing)
            for _ in range(48):
                house.clock.advance(timedelta(minutes=30))
                house.refresh()
                broken.publisher.run()
        mails = world.live(DAY)
    assert sum(SECTION in mail for mail in mails) == 1


def test_a_preview_consumes_nothing_and_an_edition_by_hand_does(tmp_path: Path, origin: Origin) -> None:
    world = shown_once(tmp_path, origin)
    world.says(item(FIXED))
    world.poll()
    with world.house() as house:
        (digest,) = world.config.digests
        for _ in range(2):
            assert len(house.jobs.publisher.editor.preview(digest).edition.corrections) == 1
        house.jobs.publisher.publish(digest)
        assert house.jobs.publisher.editor.preview(digest).edition.corrections == ()


@pytest.mark.no_cover  # others reach its lines
def test_an_edition_that_has_only_a_correction_is_not_skipped(tmp_path: Path, origin: Origin) -> None:
    world = shown_once(tmp_path, origin, when_empty="skip")
    assert world.live(DAY) == []
    world.says(item(FIXED))
    (mail,) = world.live(DAY)
    assert SECTION in mail
    assert world.live(DAY) == []


@pytest.mark.no_cover  # others reach its lines
def test_an_edit_while_an_edition_is_made_was_shown_by_it(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, origin)
    world.says()
    world.live(2 * HOUR)
    world.says(item())
    world.poll()
    with world.house() as house:
        (digest,) = world.config.digests
        knows = house.jobs.store.edition_input.high_water()
        world.says(item(FIXED))
        house.clock.advance(HOUR)
        reports = house.poll(*(feed.url for feed in world.config.feeds))
        assert sum(report.counts.changed for report in reports) == 1
        monkeypatch.setattr(house.jobs.store.edition_input, "high_water", lambda: knows)
        house.jobs.publisher.publish(digest)
    by_hand, next_day = world.live(DAY)
    assert FIXED in by_hand
    assert SECTION not in next_day


@pytest.mark.no_cover  # others reach its lines
def test_only_what_was_edited_is_looked_up_and_nothing_if_nothing_was(tmp_path: Path, origin: Origin) -> None:
    world = shown_once(tmp_path, origin)
    with world.house() as house, selects() as asked:
        house.jobs.publisher.editor.preview(world.config.digests[0])
        assert not [statement for statement, _ in asked if "revisions.title" in statement]
    world.says(item(FIXED))
    world.poll()
    with world.house() as house, selects() as asked:
        house.jobs.publisher.editor.preview(world.config.digests[0])
        (query,) = (each for each in asked if "revisions.title" in each[0])
        names = asked[asked.index(query) + 1]
        with house.jobs.store.database.read() as connection:
            rows = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given) for text, given in (query, names)]
            plans = ["\n".join(row[-1] for row in each) for each in rows]
    for plan in plans:
        assert "SEARCH listings USING INDEX ix_listings_article_id" in plan
        assert plan.count(" listings ") == 1
    assert re.search(r"SEARCH corrections USING (?:COVERING )?INDEX ix_corrections_article_id", plans[0])


@contextmanager
def selects() -> Iterator[list[tuple[str, Any]]]:
    """The queries that are run, with what they are given."""
    asked: list[tuple[str, Any]] = []

    def before(_connection: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, given))

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def composed(*edits: Edit, digest: Any = DAILY, topics: Any = TOPICS) -> Edition:
    return edition_of(replace(Desk().edition_input(last_match={SYRIA: NOW}), edits=edits), topics, digest=digest)


KARSK, MARLOW = "Ferry sinks off Karsk with twelve aboard", "Ferry sinks off Marlow with twelve aboard"


def test_the_gravest_kind_comes_first_and_muted_topics_are_silent() -> None:
    changed = edit(article(1, MARLOW), KARSK)
    corrected = edit(article(2, f"CORRECTED: {MARLOW}"), KARSK)
    withdrawn = edit(article(3, KARSK, "This story has been withdrawn."), KARSK, "It sank.")
    untitled = edit(article(4, "", "This story has been withdrawn."), "", "A ferry sinks.")
    edition = composed(changed, corrected, withdrawn, untitled, edit(article(5, KARSK), KARSK))
    assert [each.kind for each in edition.corrections] == [
        CorrectionKind.WITHDRAWN,
        CorrectionKind.WITHDRAWN,
        CorrectionKind.CORRECTED,
        CorrectionKind.CHANGED,
    ]
    assert [each.has_new_headline for each in edition.corrections] == [False, True, True, True]
    assert edition.corrections[1].before == "A ferry sinks."
    muted = [replace(each, mute_until=NOW.date() + DAY) if each.name == SYRIA else each for each in TOPICS]
    both = edit(article(6, MARLOW), KARSK, topics=(SYRIA, GAZA))
    assert [each.item.article_id for each in composed(changed, both, topics=muted).corrections] == [6]


@pytest.mark.no_cover  # others reach its lines
def test_an_edition_with_nothing_but_a_correction_says_both() -> None:
    edition = composed(edit(article(1, MARLOW), KARSK), digest=replace(DAILY, when_empty="skip"))
    assert (edition.is_empty, edition.unmailed_since, edition.is_mailed) == (False, None, True)
    mail = render(edition, TEMPLATES)
    assert mail.subject == "[Daily] Wed 21 Sep: nothing new · 1 corrected"
    for part in (mail.text, mail.html, render_page(edition, TEMPLATES)):
        assert "Nothing new on any of your 3 topics" in part
        assert KARSK in part
        assert MARLOW in part
    assert mail.text.startswith(f"Wed 21 Sep: headline changed: {MARLOW}\n")


def test_a_flood_of_corrections_stays_small_and_none_is_lost() -> None:
    long = "طويل " * 50
    edits = [
        edit(article(n, f"KILL: {long}{n}", "This story has been withdrawn. " * 9, language="ar"), f"{long}{n}")
        for n in range(1, 41)
    ]
    edition = composed(*edits)
    mail = render(edition, TEMPLATES)
    assert encoded_size(mail.html) <= MAX_HTML_BYTES
    assert mail.html.count("withdrawn by its publisher; listed") == 10
    assert mail.text.count("+ 30 more in the attached file") == 1
    assert mail.html.count("+ 30 more in the attached file") == 1
    assert mail.rest.count("https://news.example/") == 30
    archived = render(edition, TEMPLATES, archive_page="https://a.example/1")
    assert archived.rest == ""
    assert render_page(edition, TEMPLATES).count("withdrawn by its publisher; listed") == 40


def test_a_page_and_both_parts_say_old_and_new() -> None:
    edition = corrected_day()
    mail = render(edition, TEMPLATES)
    for part in (mail.html, render_page(edition, TEMPLATES)):
        assert '<h2 class="ink rule" id="corrected"' in part
        assert "General steps down over the convoy</bdi></span> → <a" in part
    assert "3 corrected" in mail.subject
