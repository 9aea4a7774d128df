"""Link texts that do not look like another address than the link's own: filters treat those as phishing."""

import re

from monitor.url import ascii_host, host_of

WORD_JOINER = "\u2060"
"""Invisible, and of no width; it breaks the name of a host for programs and not for readers."""

DOTS = ".\u3002\uff0e\uff61"
"""All that IDNA takes for the dot between two labels (RFC 3490 §3.1)."""

_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
HOST = re.compile(rf"{_LABEL}(?:[{DOTS}]{_LABEL})+")
SCHEME = re.compile(r"(?<=\w):(?=//)")


def link_text(text: str, url: str = "") -> str:
    """`text` for a link to `url`. A name in it that looks like a host, and is neither that of `url` nor a domain
    above it, gets a word joiner at each dot: "Booking.com sues" still reads so, and is not an address any more.
    """
    shown = text
    if HOST.search(text):
        own = host_of(url)
        shown = HOST.sub(lambda found: found[0] if _is_own(found[0], own) else _broken(found[0]), text)
    return shown if text == url else SCHEME.sub(f"{WORD_JOINER}:", shown)


def _is_own(name: str, own: str) -> bool:
    try:
        host = ascii_host(name.lower())
    except ValueError:
        return False
    return bool(own) and (own == host or own.endswith(f".{host}")) and "." in host


def _broken(name: str) -> str:
    """Numbers and initials ("3.5", "U.S") are not hosts; what has a last label of two letters may be one, and so may
    four numbers.
    """
    last = re.split(f"[{DOTS}]", name)[-1]
    is_address = re.fullmatch(r"\d+(?:\.\d+){3}", name) is not None
    if not is_address and (len(last) < 2 or last.isdigit()):
        return name
    return re.sub(f"([{DOTS}])", rf"{WORD_JOINER}\1{WORD_JOINER}", name)
