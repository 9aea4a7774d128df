"""Edits of a config with included files: each is made in the file where its table stands, and changes no other byte."""

import json
import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)
from typing import Any

import pytest
from daemons import asked
from hard_configs import Hard, Written, hard_config
from table import each_row
from test_config_edit import behind_all, check_edit, expected, random_edit, without_empty_array

from monitor import files
from monitor.config import joined, load
from monitor.config.document import Document, read_document
from monitor.config.edit import AddItem, AddTable, Edit, MakeTable, Remove, SetValue, edited
from monitor.config.edit.changes import CannotEdit, equal
from monitor.config.edit.plan import NotWritten, planned_in, write
from monitor.config.edit.where import located
from monitor.config.joined import SECTIONS, with_tables

NOBODY = 65534

MAIN = """include = ["data/feeds.toml", "data/topics.toml"]
[groups.Paid]
auth = { username = "a", token_file = "x" }
[[feeds]]
url = "https://own.example/rss"
outlet = "Own"
[[topics]]
name = "Own"
any = ["truce"]
[storage]
folder = "data"
"""
FEEDS = """# By commands.\r
[[feeds]]\r
url = "https://first.example/rss"   # the first\r
outlet = "First"\r
group = "Gulf"\r
\r
[[feeds]]\r
url = "https://second.example/rss"\r
outlet = "Second"\r
[groups.Gulf]\r
language = "ar"\r
"""
TOPICS = """[[topics]]
name = "Second"
all = [["lull"]]
[lists]
sea = ["Red Sea"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "feeds.toml").write_bytes(FEEDS.encode())
    (data / "topics.toml").write_text(TOPICS)
    file = tmp_path / "config.toml"
    file.write_text(MAIN.replace('[groups.Paid]\nauth = { username = "a", token_file = "x" }\n', ""))
    return file


@pytest.fixture
def document(config: Path) -> Document:
    config.write_text(MAIN)
    return joined(config, {})


URL = "https://new.example/rss"
PLACES: list[tuple[Sequence[Edit], str, Sequence[tuple[str | int, ...]]]] = [
    ([SetValue(path=("feeds", 0, "enabled"), value=False)], "config.toml", [("feeds", 0, "enabled")]),
    ([SetValue(path=("feeds", 1, "enabled"), value=False)], "feeds.toml", [("feeds", 0, "enabled")]),
    ([Remove(("feeds", 2))], "feeds.toml", [("feeds", 1)]),
    ([AddItem(("topics", 1, "all", 0), "x")], "topics.toml", [("topics", 0, "all", 0)]),
    ([AddTable(("topics", 1, "rule"), {"any": ["x"]})], "topics.toml", [("topics", 0, "rule")]),
    ([AddItem(("lists", "sea"), "x")], "topics.toml", [("lists", "sea")]),
    ([AddItem(("lists", "new"), "x")], "config.toml", [("lists", "new")]),
    ([SetValue(("groups", "Gulf", "interval"), "2h")], "feeds.toml", [("groups", "Gulf", "interval")]),
    ([AddTable(("feeds",), {"url": URL})], "feeds.toml", [("feeds",)]),
    ([AddTable(("topics",), {"name": "x"})], "topics.toml", [("topics",)]),
    (
        [MakeTable(("groups", "New"), {}), AddTable(("feeds",), {"url": URL, "group": "New"})],
        "feeds.toml",
        [("groups", "New"), ("feeds",)],
    ),
    ([AddTable(("digests",), {"name": "x"})], "config.toml", [("digests",)]),
    (
        [AddTable(("feeds",), {"url": f"{URL}?token=x"}), AddTable(("feeds",), {"url": URL})],
        "config.toml",
        [("feeds",)],
    ),
    ([AddTable(("feeds",), {"url": URL, "proxy": "http://p.example"})], "config.toml", [("feeds",)]),
    ([AddTable(("feeds",), {"url": URL, "group": "Paid"})], "config.toml", [("feeds",)]),
]


def test_each_edit_has_its_file_and_its_path_there(document: Document) -> None:
    def look(edits: Sequence[Edit], file: str, paths: Sequence[tuple[str | int, ...]]) -> None:
        place, found = located(document, edits)
        assert place.name == file
        assert {each.path for each in found} == set(paths)

    each_row(look, PLACES)


def test_an_edit_of_two_files_is_refused(document: Document) -> None:
    edits = [Remove(("feeds", 0)), Remove(("feeds", 1))]
    with pytest.raises(CannotEdit, match=r"several files: .*/config\.toml and .*/data/feeds\.toml"):
        located(document, edits)
    with pytest.raises(NotWritten, match="several files"):
        planned_in(document, edits)


def test_without_a_file_of_that_name_new_tables_go_into_the_config(config: Path) -> None:
    (config.parent / "data" / "more.toml").write_bytes(FEEDS.encode())
    config.write_text(config.read_text().replace("data/feeds.toml", "data/more.toml"))
    found = joined(config, {})
    assert located(found, [AddTable(("feeds",), {"url": URL})])[0] == config
    assert located(found, [Remove(("feeds", 1))])[0].name == "more.toml"


# ---- By commands


def state(config: Path) -> dict[str, str]:
    files = (config, config.parent / "data" / "feeds.toml", config.parent / "data" / "topics.toml")
    return {file.name: file.read_bytes().decode() for file in files}


def test_feeds_are_paused_resumed_and_removed_where_they_stand(config: Path) -> None:
    before = state(config)
    paused = asked(config, "feeds", "pause", "First", "--yes")
    assert paused.returncode == 0, paused.stderr
    assert f"Wrote {config.parent}/data/feeds.toml." in " ".join(paused.stdout.split())
    new = before["feeds.toml"].replace('group = "Gulf"\r\n', 'group = "Gulf"\r\nenabled = false\r\n')
    assert state(config) == before | {"feeds.toml": new}
    assert asked(config, "feeds", "resume", "First", "--yes").returncode == 0
    assert state(config) == before
    answer = json.loads(asked(config, "feeds", "remove", "Second", "--json").stdout)
    assert answer["file"] == str(config.parent / "data" / "feeds.toml")
    assert state(config)["config.toml"] == before["config.toml"]
    assert [each.outlet for each in load(config, {}, is_draft=True).feeds] == ["Own", "First"]


def test_a_feed_that_its_included_group_pauses_is_resumed_by_itself(config: Path) -> None:
    feeds = config.parent / "data" / "feeds.toml"
    feeds.write_text(feeds.read_text() + "enabled = false\n")
    assert asked(config, "feeds", "resume", "First", "--yes").returncode == 0
    assert [each.enabled for each in load(config, {}, is_draft=True).feeds] == [True, True, True]
    assert "enabled = true" in feeds.read_text()


def test_imported_feeds_and_topics_go_into_their_files_and_those_with_a_token_into_the_config(config: Path) -> None:
    before, words = state(config), config.parent / "words.txt"
    (config.parent / "urls").write_text(f'{URL} "Gulf"\nhttps://other.example/rss "North"\n')
    words.write_text("Red Sea shipping\n")
    answer = json.loads(asked(config, "feeds", "import", str(config.parent / "urls"), "--json").stdout)
    assert answer["file"].endswith("data/feeds.toml")
    answer = json.loads(asked(config, "topics", "import", str(words), "--json").stdout)
    assert answer["file"].endswith("data/topics.toml")
    assert state(config)["config.toml"] == before["config.toml"]
    settings = load(config, {}, is_draft=True)
    assert [(each.url, each.group) for each in settings.feeds[3:]] == [
        (URL, "Gulf"),
        ("https://other.example/rss", "North"),
    ]
    assert settings.topics[2].name == "Red Sea shipping"
    (config.parent / "urls").write_text("https://paid.example/rss?token=hush\n")
    answer = json.loads(asked(config, "feeds", "import", str(config.parent / "urls"), "--json").stdout)
    assert answer["file"] == str(config)
    assert asked(config, "check", "--draft").returncode == 0


@pytest.mark.parametrize("has_folder", [True, False])
def test_a_file_that_is_not_there_yet_is_made_for_the_owner_of_the_folder(config: Path, *, has_folder: bool) -> None:
    data = config.parent / "data"
    for name in ("feeds.toml", "topics.toml"):
        (data / name).unlink()
    if not has_folder:
        data.rmdir()
    elif os.geteuid() == 0:
        os.chown(data, 65_534, 65_534)
    (config.parent / "urls").write_text(f"{URL}\n")
    answer = asked(config, "feeds", "import", str(config.parent / "urls"), "--yes")
    assert answer.returncode == 0, answer.stderr
    made = (data / "feeds.toml").stat()
    assert (made.st_uid, stat.S_IMODE(made.st_mode)) == (data.stat().st_uid, 0o600)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert (data / "feeds.toml").read_text() == f'[[feeds]]\nurl = "{URL}"\n'
    assert [each.name for each in data.iterdir() if each.name.startswith(".part")] == []


def test_one_that_somebody_else_made_meanwhile_is_left_alone(config: Path) -> None:
    feeds = config.parent / "data" / "feeds.toml"
    feeds.unlink()
    plan = planned_in(joined(config, {}), [AddTable(("feeds",), {"url": URL})])
    feeds.write_text("# mine\n")
    with pytest.raises(NotWritten, match="has changed since it was read"):
        write(plan)
    assert feeds.read_text() == "# mine\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a link of another user")
def test_root_follows_no_link_of_another_user(config: Path) -> None:
    feeds, other = config.parent / "data" / "feeds.toml", config.parent / "other.toml"
    other.write_bytes(feeds.read_bytes())
    feeds.unlink()
    feeds.symlink_to(other)
    assert asked(config, "feeds", "pause", "First", "--yes").returncode == 0
    os.chown(feeds, 65_534, 65_534, follow_symlinks=False)
    refused = asked(config, "feeds", "resume", "First", "--yes")
    assert refused.returncode != 0
    assert "it is a link of another user" in refused.stderr
    assert "enabled = false" in other.read_text()


def test_a_backup_says_which_files_it_leaves_out(config: Path) -> None:
    assert asked(config, "migrate").returncode == 0
    files = [config, *(config.parent / "data" / name for name in ("feeds.toml", "topics.toml"))]
    answer = json.loads(asked(config, "backup", "--json").stdout)
    assert answer["left_out"] == [str(file) for file in files]
    said = asked(config, "backup", "--to", str(config.parent / "copy.db")).stdout
    assert all(str(file) in "".join(said.split()) for file in files)


# ---- Random edits of hard files


@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=pytest.mark.simulate)])
@pytest.mark.timeout(1200)
def test_an_edit_changes_the_file_of_its_table_and_no_byte_outside_of_it(tmp_path: Path, rounds: int) -> None:
    """With `simulate` 10,000 edits of 100 pairs of files. Prints how many were made, and how many in included files."""
    made = included = 0
    for seed in range(100):
        files = (tmp_path / f"{seed}.toml", tmp_path / ("topics.toml" if seed % 2 else "lists.toml"))
        hard = dict(zip(files, (hard_config(seed), hard_config(10_000 + seed)), strict=True))
        for file, each in hard.items():
            file.write_bytes(each.source)
        main, more = map(read_document, files)
        document, _ = with_tables(replace(main, included=(files[1],)), more)
        chance = Random(seed)
        for _ in range(rounds):
            included += look_at_random_edit(document, hard, chance) == files[1]
            made += 1
    print(f"{made} edits, {included} of them in included files, 0 bytes changed outside the edited table")
    assert (made, included > made // 4) == (100 * rounds, True)


def look_at_random_edit(document: Document, hard: dict[Path, Hard], chance: Random) -> Path:
    """Make an edit of the joined config, and see what it changes; the file that it was made in."""
    file, edit, table = random_joined_edit(document, hard, chance)
    planned = planned_in(document, [edit])
    if isinstance(edit, AddTable) and len(edit.path) == 1:
        file = home_of_tables(document, edit)
        table = behind_all(hard[file], edit.path)
    assert (planned.file, planned.before) == (file, hard[file].source)
    _, [there] = located(document, [edit])
    check_edit(hard[file], there, table)
    assert edited(planned.before, [there]) == planned.after
    check_joined(document, planned.file, planned.after, edit)
    return file


def check_joined(document: Document, file: Path, content: bytes, edit: Edit) -> None:
    """The config as a whole then says what was meant."""
    real = {file.resolve(): content}
    main, more = read_document(document.file, real), read_document(document.included[0], real)
    found, wanted = with_tables(main, more)[0].content, expected(document.content, edit)
    if isinstance(edit.path[-1], int):
        found, wanted = (without_empty_array(each, edit.path[:-1]) for each in (found, wanted))
    if isinstance(edit, AddTable) and len(edit.path) == 1 and file == document.file:
        array = str(edit.path[0])  # it comes before those of the included file
        place = len(main.content[array]) - 1
        wanted[array].insert(place, wanted[array].pop())
    if (
        isinstance(edit, Remove) and edit.path[0] == "lists" and len(edit.path) == 2
    ):  # the next of this name counts then
        wanted["lists"] = {**more.content["lists"], **wanted["lists"]}
    assert equal({key: found.get(key) for key in SECTIONS}, {key: wanted.get(key) for key in SECTIONS})


def home_of_tables(document: Document, edit: Edit) -> Path:
    [included] = document.included
    return included if included.name == f"{edit.path[0]}.toml" else document.file


def random_joined_edit(document: Document, hard: dict[Path, Hard], chance: Random) -> tuple[Path, Edit, Written]:
    """An edit of a table of one of the files, with its path in the joined config."""
    heads = {(document.files[joint], own): joint for joint, own in document.own.items()}
    while True:
        file = chance.choice(list(hard))
        edit, table = random_edit(hard[file], chance)
        head = edit.path[:2]
        is_there = edit.path[0] in SECTIONS if file == document.file else (file, head) in heads
        if isinstance(edit, AddTable) and len(edit.path) == 1:
            is_there = bool(hard[home_of_tables(document, edit)].data.get(str(edit.path[0])))
        if is_there:
            path: Any = (*heads.get((file, head), head), *edit.path[2:])
            return file, replace(edit, path=path), table


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of another user")
def test_a_folder_that_root_makes_belongs_to_the_owner_of_the_one_around_it(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)
    files.make_empty(tmp_path / "a" / "b" / "feeds.toml")
    for each in ("a", "a/b", "a/b/feeds.toml"):
        assert (tmp_path / each).stat().st_uid == NOBODY
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
