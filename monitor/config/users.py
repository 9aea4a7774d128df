"""`[[users]]`, and what `[web]` needs of them: who may use the page, how they prove it, who is believed."""

import re
from collections.abc import Callable, Sequence
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator

from monitor.config import values
from monitor.config.agreement import Tables, check_unique
from monitor.config.findings import quoted
from monitor.config.table import Reading, table
from monitor.config.topics import Name
from monitor.model.web import UserSettings, WebSettings, open_listening

MAX_USERS = 200
HASH = re.compile(
    r"\$argon2id\$v=19\$m=([0-9]{1,7}),t=([0-9]{1,2}),p=([0-9]{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}"
)
MOST_KIBIBYTES, MOST_PASSES = 262_144, 10
"""What checking a password may cost: more would stop the page, whoever types it."""

HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")


def password_hash(value: str) -> str:
    """A hash of a password. Messages do not show it."""
    found = HASH.fullmatch(value)
    if found is None:
        raise ValueError("is not a hash of a password; `news-monitor web password` asks for one and prints its hash.")
    if int(found[1]) > MOST_KIBIBYTES or int(found[2]) > MOST_PASSES:
        raise ValueError("takes too long to check; make the hash by `news-monitor web password`.")
    return value


def proxy(value: str) -> str:
    """An address or a network of reverse proxies."""
    try:
        return str(ip_network(value, strict=False))
    except ValueError:
        raise ValueError(f'{quoted(value)} – write an address or a network: "127.0.0.1", "10.0.0.0/24".') from None


def header_name(value: str) -> str:
    """The name of a request header, in lower case."""
    if value and not HEADER.fullmatch(value):
        raise ValueError(f'{quoted(value)} is not the name of a header; write it like "Remote-User".')
    if value.lower() in {"host", "cookie", "origin", "content-type", "content-length", "x-forwarded-for"}:
        raise ValueError(f'{quoted(value)} says something else; write the header of your proxy, such as "Remote-User".')
    return value.lower()


def public_url(value: str) -> str:
    """The address of the page for others: the root of a host, because the page knows no folder."""
    url = values.web_address(value).rstrip("/")
    if url and not re.fullmatch(r"https?://[^/?#\s]+", url):
        raise ValueError(f'{quoted(value)} has a path; the page needs a name of its own: "https://news.example.org".')
    return url


WEB = table(
    WebSettings,
    listen=Annotated[str, AfterValidator(values.listen_address)],
    hosts=Annotated[list[Annotated[str, AfterValidator(values.private_place)]], AfterValidator(tuple)],
    public_url=Annotated[str, AfterValidator(public_url)],
    proxies=Annotated[list[Annotated[str, AfterValidator(proxy)]], AfterValidator(tuple)],
    proxy_header=Annotated[str, AfterValidator(header_name)],
)


def read_users(tables: Tables, recipient: Callable[[str], str], reading: Reading) -> tuple[UserSettings, ...]:
    """The users that can be read. `recipient` says what a recipient is stored as."""
    if not tables:
        return ()
    known = table(
        UserSettings,
        name=Name,
        password=Annotated[str, AfterValidator(password_hash)],
        recipient=Annotated[str, AfterValidator(recipient)],
    )
    found = [known.read(written, path, reading) for path, written in tables[:MAX_USERS]]
    check_unique(tables, "name", "name", reading)
    if len(tables) > MAX_USERS:
        reading.findings.error(("users",), f"there are {len(tables):,}; at most {MAX_USERS:,} are possible.")
    return tuple(each for each in found if each is not None)


def check_users(web: WebSettings, users: Sequence[UserSettings], tables: Tables, reading: Reading) -> None:
    """Nobody but this machine gets in without a password or the word of a proxy that was named."""
    findings = reading.findings
    if not tables:
        _check_nobody(web, reading)
        return
    if web.proxy_header and not web.proxies:
        message = 'anybody could write this header; write proxies = ["127.0.0.1"], the address of your proxy, too.'
        findings.error(("web", "proxy_header"), message)
    if users and not any(each.role == "owner" for each in users):
        findings.warn(("users",), 'nobody is an owner, so nobody can change anything by the page: role = "owner".')
    if open_listening(web) and not web.is_encrypted:
        findings.warn(
            ("web", "listen"),
            "passwords go through the network as they are typed, unless a reverse proxy with TLS is asked instead;"
            ' then write public_url = "https://…", too.',
        )
    without = [path for path, written in tables if isinstance(written, dict) and "password" not in written]
    for path in () if web.proxy_header else without:
        findings.error(path, "has no password; write password, which `news-monitor web password` prints.")


def _check_nobody(web: WebSettings, reading: Reading) -> None:
    """Without users whoever reaches the page is its owner."""
    if problem := open_listening(web):
        reading.findings.error(("web", "listen"), problem)
    if web.public_url:
        reading.findings.error(
            ("web", "public_url"), "who opens that address would be the owner; write [[users]], too."
        )
    if web.proxy_header:
        reading.findings.error(("web", "proxy_header"), "names users, and there are none; write [[users]], too.")
