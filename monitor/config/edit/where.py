"""In which file an edit is made: where its table stands; a new table where new ones of its kind belong.

New feeds and groups go into the file called `feeds.toml` that the config includes, new topics into `topics.toml`; if it
includes none of that name, into the config. A feed that an included file may not have (one with a login) goes into the
config in any case, and all that is added with it.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from monitor.config.document import Document
from monitor.config.edit.changes import AddTable, CannotEdit, Edit, MakeTable
from monitor.config.include import unshared
from monitor.config.positions import KeyPath

HOMES = {"feeds": "feeds.toml", "groups": "feeds.toml", "topics": "topics.toml"}
"""By section, the name of the included file for new tables."""


def file_with(document: Document, path: KeyPath) -> Path:
    """The file in which a part of the config is written: the config itself or one that it includes."""
    return document.files.get(path[:2], document.file)


def home_of(document: Document, section: str) -> Path:
    """The file for new tables of a section; it may not be there yet."""
    return next((file for file in document.included if file.name == HOMES.get(section)), document.file)


def located(document: Document, edits: Sequence[Edit]) -> tuple[Path, list[Edit]]:
    """The file in which the edits of a joined config are made, and the same edits with the paths that they have there.

    Raises CannotEdit if they are in several files: one of these could be written, and the other not.
    """
    new = [each for each in edits if _is_new(each, document)]
    is_for_config = any(_is_unshared(each, document) for each in new)
    files = {
        (document.file if is_for_config else home_of(document, str(each.path[0])))
        if each in new
        else file_with(document, each.path)
        for each in edits
    }
    if len(files) > 1:
        names = " and ".join(sorted(map(str, files)))
        raise CannotEdit(f"the change is in several files: {names}.")
    return files.pop() if files else document.file, [_in_file(each, document) for each in edits]


def _is_new(edit: Edit, document: Document) -> bool:
    match edit:
        case AddTable(path=(str(section),)):
            return section in HOMES
        case MakeTable(path=(str(section), name)):
            return section in HOMES and name not in document.content.get(section, {})
        case _:
            return False


def _is_unshared(edit: Edit, document: Document) -> bool:
    """Whether a new table may stand in the config alone."""
    if not isinstance(edit, (AddTable, MakeTable)) or edit.path[0] not in ("feeds", "groups"):
        return False
    groups = document.content.get("groups", {})
    own = {name: group for name, group in groups.items() if file_with(document, ("groups", name)) == document.file}
    return next(unshared(edit.content, own), None) is not None


def _in_file(edit: Edit, document: Document) -> Edit:
    return replace(edit, path=(*document.own.get(edit.path[:2], edit.path[:2]), *edit.path[2:]))
