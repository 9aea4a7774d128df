"""One message through a channel, for `mail test` and `channels test`: what is said at each stage, and what to do."""

from typing import TYPE_CHECKING, Any

import typer

from monitor.cli import output
from monitor.model.ids import DeliveryId

if TYPE_CHECKING:
    from monitor.deliver import Channel
    from monitor.errors import DeliveryError
    from monitor.model.delivery import Delivery, Letter

NAME = "mail-test"
"""What messages of tests are sorted by, and where their key begins."""

SUBJECT = "A test of News Monitor"
TEXT = """This is a test.

If you can read it, the digests of News Monitor will reach you.
It was sent by `news-monitor COMMAND` and belongs to no digest.
"""


def try_out(channel: "Channel", delivery: "Delivery", missing: str, *, as_json: bool) -> None:
    """Send it, show each step, and exit with 1 if it was not accepted. `missing`: what else a reader would lack."""
    steps: list[dict[str, object]] = []

    def on_step(stage: str, answer: str, *, is_good: bool = True) -> None:
        steps.append({"stage": stage, "ok": is_good, "answer": answer})
        if not as_json:
            print(f"{'ok' if is_good else 'FAILED':6}  {stage:9}  {answer}")

    failed = sent_with(channel, delivery, on_step)
    what_to_do = channel.advice(failed)
    if as_json:
        output.print_json({"ok": failed is None, "steps": steps, "advice": what_to_do, "missing": missing})
    else:
        print(what_to_do)
        if missing:
            typer.echo(f"Note: [storage] {missing}", err=True)
    raise typer.Exit(1 if failed else 0)


def sent_with(channel: "Channel", delivery: "Delivery", on_step: Any) -> "DeliveryError | None":
    """Send it; why it was not accepted, or None. `on_step` gets each stage with its answer."""
    from monitor.deliver import ReportsSteps
    from monitor.errors import DeliveryError

    try:
        if isinstance(channel, ReportsSteps):
            channel.send_with_steps(delivery, on_step)
        else:
            on_step("write", channel.send(delivery))
    except DeliveryError as error:
        code = f"{error.code} " if error.code and error.code > 0 else ""
        on_step(error.stage, f"{code}{error.answer}", is_good=False)
        return error
    return None


def delivery_of_test(channel: "Channel", recipient: str, command: str) -> "Delivery":
    """A delivery that no database knows. Raises ValueError for a recipient to whom the channel cannot send."""
    from monitor.daemon.clock import SystemClock
    from monitor.deliver import ChecksReach
    from monitor.model.delivery import Delivery, DeliveryState

    if isinstance(channel, ChecksReach) and (doubt := channel.check_reach(recipient)):
        typer.echo(f"Note: --to: {doubt}", err=True)
    now = SystemClock().now()
    letter = _letter(channel, recipient, TEXT.replace("COMMAND", command))
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


def _letter(channel: "Channel", recipient: str, text: str) -> "Letter":
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
        text=text,
        html=f"<p>{'</p><p>'.join(text.strip().splitlines())}</p>\n",
        date=now,
    )
