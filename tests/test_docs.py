"""What the docs say is true: their examples, commands, settings, links and names are held against the program.

Blocks are read by their language: `toml` must load, `diff` after it lists articles that match (+) or do not (-).
docs/add-a-channel.md is carried out, and its channel must pass what is asked of every channel.
"""

import importlib.util
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import test_deliver_channels as contract
import typer
from house import lived_in, settings
from outbox import delivery

from monitor.cli import app
from monitor.config import Settings, load
from monitor.config.topics import WrittenRule, WrittenTopic
from monitor.deliver import KINDS
from monitor.errors import ConfigError, DeliveryError
from monitor.match import TopicIndex
from monitor.match.rule_mistakes import example_document
from monitor.model.delivery import DeliveryState
from monitor.model.ids import EditionId
from monitor.model.match import Document
from monitor.model.settings import (
    DigestSettings,
    FeedSettings,
    HealthSettings,
    MailSettings,
    OperatorSettings,
    PollingSettings,
    StorageSettings,
)
from monitor.model.web import UserSettings, WebSettings

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
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


def rows_of(name: str, heading: str) -> list[list[str]]:
    """The rows of the tables below a heading, without their heads."""
    section = text_of(name).split(f"\n## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"^\|.*\n\|[-|]+\n((?:\|.*\n)+)", section, flags=re.MULTILINE)
    return [row.strip("|").split("|") for table in tables for row in table.splitlines()]


def spans(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


ALL_BLOCKS = [block for page in PAGES for block in blocks(str(page.relative_to(ROOT)))]
TOML_BLOCKS = [pytest.param(block, id=block.place) for block in ALL_BLOCKS if block.language == "toml"]


def settings_of(example: str, folder: Path) -> Settings:
    """The config, completed where it is a fragment. A secret it names is there."""
    written = tomllib.loads(example)
    rest = [table for section, table in REST_OF_CONFIG.items() if section not in written]
    if "channels" in written and "storage" not in written:  # its mails leave this machine
        rest.append('[storage]\narchive_url = "https://news.example/archive"')
    for name in {"smtp-password", *re.findall(r'_file = "([a-z-]+)"', example)}:
        secret = folder / name
        secret.write_text("hush", encoding="utf-8")
        secret.chmod(0o600)
    config = folder / "config.toml"
    config.write_text("\n".join([example.replace(SECRETS, f"{folder}/"), *rest]), encoding="utf-8")
    config.chmod(0o600)
    return load(config, {"HOME": str(folder)})


# ---- Examples


@pytest.mark.parametrize("block", TOML_BLOCKS)
@pytest.mark.usefixtures("drop_channel")
def test_a_config_in_the_docs_loads_without_a_warning(block: Block, tmp_path: Path) -> None:
    assert settings_of(block.text, tmp_path).warnings == ()


def test_no_config_in_the_docs_escapes_the_check() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert len(TOML_BLOCKS) == text.count("```toml") > 0
    assert not re.findall(r"^ {4}\[+[a-z.]+\]+$", text, flags=re.MULTILINE), "fence it as toml"


def verdicts() -> Iterator[Any]:
    """Every line about an article in docs/topics.md, with the config above it."""
    config = ""
    for block in blocks("docs/topics.md"):
        if block.language == "toml":
            config = block.text
        for line in block.text.splitlines() if block.language == "diff" else ():
            yield pytest.param(config, line, id=line)


@pytest.mark.parametrize(("config", "line"), list(verdicts()))
def test_a_topic_of_the_docs_matches_what_they_say(config: str, line: str, tmp_path: Path) -> None:
    settings = settings_of(config, tmp_path)
    found = re.fullmatch(r"([+-]) (.+?)(?: \| (.+?))?(?: → (.+))?", line)
    assert found, line
    sign, title, text, outcome = found.groups(default="")
    matches = TopicIndex(settings.topics, settings.lists).matches(example_document(f"{title}\n{text}"))
    assert bool(matches) is (sign == "+")
    if outcome:
        assert outcome == ", ".join(match.topic if len(settings.topics) > 1 else match.tier for match in matches)


def term_rows() -> Iterator[tuple[str, str, bool]]:
    """(term, text, whether it is found) of the table of terms."""
    for term, finds, misses in rows_of("docs/topics.md", "What a term finds"):
        for cell, expected in ((finds, True), (misses, False)):
            yield from ((spans(term)[0], text, expected) for text in spans(cell))


@pytest.mark.parametrize(("term", "text", "expected"), list(term_rows()))
def test_a_term_of_the_docs_finds_what_they_say(term: str, text: str, expected: bool, tmp_path: Path) -> None:  # noqa: FBT001
    lists = '[lists]\ntruce = ["ceasefire", "truce"]\n'
    settings = settings_of(f'{lists}[[topics]]\nname = "Term"\nany = ["{term}"]\n', tmp_path)
    index = TopicIndex(settings.topics, settings.lists)
    assert bool(index.matches(Document(title=text, text=""))) is expected


# ---- The channel of docs/add-a-channel.md, made as the page says


@pytest.fixture
def drop_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page carried out for one test: its file loaded, its two lines added. Returns the new kind."""
    page = blocks("docs/add-a-channel.md")
    source, entry = (block.text for block in page if block.language == "python")
    kind_line, mailbox_line = (block.text for block in page if block.language == "diff")
    names = vars(contract) | vars(module_of(source, tmp_path / "drop.py"))
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
def test_the_channel_of_the_docs_keeps_what_channels_promise(promise: str, drop_channel: str, tmp_path: Path) -> None:
    getattr(contract, promise)(drop_channel, tmp_path)


def test_the_channel_of_the_docs_is_about_60_lines() -> None:
    source = next(block.text for block in blocks("docs/add-a-channel.md") if block.language == "python")
    assert len([line for line in source.splitlines() if line.strip()]) <= 65


def test_the_channel_of_the_docs_knows_nothing_of_mail() -> None:
    source = next(block.text for block in blocks("docs/add-a-channel.md") if block.language == "python")
    assert not re.findall(r"^(?:from|import) (?:email|smtplib|monitor\.deliver\.mail)\b", source, flags=re.MULTILINE)


def test_the_channel_of_the_docs_says_what_went_wrong(drop_channel: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder", encoding="utf-8")
    channel: Any = KINDS[drop_channel]
    with pytest.raises(DeliveryError, match=r"write: cannot write .*taken"):
        channel(folder=tmp_path / "taken").send(delivery())


def test_an_edition_goes_through_the_channel_of_the_docs(drop_channel: str, tmp_path: Path) -> None:
    channel: Any = KINDS[drop_channel]
    config = settings(tmp_path, [], 80)
    digest = replace(config.digests[0], to=("desk", "desk-2"))
    with lived_in(replace(config, mail=channel(folder=tmp_path / "drop"), digests=(digest,))) as home:
        home.clock.advance(timedelta(days=1))
        home.jobs.publisher.run()
        home.jobs.outbox.run()
        files = sorted((tmp_path / "drop").glob("*/*.json"))
        assert [file.parent.name for file in files] == ["desk", "desk-2"]
        said = json.loads(files[0].read_bytes())
        assert (said["digest"], said["articles"]) == ("Daily", 0)
        (again,) = home.jobs.outbox.resend(EditionId(1), ["night-desk"])
        assert (again.state, home.jobs.outbox.unsettled) == (DeliveryState.SENT, [])
        (file,) = (tmp_path / "drop" / "night-desk").iterdir()
        assert file.read_bytes() == files[0].read_bytes()


def test_a_recipient_of_the_channel_of_the_docs_is_checked_with_its_line(drop_channel: str, tmp_path: Path) -> None:
    config = f'[mail]\nkind = "{drop_channel}"\n[operator]\nto = ["desk", "me@home.example"]\n'
    with pytest.raises(ConfigError) as refused:
        settings_of(config, tmp_path)
    assert [(each.line, each.key) for each in refused.value.problems] == [
        (4, "operator.to[1]"),
        (14, 'digests[0] "Daily": to[0]'),
    ]
    assert "'me@home.example' cannot be the name of a folder" in str(refused.value)


# ---- Commands and options


def options_by_command(command: Any, name: str = "") -> Iterator[tuple[str, list[list[str]]]]:
    """For "digest preview" its options, each with its spellings; "" stands for what comes before any command."""
    yield name, [each.opts for each in command.params if each.param_type_name == "option"]
    for word, inner in getattr(command, "commands", {}).items():
        yield from options_by_command(inner, f"{name} {word}".strip())


COMMANDS = dict(options_by_command(typer.main.get_command(app)))
NOUNS = {name.partition(" ")[0] for name in COMMANDS if " " in name} - {"web"}
"""Words before a command that are none themselves."""
HELP = {"--help", "-h"}


def spellings(*names: str) -> set[str]:
    return HELP | {spelling for name in names for option in COMMANDS[name] for spelling in option}


def code_of(page: Path) -> list[str]:
    """What is set as code: spans, and the lines of blocks that call the program, with their comments."""
    text = page.read_text(encoding="utf-8")
    calls = re.findall(r"^(?: {4})?((?:\S*/)?news-monitor .*)$", text, flags=re.MULTILINE)
    return [*re.findall(r"`([^`\n]+)`", text), *calls]


def words_of(code: str) -> list[str]:
    """What follows the program's name; a span like `digest send` is meant as a command too."""
    call = re.fullmatch(r"(?:\S*/)?news-monitor (.+?)(?: +#.*)?", code)
    noun, _, verb = code.partition(" ")
    if call:
        return call[1].split()
    return [noun, *verb.split()] if noun in NOUNS and verb and not verb.startswith("=") else []


def is_known(words: list[str]) -> bool:
    """Whether there is such a command with such options. Whatever else is typed is taken for an argument."""
    name = ""
    for word in words:
        if f"{name} {word}".strip() in COMMANDS:
            name = f"{name} {word}".strip()
        elif word.startswith("-") and word not in spellings(name):
            return False
    return name not in {"", *NOUNS} or all(word.startswith("-") for word in words)


LEFT_OUT = {"-football"}
"""Words that an example of `search` leaves out; they look like options."""


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=lambda page: page.name)
def test_a_command_or_option_in_the_docs_exists(page: Path) -> None:
    code = code_of(page)
    assert [each for each in code if (words := words_of(each)) and not is_known(words)] == []
    ours = [each for each in code if not each.startswith("python")]  # a bench has options of its own
    named = {option for each in ours for option in re.findall(r"(?<!\S)--?[a-z][a-z-]*", each)}
    assert named - LEFT_OUT <= spellings(*COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - NOUNS))
