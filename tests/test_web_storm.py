"""The page under a storm beside a running daemon, which is on time all the same; and the page has its bounds."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from daemons import CONFIG, daemon, eventually
from databases import lay_beside
from house import Story, rss
from origin import Origin, reply
from test_web_daemon import is_there, pages_of
from test_web_proxy import free_port
from test_web_users import USERS

from monitor.config import load
from monitor.daemon.clock import SystemClock
from monitor.daemon.ticker import TICK
from monitor.model.requests import PollRequest
from monitor.store import Store, open_store
from monitor.web.slowing import OF_ADDRESS

pytestmark = pytest.mark.whole
LATEST = 3 * TICK.total_seconds()
"""Seconds from a request to its outcome: a tick until it is seen, and as much again for what is done, on a machine that
has other work to do.
"""

SHORT = 4
MOST_KILOBYTES = 200_000


def seconds_to_answer(store: Store) -> float:
    """How long the daemon takes for a request: it looks for one at each tick."""
    began = time.monotonic()
    number = store.requests.ask(PollRequest(due=True), SystemClock().now())
    eventually(lambda: store.requests.outcome(number) is not None)
    return time.monotonic() - began


LONG = (pytest.mark.simulate, pytest.mark.timeout(600))


@pytest.mark.parametrize(
    ("seconds", "users"),
    [(SHORT, USERS), pytest.param(90, USERS, marks=LONG), pytest.param(90, "", marks=LONG)],
    ids=["short", "with users", "alone"],
)
def test_the_daemon_is_on_time_while_the_page_is_hammered(tmp_path: Path, seconds: int, users: str) -> None:
    with Origin() as origin:
        origin.serve("/feed", reply(rss(Story(id="truce", title="Syria truce holds"))))
        config, port = tmp_path / "config.toml", free_port()
        web = f'[web]\nlisten = "127.0.0.1:{port}"\n'
        config.write_text(f"{CONFIG.format(url=origin.url('/feed'), port=origin.port)}{users}{web}")
        config.chmod(0o600)
        lay_beside(config)
        with daemon(config) as process:
            eventually(lambda: is_there(port, "/login" if users else "/status"))
            store = open_store(load(config, {}).storage.database_url)
            command = [sys.executable, str(Path(__file__).with_name("storm.py")), str(port), str(seconds)]
            with subprocess.Popen([*command, "/status", "/", "/search?q=truce"], stdout=subprocess.PIPE) as storm:
                waits = []
                while storm.poll() is None:
                    waits.append(seconds_to_answer(store))
                assert storm.stdout is not None
                came = json.loads(storm.stdout.read())
            store.close()
            (page,) = pages_of(process.pid)
            peak = int(Path(f"/proc/{page}/status").read_text().partition("VmHWM:")[2].split()[0])
            assert is_there(port, "/login" if users else "/status"), "the page is there after it"
        assert set(came["asked"]) <= {"200", "303", "0"}, came
        assert set(came["too large"]) <= {"413", "429", "0"}, came
        assert came["guessed"].get("403", 0) <= (OF_ADDRESS + 8 if users else 0), came
        assert came["asked"].get("303" if users else "200", 0) > 0
        if seconds > SHORT:  # a test among others measures how busy they keep the machine
            assert max(waits) < LATEST, waits
        assert peak < MOST_KILOBYTES, peak
        print(f"answers after {max(waits):.1f} s at most, {peak / 1000:.0f} MB, {came}")
