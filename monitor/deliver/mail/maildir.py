"""The channel that needs nothing: a standard Maildir (tmp, new, cur) that any mail program reads.

Each message is written exactly once, even after a kill at any line: the file's name follows from the Message-ID, and
the file is linked into place only when it is complete and on the disk. A file of that name with other bytes is another
message, of a monitor that does not know this one: nothing is called delivered that was not. Nothing here deletes mail.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from monitor.deliver.mail.form import MailForm
from monitor.deliver.mail.message import sender_address
from monitor.errors import DeliveryError
from monitor.files import force_to_disk, write_new
from monitor.model.delivery import Delivery

ALREADY_THERE = "already there"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirChannel(MailForm):
    """`[mail] kind = "maildir"`. `folder` is made when missing (0700, files 0600); `sender` is the From line.

    Every recipient's copy goes into this one folder.
    """

    is_local: ClassVar[bool] = True

    folder: Path
    sender: str = "News Monitor <news-monitor@localhost>"

    def __post_init__(self) -> None:
        sender_address(self.sender)

    def send(self, delivery: Delivery) -> str:
        """The path of the file, whether written now or earlier. Raises DeliveryError of stage "write"."""
        try:
            return _store(self.folder, file_name(delivery.message_id), delivery.body)
        except OSError as error:
            answer = f"cannot write to the Maildir {self.folder}: {error.strerror}"
            raise DeliveryError(stage="write", answer=answer) from error


def file_name(message_id: str) -> str:
    """The name a message has in `new`; in `cur` the mail program appends `:2,` and its flags."""
    return f"{sha256(message_id.encode()).hexdigest()[:32]}.news-monitor"


def _store(folder: Path, name: str, body: bytes) -> str:
    _make_maildir(folder)
    text = body.replace(b"\r\n", b"\n")
    held = _held(folder, name)
    if held is not None and held != text:
        name = f"{sha256(text).hexdigest()[:8]}-{name}"
        held = _held(folder, name)
    answer = ALREADY_THERE if held is not None else _deliver(folder, name, text)
    force_to_disk(folder / "new")  # even if the file existed before: a kill may have come just before this line
    return answer


def _make_maildir(folder: Path) -> None:
    if all((folder / part).is_dir() for part in ("tmp", "new", "cur")):
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(mode=0o700, exist_ok=True)
    force_to_disk(folder)
    force_to_disk(folder.parent)


def _held(folder: Path, name: str) -> bytes | None:
    """What is there under this name. Looks into `new` before `cur`: a mail program that moves the file meanwhile cannot
    hide it.
    """
    if (folder / "new" / name).exists():
        with suppress(FileNotFoundError):  # moved meanwhile
            return (folder / "new" / name).read_bytes()
    found = next((entry for entry in (folder / "cur").iterdir() if entry.name.partition(":")[0] == name), None)
    return None if found is None else found.read_bytes()


def _deliver(folder: Path, name: str, text: bytes) -> str:
    draft, final = folder / "tmp" / name, folder / "new" / name
    # A draft may be left over from a kill, and may then share its data with a delivered file:
    # a new file takes its place, it is never written into.
    draft.unlink(missing_ok=True)
    try:
        write_new(draft, text)
        os.link(draft, final)
    finally:
        draft.unlink(missing_ok=True)
    return f"written to {final}"
