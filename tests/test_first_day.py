"""The first day: what was in the feeds before the monitor came is said, once, and nowhere called silence."""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from editions import DAILY, GAZA, NOW, RUSSIA, SYRIA, Desk, article, edition_of
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import NOON, SimulatedClock
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli import settings as cli_settings
from monitor.config import Settings
from monitor.digest.baseline import baseline_of
from monitor.model.edition import Baseline, Edition, Form
from monitor.model.edition_input import BaselineFacts, BaselineMatch
from monitor.model.ids import ArticleId
from monitor.model.match import Origin as Why
from monitor.model.settings import DigestSettings, FeedSettings
from monitor.model.topic import Rule, Topic
from monitor.render.baseline import already

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRUCE = Topic(name="Truce", rules=(Rule(all=(("truce",),)),))
FERRY = Topic(name="Ferry lines", rules=(Rule(all=(("ferry",),)),))
Listing = Literal["count", "list"]


def old(*titles: str, days: float = 3, name: str = "old") -> list[Story]:
    return [Story(id=f"{name}-{n}", title=title, at=NOON - timedelta(days=days + n)) for n, title in enumerate(titles)]


def fresh(*titles: str, name: str = "fresh") -> list[Story]:
    return [Story(id=f"{name}-{n}", title=title, at=NOON - (n + 1) * HOUR) for n, title in enumerate(titles)]


HARBOUR = [
    *fresh("Truce reached at the harbour"),
    *old(
        "Children of the northern dunes agree on a truce over kites",
        "Lisbon bakers sign their truce after a summer of cheap rolls",
        "A quiet market day",
    ),
    Story(id="undated", title="Grandmasters call it a truce when the power fails"),
]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def config_for(folder: Path, origin: Origin, *paths: str, **digest: object) -> Settings:
    found = settings(folder, [origin.url(path) for path in paths], origin.port)
    daily = replace(found.digests[0], **digest)  # type: ignore[arg-type]
    return replace(found, topics=(TRUCE, FERRY), digests=(daily,))


def serve(origin: Origin, **feeds: Sequence[Story]) -> None:
    for path, stories in feeds.items():
        origin.serve(f"/{path}", reply(rss(*stories, title=f"The {path.title()} Post")))


def told(mail: str) -> str:
    """What a mail says of a baseline, in one line; "" if nothing."""
    found = re.search(r"(\S+ articles? (?:was|were) in .*? already.*?\.)\s*(Show\s+them:\s*\S[^\n]*)?", mail, re.DOTALL)
    return " ".join(" ".join(filter(None, found.groups())).split()) if found else ""


def run(*arguments: str, config: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(cli_settings, "draft_of", lambda _context: config)
    monkeypatch.setattr(cli_settings, "outline_of", lambda _context: config)
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "80"}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def preview(home: House) -> Edition:
    edition = home.jobs.publisher.editor.preview(home.jobs.publisher.digests[0]).edition
    assert isinstance(edition, Edition)
    return edition


# ---- The first edition


def test_the_first_edition_says_what_was_there_and_the_second_does_not(tmp_path: Path, origin: Origin) -> None:
    serve(origin, harbour=HARBOUR)
    with lived_in(config_for(tmp_path, origin, "/harbour")) as home:
        home.live(2 * DAY)
        first, second = home.mails()
    assert told(first) == (
        "5 articles were in your feeds already; 4 match your topics; 1 was less than 24 hours old and is listed"
        " below, 3 are not mailed. Show them: news-monitor feeds baseline"
    )
    assert not told(second)
    assert "kites" not in first + second
    assert first.index("already") < first.rindex("Truce reached at the harbour")


def test_a_preview_says_it_too_and_calls_no_topic_silent_that_was_just_flagged(tmp_path: Path, origin: Origin) -> None:
    serve(origin, harbour=old("A truce over kites", "The ferry is late", "Truce among bakers"))
    with lived_in(config_for(tmp_path, origin, "/harbour")) as home:
        (report,) = home.refresh()
        assert report.matches == 3
        draft = home.jobs.publisher.editor.preview(home.jobs.publisher.digests[0])
    text = draft.rendered.text
    assert "nothing for" not in text
    assert "Truce – nothing new; 2 were there before the first poll (last match Thu 26 Feb)" in " ".join(text.split())
    assert "3 match your topics; 3 are not mailed." in " ".join(text.split())
    assert "news-monitor feeds baseline" in draft.rendered.html
    assert "3 match your topics" in draft.page


