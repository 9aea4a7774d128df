"""`feeds try`: what a feed answers now, and what would be stored of it."""

from typing import Annotated

import typer

from monitor.cli import output


def try_(
    context: typer.Context,
    feed: Annotated[str, typer.Argument(metavar="URL|FEED", help="An address, or the outlet of a feed in the config.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask a feed now and show what would be stored and matched. Nothing is stored.

    Exits with 1 if it is not a feed. If it is a web page, the feeds that it links to are listed; `feeds add` adds them.
    """
    from monitor.cli.feeds import asked
    from monitor.cli.settings import draft_of
    from monitor.model.settings import FeedSettings

    settings = draft_of(context)
    known = asked.configured(settings, feed)
    found = asked.asker(settings).trial(known or FeedSettings(url=asked.address(feed)))
    if as_json:
        output.print_json(asked.facts(found))
    else:
        asked.print_trial(found)
    raise typer.Exit(0 if found.is_feed else 1)
