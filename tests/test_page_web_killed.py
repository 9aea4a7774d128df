"""A daemon on a scripted web of 200 hosts, killed with SIGKILL whenever it comes, and started again: in real time."""

import mailbox
import random  # noqa: TID251 (of a test, with its seed)
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from daemons import asked, daemon, eventually, said
from databases import lay_beside
from origin import dribble
from page_web import Web

pytestmark = [pytest.mark.whole, pytest.mark.simulate, pytest.mark.timeout(1_800)]

CONFIG = """
[[topics]]
name = "Truce in Syria"
all = ["Syria*", ["truce", "ceasefire"]]

[[digests]]
name = "Daily"
to = ["you@reader.example"]
at = "07:00"

[storage]
folder = "data"

[mail]
kind = "maildir"
folder = "mails"

[polling]
host_gap = "0s"
interval = "5s"
min_interval = "5s"
allow_private = ["127.0.0.0/8"]
allow_ports = [{port}]
"""
LONGEST_WAIT_SECONDS = 20.0
"""Between two polls of a feed that is due every 5 seconds, on a busy machine."""

LEAST_GAP_SECONDS = 4.7
"""Between two requests as they arrive: the second may be quicker on its way than the first."""


def config_of(folder: Path, web: Web) -> Path:
    feeds = [f'[[feeds]]\nurl = "{web.url(path)}"\noutlet = "Post {path}"\npages = "near"\n' for path in web.feeds]
    path = folder / "config.toml"
    path.write_text("\n".join([*feeds, CONFIG.format(port=web.port)]))
    lay_beside(path)
    return path


def life(config: Path, seconds: float) -> tuple[float, float]:
    """One daemon, from when it has started until it is killed, in monotonic seconds."""
    (config.parent / "log").unlink(missing_ok=True)
    with daemon(config) as process:
        eventually(said(config, '"started"'))
        began = time.monotonic()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        ended = time.monotonic()
    assert "Traceback" not in (config.parent / "log").read_text()
    return began, ended


def on_time(web: Web, lives: Sequence[tuple[float, float]]) -> float:
    """The longest that a feed has waited for its next poll while a daemon ran, in seconds."""
    waits = []
    for path in web.feeds:
        for began, ended in lives:
            moments = [began, *(each.at for each in web.asked(path) if began <= each.at <= ended), ended]
            waits += [after - before for before, after in pairwise(moments)]
    return max(waits)


def test_no_page_is_asked_for_twice_and_no_feed_waits_for_pages(tmp_path: Path) -> None:
    seed = time.time_ns()  # chance differs each time; a failure tells it
    print(f"seed {seed}")
    chance = random.Random(seed)
    with Web(200, feeds=10, seed=1) as web:
        for name, kind in web.kinds.items():
            if kind == "wall":  # what holds up those who wait for it
                web.serve("/robots.txt", dribble(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\n", 0.8), host=name)
        config = config_of(tmp_path, web)
        lives = [life(config, 8)]
        for number in range(8):
            web.publish(f"d{number}", blocking=4)
            lives.append(life(config, chance.uniform(5, 30)))
            if number == 4:
                sent = asked(config, "digest", "send")
                assert sent.returncode == 0, sent.stderr
        lives.append(life(config, 120))
        sent = asked(config, "digest", "send")
        assert sent.returncode == 0, sent.stderr
        assert web.forbidden() == []
        times = Counter((each.address, each.target) for each in web.asked_pages() if "/moved" not in each.target)
        moments: defaultdict[str, list[float]] = defaultdict(list)
        for each in web.requests:
            moments[each.address].append(each.at)
        gaps = [after - before for name in web.manners for before, after in pairwise(moments[name])]
        wait = on_time(web, lives)
    assert times.total() > 50
    assert max(times.values()) == 1
    assert min(gaps) >= LEAST_GAP_SECONDS
    assert wait <= LONGEST_WAIT_SECONDS
    mails = mailbox.Maildir(tmp_path / "mails", create=False)
    texts = [next(part for part in mail.walk() if part.get_content_type() == "text/plain") for mail in mails]
    payloads = [text.get_payload(decode=True) for text in texts]
    lines = [line for each in payloads if isinstance(each, bytes) for line in each.decode().splitlines()]
    listed = Counter(line.strip() for line in lines if "Lorries wait" in line)
    assert listed
    assert max(listed.values()) == 1
    sys.stderr.write(f"\n{times.total()} pages, least gap {min(gaps):.2f} s, longest wait of a feed {wait:.1f} s\n")
