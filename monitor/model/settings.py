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
    """The login for a feed that is not public: Basic with a username, Bearer without."""

    username: str = ""
    """The name for Basic; "" for Bearer."""
    secret: str = field(repr=False)
    """The password or token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherLists:
    """Whose articles an aggregator is read for: names of publishers, or domains."""

    allow: tuple[str, ...] = ()
    """Only those; none: all."""
    deny: tuple[str, ...] = ()
    """None of those."""


PAID = "paid"
"""The `access` of feeds whose articles have to be paid for."""

NEAR = "near"
"""The `pages` of feeds of which a page is read where its article lacks one group of a topic."""

ALL = "all"
"""The `pages` of feeds of which each new article's page is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """One `[[feeds]]` table. Values that may hold a secret are not in the repr."""

    url: str = field(repr=False)
    """The URL of the feed."""
    outlet: str = ""
    """The name of the outlet, instead of the feed's title; "" for none."""
    publisher: str = ""
    """Who publishes the outlet; "" if the domain of its articles says it."""
    group: str = ""
    """The name of its `[groups.NAME]`, whose keys it shares; "" for none."""
    language: str = ""
    """The language (BCP 47), instead of the declared one; "" for none."""
    aggregator: bool = False
    """Whether the feed carries articles of many outlets."""
    publishers: PublisherLists | None = None
    """Of an aggregator, whose articles are stored; None: all."""
    enabled: bool = True
    """Whether the feed is polled."""
    access: str = ""
    """`PAID` if its articles have to be paid for; "free" or "" if not."""
    keep_text: timedelta | None = None
    """How long after they were first seen its licence allows to keep texts of its articles; None for ever."""
    quote: bool = True
    """Whether its licence allows to quote its texts; if not, none is kept."""
    pages: str = ""
    """Which pages behind its articles are read: `NEAR`, `ALL`; "off" or "" for none."""
    note: str = ""
    """Why its owner reads it; never mailed."""
    interval: timedelta | None = None
    """Poll exactly this often; None for the adaptive interval."""
    was: str = field(default="", repr=False)
    """The URL under which the feed has been polled so far; "" if unchanged."""
    min_interval: timedelta | None = None
    """The shortest interval; None for that of `[polling]`."""
    max_interval: timedelta | None = None
    """The longest interval; None for that of `[polling]`."""
    ignore_hints: bool = False
    """Whether to ignore how often its document and headers ask to be polled; Retry-After is never ignored."""
    timeout: timedelta | None = None
    """The total time for one request, silence included; None for that of `[polling]`."""
    user_agent: str = ""
    """The User-Agent header; "" for the default."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Headers that are sent only to the origin of `url`, not to redirect targets."""
    auth: Login | None = None
    """The login, sent only to the origin of `url`; None for none."""
    proxy: str = field(default="", repr=False)
    """The URL of an HTTP or SOCKS proxy; "" for none."""
    proxy_dns: bool = False
    """Whether the proxy looks up host names, instead of this machine; it guards them too then."""
    tls: str = ""
    """"legacy" for versions and keys of TLS that are out of use, at the host of `url` only; "" for what is secure."""
    ca_file: Path | None = None
    """A file of certificates that are trusted too, at the host of `url` only; None for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingSettings:
    """The `[polling]` table: how often, how politely and how much to read, and what not to contact."""

    interval: timedelta = timedelta(minutes=60)
    """The usual interval between two polls of a feed."""
    min_interval: timedelta | None = None
    """The floor between two requests to one feed. None: 15 minutes, or none for hosts in `allow_private`; public hosts
    are never asked more often than every 15 minutes.
    """
    max_interval: timedelta = timedelta(hours=4)
    """The longest interval, for feeds that rarely publish."""
    host_gap: timedelta = timedelta(seconds=2)
    """The pause between two requests to one host."""
    concurrency: int = 8
    """The number of requests at the same time."""
    connect_timeout: timedelta = timedelta(seconds=10)
    """The longest wait for a connection."""
    read_timeout: timedelta = timedelta(seconds=20)
    """The longest silence during an answer."""
    total_timeout: timedelta = timedelta(seconds=60)
    """The total time for one request."""
    max_wire_bytes: int = 5_000_000
    """The most bytes of an answer as sent."""
    max_body_bytes: int = 10_000_000
    """The most bytes of a document after decompression."""
    max_items: int = 5_000
    """The most items that are read from one document."""
    allow_private: tuple[str, ...] = ()
    """Addresses, networks and host names that may be contacted although they are not public."""
    allow_ports: tuple[int, ...] = (80, 443, 8080, 8443)
    """The ports that may be contacted."""
    contact: str = ""
    """A URL or address in the User-Agent header; "" for none."""
    pages_per_host: int = 40
    """The most pages of articles that one host is asked for in 24 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSettings:
    """The `[storage]` table."""

    folder: Path
    """The folder with the database, the archive, the Maildir and the lock."""
    database: str = field(default="", repr=False)
    """The URL of an SQLite file in another place or of PostgreSQL, with its password; "" for a file in `folder`."""
    database_password_file: Path | None = None
    """The file of the password for PostgreSQL; None for none."""
    archive: Path | None = None
    """The folder of the archive pages; None for one in `folder`."""
    archive_url: str = ""
    """The web address of the archive folder; "" if it has none."""
    outgoing: bool = True
    """Whether the archive folder has feeds of topics, digests and searches for the readers of others."""
    templates_dir: Path | None = None
    """A folder of templates that replace shipped ones, file by file; None for none."""
    backfill: timedelta = timedelta(days=7)
    """How far back stored articles are matched against a topic that changed."""
    keep: timedelta | None = None
    """How long articles are kept; None for ever."""
    keep_pages: timedelta = timedelta(days=30)
    """How long texts of pages are kept."""
    backups: Path | None = None
    """The folder of backups; None for one in `folder`."""
    backup_every: timedelta = timedelta(days=1)
    """The time between two backups; zero for none."""
    backups_kept: int = 7
    """How many backups are kept."""

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.folder / 'news-monitor.db'}"

    @property
    def is_file(self) -> bool:
        """Whether the database is an SQLite file."""
        return self.database_url.startswith("sqlite:///")

    @property
    def database_file(self) -> Path:
        """The SQLite file. Raises ValueError where the database is none."""
        if not self.is_file:
            raise ValueError("the database is no file")
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def archive_folder(self) -> Path:
        return self.archive or self.folder / "archive"

    @property
    def backup_folder(self) -> Path:
        return self.backups or self.folder / "backups"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings:
    """The `[health]` table. Raises ValueError if other machines can reach `listen` without `allow_remote`."""

    listen: str = ""
    """Address and port of the page for machines, such as "127.0.0.1:9464"; "" for none."""
    allow_remote: bool = False
    """Whether other machines may reach that page."""
    hosts: tuple[str, ...] = ()
    """Names under which that page is asked, beside addresses, `localhost` and names without a dot."""
    ping_url: str = field(default="", repr=False)
    """A page that is requested after each good edition; "" for none."""

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

