"""The static pages of past editions: a folder that opens from disk or through any web server.

    archive/index.html
    archive/Daily/2016-09-21.html
    archive/feeds/topic-Syria.atom

Writes pages and feeds that are already rendered; it neither words nor lists them, and removes no page.
"""

import hashlib
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from monitor.files import write_whole

INDEX = "index.html"
FORM = b"<!-- archive: form 2 -->\n"
"""At the end of an index: beside it lie pages that lead to each other. A folder without this mark is written again."""

FEEDS = "feeds"
FEED_KINDS = ("atom", "json")
FEED = re.compile(r"(topic|digest|search)-[\w-]+\.(atom|json)")
"""The files of that folder that are feeds: others may be pages of a digest of this name."""

FOLDER_MODE = 0o700
NAME_CHARACTERS = 80
DIGEST_CHARACTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Where the pages lie, and the web address under which people read them ("": from disk)."""

    folder: Path
    url: str = ""

    def address(self, digest_name: str, slot: str) -> str:
        """Where people read the page of an edition."""
        path = page_path(self.folder, digest_name, slot)
        if not self.url:
            return path.as_uri()
        return f"{self.url.rstrip('/')}/{relative_address(digest_name, slot)}"


def page_path(folder: Path, digest_name: str, slot: str) -> Path:
    """The path of an edition's page: always two levels below `folder`, whatever characters the names contain."""
    return folder.absolute() / safe_name(digest_name) / f"{safe_name(slot.replace(':', ''))}.html"


def write_page(folder: Path, digest_name: str, slot: str, html: str) -> Path:
    """Write the page, whole or not at all, readable by its owner alone (rule S17); the same page again changes nothing.

    Raises OSError when the folder cannot be written.
    """
    path = page_path(folder, digest_name, slot)
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
    write_whole(path, html.encode())
    return path


def feed_address(kind: str, name: str) -> str:
    """Where the feed of a topic, digest or search lies, relative to the index, without the extension."""
    return f"{FEEDS}/{kind}-{safe_name(name)}"


def write_feed(folder: Path, address: str, content: bytes) -> None:
    """Write a feed, as `write_page` does; one that says the same stays as it is, with its time. Raises OSError."""
    path = folder.absolute() / address
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    write_whole(path, content)


def remove_feeds(folder: Path, kept: Collection[str]) -> None:
    """Remove all feeds but those at these addresses, which have their extension here. Raises OSError."""
    there = folder.absolute() / FEEDS
    for path in there.iterdir() if there.is_dir() else ():
        if FEED.fullmatch(path.name) and f"{FEEDS}/{path.name}" not in kept:
            path.unlink(missing_ok=True)


def write_index(folder: Path, html: str) -> None:
    """Write the first page, as `write_page` does. Raises OSError."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    write_whole(folder.absolute() / INDEX, html.encode() + FORM)


def has_index(folder: Path) -> bool:
    """Whether the folder has an index of today's form: not one that is gone, or of an earlier version."""
    try:
        with (folder / INDEX).open("rb") as file:
            file.seek(-len(FORM), os.SEEK_END)
            return file.read() == FORM
    except OSError:  # also if it is shorter than that
        return False


def relative_address(digest_name: str, slot: str) -> str:
    """The path of an edition's page, relative to the index."""
    return page_path(Path("/"), digest_name, slot).relative_to("/").as_posix()


def safe_name(name: str) -> str:
    """`name` as one path component of letters, digits, `_` and `-`; two names never share one.

    What had to be changed gets a piece of the name's hash, so that `A/B` and `A B` stay apart.
    """
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:NAME_CHARACTERS]
    if plain == name != "":
        return plain
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_CHARACTERS]
    return f"{plain}-{mark}".lstrip("-")
