"""`[groups.NAME]`: keys that feeds share."""

from pathlib import Path

import pytest
from daemons import asked

from monitor.config import load
from monitor.errors import ConfigError

REST = """
[[topics]]
name = "Kesh"
any = ["Kesh"]
[[digests]]
name = "Daily"
to = ["desk@home.example"]
"""


def loaded(folder: Path, text: str):  # type: ignore[no-untyped-def]
    path = folder / "config.toml"
    path.write_text(text + REST, encoding="utf-8")
    return load(path, {}, is_draft=True)


def test_feeds_share_the_keys_of_their_group_and_their_own_win(tmp_path: Path) -> None:
    feeds = loaded(
        tmp_path,
        """
[groups."Middle East"]
language = "ar"
interval = "2h"
headers = { X-Desk = "one" }
[[feeds]]
url = "https://quay.example/a"
group = "Middle East"
[[feeds]]
url = "https://quay.example/b"
group = "Middle East"
language = "en"
[[feeds]]
url = "https://quay.example/c"
""",
    ).feeds
    assert [each.language for each in feeds] == ["ar", "en", ""]
    assert [each.group for each in feeds] == ["Middle East", "Middle East", ""]
    assert feeds[0].headers == feeds[1].headers != feeds[2].headers
    assert feeds[0].interval == feeds[1].interval
    assert feeds[2].interval is None


ONE = '[[feeds]]\nurl = "https://quay.example/a"\ngroup = "g"\n'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (ONE, 3, 'there is no [groups."g"]'),
        (f"{ONE}[groups.g]\nlanguage = 7\n", 5, "groups.g.language"),
        (f"{ONE}[groups.g]\nlangage = 'ar'\n", 5, "groups.g.langage"),
        (f"{ONE}[groups.g]\nurl = 'https://x.example/'\n", 5, "is a key of single feeds"),
        (f"{ONE}[groups.g]\ngroup = 'h'\n", 5, "is a key of single feeds"),
        (f"{ONE}[groups]\ng = 3\n", 5, "is not a table"),
        (f"groups = 3\n{ONE}", 1, "is not a table"),
        ('[[feeds]]\nurl = "https://quay.example/a"\ngroup = 3\n', 3, "feeds"),
    ],
)
def test_a_mistake_is_reported_once_and_where_it_is(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text + ONE.replace("/a", "/b"))
    found = [each for each in str(caught.value).splitlines() if words in each]
    assert f"config.toml:{line}:" in found[0]
    assert len(found) <= 2  # the second feed names the missing group as well


TWO = ONE + ONE.replace("/a", "/b")


@pytest.mark.parametrize(
    ("group", "line", "words"),
    [
        ('min_interval = "3h"\nmax_interval = "1h"', 9, "groups.g.max_interval: is shorter than min_interval"),
        ("proxy_dns = true", 8, "groups.g.proxy_dns: has no effect without proxy"),
        ('auth = { username = "x" }', 8, "groups.g.auth: needs a username and one of"),
        ('auth = { username = "x", password_env = "NO" }', 8, "groups.g.auth.password_env: the environment variable"),
    ],
)
def test_keys_of_a_group_that_do_not_go_together_are_one_mistake_of_the_group(
    tmp_path: Path, group: str, line: int, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, f"{TWO}[groups.g]\n{group}\n")
    (found,) = str(caught.value).splitlines()
    assert f"config.toml:{line}: {words}" in found


def test_a_key_of_a_group_that_contradicts_one_feed_is_a_mistake_of_that_feed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, f'{TWO}min_interval = "3h"\n[groups.g]\nmax_interval = "1h"\n')
    (found,) = str(caught.value).splitlines()
    assert "config.toml:4: feeds[1]: max_interval: is shorter than min_interval" in found


def test_a_password_of_a_group_that_others_can_read_is_reported_at_the_group(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush", encoding="utf-8")
    (tmp_path / "secret").chmod(0o644)
    login = 'auth = { username = "x", password_file = "secret" }'
    found = loaded(tmp_path, f"{TWO}[groups.g]\n{login}\n").warnings
    assert [(each.line, each.key) for each in found if "hush" not in each.message and "secret" in each.message] == [
        (8, "groups.g.auth.password_file")
    ]


def test_a_group_without_feeds_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[[feeds]]\nurl = "https://quay.example/a"\n[groups.g]\nlanguage = "ar"\n{REST}', encoding="utf-8")
    answer = asked(path, "check")
    assert "no feed says group" in answer.stdout + answer.stderr


def test_a_feed_of_a_paused_group_is_resumed_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[groups.g]\nenabled = false\n{ONE}{REST}", encoding="utf-8")
    assert asked(path, "feeds", "resume", "https://quay.example/a", "--yes").returncode == 0
    assert load(path, {}, is_draft=True).feeds[0].enabled
    assert asked(path, "feeds", "pause", "https://quay.example/a", "--yes").returncode == 0
    assert not load(path, {}, is_draft=True).feeds[0].enabled
