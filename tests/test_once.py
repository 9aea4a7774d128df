"""What "once" means, as a property over histories that nobody thought of: per digest, topic and article exactly once.

No edition selects by a window of time: what none has listed yet is what it lists (rule I9).

A machine of rules lets news appear, change and match, topics be edited, renamed and muted, days pass, the program
stop, the clock jump, editions come by themselves and by hand. A model that knows nothing of the store says what each
edition must list under each topic: no more, no less. What else is in a section says which topic lists it (decision 32).

`make test` runs the histories of fixed seeds, `make simulate` those of new ones; a failure names its seed, and
`python tests/test_once.py SEED HISTORIES STEPS` runs it again.
"""

import re
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random, SystemRandom  # noqa: TID251 (seeded, or to find a seed)

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from simulation.gaps import Gaps
from simulation.histories import BEGINNING, settings_for
from simulation.newsroom import Item, Publisher
from simulation.readers import MARK
from simulation.world import World, WorldClock, world

from monitor.model.requests import SendRequest
from monitor.model.settings import DigestSettings
from monitor.model.topic import Rule, Topic

MEMORY = Path("/dev/shm")
HOUR = timedelta(hours=1)
FAR = date(2099, 1, 1)
WORDS = ("syria", "truce", "harbour", "kyiv", "sanctions")
DIGESTS = (
    DigestSettings(name="Daily", to=("a@reader.example",), at=time(7)),
    DigestSettings(name="Evening", to=("b@reader.example",), at=time(18), timezone="America/New_York"),
    DigestSettings(
        name="Thrice", to=("c@reader.example",), at=(time(2, 30), time(7), time(18)), timezone="Asia/Beirut"
    ),
)
SECTION = re.compile(r'<h2[^>]* id="topic-[0-9a-f]+"[^>]*>(.*?)</h2>(.*?)(?=<h2|\Z)', re.DOTALL)
BESIDE = re.compile(r"<li[^>]*>(?:(?!</li>).)*? · listed under (.*?)</span></li>", re.DOTALL)
"""An article that stands in a story of a topic which it does not match, and the topics that list it."""
PERHAPS = re.compile(r"<h3[^>]*>Perhaps also</h3>.*", re.DOTALL)
"""What a section shows beside what it lists: it stands at its end."""
ELSEWHERE = re.compile(r"shown in full under <bdi>(.*?)</bdi>(?:: <bdi>“(.*?)”</bdi>)?")
"""The topic that tells a story, and the headline it has there."""
NAME = re.compile(r"<bdi>(.*?)</bdi>")
HEADED = re.compile(r"<h3[^>]*>(.*?)</h3>\s*<p[^>]*>(.*?)</p>", re.DOTALL)

some_words = st.sets(st.sampled_from(WORDS), min_size=1, max_size=2)


