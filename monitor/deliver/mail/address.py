"""What a recipient of mail is, as people write one in the config or behind `--to`."""

import re

from monitor.plain_text import escaped

MAX_LENGTH = 254
"""RFC 5321 §4.5.3.1.3, without the angle brackets."""

SHOWN_CHARACTERS = 60

FOR_DOCUMENTS = ("example.com", "example.net", "example.org", "invalid")
"""RFC 2606: nobody receives mail there. `.example` and `.test` are left to those who test."""


def bare_address(value: str) -> str:
    """A bare mail address, safe to stand in a header (rule S18)."""
    name, _, domain = value.partition("@")
    is_plain = value.isprintable() and not re.search(r"[\s<>,;:\"()\[\]\\]", value)
    if not (is_plain and name and domain) or "@" in domain or len(value) > MAX_LENGTH:
        raise ValueError(f'{_quoted(value)} is not a mail address; write it bare, such as "desk@example.org".')
    return value


def is_for_documents(address: str) -> bool:
    """Whether the address is one of examples, such as that of the config that `init` writes."""
    domain = address.rpartition("@")[2].casefold().rstrip(".")
    return any(f".{domain}".endswith(f".{reserved}") for reserved in FOR_DOCUMENTS)


def _quoted(value: str) -> str:
    text = f'"{escaped(value)}"'
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
