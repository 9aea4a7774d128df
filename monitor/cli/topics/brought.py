"""`topics import`: topics from a list of words that somebody brings."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.input_file import read_input

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.config.edit import Edit
    from monitor.model.topic import Topic
    from monitor.parse.word_list import WordList
    from monitor.workbench.brought_topics import BroughtTopics, LeftOut, Made

MOST_BYTES = 5_000_000
"""A list of words that is longer is something else."""

TABLES = {".csv", ".tsv", ".tab"}
"""Ends of names of files that are tables, whether a column is named or not."""


def import_(
    context: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="One topic in each line, or a CSV or TSV table; - for stdin.")
    ],
    column: Annotated[
        str, typer.Option("--column", metavar="NAME|N", help="The column of a table: its name in the first row, or 1.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write to the config without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write without asking, and print JSON.")] = False,
) -> None:
    """Add topics from a list of words to the config: one topic for each line, read as `init` reads words.

    What was made of each line is shown. Lines that can be read in two ways are refused, with what to type; they and
    repeated ones do not stop the others. With a number as --column, the first row is a topic too.
    """
    from monitor.cli import edit_config, words
    from monitor.cli.settings import draft_of
    from monitor.workbench.brought_topics import brought_topics

    settings = draft_of(context)
    lists, countries = words.library()
    read = [(name, _list_in(name, column)) for name in files]
    found = brought_topics(read, (each.name for each in settings.topics), lists, countries)
    if not as_json:
        _print(found, settings)
    file = ""
    if found.new and not dry_run:
        plan, _ = edit_config.planned(settings, _edits(found.new))
        if as_json:
            edit_config.write(plan)
            file = str(plan.file)
        elif edit_config.offer(plan, is_sure=yes):
            print("See what they find in stored articles: news-monitor topics test")
    if as_json:
        output.print_json({**_facts(found), "file": file})
    if not (found.new or found.known) and (found.refused or found.problems):
        raise typer.Exit(2)


def _list_in(name: str, column: str) -> "WordList":
    from monitor.parse.word_list import column_list, text_list

    data = read_input(name, most=MOST_BYTES, what="a list of topics")
    is_table = column or Path(name).suffix.lower() in TABLES
    return column_list(data, column) if is_table else text_list(data)


def _edits(new: "Iterable[Made]") -> "list[Edit]":
    from monitor.config.edit import AddTable

    return [AddTable(("topics",), table_of(each.topic)) for each in new]


def table_of(topic: "Topic") -> dict[str, Any]:
    """The keys of a topic of one rule, as `init` writes them."""
    rule = topic.rules[0]
    groups = [group[0] if len(group) == 1 else list(group) for group in rule.all]
    wanted: dict[str, Any] = {"any": list(rule.all[0])} if len(rule.all) == 1 else {"all": groups}
    return {"name": topic.name, **wanted, **({"none": list(rule.none)} if rule.none else {})}


def _print(found: "BroughtTopics", settings: "Settings") -> None:
    from monitor.workbench.spoken_topic import doubts_of, in_brief

    for each in found.new:
        made = f"{each.topic.name}: looks for {in_brief(each.topic)}"
        output.print_wrapped(f"{each.place.file}:{each.place.line}: {made}")
        for doubt in doubts_of(each.topic):
            output.print_wrapped(f"  {doubt}")
    for left_out in (*found.known, *found.repeated, *found.refused):
        output.print_wrapped(_said(left_out))
    for name, problem in found.problems:
        output.print_wrapped(f"{name} {problem}.")
    rows = (
        (len(found.new), "new"),
        (len(found.known), "in the config already"),
        (len(found.repeated), "repeated in the lists"),
        (len(found.refused), "refused"),
    )
    print(f"Topics: {', '.join(f'{count} {what}' for count, what in rows if count) or 'none'}.")
    if found.new and settings.digests and all(each.topics for each in settings.digests):
        output.print_wrapped("Each digest of the config lists its topics: add the new ones, or they are not mailed.")


def _said(left_out: "LeftOut") -> str:
    return f'{left_out.place.file}:{left_out.place.line}: "{left_out.written}" – {left_out.reason}'


def _facts(found: "BroughtTopics") -> dict[str, Any]:
    from monitor.workbench.spoken_topic import doubts_of

    return {
        "new": [
            {
                "file": each.place.file,
                "line": each.place.line,
                "name": each.topic.name,
                "all": each.topic.rules[0].all,
                "none": each.topic.rules[0].none,
                "doubts": doubts_of(each.topic),
            }
            for each in found.new
        ],
        "known": _left_out(found.known),
        "repeated": _left_out(found.repeated),
        "refused": _left_out(found.refused),
        "problems": [{"file": name, "reason": reason} for name, reason in found.problems],
    }


def _left_out(lines: "Iterable[LeftOut]") -> list[dict[str, Any]]:
    return [
        {"file": each.place.file, "line": each.place.line, "written": each.written, "reason": each.reason}
        for each in lines
    ]
