"""Commands of another user beside a config that only root may write: what they edit is in the data folder.

The config stands below `etc`, as root's; `data` belongs to the service. Only root can try this: elsewhere these tests
are skipped.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_unusable import NOBODY, as_another_user, run

from monitor.config import load

pytestmark = [pytest.mark.whole, as_another_user]

CONFIG = """# Root's alone to write.
include = ["{data}/feeds.toml", "{data}/topics.toml"]

[[digests]]
name = "Daily"
to = ["desk@home.example"]

[[feeds]]
url = "https://own.example/rss"
outlet = "Own"

[mail]
kind = "maildir"

[storage]
folder = "{data}"
"""
FEEDS = '# By commands.\n[[feeds]]\nurl = "https://quay.example/rss"\noutlet = "Quay Radio"\n'
TOPICS = '[[topics]]\nname = "Ports"\nany = ["quay"]\n'


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="read-only-"))
    folder.chmod(0o755)
    (folder / "etc").mkdir(mode=0o755)
    data = folder / "data"
    data.mkdir(mode=0o700)
    for name, text in (("feeds.toml", FEEDS), ("topics.toml", TOPICS)):
        (data / name).write_text(text)
        (data / name).chmod(0o600)
    for each in (data, *data.iterdir()):
        os.chown(each, NOBODY, NOBODY)
    config = folder / "etc" / "config.toml"
    config.write_text(CONFIG.format(data=data))
    config.chmod(0o644)
    yield folder
    shutil.rmtree(folder)


def config_of(place: Path) -> Path:
    return place / "etc" / "config.toml"


def owners(place: Path) -> set[tuple[str, int, int]]:
    """Of the files that commands edit: name, owner, mode."""
    files = (config_of(place), place / "data" / "feeds.toml", place / "data" / "topics.toml")
    return {(file.name, file.stat().st_uid, file.stat().st_mode & 0o777) for file in files}


OWNERS = {("config.toml", 0, 0o644), ("feeds.toml", NOBODY, 0o600), ("topics.toml", NOBODY, 0o600)}


def test_the_user_of_the_service_edits_feeds_and_topics_and_not_the_config(place: Path) -> None:
    config = config_of(place)
    before = config.read_bytes()
    (place / "urls").write_text('https://new.example/rss "North"\n')
    (place / "words.txt").write_text("Red Sea shipping\n")
    for words in (
        ("feeds", "pause", "Quay Radio", "--yes"),
        ("feeds", "import", str(place / "urls"), "--yes"),
        ("topics", "import", str(place / "words.txt"), "--yes"),
        ("check",),
    ):
        done = run("--config", config, *words, cwd=place)
        assert done.returncode == 0, (words, done.stderr)
        assert owners(place) == OWNERS
    settings = load(config, {})
    assert [(each.outlet, each.enabled, each.group) for each in settings.feeds] == [
        ("Own", True, ""),
        ("Quay Radio", False, ""),
        ("", True, "North"),
    ]
    assert [each.name for each in settings.topics] == ["Ports", "Red Sea shipping"]
    assert run("--config", config, "feeds", "remove", "Quay Radio", "--yes", cwd=place).returncode == 0
    assert run("--config", config, "feeds", "import", str(place / "urls"), "--json", cwd=place).returncode == 0
    assert len(load(config, {}).feeds) == 2
    assert (config.read_bytes(), owners(place)) == (before, OWNERS)


def test_what_stands_in_the_config_is_printed_to_be_pasted(place: Path) -> None:
    config = config_of(place)
    before = config.read_bytes()
    refused = run("--config", config, "feeds", "pause", "Own", "--yes", cwd=place)
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert f"{config} cannot be written: Permission denied" in refused.stderr
    assert f"{config}:10: add below line 10:\nenabled = false" in refused.stderr
    (place / "urls").write_text("https://paid.example/rss?token=hush\n")
    refused = run("--config", config, "feeds", "import", str(place / "urls"), "--yes", cwd=place)
    assert (refused.returncode, f"{config} cannot be written" in refused.stderr) == (2, True)
    assert (config.read_bytes(), owners(place)) == (before, OWNERS)
    assert (place / "data" / "feeds.toml").read_text() == FEEDS


def test_on_a_file_system_that_is_read_only_root_edits_them_too(place: Path) -> None:
    """As a unit with ProtectSystem=strict sees it; needs a mount namespace, which a container may not allow."""
    config = config_of(place)
    alone = ["unshare", "--mount", "sh", "-ec"]
    mount = f"mount --bind {place}/etc {place}/etc; mount -o remount,ro,bind {place}/etc"
    if not shutil.which("unshare") or subprocess.run([*alone, mount], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody make a mount namespace")
    program = f"{sys.executable} -m monitor --config {config} feeds pause --yes"
    script = f"{mount}; {program} 'Quay Radio'; {program} Own"
    done = subprocess.run([*alone, script], check=False, capture_output=True, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert f"{config} cannot be written: Read-only file system" in done.stderr
    assert (place / "data" / "feeds.toml").read_text() == FEEDS + "enabled = false\n"
    assert owners(place) == OWNERS


def test_root_edits_them_as_files_of_the_service(place: Path) -> None:
    config = config_of(place)
    command = [sys.executable, "-m", "monitor", "--config", str(config)]
    done = subprocess.run([*command, "feeds", "pause", "Quay Radio", "--yes"], check=False, capture_output=True)
    assert (done.returncode, owners(place)) == (0, OWNERS)
    (place / "data" / "topics.toml").unlink()
    (place / "words.txt").write_text("Red Sea shipping\n")
    done = subprocess.run(
        [*command, "topics", "import", str(place / "words.txt"), "--yes"], check=False, capture_output=True
    )
    assert (done.returncode, owners(place)) == (0, OWNERS)
    assert run("--config", config, "feeds", "resume", "Quay Radio", "--yes", cwd=place).returncode == 0
    assert (place / "data" / "feeds.toml").read_text() == FEEDS


def test_a_folder_that_cannot_be_written_either_leaves_the_lines(place: Path) -> None:
    config, data = config_of(place), place / "data"
    data.chmod(0o500)
    refused = run("--config", config, "feeds", "pause", "Quay Radio", "--yes", cwd=place)
    assert (refused.returncode, f"{data}/feeds.toml cannot be written" in refused.stderr) == (2, True)
    assert "enabled = false" in refused.stderr
    (data / "topics.toml").unlink()
    (place / "words.txt").write_text("Red Sea shipping\n")
    refused = run("--config", config, "topics", "import", str(place / "words.txt"), "--yes", cwd=place)
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert f"{data}/topics.toml cannot be written" in refused.stderr
    assert '[[topics]]\nname = "Red Sea shipping"' in refused.stderr
    assert sorted(each.name for each in data.iterdir()) == ["feeds.toml"]


@pytest.mark.parametrize("more", [(), ("new",)])
def test_a_kill_at_any_line_leaves_the_old_file_or_the_new_one_of_the_service(
    place: Path, more: tuple[str, ...]
) -> None:
    work = place / "work"
    work.mkdir()
    os.chown(work, NOBODY, NOBODY)
    program = Path(__file__).with_name("killed_edit.py")
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(program.parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*drop, sys.executable, str(program), str(work), *more],
        check=False, capture_output=True, text=True, timeout=100, env=environment, cwd=work,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["wrong"], found["states"], found["lines"] > 20) == ([], ["new", "old"], True)


def test_a_command_that_is_killed_leaves_the_old_file_or_the_new_one(place: Path) -> None:
    """Killed a little later each time, until it had the time to end."""
    config, feeds = config_of(place), place / "data" / "feeds.toml"
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).parents[1]), "HOME": "/nonexistent"}
    command = [*drop, sys.executable, "-P", "-m", "monitor", "--config", str(config), "feeds", "pause", "Quay Radio"]
    paused, seconds = FEEDS + "enabled = false\n", 0.2
    while feeds.read_text() == FEEDS:
        process = subprocess.Popen(
            [*command, "--yes"], env=environment, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert feeds.read_text() in (FEEDS, paused)
        assert owners(place) == OWNERS
        seconds *= 1.3
    assert feeds.read_text() == paused
    assert run("--config", config, "check", cwd=place).returncode == 0
