"""The Maildir: read by the standard library as any mail program would, and never written twice."""

import mailbox
import os
import stat
from pathlib import Path

import pytest
from outbox import BODY, DELIVERY, delivery

from monitor.deliver.mail.maildir import ALREADY_THERE, MaildirChannel, file_name
from monitor.errors import DeliveryError

NAME = file_name(DELIVERY.message_id)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail" / "news"


@pytest.fixture
def channel(folder: Path) -> MaildirChannel:
    return MaildirChannel(folder=folder)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_any_mail_program_finds_the_message(channel: MaildirChannel, folder: Path) -> None:
    assert channel.send(DELIVERY) == f"written to {folder / 'new' / NAME}"
    (message,) = mailbox.Maildir(folder, create=False)
    assert message["Subject"] == "hello"
    assert (folder / "new" / NAME).read_bytes() == BODY.replace(b"\r\n", b"\n")


def test_each_message_has_its_own_file(channel: MaildirChannel, folder: Path) -> None:
    for number in range(20):
        channel.send(delivery(message_id=f"<{number}@news.example>"))
    assert len(mailbox.Maildir(folder, create=False)) == 20


def test_only_the_owner_reads_it(channel: MaildirChannel, folder: Path) -> None:
    before = os.umask(0o022)
    try:
        channel.send(DELIVERY)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert modes == {"news": 0o700, "tmp": 0o700, "new": 0o700, "cur": 0o700, NAME: 0o600}


@pytest.mark.parametrize("place", ["new/{}", "cur/{}", "cur/{}:2,", "cur/{}:2,RS"])
def test_a_repeat_writes_nothing_wherever_the_mail_program_put_it(
    place: str, channel: MaildirChannel, folder: Path
) -> None:
    channel.send(DELIVERY)
    moved = folder / place.format(NAME)
    (folder / "new" / NAME).rename(moved)
    before = moved.stat()
    assert channel.send(DELIVERY) == ALREADY_THERE
    assert files(folder) == [str(moved.relative_to(folder))]
    assert moved.stat().st_mtime_ns == before.st_mtime_ns


def test_a_draft_left_by_a_kill_before_the_link_is_replaced(channel: MaildirChannel, folder: Path) -> None:
    channel.send(delivery(message_id="<other@news.example>"))
    (folder / "tmp" / NAME).write_bytes(b"Subj")
    channel.send(DELIVERY)
    assert (folder / "new" / NAME).read_bytes().startswith(b"Subject: hello\n")
    assert not files(folder / "tmp")


def test_a_draft_left_by_a_kill_after_the_link_does_no_harm(channel: MaildirChannel, folder: Path) -> None:
    channel.send(DELIVERY)
    os.link(folder / "new" / NAME, folder / "tmp" / NAME)
    (folder / "new" / NAME).rename(folder / "cur" / f"{NAME}:2,S")
    assert channel.send(DELIVERY) == ALREADY_THERE
    assert (folder / "cur" / f"{NAME}:2,S").read_bytes().startswith(b"Subject: hello\n")


@pytest.mark.parametrize("place", ["new/{}", "cur/{}:2,S"])
def test_other_bytes_under_the_same_id_are_another_message_and_arrive(
    place: str, channel: MaildirChannel, folder: Path
) -> None:
    """As of a monitor whose disk was set back to a day before it sent the first one."""
    channel.send(DELIVERY)
    (folder / "new" / NAME).rename(folder / place.format(NAME))
    other = delivery(body=b"Subject: hello\r\n\r\nAnd one story more.\r\n")
    assert channel.send(other).startswith("written to")
    assert channel.send(other) == channel.send(DELIVERY) == ALREADY_THERE
    assert len(files(folder)) == 2


def test_a_file_of_similar_name_is_another_message(channel: MaildirChannel, folder: Path) -> None:
    channel.send(DELIVERY)
    (folder / "new" / NAME).rename(folder / "cur" / f"{NAME}x:2,S")
    assert channel.send(DELIVERY) != ALREADY_THERE


@pytest.mark.parametrize("message_id", ["<../../etc/passwd@x>", "<a/b@x>", "<.hidden:2,S@x>", "<" + "x" * 900 + "@x>"])
def test_no_message_id_leads_out_of_the_folder(message_id: str, channel: MaildirChannel, folder: Path) -> None:
    channel.send(delivery(message_id=message_id))
    assert files(folder) == [f"new/{file_name(message_id)}"]


def test_what_stands_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file, not a folder")
    with pytest.raises(DeliveryError) as caught:
        MaildirChannel(folder=tmp_path / "mail").send(DELIVERY)
    assert (caught.value.stage, caught.value.permanent, caught.value.unknown) == ("write", False, False)
    assert str(tmp_path / "mail") in caught.value.answer


def test_a_disk_that_fills_up_leaves_no_half_message(channel: MaildirChannel, folder: Path) -> None:
    channel.send(delivery(message_id="<first@news.example>"))
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(DeliveryError, match="File too large"):
            channel.send(delivery(body=b"x" * 5_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert files(folder) == [f"new/{file_name('<first@news.example>')}"]


def test_the_sender_must_be_an_address(folder: Path) -> None:
    with pytest.raises(ValueError, match="is not a mail address"):
        MaildirChannel(folder=folder, sender="News Monitor")
