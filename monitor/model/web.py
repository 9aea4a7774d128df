"""The `[web]` and `[[users]]` tables: where the page for people is, how it is asked, and who may."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from monitor.model.settings import is_this_machine

Role = Literal["reader", "owner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings:
    """One `[[users]]` table: a person who may use the page."""

    name: str
    """The name that they type, and that a reverse proxy says."""
    role: Role = "reader"
    """A reader reads, judges, and pauses their own digests; an owner may do all that the page can do."""
    password: str = field(default="", repr=False)
    """The hash of their password (Argon2id); "" if only a reverse proxy says who they are."""
    recipient: str = ""
    """What messages to them are stored under; "" if they get none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """The `[web]` table."""

    listen: str = ""
    """Address and port of the page for people, such as "127.0.0.1:8222"; "" for none."""
    hosts: tuple[str, ...] = ()
    """Names under which that page is asked, beside addresses, `localhost` and names without a dot."""
    public_url: str = ""
    """The address of the page for those who read mails, without a slash at its end; "" if they can open none."""
    proxies: tuple[str, ...] = ()
    """Addresses and networks of reverse proxies whose word counts: on where a request comes from, and from whom."""
    proxy_header: str = ""
    """The header in which such a proxy names the user, in lower case; "" if it does not."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of `listen`."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def names(self) -> tuple[str, ...]:
        """All names with a dot under which the page is asked."""
        public = urlsplit(self.public_url).hostname
        return (*self.hosts, public) if public else self.hosts

    @property
    def is_encrypted(self) -> bool:
        """Whether browsers ask for the page by https."""
        return self.public_url.startswith("https://")


def open_listening(web: WebSettings) -> str:
    """Why a page that asks nobody for a password must not listen there; "" if only this machine can reach it."""
    if not web.listen or is_this_machine(web.address[0]):
        return ""
    return (
        f'listen = "{web.listen}" can be reached by other machines, and the page asks nobody for a password;'
        f' write "127.0.0.1:{web.address[1]}", or write [[users]] with a password each.'
    )
