"""`python -m benchmarks.week [--flood] [--corpora FOLDER]`: recorded news through the real program, and what its reader
sees of it.

The week: snapshots of three sites' feeds in April 2020 (../shared/corpora/polls), polled at their times with the five
topics of week.toml; a daily edition at 07:00, seven times, once into a Maildir and once for a mail server, with no
`archive_url` either way. The flood: the 2,413 headlines of March 2014 (../shared/corpora/news) on one topic in one
edition; and an edition of 3,000 stories with three of these headlines each, which is only rendered.

Prints a table for each. Exit code 1 if a mail lacks a headline, counts wrongly, is too big or names a place that its
reader cannot open. Milliseconds are processor time: `ms` of grouping, composing, rendering and storing the edition,
`render` of the mail alone, the best of five.
"""

import argparse
import json
import logging
import sys
import tarfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import structlog

from benchmarks.measure import table
from benchmarks.replay import Replay, Snapshot, program, time_of
from benchmarks.seen import Parts, Seen, parts_of, seen
from monitor.config import Settings, load
from monitor.deliver import is_local
from monitor.deliver.mail.maildir import MaildirChannel
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.jobs import Jobs
from monitor.model.edition import Edition
from monitor.model.entries import Headline
from monitor.model.ids import StoryId
from monitor.model.settings import FeedSettings
from monitor.model.topic import Rule, Topic
from monitor.render import MAX_HTML_BYTES, render
from monitor.render.shown import all_entries

CORPORA = Path(__file__).parents[1] / ".." / "shared" / "corpora"
CONFIG = Path(__file__).with_suffix(".toml")
START = datetime(2020, 4, 21, 8, tzinfo=UTC)
"""The days on which most snapshots were taken begin here."""

EDITIONS = 7
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SMTP = SmtpChannel(host="mail.home.example", sender="News Monitor <news@home.example>")

FLOOD = datetime(2014, 3, 12, 7, tzinfo=UTC)
"""Its edition; all its headlines were published in the two days before."""

LONG_WORD = 3
CROWD = (3_000, 3)
"""Stories, and headlines of each."""

RENDERINGS = 5

HEAD = (
    "edition",
    "listed",
    "articles",
    "missing",
    "closed",
    "folds",
    "miscounted",
    "left",
    "mail",
    "HTML",
    "ms",
    "render",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """An edition and its mail. Times in milliseconds, sizes in bytes as sent."""

    name: str
    edition: Edition
    parts: Parts
    seen: Seen
    size: int
    made: float
    rendered: float

    @property
    def faults(self) -> tuple[str, ...]:
        """What its reader cannot see, reach or count."""
        found = {
            f"headlines are missing, {self.seen.missing} in text and HTML": any(self.seen.missing),
            f"{self.seen.miscounted} folds are miscounted": self.seen.miscounted,
            f"it names {', '.join(self.seen.closed)}": self.seen.closed,
            f"it leaves out {self.seen.beyond}, but says {self.seen.left}": {*self.seen.left} != {self.seen.beyond},
            f"its HTML has {self.parts.html_bytes:,} bytes": self.parts.html_bytes > MAX_HTML_BYTES,
            "a headline is neither in it nor in the file": bool(list(unreachable(self))),
        }
        return tuple(words for words, is_so in found.items() if is_so)


def main(arguments: Sequence[str]) -> int:
    """Exit code 2 without the corpora."""
    parser = argparse.ArgumentParser(description="Plays recorded news and checks what its reader sees.")
    parser.add_argument("--flood", action="store_true", help="thousands of headlines in one edition, not the week")
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="where polls and news are")
    asked = parser.parse_args(arguments)
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
    )
    if not (asked.corpora / "polls").is_dir():
        print(f"There are no recorded feeds in {asked.corpora}.", file=sys.stderr)
        return 2
    faults = 0
    for title, mails in flood(asked.corpora) if asked.flood else week(asked.corpora):
        print(f"{title}\n\n{described(mails)}\n")
        wrong = [f"{mail.name}: {fault}." for mail in mails for fault in mail.faults]
        print("\n".join(wrong), end="\n\n" if wrong else "")
        faults += len(wrong)
    return 1 if faults else 0


