"""`deliveries list`, `show`, `retry` and `cancel`: the outbox, the answers of mail servers, and retries by hand."""

import sys
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import local_time, output, pauses
from monitor.model.delivery import DeliveryState
from monitor.model.ids import DeliveryId

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.model.delivery import Attempt, DeliveryRecord
    from monitor.model.requests import AnyRequest
    from monitor.store import Store

app = typer.Typer(
    help="The outbox: what was sent, what is waiting, and what the mail servers answered.", no_args_is_help=True
)
app.command()(pauses.paused)
app.command()(pauses.resume)

AsJson = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]
Ids = Annotated[list[int], typer.Argument(metavar="ID…", help="Delivery numbers, as shown by `list`.")]
GOOD = (DeliveryState.SENT, DeliveryState.CANCELLED)


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[
        list[DeliveryState] | None,
        typer.Option(
            "--state",
            metavar="STATE",
            help="Only this state: queued, sending, sent, refused, held, dead, cancelled; may be given again.",
        ),
    ] = None,
    digest: Annotated[str, typer.Option("--digest", metavar="NAME", help="Only deliveries of this digest.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="The maximum number of deliveries.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List deliveries, newest first: recipient, state and the server's last answer."""
    with _looked_at(context) as store:
        records = store.deliveries.records(states=state or (), digest=digest, limit=limit)
    if as_json:
        output.print_json({"deliveries": [asdict(record) for record in records]})
    else:
        _print_list(records)


@app.command()
def show(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="The delivery number, as shown by `list`.")],
    eml: Annotated[
        bool, typer.Option("--eml", help="Write the exact bytes of the message to standard output instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one delivery: its state, every attempt in the server's words, the headers of the message."""
    from monitor.cli.settings import draft_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store
    from monitor.errors import UsageError

    settings = draft_of(context)
    with opened_store(settings.storage, SystemClock()) as store:
        found = store.deliveries.record(DeliveryId(number))
    if found is None:
        raise UsageError(f"There is no delivery {number}; `deliveries list` lists them.")
    record, attempts, body = found
    if eml and not body:
        raise UsageError("That message is older than [storage] keep; its text was deleted.")
    if eml:
        sys.stdout.buffer.write(body)
        return
    # What a stored message says came from feeds: it is made printable here.
    headers = {
        name: output.shown(value) for name, value in settings.channel.towards(record.recipient).described(body).items()
    }
    if as_json:
        history = [asdict(attempt) for attempt in attempts]
        output.print_json({**asdict(record), "history": history, "headers": headers, "bytes": len(body)})
    else:
        _print_one(record, attempts, headers, len(body))


@app.command()
def retry(context: typer.Context, ids: Ids, as_json: AsJson = False) -> None:
    """Try deliveries again now, whether refused, held, dead, cancelled or waiting. Lifts a suspension."""
    from monitor.model.requests import RetryRequest

    _by_owner(context, RetryRequest(ids=tuple(map(DeliveryId, ids))), as_json)


@app.command()
def cancel(context: typer.Context, ids: Ids, as_json: AsJson = False) -> None:
    """Cancel deliveries that are waiting or held, so that they are never sent."""
    from monitor.model.requests import CancelRequest

    _by_owner(context, CancelRequest(ids=tuple(map(DeliveryId, ids))), as_json)


def _by_owner(context: typer.Context, request: "AnyRequest", as_json: bool) -> None:
    from monitor.cli.ask_daemon import done_by_owner
    from monitor.cli.settings import settings_of

    outcome = done_by_owner(settings_of(context), request)
    if as_json:
        output.print_json(outcome)
    else:
        for each in outcome["deliveries"]:
            answer = f": {output.shown(each['answer'])}" if each["answer"] else ""
            print(f"{each['id']} to {each['recipient']}: {each['state']}{answer}")
    raise typer.Exit(0 if all(each["state"] in GOOD for each in outcome["deliveries"]) else 1)


@contextmanager
def _looked_at(context: typer.Context) -> "Iterator[Store]":
    from monitor.cli.settings import outline_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store

    with opened_store(outline_of(context).storage, SystemClock()) as store:
        yield store


def _print_list(records: "tuple[DeliveryRecord, ...]") -> None:
    table = output.table(">ID", "Edition", "To", "State", ">Tries", "When", "Last answer")
    for record in records:
        facts = (_edition(record), record.recipient, record.state.value, str(record.attempts))
        style = None if record.state in (*GOOD, DeliveryState.QUEUED, DeliveryState.SENDING) else "red"
        output.add_row(table, record.id, *facts, _when(record), record.answer, style=style)
    if records:
        output.print_table(table)
    else:
        print("There are no such deliveries.")


def _print_one(
    record: "DeliveryRecord", attempts: "tuple[Attempt, ...]", headers: "Mapping[str, str]", size: int
) -> None:
    print(f"Delivery {record.id}: {_edition(record)}, to {record.recipient}")
    if record.repairs is not None:
        print(f"A copy of delivery {record.repairs}: resent, or in plain text because the server refused the first.")
    print(f"{record.state}, {_when(record)}; queued {local_time.stamp(record.queued_at)}")
    print("\nAttempts" if attempts else "\nNot tried yet." if not record.attempts else "")
    for attempt in attempts:
        span = local_time.stamp(attempt.first_at)
        span += f" to {local_time.stamp(attempt.last_at)}, {attempt.times} times" if attempt.times > 1 else ""
        print(f"  {span}\n    {attempt.state}: {output.shown(attempt.answer)}")
    if not attempts and record.answer:
        print(f"  {output.shown(record.answer)}")
    print("\nMessage")
    for name, value in headers.items():
        print(f"  {name}: {value}")
    print(f"  ({size:,} bytes; --eml writes them)")


def _edition(record: "DeliveryRecord") -> str:
    return f"{record.digest} {record.slot}" if record.digest else "notes to the operator"


def _when(record: "DeliveryRecord") -> str:
    if record.state is DeliveryState.SENDING:
        return "now"
    if record.finished_at is not None:
        return f"since {local_time.stamp(record.finished_at)}"
    return f"next attempt {local_time.stamp(record.next_attempt_at)}" if record.next_attempt_at else "waits for you"
