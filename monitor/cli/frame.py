"""What all commands have in common: help that says what to type, mistakes in one or two lines, the options of the
program behind the command too, a quiet end when the reader of the output has gone.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import typer
from typer.core import TyperCommand, TyperGroup

INTERRUPTED = 130
"""The exit code of a program that Ctrl-C ended: 128 and the number of SIGINT."""

UNREAD = 141
"""The exit code of a program whose output nobody reads: 128 and the number of SIGPIPE."""

COMMAND_COLUMNS = 30

SHARED = (
    ("-c, --config FILE", "The config to use."),
    ("-v, --verbose", "Log what happens."),
)
"""The options of the program that are also read behind a command, as its help has them."""

CONFIG, VERBOSE = ("--config", "-c"), ("--verbose", "-v")

PLAINER = (
    (re.compile(r"Input should be a valid integer.*"), "it is not a whole number."),
    (re.compile(r"Input should be greater than or equal to (\S+)"), r"the least is \1."),
    (re.compile(r"Input should be less than or equal to (\S+)"), r"the most is \1."),
    (re.compile(r"Value error, "), ""),
    (re.compile(r"Got unexpected extra argument\S* \((.*)\)"), r'"\1" is too much: the command takes fewer arguments'),
    (re.compile(r"[. ]*\(Possible options?: (.*)\)"), r". Did you mean \1?"),
    (re.compile(r"Missing (argument|option) '?(.*?)'?\.?$"), r"\2 is missing."),
    (re.compile(r"Invalid value for '?(.*?)'?: "), r"\1: "),
)
"""What the library says, and how people say it."""


class _Spoken(TyperCommand):
    """Usage and options as people type them, without the types that the library adds."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        pieces = ["[OPTIONS]", *(usage_of(each) for each in self.get_params(ctx) if is_argument(each))]
        return [*pieces, "COMMAND"] if isinstance(self, TyperGroup) else pieces

    def format_options(self, ctx: Any, formatter: Any) -> None:
        for title, rows in rows_of(self, ctx):
            with formatter.section(title):
                formatter.write_dl(rows)
        if isinstance(self, TyperGroup):
            self.format_commands(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _without_shared(self, ctx, args))


class Command(_Spoken):
    """A command."""


class Group(TyperGroup, _Spoken):
    """Commands under one name."""

    collect_usage_pieces = _Spoken.collect_usage_pieces
    format_options = _Spoken.format_options

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return TyperGroup.parse_args(self, ctx, _without_shared(self, ctx, args))


SECTIONS = (
    ("Set up", ("init", "check", "doctor", "demo")),
    ("Topics and sources", ("topics", "feeds", "lists")),
    ("Read", ("digest", "search", "stories", "articles", "why", "missed", "export", "web")),
    ("Run", ("run", "reload", "poll", "status", "handover", "backup", "restore", "database", "migrate")),
    ("Messages", ("alerts", "deliveries", "mail", "channels")),
    ("Shell", ("completion", "man")),
)
"""The commands of the program as its help has them, in the order in which a newcomer needs them."""


class Program(Group):
    """The program itself, which says mistakes and ends in one way."""

    def format_commands(self, _: Any, formatter: Any) -> None:
        """The commands by what they are for; those of no section stand at the end."""
        shown = [name for name, each in self.commands.items() if not each.hidden]
        named = {name for _, names in SECTIONS for name in names}
        more = ("More", tuple(name for name in shown if name not in named))
        for title, names in (*SECTIONS, more):
            rows = [(name, self.commands[name].short_help or "") for name in names if name in shown]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows, col_max=COMMAND_COLUMNS)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            typer.echo("\nInterrupted.", err=True)
            raise typer.Exit(INTERRUPTED) from interrupt
        except BrokenPipeError as broken:
            forget_output()
            raise typer.Exit(UNREAD) from broken

    def main(self, *args: Any, **more: Any) -> Any:
        """Run it, print a mistake in the command, and exit."""
        try:
            code = super().main(*args, **{**more, "standalone_mode": False})
        except typer.Abort:
            typer.echo("Nothing was done.", err=True)
            sys.exit(1)
        except Exception as error:
            if not hasattr(error, "format_message"):
                raise
            _print_mistake(error)
            sys.exit(getattr(error, "exit_code", 2))
        sys.exit(code if isinstance(code, int) else 0)


