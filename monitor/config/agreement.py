"""Checks between the parts of a config: names that must be unique, and names that must exist.

Names are taken from the document as written, so that a mistake inside a topic does not
also produce errors for the digests that name it.
"""

import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.config.findings import did_you_mean, quoted
from monitor.config.joined import ARRAYS as JOINED
from monitor.config.positions import KeyPath
from monitor.config.table import Reading
from monitor.config.values import zone_doubt
from monitor.deliver import Channel, ChecksReach, KnowsSpellings, is_local
from monitor.model.alert import AlertSettings
from monitor.model.settings import DigestSettings, FeedSettings, HealthSettings, PollingSettings, StorageSettings
from monitor.unusable import why
from monitor.url import canonical_url, host_of

FLOOR = timedelta(minutes=15)  # P6: a public server is never asked more often, whatever the config says

_NEEDS_A_LOOK = re.compile(
    r"[a-z]+://([^/?#]*:[0-9]+|\[[^/?#]*|([^/?#]*\.)?(localhost|0x[0-9a-f]*|[0-9]+)\.?)(?=[/?#]|$)", re.IGNORECASE
)
"""A URL with a port, an address or this machine's name; all others may be asked as far as one can see."""

Tables = Sequence[tuple[KeyPath, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A finished config has a table in at least one of these sections. `effect` says what happens without one."""

    sections: tuple[str, ...]
    effect: str
    example: str


REPORTS = ("digests",)
"""The sections that deliver articles to readers; one of them is enough."""

NEEDS = (
    Need(
        sections=("feeds",),
        effect="nothing would be read",
        example='[[feeds]] with url = "https://news.example/rss.xml".',
    ),
    Need(
        sections=("topics",),
        effect="nothing would be flagged",
        example='[[topics]] with name = "Ports" and any = ["dock strike"].',
    ),
    Need(
        sections=REPORTS,
        effect="nobody would receive the articles",
        example='[[digests]] with name = "Daily" and to = ["you@example.org"].',
    ),
)

PAUSES = {
    "feeds": "nothing is read until one is enabled",
    "topics": "nothing is flagged until one is enabled",
    "digests": "nothing is mailed until one is enabled, and feeds are read meanwhile",
}


def check_unique(tables: Tables, key: str, kind: str, reading: Reading) -> None:
    """No two tables may have the same `key`: the same address for URLs, the same name apart from capitals for names."""
    first: dict[str, KeyPath] = {}
    for path, value in _texts(tables, key):
        identity = (canonical_url(value) if key == "url" else "") or value.casefold()
        other = first.setdefault(identity, path)
        if other != path:
            reading.findings.error(path, f"the same {kind} as {reading.other_place(other, path)}.")


def names_of(topics: Tables) -> list[str]:
    """The names of topics as they are written, also of those with mistakes."""
    return [name for _, name in _texts(topics, "name")]


def check_topic_names(digests: Tables, topics: Tables, reading: Reading) -> None:
    """The topics that digests list must exist, and a renamed topic must not still exist under its old name."""
    names = names_of(topics)
    for path, written in digests:
        listed = written.get("topics") if isinstance(written, dict) else None
        for index, name in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(name, str) and name not in names:
                message = f"no topic is called {quoted(name)}.{did_you_mean(name, names)}"
                reading.findings.error((*path, "topics", index), message)
    for path, old in _texts(topics, "was"):
        if old in names:
            reading.findings.error(
                path, f"a topic {quoted(old)} still exists; a renamed topic takes its history along."
            )


def check_templates(folders: Iterable[tuple[KeyPath, Path | None]], known: Collection[str], reading: Reading) -> None:
    """The folder of templates must exist, and each file in it must be usable. `known`: the names
    of shipped templates.
    """
    for path, folder in folders:
        if folder is None:
            continue
        try:
            if not stat.S_ISDIR(folder.stat().st_mode):
                reading.findings.error(path, f"{folder} is not a folder.")
                continue
            next(folder.iterdir(), None)  # `glob` finds nothing where it may not look
        except OSError as error:
            problem = "is not a folder" if isinstance(error, FileNotFoundError) else "cannot be read"
            reading.findings.error(path, f"{folder} {problem}: {why(folder, error)}")
            continue
        from monitor.render import broken_templates

        for name, line, problem in broken_templates(folder):
            reading.findings.error(path, f"{folder / name}{f':{line}' if line else ''}: {problem}.".replace("..", "."))
        files = {file.name for file in folder.glob("*.j2")}
        if not files & set(known):
            names = " ".join(sorted(known))
            reading.findings.warn(path, f"{folder} has no template with the name of a shipped one: {names}.")


def warn_about_haste(
    feeds: Sequence[tuple[KeyPath, FeedSettings]],
    alerts: Sequence[tuple[KeyPath, AlertSettings]],
    polling: PollingSettings,
    reading: Reading,
) -> None:
    """Warns that an interval below the minimum has no effect, unless the config lists private servers."""
    if polling.allow_private:
        return
    intervals: list[tuple[KeyPath, timedelta | None]] = [
        (("polling", "interval"), polling.interval),
        (("polling", "min_interval"), polling.min_interval),
    ]
    intervals += [((*path, "interval"), feed.interval) for path, feed in feeds]
    intervals += [((*path, "min_interval"), feed.min_interval) for path, feed in feeds]
    intervals += [((*path, "poll_every"), alert.poll_every) for path, alert in alerts]
    for path, interval in intervals:
        if interval is not None and interval < FLOOR:
            reading.findings.warn(path, "is less than 15m; a public server is not asked more often than that.")


def warn_about_open_logins(
    feeds: Sequence[tuple[KeyPath, FeedSettings]], polling: PollingSettings, reading: Reading
) -> None:
    """Warns that anybody on the way can read the login, unless the server is a private one."""
    for path, feed in feeds:
        if feed.auth and feed.url.startswith("http://") and host_of(feed.url) not in polling.allow_private:
            reading.findings.warn(
                (*path, "auth"), "is sent unencrypted: write https:// in url, if the server supports it."
            )


def check_targets(feeds: Sequence[tuple[KeyPath, FeedSettings]], polling: PollingSettings, reading: Reading) -> None:
    """A feed that could never be asked, by the rule of those who ask: its port, or an address that is not public."""
    for path, feed in feeds:
        if feed.enabled and _NEEDS_A_LOOK.match(feed.url) and (problem := _refusal(feed.url, polling)):
            reading.findings.error((*path, "url"), f"{problem}.")


def warn_about_ping(health: HealthSettings, polling: PollingSettings, reading: Reading) -> None:
    """The page is asked like a feed. Editions do not depend on it, so this is a warning."""
    if _NEEDS_A_LOOK.match(health.ping_url) and (problem := _refusal(health.ping_url, polling)):
        reading.findings.warn(("health", "ping_url"), f"is never asked: {problem}.")


def _refusal(url: str, polling: PollingSettings) -> str:
    from monitor.fetch.targets import refusal  # httpx takes a tenth of a second, and most URLs need no look

    return refusal(url, polling)


def warn_about_zones(digests: Sequence[tuple[KeyPath, DigestSettings]], reading: Reading) -> None:
    for path, digest in digests:
        if doubt := zone_doubt(digest.timezone):
            reading.findings.warn((*path, "timezone"), f"{quoted(digest.timezone)} {doubt}")


def check_reviews(digests: Sequence[tuple[KeyPath, DigestSettings]], reading: Reading) -> None:
    """A roll-up repeats what was mailed, and has no stories of its own to drop."""
    for path, digest in digests:
        if digest.review is not None and digest.kind == "roll-up":
            reading.findings.error((*path, "review"), "a roll-up cannot wait for a person; review its news digest.")


def check_recipients(channel: Channel, lists: Iterable[tuple[KeyPath, Sequence[str]]], reading: Reading) -> None:
    """Each recipient can be reached by this channel, and is listed under one spelling only."""
    for path, recipients in lists:
        first: dict[str, str] = {}
        for index, recipient in enumerate(recipients):
            _check_reach(channel, recipient, (*path, index), reading)
            identity = channel.identity(recipient) if isinstance(channel, KnowsSpellings) else recipient
            other = first.setdefault(identity, recipient)
            if other != recipient:
                message = f"{quoted(recipient)} is the same mailbox as {quoted(other)}, which gets two copies."
                reading.findings.warn((*path, index), message)


def _check_reach(channel: Channel, recipient: str, path: KeyPath, reading: Reading) -> None:
    if isinstance(channel, ChecksReach):
        try:
            doubt = channel.check_reach(recipient)
        except ValueError as error:
            reading.findings.error(path, str(error))
        else:
            if doubt:
                reading.findings.warn(path, doubt)


def require_content(document: Mapping[str, Any], reading: Reading) -> None:
    """Notes which of the required sections are missing.

    A file that was emptied or cut off between two tables is still valid TOML. Without this check the service would
    read, flag and mail nothing, as if that were intended.
    """
    for need in NEEDS:
        if not any(document.get(section) for section in need.sections):
            written = " or ".join(f"[[{section}]]" for section in need.sections)
            is_shared = bool(document.get("include")) and need.sections[0] in JOINED
            nor = ", and no file that it includes has one" if is_shared else ""
            message = f"has no {written}{nor}, so {need.effect}. Add it at the end of the file: {need.example}"
            reading.findings.lack((), f"{message} If it was there, the file is damaged: put a copy in its place.")


def warn_about_pauses(parts: Mapping[str, Tables], reading: Reading) -> None:
    """Warns that all tables of a section are disabled.

    Nobody writes `enabled = false` by accident: somebody who pauses all digests for a holiday wants the feeds to be
    read meanwhile. So this is a warning and not an error.
    """
    for section, tables in parts.items():
        if tables and all(isinstance(written, dict) and written.get("enabled") is False for _, written in tables):
            path, _ = tables[0]
            reading.findings.warn((*path, "enabled"), f"all [[{section}]] are disabled: {PAUSES[section]}.")


def archive_problem(channel: Channel, storage: StorageSettings) -> str:
    """What is missing for readers on other machines, and what to do; "" if nothing is missing."""
    if is_local(channel) or storage.archive_url:
        return ""
    return (
        "archive_url is not set: readers cannot open the archive, and what does not fit in a mail is attached as a file"
        " of text. If a web server serves the archive folder, set it to its URL there."
    )


def _texts(tables: Tables, key: str) -> Iterator[tuple[KeyPath, str]]:
    """Every text that stands under `key`, and where."""
    for path, written in tables:
        value = written.get(key) if isinstance(written, dict) else None
        if isinstance(value, str) and value:
            yield (*path, key), value
