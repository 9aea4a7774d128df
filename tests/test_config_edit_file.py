"""An edited config is checked and shown before it is written, and written whole, as its owner had it, or not at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config import load
from monitor.config.document import read_document
from monitor.config.edit import AddItem, AddTable, Edit, Remove, SetValue
from monitor.config.edit.plan import NotWritten, Plan, by_hand, checked, diff, file_with, planned, write
from monitor.config.findings import Findings
from monitor.config.include import with_included
from monitor.config.table import Reading
from monitor.errors import ConfigError
from monitor.files import HasChanged, replace_kept
from monitor.render.columns import width

CONFIG = """\ufeff# mine
[[topics]]
name = "Truces"
any = ["truce"]
must_match = [
\t"Truce holds", # 1
]
""".replace("\n", "\r\n")
LONGER: Edit = AddItem(("topics", 0, "must_match"), "Truce in Aleppo")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_bytes(CONFIG.encode())
    return file


def plan_of(file: Path, *edits: Edit) -> Plan:
    return planned(file, edits, read_document(file))


def test_an_edit_is_shown_checked_and_written(config: Path) -> None:
    plan = plan_of(config, LONGER)
    assert diff(plan) == [
        f"--- {config}",
        f"+++ {config} (edited)",
        "@@ -5,4 +5,5 @@",
        " must_match = [",
        '     "Truce holds", # 1',
        '+    "Truce in Aleppo",',
        " ]",
        " ",
    ]
    assert checked(plan, config, {}).topics[0].must_match == ("Truce holds", "Truce in Aleppo")
    assert load(config, {}, is_draft=True).topics[0].must_match == ("Truce holds",)
    write(plan)
    assert config.read_bytes() == CONFIG.replace(",\u0020# 1\r\n", ', # 1\r\n\t"Truce in Aleppo",\r\n').encode()


def test_an_edit_that_makes_a_mistake_is_found_before_it_is_written(config: Path) -> None:
    plan = plan_of(config, AddItem(("topics", 0, "must_match"), "Rain in Aleppo"))
    with pytest.raises(ConfigError, match='"Rain in Aleppo" does not match'):
        checked(plan, config, {})
    assert config.read_bytes() == CONFIG.encode()


def test_an_included_file_is_edited_where_its_list_is(tmp_path: Path) -> None:
    config, lists = tmp_path / "config.toml", tmp_path / "more" / "lists.toml"
    lists.parent.mkdir()
    config.write_text('include = ["more/lists.toml"]\n[lists]\nown = ["a"]\n')
    lists.write_text("[lists]\nshared = ['b']\n")
    document = read_document(config)
    reading = Reading(file=config, environ={}, lines=document.lines, findings=Findings())
    document = with_included(document, reading)
    assert file_with(document, ("lists", "own")) == config
    assert file_with(document, ("lists", "shared")).samefile(lists)
    plan = planned(lists, [AddItem(("lists", "shared"), "c")], document)
    assert checked(plan, config, {}).lists["shared"] == ("b", "c")
    write(plan)
    assert lists.read_text() == "[lists]\nshared = ['b', \"c\"]\n"


def test_a_link_is_followed_and_owner_and_mode_stay(config: Path, tmp_path: Path) -> None:
    link, before = tmp_path / "link.toml", config.stat()
    link.symlink_to(config.name)
    config.chmod(0o604)
    if os.geteuid() == 0:
        os.chown(config, 12_345, 23_456)
    owner = (config.stat().st_uid, config.stat().st_gid)
    write(plan_of(link, LONGER))
    after = config.stat()
    assert link.is_symlink()
    assert (after.st_uid, after.st_gid, after.st_mode & 0o777) == (*owner, 0o604)
    assert after.st_ino != before.st_ino
    assert sorted(each.name for each in tmp_path.iterdir()) == ["config.toml", "link.toml"]


def test_attributes_stay(config: Path) -> None:
    try:
        os.setxattr(config, "user.origin", b"by hand")
    except OSError:
        pytest.skip("this file system has no attributes")
    write(plan_of(config, LONGER))
    assert os.getxattr(config, "user.origin") == b"by hand"


def test_a_file_that_has_changed_is_left_alone(config: Path) -> None:
    plan = plan_of(config, LONGER)
    config.write_text("# somebody else\n")
    with pytest.raises(NotWritten, match="has changed since it was read"):
        write(plan)
    assert config.read_text() == "# somebody else\n"
    assert list(config.parent.iterdir()) == [config]


def test_one_that_is_replaced_while_it_is_written_is_left_alone(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def replacing(descriptor: int) -> None:
        real(descriptor)
        other = config.with_name("other")
        other.write_bytes(CONFIG.encode())
        other.replace(config)

    monkeypatch.setattr(os, "fsync", replacing)
    with pytest.raises(HasChanged):
        replace_kept(config, CONFIG.encode(), b"")
    assert config.read_bytes() == CONFIG.encode()
    assert list(config.parent.iterdir()) == [config]


@pytest.mark.parametrize("obstacle", ["two names", "mode cannot be kept", "no room"])
def test_what_cannot_be_written_is_printed_to_be_pasted(
    config: Path, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28 if obstacle == "no room" else 1, os.strerror(28 if obstacle == "no room" else 1))

    if obstacle == "two names":
        os.link(config, config.with_name("same"))
    else:
        monkeypatch.setattr("monitor.files.shutil.copystat" if "mode" in obstacle else "os.fsync", refuse)
    plan = plan_of(config, LONGER)
    with pytest.raises(NotWritten) as caught:
        write(plan)
    first, second, *lines = str(caught.value).split("\n")
    assert first.startswith(f"{config} cannot be written: ")
    assert second == "Nothing was written. To do it by hand:"
    assert lines == [f"{config}:6: add below line 6:", '\\t"Truce in Aleppo",']
    assert config.read_bytes() == CONFIG.encode()
    assert not [each for each in config.parent.iterdir() if each.name.startswith(".part")]


def test_what_is_not_a_file_is_left_alone(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    pipe.mkdir()
    with pytest.raises(NotWritten, match="cannot be written: Is a directory"):
        write(Plan(file=pipe, before=b"", after=b"x"))
    with pytest.raises(OSError, match="not a regular file"):
        replace_kept(Path(os.devnull), b"", b"x")


@pytest.mark.parametrize(
    ("edit", "order"),
    [
        (AddItem(("topics", 0, "any", 0, "x"), "lull"), ["add to topics[0].any[0].x:", '"lull"']),
        (AddTable(("topics", 0, "any"), {"b": 1}), None),
        (AddTable(("topics", 0, "name"), {"b": [1]}), ["add a table to topics[0].name:", "[[topics.name]]", "b = [1]"]),
        (SetValue(("topics",), 3), ["set topics:", "topics = 3"]),
        (Remove(("topics", 0, "near")), ["remove topics[0].near."]),
    ],
)
def test_what_cannot_be_edited_is_printed_to_be_written_by_hand(
    config: Path, edit: Edit, order: list[str] | None
) -> None:
    if order is None:
        assert plan_of(config, edit).after
        return
    with pytest.raises(NotWritten) as caught:
        plan_of(config, edit)
    reason, _, *lines = str(caught.value).split("\n")
    assert reason.startswith(f"{config} cannot be edited: ")
    assert [lines[0].partition(": ")[2], *lines[1:]] == order


def test_a_file_that_is_gone_or_broken_is_reported(config: Path) -> None:
    document = read_document(config)
    config.write_text("a = ")
    with pytest.raises(NotWritten, match="not valid TOML any more"):
        planned(config, [LONGER], document)
    config.unlink()
    with pytest.raises(NotWritten, match="No such file"):
        planned(config, [LONGER], document)


def test_a_diff_fits_the_terminal_and_writes_no_escapes_and_no_secrets(config: Path) -> None:
    config.write_text('[mail]\npassword = "hush"\nx = ["停", "\\u001b[31m"]\n')
    plan = plan_of(config, AddItem(("mail", "x"), f"\x1b]0;owned\x07 {'長い見出し ' * 12}\n\u202eevil"))
    lines = diff(plan)
    assert "hush" not in "".join(lines)
    assert " (not shown: this line may hold a secret)" in lines
    assert all(line.isprintable() for line in lines)
    assert max(map(width, lines[2:])) <= 80
    assert (
        "".join(line[3:] if "… " in line[:3] else line[1:] for line in lines if line[0] == "+" and line[1] != "+")
        == (plan.after.decode().split("\n")[2])
    )


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ({"url": "https://me:hush@post.example/feed"}, 'url = "https://post.example/feed"'),
        ({"url": "https://post.example/feed?key=hush&a=1"}, 'url = "https://post.example/feed?key=***&a=1"'),
        ({"url": "https://me:it's\"hush@post.example/"}, 'url = "https://post.example/"'),
        ({"proxy": "socks5://me:hush@post.example:1080"}, 'proxy = "socks5://post.example:1080"'),
        ({"outlet": "me://hush"}, 'outlet = "me://hush"'),
    ],
)
def test_a_diff_shows_no_credentials_of_urls_that_are_written(
    config: Path, content: dict[str, str], shown: str
) -> None:
    plan = plan_of(config, AddTable(("feeds",), content))
    assert f"+{shown}" in diff(plan)
    write(plan)
    assert read_document(config).content["feeds"] == [content]


@pytest.mark.timeout(10)
@pytest.mark.parametrize("line", ['\\"' * 50_000, '"' + '\\"' * 50_000, "a-" * 50_000, "x://" * 25_000])
def test_a_diff_takes_linear_time(line: str) -> None:
    assert diff(Plan(file=Path("c.toml"), before=b"", after=line.encode()))


def test_by_hand_every_kind_of_change_has_its_place(config: Path) -> None:
    def of(before: str, after: str) -> list[str]:
        found = by_hand(Plan(file=Path("c.toml"), before=before.encode(), after=after.encode()))
        return [line.removeprefix("c.toml:") for line in found]

    assert of("b\n", "a\nb\n") == ["0: add at the top:", "a"]
    assert of("a\nb\nc\n", "a\nx\nc\n") == ["2: replace line 2 by:", "x"]
    assert of("a\nb\nc\nd\n", "a\nd\n") == ["2: remove lines 2 to 3."]


def test_a_kill_at_any_line_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    program = Path(__file__).with_name("killed_edit.py")
    run = subprocess.run([sys.executable, program, tmp_path], capture_output=True, text=True, timeout=100, check=True)
    found = json.loads(run.stdout)
    assert found["lines"] > 20
    assert found["wrong"] == []
    assert found["states"] == ["new", "old"]
