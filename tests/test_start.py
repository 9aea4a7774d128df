"""What a command imports: those that only look start quickly, and stay so. Counted, not timed (benchmarks/start.py)."""

import json
import subprocess
import sys
from inspect import get_annotations
from pathlib import Path

import pytest
from house import settings
from simulated import SimulatedClock

from monitor.daemon.build import opened, rebuilt
from monitor.jobs import Jobs
from monitor.store import GROUPS

CONFIG = """
[storage]
folder = "data"

[[feeds]]
url = "https://harbour.example/rss.xml"

[[topics]]
name = "Ports"
any = ["dock strike"]

[[digests]]
name = "Daily"
to = ["desk@example.org"]
"""

ASKED = """
import sys
from monitor.cli import main

sys.argv = ["news-monitor", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""

SEARCHES = """
import gc, sys
from monitor.cli import main

searches = []
gc.callbacks.append(lambda phase, _: searches.append(phase))
sys.argv = ["news-monitor", *sys.argv[1:]]
try:
    main()
except SystemExit:
    print(len(searches), gc.get_freeze_count(), file=sys.stderr)
"""

WORK = {"alembic", "apscheduler", "babel", "feedparser", "httpx", "jinja2", "nh3", "prometheus_client", "selectolax"}
"""Libraries of polling, publishing and migrating."""

LOOKING = WORK | {
    *("structlog", "tree_sitter", "tree_sitter_toml"),  # no event, and no mistake in the config
    *("monitor.cluster", "monitor.jobs", "monitor.match", "monitor.render", "monitor.text", "monitor.workers"),
    *("monitor.model.edition", "monitor.model.entries"),
    *("monitor.store.articles", "monitor.store.edition_input", "monitor.store.listings", "monitor.store.new_editions"),
}
"""And what makes editions and matches, for commands that look at what is there."""

COMPOSING = {
    "monitor.digest",
    "monitor.render",
    "monitor.jobs.alerter",
    "monitor.jobs.keeper",
    "monitor.jobs.publisher",
}

NEEDLESS = {
    "--help": LOOKING | {"rich", "sqlalchemy", "pydantic", "monitor.config", "monitor.store", "monitor.url"},
    "status": LOOKING,
    "feeds list": LOOKING,  # silence is judged by what editions are judged by
    "digest list": LOOKING | {"monitor.model.edition_input", "monitor.model.feed_update"},
    "deliveries list": LOOKING | {"monitor.model.feed_update"},
    "topics list": WORK | {"structlog", "tree_sitter", "monitor.cluster", "monitor.jobs", "monitor.render"},
    "feeds show": {"alembic", "apscheduler", "jinja2"},
    "poll --due": WORK | COMPOSING | {"monitor.parse", "monitor.workers", "monitor.jobs.poller"},
    "poll": {"alembic", "apscheduler", "jinja2"} | COMPOSING,
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config whose database is there, so that nothing is migrated."""
    path = tmp_path_factory.mktemp("start") / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    imported_by("status", path)
    return path


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, without a feed to ask."""
    path = tmp_path_factory.mktemp("idle") / "config.toml"
    path.write_text(CONFIG.replace('rss.xml"', 'rss.xml"\nenabled = false'), encoding="utf-8")
    imported_by("poll", path)
    return path


def imported_by(command: str, config: Path) -> set[str]:
    return set(last_words(ASKED, command, config))


def last_words(code: str, command: str, config: Path) -> list[str]:
    run = [sys.executable, "-c", code, "--config", str(config), *command.split()]
    done = subprocess.run(run, cwd=config.parent, capture_output=True, text=True, timeout=100, check=True)
    return done.stderr.splitlines()[-1].split()


@pytest.mark.parametrize("command", NEEDLESS)
def test_a_command_imports_nothing_that_it_does_not_need(command: str, config: Path, idle: Path) -> None:
    imported = imported_by(command, idle if command.startswith("poll") else config)
    assert {"monitor.cli", "monitor.errors"} <= imported
    assert sorted(imported & NEEDLESS[command]) == []


@pytest.mark.parametrize("command", ["status", "digest list", "no such command"])
def test_a_command_that_only_looks_never_searches_for_garbage_not_even_at_its_end(command: str, config: Path) -> None:
    searches, frozen = map(int, last_words(SEARCHES, command, config))
    assert searches == 0
    assert frozen > 10_000  # which Python does not search through when it ends


def test_a_mistake_in_a_term_does_not_keep_commands_that_look_from_their_work(config: Path) -> None:
    broken = config.with_name("broken.toml")
    broken.write_text(CONFIG.replace("dock strike", "dock AND strike"), encoding="utf-8")

    def said(*command: str) -> tuple[int, str]:
        run = [sys.executable, "-m", "monitor", "--config", str(broken), *command]
        done = subprocess.run(run, capture_output=True, text=True, timeout=100, check=False)
        return done.returncode, done.stdout + done.stderr

    code, text = said("digest", "list")
    assert (code, text) == (0, "No edition has been published yet.\n")
    code, text = said("topics", "list")
    assert code == 2
    assert "broken.toml:10: topics[0]" in text


def test_what_lasts_has_all_jobs_and_all_groups_of_queries_from_the_beginning(tmp_path: Path) -> None:
    """A daemon must not import a file of the version that was installed while it ran."""
    config, jobs = settings(tmp_path, [], 443), set(get_annotations(Jobs))
    assert {"poller", "publisher", "outbox", "keeper"} <= jobs
    assert {"feeds", "articles", "editions", "edition_input"} <= set(GROUPS)
    with opened(config, SimulatedClock(), is_lasting=True) as lasting:
        assert jobs == set(lasting.makers)
        assert jobs <= vars(lasting).keys()
        assert set(GROUPS) <= vars(lasting.store).keys()
        again = rebuilt(config, lasting)
        assert jobs <= vars(again).keys()
        assert again.poller is not lasting.poller
        assert again.poller.feed_poll.parsers is lasting.poller.feed_poll.parsers
    with opened(config, SimulatedClock()) as passing:
        assert not {"poller", "publisher", "outbox", "keeper"} & vars(passing).keys()
        assert not {"edition_input", "listings"} & vars(passing.store).keys()
        with pytest.raises(AttributeError, match="no job 'printer'"):
            passing.printer  # noqa: B018


ALL_AT_ONCE = """
import sys
from pathlib import Path
from monitor.config import load
from monitor.daemon import service
from monitor.daemon.clock import SystemClock

