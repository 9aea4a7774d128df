"""The sections of the file, read one after the other and then checked against each other."""

from collections.abc import Callable, Mapping, Sequence
from datetime import time, timedelta
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from monitor.config import agreement, values
from monitor.config.agreement import Tables
from monitor.config.alerts import alerts_by_place, with_alerts
from monitor.config.database import database_url, with_password
from monitor.config.feeds import read_feed
from monitor.config.find import data_folder
from monitor.config.findings import did_you_mean
from monitor.config.groups import at_their_groups, with_groups
from monitor.config.lists import Lists, read_lists, with_library
from monitor.config.mail import read_common, read_mail, recipient_check
from monitor.config.positions import KeyPath
from monitor.config.readers import warn_about_readers
from monitor.config.recipients import Check, Named, read_named
from monitor.config.searches import read_searches
from monitor.config.settings import Settings
from monitor.config.table import Duration, LongDuration, PerhapsLines, Port, Reading, Table, table
from monitor.config.topics import Name, read_topics
from monitor.config.users import WEB, check_users, read_users
from monitor.deliver.routes import Routes
from monitor.model.alert import AlertSettings
from monitor.model.settings import (
    DigestSettings,
    FeedSettings,
    HealthSettings,
    OperatorSettings,
    PollingSettings,
    SearchSettings,
    StorageSettings,
)
from monitor.model.web import UserSettings, WebSettings
from monitor.resources import resource

ARRAYS = ("feeds", "topics", "digests")
SECTIONS = (
    *(*ARRAYS, "channels", "groups", "health", "include", "lists", "mail", "operator", "polling", "recipients"),
    *("searches", "storage", "users", "web"),
)
MAX_TABLES = 10_000  # of feeds, and of topics (rule S18)
MAX_RECIPIENTS = 200
MAX_TIMES = 24  # a digest: with more times it would not be one, and each edition is a mail

Kind = TypeVar("Kind")
Positive = Annotated[int, Field(ge=1, le=10**12)]

SHORTEST_REVIEW, LONGEST_REVIEW = timedelta(minutes=1), timedelta(hours=12)


def _review_time(value: timedelta) -> timedelta:
    """How long a draft waits for a person: a minute is needed to look, and a day later it is no news."""
    if not SHORTEST_REVIEW <= value <= LONGEST_REVIEW:
        raise ValueError('must be between "1m" and "12h", such as "15m".')
    return value


ReviewTime = Annotated[Duration, AfterValidator(_review_time)]
Times = Annotated[
    list[Annotated[time, BeforeValidator(values.time_of_day)]],
    BeforeValidator(values.times_of_day),
    Field(min_length=1, max_length=MAX_TIMES),
    AfterValidator(values.in_order),
]


@cache
def mailing_tables(recipient: Callable[[str], str]) -> tuple[Table[DigestSettings], Table[OperatorSettings]]:
    """The tables that name recipients, of whom the channel's `recipient` says whether they can be."""
    recipients = Annotated[
        list[Annotated[str, AfterValidator(recipient)]],
        Field(min_length=1, max_length=MAX_RECIPIENTS),
        AfterValidator(values.distinct),
    ]
    digest = table(
        DigestSettings,
        name=Name,
        to=recipients,
        days=Annotated[tuple[int, ...], PlainValidator(values.weekdays)],
        at=Times,
        full=Annotated[int, Field(ge=0, le=1000)],
        perhaps=PerhapsLines,
        review=ReviewTime,
        language=Annotated[str, AfterValidator(values.date_language)],
        timezone=Annotated[str, AfterValidator(values.time_zone)],
    )
    return digest, table(OperatorSettings, to=recipients, interval=LongDuration)


HEALTH = table(
    HealthSettings,
    listen=Annotated[str, AfterValidator(values.listen_address)],
    hosts=Annotated[list[Annotated[str, AfterValidator(values.private_place)]], AfterValidator(tuple)],
    ping_url=Annotated[str, AfterValidator(values.ping_url)],
)
POLLING = table(
    PollingSettings,
    interval=LongDuration,
    max_interval=LongDuration,
    concurrency=Annotated[int, Field(ge=1, le=64)],
    connect_timeout=LongDuration,
    read_timeout=LongDuration,
    total_timeout=LongDuration,
    max_wire_bytes=Positive,
    max_body_bytes=Positive,
    max_items=Positive,
    allow_private=Annotated[list[Annotated[str, AfterValidator(values.private_place)]], AfterValidator(tuple)],
    allow_ports=Annotated[list[Port], AfterValidator(tuple)],
    contact=Annotated[str, AfterValidator(values.header_text)],
    pages_per_host=Annotated[int, Field(ge=1, le=1_000)],
)
STORAGE = table(
    StorageSettings,
    database=Annotated[str, AfterValidator(database_url)],
    backups_kept=Annotated[int, Field(ge=1, le=1_000)],
    keep=Annotated[Duration, AfterValidator(values.keepable)],
    keep_pages=Annotated[Duration, AfterValidator(values.a_day_at_least)],
)


