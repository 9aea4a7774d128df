"""Editions that wait for a person, as they are lived: drafts, what is decided on them, and how they end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest
from house import House, Story, done_by, lived_in, rss, send_now, settings, store_with, with_parts
from killed import Instead
from origin import Origin, reply
from simulated import SimulatedClock

from monitor.config import Settings
from monitor.errors import UsageError
from monitor.fate.shown import reached
from monitor.jobs.publish_gate import PublishGate
from monitor.model.choice import Choice
from monitor.model.edition import Edition
from monitor.model.ids import StoryId
from monitor.model.new_edition import NewEdition
from monitor.model.requests import ReleaseRequest, SendRequest
from monitor.model.topic import Rule, Topic
from monitor.store.waiting import waiting

pytestmark = pytest.mark.whole

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVENING = datetime(2016, 9, 20, 18, tzinfo=UTC)
SEVEN = datetime(2016, 9, 21, 7, tzinfo=UTC)
TEXTS = {
    "truce": ("Syria truce holds for a second night", "Guns were silent along the river on Tuesday, residents said."),
    "convoy": ("Aid convoy reaches Syria from the north", "Forty lorries with flour crossed the border before dawn."),
    "talks": ("Envoys arrive in Geneva for talks on Syria", "Delegations refuse to share a room, organisers say."),
}
TRUCE, CONVOY, TALKS = (Story(id=key, title=title, text=text, at=EVENING) for key, (title, text) in TEXTS.items())
COPY = Story(id="copy", title=TEXTS["truce"][0], text=TEXTS["truce"][1], at=SEVEN)
GROWN = Story(
    id="grown",
    title="Syria truce holds for a second night, then mortars land",
    text="Three shells fell at noon.",
    at=SEVEN,
)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE, CONVOY, TALKS)))
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Settings:
    made = settings(tmp_path, [origin.url("/a")], origin.port)
    topic = Topic(name="Syria", rules=(Rule(all=(("Syria",),)),))
    return replace(made, topics=(topic,), digests=(replace(made.digests[0], review=15 * MINUTE),))


@contextmanager
def evening(config: Settings) -> Iterator[House]:
    with lived_in(config, SimulatedClock(EVENING)) as home:
        home.tick()
        yield home


def until(home: House, moment: datetime) -> None:
    """Let time pass; nothing is polled."""
    while home.clock.now() < moment:
        home.clock.advance(min(5 * MINUTE, moment - home.clock.now()))
        home.jobs.publisher.run()
        home.jobs.outbox.run()


def draft(home: House) -> Any:
    return waiting(home.jobs.store, home.jobs.publisher.digests[0], home.clock.now())


def stories(home: House) -> dict[str, StoryId]:
    """Of the draft or the next edition: the first word of each headline → its story."""
    edition = home.jobs.publisher.editor.preview(home.jobs.publisher.digests[0]).edition
    assert isinstance(edition, Edition)
    return {each.lead.title.split()[0]: each.story_id for section in edition.sections for each in section.stories}


def decide(home: House, **words: Choice) -> None:
    """Decide on stories by the first words of their headlines."""
    found = stories(home)
    review = draft(home).review
    seen = review.knows.articles
    home.jobs.store.reviews.choose(
        review, {found[key]: replace(each, last_article=seen) for key, each in words.items()}
    )


def editions(home: House) -> list[str]:
    return [each.slot for each in reversed(home.jobs.store.editions.all())]


def test_a_draft_is_made_before_its_slot_and_sent_as_it_is_at_its_time(config: Settings, origin: Origin) -> None:
    with evening(config) as home:
        until(home, SEVEN - 16 * MINUTE)
        assert draft(home) is None
        until(home, SEVEN - 14 * MINUTE)
        assert draft(home).slot.due_at == SEVEN
        origin.serve("/a", reply(rss(TRUCE, CONVOY, TALKS, Story(id="late", title="Syria votes", at=SEVEN))))
        home.poll(origin.url("/a"))
        until(home, SEVEN - MINUTE)
        assert not home.mails()
        until(home, SEVEN + MINUTE)
        (mail,) = home.mails()
        assert "Aid convoy" in mail
        assert "Syria votes" not in mail
        assert draft(home) is None
        until(home, SEVEN + DAY + MINUTE)
        assert "Syria votes" in home.mails()[1]
        assert "Aid convoy" not in home.mails()[1]


def test_stories_are_dropped_moved_and_commented_and_released_by_hand(config: Settings) -> None:
    with evening(config) as home:
        until(home, SEVEN - 10 * MINUTE)
        decide(
            home,
            Syria=Choice(is_dropped=True),
            Envoys=Choice(place=1, comment="Nobody expects a result."),
            Aid=Choice(place=2),
        )
        sent = done_by(home.jobs, ReleaseRequest(digest="Daily", version=draft(home).review.version))
        assert [each["state"] for each in sent["deliveries"]] == ["sent"]
        (mail,) = home.mails()
        assert "truce holds" not in mail
        assert mail.index("Envoys arrive") < mail.index("Aid convoy")
        assert "comment: Nobody expects a result." in mail
        with pytest.raises(UsageError, match=r"No draft of Daily waits"):
            done_by(home.jobs, ReleaseRequest(digest="Daily"))
        until(home, SEVEN + HOUR)
        assert editions(home) == ["2016-09-21"]
        assert len(home.mails()) == 1
        (done,) = home.jobs.store.reviews.of_editions().values()
        assert (done.is_released, done.dropped, done.comments, done.moved) == (True, 1, 1, 2)


def test_a_dropped_story_counts_as_listed_until_it_grows(config: Settings, origin: Origin) -> None:
    with evening(config) as home:
        until(home, SEVEN - 10 * MINUTE)
        decide(home, Syria=Choice(is_dropped=True))
        until(home, SEVEN + MINUTE)
        assert "truce holds" not in home.mails()[0]
        origin.serve("/a", reply(rss(COPY)))  # the same words again are no growth
        home.poll(origin.url("/a"))
        until(home, SEVEN + DAY + MINUTE)
        assert "truce holds" not in home.mails()[1]
        origin.serve("/a", reply(rss(GROWN)))
        home.poll(origin.url("/a"))
        until(home, SEVEN + 2 * DAY + MINUTE)
        assert "then mortars land" in home.mails()[2]


def test_an_article_of_a_dropped_story_says_so(config: Settings) -> None:
    with evening(config) as home:
        until(home, SEVEN - 10 * MINUTE)
        decide(home, Syria=Choice(is_dropped=True))
        story = next(iter(draft(home).review.choices))
        fate = home.jobs.store.fates.of(story)  # a story has the number of its first article
        assert fate is not None
        said = [each.sentence for each in reached(fate, config.digests, {"Daily": SEVEN}, {}, ["Syria"])]
        assert any("from which it has been dropped" in each for each in said)
        until(home, SEVEN + MINUTE)
        fate = home.jobs.store.fates.of(story)
        assert fate is not None
        causes = [each.cause for each in reached(fate, config.digests, {"Daily": SEVEN}, {}, ["Syria"])]
        assert "dropped-by-hand" in causes
        assert "listed" not in causes


def test_what_others_have_changed_meanwhile_is_not_overwritten(config: Settings) -> None:
    with evening(config) as home:
        until(home, SEVEN - 10 * MINUTE)
        seen = draft(home).review
        decide(home, Aid=Choice(comment="First."))
        with pytest.raises(UsageError, match="not as you saw it"):
            home.jobs.store.reviews.choose(seen, {})
        with pytest.raises(UsageError, match="not as you saw it"):
            done_by(home.jobs, ReleaseRequest(digest="Daily", version=seen.version))
        assert not editions(home)


def test_a_draft_outlives_its_time_while_nothing_runs(config: Settings) -> None:
    with evening(config) as home:
        until(home, SEVEN - 10 * MINUTE)
        decide(home, Syria=Choice(is_dropped=True))
    with lived_in(config, SimulatedClock(SEVEN + 2 * HOUR)) as home:
        home.tick()
        assert editions(home) == ["2016-09-21"]
        assert "Aid convoy" in home.mails()[0]
        assert "truce holds" not in home.mails()[0]


def test_one_edition_stands_for_a_draft_and_the_slots_after_it(config: Settings, origin: Origin) -> None:
    with evening(config) as home:
        until(home, SEVEN - 10 * MINUTE)
        decide(home, Syria=Choice(is_dropped=True), Aid=Choice(comment="Flour at last."))
    origin.serve("/a", reply(rss(TRUCE, CONVOY, TALKS, Story(id="late", title="Votes are counted in Syria", at=SEVEN))))
    with lived_in(config, SimulatedClock(SEVEN + 2 * DAY + HOUR)) as home:
        home.tick()
        assert editions(home) == ["2016-09-23"]
        (mail,) = home.mails()
        assert "Votes are counted" in mail
        assert "Flour at last." in mail
        assert "truce holds" not in mail
        assert home.jobs.store.reviews.open("Daily") is None


def test_an_edition_by_hand_leaves_out_what_was_dropped_and_the_draft_has_nothing_twice(config: Settings) -> None:
    with evening(config) as home:
        until(home, SEVEN - 10 * MINUTE)
        decide(home, Syria=Choice(is_dropped=True))
        send_now(home.jobs, home.jobs.publisher.digests[0])
        assert "Aid convoy" in home.mails()[0]
        assert "truce holds" not in home.mails()[0]
        until(home, SEVEN + MINUTE)
        assert "Aid convoy" not in home.mails()[1]
        assert "truce holds" not in home.mails()[1]


def test_an_edition_is_made_again_if_something_is_decided_while_it_is_made(config: Settings) -> None:
    with evening(config) as home:
        until(home, SEVEN - 10 * MINUTE)
        store, once = home.jobs.store, [True]

        def publish(new_edition: NewEdition) -> Any:
            if once:  # somebody saves while the edition is made
                once.clear()
                decide(home, Aid=Choice(is_dropped=True))
            return store.new_editions.publish(new_edition)

        meddled = store_with(store, new_editions=Instead(store.new_editions, publish=publish))
        meddled_home = replace(home, jobs=with_parts(home.jobs, store=meddled))
        until(meddled_home, SEVEN + MINUTE)
        assert not once
        (mail,) = home.mails()
        assert "Envoys" in mail
        assert "Aid convoy" not in mail
        assert store.reviews.open("Daily") is None


def test_nothing_is_mailed_if_all_is_dropped_from_a_digest_that_skips_empty_editions(config: Settings) -> None:
    digest = replace(config.digests[0], when_empty="skip")
    with evening(replace(config, digests=(digest,))) as home:
        until(home, SEVEN - 10 * MINUTE)
        decide(home, **{key: Choice(is_dropped=True) for key in ("Syria", "Aid", "Envoys")})
        until(home, SEVEN + MINUTE)
        assert editions(home) == ["2016-09-21"]
        assert not home.mails()


def test_a_test_goes_to_one_recipient_and_is_the_draft_as_it_is(config: Settings) -> None:
    digest = replace(config.digests[0], to=("you@reader.example", "desk@reader.example"))
    with evening(replace(config, digests=(digest,))) as home:
        until(home, SEVEN - 10 * MINUTE)
        decide(home, Syria=Choice(is_dropped=True))
        sent = done_by(home.jobs, SendRequest(digest="Daily", test=True, to=("desk@reader.example",)))
        assert [each["recipient"] for each in sent["deliveries"]] == ["desk@reader.example"]
        (mail,) = home.mails()
        assert "Aid convoy" in mail
        assert "truce holds" not in mail
        assert draft(home) is not None
        with pytest.raises(UsageError, match="does not go to"):
            done_by(home.jobs, SendRequest(digest="Daily", test=True, to=("else@reader.example",)))


def test_a_draft_waits_for_feeds_that_are_behind_and_its_edition_does_not(config: Settings) -> None:
    behind: list[Any] = [SimpleNamespace(polled_at=None)]
    with evening(config) as home:
        publisher = home.jobs.publisher
        home.clock.advance(SEVEN - 14 * MINUTE - home.clock.now())
        publisher.run(PublishGate(Lock(), lambda _: behind))  # the machine has just woken
        assert draft(home) is None
        publisher.run(PublishGate(Lock(), lambda _: ()))
        assert draft(home) is not None
        home.clock.advance(15 * MINUTE)
        publisher.run(PublishGate(Lock(), lambda _: behind))
        assert editions(home) == ["2016-09-21"]


def test_a_draft_that_no_slot_needs_any_more_is_taken_over_by_the_next_one(config: Settings) -> None:
    """Its weekday was taken out of the config: what was decided holds for the next edition."""
    with evening(config) as home:
        until(home, SEVEN - 10 * MINUTE)  # a Wednesday
        decide(home, Syria=Choice(is_dropped=True))
    thursdays = replace(config, digests=(replace(config.digests[0], days=(3,)),))
    with lived_in(thursdays, SimulatedClock(SEVEN - 5 * MINUTE)) as home:
        until(home, SEVEN + HOUR)
        assert draft(home) is None
        assert not editions(home)
        until(home, SEVEN + DAY - 10 * MINUTE)
        assert draft(home) is not None
        until(home, SEVEN + DAY + MINUTE)
        assert editions(home) == ["2016-09-22"]
        assert "truce holds" not in home.mails()[0]
        assert "Aid convoy" in home.mails()[0]
