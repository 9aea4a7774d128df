"""Delivery through a real mail server: a Postfix of the test's own, on loopback, with a Maildir at the other end."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from house import Story, lived_in, rss, settings
from mail_rules import violations
from origin import Origin, reply
from simulated import NOON, SimulatedClock
from smtp_server import HOST, Authority, free_port

from monitor.deliver.mail.smtp import SmtpChannel
from monitor.model.delivery import DeliveryState
from monitor.model.ids import EditionId

POSTFIX = shutil.which("postfix", path="/usr/sbin")
MASTER = Path("/usr/lib/postfix/sbin/master")
PATIENCE_SECONDS = 30
ANN, GONE = "ann@reader.example", "gone@reader.example"

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(POSTFIX is None or not MASTER.exists(), reason="Debian's postfix is not installed here"),
    pytest.mark.skipif(os.geteuid() != 0, reason="a Postfix of one's own can only be started by root"),
]

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.reader.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = reader.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {{ann@reader.example=ann/}} }}
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
default_transport = error:this server delivers to reader.example alone
smtpd_recipient_restrictions = reject_unlisted_recipient, reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
smtpd_tls_chain_files = {folder}/server.pem
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
"""
SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
proxymap unix - - n - - proxymap
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
virtual unix - n n - - virtual
error unix - - n - - error
anvil unix - - n - 1 anvil
tlsmgr unix - - n - 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mta:
    """A running Postfix: where it listens, and where the mail of ann is."""

    port: int
    folder: Path

    def mails(self) -> list[bytes]:
        box = self.folder / "mail" / "ann" / "new"
        return [file.read_bytes() for file in sorted(box.iterdir())] if box.is_dir() else []


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def mta(authority: Authority) -> Iterator[Mta]:
    # Its processes run as another user, who may not enter the folders pytest makes.
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    try:
        with running(folder, authority) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(folder: Path, authority: Authority) -> Iterator[Mta]:
    owner = pwd.getpwnam("postfix")
    port = free_port()
    (folder / "main.cf").write_text(MAIN.format(folder=folder, uid=owner.pw_uid, gid=owner.pw_gid))
    (folder / "master.cf").write_text(SERVICES.format(port=port))
    (folder / "server.pem").write_bytes(authority.chain())
    (folder / "server.pem").chmod(0o600)
    for name in ("spool", "data", "mail"):
        (folder / name).mkdir()
    for name in ("data", "mail"):
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_CONFIG": str(folder)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    subprocess.run([str(POSTFIX), "-c", folder, "check"], check=True, timeout=PATIENCE_SECONDS, **quiet)  # type: ignore[call-overload]
    process: subprocess.Popen[bytes] = subprocess.Popen([MASTER, "-c", folder, "-d"], **quiet)  # type: ignore[call-overload]
    try:
        eventually(lambda: "daemon started" in log_of(folder), folder)
        yield Mta(port=port, folder=folder)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def log_of(folder: Path) -> str:
    with suppress(FileNotFoundError):
        return (folder / "log").read_text(errors="replace")
    return ""


def eventually(claim: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not claim():
        assert time.monotonic() < deadline, log_of(folder)
        time.sleep(0.05)


def added_by_the_server(mail: bytes) -> list[str]:
    """The names of the headers before ours."""
    head = BytesParser(EmailMessage, policy=default).parsebytes(mail, headersonly=True)
    return list(head.keys())[: list(head.keys()).index("Date")]


@pytest.mark.parametrize("tls", ["none", "starttls"])
def test_an_edition_arrives_as_it_was_stored_and_an_unknown_recipient_is_refused(
    tmp_path: Path, mta: Mta, authority: Authority, tls: str
) -> None:
    before = set(mta.mails())
    title = "Перемирие в Сирии: Syria cease-fire holds, 停戦, وقف إطلاق النار"
    channel: dict[str, Any] = {"tls": tls, "sender": f"Новости <{tls}@monitor.example>"}
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(Story(id="truce", title=title, text=".\n..\nFrom Aleppo", at=NOON))))
        config = settings(tmp_path, [origin.url("/a")], origin.port)
        mail = SmtpChannel(host=HOST, port=mta.port, ca_file=authority.ca_file, **channel)
        config = replace(config, mail=mail, digests=(replace(config.digests[0], to=(ANN, GONE)),))
        with lived_in(config, SimulatedClock()) as home:
            home.tick()
            home.clock.advance(timedelta(hours=19))
            home.tick()
            sent, refused = home.jobs.store.deliveries.of_edition(EditionId(1))
    assert (sent.state, refused.state) == (DeliveryState.SENT, DeliveryState.REFUSED)
    assert sent.answer.startswith("250 2.0.0 Ok: queued as ")
    assert refused.answer.startswith("recipient: 550 5.1.1 <gone@reader.example>")
    eventually(lambda: set(mta.mails()) > before, mta.folder)
    (arrived,) = set(mta.mails()) - before
    ours = sent.body.replace(b"\r\n", b"\n")
    assert arrived.endswith(ours)
    assert added_by_the_server(arrived) == ["Return-Path", "X-Original-To", "Delivered-To", "Received"]
    assert (b"using TLSv1" in arrived) is (tls == "starttls")
    message = BytesParser(EmailMessage, policy=default).parsebytes(arrived)
    assert not message.defects
    text = message.get_body(("plain",))
    assert text is not None
    assert "停戦" in str(text.get_content())
    assert violations(sent.body) == []
