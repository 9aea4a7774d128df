"""The wheel in a new venv, and the editable install: `init` to `digest preview` from an empty folder, nothing else."""

import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from house import Story, rss
from origin import Origin, reply
from program import EDITABLE, PATIENCE_SECONDS, Program

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[1]
TRUCE = Story(id="truce", title="Syria cease-fire takes effect at sundown", text="Quiet in Aleppo.")
BAKERY = Story(id="bakery", title="Let us eat bread", text="A bakery opens.")
WHERE = """
import monitor
from monitor.resources import resource
print(monitor.__file__, *map(resource, ["templates", "migrations", "config.example.toml"]), sep="\\n")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """The wheel alone, installed offline. Its dependencies are those of this environment, whose own editable install
    is not among them: the .pth file that makes it is obeyed only in the folder of a venv itself.
    """
    folder = tmp_path_factory.mktemp("venv")
    done(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    done(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    (site_packages(folder) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder


@pytest.fixture(scope="module", params=["wheel", pytest.param("editable", marks=pytest.mark.simulate)])
def command(request: pytest.FixtureRequest) -> Path:
    return EDITABLE if request.param == "editable" else request.getfixturevalue("venv") / "bin" / "news-monitor"


@pytest.fixture
def program(command: Path, tmp_path: Path) -> Program:
    return Program(command=command, folder=tmp_path)


@pytest.fixture
def origin() -> Iterator[Origin]:
    """The first poll of a feed is its baseline; what comes after is news."""
    with Origin("127.0.0.1") as origin:
        origin.serve("/feed", reply(rss(BAKERY)), reply(rss(BAKERY, TRUCE)))
        yield origin


def done(*words: str | Path, cwd: Path | None = None) -> str:
    run = subprocess.run(words, capture_output=True, text=True, cwd=cwd, timeout=PATIENCE_SECONDS, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def site_packages(venv: Path) -> Path:
    return next(venv.glob("lib/python*/site-packages"))


def previewed(program: Program, form: str) -> bytes:
    """What `digest preview` writes into a file."""
    path = program.folder / f"preview.{form}"
    run = program("digest", "preview", "Daily", "--format", form, "--output", str(path))
    assert run.returncode == 0, run.stderr
    return path.read_bytes()


def parts(program: Program) -> tuple[str, str]:
    """The text and the HTML of the whole message."""
    message = message_from_bytes(previewed(program, "eml"), policy=policy.default)
    assert message["To"] == "you@example.org"
    text, html = (part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
    return text, html


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def test_the_wheel_holds_the_whole_package_and_what_it_ships_with(wheel: Path) -> None:
    package = {str(path.relative_to(ROOT)) for path in files(ROOT / "monitor")}
    beside = {
        f"monitor/{path.relative_to(ROOT)}" for name in ("templates", "migrations") for path in files(ROOT / name)
    }
    names = set(zipfile.ZipFile(wheel).namelist())
    assert package | beside | {"monitor/config.example.toml", "monitor/docs/export.schema.json"} <= names
    assert not [name for name in names if not name.startswith(("monitor/", "news_monitor-"))]


def test_installed_from_the_wheel_everything_comes_from_the_wheel(venv: Path, tmp_path: Path) -> None:
    places = done(venv / "bin" / "python", "-c", WHERE, cwd=tmp_path).splitlines()
    assert len(places) == 4
    for place in map(Path, places):
        assert place.is_relative_to(site_packages(venv) / "monitor")
        assert place.exists()


def test_init_check_poll_and_preview_work_from_an_empty_folder(program: Program, origin: Origin) -> None:
    assert program("init", "--example").returncode == 0
    checked = program("check")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "all right" in checked.stdout
    program.watch(origin.url("/feed"), ports=(origin.port,))
    assert "1 new article, 0 changed, 0 flagged" in program("poll").stdout
    assert "1 new article, 0 changed, 1 flagged" in program("poll").stdout
    previews = program("digest", "preview").stdout, previewed(program, "html").decode(), *parts(program)
    for text in previews:
        assert "takes effect at sundown" in text
        assert BAKERY.title not in text
    assert previews[1].lstrip().lower().startswith("<!doctype html")
    assert {path.name for path in program.folder.iterdir()} == {"config.toml", "home", "preview.html", "preview.eml"}
    assert (program.folder / "home/.local/share/news-monitor/news-monitor.db").exists()


def test_the_demo_and_the_version_are_there(program: Program) -> None:
    assert "the news of 12 to 21 September" in program("demo", "--help").stdout
    assert program("--version").stdout.startswith("news-monitor ")
