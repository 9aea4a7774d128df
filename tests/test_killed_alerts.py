"""Alerts, killed with -9 at every seam and started again: each story reaches each recipient once, whatever died."""

import json
import mailbox
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from alerting import OLD
from house import Story, rss
from origin import Asked, Origin, Script, reply
from simulated import NOON

pytestmark = pytest.mark.whole

PROGRAM = Path(__file__).with_name("killed_alerts.py")
MARKS = ("markone", "marktwo", "markthree", "markfour")
NEWS = (
    Story(id="1", title="Truce holds in Aleppo after night of shelling markone", at=NOON),
    Story(id="2", title="Geneva delegates sign second truce on prisoners marktwo", at=NOON),
    Story(id="3", title="Harbour of Latakia closed by storm markthree", at=NOON),
    Story(id="4", title="Cranes of Haifa harbour idle in pay dispute markfour", at=NOON),
)


TWO = {"keep": 2, "notice": 2, "queue": 8}
"""How often each seam is crossed, before and after, with two recipients: both ticks queue for each."""

SIX = {"apply": 12, "keep": 2, "notice": 2, "queue": 24, "claim": 24, "send": 24, "settle": 24}
"""More than a hundred kills."""


def first_nothing(*stories: Story) -> Script:
    """What is there at the first request of this run, and afterwards."""
    early, late = reply(rss(OLD)), reply(rss(*stories, OLD))
    asked: list[Asked] = []

    def script(request: Asked) -> Iterator[object]:
        asked.append(request)
        yield from (early if len(asked) == 1 else late)(request)

    return script  # type: ignore[return-value]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", first_nothing(*NEWS[:2]))
        origin.serve("/b", first_nothing(*NEWS[2:]))
        yield origin


@pytest.mark.parametrize(("seams", "names"), [(TWO, "ab"), pytest.param(SIX, "abcdef", marks=pytest.mark.simulate)])
@pytest.mark.timeout(600)
def test_killed_at_any_seam_each_story_reaches_each_recipient_once(
    tmp_path: Path, origin: Origin, seams: dict[str, int], names: str
) -> None:
    to = [f"{name}@reader.example" for name in names]
    run = subprocess.run(
        [sys.executable, PROGRAM, tmp_path, str(origin.port), "/a", "/b"],
        input=json.dumps({"seams": list(seams), "recipients": to}),
        capture_output=True,
        text=True,
        timeout=550,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads((tmp_path / "results.json").read_text())
    assert {(each["died"], each["lived"]) for each in found} == {(-9, 0)}, run.stderr
    assert Counter(each["seam"].split()[1] for each in found) == seams
    for each in found:
        told = Counter(
            (mail["To"], mark)
            for mail in mailbox.Maildir(Path(each["folder"]) / "maildir", create=False)
            for mark in MARKS
            if mark in _plain(mail)
        )
        assert told == {(name, mark): 1 for name in to for mark in MARKS}, each["seam"]


def _plain(mail: mailbox.MaildirMessage) -> str:
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()
