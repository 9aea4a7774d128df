"""What a reload of the config came to: whether it was applied, what it changed, why it was refused."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from monitor.config import Settings
from monitor.config.differences import differences
from monitor.errors import ConfigError, NewsMonitorError, UsageError
from monitor.log import logger
from monitor.model.config_change import ConfigChange
from monitor.model.requests import Outcome
from monitor.plain_text import one_line

log = logger(__name__)

MOST_CHANGES = 200
"""That an answer names; the rest is counted. A person reads fewer, and a row of the store stays small."""

MOST_ITEMS_KEPT = 500
"""Of what is new in one list, and of what is gone."""

MOST_KEYS = 100
"""Of one change; the rest is counted."""

MOST_LOGGED = 20
"""That one line of the log names."""

WORDS_CHARACTERS = 1_000
"""Of one change."""

NOT_OURS = "This is a fault of the program; the log has its details."


class NeedsRestart(UsageError):
    """The config is valid, and what it changes cannot change while the daemon runs."""


def in_place(running: Settings, settings: Settings) -> Settings:
    """The settings, if they are for the open data folder and no included file was lost.

    Raises NeedsRestart, and UsageError for a lost file. One that lost its last table by a command holds nothing either:
    so a file may become empty if no more than one feed or topic went with it.
    """
    place, other = running.storage, settings.storage
    if (place.folder, place.database_url) != (other.folder, other.database_url):
        raise NeedsRestart("[storage] names another folder or database, which needs a restart.")
    if running.health.listen != settings.health.listen:
        raise NeedsRestart("[health] listen has changed, which needs a restart.")
    if running.web.listen != settings.web.listen:
        raise NeedsRestart("[web] listen has changed, which needs a restart.")
    for file in settings.absent:
        if file in running.included and file not in running.absent:
            raise UsageError(f"{file} is gone, and what it held with it: put it back, or remove it from include.")
    for file in settings.blank:
        if file in running.included and file not in (*running.absent, *running.blank) and _lost(running, settings) > 1:
            raise UsageError(
                f"{file} is empty now, and what it held is gone: put it back from a copy, or restart if that is meant."
            )
    return settings


def _lost(running: Settings, settings: Settings) -> int:
    """How many feeds and topics are not there any more."""
    feeds = {each.url for each in running.feeds} - {url for each in settings.feeds for url in (each.url, each.was)}
    kept = {name for each in settings.topics for name in (each.name, each.was)}
    topics = {each.name for each in running.topics} - kept
    return len(feeds) + len(topics)


def reloaded(old: Settings, new: Settings) -> Outcome:
    """The answer after a reload: every change, up to a bound, as data and in words. A fault in comparing is logged, and
    keeps nobody from the new config, which is in use already.
    """
    found: list[dict[str, Any]] = []
    try:
        changes = differences(old, new)
        found = [_facts(each) for each in changes[:MOST_CHANGES]]
        more = len(changes) - len(found)
    except Exception:
        log.exception("changes of the config not known")
        more = None
    return {
        "is_reloaded": True,
        "config": str(new.path),
        "feeds": len(new.feeds),
        "topics": len(new.topics),
        "changes": found,
        "more": more,
        "warnings": len(new.warnings),
    }


def _facts(change: ConfigChange) -> dict[str, Any]:
    """The change as data, its lists cut, and the same in words."""
    keys = tuple(
        replace(key, added=key.added[:MOST_ITEMS_KEPT], removed=key.removed[:MOST_ITEMS_KEPT])
        for key in change.keys[:MOST_KEYS]
    )
    facts = asdict(replace(change, keys=keys))
    return {**facts, "more_keys": len(change.keys) - len(keys), "words": _words(change)}


def _words(change: ConfigChange) -> str:
    """As many keys as there is room for, and how many more there are."""
    shown = min(len(change.keys), MOST_KEYS)
    while shown > 1 and len(replace(change, keys=change.keys[:shown]).in_words()) > WORDS_CHARACTERS:
        shown -= 1
    words = one_line(replace(change, keys=change.keys[:shown]).in_words(), WORDS_CHARACTERS)
    more = len(change.keys) - shown
    return f"{words} and {more} more" if more else words


def refused(config: Path, error: Exception) -> Outcome:
    """The answer if the old config stays: why, and each finding with its place."""
    problems = error.problems if isinstance(error, ConfigError) else ()
    return {
        "is_reloaded": False,
        "config": str(config),
        "reason": str(error) if isinstance(error, NewsMonitorError) else NOT_OURS,
        "is_usage": isinstance(error, (ConfigError, UsageError)),
        "needs_restart": isinstance(error, NeedsRestart),
        "problems": [{**asdict(each), "file": str(each.file), "words": str(each)} for each in problems],
    }


def for_log(outcome: Outcome) -> dict[str, Any]:
    """The same changes as the command prints, for one line of the log."""
    words = [change["words"] for change in outcome["changes"]]
    more = (outcome["more"] or 0) + len(words[MOST_LOGGED:])
    return {"changes": words[:MOST_LOGGED], **({"more": more} if more else {})}
