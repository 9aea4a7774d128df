import os
import stat
from pathlib import Path

import pytest

from monitor.archive import Archive, page_path, safe_name, write_page


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("digest", "slot", "relative"),
    [
        ("Daily", "2016-09-21", "Daily/2016-09-21.html"),
        ("Daily", "2016-09-21T06:00:12Z", "Daily/2016-09-21T060012Z.html"),
        ("weekly_2", "2016-09-21", "weekly_2/2016-09-21.html"),
    ],
)
def test_a_page_lies_under_its_digest_and_slot(tmp_path: Path, digest: str, slot: str, relative: str) -> None:
    assert page_path(tmp_path, digest, slot) == tmp_path / relative


@pytest.mark.parametrize(
    "name",
    ["..", ".", "", "/etc/passwd", "../../x", "a/b", "a\\b", "nul\x00", "~root", "-", "x" * 300, "نشرة", "\ud800"],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    path = page_path(tmp_path, name, name)
    assert path.parent.parent == tmp_path
    assert path.resolve().is_relative_to(tmp_path.resolve())
    assert len(path.name.encode()) < 120
    assert write_page(tmp_path, name, name, "x").read_text() == "x"


def test_two_names_never_share_a_page() -> None:
    names = ["a b", "a/b", "a-b", "a--b", "a_b", "A-B", "-a-b", "a-b-", "x" * 80, "x" * 81, "نشرة", "أخبار", "", "."]
    assert len({safe_name(name) for name in names}) == len(names)


def test_a_page_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        page = write_page(tmp_path / "archive", "Daily", "2016-09-21", "<p>سلام</p>")
    finally:
        os.umask(before)
    assert [mode(path) for path in (page, page.parent, page.parent.parent)] == [0o600, 0o700, 0o700]
    assert page.read_text("utf-8") == "<p>سلام</p>"


def test_a_page_written_again_replaces_the_old_one_and_leaves_nothing_beside(tmp_path: Path) -> None:
    for content in ("old", "new"):
        page = write_page(tmp_path, "Daily", "2016-09-21", content)
    assert page.read_text() == "new"
    assert list(page.parent.iterdir()) == [page]


def test_a_page_that_cannot_be_written_leaves_the_old_one_and_no_scraps(tmp_path: Path) -> None:
    page = page_path(tmp_path, "Daily", "2016-09-21")
    page.mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        write_page(tmp_path, "Daily", "2016-09-21", "new")
    assert list(page.parent.iterdir()) == [page]


def test_a_page_is_read_from_disk_or_under_the_address_of_the_archive(tmp_path: Path) -> None:
    page = tmp_path / "Daily" / "2016-09-21.html"
    assert Archive(folder=tmp_path).address("Daily", "2016-09-21") == page.as_uri()
    for url in ("https://news.example/archive", "https://news.example/archive/"):
        address = Archive(folder=tmp_path, url=url).address("Daily", "2016-09-21")
        assert address == "https://news.example/archive/Daily/2016-09-21.html"
