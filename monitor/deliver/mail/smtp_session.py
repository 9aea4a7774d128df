"""One SMTP session, step by step: every answer is kept under the stage it belongs to.

smtplib writes the commands and reads the replies. Connecting, TLS and login are done here: smtplib
verifies no certificate by default (python/cpython#91826), its timeout restarts with
every byte, and its login cannot encode a password outside ASCII. Nothing here knows of settings,
MIME or retries; a failure is a DeliveryError with its facts, and others judge it.
"""

import re
import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Self

from monitor.deliver.channel import OnStep, ignore_step
from monitor.deliver.mail.oauth import bearer_oauthbearer, bearer_xoauth2, reason
from monitor.deliver.mail.replies import REFUSED, Replies, refusal, reply_text
from monitor.errors import DeliveryError

QUIT_TIMEOUT = timedelta(seconds=10)

DONE = 2
GO_ON = 3
REFUSED_FOR_NOW = 4
"""First digits of a reply code (RFC 5321 §4.2.1)."""


NOT_TAKEN = 535
"""A login that is refused (RFC 4954 §6): what else a server says after it has refused a token means no more."""

OAUTH_ONLY = frozenset({"XOAUTH2", "OAUTHBEARER"})

_HELLO = re.compile(r"(?=.{1,253}$)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*|\[(IPv6:)?[0-9a-fA-F:.]{2,45}\]")


def is_hello(name: str) -> bool:
    """Whether a client may introduce itself so: a domain or an address literal (RFC 5321 §4.1.3)."""
    return _HELLO.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where a server is, and which of its addresses took no connection so far; these are tried last."""

    host: str
    port: int
    patience: timedelta
    """The longest wait for a connection to one address."""
    dead: set[str] = field(default_factory=set)
    is_private_only: bool = False
    """Whether only private addresses may be connected to: what is sent there is neither encrypted nor proved."""

    def connected(self, on_step: OnStep) -> socket.socket:
        """A connection to the first address that accepts it; if none does, raises the error of the last one."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        on_step("resolve", ", ".join(addresses))
        if self.is_private_only and not all(ip_address(each.partition("%")[0]).is_private for each in addresses):
            answer = f"plain_relay is for a private address, and {self.host} has another: {', '.join(addresses)}"
            raise DeliveryError(stage="connect", answer=reply_text(answer), permanent=True, ours=True)
        *others, last = sorted(addresses, key=lambda address: address in self.dead)
        for address in others:
            try:
                return self._connection(address)
            except OSError:
                self.dead.add(address)
        return self._connection(last)

    def _connection(self, address: str) -> socket.socket:
        return socket.create_connection((address, self.port), timeout=self.patience.total_seconds())


