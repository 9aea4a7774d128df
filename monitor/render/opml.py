"""The feeds of a config as OPML 2.0, for other readers: a folder for each group. The same feeds give the same bytes."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import quoteattr

from monitor.model.settings import FeedSettings

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>Feeds of News Monitor</title>
  </head>
  <body>
"""
FOOT = """  </body>
</opml>
"""


def opml(feeds: Iterable[FeedSettings]) -> str:
    """The OPML document. Feeds stay in their order; those without a group come first, groups by name."""
    by_group = sorted(feeds, key=lambda feed: (feed.group != "", feed.group))
    lines = (line for group, each in groupby(by_group, lambda feed: feed.group) for line in _lines(group, each))
    return "".join((HEAD, *lines, FOOT))


def _lines(group: str, feeds: Iterable[FeedSettings]) -> Iterator[str]:
    indent = "      " if group else "    "
    if group:
        yield f"    <outline text={quoteattr(group)} title={quoteattr(group)}>\n"
    for feed in feeds:
        name = quoteattr(feed.outlet or feed.url)
        title = f" title={name}" if feed.outlet else ""
        yield f'{indent}<outline type="rss" text={name}{title} xmlUrl={quoteattr(feed.url)}/>\n'
    if group:
        yield "    </outline>\n"