def read_settings(document: Mapping[str, Any], reading: Reading) -> Settings | None:
    """The settings as far as they can be read; None if one of the single tables cannot be read."""
    _check_sections(document, reading)
    topic_tables, digest_tables = (_tables(document, name, reading) for name in ("topics", "digests"))
    feed_tables, feeds = _read_feeds(document, reading)
    mail_table = _table(document, "mail", reading)
    storage = read_storage(_table(document, "storage", reading), reading)
    named = _read_named(document, mail_table, storage, reading)
    recipient = named.recipient_check(recipient_check(mail_table))
    digest_table, operator_table = mailing_tables(recipient)
    digests = _read_each(digest_table.read, digest_tables, reading)
    own, lists = _read_lists(document, reading)
    topics = with_alerts(read_topics(topic_tables, lists, reading), topic_tables, digest_tables, recipient, reading)
    polling = _read_single(POLLING, "polling", document, reading)
    mail, mailing = read_mail(mail_table, storage.folder, reading), read_common(mail_table, reading)
    operator = _read_single(operator_table, "operator", document, reading) or OperatorSettings()
    health = _read_single(HEALTH, "health", document, reading) or HealthSettings()
    web, users = _read_web(document, recipient, reading)
    _check_agreement(feed_tables, topic_tables, digest_tables, reading)
    searches = _read_searches(document, feeds, topic_tables, reading)
    agreement.require_content(document, reading)
    if polling is None or mail is None:
        return None
    alerts = alerts_by_place(topics, topic_tables)
    _check_places(feeds, alerts, polling, health, reading)
    _check_digests(digests, storage, reading)
    to = [((*path, "to"), digest.to) for path, digest in digests]
    to += [*(((*path, "to"), alert.to) for path, alert in alerts), (("operator", "to"), operator.to)]
    _check_routes(Routes(mail=mail, named=named.routes), to, storage, reading)
    return Settings(
        path=reading.file,
        feeds=tuple(feed for _, feed in feeds),
        lists=lists,
        shipped=frozenset(lists.keys() - own.keys()),
        topics=topics,
        digests=tuple(digest for _, digest in digests),
        searches=searches,
        mail=mail,
        channels=named.channels,
        routes=named.routes,
        recipients=named.recipients,
        names=named.stored,
        mailing=mailing,
        operator=operator,
        health=health,
        web=web,
        users=users,
        polling=polling,
        storage=storage,
    )


def _read_feeds(document: Mapping[str, Any], reading: Reading) -> tuple[Tables, list[tuple[KeyPath, FeedSettings]]]:
    """The tables of feeds with what their groups say, and the feeds."""
    written = _tables(document, "feeds", reading)
    whole = with_groups(written, _table(document, "groups", reading), reading)
    feeds = _read_each(read_feed, whole, reading)
    at_their_groups(reading.findings, written, whole)
    return whole, feeds


def _read_named(
    document: Mapping[str, Any], mail_table: Mapping[str, Any], storage: StorageSettings, reading: Reading
) -> Named:
    channels, recipients = (_table(document, name, reading) for name in ("channels", "recipients"))
    return read_named(channels, recipients, recipient_check(mail_table), storage.folder, reading)


def _read_single(kind: Table[Kind], name: str, document: Mapping[str, Any], reading: Reading) -> Kind | None:
    return kind.read(_table(document, name, reading), (name,), reading)


def _read_lists(document: Mapping[str, Any], reading: Reading) -> tuple[Lists, Lists]:
    """The lists of the config, and these with the shipped ones that topics name."""
    own = read_lists(_table(document, "lists", reading), reading)
    return own, with_library(own, document.get("topics")) if reading.is_with_terms else own


def _read_web(
    document: Mapping[str, Any], recipient: Check, reading: Reading
) -> tuple[WebSettings, tuple[UserSettings, ...]]:
    web, tables = _read_single(WEB, "web", document, reading) or WebSettings(), _tables(document, "users", reading)
    users = read_users(tables, recipient, reading)
    check_users(web, users, tables, reading)
    return web, users