class SmtpSession:
    """A session with `host` over a connected socket; a context manager that ends it, whatever happened before.

    `hello` is the name of this machine, "" for its address. `timeout` bounds each step as a whole, however slowly the
    bytes arrive. `on_step` is called after each successful step.
    """

    def __init__(
        self, host: str, sock: socket.socket, hello: str, timeout: timedelta, on_step: OnStep = ignore_step
    ) -> None:
        self._host = host
        self._sock = sock
        self._timeout = timeout
        self._on_step = on_step
        self._secrets: list[bytes] = []
        self._smtp = smtplib.SMTP(local_hostname=hello or _address_literal(sock))
        self._listen(sock)

    @classmethod
    def opened(cls, server: MailServer, hello: str, timeout: timedelta, on_step: OnStep = ignore_step) -> Self:
        with _stage("connect"):
            return cls(server.host, server.connected(on_step), hello, timeout, on_step)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Send QUIT and ignore its failure: the message was already accepted or refused (rule D10)."""
        with suppress(OSError):
            self._replies.allow(QUIT_TIMEOUT)
            self._smtp.docmd("QUIT")
        self._smtp.close()
        self._sock.close()

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Start TLS with the next byte; `context` must trust the certificate for the host."""
        self._replies.allow(self._timeout)
        with _stage("tls"):
            encrypted = context.wrap_socket(self._sock, server_hostname=self._host)
        self._sock = encrypted
        # A new reader: text injected after the last unencrypted answer must be dropped (CVE-2011-0411).
        self._listen(self._sock)
        self._on_step("tls", _described(encrypted))

    def greet(self) -> None:
        """Read the server's greeting."""
        self._replies.allow(self._timeout)
        with _stage("connect"):
            reply = self._smtp.getreply()
        self._on_step("connect", self._checked("connect", reply, DONE))

    def introduce(self) -> None:
        """Say EHLO and learn what the server can do."""
        self._replies.allow(self._timeout)
        with _stage("hello"):
            reply = self._smtp.ehlo()
        self._checked("hello", reply, DONE)

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Start TLS by STARTTLS. If the server does not offer it, the session ends: an attacker may have stripped it
        from the answer (rule S14).
        """
        if not self._smtp.has_extn("starttls"):
            answer = 'the server does not offer STARTTLS; if it speaks TLS from the first byte, write tls = "implicit"'
            raise DeliveryError(stage="tls", answer=answer, permanent=True)
        self._say("tls", "STARTTLS", DONE)
        self.encrypt(context)

    def log_in(self, username: str, password: str) -> None:
        """Log in by AUTH PLAIN, else LOGIN. For encrypted connections only: neither hides the password."""
        self._secrets = _forms(password) + _forms(f"\0{username}\0{password}")
        offered = self._smtp.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            answer = self._say("login", "AUTH PLAIN", DONE, secret=f"\0{username}\0{password}")
        elif "LOGIN" in offered:
            self._say("login", "AUTH LOGIN", GO_ON)
            self._say("login", "", GO_ON, secret=username)
            answer = self._say("login", "", DONE, secret=password)
        else:
            words = "accepts OAuth2 only, and no password" if OAUTH_ONLY & {*offered} else "accepts no password login"
            answer = reply_text(f"the server {words}; it offers: {' '.join(offered) or 'no login at all'}")
            raise DeliveryError(stage="login", answer=answer, permanent=True)
        self._on_step("login", answer)

    def log_in_by_token(self, username: str, token: str, port: int) -> None:
        """Log in by OAUTHBEARER, else XOAUTH2, with an access token. For encrypted connections only."""
        offered = self._smtp.esmtp_features.get("auth", "").upper().split()
        if "OAUTHBEARER" in offered:
            command, secret, farewell = "OAUTHBEARER", bearer_oauthbearer(username, token, self._host, port), "AQ=="
        elif "XOAUTH2" in offered:
            command, secret, farewell = "XOAUTH2", bearer_xoauth2(username, token), ""
        else:
            answer = reply_text(f"the server takes no OAuth2; it offers: {' '.join(offered) or 'no login at all'}")
            raise DeliveryError(stage="login", answer=answer, permanent=True)
        self._secrets = _forms(token) + _forms(secret)
        self._replies.allow(self._timeout)
        with _stage("login"):
            reply = self._smtp.docmd(f"AUTH {command} {b64encode(secret.encode()).decode()}")
            if reply[0] // 100 == GO_ON:  # the token is not taken: the challenge says why, and wants an answer
                why = self._without_secrets(reason(reply[1]).encode()).decode()
                code, words = self._smtp.docmd(farewell)
                is_no = code // 100 in {REFUSED_FOR_NOW, REFUSED}
                reply = (code if is_no else NOT_TAKEN, words + f" ({why})".encode())
        self._on_step("login", self._checked("login", reply, DONE))

    def address(self, sender: str, recipient: str) -> None:
        """Name sender and recipient, as `ascii_address` and `envelope_address` return them."""
        self._smtp.command_encoding = "ascii"
        option = "" if recipient.isascii() else self._international()
        self._on_step("sender", self._say("sender", f"MAIL FROM:<{sender}>{option}", DONE))
        self._on_step("recipient", self._say("recipient", f"RCPT TO:<{recipient}>", DONE))

    def _international(self) -> str:
        """The option of MAIL for an address beyond ASCII (RFC 6531 §3.4), which only some servers take."""
        if not self._smtp.has_extn("smtputf8"):
            answer = "the server does not offer SMTPUTF8, which an address with letters beyond ASCII needs"
            raise DeliveryError(stage="recipient", answer=answer, permanent=True)
        self._smtp.command_encoding = "utf-8"
        return " SMTPUTF8"

    def hand_over(self, body: bytes, reply_timeout: timedelta) -> str:
        """Send the message and its final dot; returns the answer with which the server accepts it.

        A connection that breaks before the dot means "not accepted"; after the dot, the outcome is unknown (RFC 1047).
        """
        self._say("data", "DATA", GO_ON)
        with _stage("data"):
            self._smtp.send(dot_stuffed(body))
        try:
            self._replies.allow(reply_timeout)
            self._smtp.send(b".\r\n")
            reply = self._smtp.getreply()
        except OSError as error:
            answer = f"no answer after the final dot: {_words(error)}"
            raise DeliveryError(stage="data", answer=answer, unknown=True) from error
        is_unknown = reply[0] // 100 not in {DONE, REFUSED_FOR_NOW, REFUSED}
        answer = self._checked("data", reply, DONE, unknown=is_unknown)
        self._on_step("data", answer)
        return answer

    def _listen(self, sock: socket.socket) -> None:
        self._replies = Replies(sock)
        self._smtp.sock, self._smtp.file = sock, self._replies

    def _say(self, stage: str, command: str, wanted: int, *, secret: str = "") -> str:
        """One command and its answer. A `secret` goes out in base64."""
        token = b64encode(secret.encode()).decode()
        self._replies.allow(self._timeout)
        with _stage(stage):
            reply = self._smtp.docmd(f"{command} {token}".strip())
        return self._checked(stage, reply, wanted)

    def _without_secrets(self, words: bytes) -> bytes:
        for secret in self._secrets:
            words = words.replace(secret, b"[hidden]")
        return words

    def _checked(self, stage: str, reply: tuple[int, bytes], wanted: int, *, unknown: bool = False) -> str:
        """The answer, if it has the expected code. If a server repeats the password, it is removed."""
        code, words = reply
        answer = reply_text(self._without_secrets(words))
        if code // 100 == wanted:
            return f"{code} {answer}"
        raise refusal(stage, code, answer, unknown=unknown)


def dot_stuffed(body: bytes) -> bytes:
    """The body as it goes after DATA, without the final dot (RFC 5321 §4.5.2); the server gets `body` back exactly."""
    ended = body if body.endswith(b"\r\n") else body + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended)


def _described(sock: ssl.SSLSocket) -> str:
    certificate = sock.getpeercert() or {}
    alternatives: Any = certificate.get("subjectAltName", ())
    names = ", ".join(str(name) for _, name in alternatives)
    return reply_text(f"{sock.version()}, certificate for {names} until {certificate.get('notAfter', 'ever')}")


def _forms(secret: str) -> list[bytes]:
    """A secret as a server could repeat it."""
    return [form for form in (secret.encode(), b64encode(secret.encode())) if form]


@contextmanager
def _stage(name: str) -> Iterator[None]:
    """Turn errors inside the block into a DeliveryError of this stage; the original error remains its cause."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        answer = f"the server's certificate was not accepted: {reply_text(error.verify_message)}"
        raise DeliveryError(stage="tls", answer=answer, permanent=True) from error
    except socket.gaierror as error:
        raise DeliveryError(stage="resolve", answer=_words(error)) from error
    except OSError as error:  # smtplib's errors are among these
        raise DeliveryError(stage=name, answer=_words(error)) from error


def _words(error: OSError) -> str:
    """The system's error. smtplib often hides it behind "not connected" and keeps it as the context."""
    cause = error.__context__ if isinstance(error.__context__, OSError) else error
    return reply_text(str(cause) or type(cause).__name__)


def _address_literal(sock: socket.socket) -> str:
    """The name that a client without a host name uses (RFC 5321 §4.1.3)."""
    address = str(sock.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
