"""`topics audit`: estimate what a topic misses, from a sample of what it does not match."""

from pathlib import Path
from typing import Annotated

import typer

MODES = "--json and --input do different things; use one of them."


def audit(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The topic's name.")],
    since: Annotated[
        str, typer.Option("--since", metavar="SPAN", help="How far back: 30d, 12h, 2w, or a date such as 2026-03-01.")
    ] = "30d",
    limit: Annotated[int, typer.Option("--limit", min=1, help="The number of near-misses to judge.")] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="Print the sample as JSON lines.")] = False,
    file: Annotated[
        Path | None,
        typer.Option(
            "--input",
            readable=False,
            metavar="FILE",
            help='Read the lines of --json, each with "relevant": true, false or null (skipped); - for stdin.',
        ),
    ] = None,
) -> None:
    """Estimate what a topic misses: judge a sample of its near-misses, and ten articles from everywhere else.

    Answer y (yes), n (no), s (skip: another one takes its place) or q (quit: the interval gets wider). It takes about
    five minutes. The answers are kept as judgements, and the result is shown in roll-ups and by `topics list`.
    """
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked, auditing, judging
    from monitor.errors import UsageError

    if as_json and file is not None:
        raise UsageError(MODES)
    settings = draft_of(context)
    topic = asked.topic(settings, name)
    with asked.opened(settings) as store:
        desk = judging.Desk(settings, store, topic, asked.moment(since))
        if file is not None:
            raise typer.Exit(1 if auditing.read(desk, file, limit) else 0)
        if as_json:
            auditing.print_sample(desk, limit)
        else:
            auditing.ask(desk, limit)
