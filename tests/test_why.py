"""`why` and `missed`: each fate of an article, lived through by a small house, and explained by the command.

The twelve fates of the issue, and more: what happens to an article is made to happen, not written into the store.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import SimulatedClock
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.config import load
from monitor.daemon.clock import SystemClock
from monitor.model.ids import ArticleId, StoryId
from monitor.reconcile import tombstones

TOPICS = """
[lists]
truce = ["ceasefire", "truce"]

[[topics]]
name = "Syria truce"
all = [["Syria*", "Aleppo"], ["@truce"]]
none = ["podcast"]

[[topics]]
name = "Grain deal"
any = ["grain deal"]
sources = ["!Loud Herald"]
languages = ["en", "de"]
"""
DAY = timedelta(days=1)


class Newsroom:
    """A feed of the origin, the house that polls it, and the command beside it."""

    def __init__(self, origin: Origin, folder: Path, topics: str = TOPICS, digest: str = "", polling: str = "") -> None:
        self.origin, self.folder = origin, folder
        self.config = folder / "config.toml"
        self.url = origin.url("/feed")
        start = (SystemClock().now() - 3 * DAY).replace(hour=12, minute=0)  # what is lived through ends before today
        self.clock = SimulatedClock(start)
        self.write(topics, digest, polling)

    def write(self, topics: str = TOPICS, digest: str = "", polling: str = "") -> None:
        feeds = f'[[feeds]]\nurl = "{self.url}"\noutlet = "Post"\n'
        digests = f'[[digests]]\nname = "Daily"\nto = ["you@reader.example"]\n{digest}'
        storage = f'[storage]\nfolder = "{self.folder}"\n'
        mail = f'[mail]\nkind = "maildir"\nfolder = "{self.folder / "maildir"}"\n'
        rest = f'[polling]\nallow_private = ["127.0.0.0/8"]\nallow_ports = [{self.origin.port}]\n{polling}'
        self.config.write_text(f"{feeds}{topics}{digests}{storage}{mail}{rest}", "utf-8")

    def open(self, **changes: Any) -> Any:
        written = load(self.config, {})
        base = settings(self.folder, [self.url], self.origin.port)
        parts = {"topics": written.topics, "lists": written.lists, "digests": written.digests, "feeds": written.feeds}
        polling = replace(base.polling, max_items=written.polling.max_items)
        return lived_in(replace(base, **{**parts, "polling": polling, **changes}), self.clock)

    def serve(self, *stories: Story) -> None:
        self.origin.serve("/feed", reply(rss(*stories)))

    def lived(self, *stories: Story, first: tuple[Story, ...] = (), span: timedelta = DAY) -> None:
        """A first poll, then these stories in the next one, then so much time with editions and mail."""
        self.serve(*first, Story(id="old", title="An old tale"))
        with self.open() as house:
            house.tick()
            self.clock.advance(timedelta(hours=2))
            self.serve(
                *first, Story(id="old", title="An old tale"), *(replace(each, at=self.clock.now()) for each in stories)
            )
            house.tick()
            if span:
                house.live(span)

    def run(self, *words: str, width: int = 80) -> Result:
        return CliRunner(env={"COLUMNS": str(width)}).invoke(app, ["--config", str(self.config), *words])

    def why(self, *words: str, command: str = "why") -> dict[str, Any]:
        result = self.run(command, *words, "--json")
        assert result.exit_code == 0, result.output
        found: dict[str, Any] = json.loads(result.stdout)
        return found


def cause(found: dict[str, Any]) -> str:
    said: str = found["answer"]["cause"]
    return said


def causes(found: dict[str, Any]) -> set[str]:
    return {each["cause"] for each in found["findings"]}


def said(found: dict[str, Any], of: str) -> str:
    return next(str(each["sentence"]) for each in found["findings"] if each["cause"] == of)


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with Origin() as origin:
        yield Newsroom(origin, tmp_path)


TRUCE = Story(id="truce", title="Syrian truce enters its second day", text="The convoy left Aleppo at noon.")


# ---- Fates of an article that is stored


def test_one_that_was_listed_and_mailed(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE)
    found = newsroom.why("https://post.example/truce")
    assert cause(found) == "listed"
    assert said(found, "listed").endswith("lists it under Syria truce, as a story, in full.")
    assert "to you@reader.example: sent on " in said(found, "sent")
    assert causes(found) >= {"seen-as-news", "stored", "matches", "in-a-story"}
    text = newsroom.run("why", "https://post.example/truce").stdout
    assert "You got it" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    "written",
    [
        "http://www.post.example/truce/",
        "post.example/truce",
        "<https://POST.example/truce?utm_source=mail#top>,",
        "https://m.post.example/truce.html",
        "https://amp.post.example/amp/truce",
        "https://www.google.com/amp/s/post.example/truce/amp",
        "https://post.example/%74ruce",
        "syrian TRUCE second",
        "sÿrian truce",
    ],
)
def test_an_article_is_found_however_it_is_named(newsroom: Newsroom, written: str) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    assert newsroom.why(written)["article"]["title"] == TRUCE.title


def test_its_number_names_it_too(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    number = newsroom.why("post.example/truce")["article"]["id"]
    assert newsroom.why(str(number))["article"]["title"] == TRUCE.title
    assert cause(newsroom.why("4711")) == "not-found"
    assert "Nothing was recorded." in newsroom.run("missed", "4711").stdout
    assert newsroom.run("missed", "--list").stdout == "Nothing was reported as missed.\n"


def test_words_of_several_articles_list_them(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, Story(id="other", title="Truce talks"), Story(id="o", title="Weather"), span=timedelta())
    found = newsroom.why("truce")
    assert found["answer"] is None
    assert [each["title"] for each in found["candidates"]] == ["Truce talks", TRUCE.title]
    assert "why NUMBER" in newsroom.run("why", "truce").stdout
    assert "Nothing was recorded" in newsroom.run("missed", "truce").stdout
    assert cause(newsroom.why("no such words")) == "not-found"
    assert newsroom.run("why", "no such words").stdout.count("has these words") == 1


def test_one_that_waits_for_an_edition(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    found = newsroom.why("post.example/truce")
    assert cause(found) == "waiting"
    assert "the next edition is due on " in said(found, "waiting")
    assert "not-grouped" in causes(found)


def test_one_that_no_topic_matches(newsroom: Newsroom) -> None:
    newsroom.lived(Story(id="lull", title="Aleppo sees a lull", text="No shells fell."))
    found = newsroom.why("post.example/lull")
    assert cause(found) == "lacks-a-group"
    assert found["answer"]["topic"] == "Syria truce"
    assert "nothing of all[1] (ceasefire, truce) was found" in said(found, "lacks-a-group")


def test_one_that_an_exclusion_keeps_out(newsroom: Newsroom) -> None:
    newsroom.lived(Story(id="p", title="Podcast: Syria and its truce"))
    assert cause(newsroom.why("post.example/p")) == "excluded"


def test_one_whose_outlet_or_language_a_topic_does_not_take(newsroom: Newsroom) -> None:
    newsroom.write(TOPICS.replace("!Loud Herald", "!Post"))
    newsroom.lived(Story(id="g", title="Grain deal signed"))
    assert cause(newsroom.why("post.example/g", "--topic", "Grain deal")) == "other-source"


def test_one_in_passing_is_folded(newsroom: Newsroom) -> None:
    text = "Shares rose. " * 40 + "Traders shrugged off the Syrian truce."
    newsroom.lived(Story(id="m", title="Markets close higher", text=text))
    found = newsroom.why("post.example/m")
    assert cause(found) == "folded"
    assert "only mentions the topic" in said(found, "folded")


def test_one_that_was_there_before_the_first_poll(newsroom: Newsroom) -> None:
    newsroom.lived(first=(TRUCE,))
    found = newsroom.why("post.example/truce")
    assert cause(found) == "counted-at-first-poll"
    assert "seen-at-first-poll" in causes(found)


def test_one_whose_story_is_muted(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE)
    number = newsroom.why("post.example/truce")["article"]["id"]
    with newsroom.open() as house:
        house.jobs.store.stories.mute(StoryId(number), newsroom.clock.now())
        again = replace(TRUCE, id="truce-2", text=TRUCE.text + " It returned at dusk.")
        newsroom.serve(replace(again, at=newsroom.clock.now()))
        house.live(DAY)
    found = newsroom.why("post.example/truce-2")
    assert cause(found) == "muted"
    assert f"`stories unmute {number}` reports it again" in said(found, "muted")


def test_one_under_a_muted_topic(newsroom: Newsroom) -> None:
    day = (SystemClock().now() + DAY).date()
    newsroom.write(TOPICS.replace('name = "Syria truce"', f'name = "Syria truce"\nmute_until = {day}'))
    newsroom.lived(TRUCE)
    found = newsroom.why("post.example/truce")
    assert cause(found) == "muted"
    assert "is muted until" in said(found, "muted")


def test_one_whose_topic_is_in_no_digest(newsroom: Newsroom) -> None:
    newsroom.write(digest='topics = ["Grain deal"]\n')
    newsroom.lived(TRUCE)
    assert cause(newsroom.why("post.example/truce")) == "in-no-digest"


def test_one_that_was_edited_is_found_by_its_earlier_address_and_headline(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, span=timedelta(hours=1))
    with newsroom.open() as house:
        now = replace(TRUCE, title="Syrian truce enters its third day", link="https://post.example/third")
        newsroom.serve(replace(now, at=newsroom.clock.now()))
        house.live(DAY)
    found = newsroom.why("post.example/truce")
    assert found["article"]["title"] == "Syrian truce enters its third day"
    assert f"its headline was “{TRUCE.title}”" in said(found, "edited")


def test_one_that_matched_before_its_topic_changed(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE)
    newsroom.write(TOPICS.replace('["Syria*", "Aleppo"]', '["Yemen"]'))
    with newsroom.open() as house:
        house.jobs.rematcher.run()
    found = newsroom.why("post.example/truce")
    assert cause(found) == "listed"
    assert "before the topic or the article changed" in said(found, "taken-back")


def test_one_that_a_topic_would_match_now(newsroom: Newsroom) -> None:
    newsroom.lived(Story(id="lull", title="Aleppo sees a lull"))
    newsroom.write(TOPICS.replace('"truce"]', '"truce", "lull"]'))
    assert cause(newsroom.why("post.example/lull")) == "not-matched-again"


def test_a_mail_that_was_refused(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    with newsroom.open() as house:
        house.live(timedelta(hours=23))
        (record, *_) = house.jobs.store.deliveries.records()
        with house.jobs.store.database.write() as connection:
            words = "550 5.1.1 \x1b[31mno such user"
            connection.exec_driver_sql("UPDATE deliveries SET state = 'refused', answer = ?", (words,))
    found = newsroom.why("post.example/truce")
    assert cause(found) == "not-delivered"
    assert "550 5.1.1" in said(found, "not-delivered")
    assert "\x1b" not in newsroom.run("why", "post.example/truce").stdout
    assert record.recipient == "you@reader.example"


def test_one_that_had_no_room_in_the_mail(newsroom: Newsroom) -> None:
    flood = [
        Story(id=f"f{n}", title=f"Syria's truce, {' '.join(f'quay{n}pier{k}' for k in range(20))}", text=f"Berth {n}.")
        for n in range(300)
    ]
    newsroom.lived(*flood)
    found = [newsroom.why(f"post.example/f{n}") for n in (0, 100, 200, 299)]
    assert {cause(each) for each in found} & {"in-attachment", "in-archive"}


def test_a_hostile_headline_is_made_harmless(newsroom: Newsroom) -> None:
    newsroom.lived(replace(TRUCE, title="Syrian truce \u202egnp.exe"), span=timedelta())
    assert "\u202e" not in newsroom.run("why", "post.example/truce").stdout


# ---- Fates of one that is not


def test_one_of_an_outlet_without_a_feed(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    found = newsroom.why("https://stranger.example/2026/story")
    assert cause(found) == "no-feed"
    assert "https://stranger.example/ and add it with [[feeds]]" in said(found, "no-feed")


def test_one_that_its_feed_never_had(newsroom: Newsroom) -> None:
    newsroom.lived(replace(TRUCE, link="https://harbour.example/truce"))
    found = newsroom.why("https://harbour.example/never")
    assert cause(found) == "not-in-feed"
    assert "not the outlet's own, but has brought articles from there" in said(found, "not-in-feed")


def test_one_whose_feed_failed(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    with newsroom.open() as house:
        newsroom.origin.serve("/feed", reply(b"gone to lunch", status=500))
        house.live(timedelta(hours=12))
    found = newsroom.why("https://post.example/never")
    assert cause(found) == "feed-failed"
    assert "500" in said(found, "feed-failed")


def test_one_beyond_the_items_that_are_read(newsroom: Newsroom) -> None:
    newsroom.write(polling="max_items = 100\n")
    many = [Story(id=f"s{n}", title=f"Story {n}") for n in range(120)]
    newsroom.lived(*many, span=timedelta(hours=4))
    found = newsroom.why("https://post.example/never")
    assert cause(found) == "left-out" or "gap" in causes(found)
    assert "beyond the first 100 were left out" in said(found, "left-out")


def test_one_that_fell_into_a_gap(newsroom: Newsroom) -> None:
    newsroom.lived(*(Story(id=f"a{n}", title=f"Story {n}") for n in range(20)), span=timedelta())
    with newsroom.open() as house:
        newsroom.serve(*(Story(id=f"b{n}", title=f"Tale {n}", at=newsroom.clock.now()) for n in range(20)))
        house.live(timedelta(hours=6))
    found = newsroom.why("https://post.example/never")
    assert cause(found) == "gap"


def test_one_before_the_feed_was_there(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    assert cause(newsroom.why("https://post.example/never", "--on", "2020-02-03")) == "feed-is-new"
    assert cause(newsroom.why("https://post.example/2020/02/03/never")) == "feed-is-new"
    assert newsroom.run("why", "post.example/never", "--on", "May").exit_code != 0


def test_one_that_was_dropped_by_retention(newsroom: Newsroom) -> None:
    story = replace(TRUCE, guid="https://post.example/truce")
    newsroom.lived(story)
    newsroom.serve(Story(id="new", title="Another day"))
    with newsroom.open() as house:
        found = house.jobs.store.articles.at("https://post.example/truce")
        bury(house, found[0].id)
    found_ = newsroom.why("http://www.post.example/truce/")
    assert cause(found_) == "dropped"
    assert "Post" in said(found_, "dropped")


def bury(house: House, article_id: ArticleId) -> None:
    store = house.jobs.store
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE articles SET first_seen_at = '2016-01-01 00:00:00.000000'")
    old = {known.id: (feed, known) for feed, known in store.retention.old(house.clock.now(), beyond=0, limit=10)}
    feed, known = old[article_id]
    store.retention.bury({article_id: (feed, tombstones(known))}, house.clock.now())


def test_one_while_no_server_could_be_reached(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE)
    with newsroom.open() as house, house.jobs.store.database.write() as connection:
        began = (house.clock.now() - timedelta(hours=5)).strftime("%Y-%m-%d %H:%M:%S.000000")
        connection.exec_driver_sql("INSERT INTO outages (began_at, probed_at) VALUES (?, ?)", (began, began))
    found = newsroom.why("https://post.example/never")
    assert cause(found) == "outage"


def test_one_of_a_feed_that_left_the_config_or_is_switched_off(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    with newsroom.open() as house:
        house.jobs.store.feeds.sync((), house.clock.now())
    assert cause(newsroom.why("https://post.example/never")) == "not-polled"
    assert "feed-removed" in causes(newsroom.why("https://post.example/truce"))


# ---- missed


LULL = Story(id="lull", title="A lull in Aleppo", text="No shells fell.")


def test_a_miss_is_recorded_with_the_line_that_would_fix_it(newsroom: Newsroom) -> None:
    newsroom.lived(LULL)
    found = newsroom.why("post.example/lull", "--topic", "Syria truce", command="missed")
    assert (found["is_new"], found["case"]["cause"], found["case"]["topic"]) == (True, "lacks-a-group", "Syria truce")
    (fix,) = found["fixes"]
    assert fix["remedy"]["terms"] == ["lull"]
    line = fix["line"]
    assert newsroom.config.read_text("utf-8").splitlines()[line["line"] - 1] == line["written"]
    assert line["written"] == 'all = [["Syria*", "Aleppo"], ["@truce"]]'
    assert line["proposed"] == 'all = [["Syria*", "Aleppo"], ["@truce", "lull"]]'
    text = newsroom.run("missed", "post.example/lull").stdout
    assert "add a term, such as" in text


def test_the_same_case_is_one_until_it_is_closed_and_again_then(newsroom: Newsroom) -> None:
    newsroom.lived(LULL)
    first = newsroom.why("post.example/lull", command="missed")
    again = newsroom.why("http://www.post.example/lull/", command="missed")
    assert (again["is_new"], again["case"]["id"]) == (False, first["case"]["id"])
    never = newsroom.why("stranger.example/x", command="missed")
    assert never["case"]["id"] != first["case"]["id"]
    assert newsroom.why("https://www.stranger.example/x", command="missed")["case"]["cause"] == "no-feed"
    number = str(first["case"]["id"])
    assert "closed" in newsroom.run("missed", "--close", number).stdout
    assert newsroom.run("missed", "--close", "99").exit_code != 0
    assert newsroom.why("post.example/lull", command="missed")["case"]["closed_at"] is None
    assert "open" in newsroom.run("missed", "--list").stdout


def test_the_roll_up_counts_cases(newsroom: Newsroom) -> None:
    newsroom.lived(LULL)
    now = SystemClock().now()
    with newsroom.open() as house:
        assert house.jobs.store.missed.counts(now) is None
    newsroom.run("missed", "post.example/lull")
    newsroom.run("missed", "stranger.example/x")
    newsroom.run("missed", "--close", "1", "--close", "2")
    with newsroom.open() as house:
        counts = house.jobs.store.missed.counts(SystemClock().now())
    assert counts is not None
    assert (counts.reported, counts.open) == (2, 0)


@pytest.mark.parametrize(
    ("written", "title", "words"),
    [
        ('none = ["podcast"]', "Podcast: Syria and its truce", "remove “podcast” from none."),
        ("near = 2", "Syria and, as all had hoped, a truce", "write near = 7."),
        ('languages = ["de"]', "Syria and its truce", "change its languages."),
        ('within = "headline"', "1 2 3", "no word of the headline is one that helps. That alone is not enough"),
        ("at_least = 2", "Syria and its truce", "write at_least = 1."),
    ],
)
def test_other_parts_of_a_topic_are_offered_with_their_line(
    newsroom: Newsroom, written: str, title: str, words: str
) -> None:
    topics = f'[[topics]]\nname = "T"\nall = ["Syria", "truce"]\n{written}\n'
    newsroom.write(topics)
    newsroom.lived(replace(LULL, title=title, text="") if "de" not in written else LULL, span=timedelta())
    if "de" in written:
        with newsroom.open() as house, house.jobs.store.database.write() as connection:
            connection.exec_driver_sql("UPDATE articles SET language = 'en'")
    text = newsroom.run("missed", "post.example/lull", width=200).stdout
    assert words in text
    key = written.partition(" ")[0]
    assert f"config.toml:{6 if key == 'within' else 7}" in text.replace("\n", "")


def test_a_topic_that_is_only_a_name_has_no_line(newsroom: Newsroom) -> None:
    newsroom.write('[[topics]]\nname = "Grain deal"\n')
    newsroom.lived(replace(LULL, title="A grain pact"))
    assert "no line can be shown" in newsroom.run("missed", "post.example/lull").stdout


def test_many_topics_are_cut_to_the_nearest(newsroom: Newsroom) -> None:
    newsroom.write("".join(f'[[topics]]\nname = "T{n}"\nany = ["word{n}"]\n' for n in range(14)))
    newsroom.lived(LULL, span=timedelta())
    text = newsroom.run("why", "post.example/lull").stdout
    assert "… 4 more topics do not match" in text
    assert len(newsroom.why("post.example/lull")["explanations"]) == 14


def test_what_to_report_must_be_said(newsroom: Newsroom) -> None:
    newsroom.lived(LULL, span=timedelta())
    assert newsroom.run("missed").exit_code != 0
    assert newsroom.run("missed", "x", "--list").exit_code != 0
    assert newsroom.run("why", " ").exit_code != 0
    assert newsroom.run("missed", "--list").stdout == "Nothing was reported as missed.\n"
