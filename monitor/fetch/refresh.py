"""Where an HTML page sends the reader on that stands at the address of a feed.

Pure. Only the `<meta http-equiv=refresh>` of browsers is read, no script. Whether the way may be gone is for
`targets` to decide, as for any redirect.
"""

import re
from html import unescape

from monitor.fetch.sniff import feed_root

HEAD_BYTES = 65_536
"""A page says it in its head."""

MAX_WAIT_SECONDS = 30
"""A page that waits longer renews itself, as a ticker does; it does not send anybody on."""

_UNSEEN = re.compile(rb"<!--.*?(?:-->|\Z)|<(script|style|textarea|title)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)
_META = re.compile(r"<meta\s([^>]{1,4000})", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]{1,40})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_REFRESH = re.compile(r"""(?:(\d{1,9})[\d.]{0,9})? ?[;, ] ?(?:url ?= ?)?["']? ?([^"']+)["']?.*""", re.IGNORECASE)


def refresh_target(body: bytes) -> str:
    """The address that a page sends on to, as written there; "" if this is no page, or it does not."""
    if not body or feed_root(body):
        return ""
    head = _UNSEEN.sub(b" ", body[:HEAD_BYTES].replace(b"\0", b"")).decode("utf-8", "replace")
    for meta in _META.finditer(head):
        attributes = {name.lower(): unescape("".join(values)) for name, *values in _ATTRIBUTE.findall(meta[1])}
        if attributes.get("http-equiv", "").strip().lower() != "refresh":
            continue
        found = _REFRESH.fullmatch(" ".join(attributes.get("content", "").split()))
        if found and int(found[1] or 0) <= MAX_WAIT_SECONDS:
            return found[2].strip()
    return ""
