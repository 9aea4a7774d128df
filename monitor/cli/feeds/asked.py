"""What `feeds try` and `feeds add` need of the configuration, and how they print what an address answered."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from monitor.cli import local_time, output
from monitor.counted import counted

if TYPE_CHECKING:
    from monitor.cli.feeds.trial import Asker, Trial
    from monitor.config import Settings
    from monitor.model.settings import FeedSettings

TITLES = 3
"""How many headlines of each kind are printed."""


def asker(settings: "Settings") -> "Asker":
    from monitor.cli.feeds.trial import Asker
    from monitor.daemon.clock import SystemClock
    from monitor.lists import list_names, shipped_lists

    lists: Mapping[str, Sequence[str]] = {**shipped_lists(list_names()), **settings.lists}
    return Asker(settings, lists, SystemClock())


def configured(settings: "Settings", name: str) -> "FeedSettings | None":
    """The first feed with this URL, however it is written, or with this outlet."""
    found = all_configured(settings, name)
    return settings.feeds[found[0]] if found else None


def all_configured(settings: "Settings", name: str) -> list[int]:
    """The numbers of the feeds with this URL, however it is written, or with this outlet."""
    from monitor.url import canonical_url, stored_url

    wanted = canonical_url(stored_url(name)) if "://" in name else ""
    return [
        number
        for number, feed in enumerate(settings.feeds)
        if name == feed.outlet or (wanted and canonical_url(stored_url(feed.url)) == wanted)
    ]


def address(written: str) -> str:
    """An http(s) address as people type it, the scheme may be missing. Raises UsageError if it is none."""
    from monitor.errors import UsageError
    from monitor.url import clean_link, shown_url

    typed = written.strip()
    found = clean_link(typed if "://" in typed else f"https://{typed}")
    if not found or ("://" not in typed and "." not in typed):
        raise UsageError(
            f'"{shown_url(written)}" is not the address of a feed or page. Give one such as https://outlet.example/, '
            "or the outlet of a feed in the config."
        )
    return found


def facts(trial: "Trial") -> dict[str, Any]:
    """As JSON has it."""
    from monitor.url import shown_url

    found = asdict(trial)
    for key in ("url", "final_url", "moved_to"):
        found[key] = shown_url(found[key])
    found["is_feed"] = trial.is_feed
    found["matches"] = _matches(trial)
    return found


def print_trial(trial: "Trial") -> None:
    """Everything that a person wants to know before the feed is added."""
    from monitor.url import shown_url

    output.print_wrapped(shown_url(trial.url))
    if not trial.is_feed:
        output.print_wrapped(trial.problem, first="  ")
        for named in trial.named:
            what = "comments" if named.is_of_comments else named.title
            output.print_wrapped(f"The page names {shown_url(named.url)}{f' ({what})' if what else ''}", first="  ")
        return
    rows = {
        "Feed": " · ".join(filter(None, (trial.title, trial.format, trial.language))),
        "Moved to": shown_url(trial.moved_to),
        "Answered": f"in {trial.seconds:.1f} s, {output.size(trial.size)}",
        "Validators": _validators(trial),
        "Would store": _stored(trial),
        "Odd": trial.note,
    }
    for label, value in rows.items():
        if value:
            output.print_wrapped(value, first=f"  {label:12}")
    for each in trial.items[:TITLES]:
        when = local_time.minute(each.published) if each.published else "no date"
        output.print_wrapped(each.title or "(no headline)", first=f"  {when:18}")
    for topic, titles in _matches(trial).items():
        output.print_wrapped(f"{topic}: {counted(len(titles), 'match', 'matches')} now", first="  ")
        for title in titles[:TITLES]:
            output.print_wrapped(title or "(no headline)", first="    ")


def _validators(trial: "Trial") -> str:
    known = [name for name, is_there in (("ETag", trial.etag), ("Last-Modified", trial.last_modified)) if is_there]
    return " and ".join(known) or "none: every poll reads the whole document"


def _stored(trial: "Trial") -> str:
    found = counted(len(trial.items), "item", "items")
    return f"{found}; {trial.refused} with nothing to store" if trial.refused else found


def _matches(trial: "Trial") -> dict[str, list[str]]:
    """Per topic, the headlines that it would match."""
    found: dict[str, list[str]] = {}
    for each in trial.items:
        for topic in each.topics:
            found.setdefault(topic, []).append(each.title)
    return found
