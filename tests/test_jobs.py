"""The flow as a whole: real sockets, a real database, real mail files; only the clock is simulated."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from house import Story, done_by, house, lived_in, rss, send_now, settings, store_with, with_parts
from origin import Origin, Reset, conditional, raw, reply, status
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.deliver.mail.form import MailForm
from monitor.errors import DeliveryError, StoreError, UsageError
from monitor.model.delivery import Delivery, DeliveryState
from monitor.model.feed_update import PollReport
from monitor.model.ids import FeedId
from monitor.model.match import Match
from monitor.model.requests import SendRequest
from monitor.model.settings import DigestSettings, FeedSettings, Login
from monitor.model.topic import Rule, Topic
from monitor.render import render_page
from monitor.store.articles import ArticleStore
from monitor.store.deliveries import DeliveryStore

DAY = timedelta(days=1)
TRUCE = Story(id="truce", title="Syria cease-fire takes effect at sundown", text="Quiet in Aleppo.", at=NOON)
PLANS = Story(
    id="plans",
    title="Pentagon halts cooperation with Moscow",
    text="The U.S. joint plans with Russia are on hold.",
    at=NOON,
)
BAKERY = Story(id="bakery", title="Let us eat bread", text="A bakery opens.", at=NOON)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def test_feeds_in_flagged_articles_stored_digest_out(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE, BAKERY)))
    origin.serve("/b", reply(rss(PLANS, title="Wire")))
    with house(tmp_path, origin, "/a", "/b") as home:
        reports = home.tick()
        assert [(report.counts.new, report.matches) for report in reports] == [(2, 1), (1, 1)]
        assert home.mails() == []
        home.live(DAY)
        (mail,) = home.mails()
        assert TRUCE.title in mail
        assert PLANS.title in mail
        assert BAKERY.title not in mail
        assert "ceasefire → “cease-fire”" in mail
        assert (tmp_path / "archive" / "Daily" / "2026-03-02.html").exists()


def test_while_a_document_is_stored_the_loop_goes_on_and_no_other_is_stored(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply, storing = ArticleStore.apply, threading.Lock()
    loops: list[asyncio.AbstractEventLoop] = []

    def stored(self: ArticleStore, *args: Any) -> None:
        went_on = threading.Event()
        assert storing.acquire(blocking=False)
        loops[0].call_soon_threadsafe(went_on.set)
        assert went_on.wait(10)
        apply(self, *args)
        storing.release()

    async def polled() -> tuple[PollReport, ...]:
        loops.append(asyncio.get_running_loop())
        return await home.jobs.poller.by_hand()

    monkeypatch.setattr(ArticleStore, "apply", stored)
    for path in ("/a", "/b", "/c"):
        origin.serve(path, reply(rss(TRUCE)))
    with house(tmp_path, origin, "/a", "/b", "/c") as home:
        assert [report.status for report in asyncio.run(polled())] == ["ok"] * 3


def test_nothing_is_stored_or_mailed_twice(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE, BAKERY)))
    with house(tmp_path, origin, "/a") as home:
        home.live(4 * DAY)
        assert home.jobs.store.articles.count() == 2
        assert sum(TRUCE.title in mail for mail in home.mails()) == 1
        assert len(home.mails()) == 4


def test_every_request_after_the_first_is_conditional_even_after_a_restart(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", conditional(rss(TRUCE), b'W/"\xe9-gzip"'))
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    clock = SimulatedClock()
    for _ in range(3):
        with lived_in(config, clock) as home:
            home.live(timedelta(hours=3))
            home.poll()
    sent = [asked.header("If-None-Match") for asked in origin.asked("/a")]
    assert sent[0] is None
    assert len(sent) > 10
    assert set(sent[1:]) == {b'W/"\xe9-gzip"'}


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (status(404), "404"),
        (reply(b"<html><title>Sign in</title><body>Welcome</body></html>"), "HTML page"),
        (reply(b""), "empty"),
        (raw(Reset()), "connection"),
    ],
)
def test_a_feed_that_fails_says_why_and_costs_the_others_nothing(
    tmp_path: Path, origin: Origin, script: object, reason: str
) -> None:
    origin.serve("/bad", script)  # type: ignore[arg-type]
    origin.serve("/good", reply(rss(TRUCE)))
    with house(tmp_path, origin, "/bad", "/good") as home:
        bad, good = home.tick()
        assert bad.is_failure
        assert reason in f"{bad.status}: {bad.reason}"
        assert not good.is_failure
        home.live(2 * DAY)
        assert TRUCE.title in home.mails()[0]
        assert "needs attention" in home.mails()[-1]


def test_an_unreachable_feed_is_a_failure_of_that_feed_alone(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/good", reply(rss(TRUCE)))
    config = settings(tmp_path, ["http://127.0.0.1:1/feed", origin.url("/good")], origin.port)
    config = replace(config, polling=replace(config.polling, allow_ports=(1, origin.port)))
    with lived_in(config) as home:
        assert [report.is_failure for report in home.tick()] == [True, False]


def test_an_edit_that_brings_the_topic_in_is_flagged_once(tmp_path: Path, origin: Origin) -> None:
    before = Story(id="lorries", title="Forty lorries wait", text="No road.", at=NOON)
    after = replace(before, title="Forty lorries for Aleppo wait despite cease-fire")
    origin.serve("/a", reply(rss(before)), reply(rss(after)), reply(rss(replace(after, text="Still no road."))))
    with house(tmp_path, origin, "/a") as home:
        home.live(3 * DAY)
        assert home.jobs.store.articles.count() == 1
        assert sum("Forty lorries for Aleppo" in mail for mail in home.mails()) == 1


def test_after_days_of_downtime_one_edition_covers_them_all(tmp_path: Path, origin: Origin) -> None:
    later = Story(id="later", title="Truce in Syria broken", at=NOON + 2 * DAY)
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    clock = SimulatedClock()
    origin.serve("/a", reply(rss(TRUCE)))
    with lived_in(config, clock) as home:
        home.live(DAY)
    clock.advance(3 * DAY)
    origin.serve("/a", reply(rss(TRUCE, later)))
    with lived_in(config, clock) as home:
        home.live(DAY)
        before, catch_up, after = home.mails()
    assert [later.title in mail for mail in (before, catch_up, after)] == [False, True, False]
    assert "Tuesday 3 March" in catch_up.replace("Tue 3 Mar", "Tuesday 3 March")


def test_a_preview_marks_nothing_and_shows_what_is_sent_later(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE)))
    with house(tmp_path, origin, "/a") as home:
        home.tick()
        (digest,) = home.jobs.publisher.digests
        first, second = home.jobs.publisher.editor.draft(digest), home.jobs.publisher.editor.draft(digest)
        assert first.rendered == second.rendered
        (sent,) = send_now(home.jobs, digest)
        assert sent.body == home.jobs.publisher.channel.compose(first.letters[0])
        assert sent.state is DeliveryState.SENT
        assert TRUCE.title not in home.jobs.publisher.editor.draft(digest).rendered.text
        home.live(DAY)
        assert sum(TRUCE.title in mail for mail in home.mails()) == 1


def test_a_test_mail_consumes_nothing(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE)))
    with house(tmp_path, origin, "/a") as home:
        home.tick()
        (digest,) = home.jobs.publisher.digests
        (sent,) = done_by(home.jobs, SendRequest(digest=digest.name, test=True))["deliveries"]
        assert sent["state"] is DeliveryState.SENT
        home.live(DAY)
        assert sum(TRUCE.title in mail for mail in home.mails()) == 2


def test_an_empty_day_is_told_unless_the_digest_skips_it(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(BAKERY)))
    config = settings(tmp_path / "told", [origin.url("/a")], origin.port)
    with lived_in(config) as home:
        home.live(DAY)
        assert len(home.mails()) == 1
    quiet = settings(tmp_path / "skipped", [origin.url("/a")], origin.port)
    with lived_in(replace(quiet, digests=(replace(quiet.digests[0], when_empty="skip"),))) as home:
        home.live(DAY)
        assert home.jobs.store.deliveries.counts() == {}
        assert home.jobs.store.editions.progress("Daily", home.clock.now())[1] is not None
        home.live(14 * DAY)
        assert ["except one a week" in " ".join(mail.split()) for mail in home.mails()] == [True, True]


def test_a_digest_that_cannot_be_made_does_not_keep_the_others(
    tmp_path: Path, origin: Origin, caplog: pytest.LogCaptureFixture
) -> None:
    origin.serve("/a", reply(rss(TRUCE)))
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    broken = replace(config.digests[0], name="Broken", timezone="Nowhere/Else")
    with lived_in(replace(config, digests=(broken, *config.digests))) as home:
        home.live(DAY)
        assert len(home.mails()) == 1


class FlakyChannel(MailForm):
    """Refuses everything until `is_up`."""

    sender = "News Monitor <news@monitor.example>"

    def __init__(self, error: DeliveryError) -> None:
        self.error = error
        self.is_up = False
        self.accepted: list[bytes] = []

    def compose(self, letter: object) -> bytes:
        return f"{letter!r}".encode()

    def send(self, delivery: Delivery) -> str:
        if not self.is_up:
            raise self.error
        self.accepted.append(delivery.body)
        return "250 taken"


def test_mail_waits_for_a_server_that_is_down_and_goes_out_once(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE)))
    channel = FlakyChannel(DeliveryError(stage="connect", answer="connection refused"))
    with lived_in(replace(settings(tmp_path, [origin.url("/a")], origin.port), mail=channel)) as home:
        home.live(2 * DAY)
        assert channel.accepted == []
        assert home.jobs.store.deliveries.counts() == {"queued": 2}
        channel.is_up = True
        home.live(timedelta(hours=2))
        assert len(channel.accepted) == 2
        assert home.jobs.store.deliveries.counts() == {"sent": 2}


def test_what_was_being_sent_when_the_program_died_goes_out_again_at_once(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE)))
    channel = FlakyChannel(DeliveryError(stage="connect", answer="connection refused"))
    with lived_in(replace(settings(tmp_path, [origin.url("/a")], origin.port), mail=channel)) as home:
        home.live(timedelta(hours=19))
        (waiting,) = home.jobs.store.deliveries.due(home.clock.now() + DAY)
        assert home.jobs.store.deliveries.claim(waiting)
        channel.is_up = True
        home.jobs.outbox.recover()
        home.tick()
        assert channel.accepted == [waiting.body]


def test_a_full_archive_folder_delays_the_page_and_not_the_mail(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE)))
    (tmp_path / "archive").write_text("in the way")
    with house(tmp_path, origin, "/a") as home:
        home.live(DAY)
        assert len(home.mails()) == 1
        (tmp_path / "archive").unlink()
        home.jobs.keeper.run()
        assert (tmp_path / "archive" / "Daily" / "2026-03-02.html").exists()


def test_the_archive_page_lists_what_the_mail_lists(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE, PLANS)))
    with house(tmp_path, origin, "/a") as home:
        home.tick()
        draft = home.jobs.publisher.editor.draft(home.jobs.publisher.digests[0])
        page = render_page(draft.edition, home.jobs.publisher.editor.renderer.templates)
    assert TRUCE.title in page
    assert PLANS.title in page


def test_one_feed_told_to_be_quiet_is_quiet_for_its_whole_host(tmp_path: Path, origin: Origin) -> None:
    paths = ["/a", "/b", "/c"]
    for path in paths:
        origin.serve(path, status(429, [("Retry-After", "86400")]))
    with house(tmp_path, origin, *paths) as home:
        reports = home.tick()
        assert sorted(report.status for report in reports) == ["HTTP error", "too soon", "too soon"]
        home.live(timedelta(hours=23))
        assert sum(len(origin.asked(path)) for path in paths) == 1


def test_a_gap_and_what_was_left_out_are_told_in_the_next_edition_and_only_there(
    tmp_path: Path, origin: Origin
) -> None:
    flood = [Story(id=f"flood-{number}", title=f"Bread number {number}", at=NOON) for number in range(6)]
    origin.serve("/a", reply(rss(TRUCE)), reply(rss(*flood)))
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    with lived_in(replace(config, polling=replace(config.polling, max_items=4))) as home:
        home.live(2 * DAY)
        first, second = home.mails()
        assert home.jobs.store.articles.count() == 5
    assert "Articles may have been missed in 1 feed:\n * The Post, between Sun 1 Mar, 12:30 and Sun 1 Mar, " in first
    assert "The Post had more articles than one poll reads: 2 old articles were" in first
    assert "unseen" not in second


def test_no_secret_of_a_feed_is_in_the_database_a_mail_or_the_log(
    tmp_path: Path, origin: Origin, caplog: pytest.LogCaptureFixture
) -> None:
    hush = "hush-4711"
    origin.serve(f"/a?token={hush}&n=1", reply(rss(TRUCE)), status(403))
    config = settings(tmp_path, [origin.url(f"/a?token={hush}&n=1")], origin.port)
    feed = replace(config.feeds[0], auth=Login(username="me", secret=hush), headers=(("X-Key", hush),))
    caplog.set_level("INFO")
    with lived_in(replace(config, feeds=(feed,))) as home:
        reports = home.tick()
        home.live(4 * DAY)
        home.jobs.store.database.checkpoint()
        assert "403" in home.mails()[-1]
        assert not any(hush in mail for mail in home.mails())
    assert not reports[0].is_failure
    assert hush not in str(reports) + caplog.text + str(feed)
    assert hush.encode() not in (tmp_path / "news-monitor.db").read_bytes()
    assert origin.requests[0].header("x-key") == hush.encode()


class Unwell:
    """An index that cannot match."""

    def matches(self, document: object) -> tuple[Match, ...]:
        raise RuntimeError("out of order")


def test_a_surprise_counts_as_a_failure_of_the_feed_and_backs_off(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE)))
    with house(tmp_path, origin, "/a") as home:
        unwell: Any = Unwell()
        broken = replace(home, jobs=with_parts(home.jobs, index=unwell))
        (report,) = broken.tick()
        assert (report.is_failure, "out of order" in report.reason) == (True, True)
        broken.live(timedelta(hours=10))
        assert len(origin.asked("/a")) < 6
        assert home.jobs.store.articles.count() == 0
        home.live(DAY)
        assert home.jobs.store.articles.count() == 1


def test_a_feed_of_a_config_read_since_waits_for_the_next_tick(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE)))
    with house(tmp_path, origin, "/a") as home:
        later = FeedSettings(url=origin.url("/b"))
        home.jobs.store.feeds.sync([*home.jobs.poller.feeds.values(), later], home.clock.now())
        assert [report.url for report in home.tick()] == [origin.url("/a")]
        with pytest.raises(UsageError, match="/b"):
            home.poll(later.url)


def test_an_outcome_that_could_not_be_stored_is_kept_and_the_mail_not_repeated(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE)))
    channel = FlakyChannel(DeliveryError(stage="connect", answer="connection refused"))
    channel.is_up = True
    with lived_in(replace(settings(tmp_path, [origin.url("/a")], origin.port), mail=channel)) as home:
        home.tick()
        store = home.jobs.store
        full: Any = Full(store.deliveries)
        broken = replace(home, jobs=with_parts(home.jobs, store=store_with(store, deliveries=full)))
        home.clock.advance(DAY)
        with pytest.raises(StoreError):
            broken.tick()
        assert store.deliveries.counts() == {"sending": 1}
        home.live(DAY)
        assert store.deliveries.counts() == {"sent": 2}
        assert len(channel.accepted) == 2


class Full:
    """Deliveries whose outcomes cannot be written."""

    def __init__(self, real: DeliveryStore) -> None:
        self._real = real

    def settle(self, *_: object) -> None:
        raise StoreError("disk full")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def with_topics(config: Settings, *topics: Topic) -> Settings:
    return replace(config, topics=topics)


def topic(name: str, *words: str, was: str = "") -> Topic:
    return Topic(name=name, rules=(Rule(all=tuple((word,) for word in words)),), was=was)


def test_a_changed_topic_is_looked_for_in_what_is_stored_and_listed_once_labelled(
    tmp_path: Path, origin: Origin
) -> None:
    origin.serve("/a", reply(rss()), reply(rss(BAKERY, TRUCE)))
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    clock = SimulatedClock()
    with lived_in(with_topics(config, topic("Bread", "croissant")), clock) as home:
        home.live(DAY)
    with lived_in(with_topics(config, topic("Bread", "bread")), clock) as home:
        home.live(2 * DAY)
        listed = [mail for mail in home.mails() if BAKERY.title in mail]
    assert len(listed) == 1
    assert "Found later: this topic changed, or more of the text is read (1)" in listed[0]


def test_what_a_narrowed_topic_no_longer_means_is_not_told(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss()), reply(rss(BAKERY)))
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    clock = SimulatedClock()
    with lived_in(with_topics(config, topic("Bread", "bread")), clock) as home:
        home.live(timedelta(hours=3))
    with lived_in(with_topics(config, topic("Bread", "bread", "butter")), clock) as home:
        home.live(DAY)
        assert not any(BAKERY.title in mail for mail in home.mails())


@pytest.mark.parametrize(("was", "listed"), [("Bread", 1), ("", 2)])
def test_a_renamed_topic_keeps_its_history_only_with_was(tmp_path: Path, origin: Origin, was: str, listed: int) -> None:
    origin.serve("/a", reply(rss()), reply(rss(BAKERY)))
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    clock = SimulatedClock()
    with lived_in(with_topics(config, topic("Bread", "bread")), clock) as home:
        home.live(DAY)
    with lived_in(with_topics(config, topic("Bakeries", "bread", was=was)), clock) as home:
        home.live(DAY)
        assert sum(BAKERY.title in mail for mail in home.mails()) == listed


def test_an_old_article_of_the_baseline_is_news_once_it_is_edited_into_a_match(tmp_path: Path, origin: Origin) -> None:
    before = Story(id="live", title="As it happened", at=NOON - 3 * DAY)
    after = replace(before, title="Syria truce collapses, as it happened")
    origin.serve("/a", reply(rss(before)), reply(rss(after)))
    with house(tmp_path, origin, "/a") as home:
        home.live(2 * DAY)
        assert sum(after.title in mail for mail in home.mails()) == 1


def test_a_poll_by_hand_keeps_the_floor_of_public_hosts(tmp_path: Path) -> None:
    config = settings(tmp_path, ["http://never.example/feed.xml"], 80)
    with lived_in(replace(config, polling=replace(config.polling, allow_private=()))) as home:
        home.jobs.store.feeds.claim({FeedId(1): NOON}, NOON)
        (report,) = home.poll()
        assert (report.status, report.is_failure) == ("too soon", False)
        assert "12:15:00" in report.reason


def test_a_feed_put_back_into_the_config_is_no_first_poll(tmp_path: Path, origin: Origin) -> None:
    old = Story(id="old", title="Syria truce", at=datetime(2026, 2, 1, tzinfo=NOON.tzinfo))
    fresh = Story(id="fresh", title="Syria truce holds", at=NOON + timedelta(hours=5))
    origin.serve("/a", reply(rss(old)), reply(rss(old, fresh)))
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    clock = SimulatedClock()
    with lived_in(config, clock) as home:
        home.tick()
    clock.advance(timedelta(hours=5))
    with lived_in(replace(config, feeds=()), clock) as home:
        home.tick()
    clock.advance(timedelta(hours=5))
    with lived_in(config, clock) as home:
        home.live(DAY)
        (mail,) = (mail for mail in home.mails() if fresh.title in mail)
        assert home.jobs.store.articles.count() == 2
    assert old.title + "\n" not in mail


def test_a_roll_up_tells_the_week_and_consumes_nothing(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE, PLANS)))
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    weekly = DigestSettings(name="Weekly", to=("you@reader.example",), kind="roll-up", at=time(8))
    with lived_in(replace(config, digests=(weekly, *config.digests))) as home:
        home.live(2 * DAY)
        daily, rollup, *_ = home.mails()
        assert TRUCE.title in daily
        assert "The week to Monday 2 March 2026" in rollup
        assert TRUCE.title in rollup
        assert "2 stories, 2 of them new" in rollup
        listed = {each.digest: each.matches for each in home.jobs.store.editions.all()}
        assert listed["Weekly"] == 0
        index = (tmp_path / "archive" / "index.html").read_text("utf-8")
        for name in ("Daily/2026-03-02.html", "Daily/2026-03-03.html", "Weekly/2026-03-02.html"):
            assert f'href="{name}"' in index
        assert (tmp_path / "archive" / "Weekly" / "2026-03-02.html").exists()


def test_an_index_that_is_gone_is_written_again(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(TRUCE)))
    index = tmp_path / "archive" / "index.html"
    with house(tmp_path, origin, "/a") as home:
        home.jobs.keeper.run()
        assert not index.exists()
        home.live(DAY)
        first = index.read_bytes()
        index.unlink()
        home.jobs.keeper.run()
        assert index.read_bytes() == first
        index.unlink()
        index.mkdir()
        home.live(DAY)
        assert len(home.mails()) == 2
