"""Places that a reader can open: no mail that leaves this machine names another (decision 37)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from monitor.deliver import is_local
from monitor.jobs.stages import Stages
from monitor.model.edition import Edition
from monitor.model.rollup import RollUp

FILE_URL = re.compile(r"\bfile:/+[^\s\"'“”‘’<>]*")
ABSOLUTE = re.compile(r"(?<![\w/:.\]%=?&#-])~?/(?:[\w.@+-]+/)+[\w.@+-]*")
"""A path of two names and more, and no part of a web address."""


def archive_address(stages: Stages, digest: str, slot: str) -> str:
    """Where the reader of a mail finds the page of an edition; "" if that reader can open none."""
    return stages.archive.address(digest, slot) if stages.archive.url or is_local(stages.channel) else ""


def for_readers(stages: Stages, edition: Edition | RollUp) -> Edition | RollUp:
    """The edition, naming no file of this machine if it is mailed to another."""
    coverage = edition.coverage
    failing = tuple(replace(each, reason=said_to_readers(stages, each.reason)) for each in coverage.failing)
    notes = tuple(said_to_readers(stages, note) for note in coverage.notes)
    return replace(edition, coverage=replace(coverage, failing=failing, notes=notes))


def said_to_readers(stages: Stages, text: str) -> str:
    """A sentence as a mail may say it: of a path on this machine, if the mail leaves it, only the last name."""
    return text if is_local(stages.channel) else without_paths(text, _folders(stages))


def without_paths(text: str, folders: Sequence[Path] = ()) -> str:
    """`text` with only the last name of each path in it. `folders` are found whatever is in their names.

    "/srv/news/backups: no space left" becomes "backups: no space left"; web addresses stay.
    """
    names = sorted({str(folder).rstrip("/") for folder in folders} - {""}, key=len, reverse=True)
    known = [re.compile(rf"(?<![\w/:.]){re.escape(name)}(?:/[^\s\"'“”‘’<>:,;)]*)?(?![\w-])") for name in names]
    for pattern in (FILE_URL, *known, ABSOLUTE):
        text = pattern.sub(lambda found: _last(found[0]), text)
    return text


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _folders(stages: Stages) -> list[Path]:
    storage = stages.storage
    templates = [digest.templates for digest in stages.digests]
    folders = [storage.folder, storage.archive_folder, storage.backup_folder, storage.database_file.parent]
    return [folder for folder in (*folders, storage.templates_dir, *templates) if folder is not None]
