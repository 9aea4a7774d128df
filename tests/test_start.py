"""What a command imports: those that only look start quickly, and stay so. Counted, not timed (benchmarks/start.py)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.store import GROUPS, open_store

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

NEEDLESS = {
    "--help": LOOKING | {"rich", "sqlalchemy", "pydantic", "monitor.config", "monitor.store", "monitor.url"},
    "status": LOOKING,
    "feeds list": LOOKING,  # silence is judged by what editions are judged by
    "digest list": LOOKING | {"monitor.model.edition_input", "monitor.model.feed_update"},
    "deliveries list": LOOKING | {"monitor.model.feed_update"},
    "topics list": WORK | {"structlog", "tree_sitter", "monitor.cluster", "monitor.jobs", "monitor.render"},
    "feeds show": {"alembic", "apscheduler", "jinja2"},
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config whose database is there, so that nothing is migrated."""
    path = tmp_path_factory.mktemp("start") / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    imported_by("status", path)
    return path


def imported_by(command: str, config: Path) -> set[str]:
    return set(last_words(ASKED, command, config))


def last_words(code: str, command: str, config: Path) -> list[str]:
    run = [sys.executable, "-c", code, "--config", str(config), *command.split()]
    done = subprocess.run(run, cwd=config.parent, capture_output=True, text=True, timeout=100, check=True)
    return done.stderr.splitlines()[-1].split()


@pytest.mark.parametrize("command", NEEDLESS)
def test_a_command_imports_nothing_that_it_does_not_need(command: str, config: Path) -> None:
    imported = imported_by(command, config)
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


def test_the_owner_of_the_database_has_all_groups_of_queries_from_the_beginning(tmp_path: Path) -> None:
    """A daemon must not import a file of the version that was installed while it ran."""
    url = f"sqlite:///{tmp_path}/news.db"
    owner, visitor = open_store(url, is_owner=True), open_store(url)
    try:
        assert set(GROUPS) <= vars(owner).keys()
        assert not set(GROUPS) & vars(visitor).keys()
        assert {"feeds", "articles", "editions", "edition_input"} <= set(GROUPS)
    finally:
        owner.close()
        visitor.close()


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
