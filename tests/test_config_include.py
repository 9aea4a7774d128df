"""Included files with feeds, groups, topics and lists: one config, and each finding at its file and line there."""

import os
from pathlib import Path
from typing import Any

import pytest
from table import each_row

from monitor.config import check, joined, load
from monitor.errors import ConfigError, Problem

DIGEST = '[[digests]]\nname = "Daily"\nto = ["you@localhost"]\n[mail]\nkind = "maildir"\n'
STORAGE = '[storage]\nfolder = "data"\n'
INCLUDE = 'include = ["data/feeds.toml", "data/topics.toml"]\n'
FEED = '[[feeds]]\nurl = "https://{}.example/rss"\n'
TOPIC = '[[topics]]\nname = "{}"\nany = ["truce"]\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o700)
    for name in ("feeds.toml", "topics.toml"):
        (tmp_path / "data" / name).touch()
    file = tmp_path / "config.toml"
    file.write_text(INCLUDE + FEED.format("own") + TOPIC.format("Own") + DIGEST + STORAGE)
    return file


def feeds_of(config: Path) -> Path:
    return config.parent / "data" / "feeds.toml"


def topics_of(config: Path) -> Path:
    return config.parent / "data" / "topics.toml"


def places(found: tuple[Problem, ...]) -> list[tuple[str, int, str]]:
    return [(each.file.name, each.line, each.key) for each in found]


def test_tables_of_included_files_join_those_of_the_config_in_order(config: Path) -> None:
    feeds_of(config).write_text("# mine\n" + FEED.format("second") + 'group = "Gulf"\n[groups.Gulf]\nlanguage = "ar"\n')
    topics_of(config).write_text(
        TOPIC.format("Second") + '[[topics.rule]]\nany = ["lull"]\n[lists]\nsea = ["Red Sea"]\n'
    )
    settings = load(config, {})
    assert [each.url for each in settings.feeds] == ["https://own.example/rss", "https://second.example/rss"]
    assert [each.language for each in settings.feeds] == ["", "ar"]
    assert [(each.name, len(each.rules)) for each in settings.topics] == [("Own", 1), ("Second", 2)]
    assert settings.lists["sea"] == ("Red Sea",)
    assert settings.included == (feeds_of(config), topics_of(config))
    assert settings.warnings == ()


def test_a_config_may_have_all_its_feeds_and_topics_elsewhere(config: Path) -> None:
    config.write_text(INCLUDE + DIGEST + STORAGE)
    feeds_of(config).write_text(FEED.format("only"))
    topics_of(config).write_text(TOPIC.format("Only"))
    settings = load(config, {})
    assert (len(settings.feeds), len(settings.topics), settings.missing) == (1, 1, ())


MISTAKES: list[tuple[str, str, tuple[str, int, str]]] = [
    ("feeds", FEED.format("a") + FEED.format("b") + "outlett = 1\n", ("feeds.toml", 5, "feeds[1]: outlett")),
    ("feeds", '[[feeds]]\noutlet = "A"\n', ("feeds.toml", 1, "feeds[0]")),
    ("feeds", FEED.format("a") + 'group = "G"\n\n[groups.G]\ninterval = 3\n', ("feeds.toml", 6, "groups.G.interval")),
    ("feeds", FEED.format("a") + 'group = "G"\n', ("feeds.toml", 3, "feeds[0]: group")),
    ("feeds", "feeds = 3\n", ("feeds.toml", 1, "feeds")),
    ("feeds", "groups = 3\n", ("feeds.toml", 1, "groups")),
    ("feeds", "[topics]\nname = 3\n", ("feeds.toml", 1, "topics")),
    ("feeds", "[[feeds]]\nurl = ", ("feeds.toml", 2, "")),
    ("feeds", '[mail]\npassword = "x"\n', ("feeds.toml", 1, "mail")),
    ("feeds", '[[digests]]\nname = "x"\n', ("feeds.toml", 1, "digests")),
    ("feeds", 'include = ["x.toml"]\n', ("feeds.toml", 1, "include")),
    ("topics", TOPIC.format("A") + 'none = ["Sy*"]\n', ("topics.toml", 4, 'topics[0] "A": none[0]')),
    ("topics", TOPIC.format("A") + "must_match = ['rain']\n", ("topics.toml", 4, 'topics[0] "A": must_match[0]')),
    (
        "topics",
        TOPIC.format("A") + TOPIC.format("B") + "[[topics.rule]]\nany = ['lull', '']\n",
        ("topics.toml", 8, 'topics[1] "B": rule[0].any[1]'),
    ),
]


