"""`man`: manual pages, made of the same help as `--help`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.frame import rows_of

PROGRAM = "news-monitor"
SECTION = "1"


def man(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            readable=False,
            help="Write the pages of all commands there.",
        ),
    ] = None,
) -> None:
    """Print the manual page of the program, or write those of all commands into a folder.

    For man to find them: news-monitor man ~/.local/share/man/man1. To read one at once: man -l FILE.
    """
    from monitor.cli import output
    from monitor.counted import counted
    from monitor.errors import UsageError
    from monitor.unusable import why

    made = pages(context.find_root().command, context)
    if folder is None:
        print(made[f"{PROGRAM}.{SECTION}"], end="")
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {why(folder, error)}") from error
    count = counted(len(made), "page", "pages")
    output.print_wrapped(f"Wrote {count} into {folder}. Read one: man {PROGRAM}-status")


def pages(program: Any, context: Any) -> dict[str, str]:
    """By file name, the page of the program and one of each of its commands."""
    found = {f"{PROGRAM}.{SECTION}": _page(PROGRAM, program, context)}
    for name, command in program.commands.items():
        if not command.hidden:
            found[f"{PROGRAM}-{name}.{SECTION}"] = _page(f"{PROGRAM} {name}", command, context)
    return found


def _page(path: str, command: Any, context: Any) -> str:
    from importlib.metadata import version

    title, release = path.replace(" ", "-"), f"{PROGRAM} {version(PROGRAM)}"
    first, *rest = _paragraphs(command)
    lines = [
        f'.TH "{escaped(title.upper())}" "{SECTION}" "" "{escaped(release)}"',
        *(".SH NAME", escaped(f"{title} - {first.rstrip('.')}")),
        *(".SH SYNOPSIS", *_synopsis(path, command, context)),
        *(".SH DESCRIPTION", *(line for each in (first, *rest) for line in (".PP", escaped(each)))),
        *_rows(command, context, ".SH"),
    ]
    inner = sorted(getattr(command, "commands", {}).items())
    lines += [".SH COMMANDS"] if inner else []
    for name, each in inner:
        if not each.hidden:
            lines += _part(f"{path} {name}", each, context, is_brief=path == PROGRAM)
    lines += [".SH EXIT STATUS", escaped(EXITS), ".SH SEE ALSO", f".BR {escaped(PROGRAM)} ({SECTION})"]
    return "\n".join(lines) + "\n"


EXITS = (
    "0: done. 1: something failed, or a person should look. 2: a mistake in the config or the command. 3: a damaged"
    " database. 4: another process owns the data. 75: the daemon did not answer in time."
)


def _part(path: str, command: Any, context: Any, *, is_brief: bool) -> list[str]:
    """A command within the page of what it belongs to: all about it, or a sentence."""
    first, *rest = _paragraphs(command)
    head = [f'.SS "{escaped(path.removeprefix(f"{PROGRAM} "))}"', escaped(first)]
    if is_brief:
        return head
    more = [line for each in rest for line in (".PP", escaped(each))]
    return [*head, *more, *_synopsis(path, command, context), *_rows(command, context, "")]


def _synopsis(path: str, command: Any, context: Any) -> list[str]:
    pieces = command.collect_usage_pieces(context)
    return [".PP", f'.B "{escaped(path)}"', escaped(" ".join(pieces))]


def _rows(command: Any, context: Any, heading: str) -> Iterator[str]:
    for title, rows in rows_of(command, context):
        yield f"{heading} {title.upper()}" if heading else ".PP"
        for name, said in rows:
            yield from (".TP", f'.B "{escaped(name)}"', escaped(said) or "\\&")


def _paragraphs(command: Any) -> list[str]:
    parts = (" ".join(each.replace("\b", "").split()) for each in (command.help or "").split("\n\n"))
    return [each for each in parts if each] or [""]


def escaped(text: str) -> str:
    """Text as groff prints it: no request at the start of a line, no escape, a minus that can be copied."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("'", "\\(aq")
    return re.sub(r"^([.'])", r"\\&\1", plain.replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti"))