def _read_searches(
    document: Mapping[str, Any], feeds: Sequence[tuple[KeyPath, FeedSettings]], topics: Tables, reading: Reading
) -> tuple[SearchSettings, ...]:
    names, tables = agreement.names_of(topics), _tables(document, "searches", reading)
    return read_searches(tables, [feed for _, feed in feeds], names, reading)


def _check_routes(
    routes: Routes, recipients: Sequence[tuple[KeyPath, Sequence[str]]], storage: StorageSettings, reading: Reading
) -> None:
    agreement.check_recipients(routes, recipients, reading)
    warn_about_readers([((), reading.file), *reading.findings.files], storage.folder, reading)
    if problem := agreement.archive_problem(routes, storage):
        reading.findings.warn(("storage",), problem)


def _check_digests(
    digests: Sequence[tuple[KeyPath, DigestSettings]], storage: StorageSettings, reading: Reading
) -> None:
    folders = [((*path, "templates"), digest.templates) for path, digest in digests]
    folders.append((("storage", "templates_dir"), storage.templates_dir))
    agreement.check_templates(folders, {file.name for file in resource("templates").glob("*.j2")}, reading)
    agreement.warn_about_zones(digests, reading)
    agreement.check_reviews(digests, reading)


def _check_places(
    feeds: list[tuple[KeyPath, FeedSettings]],
    alerts: list[tuple[KeyPath, AlertSettings]],
    polling: PollingSettings,
    health: HealthSettings,
    reading: Reading,
) -> None:
    agreement.warn_about_haste(feeds, alerts, polling, reading)
    agreement.warn_about_open_logins(feeds, polling, reading)
    agreement.check_targets(feeds, polling, reading)
    agreement.warn_about_ping(health, polling, reading)


def _check_sections(document: Mapping[str, Any], reading: Reading) -> None:
    for section in document.keys() - set(SECTIONS):
        guess = did_you_mean(section, SECTIONS)
        reading.findings.error((section,), f"unknown section.{guess} Sections: {' '.join(SECTIONS)}.")


def _check_agreement(feeds: Tables, topics: Tables, digests: Tables, reading: Reading) -> None:
    agreement.check_unique(feeds, "url", "feed", reading)
    agreement.check_unique(feeds, "was", "old URL", reading)
    agreement.check_unique(topics, "name", "name", reading)
    agreement.check_unique(topics, "was", "old name", reading)
    agreement.check_unique(digests, "name", "name", reading)
    agreement.check_topic_names(digests, topics, reading)
    agreement.warn_about_pauses(dict(zip(ARRAYS, (feeds, topics, digests), strict=True)), reading)


def _table(document: Mapping[str, Any], section: str, reading: Reading) -> Mapping[str, Any]:
    """The table of a section that is written once; empty if it is not there."""
    written = document.get(section, {})
    if isinstance(written, dict):
        return written
    reading.findings.error((section,), f"is not a table; write its keys below a [{section}] line.")
    return {}


def _tables(document: Mapping[str, Any], section: str, reading: Reading) -> Tables:
    """Every table of a section that may occur many times, with its path."""
    written = document.get(section, [])
    if not isinstance(written, list):
        reading.findings.error((section,), f"may occur many times: write [[{section}]], with two brackets.")
        return []
    if len(written) > MAX_TABLES:
        reading.findings.error((section,), f"there are {len(written):,}; at most {MAX_TABLES:,} are possible.")
    return [((section, index), table) for index, table in enumerate(written[:MAX_TABLES])]


def _read_each(
    read_one: Callable[[object, KeyPath, Reading], Kind | None], tables: Tables, reading: Reading
) -> list[tuple[KeyPath, Kind]]:
    read = ((path, read_one(written, path, reading)) for path, written in tables)
    return [(path, each) for path, each in read if each is not None]


def read_storage(written: Mapping[str, Any], reading: Reading) -> StorageSettings:
    """Where everything is; the default folder if the section cannot be read."""
    default = data_folder(reading.environ)
    if "folder" not in written and not default.is_absolute():
        message = 'is not set, and this user has no home folder; write folder = "/var/lib/news-monitor" in [storage].'
        reading.findings.error(("storage", "folder"), message)
    read = STORAGE.read({"folder": str(default), **written}, ("storage",), reading) or StorageSettings(folder=default)
    return with_password(read, reading)
