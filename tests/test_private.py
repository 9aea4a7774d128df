"""What is nobody else's business stays private: files, the password; no text of a feed is ever carried out (S13)."""

import base64
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from daemons import CONFIG, TRUCE, done
from house import Story, house, rss
from origin import Origin, reply
from simulated import SimulatedClock
from smtp_server import ScriptedServer

PACKAGE = Path(__file__).parents[1] / "monitor"
PROCESS_EVENTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork")
NASTY = ["$(touch owned)", "`touch owned`", "; touch owned #", "| touch owned", "%s%n", "{{ 7 * 7 }}", "{% raise %}"]
PASSWORD = "correct horse battery"


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.whole
def test_under_the_usual_umask_nobody_else_reads_what_is_kept(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    with Origin("127.0.0.1") as origin, umask(0o022):
        origin.serve("/a", reply(rss(TRUCE)))
        config.write_text(CONFIG.format(url=origin.url("/a"), port=origin.port))
        for words in (("poll",), ("digest", "send"), ("backup",)):
            run = done(config, *words)
            assert run.returncode == 0, run.stderr
    kept = [path for path in (tmp_path / "data").rglob("*") if "archive" not in path.parts]
    modes = {str(path.relative_to(tmp_path)): stat.S_IMODE(path.stat().st_mode) for path in [*kept, tmp_path / "data"]}
    assert any("backups/" in name for name in modes)
    assert any("maildir/new/" in name for name in modes)
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


@pytest.mark.whole
def test_a_password_is_nowhere_but_where_it_was_put(tmp_path: Path) -> None:
    config, secret = tmp_path / "config.toml", tmp_path / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    with Origin("127.0.0.1") as origin, ScriptedServer() as server:
        origin.serve("/a", reply(rss(TRUCE)))
        mail = f'[mail]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\nsender = "m@x.example"\n'
        login = 'username = "m"\npassword_file = "secret"\n'
        config.write_text(CONFIG.format(url=origin.url("/a"), port=origin.port) + mail + login)
        outputs = []
        for words in (("poll",), ("digest", "send"), ("doctor",)):
            run = done(config, "--verbose", *words)
            outputs.append((run.stdout + run.stderr).encode())
    everything = b"".join([*outputs, *(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())])
    for spelling in (PASSWORD, base64.b64encode(f"\0m\0{PASSWORD}".encode()).decode()):
        assert spelling.encode() not in everything


def test_nothing_in_the_package_starts_a_shell() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}: {line.strip()}"
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text().splitlines()
        if re.search(r"shell *= *True|\bos\.(system|popen|exec|spawn)|^ *(import|from) subprocess|\beval\(", line)
    }
    assert found == {  # the program itself, the owner's own command (rule S13), and programs of PostgreSQL
        "daemon/page_process.py: import subprocess",
        "deliver/mail/sendmail.py: import subprocess",
        "store/postgres/programs.py: import subprocess",
    }


def test_text_of_a_feed_starts_no_process(tmp_path: Path) -> None:
    begun: list[str] = []
    sys.addaudithook(lambda event, _arguments: begun.append(event) if event.startswith(PROCESS_EVENTS) else None)
    stories = [Story(id=text, title=f"Syria truce {text}", text=text) for text in NASTY]
    clock = SimulatedClock()
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss()), reply(rss(*stories, title=NASTY[0])))
        with house(tmp_path, origin, "/a", clock=clock) as home:
            home.poll()
            home.poll()
            clock.moment = clock.moment.replace(day=clock.moment.day + 1)
            begun.clear()
            home.tick()
            (mail,) = home.mails()
    assert "Syria truce $(touch owned)" in mail
    assert begun == []
    assert not list(tmp_path.rglob("owned"))
