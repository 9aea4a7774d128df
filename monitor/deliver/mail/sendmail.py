"""Mail by a command of this machine, as every mail server has one: `sendmail`.

It is the one program that the package starts, with addresses of the config as its words (rule S13). Its exit status
says what happened (sysexits.h); what it takes it queues and delivers by itself. A command that does not end may have
taken the message: the outcome is unknown then.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor.deliver.channel import SenderFinding
from monitor.deliver.mail.check_sender import check_sender
from monitor.deliver.mail.form import MailForm
from monitor.deliver.mail.message import envelope_address, sender_address
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery
from monitor.plain_text import one_line

ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
"""Nothing else of ours is passed on: the environment may hold secrets."""

MOST_WORDS = 200
"""Characters of what the command says."""

STATUSES = {
    64: ("data", False, "it does not know these options (EX_USAGE)"),
    65: ("data", True, "it refuses the message (EX_DATAERR)"),
    67: ("recipient", True, "it does not know the recipient (EX_NOUSER)"),
    68: ("recipient", True, "it does not know the recipient's domain (EX_NOHOST)"),
}
"""Exit status → stage, whether the message or recipient was judged, and words. All others are tried again."""

SET_GROUP = ("setgid", "set-gid", "postdrop", "maildrop", "Permission denied")
NOT_PRIVILEGED = (
    "The command needs the group of the mail queue, which the sandbox of the service keeps from it: docs/sendmail.md "
    "has a drop-in for the unit."
)
LOOK = "Try the command by hand, as the user of the service; the log of the mail server says what it does with mails."


@dataclass(frozen=True, slots=True, kw_only=True)
class SendmailChannel(MailForm):
    """`kind = "sendmail"`. `command` is the program and its first options; `-i -f SENDER -- RECIPIENT` follow, and the
    message on its standard input. `sender` is the From line. `timeout` is how long the command may take.
    """

    sender: str
    command: tuple[str, ...] = ("/usr/sbin/sendmail",)
    timeout: timedelta = timedelta(minutes=2)

    def __post_init__(self) -> None:
        sender_address(self.sender)
        if not self.command or not Path(self.command[0]).is_absolute():
            raise ValueError('command begins with the whole path of the program, such as ["/usr/sbin/sendmail"]')
        if self.timeout <= timedelta():
            raise ValueError("timeout must be more than zero")

    @property
    def send_timeout(self) -> timedelta:
        """The longest time that sending may take."""
        return self.timeout * 2

    def check_sender(self, timeout: timedelta) -> Sequence[SenderFinding]:
        """What the domain of `sender` publishes about its mail."""
        return check_sender(self.sender, timeout)

    def send(self, delivery: Delivery) -> str:
        """The words of the command, if it has taken the message. Raises DeliveryError."""
        try:
            recipient = envelope_address(delivery.recipient)
        except ValueError as error:
            raise DeliveryError(stage="recipient", answer=str(error), permanent=True) from error
        words = (*self.command, "-i", "-f", sender_address(self.sender), "--", recipient)
        status, said = self._run(words, delivery.body.replace(b"\r\n", b"\n"))
        if status == 0:
            return f"taken by {self.command[0]}{': ' if said else ''}{said}"
        stage, is_judged, meaning = STATUSES.get(status, ("data", False, f"exit status {status}"))
        answer = f"{self.command[0]}: {meaning}{': ' if said else ''}{said}"
        raise DeliveryError(stage=stage, answer=answer, permanent=is_judged, for_all=not is_judged)

    def advice(self, error: DeliveryError | None) -> str:
        if error is not None and any(word in error.answer for word in SET_GROUP):
            return NOT_PRIVILEGED
        return LOOK if error is not None else MailForm.advice(self, error)

    def _run(self, words: tuple[str, ...], body: bytes) -> tuple[int, str]:
        try:
            process = subprocess.Popen(  # noqa: S603 (the owner's own command, without a shell)
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            answer = f"cannot run {words[0]}: {error.strerror}"
            raise DeliveryError(stage="write", answer=answer, permanent=True) from error
        with process:
            try:
                said, _ = process.communicate(body, self.timeout.total_seconds())
            except subprocess.TimeoutExpired as error:
                with suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)
                heard = _shown(error.output or b"")  # Postfix repeats "Permission denied" every 10 s and never ends
                answer = f"{words[0]} did not end within {self.timeout.total_seconds():g} s"
                answer += f": {heard}" if heard else ""
                raise DeliveryError(stage="data", answer=answer, unknown=True, for_all=True) from error
        return process.returncode, _shown(said)


def _shown(said: bytes) -> str:
    return one_line(said.decode("utf-8", "replace"), MOST_WORDS)