@pytest.mark.no_cover  # others reach its lines
def test_a_quiet_topic_counts_what_was_there_by_its_own_date(tmp_path: Path, origin: Origin) -> None:
    serve(origin, harbour=[*old("A truce over kites", days=4), Story(id="u", title="The ferry is late")])
    with lived_in(config_for(tmp_path, origin, "/harbour")) as home:
        home.live(3 * DAY)
        mail = " ".join(home.mails()[-1].split())
    assert "Truce – nothing for 7 days (last match Wed 25 Feb)" in mail
    assert "Ferry lines – nothing for 3 days" in mail


@pytest.mark.no_cover  # others reach its lines
@pytest.mark.parametrize(
    ("stories", "said"),
    [
        ((), ""),
        (old("A quiet market day"), "1 article was in your feeds already; none matches your topics."),
        (
            [*fresh("Truce at dawn", "Truce at noon"), *old("A quiet market day")],
            (
                "3 articles were in your feeds already; 2 match your topics; 2 were less than 24 hours old and"
                " are listed below."
            ),
        ),
        (
            [Story(id="u", title="Truce without a date")],
            (
                "1 article was in your feeds already; 1 matches your topics; 1 is not mailed. Show them:"
                " news-monitor feeds baseline"
            ),
        ),
        (  # one article under two topics is one article
            old("Truce on the ferry"),
            (
                "1 article was in your feeds already; 1 matches your topics; 1 is not mailed. Show them:"
                " news-monitor feeds baseline"
            ),
        ),
        (  # dated in the future: no credible date of the last day is needed more than this
            [Story(id="f", title="Truce tomorrow", at=NOON + 3 * DAY)],
            (
                "1 article was in your feeds already; 1 matches your topics; 1 is not mailed. Show them:"
                " news-monitor feeds baseline"
            ),
        ),
    ],
)
def test_its_numbers_add_up(tmp_path: Path, origin: Origin, stories: Sequence[Story], said: str) -> None:
    serve(origin, harbour=stories)
    with lived_in(config_for(tmp_path, origin, "/harbour")) as home:
        home.live(DAY)
        (mail,) = home.mails()
    assert told(mail) == said


@pytest.mark.no_cover  # others reach its lines
def test_several_feeds_are_one_sentence_and_two_digests_have_their_own(tmp_path: Path, origin: Origin) -> None:
    serve(origin, harbour=HARBOUR, quay=old("The ferry is late", "Truce on the quay", name="q"))
    config = config_for(tmp_path, origin, "/harbour", "/quay")
    ferries = DigestSettings(name="Ferries only", to=("b@reader.example",), topics=("Ferry lines",))
    config = replace(config, digests=(*config.digests, ferries))
    with lived_in(config) as home:
        home.live(2 * DAY)
        mails = home.mails()
    said = [told(mail) for mail in mails]
    assert len(mails) == 4
    assert sorted(filter(None, said)) == [
        (
            "7 articles were in your feeds already; 1 matches your topics; 1 is not mailed. Show them: news-monitor"
            " feeds baseline --digest 'Ferries only'"
        ),
        (
            "7 articles were in your feeds already; 6 match your topics; 1 was less than 24 hours old and is"
            " listed below, 5 are not mailed. Show them: news-monitor feeds baseline"
        ),
    ]


# ---- Once


