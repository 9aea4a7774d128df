"""The program on every Python of this machine: a venv of the locked wheels, every module imported, a first poll.

`make smoke`. A Python that cannot make a venv is left out, and that is said; whatever else goes wrong fails.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from house import Story, rss
from origin import Origin, reply
from program import Program

ROOT = Path(__file__).parents[1]
OLDEST = (3, 11)
PATIENCE_SECONDS = 300
AT_ONCE = 2
WHICH = "import sys; print(*sys.version_info[:3], sys.base_prefix)"
IMPORT_ALL = """
import importlib, pkgutil, monitor
apart = ("monitor.__main__", "monitor.store.postgres.")  # the one runs the program, the others need an extra
names = [name for _, name, _ in pkgutil.walk_packages(monitor.__path__, "monitor.") if not name.startswith(apart)]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


@dataclass(frozen=True, slots=True, order=True)
class Interpreter:
    """A Python; one of the same version at the same place under another name is the same."""

    version: tuple[int, ...]
    home: str
    path: Path

    def __str__(self) -> str:
        return f"Python {'.'.join(map(str, self.version))} ({self.path})"


class Unfit(Exception):
    """An interpreter that cannot make a venv; says why."""


def folders(environment: Mapping[str, str]) -> Iterator[Path]:
    """Where a machine keeps its Pythons: on the path, and beside each other as pyenv puts them."""
    yield from map(Path, filter(None, environment.get("PATH", "").split(os.pathsep)))
    root = environment.get("PYENV_ROOT") or Path(environment.get("HOME", "/")) / ".pyenv"
    yield from sorted(Path(root).glob("versions/*/bin"))


def interpreters(places: Iterable[Path]) -> list[Interpreter]:
    """Every Python in these folders that is new enough, the oldest first."""
    found: dict[tuple[tuple[int, ...], str], Interpreter] = {}
    for place in places:
        for path in sorted(place.glob("python3*")):
            if re.fullmatch(r"python3(\.\d+)?", path.name) and (one := looked_at(path)) is not None:
                found.setdefault((one.version, one.home), one)
    return sorted(each for each in found.values() if each.version >= OLDEST)


def looked_at(path: Path) -> Interpreter | None:
    """None for what does not run, as a name of pyenv's whose version is not chosen."""
    try:
        run = subprocess.run([path, "-c", WHICH], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.fullmatch(r"(\d+) (\d+) (\d+) (.+)", run.stdout.strip())
    return Interpreter(tuple(map(int, found.groups()[:3])), found[4], path) if found else None


def done(*words: str | Path) -> str:
    run = subprocess.run(
        words, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE_SECONDS, check=False, encoding="utf-8"
    )
    assert run.returncode == 0, f"{' '.join(map(str, words[:6]))} …\n{run.stdout}{run.stderr}"
    return run.stdout


def venv_of(one: Interpreter, folder: Path, wheel: Path) -> Path:
    """The folder of commands of a venv with the wheel and the locked versions of what it needs. Raises Unfit."""
    try:
        done(one.path, "-m", "venv", "--without-pip", folder)
    except AssertionError as error:
        raise Unfit(f"{one} is left out, because it makes no venv: {str(error).splitlines()[-1]}") from error
    commands = folder / "bin"
    install = (sys.executable, "-m", "pip", "--python", commands / "python", "install", "--quiet", "--no-compile")
    done(*install, "--disable-pip-version-check", "--require-hashes", "-r", "requirements/runtime.txt")
    done(*install, "--disable-pip-version-check", "--no-deps", "--no-index", wheel)
    return commands


def try_out(one: Interpreter, folder: Path, wheel: Path) -> str:
    """Everything that a first day needs, from an empty folder; a sentence about it. Raises AssertionError."""
    commands = venv_of(one, folder / "venv", wheel)
    modules = done(commands / "python", "-I", "-c", IMPORT_ALL).strip()
    program = Program(command=commands / "news-monitor", folder=folder / "day", patience_seconds=PATIENCE_SECONDS)
    with Origin("127.0.0.1") as origin:
        origin.serve("/feed", reply(rss()), reply(rss(Story(id="a", title="A bridge opens"))))
        said = [program_says(program, *words) for words in (("--help",), ("init", "--example"), ("check",))]
        program.watch(origin.url("/feed"), ports=(origin.port,))
        said += [program_says(program, "poll"), program_says(program, "poll")]
    assert "1 new article" in said[-1], f"{one}: the second poll says {said[-1]}"
    return f"{one}: {modules} modules imported; --help, init, check and poll work"


def program_says(program: Program, *words: str) -> str:
    run = program(*words)
    assert run.returncode == 0, f"{program.command} {' '.join(words)}\n{run.stdout}{run.stderr}"
    return run.stdout


def main() -> None:
    """Try all of them; exit with 1 if one fails, or if there is none."""
    found = interpreters(folders(os.environ))  # noqa: TID251 (a command reads the environment)
    failures = 0 if found else 1
    with TemporaryDirectory() as place:
        folder = Path(place)
        done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist")
        (wheel,) = (folder / "dist").glob("*.whl")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            tries = [pool.submit(try_out, one, folder / str(number), wheel) for number, one in enumerate(found)]
            for each in as_completed(tries):
                error = each.exception()
                print(error or each.result(), flush=True)
                failures += error is not None and not isinstance(error, Unfit)
    sys.exit(min(failures, 1))


if __name__ == "__main__":
    main()
