"""`feeds import` and `feeds export`: lists of feeds from and for other readers."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.input_file import read_input
from monitor.counted import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.cli.feeds.brought import Brought
    from monitor.config import Settings
    from monitor.config.edit import Edit

MOST_BYTES = 50_000_000
"""A list of feeds that is longer is something else."""

MOST_NAMED = 20
"""So many refused entries are printed, and so many that the config has; JSON has them all."""


def import_(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="OPML, or newsboat's urls file; - for stdin.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write to the config without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write without asking, and print JSON.")] = False,
) -> None:
    """Add the feeds of another reader's list to the config. A folder becomes a group.

    Feeds that the config has already are left alone. Nothing is polled here: `feeds list` shows how the feeds are after
    their first poll.
    """
    from monitor.cli import edit_config
    from monitor.cli.feeds.brought import brought
    from monitor.cli.settings import draft_of
    from monitor.config.document import read_document

    settings = draft_of(context)
    found = brought(
        settings.feeds, [(name, read_input(name, most=MOST_BYTES, what="a list of feeds")) for name in files]
    )
    groups = read_document(settings.path).content.get("groups", {})
    edits = _edits(found, groups)
    if not as_json:
        _print(found)
    if not edits or dry_run:
        _say(found, "", as_json=as_json)
        return
    plan, _ = edit_config.planned(settings, edits)
    if as_json:
        edit_config.write(plan)
        _say(found, str(plan.file), as_json=True)
    elif edit_config.offer(plan, is_sure=yes):
        print("Try one: news-monitor feeds try URL. Poll them all: news-monitor poll")


def export(
    context: typer.Context,
    to: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Write here; default: stdout.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of OPML.")] = False,
) -> None:
    """Print the feeds of the config as OPML, for other readers. A group becomes a folder."""
    from monitor.cli.settings import draft_of
    from monitor.render.opml import opml

    settings = draft_of(context)
    _warn_about_secrets(settings)
    if as_json:
        output.print_json([{"url": each.url, "outlet": each.outlet, "group": each.group} for each in settings.feeds])
    elif to and to != "-":
        output.write_file(Path(to), opml(settings.feeds).encode())
        output.print_wrapped(f"Wrote {counted(len(settings.feeds), 'feed', 'feeds')} to {to}.")
    else:
        sys.stdout.write(opml(settings.feeds))


def _warn_about_secrets(settings: "Settings") -> None:
    from monitor.url import stored_url

    secret = sum(stored_url(each.url) != each.url for each in settings.feeds)
    if secret:
        have = counted(secret, "address has", "addresses have")
        typer.echo(f"{have} a secret in it: whoever gets this list can use it.", err=True)


def _edits(found: "Brought", groups: "Iterable[str]") -> "list[Edit]":
    from monitor.config.edit import AddTable, MakeTable

    new = [name for name in dict.fromkeys(each.folder for each in found.feeds) if name and name not in groups]
    tables = (
        {
            "url": each.url,
            **({"outlet": each.name} if each.name else {}),
            **({"group": each.folder} if each.folder else {}),
        }
        for each in found.feeds
    )
    return [*(MakeTable(("groups", name), {}) for name in new), *(AddTable(("feeds",), each) for each in tables)]


def _print(found: "Brought") -> None:
    from monitor.url import shown_url

    for name, problem in found.problems:
        output.print_wrapped(f"{name} {problem}.")
    _print_some("Refused", [f"{each.written} {each.reason}." for each in found.refused])
    _print_some("In the config already", [shown_url(each.url) for each in found.known])
    rows: Sequence[tuple[int, str]] = (
        (len(found.feeds), "new"),
        (len(found.known), "in the config already"),
        (found.repeated, "repeated in the lists"),
        (len(found.refused), "refused"),
    )
    print(f"Feeds: {', '.join(f'{count} {what}' for count, what in rows if count) or 'none'}.")


def _print_some(label: str, lines: "Sequence[str]") -> None:
    for line in lines[:MOST_NAMED]:
        output.print_wrapped(f"{label}: {line}")
    if len(lines) > MOST_NAMED:
        print(f"{label}: {len(lines) - MOST_NAMED} more; --json has them all.")


def _say(found: "Brought", file: str, *, as_json: bool) -> None:
    from monitor.url import shown_url

    if as_json:
        answer: dict[str, Any] = {
            "new": [{"url": each.url, "outlet": each.name, "group": each.folder} for each in found.feeds],
            "known": [{"url": shown_url(each.url), "outlet": each.name} for each in found.known],
            "repeated": found.repeated,
            "refused": [{"written": each.written, "reason": each.reason} for each in found.refused],
            "problems": [{"file": name, "reason": reason} for name, reason in found.problems],
            "file": file,
        }
        output.print_json(answer)
    if found.problems and not found.feeds:
        raise typer.Exit(2)
