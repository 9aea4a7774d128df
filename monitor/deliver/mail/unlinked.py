"""A message without the links of hosts that a mail server does not want to read of. Pure.

Filters look for listed hosts in links and in plain words alike, and some name them in their answer: "554 5.7.1 contains
a listed URL: bad.example". The headline stays; the link goes, and the host is written so that nobody takes it for one.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape, unescape

from monitor.url import host_of, hosts_in, registrable_domain, unlinked

LEFT_OUT = "(link left out)"

_LINK = re.compile(r"https?://[^\s<>\"'“”]+", re.IGNORECASE)
_ADDRESS = re.compile(r"@[\w.-]+")
_HREF = re.compile(r"""\shref="([^"]*)"|\shref='([^']*)'""", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


def refused_hosts(answer: str, *texts: str, parties: Sequence[str] = ()) -> tuple[str, ...]:
    """The hosts that the answer of a server names and that these texts link to, or to hosts below them. Not those of
    addresses, nor of the domains of `parties`, the addresses of sender and recipient: who answers names itself so.
    """
    linked = _linked(texts)
    own = {_domain(each.rpartition("@")[2].rstrip("> ")) for each in parties}
    named = dict.fromkeys(host.lower() for host in hosts_in(_ADDRESS.sub("@", answer)))
    return tuple(host for host in named if _domain(host) not in own and any(_is_below(each, host) for each in linked))


def linked_hosts(*texts: str) -> tuple[str, ...]:
    """The domains of all hosts that these texts link to."""
    return tuple(sorted({_domain(host) for host in _linked(texts) if host}))


def _domain(host: str) -> str:
    return registrable_domain(f"http://{host}/")


def _linked(texts: Iterable[str]) -> set[str]:
    return {host_of(unescape(link)) for text in texts for link in _LINK.findall(text)}


def without_links(text: str, hosts: Sequence[str]) -> str:
    """Plain text without the links of these hosts, and with their names written apart."""
    kept = _LINK.sub(lambda link: LEFT_OUT if _is_of(link[0], hosts) else link[0], text)
    return _named_apart(kept, hosts)


def html_without_links(page: str, hosts: Sequence[str]) -> str:
    """The same for a page: the words of a link stay."""
    kept = _HREF.sub(lambda link: "" if _is_of(unescape(link[1] or link[2] or ""), hosts) else link[0], page)
    return _named_apart(_LINK.sub(lambda link: LEFT_OUT if _is_of(unescape(link[0]), hosts) else link[0], kept), hosts)


def with_note(page: str, note: str) -> str:
    """The page with a line at its top."""
    start = _BODY.search(page)
    at = start.end() if start else 0
    return f"{page[:at]}<p>{escape(note)}</p>{page[at:]}"


def _is_of(link: str, hosts: Sequence[str]) -> bool:
    return any(_is_below(host_of(link), host) for host in hosts)


def _is_below(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _named_apart(text: str, hosts: Sequence[str]) -> str:
    for host in hosts:
        name = re.compile(rf"(?<![\w-]){re.escape(host)}(?![\w-])", re.IGNORECASE)
        text = name.sub(lambda found: unlinked(found[0]), text)
    return text
