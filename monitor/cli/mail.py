"""`mail test`: send one message through the configured channel, and show the server's answer at each stage."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.model.ids import DeliveryId

if TYPE_CHECKING:
    from monitor.deliver import Channel
    from monitor.model.delivery import Delivery, Letter

app = typer.Typer(help="Test the delivery of mail.", no_args_is_help=True)

NAME = "mail-test"
"""What messages of tests are sorted by, and where their key begins."""

SUBJECT = "A test of News Monitor"
TEXT = """This is a test.

If you can read it, the digests of News Monitor will reach you.
It was sent by `news-monitor mail test` and belongs to no digest.
"""


@app.command("test")
def try_(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="Who gets the test message. Needed.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as one JSON object.")] = False,
) -> None:
    """Send one test message now, and show the server's answer at each stage. Nothing is stored."""
    from monitor.cli.settings import draft_of
    from monitor.config.agreement import archive_problem
    from monitor.deliver import ReportsSteps
    from monitor.errors import DeliveryError, UsageError

    settings = draft_of(context)
    channel, missing = settings.mail, archive_problem(settings.mail, settings.storage)
    try:
        delivery = _delivery(channel, channel.recipient(to))
    except ValueError as error:
        raise UsageError(f"--to: {error}") from error
    steps: list[dict[str, object]] = []

    def on_step(stage: str, answer: str, *, is_good: bool = True) -> None:
        steps.append({"stage": stage, "ok": is_good, "answer": answer})
        if not as_json:
            print(f"{'ok' if is_good else 'FAILED':6}  {stage:9}  {answer}")

    failed = None
    try:
        if isinstance(channel, ReportsSteps):
            channel.send_with_steps(delivery, on_step)
        else:
            on_step("write", channel.send(delivery))
    except DeliveryError as error:
        failed = error
        code = f"{error.code} " if error.code and error.code > 0 else ""
        on_step(error.stage, f"{code}{error.answer}", is_good=False)
    what_to_do = channel.advice(failed)
    if as_json:
        output.print_json({"ok": failed is None, "steps": steps, "advice": what_to_do, "missing": missing})
    else:
        print(what_to_do)
        if missing:
            typer.echo(f"Note: [storage] {missing}", err=True)
    raise typer.Exit(1 if failed else 0)


def _delivery(channel: "Channel", recipient: str) -> "Delivery":
    """A delivery that no database knows. Raises ValueError for a recipient to whom the channel cannot send."""
    from monitor.daemon.clock import SystemClock
    from monitor.deliver import ChecksReach
    from monitor.model.delivery import Delivery, DeliveryState

    if isinstance(channel, ChecksReach) and (doubt := channel.check_reach(recipient)):
        typer.echo(f"Note: --to: {doubt}", err=True)
    now = SystemClock().now()
    letter = _letter(channel, recipient)
    return Delivery(
        id=DeliveryId(0),
        edition_id=None,
        recipient=recipient,
        message_id=letter.message_id,
        body=channel.compose(letter),
        state=DeliveryState.QUEUED,
        attempts=0,
        queued_at=now,
        next_attempt_at=now,
    )


def _letter(channel: "Channel", recipient: str) -> "Letter":
    from monitor.daemon.clock import SystemClock
    from monitor.deliver.keys import message_key
    from monitor.model.delivery import Letter

    now = SystemClock().now()
    key = message_key(NAME, "test", f"{now:%Y-%m-%dT%H:%M:%S.%fZ}", recipient)
    return Letter(
        message_id=channel.message_id(key),
        digest=NAME,
        recipient=recipient,
        subject=SUBJECT,
        text=TEXT,
        html=f"<p>{'</p><p>'.join(TEXT.strip().splitlines())}</p>\n",
        date=now,
    )
