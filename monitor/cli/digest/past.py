"""`digest list`, `show`, `resend`: published editions, exactly as they were."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.digest.format import Format

if TYPE_CHECKING:
    from monitor.archive import Archive
    from monitor.config import Settings
    from monitor.deliver import Channel
    from monitor.model.past import PastEdition
    from monitor.model.review import Reviewed
    from monitor.store import Store

Edition = Annotated[
    str,
    typer.Argument(metavar="EDITION", help='Its id, or "Daily/2016-09-21", or a date with only one edition.'),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


def list_editions(
    context: typer.Context,
    digest: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only editions of this digest.")] = None,
    limit: Annotated[int, typer.Option(help="The maximum number of editions.", min=1)] = 30,
    as_json: AsJson = False,
) -> None:
    """List the editions that were published, newest first, and what happened to their mails."""
    from monitor.cli.settings import outline_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store

    settings = outline_of(context)
    with opened_store(settings.storage, SystemClock()) as store:
        found = [each for each in store.editions.all() if digest in (None, each.digest)][:limit]
    archive = _archive(settings)
    if as_json:
        output.print_json({"editions": [_as_json(each, archive) for each in found]})
        return
    _print(found)


def show(
    context: typer.Context,
    edition: Edition,
    format_: Annotated[
        Format,
        typer.Option(
            "--format", metavar="text|html|eml", help="The text part, the archive page, or the message as it was sent."
        ),
    ] = Format.TEXT,
    file: Annotated[
        Path | None, typer.Option("--output", "-o", readable=False, metavar="FILE", help="Write to this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a published edition exactly as it was."""
    from monitor.cli.settings import outline_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store

    settings = outline_of(context)
    with opened_store(settings.storage, SystemClock()) as store:
        found = edition_named(store, edition)
        if as_json:
            reviewed = store.reviews.of_editions().get(found.id)
            facts = {**_as_json(found, _archive(settings)), "messages": _messages(store, found)}
            output.print_json({**facts, "review": reviewed and as_plain(reviewed)})
            return
        shown = _bytes(store, found, format_, settings.channel)
    if file is None:
        sys.stdout.buffer.write(shown)
        return
    output.write_file(file, shown)
    print(f"Wrote {file}.")


def resend(
    context: typer.Context,
    edition: Edition,
    to: Annotated[
        list[str],
        typer.Option("--to", metavar="RECIPIENT", help="Who gets it: an address or a name; may be given again."),
    ],
    as_json: AsJson = False,
) -> None:
    """Send a published edition again, or to somebody new. Later editions are not changed by it."""
    from monitor.cli.ask_daemon import done_by_owner
    from monitor.cli.settings import settings_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store
    from monitor.model.requests import ResendRequest

    settings = settings_of(context)
    recipients = tuple(_recipient(settings, each) for each in to)
    with opened_store(settings.storage, SystemClock()) as store:
        request = ResendRequest(edition=edition_named(store, edition).id, to=recipients)
    outcome = done_by_owner(settings, request)
    if as_json:
        output.print_json(outcome)
    else:
        for each in outcome["deliveries"]:
            print(f"{each['recipient']}: {each['state']}{': ' + each['answer'] if each['answer'] else ''}")
    raise typer.Exit(0 if all(each["state"] == "sent" for each in outcome["deliveries"]) else 1)


def as_plain(reviewed: "Reviewed") -> dict[str, Any]:
    """What a person did to an edition, as JSON has it."""
    return {**asdict(reviewed), "made_at": output.iso(reviewed.made_at)}


def _recipient(settings: "Settings", written: str) -> str:
    from monitor.errors import UsageError

    try:
        return settings.recipient(written)
    except ValueError as error:
        raise UsageError(f"--to {error}") from error


def edition_named(store: "Store", name: str) -> "PastEdition":
    """The edition with this id, name, slot or date. Raises UsageError."""
    from monitor.errors import UsageError

    editions = store.editions.all()
    found = [each for each in editions if name in (str(each.id), each.name, each.slot)]
    found = found or [each for each in editions if name in _dates(each)]
    if len(found) > 1:
        names = ", ".join(f"{each.id} ({each.name})" for each in found)
        raise UsageError(f'"{name}" may be any of {names}; give the id.')
    if not found:
        known = f"the newest is {editions[0].id} ({editions[0].name})" if editions else "there is none yet"
        raise UsageError(f'There is no edition "{name}"; {known}. `news-monitor digest list` lists them.')
    return found[0]


def _dates(edition: "PastEdition") -> tuple[str, ...]:
    """What people may call the edition of a digest with several times a day, if no other has that date."""
    from monitor.model.new_edition import EditionKind, day_of

    if edition.kind != EditionKind.SCHEDULED:
        return ()
    day = day_of(edition.slot).isoformat()
    return day, f"{edition.digest}/{day}"


def _bytes(store: "Store", edition: "PastEdition", format_: Format, channel: "Channel") -> bytes:
    from monitor.deliver.routes import towards
    from monitor.errors import UsageError

    if format_ is Format.HTML:
        return store.editions.page(edition.id).encode()
    messages = store.deliveries.of_edition(edition.id)
    if not messages:
        raise UsageError(f"{edition.name} was not mailed to anybody; show its page: --format html.")
    message = next((each for each in messages if each.body), None)
    if message is None:
        raise UsageError(
            f"The messages of {edition.name} were deleted (older than [storage] keep); show the page: --format html."
        )
    if format_ is Format.EML:
        return message.body
    return towards(channel, message.recipient).text_of(message.body).encode()


def _archive(settings: "Settings") -> "Archive":
    from monitor.archive import Archive

    return Archive(folder=settings.storage.archive_folder, url=settings.storage.archive_url)


def _as_json(edition: "PastEdition", archive: "Archive") -> dict[str, Any]:
    return {
        **asdict(edition),
        "made_at": output.iso(edition.made_at),
        "page": archive.address(edition.digest, edition.slot),
    }


def _messages(store: "Store", edition: "PastEdition") -> list[dict[str, Any]]:
    return [
        {"id": each.id, "recipient": each.recipient, "state": each.state, "answer": each.answer}
        for each in store.deliveries.of_edition(edition.id)
    ]


def _print(editions: "list[PastEdition]") -> None:
    if not editions:
        print("No edition has been published yet.")
        return
    table = output.table("Id", "Edition", "Subject", "Mailed")
    for each in editions:
        mailed = ", ".join(f"{number} {state}" for state, number in each.deliveries.items()) or "to nobody"
        output.add_row(table, each.id, each.name, each.subject, mailed)
    output.print_table(table)
