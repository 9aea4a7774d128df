"""How long commands take to start, against the libraries that they stand on: typer, pydantic and SQLAlchemy imported.

Processor time of whole processes, in turns; a ratio is the median of the ratios within the rounds. The commands look
at a small store that is filled here, so that their tables have rows.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Timings, table
from monitor.model.article import Arrival
from monitor.model.delivery import NewDelivery
from monitor.model.edition_input import HighWater
from monitor.model.feed_update import FeedUpdate, NewArticle, PollCounts
from monitor.model.new_edition import EditionKind, NewEdition
from monitor.model.settings import FeedSettings
from monitor.store import Store, open_store
from monitor.store.schema import migrate

ROUNDS = 5
BARE = "import typer, pydantic, sqlalchemy"
ASKED = {"--help": 0.6, "status": 1.5, "feeds list": 1.5, "digest list": 1.5}
OTHERS = ("deliveries list", "topics list")

FEEDS, ARTICLES, EDITIONS = 12, 20, 30
"""Feeds, articles of each, and editions with one recipient."""

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)

CONFIG = """
[storage]
folder = "data"

[[topics]]
name = "Ports"
any = ["dock strike", "port workers"]

[[topics]]
name = "Rivers"
all = [["flood", "dam"], ["river", "stream"]]

[[digests]]
name = "Morning"
to = ["desk@example.org"]
"""


def report(rounds: int = ROUNDS) -> str:
    with TemporaryDirectory() as folder:
        config = laid_out(Path(folder))
        program = [sys.executable, "-m", "monitor", "--config", str(config)]
        commands: dict[Hashable, Sequence[str]] = {"bare": [sys.executable, "-c", BARE]}
        commands |= {name: [*program, *name.split()] for name in (*ASKED, *OTHERS)}
        timings = measured(commands, rounds)
    rows = [
        [
            f"`{name}`",
            f"{timings.median(name) / 1000:.0f} ms",
            f"{timings.ratio(name, 'bare'):.2f}",
            f"≤ {ASKED[name]}" if name in ASKED else "–",
        ]
        for name in (*ASKED, *OTHERS)
    ]
    bare = f"The bare imports took {timings.median('bare') / 1000:.0f} ms; load {os.getloadavg()[0]:.0f}."
    return f"{table(['command', 'processor time', '× the bare imports', 'asked'], rows)}\n\n{bare}"


def laid_out(folder: Path) -> Path:
    """A config, and beside it a database with some feeds, articles and editions."""
    config = folder / "config.toml"
    urls = [f"https://harbour{number}.example/rss.xml" for number in range(FEEDS)]
    config.write_text(CONFIG + "".join(f'\n[[feeds]]\nurl = "{url}"\n' for url in urls), encoding="utf-8")
    store = open_store(f"sqlite:///{folder}/data/news-monitor.db", is_owner=True)
    try:
        migrate(store.database)
        _fill(store, urls)
    finally:
        store.close()
    return config


def _fill(store: Store, urls: Sequence[str]) -> None:
    store.feeds.sync([FeedSettings(url=url) for url in urls], NOW - EDITIONS * DAY)
    store.editions.sync(["Morning"], NOW - EDITIONS * DAY)
    for state in store.feeds.configured():
        new = tuple(_article(f"{state.id}-{number}") for number in range(ARTICLES))
        counts = PollCounts(fetched=ARTICLES, new=ARTICLES)
        store.articles.apply(FeedUpdate(state=state, new=new, counts=counts, status="ok"), {}, NOW)
    for age in range(EDITIONS, 0, -1):
        store.new_editions.publish(_edition(NOW - age * DAY))


def _article(key: str) -> NewArticle:
    return NewArticle(
        key=key,
        link=f"https://harbour.example/{key}",
        title=f"Ferry number {key} leaves on time",
        text="The harbour is open again.",
        outlet="",
        language="en",
        published_at=NOW,
        first_seen_at=NOW,
        arrival=Arrival.NEW,
        is_mailable=True,
        content_hash=key,
    )


def _edition(at: datetime) -> NewEdition:
    slot = f"{at:%Y-%m-%d}"
    mail = NewDelivery(recipient="desk@example.org", message_id=f"<{slot}@harbour.example>", body=b"News.")
    return NewEdition(
        digest="Morning",
        kind=EditionKind.SCHEDULED,
        slot=slot,
        slots=((at.date(), 1),),
        made_at=at,
        subject=f"Morning, {slot}",
        page="<html></html>",
        listings=(),
        deliveries=(mail,),
        knew=HighWater(),
    )


def measured(runs: Mapping[Hashable, Sequence[str]], rounds: int) -> Timings:
    """Each round runs every command once, every other round in reverse order; one round before is not counted."""
    taken: dict[Hashable, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name in list(runs)[:: -1 if number % 2 else 1]:
            spent = microseconds(runs[name])
            if number:
                taken[name].append(spent)
    return Timings(rounds=taken)


def microseconds(command: Sequence[str]) -> float:
    """Processor time of a process with its start. The exit code is not asked: that of `status` is about the service.

    Compiled modules are kept, whatever the environment says, or each run would compile the program again.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["env", "-u", "PYTHONDONTWRITEBYTECODE", *command], check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1_000_000