def test_a_feed_that_is_added_in_week_three_is_named_in_the_next_edition_alone(tmp_path: Path, origin: Origin) -> None:
    serve(origin, harbour=HARBOUR)
    clock = SimulatedClock()
    config = config_for(tmp_path, origin, "/harbour")
    with lived_in(config, clock) as home:
        home.live(2 * DAY)
        clock.advance(18 * DAY)
        home.tick()
    late = [replace(each, at=each.at and each.at + 20 * DAY) for each in old("A truce over kites", "Ferry news")]
    serve(origin, quay=[replace(each, id=f"q{each.id}") for each in late])
    wider = replace(config, feeds=(*config.feeds, FeedSettings(url=origin.url("/quay"))))
    with lived_in(wider, clock) as home:
        before = len(home.mails())
        home.live(DAY)
        home.live(DAY)
        mails = home.mails()[before:]
    said = [told(mail) for mail in mails]
    assert said == [
        (
            "2 articles were in The Quay Post already; 2 match your topics; 2 are not mailed. Show them: news-monitor"
            " feeds baseline 'The Quay Post'"
        ),
        "",
    ]


def test_restarts_and_feeds_that_come_back_move_or_change_hands_bring_no_second_first_day(
    tmp_path: Path, origin: Origin
) -> None:
    serve(origin, harbour=HARBOUR, moved=HARBOUR)
    clock, config = SimulatedClock(), config_for(tmp_path, origin, "/harbour")
    (feed,) = config.feeds
    moved = FeedSettings(url=origin.url("/moved"), was=feed.url)
    adopted = FeedSettings(url=origin.url("/moved"))
    for feeds in ((feed,), (), (feed,), (replace(feed, enabled=False),), (moved,), (), (adopted,)):
        with lived_in(replace(config, feeds=feeds), clock) as home:
            home.live(DAY)
            mails = home.mails()
    assert len(mails) == 7
    assert [bool(told(mail)) for mail in mails] == [True] + [False] * 6


@pytest.mark.no_cover  # others reach its lines
def test_a_restart_before_the_edition_forgets_nothing(tmp_path: Path, origin: Origin) -> None:
    serve(origin, harbour=HARBOUR)
    clock, config = SimulatedClock(), config_for(tmp_path, origin, "/harbour")
    for hours in (1, 1, 20, 3):
        with lived_in(config, clock) as home:
            home.live(hours * HOUR)
            mails = home.mails()
    assert [bool(told(mail)) for mail in mails] == [True]


@pytest.mark.no_cover  # others reach its lines
def test_a_digest_that_is_added_later_has_no_first_day_of_old_feeds(tmp_path: Path, origin: Origin) -> None:
    serve(origin, harbour=HARBOUR)
    clock, config = SimulatedClock(), config_for(tmp_path, origin, "/harbour")
    with lived_in(config, clock) as home:
        home.live(5 * DAY)
    other = replace(config.digests[0], name="Other", baseline="list")
    with lived_in(replace(config, digests=(other,)), clock) as home:
        before = len(home.mails())
        home.live(DAY)
        (mail,) = home.mails()[before:]
    assert not told(mail)
    assert "kites" not in mail


def test_an_empty_edition_that_was_skipped_has_said_nothing(tmp_path: Path, origin: Origin) -> None:
    harbour = old("A truce over kites")
    origin.serve("/harbour", reply(rss(*harbour)))
    clock, config = SimulatedClock(), config_for(tmp_path, origin, "/harbour", when_empty="skip")
    with lived_in(config, clock) as home:
        home.live(2 * DAY)
        assert not home.mails()
    news = Story(id="news", title="Truce signed", at=clock.now())
    origin.serve("/harbour", reply(rss(news, *harbour)))
    with lived_in(config, clock) as home:
        home.live(2 * DAY)
        (mail,) = home.mails()
    assert told(mail).startswith("1 article was in your feeds already; 1 matches your topics; 1 is not mailed.")
    assert "Truce signed" in mail


# ---- baseline = "list"


def test_a_digest_may_list_them_once(tmp_path: Path, origin: Origin) -> None:
    serve(origin, harbour=HARBOUR)
    with lived_in(config_for(tmp_path, origin, "/harbour", baseline="list")) as home:
        home.live(2 * DAY)
        first, second = home.mails()
    assert told(first) == "5 articles were in your feeds already; 4 match your topics; 4 are listed below."
    for word in ("kites", "bakers", "Grandmasters"):
        assert word in first
        assert word not in second
    assert "In the feeds before the first poll" in first
    assert "before the first poll" not in second


