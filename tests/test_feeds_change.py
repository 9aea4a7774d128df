"""`feeds pause`, `resume` and `remove` edit the config and nothing else in it."""

import json
from pathlib import Path

import pytest
from daemons import asked

CONFIG = """# My feeds.
[storage]
folder = "data"

[[feeds]]  # the radio
url = "https://quay.example/feed?key=hush"
outlet = "Quay Radio"

[[feeds]]
url = "https://coast.example/rss"
outlet = "Coast Wire"
# not so good

[[feeds]]
url = "https://coast.example/sport"
outlet = "Coast Wire"

[[topics]]
name = "Kesh"
any = ["Kesh"]

[[digests]]
name = "Daily"
to = ["desk@home.example"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def test_a_feed_is_paused_and_resumed_and_the_file_is_as_it_was(config: Path) -> None:
    paused = asked(config, "feeds", "pause", "Quay Radio", "--yes")
    assert paused.returncode == 0, paused.stderr
    assert "hush" not in paused.stdout
    assert "enabled = false" in paused.stdout
    assert config.read_text(encoding="utf-8") == CONFIG.replace('"Quay Radio"\n', '"Quay Radio"\nenabled = false\n')
    assert "paused already" in asked(config, "feeds", "pause", "Quay Radio", "--yes").stdout
    assert asked(config, "feeds", "resume", "https://quay.example/feed?key=hush", "--yes").returncode == 0
    assert config.read_text(encoding="utf-8") == CONFIG
    assert "not paused already" in asked(config, "feeds", "resume", "Quay Radio").stdout


def test_a_feed_is_removed_with_its_table(config: Path) -> None:
    answer = asked(config, "feeds", "remove", "https://coast.example/sport", "--json")
    assert json.loads(answer.stdout)["is_changed"] is True
    left = config.read_text(encoding="utf-8")
    assert left == CONFIG.replace('[[feeds]]\nurl = "https://coast.example/sport"\noutlet = "Coast Wire"\n\n', "")


def test_without_an_answer_nothing_is_written(config: Path) -> None:
    assert asked(config, "feeds", "remove", "Quay Radio").returncode != 0
    assert config.read_text(encoding="utf-8") == CONFIG


@pytest.mark.parametrize(
    ("name", "words"), [("Nobody", "No feed has the URL or outlet"), ("Coast Wire", "2 feeds have this outlet")]
)
@pytest.mark.parametrize("command", ["pause", "resume", "remove"])
def test_a_feed_that_is_not_clear_is_refused(config: Path, command: str, name: str, words: str) -> None:
    answer = asked(config, "feeds", command, name, "--yes")
    assert answer.returncode == 2
    assert words in answer.stderr
    assert config.read_text(encoding="utf-8") == CONFIG
