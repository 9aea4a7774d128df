"""`include = ["feeds.toml"]`: feeds, groups, topics and lists in separate files, which commands may write where nobody
may write the config, and several configs can share.

They join those of the config before anything is checked (`joined`), and each remembers its file. Such a file may be
owned by the service, and root reads it: so it holds nothing that names a file or sends a secret somewhere.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import PlainValidator

from monitor.config.document import Document, read_document
from monitor.config.findings import line_of, on_one_line
from monitor.config.joined import ARRAYS, NAMED, SECTIONS, with_tables
from monitor.config.positions import KeyPath
from monitor.config.table import Adapter, Reading, check, folder
from monitor.errors import ConfigError, Problem
from monitor.url import stored_url

KEY = "include"
PATHS = Adapter(list[Annotated[Path, PlainValidator(folder)]])

REFUSED = {
    "auth": "a login",
    "headers": "headers, which may be a login,",
    "proxy": "a proxy",
    "ca_file": "the path of a file",
}
"""Keys of feeds and groups that an included file may not have, and what they are."""

WITH_SECRETS = ("auth", "headers")
"""Keys of a group of the config that feeds of included files may not share: they decide where a login is sent."""

HOLDS = "[[feeds]], [groups.NAME], [[topics]] and [lists]"


@dataclass(frozen=True, slots=True)
class _Included:
    """A file that is named in `include`, at this place, and what it holds."""

    place: KeyPath
    document: Document


def with_included(document: Document, reading: Reading, data_folder: Path) -> Document:
    """The config with the tables of the files it includes. Its own come first, then those of the file named first.

    A file below the data folder may be missing: commands write it there.
    """
    named = tuple(_named(document, reading))
    found = tuple(_read(named, reading, data_folder))
    for each in found:
        reading.findings.elsewhere.extend(_strangers(each.document, document.file))
        document, repeated = with_tables(document, each.document)
        reading.findings.elsewhere.extend(repeated)
    read = {each.place for each in found}
    absent = tuple(path for place, path in named if place not in read)
    blank = tuple(each.document.file for each in found if not each.document.content)
    document = replace(document, included=tuple(path for _, path in named), absent=absent, blank=blank)
    return _without_refused(document, reading)


def unshared(table: Mapping[str, Any], groups: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Why a table of `[[feeds]]` or `[groups.NAME]` may not stand in an included file: keys, each with what it is.

    `groups` are those of the config itself.
    """
    yield from ((key, what) for key, what in REFUSED.items() if key in table)
    for key in ("url", "was"):
        if isinstance(url := table.get(key), str) and _has_secret(url):
            yield key, "an address with a login or token in it"
    group = table.get("group")
    shared = groups.get(group) if isinstance(group, str) else None
    if isinstance(shared, dict) and any(key in shared for key in WITH_SECRETS):
        yield "group", "a group with a login"


def _has_secret(url: str) -> bool:
    try:
        return stored_url(url) != url or "@" in urlsplit(url).netloc
    except ValueError:  # no URL, which is reported where feeds are read
        return False


def _named(document: Document, reading: Reading) -> Iterator[tuple[KeyPath, Path]]:
    """The files that `include` names, each once, and where."""
    if KEY not in document.content:
        return
    paths = check(PATHS, document.content[KEY], (KEY,), reading)
    seen = {_real(document.file): "is this config itself"}
    for index, path in enumerate(() if paths is MISSING else paths):
        if reason := seen.get(_real(path)):
            reading.findings.warn((KEY, index), f"has no effect: {path} {reason}.")
            continue
        seen[_real(path)] = "is named above already"
        yield (KEY, index), path


def _read(named: Sequence[tuple[KeyPath, Path]], reading: Reading, data_folder: Path) -> Iterator[_Included]:
    for place, path in named:
        is_ours = _real(path).is_relative_to(_real(data_folder))
        if _real(path) not in reading.instead and _is_missing(path):
            _report_missing(path, place, reading, is_ours=is_ours)
            continue
        try:
            included = read_document(path, reading.instead)
        except ConfigError as error:
            reading.findings.elsewhere.extend(error.problems)
            continue
        reading.findings.files.append((place, path))
        if not included.content and not is_ours:
            message = f"{path} holds nothing any more: restore the file from a copy, or remove it from include."
            reading.findings.lack(place, message)
        yield _Included(place, included)


def _report_missing(path: Path, place: KeyPath, reading: Reading, *, is_ours: bool) -> None:
    if is_ours and not os.path.lexists(path):
        message = f"there is no {path} yet; commands that add feeds or topics write it. If you had one, put it back."
        reading.findings.warn(place, message)
    else:
        reading.findings.error(place, f"there is no file {path}; paths are relative to the folder of this config.")


def _real(path: Path) -> Path:
    """Without links, as far as it is there; unlike `resolve` for any path."""
    return Path(os.path.realpath(path))


def _is_missing(path: Path) -> bool:
    """Not so if it cannot be looked for: reading it says why."""
    try:
        return not path.is_file()
    except OSError:
        return False


def _strangers(included: Document, config: Path) -> Iterator[Problem]:
    """Sections that are not allowed in an included file, and those that are written in another form."""
    for key, value in included.content.items():
        if key not in SECTIONS:
            message = f"an included file may hold only {HOLDS}; move this into {config}."
        elif key in ARRAYS and not isinstance(value, list):
            message = f"may occur many times: write [[{key}]], with two brackets."
        elif key in NAMED and not isinstance(value, dict):
            message = f"is not a table; write its keys below a [{key}] line."
        else:
            continue
        yield Problem(file=included.file, line=line_of((key,), included.lines), key=on_one_line(key), message=message)


def _without_refused(document: Document, reading: Reading) -> Document:
    """The config without the keys that included files may not have; each is reported. They are not even read: the
    file of a password might be one that only root can open.
    """
    content = dict(document.content)
    written = content.get("groups")
    groups = written if isinstance(written, dict) else {}
    groups = {name: group for name, group in groups.items() if ("groups", name) not in document.files}
    for path in document.files:
        section, key = str(path[0]), path[1]
        table = content[section][key]
        if section not in ("feeds", "groups") or not isinstance(table, dict):
            continue
        found = dict(unshared(table, groups))
        for name, what in found.items():
            where = "the whole table" if section == "feeds" else "the group"
            message = f"is {what}, which an included file may not have; move {where} into {document.file}."
            reading.findings.error((*path, name), message)
        if found:
            content[section] = content[section].copy()
            left = {name: value for name, value in table.items() if name not in found}
            content[section][key] = left | _stand_in(found)
    return replace(document, content=content)


def _stand_in(found: Mapping[str, str]) -> dict[str, str]:
    """A url for a feed whose own was refused, so that it is not reported as missing too."""
    return {"url": "https://refused.invalid/"} if "url" in found else {}
