"""Addresses that a reader can open: mail that leaves this machine names no other places (decision 37)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.archive import Archive
from monitor.deliver import Channel, is_local
from monitor.model.edition import Edition
from monitor.model.rollup import RollUp
from monitor.model.settings import DigestSettings, StorageSettings
from monitor.url import unlinked

FILE_URL = re.compile(r"\bfile:/+[^\s\"'“”‘’<>]*")
ABSOLUTE = re.compile(r"(?<![\w/:.\]%=?&#-])~?/(?:[\w.@+-]+/)+[\w.@+-]*")
"""A path of two or more names that is not part of a web address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAddresses:
    """What a mail may say about this machine: everything if the mail stays here, else only web pages and last names of
    paths.
    """

    archive: Archive
    channel: Channel
    folders: tuple[Path, ...]
    """The folders of this installation, which are found in a text whatever characters their names have."""

    def archive_page(self, digest: str, slot: str) -> str:
        """The address of an edition's page for the reader of a mail; "" if the reader cannot open it."""
        return self.archive.address(digest, slot) if self.archive.url or is_local(self.channel) else ""

    def for_readers(self, edition: Edition | RollUp) -> Edition | RollUp:
        """The edition, without paths on this machine if it is mailed to another."""
        coverage = edition.coverage
        failing = tuple(replace(each, reason=self.in_mail(each.reason)) for each in coverage.failing)
        notes = tuple(self.in_mail(note) for note in coverage.notes)
        return replace(edition, coverage=replace(coverage, failing=failing, notes=notes))

    def in_mail(self, text: str) -> str:
        """A sentence for a mail: if the mail leaves this machine, only the last name of each path remains."""
        return text if is_local(self.channel) else without_paths(text, self.folders)

    def quoted(self, text: str) -> str:
        """The words of a mail server for a mail: it may have named a host that filters refuse whole mails for."""
        return text if is_local(self.channel) else unlinked(self.in_mail(text))


def folders_of(storage: StorageSettings, digests: Sequence[DigestSettings]) -> tuple[Path, ...]:
    """The folders whose names must not appear in mail to other machines."""
    templates = [digest.templates for digest in digests]
    folders = [storage.folder, storage.archive_folder, storage.backup_folder]
    if storage.is_file:
        folders.append(storage.database_file.parent)
    return tuple(folder for folder in (*folders, storage.templates_dir, *templates) if folder is not None)


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
