"""Edits the config for a command: the diff first, then a question, then the file or the lines to paste."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from monitor.cli import output

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.config.edit import Edit
    from monitor.config.edit.plan import Plan

RELOAD = "A running daemon reads it after `news-monitor reload`."


def planned(settings: "Settings", edits: "Sequence[Edit]") -> "tuple[Plan, Settings]":
    """What the edits make of the config or of a file that it includes, and the settings as they would be.

    Raises NotWritten if the config cannot be edited so, ConfigError if it would have a mistake then.
    """
    from monitor.config import joined
    from monitor.config.edit import plan

    found = plan.planned_in(joined(settings.path, os.environ), edits)
    return found, plan.checked(found, settings.path, os.environ)


def write(plan: "Plan") -> None:
    """Write without a word. Raises NotWritten, with the lines to paste, if the file cannot be written."""
    from monitor.config.edit import plan as plans

    plans.write(plan)


def offer(plan: "Plan", *, is_sure: bool, question: str = "Write this to the config?") -> bool:
    """Show the diff, ask unless the person is sure already, and write. False if the answer is no.

    Raises NotWritten, with the lines to paste, if the file cannot be written.
    """
    from monitor.config.edit.plan import diff, write

    for line in diff(plan):
        print(line)
    if not is_sure and not typer.confirm(question):
        print("Nothing was written.")
        return False
    write(plan)
    output.print_wrapped(f"Wrote {plan.file}. {RELOAD}")
    return True
