"""What an edit would make of a file: its new content, checked, shown as a diff, then written or not at all.

The file may be the config itself or one that it includes. Where it cannot be edited or written, the same lines are
given to be pasted by hand, with their place.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.cells import chop_cells

from monitor.config import load
from monitor.config.document import SECRET_WORDS, Document
from monitor.config.edit.changes import AddItem, AddTable, CannotEdit, Edit, MakeTable, Remove, SetValue, shown_path
from monitor.config.edit.splice import edited
from monitor.config.edit.toml import key_of, lines_of, text_of
from monitor.config.findings import line_of
from monitor.config.positions import KeyPath
from monitor.config.settings import Settings
from monitor.errors import UsageError
from monitor.files import HasChanged, replace_kept
from monitor.plain_text import escaped
from monitor.unusable import why
from monitor.url import shown_url

CONTEXT_LINES = 2
DIFF_COLUMNS = 80
GOES_ON = "… "
HIDDEN = "(not shown: this line may hold a secret)"
_MAY_BE_URL = re.compile(
    r"""\\.|"(?P<basic>(?:[^"\\]|\\.)*+)"|'(?P<literal>[^']*+)'|\b(?P<bare>[A-Za-z][A-Za-z0-9+.-]{0,20}+://\S+)"""
)
"""A string on its line, whose quotes tell where a URL ends, or a URL without quotes. An escape outside is skipped."""


class NotWritten(UsageError):
    """The file was left as it was; the message says why, and has the lines to paste."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A file as it was read, and as it would be."""

    file: Path
    before: bytes
    after: bytes

    @property
    def instead(self) -> Mapping[Path, bytes]:
        """For `load`: the settings as they would be."""
        return {self.file.resolve(): self.after}


def file_with(document: Document, path: KeyPath) -> Path:
    """The file in which a part of the config is written: an included one may have some of the lists."""
    return document.files.get(path[:2], document.file)


def planned(file: Path, edits: Sequence[Edit], document: Document) -> Plan:
    """What the edits would make of the file. Raises NotWritten, with what to write by hand, if they cannot be made."""
    try:
        before = file.read_bytes()
        return Plan(file=file, before=before, after=edited(before, edits))
    except CannotEdit as error:
        raise _not_written(f"{file} cannot be edited: {error}", _wished(file, edits, document)) from error
    except (OSError, ValueError) as error:
        reason = why(file, error) if isinstance(error, OSError) else f"it is not valid TOML any more: {error}"
        raise _not_written(f"{file} cannot be read: {reason}", _wished(file, edits, document)) from error


def checked(plan: Plan, config: Path, environ: Mapping[str, str]) -> Settings:
    """The settings as they would be. Raises ConfigError if the edited config would have a mistake."""
    return load(config, environ, is_draft=True, instead=plan.instead)


def write(plan: Plan) -> None:
    """Write the file, completely or not at all. Raises NotWritten if it has changed or cannot be written."""
    try:
        replace_kept(plan.file, plan.before, plan.after)
    except HasChanged as error:
        raise NotWritten(f"{plan.file} has changed since it was read. Nothing was written; try again.") from error
    except OSError as error:
        raise _not_written(f"{plan.file} cannot be written: {why(plan.file, error)}", by_hand(plan)) from error


def diff(plan: Plan) -> list[str]:
    """A unified diff, safe to print, in lines of 80 columns; a longer one goes on in the next, behind `…`.

    Lines that go or stay and may hold a secret are not shown: nobody asked for them. In lines that come, `***` stands
    for what is secret in a URL: a diff is read over shoulders and pasted into reports.
    """
    name = escaped(str(plan.file))
    found = list(difflib.unified_diff(*_sides(plan), name, f"{name} (edited)", n=CONTEXT_LINES, lineterm=""))
    return [*found[:2], *(piece for line in found[2:] for piece in _folded(line))]


def by_hand(plan: Plan) -> list[str]:
    """The same change as instructions: the place as FILE:LINE, and the lines to write there."""
    return list(_by_hand(plan))


def _by_hand(plan: Plan) -> Iterator[str]:
    before, after = _sides(plan)
    for kind, start, end, first, last in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        lines = f"line {start + 1}" if end - start == 1 else f"lines {start + 1} to {end}"
        place = escaped(f"{plan.file}:{start + (kind != 'insert')}")
        if kind == "insert":
            yield f"{place}: add below line {start}:" if start else f"{place}: add at the top:"
        elif kind != "equal":
            yield f"{place}: {'remove' if kind == 'delete' else 'replace'} {lines}{'.' if kind == 'delete' else ' by:'}"
        if kind != "equal":
            yield from (escaped(line) for line in after[first:last])


def _sides(plan: Plan) -> tuple[list[str], list[str]]:
    before, after = (each.decode("utf-8-sig").split("\n") for each in (plan.before, plan.after))
    return [line.removesuffix("\r") for line in before], [line.removesuffix("\r") for line in after]


def _folded(line: str) -> Iterator[str]:
    sign, text = line[:1], escaped(line[1:].replace("\t", "    "))
    if sign in "- " and any(word in text for word in SECRET_WORDS):
        text = HIDDEN
    text = _MAY_BE_URL.sub(_without_credentials, text)
    first, *rest = chop_cells(text, DIFF_COLUMNS - len(f"{sign}{GOES_ON}")) or [""]
    yield sign + first
    yield from (f"{sign}{GOES_ON}{piece}" for piece in rest)


def _without_credentials(found: re.Match[str]) -> str:
    inside = found[found.lastgroup] if found.lastgroup else ""
    return found[0].replace(inside, shown_url(inside)) if "://" in inside else found[0]


def _wished(file: Path, edits: Sequence[Edit], document: Document) -> list[str]:
    """What the edits ask for, where nobody knows how the file would look."""
    lines = []
    for edit in edits:
        line = line_of(edit.path, document.lines)
        place = f"{file}:{line}" if line else str(file)
        lines += [escaped(each) for each in (f"{place}: {_order(edit)}", *_text(edit))]
    return lines


def _order(edit: Edit) -> str:
    match edit:
        case AddItem():
            return f"add to {shown_path(edit.path)}:"
        case AddTable():
            return f"add a table to {shown_path(edit.path)}:"
        case MakeTable():
            return f"add the table {shown_path(edit.path)}:"
        case SetValue():
            return f"set {shown_path(edit.path)}:"
        case Remove():
            return f"remove {shown_path(edit.path)}."


def _text(edit: Edit) -> list[str]:
    match edit:
        case AddItem():
            return [text_of(edit.value)]
        case AddTable() | MakeTable():
            header = key_of(*(part for part in edit.path if isinstance(part, str)))
            header = f"[[{header}]]" if isinstance(edit, AddTable) else f"[{header}]"
            return [header, *(line for key, value in edit.content.items() for line in lines_of(key, value))]
        case SetValue():
            return lines_of(str(edit.path[-1]), edit.value)
        case Remove():
            return []


def _not_written(reason: str, lines: Sequence[str]) -> NotWritten:
    return NotWritten("\n".join((reason, "Nothing was written. To do it by hand:", *lines)))
