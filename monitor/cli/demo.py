"""`demo`: one news week through the real program, in seconds, with nothing set up."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.demo import Day

FLAGGED_SHOWN = 3


def demo(
    folder: Annotated[
        Path | None,
        typer.Option(
            readable=False,
            metavar="DIR",
            help="An empty folder for the demo, which is kept.",
        ),
    ] = None,
) -> None:
    """Replay the news of 12 to 21 September 2016 through the real program, offline, and show the digests."""
    import tempfile

    from rich.console import Console

    from monitor.demo import play
    from monitor.errors import UsageError

    place = folder or Path(tempfile.mkdtemp(prefix="news-monitor-demo-"))
    if place.exists() and any(place.iterdir()):
        raise UsageError(f"{place} is not empty; the demo needs an empty folder.")
    console = Console(highlight=False, emoji=False)
    console.print("[bold]A news week, played through the real program:[/] loopback HTTP, SQLite, your templates.\n")
    day = None
    for day in play(place):
        _print_day(console, day)
    if day is not None:
        _print_digest(console, day, place)


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


def _print_digest(console: "Console", day: "Day", place: Path) -> None:
    from rich.rule import Rule

    text = day.letter.get_body(("plain",))
    console.print(Rule("The last digest, as the mail's text part"))
    console.print("" if text is None else text.get_content(), markup=False)
    console.print(Rule())
    console.print("The same as a page, light or dark, in your browser:")
    console.print(f"  {day.page.as_uri()}", soft_wrap=True)
    console.print(f"The mails are in the Maildir {place / 'maildir'}; everything else is beside it.", soft_wrap=True)
