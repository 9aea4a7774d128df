"""What a body looks like from outside: whether it is a feed, whether it ends, whether it has items.

Pure, and cheap: every answer is looked at. It does not parse; what a document says is for `parse`, in a child process.
"""

import json
import re

HEAD_BYTES = 65_536
TAIL_BYTES = 4_096

_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<((?:[\w.-]+:)?(?:rss|rdf|feed|channel|urlset|sitemapindex))(?=[\s/>])", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:[\w.-]+:)?url(?=[\s/>])", re.IGNORECASE)
"""An item of a sitemap. In RSS an image has a <url>, too."""
_JSON_ITEM = re.compile(rb'"items"\s*:\s*\[\s*\{')
_DECLARATION = re.compile(rb"(?:\xff\xfe|\xfe\xff)?\s*<\?xml\b")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_JSON = b"{"


def feed_root(body: bytes) -> bytes:
    """The name of the element that holds the feed, `{` for JSON Feed; b"" if this looks like something else."""
    head = _ascii(body[:HEAD_BYTES])
    if head.lstrip().startswith(_JSON):
        return _JSON if b"jsonfeed.org/version" in head.replace(b"\\/", b"/") else b""
    root = _ROOT.search(head)
    page = _HTML.search(head)
    return root[1] if root and not (page and page.start() < root.start()) else b""


def is_whole(body: bytes) -> bool:
    """Whether this is a feed whose document is closed: nothing that belongs to it can be missing."""
    root = feed_root(body)
    if root == _JSON:
        return _is_json(body)
    end = re.compile(rb"</" + re.escape(root) + rb"\s*>", re.IGNORECASE)
    tail = _COMMENT.sub(b"", _ascii(body[-TAIL_BYTES:]))
    ends = [found.end() for found in end.finditer(tail)]
    return bool(root) and bool(ends) and b"<" not in tail[ends[-1] :]


def is_unfinished(body: bytes) -> bool:
    """Whether this begins like a feed, and its end is missing."""
    if body.lstrip().startswith(_JSON):
        return not _is_json(body)
    return bool(feed_root(body) or _DECLARATION.match(_ascii(body[:HEAD_BYTES]))) and not is_whole(body)


def has_items(body: bytes) -> bool:
    """Whether this is a feed with something in it, and not one that only says that there is nothing."""
    root = feed_root(body)
    item = _JSON_ITEM if root == _JSON else _PAGE if root.lower().endswith(b"urlset") else _ITEM
    return bool(root) and bool(item.search(_ascii(body)))


def _ascii(data: bytes) -> bytes:
    """In UTF-16, too, what is ASCII."""
    return data.replace(b"\0", b"") if b"\0" in data else data.removeprefix(b"\xef\xbb\xbf")


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
