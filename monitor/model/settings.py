"""What a person decides in the TOML file, section by section, with the defaults.

Only facts: reading, checking and explaining them is `config`'s work. The defaults and their
reasons stand in `config.example.toml` and docs/operate.md.
"""

from dataclasses import dataclass, field
from datetime import time, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

OnUnknown = Literal["resend", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What opens a feed that is not public: a name and its password (Basic), or without a name a token (Bearer)."""

    username: str = ""
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """One `[[feeds]]` table. `outlet` and `language` override what the feed says of itself;
    an `aggregator` carries the articles of many outlets. `publisher`: who is behind the outlet ("": its web domain
    says it). `was`: the URL under which the feed has been polled so far.

    The intervals override those of `[polling]`; with an `interval` of its own a feed is asked just so often.
    `timeout` is for this feed in all, silence included. `headers` and `auth` are sent to the origin of `url`
    alone, and to no place it redirects to. What may hold a secret is not in the repr.
    """

    url: str = field(repr=False)
    outlet: str = ""
    publisher: str = ""
    language: str = ""
    aggregator: bool = False
    enabled: bool = True
    interval: timedelta | None = None
    was: str = field(default="", repr=False)
    min_interval: timedelta | None = None
    max_interval: timedelta | None = None
    timeout: timedelta | None = None
    user_agent: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: Login | None = None
    proxy: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingSettings:
    """The `[polling]` table: how often, how politely, how much, and whom not to ask.

    A feed is asked every `interval`, more seldom, up to `max_interval`, if it publishes seldom, and more often if
    its window would overflow. `min_interval` is the floor between two requests to one feed. Unset it is
    15 minutes, and for a public host it is never less; hosts in `allow_private` are the owner's own and get
    what is set, or none. `allow_private` takes addresses, networks and host names.
    """

    interval: timedelta = timedelta(minutes=60)
    min_interval: timedelta | None = None
    max_interval: timedelta = timedelta(hours=4)
    host_gap: timedelta = timedelta(seconds=2)
    concurrency: int = 8
    connect_timeout: timedelta = timedelta(seconds=10)
    read_timeout: timedelta = timedelta(seconds=20)
    total_timeout: timedelta = timedelta(seconds=60)
    max_wire_bytes: int = 5_000_000
    max_body_bytes: int = 10_000_000
    max_items: int = 5_000
    allow_private: tuple[str, ...] = ()
    allow_ports: tuple[int, ...] = (80, 443, 8080, 8443)
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSettings:
    """The `[storage]` table. `folder` holds the database, the archive, the Maildir and the lock;
    `database` is the URL of an SQLite file in another place, `archive` another folder for the pages, `archive_url`
    the web address under which people read them. `templates_dir` has templates that take the place of ours, file by
    file. A topic that changed is matched against the articles of the last `backfill`; articles are dropped after
    `keep`, or never. A backup is put into `backups` every `backup_every` (nothing: never), and the newest
    `backups_kept` stay.
    """

    folder: Path
    database: str = ""
    archive: Path | None = None
    archive_url: str = ""
    templates_dir: Path | None = None
    backfill: timedelta = timedelta(days=7)
    keep: timedelta | None = None
    backups: Path | None = None
    backup_every: timedelta = timedelta(days=1)
    backups_kept: int = 7

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.folder / 'news-monitor.db'}"

    @property
    def database_file(self) -> Path:
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def archive_folder(self) -> Path:
        return self.archive or self.folder / "archive"

    @property
    def backup_folder(self) -> Path:
        return self.backups or self.folder / "backups"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings:
    """The `[health]` table. `listen` is the address of the page for machines, such as "127.0.0.1:9464"; one that
    others can reach is a ValueError unless `allow_remote`. `ping_url` is asked after each good edition.
    """

    listen: str = ""
    allow_remote: bool = False
    ping_url: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.listen and not self.allow_remote and not is_this_machine(self.address[0]):
            raise ValueError(
                f'listen = "{self.listen}" can be reached by other machines, and the page tells them names and numbers;'
                f' write "127.0.0.1:{self.address[1]}", or add allow_remote = true.'
            )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of `listen`."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def is_this_machine(host: str) -> bool:
    """Whether the host, a name or an address, says that it is this machine; no name is resolved."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
MONDAY = (0,)


STORIES_IN_FULL = 5
"""Of one topic, in a mail: what is read in a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """One `[[digests]]` table: what is mailed to whom, on what days and at what local time.

    `kind`: the news, or a summary of the week that repeats it. `days` are weekdays, Monday 0; none means every
    day, and Monday for a roll-up. `at` is one time of day, or several, each with an edition of its own. `topics`
    names topics; none means all. `language` is that of its dates; `templates` a folder of templates for it alone,
    file by file before all others. `when_empty`: whether an edition without matches is mailed too, so that silence
    never looks like a dead daemon (the default), or skipped but for one a week. `full`: how many stories of a topic a
    mail shows in full; the others are headlines. `baseline`: whether matches that were in a feed before its first poll
    are only counted, or listed once too, in one line each.
    """

    name: str
    to: tuple[str, ...]
    kind: Literal["news", "roll-up"] = "news"
    days: tuple[int, ...] = ()
    at: time | tuple[time, ...] = time(7, 0)
    timezone: str = "UTC"
    language: str = "en"
    templates: Path | None = None
    topics: tuple[str, ...] = ()
    enabled: bool = True
    when_empty: Literal["send", "skip"] = "send"
    full: int = STORIES_IN_FULL
    baseline: Literal["count", "list"] = "count"

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The weekdays that have an edition."""
        return self.days or (MONDAY if self.kind == "roll-up" else EVERY_DAY)

    @property
    def times(self) -> tuple[time, ...]:
        """The times of day that have an edition, in order."""
        return (self.at,) if isinstance(self.at, time) else tuple(sorted(self.at))

    @property
    def has_several_a_day(self) -> bool:
        return len(self.times) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """What `[mail]` says of every channel; the channel's own keys are the fields of its dataclass.

    `on_unknown`: whether a message that may have been accepted (the connection broke after its end) is sent
    again, byte for byte, or held until the owner decides. `unsubscribe_url` takes the POST of RFC 8058;
    {recipient} and {list} in it are filled in.
    """

    on_unknown: OnUnknown = "resend"
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSettings:
    """The `[operator]` table: who gets the notes about the running of the program, instead of the readers.

    Two mails of notes to them lie at least `interval` apart.
    """

    to: tuple[str, ...] = ()
    interval: timedelta = timedelta(hours=1)
