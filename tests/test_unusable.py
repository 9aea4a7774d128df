"""Files and folders that cannot be used: one sentence with the path, its owner and what to do, exit 2, no traceback.

Commands run as another user, which only root can try: elsewhere these tests are skipped.
"""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.config import check, find_config
from monitor.config.find import data_folder
from monitor.errors import ConfigError, StoreError, UnusablePlace
from monitor.render import broken_templates
from monitor.store.sqlite_database import unusable
from monitor.unusable import closed_folder, is_passing, name_of, whose, why

NOBODY = 65_534
CONFIG = """
[[feeds]]
url = "https://news.example/rss"

[[topics]]
name = "Ports"
any = ["dock strike"]

[[digests]]
name = "Daily"
to = ["reader@home.example"]

[storage]
folder = "{folder}"
{more}
"""
as_another_user = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv") or not os.access(sys.executable, os.X_OK),
    reason="only root can run a command as another user (setpriv)",
)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody can enter, unlike pytest's, with a `closed` one of root's in it."""
    folder = Path(tempfile.mkdtemp(prefix="unusable-"))
    folder.chmod(0o755)
    (folder / "closed").mkdir(mode=0o700)
    yield folder
    shutil.rmtree(folder)


def run(*words: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A command as nobody, in the language of machines."""
    clean = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/nonexistent", "PYTHONSAFEPATH": "1"}
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    command = [*drop, sys.executable, "-P", "-m", "monitor", *map(str, words)]
    where = str(Path(__file__).parents[1])
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
        env={**clean, "PYTHONPATH": where, **(environment or {})},
    )


def config_in(place: Path, folder: Path, more: str = "") -> Path:
    file = place / "config.toml"
    file.write_text(CONFIG.format(folder=folder, more=more))
    return file


def assert_sentence(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert "Traceback" not in result.stderr, result.stderr
    assert result.returncode == 2, result.stderr
    for each in (*words, "nobody"):
        assert each in result.stderr + result.stdout


@as_another_user
@pytest.mark.whole
@pytest.mark.parametrize("words", [("status",), ("run",), ("poll",), ("backup",), ("feeds", "list"), ("migrate",)])
def test_data_in_a_folder_that_cannot_be_entered(place: Path, words: tuple[str, ...]) -> None:
    config = config_in(place, place / "closed" / "data")
    assert_sentence(run("--config", config, *words, cwd=place), f"{place}/closed belongs to root (mode 0700)")


@as_another_user
@pytest.mark.whole
def test_the_config_cannot_be_reached(place: Path) -> None:
    hidden = place / "closed" / "config.toml"
    hidden.write_text(CONFIG.format(folder=place / "data", more=""))
    sentence = f"{place}/closed belongs to root"
    assert_sentence(run("--config", hidden, "check", cwd=place), str(hidden), sentence)
    assert_sentence(run("check", cwd=place, environment={"NEWS_MONITOR_CONFIG": str(hidden)}), str(hidden), sentence)
    assert_sentence(run("check", cwd=place / "closed"), "there is no config here", sentence)
    assert_sentence(run("init", "--example", cwd=place / "closed"), "config.toml cannot be written", sentence)


@as_another_user
@pytest.mark.whole
def test_files_that_can_be_seen_but_not_read(place: Path) -> None:
    config = config_in(place, place / "data")
    (place / "backup.db").write_text("x")
    (place / "articles").write_text("x")
    for file in (config, place / "backup.db", place / "articles"):
        file.chmod(0o600)
    sentence = "belongs to root (mode 0600)"
    assert_sentence(run("--config", config, "check", cwd=place), f"{config} {sentence}")
    assert_sentence(run("check", cwd=place), f"{config} {sentence}")
    config.chmod(0o644)
    data = place / "data"
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    assert_sentence(run("restore", place / "backup.db", cwd=place), f"{place}/backup.db {sentence}")
    assert_sentence(run("topics", "test", "--input", place / "articles", cwd=place), f"{place}/articles {sentence}")


@as_another_user
@pytest.mark.whole
def test_the_search_goes_on_behind_a_place_that_cannot_be_entered(place: Path) -> None:
    (place / "mine" / "news-monitor").mkdir(parents=True)
    config_in(place / "mine" / "news-monitor", place / "data")
    found = run("check", cwd=place / "closed", environment={"XDG_CONFIG_HOME": str(place / "mine")})
    assert (found.returncode, "all right" in found.stdout) == (0, True)


@as_another_user
@pytest.mark.whole
@pytest.mark.parametrize("part", ["lock", "news-monitor.db", "."])
def test_one_part_of_the_data_belongs_to_somebody_else(place: Path, part: str) -> None:
    data = place / "data"
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    config = config_in(place, data)
    assert run("--config", config, "migrate", cwd=place).returncode == 0
    os.chown(data / part, 0, 0)
    (data / part).chmod(0o755 if part == "." else 0o600)
    assert_sentence(run("--config", config, "status", cwd=place), "belongs to root")


@as_another_user
@pytest.mark.whole
def test_backups_templates_and_included_lists_that_cannot_be_read(place: Path) -> None:
    data, closed = place / "data", place / "closed"
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    config = config_in(place, data, f'backups = "{closed}"')
    assert run("--config", config, "migrate", cwd=place).returncode == 0
    for words in (("backup",), ("restore",), ("restore", str(closed / "x.db"))):
        assert_sentence(run("--config", config, *words, cwd=place), f"{closed} belongs to root")
    for more in (f'templates_dir = "{closed}"', f'templates_dir = "{closed}/deeper"'):
        config_in(place, data, more)
        assert_sentence(run("--config", config, "check", cwd=place), "config.toml:", f"{closed} belongs to root")
    config.write_text(f'include = ["{closed}/lists.toml"]\n' + config.read_text())
    assert_sentence(run("--config", config, "check", cwd=place), f"{closed}/lists.toml: cannot be read")
    assert_sentence(run("init", "--example", closed / "config.toml", cwd=place), f"{closed} belongs to root")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "There is no"),
        (errno.EROFS, "may be written"),
        (errno.EISDIR, "It is a folder"),
        (errno.ELOOP, "links"),
        (errno.ENAMETOOLONG, "shorter"),
        (errno.EACCES, "belongs to"),
        (errno.EPERM, "belongs to"),
        (errno.ENOTDIR, "is not a folder"),
        (errno.ENOSPC, "Make room"),
        (errno.EXDEV, "Check the path"),
    ],
)
def test_each_error_says_what_to_do(tmp_path: Path, number: int, words: str) -> None:
    path = tmp_path / "a" / "b"
    error = OSError(number, os.strerror(number), str(path))
    assert why(path, error).startswith(os.strerror(number))
    assert words in why(path, error)
    kind = type(unusable("x", path, error))
    assert kind is (StoreError if is_passing(error) else UnusablePlace)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EMFILE, errno.EDQUOT])