settings = load(Path(sys.argv[1]), {})

def run(self, _signals):
    before = set(sys.modules)
    self.refresh()
    self.publish()
    self.alert()
    self.deliver()
    self.notes()
    self.maintain()
    self.learn()
    self.index()
    late = sorted(name for name in set(sys.modules) - before if name.startswith("monitor."))
    print("imported:", *late, file=sys.stderr)

service.Service.run = run
service.run(settings, lambda: settings, SystemClock())
"""


def test_the_daemon_imports_no_file_of_the_program_once_it_runs(idle: Path) -> None:
    run = [sys.executable, "-c", ALL_AT_ONCE, str(idle)]
    done = subprocess.run(run, cwd=idle.parent, capture_output=True, text=True, timeout=100, check=True)
    assert done.stderr.splitlines()[-1:] == ["imported:"]


EVENT = """
import sys
from monitor.cli.logs import configure_logs
from monitor.log import logger

configure_logs(is_verbose=sys.argv[1] == "verbose")
assert "structlog" not in sys.modules
log = logger("monitor.test")
log.info("polled", feed="https://harbour.example/rss.xml")
log.warning("gap found")
"""


@pytest.mark.parametrize(("volume", "events"), [("verbose", ["polled", "gap found"]), ("quiet", ["gap found"])])
def test_events_look_the_same_though_structlog_is_imported_with_the_first_logger(
    volume: str, events: list[str]
) -> None:
    run = [sys.executable, "-c", EVENT, volume]
    done = subprocess.run(run, capture_output=True, text=True, timeout=100, check=True)
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == events


def test_an_event_of_a_library_is_formatted_by_structlog_too() -> None:
    code = "import logging; from monitor.cli.logs import configure_logs; configure_logs(is_verbose=False); "
    run = [sys.executable, "-c", code + 'logging.getLogger("library").warning("odd %s", "thing")']
    done = subprocess.run(run, capture_output=True, text=True, timeout=100, check=True)
    assert json.loads(done.stderr)["event"] == "odd thing"
    assert json.loads(done.stderr)["level"] == "warning"
