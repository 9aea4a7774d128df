"""`deliveries paused` and `resume`: what recipients do not want for some time, and the way back for the owner."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import local_time, output

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.model.people import Pause

AsJson = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]


def paused(context: typer.Context, as_json: AsJson = False) -> None:
    """List what recipients have paused or stopped: who, which messages, since when, until when."""
    from monitor.cli.settings import outline_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store

    clock = SystemClock()
    with opened_store(outline_of(context).storage, clock) as store:
        found = store.people.paused(clock.now())
    if as_json:
        output.print_json({"paused": [facts_of(each) for each in found]})
    elif found:
        table = output.table("Recipient", "Messages", "Since", "Until")
        for each in found:
            until = "stopped" if each.until is None else local_time.stamp(each.until)
            output.add_row(table, each.recipient, each.what, local_time.stamp(each.since), until)
        output.print_table(table)
    else:
        print("Nobody has paused anything.")


def resume(
    context: typer.Context,
    recipient: Annotated[str, typer.Argument(metavar="RECIPIENT", help="As `deliveries paused` lists it.")],
    digest: Annotated[str, typer.Option("--digest", metavar="NAME", help="Only messages of this digest.")] = "",
    alerts: Annotated[bool, typer.Option("--alerts", help="Only instant alerts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send messages again that a recipient paused or stopped, from the next one on. Ask them first."""
    from monitor.cli.settings import settings_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store
    from monitor.errors import UsageError
    from monitor.model.people import ALERTS, subject_of

    settings, clock = settings_of(context), SystemClock()
    wanted = {*([subject_of(digest)] if digest else []), *([ALERTS] if alerts else [])}
    names = {recipient, _stored(settings, recipient)}
    with opened_store(settings.storage, clock) as store:
        found = [
            each
            for each in store.people.paused(clock.now())
            if each.recipient in names and (not wanted or each.subject in wanted)
        ]
        if not found:
            raise UsageError(f"{recipient} has paused no such messages; `news-monitor deliveries paused` lists all.")
        for each in found:
            store.people.resume(each.recipient, each.subject)
    if as_json:
        output.print_json({"resumed": [facts_of(each) for each in found]})
    else:
        for each in found:
            print(f"{output.shown(each.recipient)} gets {output.shown(each.what)} again.")


def facts_of(pause: "Pause") -> dict[str, Any]:
    """A pause as JSON has it."""
    since, until = output.iso(pause.since), output.iso(pause.until)
    return {"recipient": pause.recipient, "subject": pause.subject, "since": since, "until": until}


def _stored(settings: "Settings", written: str) -> str:
    """What messages to this recipient are stored under; as it is written for one who is not valid any more."""
    try:
        return settings.recipient(written)
    except ValueError:
        return written
