"""What may come next on a command line: commands, options, and names of the config and the store.

It is asked at each press of a key: nothing is printed but what is found, and whatever goes wrong finds nothing. The
config is read as TOML alone, so that one with mistakes still has its names.
"""

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from monitor.cli.frame import CONFIG, SHARED, VERBOSE, is_argument
from monitor.plain_text import one_line

Candidate = tuple[str, str]
"""What may be typed, and what it is."""

STORIES_SHOWN = 100
TITLE_SHOWN = 60


def candidates(program: Any, words: Sequence[str], partial: str) -> list[Candidate]:
    """What may stand where `partial` stands, behind these words (the first is the program), each once."""
    command, path, rest, config = _walked(program, words[1:])
    option, places = _position(command, rest)
    if option is not None:
        found = _of_param(path, option, config)
    elif partial.startswith("-"):
        found = iter(_options(command))
    elif hasattr(command, "commands"):
        found = ((name, each.short_help or "") for name, each in command.commands.items() if not each.hidden)
    else:
        arguments = [each for each in command.params if is_argument(each)]
        fitting = arguments[places : places + 1] or [each for each in arguments[-1:] if each.nargs == -1]
        found = (each for argument in fitting for each in _of_param(path, argument, config))
    return [each for each in dict.fromkeys(found) if each[0].startswith(partial)]


def _walked(program: Any, words: Sequence[str]) -> tuple[Any, tuple[str, ...], list[str], Path | None]:
    """The command that the words lead to, its path, the words behind it, and the config they name."""
    command, path, rest, config = program, tuple[str, ...](), list[str](), None
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if name in CONFIG and (equals or left):
            config = Path(value if equals else left.pop(0)).expanduser()
        elif not rest and word in getattr(command, "commands", {}):
            command, path = command.commands[word], (*path, word)
        elif not (word.startswith("-") and hasattr(command, "commands")):
            rest.append(word)
    return command, path, rest, config


def _position(command: Any, words: Sequence[str]) -> tuple[Any, int]:
    """The option whose value comes next, or None, and how many arguments stand before."""
    valued = {name: each for each in command.params if not (is_argument(each) or _is_flag(each)) for name in each.opts}
    count, awaited = 0, None
    for word in words:
        if awaited is not None:
            awaited = None
        elif word in valued:
            awaited = valued[word]
        elif not word.startswith("-"):
            count += 1
    return awaited, count


def _is_flag(option: Any) -> bool:
    return bool(option.is_flag or option.count)


def _options(command: Any) -> Iterator[Candidate]:
    for each in command.params:
        if not is_argument(each):
            yield from ((name, each.help or "") for name in each.opts if name.startswith("--"))
    for (_, said), (name, *_) in zip(SHARED, (CONFIG, VERBOSE), strict=True):
        yield name, said
    yield "--help", "Show this message and exit."


def _of_param(path: tuple[str, ...], param: Any, config: Path | None) -> Iterator[Candidate]:
    """Values of an argument or an option, by what its help calls it."""
    named = (param.metavar or "").strip("[]…")
    if "|" in named and named.islower():
        return ((each, "") for each in named.split("|"))
    option = "" if is_argument(param) else param.opts[0]
    source = SOURCES.get((path[0] if path else "", option or named)) or SOURCES.get(("", option))
    return source(config) if source else iter(())


def _written(config: Path | None) -> Mapping[str, Any]:
    """The tables of the config and of the files that it includes; nothing where there is none."""
    from monitor.config import find_config

    path = find_config(config, os.environ, Path.cwd())
    content = tomllib.loads(path.read_text("utf-8"))
    found: dict[str, Any] = dict(content)
    for name in content.get("include", ()):
        with suppress(OSError, ValueError):
            included = tomllib.loads((path.parent / Path(name).expanduser()).read_text("utf-8"))
            for key, value in included.items():
                found[key] = [*found.get(key, []), *value] if isinstance(value, list) else found.get(key, value)
    return found


def _names_in(section: str, key: str = "name") -> Callable[[Path | None], Iterator[Candidate]]:
    def found(config: Path | None) -> Iterator[Candidate]:
        for each in _written(config).get(section, ()):
            if isinstance(each.get(key), str):
                yield each[key], ""

    return found


def _feeds(config: Path | None) -> Iterator[Candidate]:
    """The URL of each, and its outlet, which commands take as well."""
    feeds = _written(config).get("feeds", ())
    yield from ((each["outlet"], each["url"]) for each in feeds if each.get("outlet"))
    yield from ((each["url"], each.get("outlet", "")) for each in feeds)


def _lists(config: Path | None) -> Iterator[Candidate]:
    from monitor.lists import list_names

    own: Mapping[str, Any] = {}
    with suppress(Exception):
        own = _written(config).get("lists", {})
    yield from ((f"@{name}", "") for name in sorted({*own, *list_names()}))


def _stories(config: Path | None) -> Iterator[Candidate]:
    """The latest, with their headlines. A database that is not there is not made."""
    from monitor.config import find_config, place_of
    from monitor.store import open_store
    from monitor.store.place import place_of as place_of_store

    storage = place_of(find_config(config, os.environ, Path.cwd()), os.environ)
    if not place_of_store(storage).is_there():
        return
    store = open_store(storage.database_url)
    try:
        yield from (
            (str(number), one_line(title, TITLE_SHOWN)) for number, title in store.stories.latest(STORIES_SHOWN)
        )
    finally:
        store.close()


SOURCES: Mapping[tuple[str, str], Callable[[Path | None], Iterator[Candidate]]] = {
    ("topics", "NAME"): _names_in("topics"),
    ("", "--topic"): _names_in("topics"),
    ("digest", "NAME"): _names_in("digests"),
    ("", "--digest"): _names_in("digests"),
    ("feeds", "FEED"): _feeds,
    ("poll", "FEED"): _feeds,
    ("", "--feed"): _feeds,
    ("stories", "ID"): _stories,
    ("lists", "@NAME|WORD"): _lists,
}
"""By the first word of a command and what its help calls a value, where the values are. A group whose arguments have
these names is completed as well.
"""
