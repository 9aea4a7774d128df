"""One TOML table against the frozen dataclass it becomes.

The dataclass decides which keys there are, which of them must be set, and their defaults;
pydantic checks each value; its errors are turned into sentences that say what to write. A
class that is unknown here (a channel) is read the same way. Checks between tables are made elsewhere.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from datetime import time, timedelta
from functools import cached_property
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError
from pydantic import ValidationInfo as Info
from pydantic_core import ErrorDetails

from monitor.config import values
from monitor.config.findings import Findings, line_of, quoted, unknown_key
from monitor.config.positions import KeyPath

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is known while one config is read: its folder (relative paths begin there), the
    environment, the lines of its keys, and what was found wrong so far.

    `is_with_terms`: whether anybody needs to know what topics mean, which costs a tenth of a short command.
    `instead`: by its real path, what a file would hold after an edit. `files`, `own`: as in `Document`.
    """

    file: Path
    environ: Mapping[str, str]
    lines: Mapping[KeyPath, int]
    findings: Findings
    is_with_terms: bool = True
    instead: Mapping[Path, bytes] = field(default_factory=dict)
    files: Mapping[KeyPath, Path] = field(default_factory=dict)
    own: Mapping[KeyPath, KeyPath] = field(default_factory=dict)

    def other_place(self, path: KeyPath, seen_from: KeyPath) -> str:
        """Where a table of an array is, for a message about another one: `feeds[0] in line 3`, or with its file."""
        (section, number), line = self.own.get(path[:2], path[:2]), line_of(path, self.lines)
        file, here = (self.files.get(each[:2], self.file) for each in (path, seen_from))
        return f"{section}[{number}] in {f'line {line}' if file == here else f'{file}:{line}'}"


def folder(value: object, info: Info) -> Path:
    reading = cast("Reading", info.context)
    return values.folder(value, base=reading.file.absolute().parent, environ=reading.environ)


Line = Annotated[str, AfterValidator(values.one_line)]
Duration = Annotated[timedelta, BeforeValidator(values.duration)]
LongDuration = Annotated[Duration, AfterValidator(values.positive)]
Port = Annotated[int, Field(ge=1, le=65_535)]
PerhapsLines = Annotated[int, Field(ge=0, le=20)]
"""More than twenty guesses below a topic would be a list to work through, which `topics misses` is."""

Terms = Annotated[list[str], Field(min_length=1), AfterValidator(tuple)]

SPELLINGS: dict[Any, Any] = {
    str: Line,
    timedelta: Duration,
    time: Annotated[time, BeforeValidator(values.time_of_day)],
    Path: Annotated[Path, PlainValidator(folder)],
}
"""How a type of our dataclasses is written in TOML, if TOML does not have that type."""

SECRETS = ("password", "token", "secret", "auth", "headers", "proxy")
"""The values of keys whose name contains one of these are not printed."""

EXPECTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number, without quotes",
    "bool_type": "true or false, without quotes",
    "dict_type": 'a table, such as { key = "value" }',
    "date_type": "a date without quotes, such as 2016-09-21",
}
"""pydantic's name for a wrong type, and what a person should have written."""


class Adapter:
    """The check of one value, built when there is one: a config uses a fifth of the keys that there are."""

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation

    @cached_property
    def _checked(self) -> TypeAdapter[Any]:
        return TypeAdapter(self._annotation, config=ConfigDict(strict=True))

    def validate(self, value: object, reading: Reading) -> Any:
        """Strict: TOML has types, so "8" is a string and 1 is not true. Raises ValidationError."""
        return self._checked.validate_python(value, context=reading)


