"""Templates of the owner's: they take the place of ours file by file, and never keep an edition back (E15, S9)."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from editions import EDITIONS
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import NOON

from monitor.config import Settings, load
from monitor.errors import ConfigError
from monitor.model import alert_mail, archive_index, edition, edition_input, entries, rollup, voices
from monitor.model.settings import OperatorSettings
from monitor.render import broken_templates, environment, render, shown, template_problem
from monitor.render.templates import FILTERS
from monitor.resources import resource

DAY = timedelta(days=1)
TRUCE = Story(id="truce", title="Syria truce holds", text="Quiet in Aleppo.", at=NOON)
CONFIG = """
[[feeds]]
url = "https://post.example/feed"

[[topics]]
name = "Anything"

[[digests]]
name = "Daily"
to = ["you@reader.example"]
templates = "mine"

[storage]
folder = "data"
"""


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        yield origin


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def with_templates(tmp_path: Path, origin: Origin, *, own: Path | None = None, all_: Path | None = None) -> Settings:
    plain = settings(tmp_path / "data", [origin.url("/a")], origin.port)
    digest = replace(plain.digests[0], templates=own)
    return replace(plain, digests=(digest,), storage=replace(plain.storage, templates_dir=all_))


def page(home: House) -> str:
    return (home.folder / "archive" / "Daily" / "2026-03-02.html").read_text("utf-8")


def test_a_digests_templates_come_before_those_for_all_and_these_before_ours(
    tmp_path: Path, mine: Path, origin: Origin
) -> None:
    everyones = tmp_path / "all"
    everyones.mkdir()
    (everyones / "story.html.j2").write_text("<p>Story for all</p>")
    (everyones / "closing.html.j2").write_text("<p>End for all</p>")
    (mine / "closing.html.j2").write_text("<p>My end, {{ edition.coverage.feeds }} feed</p>")
    with lived_in(with_templates(tmp_path, origin, own=mine, all_=everyones)) as home:
        home.live(DAY)
        assert "<p>Story for all</p>" in page(home)
        assert "<p>My end, 1 feed</p>" in page(home)
        assert "End for all" not in page(home)


@pytest.mark.parametrize(
    ("file", "broken", "problem"),
    [
        ("digest.txt.j2", "{{ editon.digest }}", "digest.txt.j2, line 1: 'editon' is undefined"),
        ("story.html.j2", "\n{{ story.lead.titel }}", "story.html.j2, line 2: "),
        ("page.html.j2", "{{ 1 / 0 }}", "page.html.j2, line 1: division by zero"),
        ("closing.html.j2", "{% if %}", "closing.html.j2, line 1: "),
    ],
)
def test_an_edition_goes_out_on_time_whatever_its_templates_do(
    tmp_path: Path, mine: Path, origin: Origin, file: str, broken: str, problem: str
) -> None:
    (mine / file).write_text(broken)
    with lived_in(with_templates(tmp_path, origin, own=mine)) as home:
        home.live(DAY)
        (mail,) = home.mails()
        assert TRUCE.title in mail
        told = f'The templates of "Daily" were not used, because they failed: {problem}'
        assert told in " ".join(mail.split())
        assert "were not used, because they failed" in page(home)
        assert [note.text.startswith(told) for note in home.jobs.store.notes.open()] == [True]


def test_where_there_is_an_operator_readers_hear_nothing_of_templates(
    tmp_path: Path, mine: Path, origin: Origin
) -> None:
    (mine / "digest.txt.j2").write_text("{{ nothing }}")
    config = with_templates(tmp_path, origin, own=mine)
    with lived_in(replace(config, operator=OperatorSettings(to=("me@reader.example",)))) as home:
        home.live(DAY)
        assert "were not used" not in home.mails()[0]
        clock = home.clock
    with lived_in(with_templates(tmp_path, origin), clock) as home:
        home.live(DAY)
        assert home.jobs.store.notes.open() == ()


@pytest.mark.parametrize(
    ("broken", "line", "problem"),
    [("\n{% if %}", 2, "Expected an expression"), ("{{ a | nofilter }}", 1, "No filter named 'nofilter'")],
)
def test_what_can_be_seen_of_a_broken_template_is_said_by_check(
    tmp_path: Path, mine: Path, broken: str, line: int, problem: str
) -> None:
    (mine / "story.html.j2").write_text(broken)
    (mine / "good.html.j2").write_text("{{ anything }}")
    (name, found, words), *more = broken_templates(mine)
    assert (name, found, more) == ("story.html.j2", line, [])
    assert problem in words
    (tmp_path / "config.toml").write_text(CONFIG)
    with pytest.raises(ConfigError, match=rf"config.toml:11: .*mine/story.html.j2:{line}: "):
        load(tmp_path / "config.toml", {})


def test_a_template_that_is_not_text_is_named(mine: Path) -> None:
    (mine / "story.html.j2").write_bytes(b"\xff\xfe")
    ((name, line, words),) = broken_templates(mine)
    assert (name, line) == ("story.html.j2", 0)
    assert "utf-8" in words


def test_a_folder_that_is_not_there_or_changes_nothing_is_told(tmp_path: Path, mine: Path) -> None:
    (mine / "digest.htm.j2").write_text("")
    (tmp_path / "config.toml").write_text(CONFIG)
    (warning,) = load(tmp_path / "config.toml", {}).warnings
    assert "has no template with the name of a shipped one" in str(warning)
    (tmp_path / "config.toml").write_text(CONFIG.replace('"mine"', '"elsewhere"'))
    with pytest.raises(ConfigError, match="elsewhere is not a folder"):
        load(tmp_path / "config.toml", {})


def test_a_failure_outside_of_templates_is_said_as_it_is() -> None:
    assert template_problem(ValueError("two\nlines")) == "two lines"
    assert template_problem(ValueError()) == "ValueError"


@pytest.mark.parametrize("name", ["digest.html.j2", "digest.txt.j2"])
def test_feed_text_is_never_a_template(tmp_path: Path, name: str) -> None:
    """A title is data, whichever template prints it; markup is escaped where the outcome is markup (S9)."""
    (tmp_path / name).write_text("{{ edition.sections[0].stories[0].lead.title }}")
    mail = render(EDITIONS["hostile"](), environment([tmp_path, resource("templates")]))
    assert "{{7*7}}" in (mail.html if "html" in name else mail.text)
    assert "<script>alert" not in mail.html


# ---- what templates receive is documented


CLASSES: dict[str, type] = {
    name: each
    for room in (edition_input, edition, entries, rollup, archive_index, voices, shown, alert_mail)
    for name, each in vars(room).items()
    if isinstance(each, type) and is_dataclass(each)
}


def received(*names: str) -> dict[str, set[str]]:
    """By class, what can be asked of everything that a template may come to from these."""
    found: dict[str, set[str]] = {}
    waiting = list(names)
    while waiting:
        kind = CLASSES[waiting.pop()]
        if kind.__name__ not in found:
            asked = {name for name, value in vars(kind).items() if isinstance(value, property)}
            found[kind.__name__] = asked | {field.name for field in fields(kind)}
            types = " ".join(str(field.type) for field in fields(kind))
            waiting += [name for name in CLASSES if re.search(rf"\b{name}\b", types)]
    return found


def test_the_page_about_templates_names_every_field() -> None:
    page = (Path(__file__).parents[1] / "docs" / "templates.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z]\w+)` \| (.*) \|$", page, flags=re.MULTILINE)
    named = {kind: set(re.findall(r"`([a-z_]+)`", cell)) for kind, cell in rows}
    assert named == received("Edition", "Missed", "RollUp", "ArchiveIndex", "Neighbours", "Rest", "AlertMail")


def test_the_page_about_templates_names_every_file_and_filter() -> None:
    page = (Path(__file__).parents[1] / "docs" / "templates.md").read_text(encoding="utf-8")
    files = {file.name.partition(".")[0] for file in resource("templates").glob("*.j2")}
    assert {name for name in files if not re.search(rf"`{name}[`.]", page)} == set()
    assert {name for name in FILTERS if not re.search(rf"`{name}[`(]", page)} == set()