def test_each_mistake_is_reported_at_its_file_and_line_there(config: Path) -> None:
    def look(name: str, text: str, place: tuple[str, int, str]) -> None:
        topics_of(config).write_text(TOPIC.format("Other"))
        feeds_of(config).write_text(FEED.format("other"))
        (config.parent / "data" / f"{name}.toml").write_text(text)
        assert places(check(config, {})) == [place]

    each_row(look, MISTAKES)


REFUSED: list[tuple[str, str, str]] = [
    ('auth = { username = "a", password_file = "/etc/shadow" }', "auth", "a login"),
    ('headers = { X-Key = "hush" }', "headers", "headers"),
    ('proxy = "http://proxy.example:3128"', "proxy", "a proxy"),
    ('ca_file = "/etc/ssl/ca.pem"', "ca_file", "the path of a file"),
    ('was = "https://a.example/rss?token=hush"', "was", "login or token"),
]


def test_logins_proxies_and_paths_are_refused_and_not_even_read(config: Path) -> None:
    def look(line: str, key: str, what: str) -> None:
        feeds_of(config).write_text(FEED.format("a") + line + "\n")
        [problem] = check(config, {})
        assert places((problem,)) == [("feeds.toml", 3, f"feeds[0]: {key}")]
        assert what in problem.message
        assert f"move the whole table into {config}" in problem.message
        if key != "was":
            feeds_of(config).write_text(FEED.format("a") + f'group = "G"\n[groups.G]\n{line}\n')
            [problem] = check(config, {})
            assert places((problem,)) == [("feeds.toml", 5, f"groups.G.{key}")]
            assert f"move the group into {config}" in problem.message

    each_row(look, REFUSED)


@pytest.mark.parametrize("url", ["https://me:hush@a.example/rss", "https://a.example/rss?api_key=hush"])
def test_an_address_with_a_secret_is_refused_once_and_not_shown(config: Path, url: str) -> None:
    feeds_of(config).write_text(f'[[feeds]]\nurl = "{url}"\n')
    [problem] = check(config, {})
    assert places((problem,)) == [("feeds.toml", 2, "feeds[0]: url")]
    assert "login or token" in problem.message
    assert "hush" not in problem.message


def test_what_is_no_url_at_all_is_reported_as_elsewhere(config: Path) -> None:
    feeds_of(config).write_text('[[feeds]]\nurl = "https://[bad"\n')
    [problem] = check(config, {})
    assert places((problem,)) == [("feeds.toml", 2, "feeds[0]: url")]
    assert "is not a web address" in problem.message


def test_a_feed_of_an_included_file_takes_no_login_from_a_group_of_the_config(config: Path) -> None:
    secret = config.parent / "secret"
    secret.write_text("hush")
    secret.chmod(0o600)
    login = f'[groups.Paid]\nauth = {{ username = "a", password_file = "{secret}" }}\n'
    config.write_text(config.read_text() + login + FEED.format("paid") + 'group = "Paid"\n')
    assert check(config, {}) == ()
    feeds_of(config).write_text(FEED.format("elsewhere") + 'group = "Paid"\n')
    [problem] = check(config, {})
    assert places((problem,)) == [("feeds.toml", 3, "feeds[0]: group")]
    assert "a group with a login" in problem.message


REPEATED: list[tuple[str, str, str, tuple[str, int, str], str]] = [
    ("feeds", FEED.format("own"), "", ("feeds.toml", 2, "feeds[0]: url"), "the same feed as feeds[0] in {main}:3."),
    ("topics", "\n" + TOPIC.format("own"), "", ("topics.toml", 3, 'topics[0] "own": name'), "topics[0] in {main}:5."),
    (
        "feeds",
        FEED.format("a") + FEED.format("a"),
        "",
        ("feeds.toml", 4, "feeds[1]: url"),
        "the same feed as feeds[0] in line 2.",
    ),
    (
        "feeds",
        FEED.format("a") + 'group = "G"\n[groups.G]\n',
        "[groups.G]\n",
        ("feeds.toml", 4, "groups.G"),
        'the same group as [groups."G"] in {main}:14; delete one',
    ),
]


