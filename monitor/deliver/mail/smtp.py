"""The SMTP channel: its settings, and the steps that send a message to a mail server.

The steps themselves are in `smtp_session`, what the message looks like in `message`, and what
happens after a failure in `retry`. Nothing is sent to a server that has not proved who it is.
"""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from monitor.deliver.channel import OnStep, SenderFinding, ignore_step
from monitor.deliver.mail.address import bare_address, is_for_documents
from monitor.deliver.mail.check_sender import check_sender
from monitor.deliver.mail.form import MailForm
from monitor.deliver.mail.message import ascii_domain, envelope_address, sender_address, sender_domain
from monitor.deliver.mail.oauth import TokenSource
from monitor.deliver.mail.server_name import server_name_problem
from monitor.deliver.mail.smtp_batch import SmtpBatch
from monitor.deliver.mail.smtp_session import MailServer, SmtpSession, is_hello
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery
from monitor.model.settings import is_this_machine

Tls = Literal["starttls", "implicit", "none"]

LONGEST_DIALOGUE = 16
"""Steps but the last: connection, greeting, EHLO, STARTTLS, TLS, EHLO, login in three, sender, recipient, DATA; before
them sender, recipient, DATA and QUIT in a session that the server had ended.
"""

USUAL_PORTS: dict[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpChannel(MailForm):
    """`[mail] kind = "smtp"`. Settings that would send a password in the clear are a ValueError.

    `host` and `port` name the submission server; without a port it is 587, with `tls = "implicit"` 465, with "none"
    25. `tls`: "starttls", "implicit" (TLS from the first byte), or "none", which is for a server on this machine
    alone. `sender` is the From line, best an address that `username` may send from. The password comes from
    `password_file` or the environment variable `password_env`; both are read by `config`, which fills `password`.
    `oauth_file` has a refresh token instead of a password (docs/smtp-oauth2.md): `oauth_token_url` makes it an access
    token for the application `oauth_client_id`. `plain_relay` allows `tls = "none"` to a relay on a private address,
    without a login. `ca_file` holds the certificates to trust (PEM) instead of the system's. `hello` is the name by
    which this machine introduces itself; without it the domain of `sender`. `connect_timeout` is for each address of
    the server. `command_timeout` and `reply_timeout` (for the answer to the whole message, where a short timeout
    causes repeats) are those of RFC 5321 §4.5.3.2.
    """

    host: str
    sender: str
    port: int | None = None
    tls: Tls = "starttls"
    username: str = ""
    password_file: Path | None = None
    password_env: str = ""
    password: str = field(default="", repr=False)
    oauth_file: Path | None = None
    oauth_client_id: str = ""
    oauth_token_url: str = ""
    plain_relay: bool = False
    ca_file: Path | None = None
    hello: str = ""
    connect_timeout: timedelta = timedelta(seconds=15)
    command_timeout: timedelta = timedelta(minutes=5)
    reply_timeout: timedelta = timedelta(minutes=10)

    def __post_init__(self) -> None:
        sender_address(self.sender)
        if problem := server_name_problem(self.host):
            raise ValueError(problem)
        if (self.port, self.tls) == (USUAL_PORTS["implicit"], "starttls"):
            raise ValueError(
                'port 465 speaks TLS from the first byte (RFC 8314); write tls = "implicit", or port = 587'
            )
        if not self.username and (self.password_file or self.password_env):
            raise ValueError("there is a password but no username; write both or none")
        if problem := self._oauth_problem():
            raise ValueError(problem)
        if self.tls == "none" and (self.username or not (self.plain_relay or is_this_machine(self.host))):
            raise ValueError(
                'tls = "none" is only for a server on this machine (host = "localhost") and without a login, '
                'because anyone on the way can read it; write tls = "starttls" or "implicit", or for a relay without a '
                "login on a private address plain_relay = true"
            )
        if self.hello and not is_hello(self.hello):
            raise ValueError(
                f"hello = {self.hello!r} is not a name for this machine; write one that DNS knows, such as "
                '"news.example.org", or an address in brackets'
            )
        if min(self.connect_timeout, self.command_timeout, self.reply_timeout) <= timedelta():
            raise ValueError("connect_timeout, command_timeout and reply_timeout must be more than zero")

    def _oauth_problem(self) -> str:
        keys = self.oauth_file, self.oauth_client_id, self.oauth_token_url
        if not any(keys):
            return ""
        if not all(keys) or not self.username:
            return "OAuth2 needs username, oauth_file, oauth_client_id and oauth_token_url; write all of them"
        if self.password_file or self.password_env or self.password:
            return "there is a password beside oauth_file; write one of them"
        if not self.oauth_token_url.startswith("https://"):
            return "oauth_token_url begins with https://, because a secret is sent there"
        return ""

    @property
    def has_other_login(self) -> bool:
        """Whether it logs in without a password."""
        return self.oauth_file is not None

    @staticmethod
    def recipient(text: str) -> str:
        """Only an address that a mail server can take: sending has the same rule."""
        envelope_address(bare_address(text))
        return text

    def check_reach(self, recipient: str) -> str:
        """Domains of examples receive no mail (RFC 2606, RFC 7505). A server on this machine may be there for tests."""
        if not is_for_documents(recipient):
            return ""
        problem = f'"{recipient}" is an address for examples, and its domain receives no mail; write a real one.'
        if not is_this_machine(self.host):
            raise ValueError(problem)
        return problem

    @property
    def send_timeout(self) -> timedelta:
        """The longest time that sending may take: the limits of all steps, from the connection to the final reply."""
        return LONGEST_DIALOGUE * self.command_timeout + self.reply_timeout

    def send(self, delivery: Delivery) -> str:
        """One session for one message."""
        return self.send_with_steps(delivery, ignore_step)

    def batch(self) -> SmtpBatch:
        """A `send` for several messages with one login, which remembers its access token and the addresses that take
        no connection.
        """
        server, tokens = self._server(), list[str]()
        return SmtpBatch(opened=lambda: self._opened(server, ignore_step, tokens), handed_over=self._handed_over)

    def send_with_steps(self, delivery: Delivery, on_step: OnStep) -> str:
        """Like `send`; `on_step` is called after each successful step."""
        _envelope_address(delivery.recipient)
        with self._opened(self._server(), on_step) as session:
            return self._handed_over(session, delivery)

    def _opened(self, server: MailServer, on_step: OnStep, tokens: list[str] | None = None) -> SmtpSession:
        """A session that is encrypted and logged in."""
        session = SmtpSession.opened(server, self._hello(), self.command_timeout, on_step)
        try:
            self._secure(session)
            self._log_in(session, tokens)
        except BaseException:
            session.end()
            raise
        return session

    def _handed_over(self, session: SmtpSession, delivery: Delivery) -> str:
        session.address(sender_address(self.sender), _envelope_address(delivery.recipient))
        return session.hand_over(delivery.body, self.reply_timeout)

    def _server(self) -> MailServer:
        is_plain = self.plain_relay and self.tls == "none"
        port = self.port or USUAL_PORTS[self.tls]
        return MailServer(self.host, port, self.connect_timeout, is_private_only=is_plain)

    def _hello(self) -> str:
        """The sender's domain is a name that DNS knows; what the machine is called often is not, and some servers
        refuse an address. A sender on this machine has no such domain.
        """
        domain = sender_domain(self.sender)
        return self.hello or (domain if "." in domain else "")

    def check_connection(self, timeout: timedelta) -> str:
        """Connect, prove TLS and log in; no message."""
        port = self.port or USUAL_PORTS[self.tls]
        place = replace(self._server(), patience=min(timeout, self.connect_timeout))
        with SmtpSession.opened(place, self._hello(), timeout) as server:
            self._secure(server)
            self._log_in(server)
        proofs = (", TLS works" if self.tls != "none" else "") + (", login accepted" if self.username else "")
        return f"{self.host}:{port} answers{proofs}"

    def check_sender(self, timeout: timedelta) -> Sequence[SenderFinding]:
        """What the domain of `sender` publishes about its mail."""
        return check_sender(self.sender, timeout)

    def warnings(self) -> Mapping[str, str]:
        """Servers that receive mail compare the domain of the From line with what the sender vouches for (E7)."""
        found = {}
        if self.tls == "implicit" and self.port in {USUAL_PORTS["starttls"], USUAL_PORTS["none"]}:
            found["port"] = f'is {self.port}, where most servers begin without TLS; "implicit" is for port 465.'
        domain = self.username.rpartition("@")[2]
        if "@" not in self.username or sender_domain(self.sender) == ascii_domain(domain):
            return found
        return found | {
            "sender": f"is not at {domain}, the domain of the login; the mail may be taken for spam, or refused."
        }

    def _secure(self, server: SmtpSession) -> None:
        if self.tls == "implicit":
            server.encrypt(self._trust())
        server.greet()
        server.introduce()
        if self.tls == "starttls":
            server.start_tls(self._trust())
            server.introduce()

    def _log_in(self, server: SmtpSession, tokens: list[str] | None = None) -> None:
        """`tokens` holds the access token of a batch, once there is one: a login that fails takes it out."""
        if not self.username:
            return
        if self.oauth_file is not None:
            kept = [] if tokens is None else tokens
            token = kept.pop() if kept else self._token_source(self.oauth_file).access_token()
            server.log_in_by_token(self.username, token, self.port or USUAL_PORTS[self.tls])
            kept.append(token)
            return
        if not self.password:
            answer = f"there is no password for {self.username}; set password_file or password_env in [mail]"
            raise DeliveryError(stage="login", answer=answer, permanent=True)
        server.log_in(self.username, self.password)

    def _token_source(self, file: Path) -> TokenSource:
        return TokenSource(url=self.oauth_token_url, client_id=self.oauth_client_id, file=file)

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:  # an unreadable file, or no certificates in it
            answer = f"cannot read the certificates in ca_file = {str(self.ca_file)!r}: {error.strerror or error}"
            raise DeliveryError(stage="tls", answer=answer, permanent=True) from error


def _envelope_address(recipient: str) -> str:
    try:
        return envelope_address(recipient)
    except ValueError as error:
        raise DeliveryError(stage="recipient", answer=str(error), permanent=True) from error
