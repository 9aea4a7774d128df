"""Killed with -9 at every seam of a poll, an edition, a delivery, then started again: nothing lost, nothing twice."""

import json
import mailbox
import re
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from house import Story, rss
from origin import Origin, reply
from receiver import HOST, Received, Receiver, answer
from simulated import NOON
from smtp_server import mail_server

pytestmark = pytest.mark.whole

PROGRAM = Path(__file__).with_name("killed.py")
POLLING = {"fetch": 8, "apply": 8}
"""How often each seam is crossed, before and after: 2 feeds, 2 days."""

PUBLISHING = {"publish": 2, "write_page": 2}
DELIVERING = {"claim": 4, "send": 4, "settle": 4}


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        stories = [Story(id=f"{number}", title=f"Syria truce, day {number}", at=NOON) for number in range(5)]
        origin.serve("/a", reply(rss(*stories[:3])))
        origin.serve("/b", reply(rss(*stories[3:])))
        yield origin


def deaths(
    folder: Path, origin: Origin, channel: dict[str, Any], seams: dict[str, int], over: tuple[str, ...] = ("sent",)
) -> list[dict[str, Any]]:
    """What happened at each seam, after a second process lived on from there. `over`: how both messages may end."""
    run = subprocess.run(
        [sys.executable, PROGRAM, folder, str(origin.port), "/a", "/b"],
        input=json.dumps({"channel": channel, "seams": list(seams)}),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: list[dict[str, Any]] = json.loads((folder / "results.json").read_text())
    assert Counter(each["seam"].split()[1] for each in found) == seams
    assert {(each["died"], each["lived"]) for each in found} == {(-9, 0)}, run.stderr
    for each in found:
        found_ = ledger(Path(each["folder"]), over)
        assert found_ == {"articles": 5, "listings": 5, "editions": 1, "over": 2}, each["seam"]
    return found


def ledger(folder: Path, over: tuple[str, ...]) -> dict[str, int]:
    with sqlite3.connect(folder / "news-monitor.db") as database:
        counts = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("articles", "listings", "editions")
        }
        states = [state for (state,) in database.execute("SELECT state FROM deliveries")]
    database.close()
    return {**counts, "over": sum(state in over for state in states)}


@pytest.mark.parametrize(
    "seams",
    [PUBLISHING, pytest.param({**POLLING, **PUBLISHING, **DELIVERING}, marks=pytest.mark.simulate)],
    ids=["publishing", "all"],
)
def test_into_a_maildir_every_message_comes_exactly_once(tmp_path: Path, origin: Origin, seams: dict[str, int]) -> None:
    for death in deaths(tmp_path, origin, {"kind": "maildir"}, seams):
        mails = list(mailbox.Maildir(Path(death["folder"]) / "maildir", create=False))
        assert sorted(mail["To"] for mail in mails) == ["a@reader.example", "b@reader.example"], death["seam"]
        page = Path(death["folder"]) / "archive" / "Daily" / "2026-03-02.html"
        assert page.read_text().count("Syria truce, day") >= 5, death["seam"]


def test_by_smtp_a_repeat_comes_only_after_the_final_dot_and_is_byte_identical(tmp_path: Path, origin: Origin) -> None:
    with mail_server() as server:
        found = deaths(
            tmp_path,
            origin,
            {"kind": "smtp", "host": "127.0.0.1", "port": server.port, "tls": "none", "sender": "monitor@x.example"},
            DELIVERING,
        )
        copies: dict[tuple[str, str], list[bytes]] = defaultdict(list)
        for sender, recipient, content in server.messages:
            copies[sender, recipient].append(content)
    for death in found:
        sender = f"monitor{death['number']}@x.example"
        counts = [copies[sender, f"{name}@reader.example"] for name in "ab"]
        assert all(len(set(each)) == 1 for each in counts), death["seam"]
        repeats = sum(len(each) - 1 for each in counts)
        assert repeats == (death["seam"] in ("after send", "before settle")), death["seam"]


@pytest.mark.parametrize(
    ("kind", "settings", "recipients", "said"),
    [
        ("webhook", {"secret": "s3cret"}, ["URL/NUMBER/a", "URL/NUMBER/b"], b"ok"),
        ("ntfy", {"url": "URL"}, ["nNUMBER-a", "nNUMBER-b"], b'{"id":"x"}'),
        ("matrix", {"url": "URL", "token": "syt_x"}, ["!nNUMBER-a:x", "!nNUMBER-b:x"], b'{"event_id":"$x"}'),
    ],
    ids=["webhook", "ntfy", "matrix"],
)
def test_by_http_a_repeat_comes_only_after_the_answer_and_has_the_same_id(
    tmp_path: Path, origin: Origin, kind: str, settings: dict[str, str], recipients: list[str], said: bytes
) -> None:
    with Receiver() as service:
        service.answers = [answer(200, said)]
        channel: dict[str, Any] = {"kind": kind, "private_host": HOST, "recipients": recipients, **settings}
        written = json.dumps(channel).replace("URL", service.url(""))
        found = deaths(tmp_path, origin, json.loads(written), DELIVERING)
        copies: dict[str, list[Received]] = defaultdict(list)
        for request in service.requests:
            copies[_whose(request)].append(request)
    for death in found:
        counts = [copies[f"{death['number']}{name}"] for name in "ab"]
        assert all(len({(each.path, each.body, _id(each)) for each in one}) == 1 for one in counts), death["seam"]
        repeats = sum(len(each) - 1 for each in counts)
        assert repeats == (death["seam"] in ("after send", "before settle")), death["seam"]


def test_by_apprise_nothing_comes_twice_and_what_nobody_knows_is_held(tmp_path: Path, origin: Origin) -> None:
    """Its services have no key for repeats, so a message that may have arrived is not sent again by itself."""
    with Receiver() as service:
        address = service.url("/nNUMBER").replace("http://", "json://")
        channel = {"kind": "apprise", "recipients": [f"{address}-a", f"{address}-b"]}
        found = deaths(tmp_path, origin, channel, DELIVERING, over=("sent", "held"))
        counts = Counter(_whose(request) for request in service.requests)
    for death in found:
        came = [counts[f"{death['number']}{name}"] for name in "ab"]
        is_lost = death["seam"] in ("after claim", "before send")
        assert sorted(came) == ([0, 1] if is_lost else [1, 1]), death["seam"]


def _whose(request: Received) -> str:
    """The number of the run, and the recipient."""
    topic = "" if "matrix" in request.path else json.loads(request.body).get("topic", "")
    found = re.search(r"(?:n|/|%21n)(all|\d+)[-/](a|b)", topic or request.path)
    assert found
    return found[1] + found[2]


def _id(request: Received) -> str:
    return request.headers.get("idempotency-key", "")