def test_the_archive_finds_the_headlines_of_a_first_day_again(tmp_path: Path, origin: Origin) -> None:
    """An edition that lists nothing else is in the index by these; one that only counts them has no headlines."""
    serve(origin, harbour=old("A truce over kites", "The ferry is late"))
    for folder, baseline, expected in (
        ("listed", "list", ["A truce over kites", "The ferry is late"]),
        ("counted", "count", []),
    ):
        with lived_in(config_for(tmp_path / folder, origin, "/harbour", baseline=baseline)) as home:
            home.live(DAY)
            index = (home.folder / "archive" / "index.html").read_text("utf-8")
        assert [title for title in ("A truce over kites", "The ferry is late") if title in index] == expected


@pytest.mark.no_cover  # others reach its lines
def test_who_asks_for_it_after_the_first_edition_gets_it_in_the_next(tmp_path: Path, origin: Origin) -> None:
    serve(origin, harbour=HARBOUR)
    clock, config = SimulatedClock(), config_for(tmp_path, origin, "/harbour")
    with lived_in(config, clock) as home:
        home.live(DAY)
    with lived_in(replace(config, digests=(replace(config.digests[0], baseline="list"),)), clock) as home:
        home.live(2 * DAY)
        _, second, third = home.mails()
    assert "In the feeds before the first poll (3)" in second
    assert not told(second)
    assert "before the first poll" not in third


# ---- Roll-up


def test_a_roll_up_says_it_and_counts_only_the_news(tmp_path: Path, origin: Origin) -> None:
    serve(origin, harbour=HARBOUR)
    config = config_for(tmp_path, origin, "/harbour", kind="roll-up")
    with lived_in(config) as home:
        home.live(9 * DAY)
        first, second = home.mails()
    assert told(first) == (
        "5 articles were in your feeds already; 4 match your topics; 1 was less than 24 hours old and is counted"
        " below, 3 are not counted. Show them: news-monitor feeds baseline"
    )
    assert "1 story, 1 of them new" in first
    assert not told(second)


# ---- Commands


