"""`lists`: the named lists of terms that topics insert as @name, those of the library and those of the config."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output

if TYPE_CHECKING:
    from monitor.workbench import NamedList

HAS_SHOWN = 4
"""How many terms of a list are shown in a line."""


def lists(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[@NAME|WORD]…", help="A list, or a word to look for; default: all lists."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the named lists of words: all of them, the words of one (@syria), or which lists have a word (Florida)."""
    from monitor.workbench import lists_with, named_lists

    asked = " ".join(words or ()).strip().removesuffix("?").strip()
    known = named_lists(_library(), _own(context))
    if asked.startswith("@"):
        found: Sequence[NamedList] = [_named(asked[1:], known)]
    else:
        found = lists_with(known, asked) if asked else known
    if as_json:
        output.print_json({"lists": found})
    elif asked.startswith("@"):
        _show(found[0], [each.name for each in known if each.family == found[0].family and each is not found[0]])
    elif asked:
        _show_those_with(asked, found)
    else:
        _show_all(found)


def _library() -> Mapping[str, Sequence[str]]:
    from monitor.lists import list_names, shipped_lists

    return shipped_lists(list_names())


def _own(context: typer.Context) -> Mapping[str, Sequence[str]]:
    """The lists of the config. Without one, or with mistakes in it, the library is still there."""
    from monitor.cli.settings import draft_of
    from monitor.errors import ConfigError

    try:
        settings = draft_of(context)
    except ConfigError as error:
        typer.echo(f"Only the library is searched, because the config was not read: {error.problems[0]}", err=True)
        return {}
    return {name: terms for name, terms in settings.lists.items() if name not in settings.shipped}


def _named(name: str, known: Sequence["NamedList"]) -> "NamedList":
    from monitor.config.findings import did_you_mean, quoted
    from monitor.errors import UsageError

    found = next((each for each in known if each.name == name), None)
    if found is None:
        hint = did_you_mean(name, [each.name for each in known])
        raise UsageError(f"There is no list {quoted(name)}.{hint} All of them: news-monitor lists")
    return found


def _show_all(known: Sequence["NamedList"]) -> None:
    table = output.table("List", "Also", ">Terms", "Such as")
    for family, members in groupby(known, key=lambda each: each.family):
        first, *others = members
        name = f"@{first.name}{' (yours)' if first.is_own else ''}"
        also = " ".join(each.name.removeprefix(family) for each in others)
        output.add_row(table, name, also, str(len(first.expanded)), _some(first.expanded))
    output.console().print(table)


def _show_those_with(words: str, found: Sequence["NamedList"]) -> None:
    if not found:
        said = output.shown(words)
        print(f"No list has {said}. A list of your own, in the config:")
        print(f'  [lists]\n  name = ["{said}"]')
        return
    table = output.table("List", ">Terms", "Has")
    for each in found:
        name = f"@{each.name}{' (yours)' if each.is_own else ''}"
        output.add_row(table, name, str(len(each.expanded)), _some(each.has) or "its name")
    output.console().print(table)


def _show(named: "NamedList", others: Sequence[str]) -> None:
    whose = "of your config" if named.is_own else "of the library"
    print(f"@{output.shown(named.name)}, {whose}: {len(named.expanded)} terms")
    console = output.console()
    console.print("  " + ", ".join(map(output.shown, named.expanded)))
    if named.terms != named.expanded:
        console.print("Written as: " + ", ".join(map(output.shown, named.terms)))
    if others:
        console.print("See also: " + ", ".join(f"@{output.shown(name)}" for name in others))


def _some(terms: Sequence[str]) -> str:
    more = f", … {len(terms) - HAS_SHOWN} more" if len(terms) > HAS_SHOWN else ""
    return ", ".join(terms[:HAS_SHOWN]) + more
