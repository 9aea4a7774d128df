"""Links in mails by which a recipient pauses what they get: who and what stands in them, signed. Pure.

Whoever has the link may use it, and can make no other one. It lasts as long as its key, so that old mails work.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hmac import compare_digest, digest

PATH = "/leave/"
"""Where the page takes the token of a link."""

SIGNATURE_BYTES = 20
MOST_CHARACTERS = 2_000
"""Of a token; an address has at most 254, and a name of a digest 200, which may take twelve each."""

_LINK = re.compile(rf"({PATH}[A-Za-z0-9_-]+)\.[A-Za-z0-9_-]{{27}}")
"""A signature has 27 characters."""


def signed(key: bytes, recipient: str, subject: str) -> str:
    """The token for what this recipient gets under this subject: always the same one."""
    said = json.dumps([recipient, subject], ensure_ascii=False, separators=(",", ":")).encode()
    return f"{_text(said)}.{_text(_signature(key, said))}"


def opened(key: bytes, token: str) -> tuple[str, str] | None:
    """Recipient and subject of a token; None if it was not signed with this key, or there is no key."""
    said, dot, signature = token.partition(".")
    if not key or not dot or len(token) > MOST_CHARACTERS:
        return None
    try:
        plain = _bytes(said)
        is_ours = compare_digest(_bytes(signature), _signature(key, plain))
    except (Error, ValueError):
        return None
    if not is_ours:
        return None
    recipient, subject = json.loads(plain)
    return recipient, subject


def masked(text: str) -> str:
    """The text without the signature of any link in it, for whoever is not its recipient."""
    return _LINK.sub(r"\1.…", text)


def _signature(key: bytes, said: bytes) -> bytes:
    return digest(key, b"pause " + said, "sha256")[:SIGNATURE_BYTES]


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
