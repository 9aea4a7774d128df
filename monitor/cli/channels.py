"""`channels list` and `channels test`: the ways by which messages go, and one message by one of them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.trying import delivery_of_test, try_out

if TYPE_CHECKING:
    from monitor.config import Settings

app = typer.Typer(help="The channels: other ways than mail by which messages go.", no_args_is_help=True)

MAIL = "mail"
"""What the channel of `[mail]` is called here."""

AsJson = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the channels of the config, that of [mail] first: kind, recipients, digests, topics with alerts."""
    from monitor.cli.settings import draft_of

    settings = draft_of(context)
    rows = [_row(settings, MAIL, settings.mail)]
    rows += [_row(settings, name, each) for name, each in settings.channels.items()]
    if as_json:
        output.print_json({"channels": rows})
        return
    table = output.table("Channel", "Kind", "Recipients", "Digests", "Alerts on")
    for row in rows:
        lists = (", ".join(row[key]) or "none" for key in ("recipients", "digests", "alerts"))
        output.add_row(table, row["name"], row["kind"], *lists)
    output.print_table(table)


@app.command("test")
def try_(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help='The channel, as in `list`; "mail" for that of [mail].')],
    to: Annotated[
        str,
        typer.Option("--to", metavar="RECIPIENT", help="A name of [recipients], or what the channel knows it by."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Send one test message by a channel now, and show what the service says at each stage. Nothing is stored.

    Without --to it goes to the recipient of the config who has this channel, if there is one alone.
    """
    from monitor.cli.settings import draft_of
    from monitor.config.agreement import archive_problem
    from monitor.config.findings import did_you_mean
    from monitor.errors import UsageError

    settings = draft_of(context)
    channels = {MAIL: settings.mail, **settings.channels}
    if name not in channels:
        guess = did_you_mean(name, channels)
        raise UsageError(f'There is no channel "{name}".{guess} `news-monitor channels list` lists them.')
    channel, address = channels[name], _address(settings, name, to)
    try:
        delivery = delivery_of_test(channel, channel.recipient(address), f"channels test {name}")
    except ValueError as error:
        raise UsageError(f"--to: {error}") from error
    try_out(channel, delivery, archive_problem(channel, settings.storage), as_json=as_json)


def _address(settings: "Settings", name: str, to: str) -> str:
    """What the channel knows the recipient by. Raises UsageError."""
    from monitor.errors import UsageError

    known = {each: route for each, route in settings.routes.items() if route.name == name}
    if to in settings.routes and to not in known:
        raise UsageError(f'{to} has the channel "{settings.routes[to].name}".')
    if to:
        return known[to].address if to in known else settings.names.get(to, to)
    if len(known) != 1:
        names = f": {', '.join(known)}" if known else ""
        raise UsageError(f"--to RECIPIENT is missing: {len(known)} recipients have this channel{names}.")
    (route,) = known.values()
    return route.address


def _row(settings: "Settings", name: str, channel: object) -> dict[str, Any]:
    """A channel as it is listed. Addresses of services may be secret: recipients have their names."""
    from monitor.cli.alerted import alert_rules
    from monitor.daemon.clock import SystemClock
    from monitor.deliver import KINDS

    clock = SystemClock()
    kind = next((each for each, made in KINDS.items() if made is type(channel)), "")
    named = [each for each, route in settings.routes.items() if route.name == name]
    alerted = {each.topic: each.to for each in alert_rules(settings, clock.now()).values()}
    lists = [*(digest.to for digest in settings.digests), *alerted.values()]
    on_mail = [each for to in lists for each in to if each not in settings.routes]
    recipients = list(dict.fromkeys(on_mail)) if name == MAIL else named
    digests = [digest.name for digest in settings.digests if set(digest.to) & set(recipients)]
    alerts = [topic for topic, to in alerted.items() if set(to) & set(recipients)]
    return {"name": name, "kind": kind, "recipients": recipients, "digests": digests, "alerts": alerts}
