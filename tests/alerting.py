"""A house whose topics have alerts, and what it mailed."""

import mailbox
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.model.alert import AlertSettings
from monitor.model.settings import DigestSettings
from monitor.model.topic import Rule, Topic

DESK = "desk@reader.example"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def topic(name: str, *words: str, alert: AlertSettings | None = None) -> Topic:
    return Topic(name=name, rules=(Rule(all=(words,)),), alert=alert)


TRUCE = topic("Truce", "truce", alert=AlertSettings(to=(DESK,)))
PORTS = topic("Ports", "harbour", alert=AlertSettings(to=(DESK,)))


def configured(folder: Path, origin: Origin, *topics: Topic, paths: tuple[str, ...] = ("/a",)) -> Settings:
    """These topics, and a digest of all of them at 07:00."""
    made = settings(folder, [origin.url(path) for path in paths], origin.port)
    feeds = tuple(replace(feed, interval=15 * MINUTE) for feed in made.feeds)
    digests = (DigestSettings(name="Daily", to=("you@reader.example",), at=time(7)),)
    polling = replace(made.polling, min_interval=MINUTE)
    return replace(made, topics=topics, digests=digests, feeds=feeds, polling=polling)


@dataclass(frozen=True, kw_only=True)
class Room:
    """A house with alerts, after the first poll of its feeds."""

    home: House
    origin: Origin

    def serve(self, *stories: Story, path: str = "/a", title: str = "The Post") -> None:
        self.origin.serve(path, reply(rss(*stories, title=title)))

    def tick(self, span: timedelta = timedelta()) -> None:
        self.home.clock.advance(span)
        self.home.tick()

    def mails(self) -> list[Message]:
        """The alerts, in their order."""
        return [each for each in mails(self.home.folder) if each["To"] == DESK]

    def subjects(self) -> list[str]:
        return [subject_of(each) for each in self.mails()]


def mails(folder: Path) -> list[Message]:
    path = folder / "maildir"
    found = list(mailbox.Maildir(path)) if path.exists() else []
    return sorted(found, key=lambda mail: (parsedate_to_datetime(mail["Date"]), mail["Message-ID"]))


def subject_of(mail: Message) -> str:
    return str(make_header(decode_header(mail["Subject"]))).replace("\n", "")


def text_of(mail: Message) -> str:
    part = next(each for each in mail.walk() if each.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


OLD = Story(id="old", title="Truce of last year remembered", at=NOON - 300 * DAY)


@contextmanager
def room(
    folder: Path,
    origin: Origin,
    *topics: Topic,
    clock: SimulatedClock | None = None,
    paths: tuple[str, ...] = ("/a",),
) -> Iterator[Room]:
    """Its feeds were read once, with an old article that matches, and all is quiet."""
    for path in paths:
        origin.serve(path, reply(rss(OLD, title=f"The Post {path}")))
    with lived_in(configured(folder, origin, *topics, paths=paths), clock) as home:
        home.tick()
        yield Room(home=home, origin=origin)


def story(number: int, title: str, at: datetime = NOON, text: str = "") -> Story:
    return Story(id=f"s{number}", title=title, at=at, text=text)
