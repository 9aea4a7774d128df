"""A file is there whole or not at all, with the mode that was asked for, and nothing is left beside it."""

import os
import stat
from pathlib import Path

import pytest

from monitor import files
from monitor.cli.output import write_file
from monitor.files import force_to_disk, put_in_place, write_new, write_whole


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("old")
    write_whole(file, b"new")
    assert file.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [file]
    assert mode_of(file) == 0o600


def test_the_mode_is_less_the_umask_of_the_owner(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "shared", b"x", 0o666)
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "shared") == 0o640


@pytest.mark.parametrize("fails", ["fsync", "rename"])
def test_what_fails_leaves_the_old_file_and_no_scraps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    file = tmp_path / "page.html"
    file.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if fails == "fsync":
        monkeypatch.setattr(os, "fsync", refuse)
    else:
        monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.flushed
def test_content_and_name_are_on_the_disk_before_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forced: list[str] = []
    real = os.fsync

    def noted(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        forced.append("folder" if path == tmp_path else f"draft {(tmp_path / 'a').exists()}")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    write_whole(tmp_path / "a", b"x")
    assert forced == ["draft False", "folder"]


def test_a_device_is_left_alone(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="not a regular file"):
        write_whole(pipe, b"x")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "there", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("theirs")
    (tmp_path / "link").symlink_to("other")
    write_whole(tmp_path / "link", b"ours")
    assert (tmp_path / "other").read_text() == "theirs"
    assert not (tmp_path / "link").is_symlink()


def test_a_new_file_never_writes_into_one_that_is_there(tmp_path: Path) -> None:
    write_new(tmp_path / "a", b"first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"


def test_a_draft_gets_its_name(tmp_path: Path) -> None:
    (tmp_path / "draft").write_text("whole")
    put_in_place(tmp_path / "draft", tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]
    with pytest.raises(FileNotFoundError):
        force_to_disk(tmp_path / "draft")


@pytest.mark.parametrize("before", [None, 0o644, 0o666, 0o600])
def test_what_a_command_writes_for_a_person_is_for_that_person_alone(tmp_path: Path, before: int | None) -> None:
    file = tmp_path / "digest.html"
    if before is not None:
        file.write_text("a longer text that was there before")
        file.chmod(before)
    write_file(file, b"news")
    assert (file.read_bytes(), mode_of(file)) == (b"news", 0o600)


def test_a_device_keeps_its_mode(tmp_path: Path) -> None:
    mode = mode_of(Path(os.devnull))
    write_file(Path(os.devnull), b"news")
    assert mode_of(Path(os.devnull)) == mode
    with pytest.raises(FileNotFoundError):
        write_file(tmp_path / "no" / "such", b"news")


def test_a_folder_that_becomes_a_link_to_another_while_a_file_is_replaced_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        (folder / "feeds.toml").write_bytes(b"old")

    def swapped(*_: object) -> None:
        ours.rename(tmp_path / "moved")
        ours.symlink_to(theirs)

    monkeypatch.setattr(files, "_check_links", swapped)
    files.replace_kept(ours / "feeds.toml", b"old", b"new")
    assert (theirs / "feeds.toml").read_bytes() == b"old"
    assert (tmp_path / "moved" / "feeds.toml").read_bytes() == b"new"
    assert [each.name for each in theirs.iterdir()] == ["feeds.toml"]


def test_a_new_file_goes_into_the_folder_whose_owner_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    given = files._give

    def swapped(descriptor: int, owner: os.stat_result) -> None:
        if not ours.is_symlink():
            ours.rename(tmp_path / "moved")
            ours.symlink_to(theirs)
        given(descriptor, owner)

    monkeypatch.setattr(files, "_give", swapped)
    files.make_empty(ours / "deep" / "feeds.toml")
    assert (tmp_path / "moved" / "deep" / "feeds.toml").read_bytes() == b""
    assert list(theirs.iterdir()) == []


def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="regular file"):
        files.replace_kept(tmp_path / "pipe", b"", b"new")
