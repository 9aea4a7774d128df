"""Every change of a rule by its owner is answered once with its effect: in the next edition of each digest that has the
topic, and before that by `check`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from house import House, InProcess, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import SimulatedClock
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli.effects import NotCountedInTimeError, told_changes, would_change
from monitor.config import Settings
from monitor.daemon.build import opened
from monitor.daemon.clock import SystemClock
from monitor.model.ids import ArticleId
from monitor.model.rule_change import BeforeChange, Effect
from monitor.model.settings import DigestSettings
from monitor.model.topic import Rule, Topic

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = datetime(2026, 3, 1, 8, tzinfo=UTC)
TITLES = ("storm in the bay", "storm over fields", "hail by the mill", "gale at sea", "bakery opens")


def weather(*terms: str, name: str = "Weather", **more: Any) -> Topic:
    return Topic(name=name, rules=(Rule(all=(terms,)),), **more)


STORMS, MORE, NO_STORMS = weather("storm"), weather("storm", "hail"), weather("gale", "hail")
GREW = "Weather: 2 matches in 7 days before, 3 now (+1 −0)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder with a store in which the first day has brought five articles."""

    folder: Path
    origin: Origin
    clock: SimulatedClock
    digest: DigestSettings = DigestSettings(name="Daily", to=("you@reader.example",))

    def config(self, *topics: Topic, **storage: Any) -> Settings:
        made = settings(self.folder, [self.origin.url("/a")], self.origin.port)
        kept = replace(made.storage, **storage)
        return replace(made, topics=topics, lists={}, shipped=frozenset(), digests=(self.digest,), storage=kept)

    @contextmanager
    def lived(self, *topics: Topic, **storage: Any) -> Iterator[House]:
        with lived_in(self.config(*topics, **storage), self.clock) as home:
            yield home

    def stopped(self, *topics: Topic, after: int) -> None:
        """A start that is killed after so many articles."""
        left, parsers = iter(range(after)), InProcess()

        def is_killed() -> bool:
            if next(left, None) is None:
                raise KeyboardInterrupt
            return False

        made: Any = parsers
        start = opened(self.config(*topics), self.clock, chance=lambda: 0.0, is_matched=False, parsers=made)
        with start as jobs, pytest.raises(KeyboardInterrupt):
            jobs.rematcher.run(is_killed)

    def page(self) -> str:
        return max((self.folder / "archive" / "Daily").glob("*.html")).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@pytest.fixture
def place(origin: Origin, tmp_path: Path) -> Place:
    found = Place(folder=tmp_path, origin=origin, clock=SimulatedClock(FIRST))
    origin.serve("/a", reply(rss(*(Story(id=f"s{n}", title=each, at=FIRST) for n, each in enumerate(TITLES)))))
    with found.lived(STORMS) as home:
        assert said(next_mail(home)) == []
    return found


def next_mail(home: House) -> str:
    home.clock.advance(DAY)
    home.tick()
    return home.mails()[-1]


def said(mail: str) -> list[str]:
    """The sentences about changes, unfolded."""
    tail = " ".join(mail.rpartition("\n-- \n")[2].split())
    return re.findall(r"(?:Changed topic )?\w+: (?:\d+ match|new: )[^.]*", tail)


def rows(home: House, digest: str = "Daily") -> Sequence[str]:
    """All changes that are stored, as a digest that had no edition yet would say them."""
    store = home.jobs.store
    unsaid = store.rule_changes.unsaid(f"not {digest}", ["Weather", "Sky", "Wind"], 99)
    return [each.in_words() for each in unsaid]


def test_the_next_edition_says_what_a_change_did_and_no_other_does(place: Place) -> None:
    with place.lived(MORE) as home:
        assert said(next_mail(home)) == [f"Changed topic {GREW}"]
        assert GREW in place.page()
        assert said(next_mail(home)) == []
    with place.lived(MORE) as home:
        assert said(next_mail(home)) == []
        assert rows(home) == [GREW]


@pytest.mark.parametrize("after", range(6))
def test_what_was_stopped_in_the_middle_is_compared_with_what_was_before_it(place: Place, after: int) -> None:
    place.stopped(NO_STORMS, after=after) if after < len(TITLES) else None
    with place.lived(NO_STORMS) as home:
        assert rows(home) == ["Weather: 2 matches in 7 days before, 2 now (+2 −2)"]
    with place.lived(NO_STORMS) as home:
        assert len(rows(home)) == 1


