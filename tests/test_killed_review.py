"""A draft, killed with -9 at every seam and started again: nothing is lost, nothing comes twice, nothing comes back."""

import json
import mailbox
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from house import Story, rss
from origin import Origin, reply
from simulated import NOON

pytestmark = pytest.mark.whole

PROGRAM = Path(__file__).with_name("killed_review.py")
NEWS = (
    Story(id="1", title="Syria truce holds after night of shelling markone", at=NOON),
    Story(id="2", title="Syria truce: convoy crosses the river marktwo", at=NOON),
)
LATER = Story(id="3", title="Syria truce monitors arrive from Geneva markthree", at=NOON)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(*NEWS)))
        origin.serve("/b", reply(rss()), reply(rss(LATER)))
        yield origin


ALL = {"begin": 2, "choose": 2, "publish": 4, "claim": 4, "send": 4}


@pytest.mark.parametrize(
    ("how", "seams"),
    [
        ("at its time", {"publish": 4}),
        pytest.param("at its time", ALL, marks=pytest.mark.simulate),
        pytest.param("released", ALL, marks=pytest.mark.simulate),
    ],
)
def test_killed_at_any_seam_a_draft_is_sent_once_as_it_was_decided(
    tmp_path: Path, origin: Origin, how: str, seams: dict[str, int]
) -> None:
    run = subprocess.run(
        [sys.executable, PROGRAM, tmp_path, str(origin.port), "/a", "/b"],
        input=json.dumps({"seams": list(seams), "is_released": how == "released"}),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads((tmp_path / "results.json").read_text())
    assert {(each["died"], each["lived"]) for each in found} == {(-9, 0)}, run.stderr
    assert Counter(each["seam"].split()[1] for each in found) == seams
    for each in found:
        folder = Path(each["folder"])
        marks = Counter(
            mark
            for mail in mailbox.Maildir(folder / "maildir", create=False)
            for mark in ("markone", "marktwo", "So they say.")
            if mark in _plain(mail)
        )
        assert marks == {"marktwo": 1, "So they say.": 1}, each["seam"]
        with sqlite3.connect(folder / "news-monitor.db") as database:
            forms = Counter(form for (form,) in database.execute("SELECT form FROM listings"))
            ended = database.execute("SELECT count(edition_id), count(*) FROM reviews").fetchone()
        database.close()
        assert (forms["dropped"], forms["story"]) == (1, 1 + (sum(forms.values()) > 2)), each["seam"]
        assert ended == (1, 1), each["seam"]


def _plain(mail: mailbox.MaildirMessage) -> str:
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()
