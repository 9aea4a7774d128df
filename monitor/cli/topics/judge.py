"""`topics judge`: say which articles belong to a topic; what was said becomes examples and terms of the config."""

from pathlib import Path
from typing import Annotated

import typer

MODES = "--json, --input, --keep, --terms and --apply do different things; use one of them."


def judge(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The topic's name.")],
    since: Annotated[
        str, typer.Option("--since", metavar="SPAN", help="How far back: 30d, 12h, 2w, or a date such as 2026-03-01.")
    ] = "30d",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many articles to ask about.")] = 20,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the candidates, or with --terms the proposals, as JSON lines.")
    ] = False,
    file: Annotated[
        Path | None,
        typer.Option(
            "--input",
            readable=False,
            metavar="FILE",
            help='Read judgements, such as {"id": 7, "relevant": true}, as JSON lines; - for stdin.',
        ),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Add judged articles to must_match and must_not_match in the config.")
    ] = False,
    terms: Annotated[bool, typer.Option("--terms", help="Propose changes of the topic, numbered.")] = False,
    apply: Annotated[
        int | None, typer.Option("--apply", min=1, metavar="N", help="Make the change with this number.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write to the config without asking.")] = False,
) -> None:
    """Judge which articles belong to a topic, one at a time: y (yes), n (no), s (skip) or q (quit).

    Judgements are kept beside the articles. They become examples with --keep, and terms with --terms and --apply: the
    change of the config is shown first.
    """
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked, judging, learning
    from monitor.errors import UsageError

    if sum((as_json and not terms, file is not None, keep, terms, apply is not None)) > 1:
        raise UsageError(MODES)
    settings = draft_of(context)
    topic = asked.topic(settings, name)
    with asked.opened(settings) as store:
        desk = judging.Desk(settings, store, topic, asked.moment(since))
        if file is not None:
            raise typer.Exit(1 if judging.read(desk, file) else 0)
        if keep:
            learning.keep(desk, desk.said(), is_sure=yes)
        elif terms:
            learning.propose(desk, as_json=as_json)
        elif apply is not None:
            learning.apply(desk, apply, is_sure=yes)
        elif as_json:
            judging.print_candidates(desk, limit)
        elif said := judging.ask(desk, limit):
            learning.offer_to_keep(desk, said)
