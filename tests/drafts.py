"""A config and a store with a draft that waits for a person, for the command and for the page."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from house import Story, lived_in, rss
from origin import Origin, reply
from pages import CONFIG
from simulated import SimulatedClock

from monitor.config import load
from monitor.daemon.clock import SystemClock

WAITING = CONFIG.replace('timezone = "UTC"', 'timezone = "UTC"\nreview = "20m"').replace(', "truce"', "")
HOSTILE = "Syria <script>alert(1)</script> \u202e talks"
STORIES = (
    Story(id="truce", title="Syria truce holds for a second night", text="Guns were silent along the river."),
    Story(id="convoy", title="Aid convoy reaches Syria from the north", text="Forty lorries crossed before dawn."),
    Story(id="odd", title=HOSTILE.replace("<", "&amp;lt;"), text="Delegations refuse to share a room in Geneva."),
)


def with_draft(folder: Path, origin: Origin) -> Path:
    """The config. A draft of three stories waits for ten minutes: who carries out a request goes by the real clock."""
    now = SystemClock().now()
    at = f"{now + timedelta(minutes=10):%H:%M}"
    polling = f'[polling]\nhost_gap = "0s"\nallow_private = ["127.0.0.1"]\nallow_ports = [{origin.port}]\n'
    text = WAITING.replace("07:00", at).replace("https://news.example/feed.xml", origin.url("/feed")) + polling
    file = folder / "config.toml"
    file.write_text(text)
    file.chmod(0o600)
    clock = SimulatedClock(now - timedelta(hours=5))
    origin.serve("/feed", reply(rss(*(replace(each, at=clock.now() - timedelta(hours=1)) for each in STORIES))))
    with lived_in(load(file, {}), clock) as house:
        house.tick()
        clock.advance(timedelta(hours=5))
        house.jobs.publisher.run()
    return file
