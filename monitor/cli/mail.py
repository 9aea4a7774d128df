"""`mail test`: send one message through the configured channel, and show the server's answer at each stage."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output

if TYPE_CHECKING:
    from monitor.deliver import Channel
    from monitor.model.delivery import Delivery, Letter

app = typer.Typer(help="Test the delivery of mail.", no_args_is_help=True)

SUBJECT = "A test of News Monitor"
TEXT = """This is a test.

If you can read it, the digests of News Monitor will reach you.
It was sent by `news-monitor mail test` and belongs to no digest.
"""


@app.command("test")
def try_(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="The recipient of the test message.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as one JSON object.")] = False,
) -> None:
    """Send one test message now, and show the server's answer at each stage. Nothing is stored."""
    from monitor.cli.settings import draft_of
    from monitor.config.agreement import archive_problem
    from monitor.config.values import recipient
    from monitor.deliver import ReportsSteps
    from monitor.deliver.advice import advice
    from monitor.errors import DeliveryError, UsageError

    settings = draft_of(context)
    channel, missing = settings.mail, archive_problem(settings.mail, settings.storage)
    try:
        delivery = _delivery(channel, recipient(to))
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
    what_to_do = advice(failed) if failed else "The message was accepted; look in the mailbox, and in its spam folder."
    if as_json:
        output.print_json({"ok": failed is None, "steps": steps, "advice": what_to_do, "missing": missing})
    else:
        print(what_to_do)
        if missing:
            typer.echo(f"Note: [storage] {missing}", err=True)
    raise typer.Exit(1 if failed else 0)


def _delivery(channel: "Channel", recipient: str) -> "Delivery":
    """A delivery that is not stored. Raises ValueError for an address that no mail server accepts."""
    from monitor.daemon.clock import SystemClock
    from monitor.deliver.message import ascii_address
    from monitor.model.delivery import Delivery, DeliveryState

    ascii_address(recipient)
    now = SystemClock().now()
    letter = _letter(channel.sender, recipient)
    return Delivery(
        id=0,
        edition_id=None,
        recipient=recipient,
        message_id=letter.message_id,
        body=channel.compose(letter),
        state=DeliveryState.QUEUED,
        attempts=0,
        queued_at=now,
        next_attempt_at=now,
    )


def _letter(sender: str, recipient: str) -> "Letter":
    from monitor.daemon.clock import SystemClock
    from monitor.deliver.message import list_id, message_id
    from monitor.model.delivery import Letter

    now = SystemClock().now()
    return Letter(
        message_id=message_id("mail-test", "test", f"{now:%Y-%m-%dT%H:%M:%S.%fZ}", recipient, sender),
        list_id=list_id("mail-test", sender),
        recipient=recipient,
        subject=SUBJECT,
        text=TEXT,
        html=f"<p>{'</p><p>'.join(TEXT.strip().splitlines())}</p>\n",
        date=now,
    )
