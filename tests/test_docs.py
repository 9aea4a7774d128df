"""What the docs say is true: their examples, commands, settings, links and names are held against the program.

Blocks are read by their language: `toml` must load, `diff` after it lists articles that match (+) or do not (-).
docs/add-a-channel.md is carried out, and its channel must pass what is asked of every channel.
"""

import importlib.util
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import test_deliver_channels as contract
import typer

from monitor import deliver
from monitor.cli import app
from monitor.config import Settings, load
from monitor.config.topics import WrittenRule, WrittenTopic
from monitor.deliver import KINDS
from monitor.match import TopicIndex
from monitor.model.match import Document
from monitor.model.settings import DigestSettings, FeedSettings, PollingSettings, StorageSettings

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

REST_OF_CONFIG = {
    "feeds": '[[feeds]]\nurl = "https://news.example/feed"\n',
    "topics": '[[topics]]\nname = "Anything"\n',
    "digests": '[[digests]]\nname = "Daily"\nto = ["reader@home.example"]\n',
}
"""What a fragment of a config needs around it."""

SECRETS = "/etc/news-monitor/"


class Block(NamedTuple):
    """A fenced block: where it is, its language and its text."""

    place: str
    language: str
    text: str


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[Block]:
    page = text_of(name)
    fences = re.finditer(r"^```(\w+)\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    return [Block(f"{name}:{page.count(chr(10), 0, found.start()) + 1}", found[1], found[2]) for found in fences]


ALL_BLOCKS = [block for page in PAGES for block in blocks(str(page.relative_to(ROOT)))]
TOML_BLOCKS = [pytest.param(block, id=block.place) for block in ALL_BLOCKS if block.language == "toml"]


def settings_of(example: str, folder: Path) -> Settings:
    """The config, completed where it is a fragment. A secret it names is there."""
    written = tomllib.loads(example)
    rest = [table for section, table in REST_OF_CONFIG.items() if section not in written]
    secret = folder / "smtp-password"
    secret.write_text("hush", encoding="utf-8")
    secret.chmod(0o600)
    config = folder / "config.toml"
    config.write_text("\n".join([example.replace(SECRETS, f"{folder}/"), *rest]), encoding="utf-8")
    return load(config, {"HOME": str(folder)})


# ---- Examples


@pytest.mark.parametrize("block", TOML_BLOCKS)
def test_a_config_in_the_docs_loads_without_a_warning(block: Block, tmp_path: Path, folder_channel: Any) -> None:
    assert settings_of(block.text, tmp_path).warnings == ()


def test_a_config_in_the_docs_is_fenced_so_that_it_is_checked() -> None:
    assert not [page.name for page in PAGES if re.search(r"^    \[+[a-z.]+\]+$", page.read_text("utf-8"), re.MULTILINE)]


def verdicts() -> Iterator[Any]:
    """Every line about an article in docs/topics.md, with the config above it."""
    config = ""
    for block in blocks("docs/topics.md"):
        if block.language == "toml":
            config = block.text
        for line in block.text.splitlines() if block.language == "diff" else ():
            yield pytest.param(config, line, id=line)


@pytest.mark.parametrize(("config", "line"), verdicts())
def test_a_topic_of_the_docs_matches_what_they_say(config: str, line: str, tmp_path: Path) -> None:
    settings = settings_of(config, tmp_path)
    found = re.fullmatch(r"([+-]) (.+?)(?: \| (.+?))?(?: → (.+))?", line)
    assert found, line
    sign, title, text, outcome = found.groups(default="")
    matches = TopicIndex(settings.topics, settings.lists).matches(Document(title=title, text=text))
    assert bool(matches) is (sign == "+")
    if outcome:
        assert outcome == ", ".join(match.topic if len(settings.topics) > 1 else match.tier for match in matches)


def term_rows() -> Iterator[tuple[str, str, bool]]:
    """(term, text, whether it is found) of the table of terms."""
    table = text_of("docs/topics.md").split("## What a term finds")[1].split("\n\n")[1]
    for row in table.splitlines()[2:]:
        (term,), finds, misses = (re.findall("`([^`]+)`", cell) for cell in row.strip("|").split("|"))
        yield from ((term, text, True) for text in finds if not term.startswith("@"))
        yield from ((term, text, False) for text in misses)


@pytest.mark.parametrize(("term", "text", "expected"), term_rows())
def test_a_term_of_the_docs_finds_what_they_say(term: str, text: str, *, expected: bool, tmp_path: Path) -> None:
    settings = settings_of(f'[[topics]]\nname = "Term"\nany = ["{term}"]\n', tmp_path)
    index = TopicIndex(settings.topics, settings.lists)
    assert bool(index.matches(Document(title=text, text=""))) is expected


# ---- The channel of docs/add-a-channel.md, made as the page says


@pytest.fixture
def folder_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page carried out for one test: its file loaded, its two lines added. Returns the new kind."""
    page = blocks("docs/add-a-channel.md")
    source, entry = (block.text for block in page if block.language == "python")
    kind_line, mailbox_line = (block.text for block in page if block.language == "diff")
    names = vars(contract) | vars(module_of(source, tmp_path / "folder.py"))
    exec(entry, names)
    (kind, channel), (_, mailbox) = (
        added(kind_line, "monitor/deliver/__init__.py", names),
        added(mailbox_line, "tests/test_deliver_channels.py", names),
    )
    monkeypatch.setitem(KINDS, kind, channel)
    monkeypatch.setitem(contract.MAILBOXES, kind, mailbox)
    return kind


def module_of(source: str, file: Path) -> ModuleType:
    file.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def added(diff: str, file: str, names: dict[str, Any]) -> tuple[str, Any]:
    """The dictionary item that the diff adds, after looking whether its other lines are those of the file."""
    lines = diff.splitlines(keepends=True)
    assert "".join(line[1:] for line in lines if line.startswith(" ")) in text_of(file)
    (line,) = (line[1:] for line in lines if line.startswith("+"))
    ((key, value),) = eval(f"{{{line}}}", names).items()
    return key, value


@pytest.mark.parametrize("promise", [name for name in vars(contract) if name.startswith("test_")])
def test_the_channel_of_the_docs_keeps_what_channels_promise(promise: str, folder_channel: str, tmp_path: Path) -> None:
    getattr(contract, promise)(folder_channel, tmp_path)


def test_the_channel_of_the_docs_is_about_40_lines() -> None:
    source = next(block.text for block in blocks("docs/add-a-channel.md") if block.language == "python")
    assert len([line for line in source.splitlines() if line.strip()]) <= 45


def test_the_channel_of_the_docs_says_what_went_wrong(folder_channel: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder", encoding="utf-8")
    channel: Any = KINDS[folder_channel]
    with pytest.raises(DeliveryError, match="write: cannot write .*taken"):
        channel(folder=tmp_path / "taken").send(delivery())
    with pytest.raises(ValueError, match="not a mail address"):
        channel(folder=tmp_path, sender="nobody")


# ---- Commands and options


class Command(NamedTuple):
    """A command as it is typed, such as "digest preview", and its options as lists of spellings."""

    name: str
    options: list[list[str]]


def commands(command: Any, name: str = "") -> Iterator[Command]:
    """The command and all below it; arguments are not among its options."""
    yield Command(name, [each.opts for each in command.params if each.param_type_name == "option"])
    for word, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{name} {word}".strip())


COMMANDS = list(commands(typer.main.get_command(app)))
OPTIONS = {spelling for command in COMMANDS for option in command.options for spelling in option} | {"--help", "-h"}
NOUNS = {command.name.partition(" ")[0] for command in COMMANDS if " " in command.name}


def code_of(page: Path) -> list[str]:
    """All that is set as code: spans, and lines of blocks without their comments."""
    text = page.read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line.partition(" #")[0].strip() for line in re.findall(r"^(?: {4}|)(.*)$", text, flags=re.MULTILINE)]
    return [*re.findall(r"`([^`\n]+)`", prose), *(line for line in lines if line.startswith(("news-monitor ", "/")))]


def words_of(code: str) -> list[str]:
    """The words after the program's name, or of a command written without it; none if this is no command."""
    typed = re.fullmatch(r"(?:\S*/)?news-monitor ([a-z-].*)", code)
    bare = code.split()
    return typed[1].split() if typed else bare if bare[0] in NOUNS else []


def is_known(words: list[str]) -> bool:
    """Whether there is such a command, with such options."""
    known, name = {command.name: command for command in COMMANDS}, ""
    while words and f"{name} {words[0]}".strip() in known:
        name = f"{name} {words.pop(0)}".strip()
    spellings = {spelling for option in known[name].options for spelling in option}
    return name not in {"", *NOUNS} and {word for word in words if word.startswith("-")} <= spellings


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_command_in_the_docs_exists(page: Path) -> None:
    typed = [words for code in code_of(page) if (words := words_of(code))]
    assert [words for words in typed if not is_known(list(words))] == []
    assert {code for code in code_of(page) if re.match(r"--?[a-z]", code)} & {
        code for code in code_of(page) if code.split()[0] not in OPTIONS and code.startswith("-")
    } == set()