def test_what_comes_between_a_stop_and_the_next_start_was_never_asked_by_the_old_wording(place: Place) -> None:
    place.stopped(MORE, after=3)
    config = place.config(MORE)
    parsers: Any = InProcess()
    place.origin.serve("/a", reply(rss(Story(id="new", title="another hail", at=FIRST + 2 * DAY))))
    place.clock.advance(DAY)
    with opened(config, place.clock, chance=lambda: 0.0, is_matched=False, parsers=parsers) as jobs:
        House(jobs=jobs, clock=place.clock, folder=place.folder).poll()
        assert jobs.store.articles.count() == len(TITLES) + 1
    with place.lived(MORE) as home:
        assert rows(home) == [GREW]


def test_a_third_wording_is_compared_with_the_first_and_one_that_is_taken_back_is_no_change(place: Place) -> None:
    place.stopped(NO_STORMS, after=3)
    with place.lived(MORE) as home:
        assert rows(home) == [GREW]
    place.stopped(weather("bakery"), after=4)
    with place.lived(MORE) as home:
        assert rows(home) == [GREW]
        found = home.jobs.store.matches.current(["Weather"], FIRST - DAY)["Weather"]
        assert len(found) == 3


def test_a_change_and_its_opposite_are_two_changes(place: Place) -> None:
    with place.lived(NO_STORMS) as home:
        assert rows(home) == ["Weather: 2 matches in 7 days before, 2 now (+2 −2)"]
        next_mail(home)
    with place.lived(STORMS) as home:
        assert rows(home)[1:] == ["Weather: 2 matches in 7 days before, 2 now (+2 −2)"]


def test_a_new_topic_a_renamed_one_and_one_that_is_switched_on_again(place: Place) -> None:
    with place.lived(STORMS, weather("hail", "gale", name="Wind")) as home:
        assert said(next_mail(home)) == ["Wind: new: 2 matches in the last 7 days"]
    with place.lived(weather("storm", name="Sky", was="Weather"), weather("hail", "gale", name="Wind")) as home:
        assert len(rows(home)) == 1
    with place.lived(weather("storm", name="Sky", was="Weather")):
        pass
    with place.lived(weather("storm", name="Sky"), weather("hail", name="Wind")) as home:
        assert rows(home)[1:] == ["Wind: 2 matches in 7 days before, 1 now (+0 −1)"]


def test_a_quiet_edition_that_is_not_mailed_swallows_nothing(place: Place) -> None:
    place = replace(place, digest=replace(place.digest, when_empty="skip"))
    with place.lived(weather("storm", "tornado")) as home:
        mails = len(home.mails())
        home.clock.advance(DAY)
        home.tick()
        assert len(home.mails()) == mails
        place.origin.serve("/a", reply(rss(Story(id="t", title="tornado", at=home.clock.now()))))
        assert said(next_mail(home)) == ["Changed topic Weather: 2 matches in 7 days before, 2 now"]
        place.origin.serve("/a", reply(rss(Story(id="u", title="tornado again", at=home.clock.now()))))
        assert said(next_mail(home)) == []


def test_a_digest_says_only_what_its_topics_did_and_a_test_uses_nothing_up(place: Place) -> None:
    place = replace(place, digest=replace(place.digest, topics=("Weather",)))
    with place.lived(STORMS, weather("hail", name="Wind")) as home:
        assert said(next_mail(home)) == []
    with place.lived(MORE, weather("hail", name="Wind")) as home:
        for _ in range(2):
            draft = home.jobs.publisher.editor.draft(place.digest, is_test=True)
            assert draft.edition.coverage.notes == (f"Changed topic {GREW}.",)
            assert f"Changed topic {GREW}." in draft.rendered.html
        assert said(next_mail(home)) == [f"Changed topic {GREW}"]


def test_a_short_window_is_said_as_it_is(place: Place) -> None:
    with place.lived(MORE, backfill=36 * HOUR) as home:
        assert rows(home) == [GREW.replace("7 days", "36 hours")]


@pytest.mark.parametrize(
    ("before", "after", "window", "words"),
    [
        (14, 17, 30 * DAY, "14 matches in 30 days before, 17 now (+4 −1)"),
        (None, 17, 30 * DAY, "new: 17 matches in the last 30 days"),
        (None, 1, DAY, "new: 1 match in the last day"),
        (14, 17, DAY, "14 matches in 1 day before, 17 now (+4 −1)"),
        (14, 17, 47 * HOUR, "14 matches in 47 hours before, 17 now (+4 −1)"),
        (1400, 17, 12 * HOUR, "1,400 matches in 12 hours before, 17 now (+4 −1)"),
        (14, 17, timedelta(minutes=5), "14 matches in 1 hour before, 17 now (+4 −1)"),
    ],
)
def test_the_sentence(before: int | None, after: int, window: timedelta, words: str) -> None:
    assert Effect(before=before, after=after, entered=4, left=1).in_words(window) == words


