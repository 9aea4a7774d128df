"""The answers that a first config is made of: from flags, or from three questions in a terminal.

Nothing is written here. An answer that cannot be used is refused by the flag's name, or asked for again.
"""

import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from monitor.cli import output, words
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.config.first import Answers
    from monitor.errors import Problem
    from monitor.model.topic import Topic

INTERRUPTED = 130
"""The exit code of a program that Ctrl-C ended (128 and the number of SIGINT)."""

USUAL_TIME = "07:00"
USUAL_FOLDER = "~/Mail/news"
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the flags of the same names say, as typed; empty for what was not given."""

    topics: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    maildir: str = ""
    server: str = ""
    login: str = ""
    at: tuple[str, ...] = ()
    zone: str = ""
    feeds: tuple[str, ...] = ()
    pages: str = ""


FLAGS = {
    "topics": "--topic",
    "to": "--to",
    "maildir": "--maildir",
    "server": "--server",
    "login": "--login",
    "at": "--at",
    "zone": "--zone",
    "feeds": "--feed",
    "pages": "--pages",
}
KEYS_OF_FLAGS = {
    "topics": "--topic",
    "to": "--to",
    "folder": "--maildir",
    "host": "--server",
    "port": "--server",
    "url": "--feed",
    "pages": "--pages",
}
"""By a part of a key of the config, the flag that its value comes from."""


def refuse_beside_example(given: Given) -> None:
    named = [FLAGS[each.name] for each in fields(Given) if getattr(given, each.name)]
    if named:
        raise UsageError(f"--example writes a fixed file, and {named[0]} would change it. Use one of them.")


def answered(given: Given, folder: str) -> "Answers":
    """The answers from flags alone. Raises UsageError."""
    if not given.topics:
        raise UsageError(
            'A config needs a topic: news-monitor init --topic "Syria ceasefire". In a terminal, init asks;'
            " init --example writes one to look at."
        )
    _check_together(given)
    topics = tuple(each for text in given.topics for each in _flag("--topic", words.topics_of, text))
    return answers_of(given, topics, folder)


def asked(given: Given, folder: str) -> "Answers":
    """The answers from questions, for what no flag says. Ctrl-C or the end of the input leaves nothing behind."""
    _check_together(given)
    try:
        return _asked(given, folder)
    except typer.Abort as abort:
        typer.echo("\nNothing was written.", err=True)
        raise typer.Exit(INTERRUPTED) from abort


def _asked(given: Given, folder: str) -> "Answers":
    zone = given.zone or system_zone()
    print("Enter takes what is in brackets. Ctrl-C ends this, and nothing is written.\n")
    print("1. What do you want to read about? Words, as you would search for them;")
    print("   a comma between topics. Such as: Syria ceasefire, Red Sea shipping")
    topics = _question("   Topics", words.topics_of)
    for topic in topics:
        output.print_wrapped(_made_of(topic), first="  ")
    if not (given.to or given.maildir):
        print("\n2. Where to? A mail address, or a Maildir folder, which mail programs open.")
        given = _question("   Address or folder", lambda text: _where(given, text), USUAL_FOLDER)
    if not given.at:
        print(f"\n3. At what time of day? The time zone is {zone}.")
        given = replace(given, at=_question("   Time", _times, USUAL_TIME))
    print()
    return answers_of(replace(given, zone=zone), topics, folder)


def checked_text(answers: "Answers", target: Path) -> bytes:
    """The file's bytes, once they were read as a config. Raises UsageError, which names flags and no lines."""
    from monitor.config import load
    from monitor.config.first import first_config, first_parts
    from monitor.errors import ConfigError

    text = first_config(answers).encode()
    written = {target: text, **{file: part.encode() for file, part in first_parts(answers).items()}}
    instead = {Path(os.path.realpath(file)): content for file, content in written.items()}
    try:
        load(target, os.environ, is_draft=True, instead=instead)
    except ConfigError as error:
        problems = (each for each in error.problems if not each.is_warning and "password_file" not in each.key)
        if problem := next(problems, None):
            said = _flag_of(problem) if problem.file in written else _place_of(problem, target)
            raise UsageError(f"{said} Nothing was written.") from error
    return text


def _place_of(problem: "Problem", target: Path) -> str:
    """A problem in an included file that was there before; the config itself, which it may name, is not there yet."""
    message = re.sub(rf"\w+\[\d+\] in {re.escape(str(target))}:\d+", "one that you ask for", problem.message)
    return f"{problem.file}:{problem.line}: {problem.key}: {message}"


def _flag_of(problem: "Problem") -> str:
    """The problem, by the flag of the value instead of its place."""
    key, colon, rest = problem.message.partition(": ")
    named = {*re.findall(r"\w+", problem.key), *([key] if colon else [])}
    flag = next((flag for part, flag in KEYS_OF_FLAGS.items() if part in named), problem.key)
    return f"{flag}: {rest if key in KEYS_OF_FLAGS else problem.message}"


def system_zone() -> str:
    """The time zone of this machine, by its name; UTC if it has none that is known."""
    from monitor.config.values import time_zone, zone_doubt

    try:
        from tzlocal import get_localzone_name

        found = time_zone(get_localzone_name())
    except Exception:  # whatever stands in TZ or /etc/localtime
        return "UTC"
    return "UTC" if found == "Etc/UTC" or zone_doubt(found) else found


def program_for(target: Path) -> str:
    """How to call the program so that it finds this config."""
    from monitor.config import find_config
    from monitor.errors import ConfigError

    try:
        is_found = find_config(None, os.environ, Path.cwd()).samefile(target)
    except (ConfigError, OSError):
        is_found = False
    return "news-monitor" if is_found else f"news-monitor --config {shlex.quote(str(target))}"


