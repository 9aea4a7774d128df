"""What "once" means for a digest that waits for a person, as a property over histories that nobody thought of.

News appears, is polled, time passes, a person drops and keeps stories and releases drafts, editions are sent by hand,
the program stops and starts, and the setting comes and goes. In the end each story is in exactly one mail, or in none
because it was dropped last and an edition was made of that.

`make test` runs the histories of a fixed seed, `make simulate` those of new ones; a failure names its seed.
"""

import shutil
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random, SystemRandom  # noqa: TID251 (seeded, or to find a seed)

import pytest
from house import House, Story, lived_in, rss, send_now, settings
from hypothesis import HealthCheck, Phase, seed
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from origin import Origin, reply
from simulated import NOON, SimulatedClock

from monitor.digest.reviewing import DraftStory, Wish, chosen, draft_stories
from monitor.errors import UsageError
from monitor.model.edition import Edition
from monitor.model.topic import Rule, Topic
from monitor.store.waiting import Waiting, waiting

MEMORY = Path("/dev/shm")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class OnceReviewed(RuleBasedStateMachine):
    """The program, a person who reviews, and what may happen to both."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.stack = ExitStack()
        self.stories: list[Story] = []
        self.dropped: set[str] = set()

    @initialize()
    def open(self) -> None:
        self.origin = self.stack.enter_context(Origin("127.0.0.1"))
        self.clock = SimulatedClock(NOON)
        made = settings(self.folder, [self.origin.url("/a")], self.origin.port)
        topic = Topic(name="Syria", rules=(Rule(all=(("Syria",),)),))
        digest = replace(made.digests[0], review=3 * HOUR, full=100)
        self.config = replace(made, topics=(topic,), digests=(digest,))
        self.house: House | None = None
        self.start()

    def start(self) -> None:
        self.living = ExitStack()
        self.house = self.living.enter_context(lived_in(self.config, self.clock))
        self.home.jobs.outbox.recover()
        self.news()

    @property
    def home(self) -> House:
        assert self.house is not None
        return self.house

    def teardown(self) -> None:
        try:
            if self.house is not None:
                self.pass_time(50)
                self.judge()
                self.living.close()
        finally:
            self.stack.close()
            shutil.rmtree(self.folder)

    def news(self) -> None:
        """All that was published, to be polled now."""
        self.origin.serve("/a", reply(rss(*self.stories)))
        self.home.poll(self.origin.url("/a"))

    @rule()
    def publish(self) -> None:
        """A story like no other."""
        number = len(self.stories)
        own = Random(number)
        words = ["".join(own.choices("bcdfglmnprstvz", k=7)) for _ in range(9)]
        mark = "mark" + "".join("abcdefghij"[int(digit)] for digit in str(number))
        title = f"Syria {words[0]} {mark}"
        self.stories.append(Story(id=mark, title=title, text=" ".join(words[1:]), at=self.clock.now()))
        self.news()

    @rule(hours=st.integers(1, 14))
    def pass_time(self, hours: int) -> None:
        for _ in range(hours):
            self.clock.advance(HOUR - MINUTE)
            self.home.jobs.publisher.run()
            self.home.jobs.outbox.run()
            self.clock.advance(MINUTE)

    @rule(hours=st.integers(1, 60))
    def be_down(self, hours: int) -> None:
        self.living.close()
        self.clock.advance(hours * HOUR)
        self.start()

    @rule(is_on=st.booleans())
    def configure(self, is_on: bool) -> None:  # noqa: FBT001 (Hypothesis names its arguments)
        digest = replace(self.config.digests[0], review=3 * HOUR if is_on else None)
        self.config = replace(self.config, digests=(digest,))
        self.living.close()
        self.start()

    @rule()
    def send_by_hand(self) -> None:
        send_now(self.home.jobs, self.config.digests[0])
        self.clock.advance(MINUTE)

    def draft(self) -> tuple[Waiting | None, tuple[DraftStory, ...]]:
        digest = self.config.digests[0]
        found = waiting(self.home.jobs.store, digest, self.clock.now())
        edition = self.home.jobs.publisher.editor.preview(digest).edition
        assert isinstance(edition, Edition)
        return found, draft_stories(edition, found.review if found else None)

    @precondition(lambda self: self.draft()[0] is not None)
    @rule(choice=st.integers(0, 9), is_dropped=st.booleans(), place=st.integers(1, 4))
    def decide(self, choice: int, is_dropped: bool, place: int) -> None:  # noqa: FBT001 (Hypothesis names its arguments)
        found, stories = self.draft()
        if found is None or not stories:
            return
        one = stories[choice % len(stories)]
        wishes = {one.story: Wish(is_dropped=is_dropped, place=place, comment="So.")}
        self.home.jobs.store.reviews.choose(found.review, chosen(stories, found.review, wishes))
        mark = one.lead.title.split()[-1]
        (self.dropped.add if is_dropped else self.dropped.discard)(mark)

    @rule()
    def release(self) -> None:
        try:
            self.home.jobs.publisher.release(self.config.digests[0])
        except UsageError:
            assert self.draft()[0] is None
        self.home.jobs.outbox.run()
        self.clock.advance(MINUTE)

    def judge(self) -> None:
        mails = self.home.mails()
        for story in self.stories:
            times = sum(story.title.split()[-1] in mail.split() for mail in mails)
            assert times == (story.id not in self.dropped), f"{story.id}: {times} times"


@pytest.mark.whole
@pytest.mark.no_cover
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed_", [1, *(pytest.param(seed, marks=pytest.mark.simulate) for seed in (2, 3))])
def test_each_story_is_mailed_once_or_dropped_whatever_happens(seed_: int) -> None:
    check(seed_, examples=3, steps=25)


@pytest.mark.simulate
@pytest.mark.timeout(3_600)
def test_each_story_is_mailed_once_or_dropped_over_many_long_histories() -> None:
    seed_ = SystemRandom().randrange(2**32)
    print(f"Once reviewed: seed {seed_}")
    check(seed_, examples=200, steps=60)


def check(seed_: int, *, examples: int, steps: int) -> None:
    quiet = how(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=(Phase.generate,),
    )
    # One machine class for each call: Hypothesis keeps a seed at the class.
    machine = seed(seed_)(type("OnceReviewed", (OnceReviewed,), {}))
    try:
        run_state_machine_as_test(machine, settings=quiet)
    except BaseException as error:
        error.add_note(f"Again: python tests/test_review_once.py {seed_} {examples} {steps}")
        raise


if __name__ == "__main__":
    check(int(sys.argv[1]), examples=int(sys.argv[2]), steps=int(sys.argv[3]))
