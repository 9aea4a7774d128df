"""`feeds pause`, `resume` and `remove`: edits of the config, which stays the truth about what is polled."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.counted import counted

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.config.edit import Edit
    from monitor.model.settings import FeedSettings

Feed = Annotated[str, typer.Argument(metavar="FEED", help="The feed's URL or outlet, as `feeds list` has them.")]
Yes = Annotated[bool, typer.Option("--yes", help="Write to the config without asking.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write without asking, and print JSON.")]


def pause(context: typer.Context, feed: Feed, yes: Yes = False, as_json: AsJson = False) -> None:
    """Stop polling a feed: enabled = false in the config. Its articles stay, and you get no warnings about it."""
    from monitor.config.edit import SetValue

    settings, number, found = _found(context, feed)
    edits = [SetValue(("feeds", number, "enabled"), False)] if found.enabled else []
    _change(settings, found, edits, "paused", is_sure=yes, as_json=as_json)


def resume(context: typer.Context, feed: Feed, yes: Yes = False, as_json: AsJson = False) -> None:
    """Poll a paused feed again. What it published meanwhile is read if it is still in the feed."""
    settings, number, found = _found(context, feed)
    edits = [] if found.enabled else [_enabling(settings, number)]
    _change(settings, found, edits, "resumed", is_sure=yes, as_json=as_json)


def switched(settings: "Settings", stored: str, *, is_on: bool) -> dict[str, Any]:
    """Pause or resume the feed with this stored URL, and say what was written. Raises UsageError, NotWritten."""
    from monitor.cli import edit_config
    from monitor.config.edit import SetValue
    from monitor.config.edit.plan import diff
    from monitor.errors import UsageError
    from monitor.url import stored_url

    found = [number for number, feed in enumerate(settings.feeds) if stored_url(feed.url) == stored]
    if not found:
        raise UsageError("The config no longer has this feed.")
    if settings.feeds[found[0]].enabled == is_on:
        return {"file": "", "diff": []}
    edit = _enabling(settings, found[0]) if is_on else SetValue(("feeds", found[0], "enabled"), False)
    plan, _ = edit_config.planned(settings, [edit])
    edit_config.write(plan)
    return {"file": str(plan.file), "diff": list(diff(plan))}


def remove(context: typer.Context, feed: Feed, yes: Yes = False, as_json: AsJson = False) -> None:
    """Remove a feed from the config. Its stored articles stay, and editions go on to name it as their outlet."""
    from monitor.config.edit import Remove

    settings, number, found = _found(context, feed)
    stored = _stored(settings, found)
    if not as_json:
        output.print_wrapped(_what_stays(stored))
    more = {"stored_articles": stored}
    _change(settings, found, [Remove(("feeds", number))], "removed", is_sure=yes, as_json=as_json, more=more)


def _stored(settings: "Settings", feed: "FeedSettings") -> int | None:
    """How many articles of it are stored; None if the store cannot be read, which is no reason to keep the feed."""
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store
    from monitor.errors import NewsMonitorError
    from monitor.store.place import place_of
    from monitor.url import stored_url

    if not place_of(settings.storage).is_there():
        return 0
    with suppress(NewsMonitorError), opened_store(settings.storage, SystemClock()) as store:
        return store.feeds.articles_of(stored_url(feed.url))
    return None


def _what_stays(stored: int | None) -> str:
    if stored == 0:
        return "No article of it is stored."
    if stored is None:
        return (
            "Its stored articles stay. How many is not known: the store cannot be read now; see `news-monitor status`."
        )
    stay = counted(stored, "stored article stays", "stored articles stay")
    return f"Its {stay}: digests and `search` go on to find {'it' if stored == 1 else 'them'}."


def _enabling(settings: "Settings", number: int) -> "Edit":
    """Take the feed's own key out, unless its group says the same."""
    import os

    from monitor.config import joined
    from monitor.config.edit import Remove, SetValue

    document = joined(settings.path, os.environ).content
    group = document.get("groups", {}).get(settings.feeds[number].group, {})
    is_own = "enabled" in document["feeds"][number] and group.get("enabled", True)
    return Remove(("feeds", number, "enabled")) if is_own else SetValue(("feeds", number, "enabled"), True)


def _found(context: typer.Context, name: str) -> "tuple[Settings, int, FeedSettings]":
    """The settings, the feed's number in them, and the feed. Raises UsageError if no feed or several are meant."""
    from monitor.cli.feeds.asked import all_configured
    from monitor.cli.no_such_feed import no_such_feed
    from monitor.cli.settings import draft_of
    from monitor.errors import UsageError
    from monitor.url import shown_url

    settings = draft_of(context)
    found = all_configured(settings, name)
    if not found:
        known = ((each.outlet, each.url) for each in settings.feeds)
        raise no_such_feed(name, known, f"The feeds are in {settings.path}.")
    if len(found) > 1:
        urls = ", ".join(shown_url(settings.feeds[number].url) for number in found)
        raise UsageError(f"{len(found)} feeds have this outlet: {urls}. Give the URL of one.")
    return settings, found[0], settings.feeds[found[0]]


def _change(
    settings: "Settings",
    feed: "FeedSettings",
    edits: "Sequence[Edit]",
    done: str,
    *,
    is_sure: bool,
    as_json: bool,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write the edits; without any, the config says so already. `more`: for JSON."""
    from monitor.cli import edit_config
    from monitor.url import shown_url

    if as_json:
        file = ""
        if edits:
            plan, _ = edit_config.planned(settings, edits)
            edit_config.write(plan)
            file = str(plan.file)
        facts = {"feed": shown_url(feed.url), "state": done, "is_changed": bool(edits), "file": file}
        output.print_json({**facts, **(more or {})})
    elif edits:
        plan, _ = edit_config.planned(settings, edits)
        edit_config.offer(plan, is_sure=is_sure)
    else:
        output.print_wrapped(f"{shown_url(feed.url)} is {'paused' if done == 'paused' else 'not paused'} already.")