def next_commands(answers: "Answers | None", program: str) -> list[str]:
    from monitor.config.first import command_for_sources

    if answers is None or answers.feeds:
        return [f"{program} check"]
    return [command_for_sources(answers.topics, program), f"{program} check"]


def said_of(answers: "Answers | None", *, is_shown: bool) -> list[str]:
    """What a person should know before the next command."""
    from monitor.config.first import APART, PASSWORD_FILE
    from monitor.workbench.spoken_topic import doubts_of

    if answers is None:
        return ["It has two topics and every setting. Edit it before you use it."]
    found = [] if is_shown else [_made_of(topic) for topic in answers.topics]
    found += [doubt for topic in answers.topics for doubt in doubts_of(topic)]
    times = " and ".join(answers.at)
    found.append(f"The digest is made at {times}, {answers.zone}.")
    if answers.is_apart:
        found.append(f"Commands write feeds and topics into {' and '.join(APART)} in {answers.folder}.")
    if answers.login:
        found.append(f"Write the password for {answers.login} into {PASSWORD_FILE} beside the config; chmod 600.")
    if answers.to and not answers.server:
        found.append("Until [mail] names a mail server, the mails go into a Maildir folder on this machine.")
    return found


def facts(answers: "Answers | None") -> dict[str, Any]:
    if answers is None:
        return {"example": True}
    rules = [(each.name, each.rules[0]) for each in answers.topics]
    return {
        "topics": [{"name": name, "all": rule.all, "none": rule.none} for name, rule in rules],
        "to": answers.to,
        "maildir": answers.maildir,
        "server": answers.server,
        "at": answers.at,
        "timezone": answers.zone,
        "feeds": answers.feeds,
    }


def _made_of(topic: "Topic") -> str:
    from monitor.workbench.spoken_topic import in_brief

    return f"{topic.name}: looks for {in_brief(topic)}"


def answers_of(given: Given, topics: "tuple[Topic, ...]" = (), folder: str = "") -> "Answers":
    """Each flag checked by its own rule."""
    from monitor.config.first import Answers
    from monitor.config.values import feed_url, time_zone

    server, port = _flag("--server", _server, given.server) if given.server else ("", None)
    return Answers(
        topics=tuple({each.name.casefold(): each for each in topics}.values()),
        to=tuple(dict.fromkeys(_flag("--to", _address, each) for each in given.to)),
        maildir=_flag("--maildir", _folder, given.maildir) if given.maildir else "",
        server=server,
        port=port,
        login=given.login,
        at=tuple(sorted({time for each in given.at or (USUAL_TIME,) for time in _flag("--at", _times, each)})),
        zone=_flag("--zone", time_zone, given.zone) if given.zone else system_zone(),
        feeds=tuple(dict.fromkeys(_flag("--feed", feed_url, each) for each in given.feeds)),
        folder=folder,
        pages=str(given.pages),
    )


def _check_together(given: Given) -> None:
    """Flags that contradict each other, or need one another."""
    if given.maildir and given.server:
        raise UsageError("--maildir sends nothing, and --server sends. Use one of them.")
    if given.server and not given.to:
        raise UsageError("--server sends the digest, but to whom? Add --to ADDRESS.")
    if given.login and not given.server:
        raise UsageError("--login is for a mail server. Add --server HOST, or leave it out.")
    if given.pages and not given.feeds:
        raise UsageError("--pages is for the feeds of --feed. Add --feed URL, or leave it out.")


def _question(text: str, read: Callable[[str], Answer], default: str = "") -> Answer:
    """Ask until there is an answer that can be used."""
    while True:
        written = str(typer.prompt(text, default=default, show_default=bool(default))).strip()
        try:
            return read(written)
        except ValueError as error:
            output.print_wrapped(str(error), first="  ")


def _flag(flag: str, read: Callable[[str], Answer], written: str) -> Answer:
    try:
        return read(written)
    except ValueError as error:
        raise UsageError(f"{flag}: {error}") from error


def _where(given: Given, text: str) -> Given:
    if text.startswith(("/", "~", ".")) or (os.sep in text and "@" not in text):
        return replace(given, maildir=_folder(text))
    if "@" not in text:
        raise ValueError(f'"{text}" is neither. Write an address such as you@news.example, or a folder such as ./mail.')
    return replace(given, to=tuple(_address(each) for each in text.replace(",", " ").split()))


def _address(text: str) -> str:
    from monitor.deliver import KINDS

    return KINDS["maildir"].recipient(text)


def _folder(text: str) -> str:
    """A folder as the config has it: below the home folder or from the root, since a config may be moved."""
    if not text.isprintable():
        raise ValueError("The folder's name has characters that cannot be printed.")
    is_at_home = text == "~" or text.startswith("~/")
    try:
        place = Path(text).expanduser() if is_at_home else Path(text)
    except RuntimeError as error:
        raise ValueError(f'"{text}": this user has no home folder. Write the whole path.') from error
    found = next(each for each in (place, *place.absolute().parents) if each.exists())
    if not found.is_dir():
        raise ValueError(f'"{text}" cannot be a folder: {found} is a file.')
    return text if text.startswith("~/") else str(place.absolute())


def _times(text: str) -> tuple[str, ...]:
    from monitor.config.values import time_of_day

    return tuple(f"{time_of_day(each):%H:%M}" for each in text.replace(",", " ").split() or [""])


def _server(text: str) -> tuple[str, int | None]:
    """A host, and the port behind a colon. An address of IPv6 with a port stands in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.startswith("[")):
        return text.strip("[]"), None
    if not (port.isascii() and port.isdecimal() and 0 < int(port) <= 65_535):
        raise ValueError(f'"{text}": write HOST, or HOST:PORT with a port from 1 to 65535.')
    return host.strip("[]"), int(port)