@dataclass(frozen=True, slots=True)
class Table(Generic[Kind]):
    """The keys of a table that becomes a `kind`, each with the check of its value."""

    kind: type[Kind]
    adapters: Mapping[str, Adapter]
    required: tuple[str, ...]

    def read(self, written: object, path: KeyPath, reading: Reading) -> Kind | None:
        """What the table becomes; None if a key it needs is missing or wrong.

        A wrong optional value is reported and skipped, so that the rest is checked as well.
        """
        if not isinstance(written, dict):
            reading.findings.error(path, f"{quoted(written)} is not a table; write its keys below {header(path)}.")
            return None
        self._check_keys(written, path, reading.findings)
        known = {key: value for key, value in written.items() if key in self.adapters}
        checked = {key: check(self.adapters[key], value, (*path, key), reading) for key, value in known.items()}
        right = {key: value for key, value in checked.items() if value is not MISSING}
        return self._made(right, path, reading.findings) if right.keys() >= set(self.required) else None

    def _check_keys(self, written: Mapping[str, object], path: KeyPath, findings: Findings) -> None:
        for key in self.required:
            if key not in written:
                findings.error(path, f'"{key}" is missing; {header(path)} needs it.')
        for key in written:
            if key not in self.adapters:
                findings.error((*path, key), unknown_key(key, self.adapters))

    def _made(self, right: Mapping[str, Any], path: KeyPath, findings: Findings) -> Kind | None:
        """The dataclass may still refuse values that do not go together."""
        try:
            return self.kind(**right)
        except ValueError as error:
            findings.error(path, str(error))
            return None


def table(kind: type[Kind], **narrowed: Any) -> Table[Kind]:
    """The table of a frozen dataclass, required keys first. `narrowed` gives a key a stricter type than its field."""
    settings = sorted((each for each in dataclasses.fields(kind) if each.init), key=_is_optional)  # type: ignore[arg-type]
    hints = get_type_hints(kind)
    types = {each.name: narrowed.get(each.name) or _spelling(hints[each.name]) for each in settings}
    return Table(
        kind=kind,
        adapters={key: Adapter(annotation) for key, annotation in types.items()},
        required=tuple(each.name for each in settings if not _is_optional(each)),
    )


def check(expected: Adapter, value: object, path: KeyPath, reading: Reading) -> Any:
    """The value as the program wants it, or MISSING after reporting what is wrong with it."""
    try:
        return expected.validate(value, reading)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            reading.findings.error((*path, *detail["loc"]), _sentence(path, detail))
        return MISSING


def header(path: KeyPath) -> str:
    """The line that opens a table, such as `[mail]` or `[[topics.rule]]`."""
    name = ".".join(part for part in path if isinstance(part, str))
    return f"[[{name}]]" if isinstance(path[-1], int) else f"[{name}]"


def _is_optional(setting: dataclasses.Field[Any]) -> bool:
    return not (setting.default is MISSING and setting.default_factory is MISSING)


def _spelling(hint: Any) -> Any:
    """The type to expect in TOML for a field's type. None is what is not written; a tuple is a list."""
    arguments = [argument for argument in get_args(hint) if argument is not type(None)]
    if get_origin(hint) in (Union, UnionType):
        return _spelling(arguments[0])
    if get_origin(hint) is tuple:
        return Annotated[list[_spelling(arguments[0])], AfterValidator(tuple)]  # type: ignore[misc]
    return SPELLINGS.get(hint, hint)


def _sentence(path: KeyPath, detail: ErrorDetails) -> str:
    """What pydantic found, for a person."""
    key = str(path[-1])
    shown = "this" if any(word in key for word in SECRETS) else quoted(detail["input"])
    facts = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(facts["error"])
        case "list_type" if isinstance(detail["input"], dict):
            return f"may occur many times: write {header((*path, 0))}, with two brackets."
        case "list_type":
            return f"{shown} is not a list; write {key} = [{shown}]."
        case "literal_error":
            return f"{shown} is not one of {facts['expected']}.".replace("'", '"')
        case "greater_than_equal" | "less_than_equal" as kind:
            return f"{shown} is too {'small' if kind.startswith('g') else 'large'}; {_bound(facts)}."
        case "too_short":
            return "is empty, which means nothing; fill it, or delete the key."
        case "too_long":
            return f"has {facts['actual_length']}; at most {facts['max_length']} are possible."
        case kind:
            return f"{shown} – write {EXPECTED.get(kind, detail['msg'])}."


def _bound(facts: Mapping[str, Any]) -> str:
    return f"at least {facts['ge']}" if "ge" in facts else f"at most {facts['le']}"
