"""What the config says of feeds for people: which are paid for, and why they are there."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from daemons import CONFIG, asked
from house import Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import NOON, SimulatedClock

from monitor.config import Settings, load
from monitor.errors import ConfigError
from monitor.store import open_store

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TITLE = "Syria truce holds in Aleppo, say envoys"
PAID = Story(id="paid", title=TITLE, link="https://wall.example/1")
FREE = Story(id="free", title=TITLE, link="https://open.example/1")
NOTE = "covers the talks"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Settings:
    found = settings(tmp_path, [origin.url("/paid"), origin.url("/free")], origin.port)
    paid, free = found.feeds
    feeds = (replace(paid, outlet="Wall Paper", access="paid", note=NOTE), replace(free, outlet="Open Paper"))
    return replace(found, feeds=feeds)


@pytest.mark.parametrize("access", ["", "paid"])
def test_a_free_article_leads_and_paid_ones_are_marked(config: Settings, origin: Origin, access: str) -> None:
    paid, free = config.feeds
    config = replace(config, feeds=(replace(paid, access=access), free))
    for path in ("/paid", "/free"):
        origin.serve(path, reply(rss(Story(id="old", title="Weather"))))
    with lived_in(config) as home:
        home.refresh()
        origin.serve("/paid", reply(rss(PAID)))
        home.clock.advance(2 * HOUR)
        home.refresh()
        origin.serve("/free", reply(rss(FREE)))
        home.live(DAY)
        (mail,) = [each for each in home.mails() if TITLE in " ".join(each.split())]
        marked = "Wall Paper (paid)" in mail
        assert marked is bool(access)
        assert (mail.index("Open Paper") < mail.index("Wall Paper")) is bool(access)
        assert NOTE not in mail


def test_a_paid_article_leads_where_the_free_one_only_mentions_it(config: Settings, origin: Origin) -> None:
    text = f"{'The mayor spoke about buses, schools and the new bridge. ' * 12}A truce in Syria holds."
    for path in ("/paid", "/free"):
        origin.serve(path, reply(rss(Story(id="old", title="Weather"))))
    with lived_in(config) as home:
        home.refresh()
        origin.serve("/paid", reply(rss(replace(PAID, text=text))))
        origin.serve("/free", reply(rss(replace(FREE, title="Mayor speaks about the new bridge", text=text))))
        home.live(DAY)
        (mail,) = [each for each in home.mails() if TITLE in " ".join(each.split())]
        assert mail.index("Wall Paper (paid)") < mail.index("Open Paper")


def test_what_is_stored_is_marked_as_its_feed_is_now(config: Settings, origin: Origin) -> None:
    for path, story in (("/paid", PAID), ("/free", FREE)):
        origin.serve(path, reply(rss(story)))
    paid, free = config.feeds
    clock = SimulatedClock()
    changes = [
        ((paid, free), [True, False]),
        ((replace(paid, access=""), replace(free, access="paid")), [False, True]),
        ((replace(paid, access="free"), replace(free, access="paid", enabled=False)), [False, True]),
        ((paid,), [True, True]),  # the other one is forgotten by the config, and not by the store
    ]
    for feeds, expected in changes:
        with lived_in(replace(config, feeds=feeds), clock) as home:
            clock.advance(HOUR)
            home.refresh()
            found = sorted(home.jobs.store.articles.since(NOON - DAY), key=lambda each: each.outlet, reverse=True)
            assert [each.is_paid for each in found] == expected


def test_commands_mark_what_is_paid_and_show_the_note(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/feed", reply(rss(PAID)))
    path = tmp_path / "config.toml"
    text = CONFIG.format(url=origin.url("/feed"), port=origin.port)
    extra = f'group = "walled"\noutlet = "Wall Paper"\nnote = "{NOTE}"\n\n[[topics]]'
    path.write_text(f'{text.replace("[[topics]]", extra, 1)}\n[groups.walled]\naccess = "paid"\n', encoding="utf-8")
    assert asked(path, "poll").returncode == 0
    with closing(open_store(load(path, {}).storage.database_url)) as store:
        (article,) = store.articles.since(NOON - 9000 * DAY)
    number = str(article.id)
    for words in (
        ("search", "truce"),
        ("why", number),
        ("articles", "show", number),
        ("topics", "explain", "Syria ceasefire", number),
        ("topics", "test", "Syria ceasefire"),
    ):
        done = asked(path, *words, "--json")
        assert done.returncode == 0, (words, done.stderr)
        assert '"is_paid": true' in done.stdout, words
        assert "paid" in asked(path, *words).stdout.lower(), words
    (feed,) = json.loads(asked(path, "feeds", "list", "--json").stdout)
    assert (feed["note"], feed["access"], feed["keep_text"], feed["quote"]) == (NOTE, "paid", None, True)
    shown = asked(path, "feeds", "show", "Wall Paper").stdout
    assert f"note: {NOTE}" in shown
    assert "quote: yes" in shown
    assert json.loads(asked(path, "handover", "--json").stdout)["feed_notes"] == [{"feed": "Wall Paper", "note": NOTE}]
    assert f"Wall Paper: {NOTE}" in asked(path, "handover").stdout


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('access = "subscribers"', '"subscribers" is not a kind of access; write "paid" or "free".'),
        ('keep_text = "30m"', 'is less than "1d". To keep no text at all write quote = false.'),
        ('quote = "no"', "quote"),
        ("note = 7", "note"),
    ],
)
def test_what_is_not_meant_is_refused(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "config.toml"
    text = CONFIG.format(url="https://wall.example/rss", port=443)
    path.write_text(text.replace("[[topics]]", f"{line}\n\n[[topics]]", 1), encoding="utf-8")
    with pytest.raises(ConfigError, match="feeds") as raised:
        load(path, {})
    assert words in str(raised.value)


def test_a_time_for_texts_that_are_not_kept_has_no_effect(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    text = CONFIG.format(url="https://wall.example/rss", port=443)
    lines = 'keep_text = "30d"\nquote = false\n\n[[topics]]'
    path.write_text(text.replace("[[topics]]", lines, 1), encoding="utf-8")
    assert any("has no effect beside quote = false" in str(each) for each in load(path, {}).warnings)
