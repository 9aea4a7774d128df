"""`mail test`: send one message through the configured channel, and show the server's answer at each stage."""

from typing import Annotated

import typer

from monitor.cli.trying import delivery_of_test, try_out

app = typer.Typer(help="Test the delivery of mail.", no_args_is_help=True)


@app.command("test")
def try_(
    context: typer.Context,
    to: Annotated[
        str, typer.Option("--to", metavar="RECIPIENT", help="Who gets the test message: an address or a name. Needed.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as one JSON object.")] = False,
) -> None:
    """Send one test message now, and show the server's answer at each stage. Nothing is stored."""
    from monitor.cli.settings import draft_of
    from monitor.config.agreement import archive_problem
    from monitor.errors import UsageError

    settings = draft_of(context)
    channel, missing = settings.mail, archive_problem(settings.mail, settings.storage)
    try:
        delivery = delivery_of_test(channel, channel.recipient(settings.names.get(to, to)), "mail test")
    except ValueError as error:
        raise UsageError(f"--to: {error}") from error
    try_out(channel, delivery, missing, as_json=as_json)