def described(mails: Sequence[Mailed]) -> str:
    """A row for each, and one of sums."""
    rows = [figures(mail) for mail in mails]
    sums = [sum(numbers) for numbers in zip(*rows, strict=True)]
    names = [*(mail.name for mail in mails), "all"]
    return table(
        HEAD, [[name, *(f"{number:,}" for number in row)] for name, row in zip(names, [*rows, sums], strict=True)]
    )


def figures(mail: Mailed) -> list[int]:
    """In the order of HEAD."""
    found = mail.seen
    seen_by_reader = [sum(found.missing), len(found.closed), found.folds, found.miscounted, found.left[0]]
    sizes = [mail.size, mail.parts.html_bytes, round(mail.made), round(mail.rendered)]
    return [found.entries, found.articles, *seen_by_reader, *sizes]


# ---- The week


def week(corpora: Path) -> Iterator[tuple[str, list[Mailed]]]:
    """The same week twice: mailed to this machine, and to another."""
    for title, channel in (("Into a Maildir", None), ("By a mail server, no archive_url", SMTP)):
        with TemporaryDirectory() as place:
            folder = Path(place)
            mail = channel or MaildirChannel(folder=folder / "mails")
            settings = replace(load(CONFIG, {}), mail=mail)
            yield title, list(lived(settings, folder, recorded(corpora, settings)))


def recorded(corpora: Path, settings: Settings) -> list[tuple[str, Snapshot]]:
    """The snapshots of the week with their feed's URL, in the order of their times."""
    end = START + EDITIONS * DAY
    found = []
    for feed in settings.feeds:
        name = feed.url.split("/")[2].partition(".")[0]
        with tarfile.open(corpora / "polls" / f"{name}.tar.xz") as archive:
            for member in archive:
                at, file = time_of(Path(member.name).stem), archive.extractfile(member)
                if file is not None and at is not None and START <= at < end:
                    found.append((feed.url, Snapshot(file=member.name, at=at, body=file.read())))
    return sorted(found, key=lambda each: (each[1].at, each[0]))


def lived(settings: Settings, folder: Path, snapshots: Sequence[tuple[str, Snapshot]]) -> Iterator[Mailed]:
    """Poll by poll, and an edition whenever its time has come."""
    waiting = list(snapshots)
    first = START.replace(hour=7) + DAY
    with program(folder, START, settings) as replay:
        for slot in (first + number * DAY for number in range(EDITIONS)):
            while waiting and waiting[0][1].at < slot:
                replay.poll(*waiting.pop(0))
            yield published(replay, slot, folder)


def published(replay: Replay, slot: datetime, folder: Path) -> Mailed:
    """The edition that is due, and its mail. Raises AssertionError if the preview showed another one."""
    replay.clock.moment, jobs = slot + MINUTE, replay.jobs
    draft = jobs.publisher.editor.preview(jobs.publisher.digests[0])
    assert isinstance(draft.edition, Edition)
    start = time.process_time()
    jobs.publisher.run()
    made = 1000 * (time.process_time() - start)
    (delivery,) = jobs.store.deliveries.of_edition(jobs.store.editions.all()[0].id)
    assert delivery.body == jobs.publisher.channel.compose(draft.letters[0])
    is_here = is_local(jobs.publisher.channel)
    if is_here:
        jobs.outbox.run()
    parts = parts_of(delivery.body)
    return Mailed(
        name=f"{slot:%Y-%m-%d}",
        edition=draft.edition,
        parts=parts,
        seen=seen(draft.edition, parts, folder if is_here else None),
        size=len(delivery.body),
        made=made,
        rendered=best(jobs, draft.edition),
    )


def best(jobs: Jobs, edition: Edition) -> float:
    """Milliseconds of rendering its mail, with the file of what has no room."""
    times = []
    for _ in range(RENDERINGS):
        start = time.process_time()
        render(edition, jobs.publisher.editor.renderer.templates)
        times.append(1000 * (time.process_time() - start))
    return min(times)


