"""`stories list`, `show`, `mute` and `unmute`: see which articles are one story, and mute or unmute stories."""

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import local_time, output
from monitor.model.ids import StoryId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model.story import StoryRecord
    from monitor.model.voices import Publishers
    from monitor.store import Store

app = typer.Typer(
    help="See which articles are one story, and mute stories that no longer interest you.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Id = Annotated[int, typer.Argument(metavar="ID", help="The story number, as shown by `list` and in the digest.")]
TITLE_SHOWN = 100


@app.command("list")
def list_(
    context: typer.Context,
    topic: Annotated[str, typer.Option("--topic", metavar="NAME", help="Only stories that match this topic.")] = "",
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="SPAN",
            help="Only stories with an article since then: 7d, 12h, or a date such as 2026-03-01.",
        ),
    ] = "7d",
    as_json: AsJson = False,
) -> None:
    """List stories, latest first: first article, number of articles, outlets and publishers, and whether muted."""
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked
    from monitor.jobs.grouping import grouping

    settings = draft_of(context)
    moment = asked.moment(since)
    if topic:
        asked.topic(settings, topic)  # report a mistyped name
    with _store_of(context) as (store, publishers):
        found = store.stories.since(moment, grouping(store), publishers)
    chosen = [record for record in found if not topic or topic in record.topics]
    if as_json:
        output.print_json({"since": moment, "stories": [asdict(record) for record in chosen]})
    else:
        _print_list(chosen)


@app.command()
def show(context: typer.Context, story: Id, as_json: AsJson = False) -> None:
    """Show one story with all its articles, whether they match a topic or not."""
    with _store_of(context) as (store, publishers):
        record = _found(store, publishers, story)
    if as_json:
        output.print_json(asdict(record))
    else:
        _print_one(record)


@app.command()
def mute(context: typer.Context, story: Id, as_json: AsJson = False) -> None:
    """Stop reporting this story. New articles are still counted and listed in the archive."""
    from monitor.daemon.clock import SystemClock

    with _store_of(context) as (store, publishers):
        _found(store, publishers, story)
        store.stories.mute(StoryId(story), SystemClock().now())
        _print_muting(_found(store, publishers, story), as_json=as_json)


@app.command()
def unmute(context: typer.Context, story: Id, as_json: AsJson = False) -> None:
    """Report this story again, starting with its next article."""
    with _store_of(context) as (store, publishers):
        _found(store, publishers, story)
        store.stories.unmute(StoryId(story))
        _print_muting(_found(store, publishers, story), as_json=as_json)


def _found(store: "Store", publishers: "Publishers", story: int) -> "StoryRecord":
    from monitor.errors import UsageError
    from monitor.jobs.grouping import grouping

    record = store.stories.one(StoryId(story), grouping(store), publishers)
    if record is None:
        raise UsageError(f"There is no story {story}; `stories list` lists them.")
    return record


@contextmanager
def _store_of(context: typer.Context) -> "Iterator[tuple[Store, Publishers]]":
    from monitor.cli.settings import draft_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store
    from monitor.jobs.grouping import publishers
    from monitor.url import stored_url

    settings = draft_of(context)
    with opened_store(settings.storage, SystemClock()) as store:
        yield store, publishers(store, {stored_url(feed.url): feed for feed in settings.feeds})


def _print_list(records: "list[StoryRecord]") -> None:
    from monitor.plain_text import one_line

    table = output.table(">Story", "First seen", ">Articles", ">Outlets", ">Publishers", "Topics", "Title")
    for record in records:
        title = one_line(record.title, TITLE_SHOWN)
        output.add_row(
            table,
            record.id,
            local_time.minute(record.first_seen_at),
            str(len(record.articles)),
            str(record.voices.outlets),
            str(record.voices.publishers),
            ", ".join(record.topics),
            f"{title} (muted)" if record.muted_at else title,
            style="dim" if record.muted_at else None,
        )
    if records:
        output.print_table(table)
        print(f"Times: {local_time.zone_name()}")
    else:
        print("No stories in that time. Stories are made of articles that match a topic.")


def _print_one(record: "StoryRecord") -> None:
    from monitor.plain_text import one_line
    from monitor.render import spoken

    articles = "1 article" if len(record.articles) == 1 else f"{len(record.articles)} articles"
    print(f"Story {record.id}: {one_line(record.title)}")
    print(f"{articles}, {spoken(record.voices)}, first seen {local_time.stamp(record.first_seen_at)}")
    if record.muted_at:
        print(f"Muted since {local_time.stamp(record.muted_at)}.")
    for member in record.articles:
        speaker = one_line(f"{member.outlet} via {member.via}" if member.via else member.outlet)
        speaker += " (paid)" if member.is_paid else ""
        language = f" ({member.language})" if member.language else ""
        print(f"\n{local_time.minute(member.first_seen_at)}  {speaker}: {one_line(member.title)}")
        print(f"  article {member.id}{language}, {', '.join(member.topics) or 'matches no topic'}")
        if member.link:
            print(f"  {member.link}")


def _print_muting(record: "StoryRecord", *, as_json: bool) -> None:
    from monitor.plain_text import one_line

    if as_json:
        output.print_json({"id": record.id, "title": record.title, "muted_at": record.muted_at})
    elif record.muted_at:
        print(f"Story {record.id} is muted: {one_line(record.title)}")
    else:
        print(f"Story {record.id} is reported again: {one_line(record.title)}")