PERHAPS_LINES = 3
"""Of one topic, below "Perhaps also". Five find a little more of what rules miss, and fewer of them are right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """One `[[digests]]` table: what is mailed to whom, on which days and at what local time."""

    name: str
    """The name of the digest."""
    to: tuple[str, ...]
    """The addresses of the recipients."""
    kind: Literal["news", "roll-up"] = "news"
    """The news, or a summary of the week that repeats it."""
    days: tuple[int, ...] = ()
    """Weekdays, Monday 0; empty for every day, and for Monday in a roll-up."""
    at: time | tuple[time, ...] = time(7, 0)
    """One local time of day, or several, each with its own edition."""
    timezone: str = "UTC"
    """The IANA time zone of `at`."""
    language: str = "en"
    """The language of dates."""
    templates: Path | None = None
    """A folder of templates only for this digest, before all others; None for none."""
    topics: tuple[str, ...] = ()
    """The names of its topics; empty for all."""
    enabled: bool = True
    """Whether editions are made."""
    when_empty: Literal["send", "skip"] = "send"
    """Whether an edition without matches is mailed too, or skipped except once a week."""
    full: int = STORIES_IN_FULL
    """How many stories of a topic a mail shows in full; the others are headlines."""
    baseline: Literal["count", "list"] = "count"
    """Whether matches from before a feed's first poll are only counted, or listed once."""
    perhaps: int = PERHAPS_LINES
    """How many articles that resemble a topic and do not match it are shown below it, at most; 0 for none."""
    review: timedelta | None = None
    """How long before each slot its draft is made, which waits for a person; None for none."""

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
class SearchSettings:
    """One `[[searches]]` table: a search of all stored articles, under a name."""

    name: str
    """The name of the search."""
    words: str = ""
    """What is looked for, as one types it; "" for all that the others choose."""
    feed: str = ""
    """Only of feeds with this URL or outlet; "" for all."""
    topic: str = ""
    """Only what this topic matches; "" for all."""
    language: str = ""
    """Only in this language; "" for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The keys of `[mail]` that apply to every channel; a channel's own keys are the fields of its dataclass."""

    on_unknown: OnUnknown = "resend"
    """What to do with a message that may have been accepted: send it again, byte for byte, or hold it."""
    unsubscribe_url: str = ""
    """An https address for the POST of RFC 8058, with the placeholders {recipient} and {list}; "" for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """The keys of `[channels.NAME]` that apply to every kind; the others are the fields of the channel's dataclass."""

    on_unknown: OnUnknown = "resend"
    """What to do with a message that may have been accepted: send it again under the same id, or hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientSettings:
    """One `[recipients.NAME]` table: who gets messages, under a name."""

    address: str = field(repr=False)
    """What the channel knows the recipient by: a mail address, a URL, a room."""
    channel: str = ""
    """The name of a channel of `[channels]`; "" for that of `[mail]`."""
    timezone: str = ""
    """The IANA time zone of dates and of `quiet`; "" for that of the digest."""
    language: str = ""
    """The language of dates; "" for that of the digest."""
    quiet: tuple[time, time] | None = None
    """The local times from which and until which no alert is sent; None for none. Digests have times of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSettings:
    """The `[operator]` table: who gets notes about the operation of the program, instead of the readers."""

    to: tuple[str, ...] = ()
    """The addresses of the operators; empty for none."""
    interval: timedelta = timedelta(hours=1)
    """The shortest time between two mails of notes."""