def is_argument(param: Any) -> bool:
    return bool(param.param_type_name == "argument")


def usage_of(argument: Any) -> str:
    """`NAME`, `[NAME]`, `NAME…` or `[NAME]…`."""
    name = (argument.metavar or argument.name.upper()).strip("[]…")
    more = "…" if argument.nargs == -1 else ""
    return f"{name}{more}" if argument.required else f"[{name}]{more}"


def rows_of(command: Any, ctx: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The titles and rows of its help: arguments, then options."""
    params = [each for each in command.get_params(ctx) if not getattr(each, "hidden", False)]
    arguments = [(usage_of(each), each.help or "") for each in params if is_argument(each)]
    options = [(option_of(each), _explained(each)) for each in params if not is_argument(each)]
    taken = {name for each in params for name in each.opts}
    shared = [row for row, names in zip(SHARED, (CONFIG, VERBOSE), strict=True) if not taken & set(names)]
    if arguments:
        yield "Arguments", arguments
    yield "Options", [*options[:-1], *shared, *options[-1:]]


def option_of(option: Any) -> str:
    """`-o, --output FILE`, or `--json` for a flag."""
    names = ", ".join(sorted(option.opts, key=lambda name: name.startswith("--")))
    if option.is_flag or option.count:
        return names
    return f"{names} {option.metavar or ('N' if isinstance(option.default, int) else option.name.upper())}"


def _explained(option: Any) -> str:
    is_plain = isinstance(option.default, (str, int, float)) and not isinstance(option.default, bool)
    shown = f"  [default: {option.default}]" if is_plain and option.default != "" and option.show_default else ""
    return f"{option.help or ''}{shown}"


def _without_shared(command: Any, ctx: Any, args: Sequence[str]) -> list[str]:
    """The arguments without --config and --verbose, which are obeyed. A command may have its own of that name."""
    params = [each for each in command.get_params(ctx) if not is_argument(each)]
    own = {name for each in params for name in each.opts}
    valued = {name for each in params if not (each.is_flag or each.count) for name in each.opts}
    kept: list[str] = []
    rest = list(args)
    while rest:
        arg = rest.pop(0)
        name, equals, value = arg.partition("=")
        is_end = arg == "--" or (isinstance(command, TyperGroup) and not arg.startswith("-"))
        if is_end or name in own:
            kept += [arg, *(rest if is_end else rest[:1] if name in valued and not equals else [])]
            rest = [] if is_end else rest[1:] if name in valued and not equals else rest
        elif name in CONFIG and (equals or rest):
            ctx.obj = ctx.find_root().obj = Path(value if equals else rest.pop(0))
        elif name in VERBOSE:
            _log_more()
        else:
            kept.append(arg)
    return kept


def _log_more() -> None:
    from monitor.cli.logs import configure_logs

    configure_logs(is_verbose=True)


def _print_mistake(error: Any) -> None:
    """What is wrong with the command, and where its help is."""
    said = error.format_message()
    for pattern, plain in PLAINER:
        said = pattern.sub(plain, said)
    context = getattr(error, "ctx", None)
    is_help = said.startswith("Usage:")  # of a group without a command
    typer.echo(said if is_help or said.endswith((".", "?")) else f"{said}.", err=True)
    if context is not None and not is_help:
        typer.echo(f"For help: {context.command_path} --help", err=True)


def ends_quietly_when_unread() -> None:
    """Write out what is left. If nobody reads it, exit without a word."""
    if sys.stdout is None:  # it was closed before the program began
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        forget_output()
        sys.exit(UNREAD)
    except OSError:
        forget_output()
        raise


def forget_output() -> None:
    """Write what is still to come to nowhere: Python writes it at its end, and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # one that a test has put in its place has no number
            if stream is sys.stdout or not _is_read(stream):
                os.dup2(nowhere, stream.fileno())


def _is_read(stream: TextIO) -> bool:
    try:
        stream.flush()
    except BrokenPipeError:
        return False
    return True
