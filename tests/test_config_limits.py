"""What nobody writes by accident, and what the sections of the service take: a finding each, never a traceback."""

from pathlib import Path

import pytest

from monitor.config import check, load
from monitor.errors import Problem

NINES, EFFS = "9" * 5_000, "f" * 5_000
FEEDS = "".join(f'[[feeds]]\nurl = "https://a.example/{n}"\n' for n in range(10_001))
MISTAKES = [
    (f"[polling]\nconcurrency = {NINES}", 2, "", "a number that is too long"),
    (f"[polling]\nmax_items = 0x{EFFS}", 2, "polling.max_items", "too large"),
    (f"[polling]\nconcurrency = 0x{EFFS}", 2, "polling.concurrency", "a number this large"),
    (f"[polling]\nconcurrency = {NINES}.0", 2, "polling.concurrency", "write a whole number"),
    (f"[polling]\nconcurrency = -0x1{NINES}", 2, "", "is not valid TOML"),
    ("[polling]\nconcurrency = nan", 2, "polling.concurrency", "write a whole number"),
    ("[polling]\nconcurrency = 2016-13-45", 2, "", "is not valid TOML"),
    (f"a = {'[' * 5_000}", 0, "", "nested too deeply"),
    (FEEDS, 0, "feeds", "at most 10,000"),
    ('[health]\nlisten = "9464"', 2, "health.listen", 'write "127.0.0.1:9464"'),
    ('[health]\nlisten = "127.0.0.1:70000"', 2, "health.listen", 'write "127.0.0.1:9464"'),
    ('[health]\nlisten = "300.0.0.1:80"', 2, "health.listen", 'write "127.0.0.1:9464"'),
    ('[health]\nlisten = "0.0.0.0:9464"', 1, "health", "allow_remote = true"),
    ('[health]\nping_url = "ftp://a.example/secret"', 2, "health.ping_url", "is not a web address"),
    ("[storage]\nbackups_kept = 0", 2, "storage.backups_kept", "at least 1"),
    ('[storage]\nbackup_every = "often"', 2, "storage.backup_every", "not a duration"),
    ('[storage]\ndatabase = "sqlite:///:memory:"', 2, "storage.database", "not the URL of a database"),
]


def problems_of(text: str, folder: Path) -> tuple[Problem, ...]:
    path = folder / "config.toml"
    path.write_text(text)
    return check(path, {"HOME": str(folder)}, is_draft=True)


@pytest.mark.parametrize(("text", "line", "key", "fragment"), MISTAKES, ids=lambda value: str(value)[:40])
def test_it_is_a_finding_with_its_place(text: str, line: int, key: str, fragment: str, tmp_path: Path) -> None:
    found = [problem for problem in problems_of(text, tmp_path) if not problem.is_warning]
    assert len(found) == 1
    assert line in {0, found[0].line}
    assert found[0].key == key
    assert fragment in found[0].message
    assert len(str(found[0])) < 600


def test_a_secret_address_is_not_repeated(tmp_path: Path) -> None:
    (found,) = (each for each in problems_of('[health]\nping_url = "ftp://a/s3cr3t"', tmp_path) if not each.is_warning)
    assert "s3cr3t" not in str(found)


def test_what_is_right_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[health]\nlisten = "[::1]:9464"\nping_url = "https://a.example/p"\n[storage]\nbackup_every = "0s"\n'
    )
    settings = load(path, {"HOME": str(tmp_path)}, is_draft=True)
    assert settings.health.address == ("::1", 9464)
    assert not settings.storage.backup_every
    assert "a.example" not in repr(settings)