def test_what_may_pass_lets_a_service_manager_try_again(number: int) -> None:
    assert is_passing(OSError(number, ""))


def test_whose_a_place_is(tmp_path: Path) -> None:
    assert f"{tmp_path} belongs to {name_of(os.geteuid())}" in whose(tmp_path / "not" / "there")
    assert name_of(4_000_000_000) == "the user 4000000000"
    assert closed_folder(tmp_path / "not" / "there") is None


def test_a_user_without_a_home_is_asked_for_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "")
    monkeypatch.setattr("platformdirs.user_data_path", _no_home)
    monkeypatch.setattr("platformdirs.user_config_path", _no_home)
    assert not data_folder({}).is_absolute()
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(folder="", more="").replace('folder = ""', ""))
    [problem] = check(config, {})
    assert (problem.key, "/var/lib/news-monitor" in problem.message) == ("storage.folder", True)
    with pytest.raises(ConfigError, match="there is no config here"):
        find_config(None, {}, tmp_path / "elsewhere", tmp_path / "nowhere")


def _no_home(_name: str) -> Path:
    raise RuntimeError("could not determine the home directory")


def test_a_working_directory_that_is_gone_is_no_traceback(place: Path) -> None:
    (place / "gone").mkdir()
    config = config_in(place, place / "data")
    script = f'rmdir "$PWD"; "{sys.executable}" -P -m monitor check; "{sys.executable}" -P -m monitor -c {config} check'
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(place),
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "XDG_CONFIG_HOME": str(place),
    }
    ran = subprocess.run(
        ["sh", "-c", script],
        cwd=place / "gone",
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in ran.stderr
    assert ("there is no config here" in ran.stderr, "all right" in ran.stdout) == (True, True)


def test_a_template_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "digest.html.j2").mkdir()
    [(name, line, problem)] = broken_templates(tmp_path)
    assert (name, line, "It is a folder" in problem) == ("digest.html.j2", 0, True)