@dataclass(kw_only=True)
class Model:
    """What is known and was listed. It stands where the simulation's judge of pages does: `read_feed`, `look`."""

    archive: Path
    topics: dict[str, frozenset[str]] = field(default_factory=dict)
    matched: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    titles: dict[str, str] = field(default_factory=dict)
    listed: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    told: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By digest: what an edition has told in full."""
    pages: set[Path] = field(default_factory=set)
    gaps: Gaps = field(default_factory=Gaps)

    def read_feed(self, _publisher: int, shown: Iterable[Item], _now: datetime, *, is_stored: bool) -> None:
        """New words are matched as they come; what they matched before stays matched (decision 8)."""
        assert is_stored
        for item in shown:
            if self.titles.get(item.mark) != item.title:
                self.titles[item.mark] = item.title
                for topic in self.topics:
                    if self.holds(topic, item.title):
                        self.matched[topic].add(item.mark)

    def reword(self, topic: str, words: Iterable[str]) -> None:
        """A topic that changed is looked for in all that is stored; what no edition listed can be taken back."""
        self.topics[topic] = frozenset(words)
        found = {mark for mark, title in self.titles.items() if self.holds(topic, title)}
        listed = {mark for (_, name), marks in self.listed.items() if name == topic for mark in marks}
        self.matched[topic] = found | (self.matched[topic] & listed)

    def rename(self, old: str, new: str, *, keeps_history: bool) -> None:
        words = self.topics.pop(old)
        if keeps_history:
            self.topics[new] = words
            self.matched[new] = self.matched.pop(old, set())
            for digest in DIGESTS:
                self.listed[digest.name, new] = self.listed.pop((digest.name, old), set())
        else:
            self.reword(new, words)

    def holds(self, topic: str, title: str) -> bool:
        return bool(self.topics[topic] & set(title.lower().split()))

    def look(self, _now: datetime) -> None:
        """Judge what has been published since the last look, the scheduled editions before those made by hand."""
        new = {page for page in self.archive.glob("*/2*.html") if page not in self.pages}
        for page in sorted(new, key=lambda page: ("Z" in page.name, page.name)):
            self._judge(page.parent.name, page.read_text())
        self.pages |= new

    def _judge(self, digest: str, html: str) -> None:
        sections = {self._topic(head): body for head, body in SECTION.findall(html)}
        own = {topic: set(MARK.findall(_own(body))) for topic, body in sections.items()}
        full = {topic: _in_full(body) for topic, body in sections.items()}
        for topic in self.topics:
            listed = self.listed[digest, topic]
            assert own.get(topic, set()) == self.matched[topic] - listed, f"{digest}: {topic}"
            listed |= self.matched[topic]
        for topic, body in sections.items():
            for line in BESIDE.finditer(body):
                marks, under = set(MARK.findall(line[0])), NAME.findall(line[1])
                assert marks.isdisjoint(own[topic]), f"{digest}: {topic} lists what it gives to another topic"
                for other in under:
                    assert marks <= own[other], f"{digest}: {topic} names what {other} does not list"
                    assert "because muted" not in sections[other], f"{digest}: {topic} names what {other} has muted"
            for other, title in ELSEWHERE.findall(body):
                assert set(MARK.findall(title)) <= set(full[other]), f"{digest}: {topic} is wrong about {other}"
        in_full = [mark for marks in full.values() for mark in marks]
        assert len(in_full) == len(set(in_full)), "told twice in one edition"
        assert not self.told[digest] & set(in_full), "told in full again"
        self.told[digest] |= set(in_full)

    def _topic(self, head: str) -> str:
        found = [name for name in self.topics if re.search(rf"\b{name}\b", head)]
        assert len(found) == 1, head
        return found[0]


def _own(section: str) -> str:
    """A section without what it names of other topics, and says to be so."""
    return ELSEWHERE.sub("", BESIDE.sub("", PERHAPS.sub("", section)))


def _in_full(section: str) -> list[str]:
    """The marks of the stories that a section tells itself, and does not only point to."""
    entries = HEADED.findall(section)
    return [mark for title, line in entries if "shown in full under" not in line for mark in set(MARK.findall(title))]


class Once(RuleBasedStateMachine):
    """The world, and what may happen in it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.items: list[list[Item]] = [[], []]
        self.count = 0
        self.names = 0
        self.skew = timedelta()
        self.topics: dict[str, Topic] = {}
        self.stack = ExitStack()

    @initialize(first=some_words, second=some_words)
    def open(self, first: set[str], second: set[str]) -> None:
        self.clock = WorldClock(BEGINNING)
        publishers = [
            Publisher(number=number, host=f"paper{number}.example", items=items, window=1_000)
            for number, items in enumerate(self.items)
        ]
        self.base = settings_for(publishers, self.folder, DIGESTS)
        self.base = replace(self.base, storage=replace(self.base.storage, backfill=timedelta(days=365)))
        self.model = Model(archive=self.base.storage.archive_folder)
        for words in (first, second):
            name = self.fresh_name()
            self.topics[name] = topic(name, words)
            self.model.reword(name, words)
        self.world: World = self.stack.enter_context(
            world(replace(self.base, topics=tuple(self.topics.values())), publishers, self.clock, Random(0))
        )
        self.world.shelf = self.model  # type: ignore[assignment]  # the same two methods, another judgement
        self.after(HOUR)

    def teardown(self) -> None:
        self.stack.close()
        shutil.rmtree(self.folder)

    @rule(paper=st.integers(0, 1), words=some_words)
    def publish(self, paper: int, words: set[str]) -> None:
        """News with some of the words, and otherwise unlike any other."""
        self.count += 1
        mark = "mark" + "".join("abcdefghij"[int(digit)] for digit in str(self.count))
        own = Random(self.count)
        filler = ["".join(own.choices("bcdfglmnprstvz", k=7)) for _ in range(8)]
        self.items[paper].append(
            Item(
                mark=mark,
                title=f"{' '.join(sorted(words))} {filler[0]} {mark}",
                text=" ".join(filler[1:]),
                at=self.clock.true,
                dated=self.clock.now().replace(microsecond=0),
                is_wanted=True,
            )
        )

    @precondition(lambda self: any(self.items))
    @rule(choice=st.integers(0, 99), words=some_words)
    def edit(self, choice: int, words: set[str]) -> None:
        """A headline is rewritten."""
        paper = next(items for items in self.items if items)
        place = choice % len(paper)
        old = paper[place]
        paper[place] = replace(old, title=" ".join([*sorted(words), *old.title.split()[-2:]]))

    @rule(choice=st.integers(0, 9), words=some_words)
    def change_topic(self, choice: int, words: set[str]) -> None:
        name = self.chosen(choice)
        self.topics[name] = replace(self.topics[name], rules=topic(name, words).rules)
        if frozenset(words) != self.model.topics[name]:
            self.model.reword(name, words)
        self.reload()

    @rule(choice=st.integers(0, 9), keeps_history=st.booleans())
    def rename(self, choice: int, keeps_history: bool) -> None:  # noqa: FBT001 (Hypothesis names its arguments)
        old, new = self.chosen(choice), self.fresh_name()
        self.topics[new] = replace(self.topics.pop(old), name=new, was=old if keeps_history else "")
        self.model.rename(old, new, keeps_history=keeps_history)
        self.reload()

    @rule(choice=st.integers(0, 9))
    def mute(self, choice: int) -> None:
        """Or no longer: what a muted topic has is counted, and not told later."""
        name = self.chosen(choice)
        self.topics[name] = replace(self.topics[name], mute_until=None if self.topics[name].mute_until else FAR)
        self.reload()

    @rule(digest=st.sampled_from(DIGESTS))
    def edition_by_hand(self, digest: DigestSettings) -> None:
        asked = self.world.service.jobs.store.requests
        asked.ask(SendRequest(digest=digest.name), self.clock.now())
        self.after(HOUR)

    @rule(hours=st.integers(2, 30))
    def live(self, hours: int) -> None:
        for _ in range(0, hours, 5):
            self.after(5 * HOUR)

    @rule(hours=st.integers(1, 80))
    def be_down(self, hours: int) -> None:
        self.world.stop()
        self.clock.pass_time(hours * HOUR)
        self.world.start()
        self.after(HOUR)

    @rule(hours=st.integers(-6, 6))
    def set_clock(self, hours: int) -> None:
        self.world.jump(hours * HOUR - self.clock.skew)
        self.after(HOUR)

    def after(self, span: timedelta) -> None:
        """Later, everything that is due is done."""
        self.clock.pass_time(span + timedelta(minutes=17))
        self.world.tick()
        assert self.world.faults == []

    def reload(self) -> None:
        """The changed topic is looked for at the next tick; news of before that tick is read by it alone."""
        self.world.settings = replace(self.world.settings, topics=tuple(self.topics.values()))
        self.world.reload()
        self.world.tick()

    def chosen(self, choice: int) -> str:
        return sorted(self.topics)[choice % len(self.topics)]

    def fresh_name(self) -> str:
        self.names += 1
        return "Matter" + "abcdefghij"[self.names % 10] * (1 + self.names // 10)


def topic(name: str, words: Iterable[str]) -> Topic:
    return Topic(name=name, rules=(Rule(all=(tuple(sorted(words)),)),))


def test_of_a_story_of_two_topics_each_section_lists_what_matches_there() -> None:
    """Histories failed by it: one event, and each topic matches another article on it."""
    history = Once()
    try:
        history.open({"syria"}, {"harbour"})
        for word in ("syria", "harbour"):
            history.publish(0, {word})
            history.items[0][-1] = replace(
                history.items[0][-1],
                title=f"Ferry pilots of Kesh strike {word} {history.items[0][-1].mark}",
                text="Nobody crosses the Kesh until the pilots are paid for their nights.",
            )
        history.live(30)
        (page,) = history.folder.rglob("Daily/2*.html")
        html = page.read_text()
        (beside,) = BESIDE.finditer(html)
        assert (MARK.findall(beside[0])[-1], NAME.findall(beside[1])) == (history.items[0][1].mark, ["Matterc"])
        assert [other for other, _ in ELSEWHERE.findall(html)] == ["Matterb"]
    finally:
        history.teardown()


@pytest.mark.whole
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed_", [2, *(pytest.param(seed, marks=pytest.mark.simulate) for seed in (3, 5))])
def test_every_match_is_listed_exactly_once_whatever_happens(seed_: int) -> None:
    check(seed_, examples=2, steps=25)


@pytest.mark.simulate
@pytest.mark.timeout(3_600)
def test_every_match_is_listed_exactly_once_over_many_long_histories() -> None:
    seed_ = SystemRandom().randrange(2**32)
    print(f"Once: seed {seed_}")
    check(seed_, examples=400, steps=60)


def check(seed_: int, *, examples: int, steps: int) -> None:
    """The histories of a seed: the same again, and no others before them. A failure says how to see it once more."""
    quiet = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=(Phase.generate,),
    )
    # One machine class for each call: Hypothesis keeps a seed at the class.
    machine = seed(seed_)(type("Once", (Once,), {}))
    try:
        run_state_machine_as_test(machine, settings=quiet)
    except BaseException as error:
        error.add_note(f"Again: python tests/test_once.py {seed_} {examples} {steps}")
        raise


if __name__ == "__main__":
    check(int(sys.argv[1]), examples=int(sys.argv[2]), steps=int(sys.argv[3]))
