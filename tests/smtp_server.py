"""Mail servers on loopback for the tests: a real one (aiosmtpd), and one that answers as nastily as it is told.

with mail_server(tls) as server:            with ScriptedServer({"RCPT": b"550 no such user\r\n"}) as server:
    ... server.port ...                         ... server.port ...
    server.messages                             server.lines, server.bodies
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
USERNAME = "reader"
PASSWORD = "pässword & more"
PATIENCE_SECONDS = 20.0
"""No connection of a test lives longer."""

Answer = bytes | Iterable[bytes] | None
"""What a scripted server says: at once, piece by piece (0.05 s apart), or nothing, and hangs up."""


class Authority:
    """A certificate authority of the tests, and the contexts of servers that it vouches for."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self._authority.cert_pem.write_to_path(str(self.ca_file))

    @cached_property
    def good(self) -> ssl.SSLContext:
        return _server_context(self._authority.issue_cert(HOST))

    def chain(self) -> bytes:
        """Key and certificates of a server, in the order Postfix wants them."""
        issued = self._authority.issue_cert(HOST)
        return issued.private_key_and_cert_chain_pem.bytes()

    @cached_property
    def wrong_name(self) -> ssl.SSLContext:
        return _server_context(self._authority.issue_cert("mail.elsewhere.example"))

    @cached_property
    def stranger(self) -> ssl.SSLContext:
        """Signed by somebody nobody knows."""
        return _server_context(trustme.CA().issue_cert(HOST))

    @cached_property
    def expired(self) -> ssl.SSLContext:
        then = datetime(2020, 1, 1, tzinfo=UTC)
        return _server_context(self._authority.issue_cert(HOST, not_before=then, not_after=then + timedelta(days=1)))

    @cached_property
    def self_signed(self) -> ssl.SSLContext:
        """For the right name, vouched for by nobody else: an authority that serves with its own certificate."""
        itself = trustme.CA()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        with itself.private_key_pem.tempfile() as key, itself.cert_pem.tempfile() as certificate:
            context.load_cert_chain(certificate, key)
        return context


@dataclass
class MailServer:
    """What arrived: (sender, recipient, exact bytes) per message. Recipients in `refuse` get their answer."""

    port: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    messages: list[tuple[str, str, bytes]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # the name and shape that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 recipient ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.messages.append((str(envelope.mail_from), ",".join(envelope.rcpt_tos), envelope.content))
        return f"250 queued as {len(self.messages)}"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        assert isinstance(login, LoginPassword)
        self.logins.append((login.login, login.password))
        is_right = (login.login, login.password) == (USERNAME.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)


@contextmanager
def mail_server(
    *, starttls: ssl.SSLContext | None = None, implicit: ssl.SSLContext | None = None, login: bool = False
) -> Iterator[MailServer]:
    """A real SMTP server. With `starttls` nothing is taken before TLS, and with `login` nothing before a login."""
    server = MailServer(port=free_port())
    options: dict[str, Any] = {"tls_context": starttls, "require_starttls": True} if starttls else {}
    if login:
        # aiosmtpd does not count a connection that is TLS from the start as encrypted: there it can only offer a login.
        options |= {
            "authenticator": server.authenticate,
            "auth_required": not implicit,
            "auth_require_tls": not implicit,
        }
    controller = Controller(server, hostname=HOST, port=server.port, ssl_context=implicit, **options)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@dataclass
class ScriptedServer:
    """Answers a line by the longest matching beginning in `answers`, else politely.

    The key "" is the greeting, "." the final dot, "BODY" hangs up in the middle of the message.
    After STARTTLS it goes on with `tls`, if there is one. `lines` and `bodies` are what it was told.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    host: str = HOST
    tls: ssl.SSLContext | None = None
    lines: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, 0), family=family)
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listener, *self._open):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self._thread.join(PATIENCE_SECONDS)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def said(self, verb: str) -> bool:
        return any(line.upper().startswith(verb.encode()) for line in self.lines)

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.settimeout(PATIENCE_SECONDS)
            self._open.append(sock)
            with suppress(OSError):
                self._converse(sock)
            self._open[-1].close()

    def _converse(self, sock: socket.socket) -> None:
        reader = sock.makefile("rb")
        alive = self._answer(sock, "", b"220 scripted\r\n")
        while alive and (line := reader.readline()):
            self.lines.append(line)
            command = line.decode(errors="replace").strip()
            alive = self._answer(sock, command, self._usual(command))
            if alive and command == "STARTTLS" and self.tls:
                sock = self._open[-1] = self.tls.wrap_socket(sock, server_side=True)
                reader = sock.makefile("rb")
            if alive and command == "DATA" and "DATA" not in self.answers:
                alive = self._take_body(sock, reader)
        reader.close()

    def _usual(self, command: str) -> bytes:
        match command.split(" ", maxsplit=1)[0]:
            case "ehlo":
                return b"250-scripted\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"
            case "STARTTLS":
                return b"220 go on\r\n"
            case "DATA":
                return b"354 go on\r\n"
            case "AUTH":
                return b"235 welcome\r\n"
            case "QUIT":
                return b"221 bye\r\n"
        return b"250 ok\r\n"

    def _take_body(self, sock: socket.socket, reader: Any) -> bool:
        body = b""
        while (line := reader.readline()) not in {b".\r\n", b""}:
            if "BODY" in self.answers:
                return False
            body += line.removeprefix(b".")
        self.bodies.append(body)
        return self._answer(sock, ".", b"250 taken\r\n")

    def _answer(self, sock: socket.socket, command: str, usual: Answer) -> bool:
        """Whether the connection goes on."""
        keys = [key for key in self.answers if key == command or (key and command.startswith(key))]
        answer = self.answers[max(keys, key=len)] if keys else usual
        if answer is None:
            return False
        if isinstance(answer, bytes):
            sock.sendall(answer)
            return True
        for piece in answer:
            sock.sendall(piece)
            time.sleep(0.05)
        return True


def free_port() -> int:
    """aiosmtpd checks itself by connecting, which port 0 does not survive."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


def _server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context
