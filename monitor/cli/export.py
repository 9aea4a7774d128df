"""`export`: stored articles for other programs, as JSON Lines or CSV, read and written page by page."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from monitor.cli import filters, output
from monitor.counted import counted

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.export import Sources
    from monitor.model.exported import Wanted
    from monitor.store import Store

FORMATS = ("jsonl", "csv")
SCHEMA = "docs/export.schema.json"


def export(
    context: typer.Context,
    format_: Annotated[
        str,
        typer.Option("--format", metavar="FORMAT", help="jsonl or csv. Default: by FILE's name, else jsonl."),
    ] = "",
    to: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Write here; default: stdout.")] = "",
    is_all: Annotated[bool, typer.Option("--all", help="Also articles that no topic matches.")] = False,
    since: filters.Since = "",
    until: filters.Until = "",
    topic: filters.TopicName = "",
    feed: filters.Feed = "",
    language: filters.Language = "",
    hxl: Annotated[bool, typer.Option("--hxl", help="CSV: a row of humanitarian (HXL) tags below the names.")] = False,
    bom: Annotated[bool, typer.Option("--bom", help="CSV: begin with a byte order mark, for Excel.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a line, nothing else.")] = False,
) -> None:
    """Export the stored articles that a topic matches, as JSON Lines or CSV, the oldest first.

    Articles that you have removed are not in it. A FILE that is there is replaced at the end, also by an empty
    export; if the export fails, it stays. For the feeds as OPML: feeds export.
    """
    from monitor.cli.settings import outline_of
    from monitor.cli.topics import asked

    if schema:
        from monitor.resources import resource

        sys.stdout.write(resource(SCHEMA).read_text(encoding="utf-8"))
        return
    chosen = _format(format_, to, has_csv_option=hxl or bom)
    settings = outline_of(context)
    with asked.opened(settings) as store:
        wanted = _wanted(settings, store, (since, until), feed, language, topic, is_all=is_all)
        with _opened(to) as file:
            count = _written(store, wanted, _sources(settings, store), chosen, file, hxl=hxl, bom=bom)
    if not count:
        more = "" if is_all else " To include articles that no topic matches, add --all."
        typer.echo(f"No stored article fits what you asked for.{more}", err=True)
    elif to and to != "-":
        output.print_wrapped(f"Wrote {counted(count, 'article', 'articles')} to {to}.")


def _format(written: str, to: str, *, has_csv_option: bool) -> str:
    """Raises UsageError."""
    from monitor.errors import UsageError

    name = to.lower()
    if name.endswith((".xlsx", ".xls", ".ods")):
        raise UsageError(f"{to}: a spreadsheet cannot be written. Excel opens CSV: -o NAME.csv --bom")
    if has_csv_option and not written and name.endswith((".jsonl", ".json")):
        raise UsageError(f"--hxl and --bom are for CSV, and {to} has a name of JSON Lines. Write to NAME.csv.")
    chosen = written or ("csv" if has_csv_option or name.endswith(".csv") else "jsonl")
    if chosen == "opml":
        raise UsageError("OPML is for feeds, not for articles: news-monitor feeds export")
    if chosen not in FORMATS:
        raise UsageError(f"--format takes jsonl or csv, not {chosen!r}.")
    if has_csv_option and chosen != "csv":
        raise UsageError("--hxl and --bom are for --format csv.")
    return chosen


def _wanted(
    settings: "Settings",
    store: "Store",
    days: tuple[str, str],
    feed: str,
    language: str,
    topic: str,
    *,
    is_all: bool,
) -> "Wanted":
    """What is exported. Raises UsageError, which names the option at fault."""
    from monitor.cli.topics import asked
    from monitor.model.exported import Wanted

    since, until = filters.days(*days)
    if topic:
        asked.topic(settings, topic)  # report a mistyped name
    return Wanted(
        since=since,
        until=until,
        feeds=filters.feeds_called(store, feed) if feed else None,
        language=filters.primary(filters.language_code(language)) if language else "",
        topic=topic,
        is_matched=not is_all,
    )


def _sources(settings: "Settings", store: "Store") -> "Sources":
    from monitor.catalogue.sources import countries
    from monitor.export import sources_of
    from monitor.url import stored_url

    ids = {each.url: each.id for each in store.feeds.known()}
    known = ((ids[url], each) for each in settings.feeds if (url := stored_url(each.url)) in ids)
    return sources_of(known, countries())


@contextmanager
def _opened(to: str) -> Iterator[BinaryIO]:
    """What is written to: a file that is replaced at the end, or the standard output."""
    from monitor.files import replacing

    if to and to != "-":
        with replacing(Path(to)) as file:
            yield file
        return
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def _written(
    store: "Store", wanted: "Wanted", sources: "Sources", chosen: str, file: BinaryIO, *, hxl: bool, bom: bool
) -> int:
    """How many articles were written."""
    from monitor.export import csv_line, json_line, record_of

    line = csv_line if chosen == "csv" else json_line
    if chosen == "csv":
        file.write(_head(hxl=hxl, bom=bom).encode())
    count = 0
    for page in store.exports.pages(wanted):
        file.write("".join(line(record_of(each, sources)) for each in page).encode())
        file.flush()  # a reader that has gone is noticed before the next page is read
        count += len(page)
    return count


def _head(*, hxl: bool, bom: bool) -> str:
    from monitor.export import BYTE_ORDER_MARK, header_line, tag_line

    return (BYTE_ORDER_MARK if bom else "") + header_line() + (tag_line() if hxl else "")