def test_what_is_in_two_files_is_reported_with_both_places(config: Path) -> None:
    before = config.read_text()

    def look(name: str, text: str, more: str, place: tuple[str, int, str], message: str) -> None:
        feeds_of(config).write_text("")
        topics_of(config).write_text("")
        config.write_text(before + more)
        (config.parent / "data" / f"{name}.toml").write_text(text)
        [problem] = check(config, {})
        assert places((problem,)) == [place]
        assert message.format(main=config) in problem.message

    each_row(look, REPEATED)


def test_two_included_files_with_the_same_feed_are_both_named(config: Path) -> None:
    feeds_of(config).write_text(FEED.format("x") + FEED.format("twice"))
    topics_of(config).write_text(FEED.format("twice"))
    [problem] = check(config, {})
    assert places((problem,)) == [("topics.toml", 2, "feeds[0]: url")]
    assert f"feeds[1] in {feeds_of(config)}:4" in problem.message


def test_a_missing_file_below_the_data_folder_is_a_warning_and_elsewhere_a_mistake(config: Path) -> None:
    feeds_of(config).unlink()
    topics_of(config).unlink()
    settings = load(config, {})
    assert places(settings.warnings) == [("config.toml", 1, "include[0]"), ("config.toml", 1, "include[1]")]
    assert f"there is no {feeds_of(config)} yet" in settings.warnings[0].message
    assert settings.included == (feeds_of(config), topics_of(config))
    config.write_text(config.read_text().replace("data/feeds.toml", "feeds.toml"))
    with pytest.raises(ConfigError, match=r"there is no file .*/feeds\.toml"):
        load(config, {})


def test_one_that_is_no_file_is_a_mistake_everywhere(config: Path) -> None:
    feeds_of(config).unlink()
    topics_of(config).unlink()
    feeds_of(config).mkdir()
    topics_of(config).symlink_to("nowhere.toml")
    assert [each.is_warning for each in check(config, {})] == [False, False]


def test_an_empty_file_below_the_data_folder_waits_for_its_first_feed(config: Path) -> None:
    feeds_of(config).write_text("# feeds that commands add\n")
    topics_of(config).write_text("")
    assert load(config, {}).warnings == ()


def test_a_file_is_read_once_however_often_it_is_named(config: Path) -> None:
    feeds_of(config).write_text(FEED.format("a"))
    (config.parent / "link.toml").symlink_to("data/feeds.toml")
    text = config.read_text().replace('"data/topics.toml"', '"./data/feeds.toml", "link.toml", "config.toml"')
    config.write_text(text)
    settings = load(config, {})
    assert len(settings.feeds) == 2
    assert places(settings.warnings) == [("config.toml", 1, f"include[{number}]") for number in (1, 2, 3)]
    assert [each.message.rpartition(".toml ")[2] for each in settings.warnings] == [
        "is named above already.",
        "is named above already.",
        "is this config itself.",
    ]


def test_a_broken_section_of_the_config_does_not_hide_what_is_wrong(config: Path) -> None:
    feeds_of(config).write_text(FEED.format("a"))
    topics_of(config).write_text("")
    config.write_text(INCLUDE + "feeds = 3\n" + TOPIC.format("A") + DIGEST + STORAGE)
    assert places(check(config, {})) == [("config.toml", 2, "feeds")]


def test_a_joined_document_knows_what_each_file_holds(config: Path) -> None:
    feeds_of(config).write_text(FEED.format("a") + FEED.format("b"))
    document = joined(config, {})
    path: Any = ("feeds", 2)
    assert (document.files[path], document.own[path], document.lines[(*path, "url")]) == (
        feeds_of(config),
        ("feeds", 1),
        4,
    )
    assert ("feeds", 0) not in document.files


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_root_is_warned_of_a_file_that_the_service_cannot_read(config: Path) -> None:
    feeds_of(config).write_text(FEED.format("a"))
    topics_of(config).write_text("")
    for each in (config.parent, config, topics_of(config), config.parent.parent):
        each.chmod(0o755 if each.is_dir() else 0o644)
    feeds_of(config).chmod(0o600)
    os.chown(feeds_of(config).parent, 65_534, 65_534)
    found = [each for each in check(config, {}) if "feeds.toml" in each.message]
    assert [(each.is_warning, each.key) for each in found] == [(True, "include[0]")]
    assert f"cannot read {feeds_of(config)}" in found[0].message