# ---- The flood


def flood(corpora: Path) -> Iterator[tuple[str, list[Mailed]]]:
    """One edition for a mail server; then its headlines in bigger stories, rendered alone."""
    with TemporaryDirectory() as place, program(Path(place), FLOOD - DAY, flooded(corpora)) as replay:
        (feed,) = replay.jobs.poller.feeds
        for at, body in ((FLOOD - DAY, rss([])), (FLOOD - MINUTE, rss(headlines(corpora)))):
            replay.poll(feed, Snapshot(file="", at=at, body=body))
        mail = published(replay, FLOOD, Path(place))
        yield "2,413 headlines in one edition", [mail]
        yield "3,000 stories with three headlines each", [rendered(replay.jobs, crowd(mail.edition, *CROWD))]


def headlines(corpora: Path) -> list[dict[str, str]]:
    lines = (corpora / "news" / "headlines.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def flooded(corpora: Path) -> Settings:
    """A topic that every headline matches: a long word of each is one of its terms."""
    found = {max(line["title"].split(), key=len).strip(",.:;!?'\"()-").lower() for line in headlines(corpora)}
    terms = tuple(sorted(word for word in found if len(word) >= LONG_WORD))
    settings = load(CONFIG, {})
    return replace(
        settings,
        feeds=(FeedSettings(url="https://headlines.example/feed"),),
        topics=(Topic(name="Flood", rules=(Rule(all=(terms,)),)),),
        mail=SMTP,
    )


def rss(lines: Sequence[dict[str, str]]) -> bytes:
    """Headlines as one feed; without any, one item that nobody looks for."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{line['id']}</guid><title>{escape(line['title'])}</title>"
        f"<link>https://{escape(line['source'])}/{line['id']}</link>"
        f"<pubDate>{format_datetime(datetime.fromisoformat(line['published']))}</pubDate></item>"
        for line in lines
    )
    none = "<item><guid isPermaLink='false'>0</guid><title>–</title></item>"
    return f"<rss version='2.0'><channel><title>Headlines</title>{items or none}</channel></rss>".encode()


def crowd(edition: Edition, stories: int, each: int) -> Edition:
    """An edition of so many stories, each with so many headlines of this one's."""
    (section,) = edition.sections
    found = [headline for entry in all_entries(section) for headline in entry.headlines]
    told = section.stories[0]

    def story(number: int) -> tuple[Headline, ...]:
        place = number * each
        lines = (found[(place + one) % len(found)].item for one in range(each))
        return tuple(
            Headline(item=replace(line, url=f"{line.url}/{place + one}"), more=0, carriers=())
            for one, line in enumerate(lines)
        )

    made = []
    for number in range(stories):
        lines = story(number)
        also = tuple(headline.item for headline in lines[1:])
        made.append(
            replace(told, story_id=StoryId(number), lead=lines[0].item, headlines=lines, also=also, other_outlets=also)
        )
    return replace(edition, sections=(replace(section, stories=tuple(made)),), in_short=tuple(made[:3]))


def rendered(jobs: Jobs, edition: Edition) -> Mailed:
    """A mail that was never made: its parts without a message around them."""
    mail = render(edition, jobs.publisher.editor.renderer.templates)
    letter = replace(
        jobs.publisher.editor.preview(jobs.publisher.digests[0]).letters[0],
        text=mail.text,
        html=mail.html,
        attachment=mail.rest,
    )
    raw = jobs.publisher.channel.compose(letter)
    parts = parts_of(raw)
    return Mailed(
        name="rendered alone",
        edition=edition,
        parts=parts,
        seen=seen(edition, parts),
        size=len(raw),
        made=0.0,
        rendered=best(jobs, edition),
    )


def unreachable(mail: Mailed) -> Iterator[str]:
    """Headlines with an address that neither the HTML nor the file beside it has."""
    everywhere = mail.parts.html.replace("&amp;", "&") + mail.parts.rest
    for section in mail.edition.sections:
        for entry in all_entries(section):
            yield from (each.item.url for each in entry.headlines if each.item.url not in everywhere)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
