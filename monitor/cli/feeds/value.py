"""`feeds value`: which feeds bring what others do not, and which only cost polls."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import local_time, output

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.model.feed_value import FeedValue
    from monitor.store import Store

DAYS, MOST_DAYS = 30, 90
"""The ledger of polls goes back 90 days."""

NAME_COLUMNS = 18
"""The widest names in columns: a line must fit into 80."""

MOST_NAMES = 5


def value_(
    context: typer.Context,
    feed: Annotated[str, typer.Argument(metavar="[FEED]", help="A feed's URL or outlet; default: all feeds.")] = "",
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How many days to look back.")] = DAYS,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show what each feed is worth: its matches, stories that it brought first or alone, its overlap, its polls.

    The least valuable feeds come first. "First" is which feed brought a story here first: one that is polled more often
    wins, whoever published it first.
    """
    from monitor.cli.settings import outline_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store
    from monitor.jobs.grouping import grouping
    from monitor.url import stored_url
    from monitor.workbench.feed_value import feed_values

    clock, settings = SystemClock(), outline_of(context)
    off = [stored_url(each.url) for each in settings.feeds if not each.enabled] if feed else []
    with opened_store(settings.storage, clock) as store:
        now = clock.now()
        values = feed_values(store.feed_value.facts(timedelta(days=days), now, grouping(store), off))
    chosen = _chosen(values, feed) if feed else values
    if as_json:
        since = now - timedelta(days=days)
        output.print_json({"days": days, "since": since, "until": now, "feeds": [_facts(each) for each in chosen]})
    elif not values:
        print("No feed has been polled yet. Poll them now: news-monitor poll")
    elif feed:
        for each in chosen:
            _print_one(each, days, now)
    else:
        _print_all(chosen, days)


def facts_of(settings: "Settings", store: "Store", now: datetime) -> list[dict[str, Any]]:
    """What `feeds value --json` says of all feeds."""
    from monitor.jobs.grouping import grouping
    from monitor.url import stored_url
    from monitor.workbench.feed_value import feed_values

    off = [stored_url(each.url) for each in settings.feeds if not each.enabled]
    values = feed_values(store.feed_value.facts(timedelta(days=DAYS), now, grouping(store), off))
    return [_facts(each) for each in values]


def _chosen(values: "tuple[FeedValue, ...]", name: str) -> "tuple[FeedValue, ...]":
    from monitor.cli.no_such_feed import no_such_feed
    from monitor.url import canonical_url, shown_url

    wanted = canonical_url(shown_url(name)) if "://" in name else ""
    found = tuple(each for each in values if each.name == name or (wanted and canonical_url(each.url) == wanted))
    if not found:
        raise no_such_feed(name, ((each.name, each.url) for each in values))
    return found


def _facts(value: "FeedValue") -> dict[str, Any]:
    return {**asdict(value), "polls_per_match": value.polls_per_match}


def _print_all(values: "tuple[FeedValue, ...]", days: int) -> None:
    output.print_wrapped(f"What feeds brought in {_span(days)} that matches a topic, the least valuable first:")
    print()
    table = output.table("Feed", ">Matches", ">First", ">Only", ">Polls", ">Per match", "Shares most with")
    for column in (table.columns[0], table.columns[-1]):
        column.overflow, column.no_wrap, column.max_width = "ellipsis", True, NAME_COLUMNS
    for each in values:
        numbers = each.matches, each.first, each.only_here, each.polls, each.polls_per_match
        output.add_row(table, each.name, *numbers, _most_shared(each))
    output.print_table(table)
    print()
    output.print_wrapped("First: stories that the feed brought before all others. Only: stories that no other had.")
    if new := [each.name for each in values if each.is_new]:
        more = f" and {len(new) - MOST_NAMES} more" if len(new) > MOST_NAMES else ""
        output.print_wrapped(f"Last, because they are known for less time: {', '.join(new[:MOST_NAMES])}{more}.")


def _most_shared(value: "FeedValue") -> str:
    return f"{value.overlaps[0].percent} % {value.overlaps[0].name}" if value.overlaps else "–"


def _print_one(value: "FeedValue", days: int, now: datetime) -> None:
    from monitor.counted import counted

    output.print_wrapped(f"{value.name} ({value.url})")
    per_match = f", {value.polls_per_match:,} for each match" if value.matches else ""
    if value.known_since is None:
        print("  has never answered")
    elif value.is_new:
        print(f"  known since {local_time.stamp(value.known_since)}")
    matches, stories = counted(value.matches, "match", "matches"), counted(value.stories, "story", "stories")
    print(f"  {matches} in {_span(days)}, of {stories}")
    print(f"  {value.first:,} first here, {value.only_here:,} in no other feed")
    print(f"  {counted(value.polls, 'poll', 'polls')}{per_match}")
    if value.overlaps:
        print("  Feeds that had the same stories:")
    for each in value.overlaps:
        share = f"{each.percent} % ({each.stories:,})"
        output.print_wrapped(each.name, first=f"  {share:>12}  ")


def _span(days: int) -> str:
    from monitor.counted import counted

    return counted(days, "day", "days")
