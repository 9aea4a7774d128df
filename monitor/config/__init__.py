"""The TOML file: where it is, what it says, and everything that is wrong with it, reported at once.

A config is loaded completely or not at all: ConfigError lists every problem with its line, its key and what to write
instead. A file that lost its content is still valid TOML, so a config must have the sections that the service needs
(`agreement.require_content`), unless it is read as a draft. Only `edit` writes a config, and nothing here uses the
network.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from monitor.config.document import Document, read_document
from monitor.config.find import find_config
from monitor.config.findings import Findings, problems
from monitor.config.include import with_included
from monitor.config.sections import read_settings, read_storage
from monitor.config.settings import Settings
from monitor.config.table import Reading
from monitor.errors import ConfigError, Problem
from monitor.model.settings import StorageSettings

__all__ = ["Settings", "check", "find_config", "joined", "load", "place_of"]


def load(
    path: Path,
    environ: Mapping[str, str],
    *,
    is_draft: bool = False,
    is_with_terms: bool = True,
    instead: Mapping[Path, bytes] | None = None,
) -> Settings:
    """The settings in the file. Raises ConfigError with every problem of it, warnings included.

    A draft may be unfinished: what it lacks is in `Settings.missing`. Without terms (`is_with_terms`) nobody asks what
    the terms of topics mean, or whether they can be meant, and `Settings.lists` has none of the library.
    `instead`: by its real path, what a file would hold after an edit.
    """
    document = read_document(path, instead)
    findings = Findings()
    reading = Reading(
        file=path,
        environ=environ,
        lines=document.lines,
        findings=findings,
        is_with_terms=is_with_terms,
        instead=instead or {},
    )
    document = with_included(document, reading, _place(document, environ).folder)
    reading = replace(reading, lines=document.lines, files=document.files, own=document.own)
    settings = read_settings(document.content, reading)
    in_words = partial(
        problems,
        file=path,
        document=document.content,
        lines=document.lines,
        files=document.files,
        own=document.own,
    )
    told, missing = in_words(findings.items) + tuple(findings.elsewhere), in_words(findings.missing)
    is_refused = any(not problem.is_warning for problem in told) or (missing and not is_draft)
    if settings is None or is_refused:
        raise ConfigError(told if is_draft else missing + told)
    files = {name: getattr(document, name) for name in ("included", "absent", "blank")}
    return replace(settings, warnings=told, missing=missing, **files)


PLACE = ("folder", "database", "database_password_file")
"""The keys of `[storage]` that say where the data are."""


def place_of(path: Path, environ: Mapping[str, str]) -> StorageSettings:
    """Where the data are according to the file, whatever else is wrong with it: a daemon goes on with the config that
    it has, and whether it lives must not depend on a later mistake. If the file is not TOML, the default folder.
    """
    document = Document(file=path, content={}, lines={})
    with suppress(ConfigError):
        document = read_document(path)
    return _place(document, environ)


def _place(document: Document, environ: Mapping[str, str]) -> StorageSettings:
    written = document.content.get("storage")
    keys = {key: written[key] for key in PLACE if key in written} if isinstance(written, dict) else {}
    return read_storage(keys, _quiet_reading(document.file, environ))


def _quiet_reading(file: Path, environ: Mapping[str, str]) -> Reading:
    """For a look at a part of a config, whose mistakes are reported elsewhere."""
    return Reading(file=file, environ=environ, lines={}, findings=Findings(), is_with_terms=False)


def joined(path: Path, environ: Mapping[str, str]) -> Document:
    """The config with what it includes, as it is written: tables have the numbers that they have in `load`.

    Raises ConfigError if the file itself cannot be read.
    """
    document = read_document(path)
    folder = _place(document, environ).folder
    return with_included(document, _quiet_reading(path, environ), folder)


def check(path: Path, environ: Mapping[str, str], *, is_draft: bool = False) -> tuple[Problem, ...]:
    """Every problem and warning, in the order of the file; empty if there is none. What a draft
    lacks is not included.
    """
    try:
        return load(path, environ, is_draft=is_draft).warnings
    except ConfigError as error:
        return error.problems