def test_poll_says_it_and_its_json_has_the_numbers(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of a command is the real one, and so is the age of what it reads."""
    serve(origin, harbour=[replace(each, at=each.at and each.at - 9 * DAY) for each in HARBOUR])
    config = config_for(tmp_path / "one", origin, "/harbour")
    shown = run("poll", config=config, monkeypatch=monkeypatch)
    said = "5 articles were in this feed already; 4 match a topic; 4 are not mailed. Show them: news-monitor feeds"
    assert f"{said} baseline" in " ".join(shown.split())
    again = config_for(tmp_path / "two", origin, "/harbour")
    (report,) = json.loads(run("poll", "--json", config=again, monkeypatch=monkeypatch))["reports"]
    assert report["baseline"] == {"articles": 5, "matching": 4, "fresh": 0}
    assert report["matches"] == 4


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        (("count", "count"), "4 match a topic; 4 are not mailed. Show them: news-monitor feeds baseline"),
        (("list", "list"), "4 match a topic; 4 will be listed once, as old. Show them"),
        (("list", "count"), "4 match a topic; 4 will be listed once, as old, by Daily only. Show them"),
    ],
)
def test_poll_knows_what_becomes_of_them(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch, listing: tuple[Listing, Listing], said: str
) -> None:
    serve(origin, harbour=HARBOUR)
    config = config_for(tmp_path, origin, "/harbour", baseline=listing[0])
    other = replace(config.digests[0], name="Other", baseline=listing[1])
    config = replace(config, digests=(*config.digests, other))
    assert said in " ".join(run("poll", config=config, monkeypatch=monkeypatch).split())


def test_poll_is_silent_where_nothing_was_there_and_after_the_first(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(origin, harbour=[], quay=old("A quiet market day"))
    config = config_for(tmp_path, origin, "/harbour")
    assert "already" not in run("poll", config=config, monkeypatch=monkeypatch)
    wider = replace(config, feeds=(*config.feeds, FeedSettings(url=origin.url("/quay"))))
    shown = run("poll", config=wider, monkeypatch=monkeypatch)
    assert "1 article was in a new feed already; none matches a topic." in " ".join(shown.split())
    assert "already" not in run("poll", config=wider, monkeypatch=monkeypatch)


def test_an_edit_that_changes_no_match_is_not_flagged_again(tmp_path: Path, origin: Origin) -> None:
    truce = Story(id="t", title="Truce at dawn", text="Quiet.", at=NOON)
    origin.serve(
        "/harbour",
        reply(rss(truce)),
        reply(rss(replace(truce, text="Quiet, they say."))),
        reply(rss(replace(truce, text="Quiet on the ferry, they say."))),
    )
    with lived_in(config_for(tmp_path, origin, "/harbour")) as home:
        flagged = []
        for _ in range(3):
            flagged += [(each.counts.changed, each.matches) for each in home.refresh()]
            home.clock.advance(2 * HOUR)
    assert flagged == [(0, 1), (1, 0), (1, 1)]


def test_feeds_list_counts_what_was_there_apart(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(origin, harbour=HARBOUR, quay=[])
    config = config_for(tmp_path, origin, "/harbour", "/quay")
    with lived_in(config) as home:
        home.live(2 * HOUR)
    serve(origin, harbour=[Story(id="n", title="Truce signed", at=NOON + HOUR), *HARBOUR])
    with lived_in(config, SimulatedClock(NOON + 5 * HOUR)) as home:
        home.refresh()
    first, second = json.loads(run("feeds", "list", "--json", config=config, monkeypatch=monkeypatch))
    assert (first["at_first_poll"], second["at_first_poll"]) == (5, 0)
    shown = run("feeds", "list", config=config, monkeypatch=monkeypatch)
    assert "At first" in shown.splitlines()[0]
    assert re.search(r"The Harbour Post.* 5\s*$", shown, re.MULTILINE)
    assert max(map(len, shown.splitlines())) <= 80


def test_the_command_that_a_mail_names_lists_as_many_as_the_mail_says(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = "\"; echo $(id) & 'x"
    origin.serve("/harbour", reply(rss(*HARBOUR)))
    origin.serve("/quay", reply(rss(*old("The ferry is late", "Truce on the quay", name="q"), title="The Quay")))
    clock, config = SimulatedClock(), config_for(tmp_path, origin, "/harbour", topics=("Truce",), name=evil)
    with lived_in(config, clock) as home:
        home.live(DAY)
    wider = replace(
        config, feeds=(*config.feeds, FeedSettings(url=origin.url("/quay"), outlet="Quay & 'Sons'; rm -r x"))
    )
    with lived_in(wider, clock) as home:
        home.live(DAY)
        first, second = home.mails()
    for mail, left_out in ((first, 3), (second, 1)):
        command = next(line for line in mail.splitlines() if line.strip().startswith("news-monitor feeds baseline"))
        words = shlex.split(command)[1:]
        found = json.loads(run(*words, "--json", config=wider, monkeypatch=monkeypatch))["articles"]
        new = [each for each in found if each["feed"] == ("The Post" if mail is first else wider.feeds[1].outlet)]
        assert len(new) == left_out
        assert f"{left_out} {'are' if left_out > 1 else 'is'} not mailed" in " ".join(mail.split())
    assert len(found) == 1  # the sentence of one feed names it, and so does its command


def test_a_person_reads_them_by_feed(tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(origin, harbour=HARBOUR, quay=old("The ferry is late\x1b[2J", name="q"))
    config = config_for(tmp_path, origin, "/harbour", "/quay")
    empty = run("feeds", "baseline", config=config, monkeypatch=monkeypatch)
    assert empty.startswith("No matching articles were in the feeds before their first poll")
    with lived_in(config) as home:
        home.refresh()
    shown = run("feeds", "baseline", config=config, monkeypatch=monkeypatch)
    assert shown.index("The Quay Post: 1 article") < shown.index("The Harbour Post: 3 articles")
    assert "\x1b" not in shown
    assert "  undated     Grandmasters call it a truce" in shown
    assert "Truce reached at the harbour" not in shown  # that was news
    assert "kites" not in run("feeds", "baseline", origin.url("/quay"), config=config, monkeypatch=monkeypatch)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nowhere",), 'No feed has the URL or outlet "nowhere"'),
        (("--digest", "Dayly"), 'There is no digest "Dayly"'),
    ],
)
def test_a_name_that_does_not_exist_is_reported(
    words: tuple[str, ...], problem: str, tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_for(tmp_path, origin, "/harbour")
    monkeypatch.setattr(cli_settings, "draft_of", lambda _context: config)
    monkeypatch.setattr(cli_settings, "outline_of", lambda _context: config)
    with lived_in(config):
        result = CliRunner().invoke(app, ["feeds", "baseline", *words])
    assert result.exit_code
    assert problem in str(result.exception)


# ---- In words


def facts(*matches: tuple[int, str, bool], feeds: tuple[str, ...] = ("A",), is_all: bool = True) -> BaselineFacts:
    found = tuple(
        BaselineMatch(article_id=ArticleId(number), topic=about, is_fresh=is_new) for number, about, is_new in matches
    )
    return BaselineFacts(feeds=feeds, is_all=is_all, articles=56, matches=found)


def test_what_is_muted_is_neither_listed_nor_left_out() -> None:
    found = baseline_of(
        facts((1, SYRIA, True), (2, SYRIA, True), (3, SYRIA, False), (4, GAZA, False)),
        DAILY,
        {SYRIA},
        shown={1},
        muted={2},
    )
    assert found is not None
    assert (found.matching, found.shown, found.muted, found.left_out) == (3, 1, 1, 1)
    assert already(found).endswith(
        "3 match your topics; 1 was less than 24 hours old and is listed below, 1 is muted, 1 is not mailed."
    )


def test_an_article_that_is_listed_and_muted_is_listed() -> None:
    found = baseline_of(facts((1, SYRIA, True), (1, RUSSIA, True)), DAILY, {SYRIA, RUSSIA}, shown={1}, muted={1})
    assert found is not None
    assert (found.matching, found.shown, found.muted, found.left_out, found.command) == (1, 1, 0, 0, "")


def test_nothing_is_said_of_no_articles() -> None:
    assert baseline_of(BaselineFacts(), DAILY, {SYRIA}, shown=(), muted=()) is None


@pytest.mark.parametrize(
    ("feeds", "place"),
    [
        ((), "your feeds"),
        (("A",), "A"),
        (("A", "B"), "A and B"),
        (("A", "B", "C"), "A, B and C"),
        (("A", "B", "C", "D"), "A, B, C and 1 more feed"),
        (tuple("ABCDEF"), "A, B, C and 3 more feeds"),
        (("صوت الميناء",), "\u2068صوت الميناء\u2069"),
    ],
)
def test_feeds_are_named_the_first_few(feeds: tuple[str, ...], place: str) -> None:
    said = already(Baseline(feeds=feeds, articles=1234, matching=0, shown=0, fresh=0, muted=0))
    assert said == f"1,234 articles were in {place} already; none matches your topics."


def test_a_listed_baseline_is_a_fold_and_joins_the_news_of_its_story() -> None:
    desk = Desk().add(article(1, "Old truce"), origin=Why.BASELINE).add(article(2, "Truce today"))
    desk.join(2, article(3, "Truce before"), about=(SYRIA,), origin=Why.BASELINE)
    edition = edition_of(desk.edition_input())
    (section,) = edition.sections
    assert [each.lead.title for each in section.baseline] == ["Old truce"]
    assert [each.title for each in section.stories[0].also] == ["Truce before"]
    assert {listing.article_id: listing.form for listing in edition.listings} == {
        1: Form.BASELINE,
        2: Form.STORY,
        3: Form.ALSO,
    }


def test_a_muted_topic_counts_its_part_of_the_baseline_as_muted() -> None:
    desk = Desk().add(article(1, "Truce"), origin=Why.NEW)
    edition_input = replace(desk.edition_input(), baseline=facts((1, SYRIA, True), (2, SYRIA, False)))
    topics = [replace(Topic(name=SYRIA, rules=()), mute_until=(NOW + DAY).date())]
    edition = edition_of(edition_input, topics)
    assert edition.baseline is not None
    assert (edition.baseline.shown, edition.baseline.muted, edition.baseline.left_out) == (0, 1, 1)
