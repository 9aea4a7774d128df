"""`demo`: one news week through the real program, in seconds, with nothing set up."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.demo import Day

FLAGGED_SHOWN = 3


def demo(
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            "--folder",
            readable=False,
            metavar="DIR",
            help="Keep pages, mails and database in this folder, which must be empty; default: nothing is kept.",
        ),
    ] = None,
) -> None:
    """Replay the news of 12 to 21 September 2016 through the real program, offline, and show the digests."""
    from tempfile import TemporaryDirectory

    from monitor.errors import UsageError

    if keep is None:
        with TemporaryDirectory(prefix="news-monitor-demo-") as place:
            _play(Path(place), is_kept=False)
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise UsageError(f"{keep} is not an empty folder, which the demo needs.")
    _play(keep, is_kept=True)


def _play(place: Path, *, is_kept: bool) -> None:
    from monitor.cli import output
    from monitor.demo import play

    console = output.console(has_markup=True)
    console.print(
        "[bold]A news week, played through the real program:[/] a newsroom on this machine, HTTP, SQLite, the shipped"
        " templates. Nothing leaves this machine. It takes some ten seconds.\n"
    )
    day = None
    with closing(play(place)) as days:  # its newsroom ends before its folder goes, also at Ctrl-C
        for day in days:
            _print_day(console, day)
    if day is not None:
        _print_digest(console, day)
        _print_next(day, place if is_kept else None)


def _print_day(console: "Console", day: "Day") -> None:
    from rich.markup import escape

    from monitor.cli import output

    failed = f", [red]{day.failures} failed[/]" if day.failures else ""
    date = day.letter["Date"].datetime
    console.print(
        f"[bold]{date:%a %d %b}[/]  {day.polls} polls{failed} · {day.new} articles stored"
        f" · {day.changed} edited · [bold]{len(day.flagged)} flagged[/]"
    )
    for article, match in day.flagged[:FLAGGED_SHOWN]:
        found = ", ".join(dict.fromkeys(each.found for each in match.evidence))
        console.print(f"    {escape(output.shown(article.title))}", overflow="ellipsis", no_wrap=True)
        console.print(
            f"    [dim]{escape(match.topic)}: {escape(output.shown(found))} ({match.tier})[/]",
            overflow="ellipsis",
            no_wrap=True,
        )
    if len(day.flagged) > FLAGGED_SHOWN:
        console.print(f"    [dim]+ {len(day.flagged) - FLAGGED_SHOWN} more[/]")
    console.print(f"    → {escape(day.letter['Subject'])}\n")


def _print_digest(console: "Console", day: "Day") -> None:
    from rich.rule import Rule

    text = day.letter.get_body(("plain",))
    console.print(Rule("The last digest, as the mail's text part"))
    console.print("" if text is None else text.get_content(), markup=False)
    console.print(Rule())


def _print_next(day: "Day", place: Path | None) -> None:
    """Where it is, if it is kept, and what to do next."""
    if place is not None:
        print("The same as a page, light or dark, in your browser:")
        print(f"  {day.page.as_uri()}")
        print(f"The mails are in the Maildir {place / 'maildir'}; everything else is beside it.")
    else:
        print("Nothing of this was kept, nor the page. To look at it:")
        print("  news-monitor demo --keep DIR")
    print("\nYour own topics, in three questions:")
    print("  news-monitor init")
