"""The commands on digests: preview or send the next edition, and show past ones."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.digest import past
from monitor.cli.digest.format import Format
from monitor.cli.digest.named import digest_named
from monitor.cli.digest.review import review
from monitor.cli.output import print_json, write_file

if TYPE_CHECKING:
    from monitor.deliver import Channel
    from monitor.jobs.editor import Draft
    from monitor.model.settings import DigestSettings

app = typer.Typer(help="See or send the next edition of a digest, and show past editions.", no_args_is_help=True)
app.command("list")(past.list_editions)
app.command()(past.show)
app.command()(past.resend)
app.command()(review)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="The digest; not needed if there is only one.")]


@app.command()
def preview(
    context: typer.Context,
    name: Name = None,
    format_: Annotated[
        Format,
        typer.Option("--format", metavar="text|html|eml", help="The text part, the HTML part, or the whole message."),
    ] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", readable=False, metavar="FILE", help="Write to this file.")
    ] = None,
    in_browser: Annotated[bool, typer.Option("--open", help="Show the HTML part in the browser.")] = False,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help='Preview as of this time, such as "2026-03-01 07:00" in the digest\'s zone.'),
    ] = None,
) -> None:
    """Show the next scheduled edition, made of what is stored now. Nothing is sent, and nothing is marked as listed."""
    from monitor.cli.settings import draft_of
    from monitor.daemon.build import looked_at
    from monitor.daemon.clock import SystemClock

    settings = draft_of(context)
    digest = digest_named(settings, name)
    moment = _moment(at, digest) if at else None
    with looked_at(settings, SystemClock()) as jobs:
        draft = jobs.publisher.editor.preview(digest, moment)
        shown = _bytes(jobs.publisher.channel, draft, Format.HTML if in_browser else format_)
    if in_browser and output is None:
        output = settings.storage.folder / "preview.html"
    if output is None:
        sys.stdout.buffer.write(shown)
        return
    write_file(output, shown)
    print(f"Wrote {output}.")
    if in_browser:
        import webbrowser

        webbrowser.open(output.absolute().as_uri())


@app.command()
def send(
    context: typer.Context,
    name: Name = None,
    test: Annotated[
        bool,
        typer.Option(
            "--test", help="Send it without marking its matches as listed: the next edition lists them again."
        ),
    ] = False,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="RECIPIENT", help="With --test: only to this recipient of it. Repeatable."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send an edition now. What it lists is in no later edition, unless --test is given."""
    from monitor.cli.ask_daemon import done_by_owner
    from monitor.cli.settings import settings_of
    from monitor.errors import UsageError
    from monitor.model.requests import SendRequest

    settings = settings_of(context)
    digest = digest_named(settings, name)
    if to and not test:
        raise UsageError("--to is for --test; an edition goes to all its recipients.")
    outcome = done_by_owner(settings, SendRequest(digest=digest.name, test=test, to=tuple(to or ())))
    if as_json:
        print_json(outcome)
        raise typer.Exit(0 if all(each["state"] == "sent" for each in outcome["deliveries"]) else 1)
    for each in outcome["deliveries"]:
        print(f"{each['recipient']}: {each['state']}{': ' + each['answer'] if each['answer'] else ''}")
    if not outcome["deliveries"]:
        print("Nothing was sent: the edition is empty, or the digest has no recipients.")
    raise typer.Exit(0 if all(each["state"] == "sent" for each in outcome["deliveries"]) else 1)


def _moment(written: str, digest: "DigestSettings") -> datetime:
    """A moment as people write it, in the digest's zone unless it names another."""
    from zoneinfo import ZoneInfo

    from monitor.errors import UsageError

    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise UsageError(f'"{written}" is not a time; write it as "2026-03-01 07:00".') from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(digest.timezone))


def _bytes(channel: "Channel", draft: "Draft", format_: Format) -> bytes:
    from monitor.errors import UsageError

    if format_ is Format.EML:
        if not draft.letters:
            raise UsageError(f'The digest "{draft.edition.digest}" has no recipients, so there is no message.')
        return channel.compose(draft.letters[0])
    text = draft.rendered.html if format_ is Format.HTML else draft.rendered.text
    return text.encode("utf-8")
