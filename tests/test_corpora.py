"""Other projects' test feeds through the whole flow: polled three times over loopback, every article stored once."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from house import lived_in, settings
from origin import Origin, reply
from test_parse_corpora import CORPORA, HEADERS, feeds, read

from monitor.model.feed import ParsedFeed, ParsedItem
from monitor.model.update import PollReport
from monitor.url import canonical_url

pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason="../shared/corpora is not here")

ADDRESSES = tuple(f"127.0.{number}.1" for number in range(1, 65))
LATER = timedelta(days=8)
"""Longer than the longest back-off, hint or row of days to skip, so that at each tick every feed is due."""

Words = tuple[str, str]


def served(origin: Origin, paths: Iterable[Path]) -> dict[str, Path]:
    """URL → file. Neither the bytes nor validators tell a poll that nothing is new: a line break comes and goes."""
    urls = {}
    for number, (path, address) in enumerate(zip(paths, cycle(ADDRESSES), strict=False)):
        body, headers = path.read_bytes(), list(HEADERS.items())
        origin.serve(f"/{number}", *(reply(each, headers=headers) for each in (body, body + b"\n", body)))
        urls[origin.url(f"/{number}", host=address)] = path
    return urls

