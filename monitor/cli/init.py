"""`init`: write a first config, from answers in a terminal or from flags, or the example with every setting."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.pages_choice import Pages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.config.first import Answers

SYSTEM_FOLDER = Path("/etc")
OWN_FOLDER = b'#folder = "~/.local/share/news-monitor"\n'
FOLDER_OF_SERVICE = "/var/lib/news-monitor"
FOLDER_OF_UNIT = 'folder = "{}"  # that of the systemd unit, for commands of root too\n'
"""A line of the example, and what a config below /etc has in its place."""
OWN_INCLUDE = b"#include = []  "
"""The beginning of another one; below /etc it includes the files that the service may write."""

ANYBODY = 0o666
"""The umask decides, as with any file. `check` warns if others can read a secret."""


def init(
    context: typer.Context,
    path: Annotated[
        Path | None,
        typer.Argument(
            readable=False,
            metavar="[FILE]",
            help="Where to write the config; default: where --config or $NEWS_MONITOR_CONFIG says, else ./config.toml.",
        ),
    ] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option(
            "--topic", metavar="WORDS", help='A topic in words, such as "Syria ceasefire"; may be given again.'
        ),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="ADDRESS", help="Who gets the digest; may be given again."),
    ] = None,
    maildir: Annotated[
        str, typer.Option("--maildir", metavar="DIR", help="Put digests into this Maildir folder; send nothing.")
    ] = "",
    server: Annotated[
        str, typer.Option("--server", metavar="HOST[:PORT]", help="The mail server that sends the digest.")
    ] = "",
    login: Annotated[
        str,
        typer.Option(
            "--login", metavar="NAME", help="The user name at the mail server; its password goes into smtp-password."
        ),
    ] = "",
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="HH:MM", help="When the digest is made; may be given again. Default: 07:00."),
    ] = None,
    zone: Annotated[
        str, typer.Option("--zone", metavar="ZONE", help="The time zone of --at; default: that of this machine.")
    ] = "",
    feed: Annotated[
        list[str] | None,
        typer.Option("--feed", metavar="URL", help="A feed to read; may be given again."),
    ] = None,
    pages: Annotated[
        Pages | None,
        typer.Option(
            "--pages",
            metavar="WHICH",
            help="Whose pages are read: near (for short texts), all or off; of the feeds of --feed.",
        ),
    ] = None,
    example: Annotated[
        bool,
        typer.Option("--example", help="Write the example instead, which has every setting with its reason."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Ask nothing, and print what was written as JSON.")] = False,
) -> None:
    """Write a first config. In a terminal it asks three questions: topics, where to, when.

    Without a terminal, or with --topic, it asks nothing: what is not given has its default.
    """
    from monitor.cli import init_questions, init_service
    from monitor.cli.init_questions import Given
    from monitor.config.first import first_parts

    given = Given(
        topics=tuple(topic or ()),
        to=tuple(to or ()),
        maildir=maildir,
        server=server,
        login=login,
        at=tuple(at or ()),
        zone=zone,
        feeds=tuple(feed or ()),
        pages=pages or "",
    )
    target = path or context.obj or Path(os.environ.get("NEWS_MONITOR_CONFIG") or "config.toml")
    _check_free(target, is_forced=force)
    if example:
        init_questions.refuse_beside_example(given)
        parts = init_service.parts(FOLDER_OF_SERVICE) if _is_of_system(target) else {}
        write_first(target, _example(target), parts, is_forced=force)
        _say(target, None, as_json=as_json, parts=list(parts))
        return
    folder = folder_for(target)
    is_asking = sys.stdin.isatty() and sys.stdout.isatty() and not (given.topics or as_json)
    answers = init_questions.asked(given, folder) if is_asking else init_questions.answered(given, folder)
    answers = init_service.placed(answers)
    text, parts = init_questions.checked_text(answers, target), first_parts(answers)
    write_first(target, text, parts, is_forced=force)
    _say(target, answers, as_json=as_json, is_shown=is_asking, parts=list(parts))


def _check_free(target: Path, *, is_forced: bool) -> None:
    """Before anything is asked. Raises UsageError."""
    from monitor.errors import UsageError
    from monitor.unusable import why

    try:
        is_there = target.exists() or target.is_symlink()
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {why(target, error)}") from error
    if target.is_dir():
        raise UsageError(f"{target} is a folder. Name a file in it: news-monitor init {target / 'config.toml'}")
    if is_there and not is_forced:
        raise UsageError(
            f"{target} already exists, and nothing was changed. Name another file: news-monitor init FILE;"
            " --force overwrites this one."
        )


def write_first(target: Path, content: bytes, parts: "Mapping[Path, str]", *, is_forced: bool) -> None:
    """Write the included files, then the config; if it cannot be written, these go again."""
    from monitor.cli import init_service

    init_service.write(parts)
    try:
        _write_config(target, content, is_forced=is_forced)
    except BaseException:
        for part in parts:
            part.unlink(missing_ok=True)
        raise


def _write_config(target: Path, content: bytes, *, is_forced: bool) -> None:
    from stat import S_IMODE

    from monitor.errors import UsageError
    from monitor.files import write_whole
    from monitor.unusable import why

    _check_free(target, is_forced=is_forced)  # the answers took their time
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = S_IMODE(target.stat().st_mode) if target.exists() else ANYBODY
        write_whole(Path(os.path.realpath(target)), content, mode)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {why(target, error)}") from error


def _say(
    target: Path, answers: "Answers | None", *, as_json: bool, parts: "Sequence[Path]", is_shown: bool = False
) -> None:
    """What was written, where the data goes, and the next command. `is_shown`: what was made of the words has been
    shown.
    """
    from monitor.cli import init_data, init_questions
    from monitor.config import place_of

    storage = place_of(target, os.environ)
    there = init_data.present(storage)
    program = init_questions.program_for(target)
    following = init_questions.next_commands(answers, program)
    if as_json:
        output.print_json(
            {
                "file": str(target),
                "included": [str(part) for part in parts],
                **init_questions.facts(answers),
                **init_data.facts(storage, there),
                "next": following,
            }
        )
        return
    for file in (*parts, target):
        print(f"Wrote {output.shown(file)}.")
    for line in (*init_questions.said_of(answers, is_shown=is_shown), *init_data.lines(storage, there)):
        output.print_wrapped(line)
    print("Next:")
    for command in following:
        print(f"  {output.shown(command)}")


def folder_for(target: Path) -> str:
    """The storage folder that a config there has to name; "" for the default."""
    return FOLDER_OF_SERVICE if _is_of_system(target) else ""


def _is_of_system(target: Path) -> bool:
    return Path(os.path.realpath(target)).is_relative_to(SYSTEM_FOLDER)


def _example(target: Path) -> bytes:
    """The example. A config of the system names the data folder of the unit: without it, root's commands would look
    below root's own home, and a second monitor would run there.
    """
    from monitor.config.first import included_in
    from monitor.resources import resource

    example = resource("config.example.toml").read_bytes()
    if not _is_of_system(target):
        return example
    head, _, rest = example.replace(OWN_FOLDER, FOLDER_OF_UNIT.format(FOLDER_OF_SERVICE).encode(), 1).partition(
        OWN_INCLUDE
    )
    return head + included_in(FOLDER_OF_SERVICE).encode() + b"\n" + rest.partition(b"\n")[2]