def test_a_command_and_its_options_stand_in_the_page_for_operators(name: str) -> None:
    page = text_of("docs/operate.md")
    rows = re.findall(rf"^\| `news-monitor {name}[` ].*$", page, flags=re.MULTILINE) if name else [page]
    longer = [f"| `news-monitor {each}`" for each in COMMANDS if name and each.startswith(f"{name} ")]
    rows = [each for each in rows if not each.startswith(tuple(longer))]
    assert len(rows) == 1
    assert [option for option in COMMANDS[name] if not any(f"`{spelling}" in rows[0] for spelling in option)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_make_command_in_the_docs_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), flags=re.MULTILINE))
    called = re.findall(r"(?:`|^ {4})make ([a-z ]+?)(?:`|  |$)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {target for call in called for target in call.split()} <= targets


# ---- Settings


@pytest.mark.parametrize(
    "kind",
    [
        *(FeedSettings, WrittenTopic, WrittenRule, DigestSettings, PollingSettings, StorageSettings),
        *(MailSettings, OperatorSettings, HealthSettings, WebSettings, UserSettings, *KINDS.values()),
    ],
    ids=lambda kind: kind.__name__,
)
def test_the_example_config_names_every_setting(kind: Any) -> None:
    """`test_config_example` looks into each section; here a channel that somebody adds is looked at too."""
    names = {setting.name for setting in fields(kind)} - {"rule"}
    assert names <= set(re.findall(r"^#?(?:#  +)?([a-z_]+) +=", text_of("config.example.toml"), flags=re.MULTILINE))


def test_the_page_about_topics_names_every_key() -> None:
    named = {key for cell, *_ in rows_of("docs/topics.md", "All keys of a topic") for key in spans(cell)}
    assert named == {key.name for key in fields(WrittenTopic)}


# ---- Links, files, rooms, dependencies


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if not link.startswith(("http://", "https://", "mailto:"))]
    assert [link for link in inside if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_file_that_is_named_with_its_folder_exists(page: Path) -> None:
    folders = "monitor|tests|docs|templates|migrations|deploy|requirements|benchmarks"
    paths = set(re.findall(rf"`((?:{folders})/[\w./-]*)`", page.read_text(encoding="utf-8")))
    assert {path for path in paths if not (ROOT / path).exists()} <= {"monitor/deliver/drop.py"}


def test_the_map_names_every_room() -> None:
    named = {room for cell, *_ in rows_of("docs/flow.md", "Rooms") for room in spans(cell)}
    modules = {path.name for path in (ROOT / "monitor").glob("*.py") if not path.name.startswith("__")}
    assert named == modules | {f"{path.parent.name}/" for path in (ROOT / "monitor").glob("*/__init__.py")}


def test_every_dependency_has_its_reason() -> None:
    cells = [re.sub(r"\(.*?\)|\*", "", cell) for cell, *_ in rows_of("CONTRIBUTING.md", "Dependencies")]
    named = {name.strip().lower() for cell in cells for name in cell.split(",")}
    needed = [*PYPROJECT["dependencies"], *PYPROJECT["optional-dependencies"]["dev"]]
    assert named == {re.split(r"[\[<>=]", dependency)[0] for dependency in needed}