def test_an_effect_is_that_on_the_articles_that_both_wordings_saw() -> None:
    was = BeforeChange(is_new=False, matched=frozenset(map(ArticleId, (1, 2))), last_article=3)
    assert was.effect(map(ArticleId, (2, 3, 4))) == Effect(before=2, after=2, entered=1, left=1)


# ---- check


def test_check_says_before_the_reload_what_that_will_say(place: Place) -> None:
    now = place.clock.now()
    assert list(would_change(place.config(STORMS), now)) == []
    wind = weather("gale", name="Wind")
    asked = [each.in_words() for each in would_change(place.config(MORE, wind), now)]
    assert asked == [GREW, "Wind: new: 1 match in the last 7 days"]
    with place.lived(MORE, wind) as home:
        assert rows(home) == asked
        assert list(would_change(place.config(MORE, wind), now)) == []


def test_check_knows_a_topic_by_its_old_name(place: Place) -> None:
    now = place.clock.now()
    assert list(would_change(place.config(weather("storm", name="Sky", was="Weather")), now)) == []
    sky, other = weather("hail", name="Sky", was="Weather"), weather("gale")
    assert [each.in_words() for each in would_change(place.config(sky, other), now)] == [
        "Sky: 2 matches in 7 days before, 1 now (+1 −2)",
        "Weather: new: 1 match in the last 7 days",
    ]


def test_check_says_how_far_back_it_looked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.cli.effects.MOST_ARTICLES", 4)
    (change,) = would_change(place.config(MORE), FIRST + 3 * DAY + 5 * HOUR)
    assert change.window == 3 * DAY
    assert change.in_words() == GREW.replace("7 days", "3 days")


def test_what_takes_too_long_is_not_counted(place: Place) -> None:
    with pytest.raises(NotCountedInTimeError):
        would_change(place.config(MORE), place.clock.now(), lambda: True)


def test_a_person_waits_for_the_numbers_so_long_and_reads_why_there_are_none(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: place.clock.now())
    assert told_changes(place.config(MORE), seconds=0) == []
    assert "took longer than 0 s to count. The daemon counts it when it reads the config" in capsys.readouterr().err


def test_check_has_nothing_to_say_without_a_store_or_articles(place: Place, tmp_path: Path) -> None:
    empty = replace(place, folder=tmp_path / "other")
    assert list(would_change(empty.config(MORE), FIRST)) == []
    assert not (tmp_path / "other").exists()
    assert list(would_change(place.config(MORE), FIRST + 90 * DAY)) == []


CONFIG = """
[storage]
folder = "{folder}"
[mail]
kind = "maildir"
folder = "{folder}/maildir"
[[feeds]]
url = "https://post.example/feed"
[[topics]]
name = "Weather"
any = ["storm", "hail"]
[[digests]]
name = "Daily"
to = ["you@reader.example"]
"""


@pytest.fixture
def file(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(SystemClock, "now", lambda _: place.clock.now())
    path = place.folder / "config.toml"
    path.write_text(CONFIG.format(folder=place.folder), encoding="utf-8")
    return path


def test_check_prints_it_and_writes_nothing(place: Place, file: Path) -> None:
    checked = CliRunner().invoke(app, ["--config", str(file), "check"])
    assert checked.exit_code == 0
    assert f"would change: {GREW}\n" in checked.stdout
    as_json = CliRunner().invoke(app, ["--config", str(file), "check", "--json"])
    counts = {"is_new": False, "hours": 168, "before": 2, "now": 3, "entered": 1, "left": 0}
    assert json.loads(as_json.stdout)["changes"] == [{"topic": "Weather", **counts}]
    with place.lived(STORMS) as home:
        assert rows(home) == []


def test_a_store_that_cannot_be_read_is_no_mistake_in_the_config(file: Path) -> None:
    for name in ("monitor.sqlite3-wal", "monitor.sqlite3-shm"):
        (file.parent / name).unlink(missing_ok=True)
    database = next(file.parent.glob("*.sqlite3"), None) or next(file.parent.glob("*.db"))
    database.write_bytes(b"no database " * 1000)
    checked = CliRunner().invoke(app, ["--config", str(file), "check"])
    assert checked.exit_code == 0
    assert "all right" in checked.stdout
    assert "the store cannot be read" in checked.stderr
