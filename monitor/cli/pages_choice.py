"""Which pages behind the articles of a feed are read, as an option of commands, and how it is offered."""

import sys
from enum import StrEnum

import typer

SHORT_WORDS = 40
"""Of the median text of a feed: one or two sentences, in which a topic of two words seldom has both."""


class Pages(StrEnum):
    """Of articles that lack one word of a topic; of each new article; of none."""

    NEAR = "near"
    ALL = "all"
    OFF = "off"


def chosen(pages: Pages | None, words: int | None, *, is_sure: bool = False) -> Pages | None:
    """What the option says; without it, in a terminal, the answer to a question if the texts are short. None: nothing
    is written of it. `words`: of the median text; None if there is none.
    """
    if pages is not None or words is None or words > SHORT_WORDS:
        return pages
    short = f"Its texts are short: {words} words in the median."
    if is_sure or not (sys.stdin.isatty() and sys.stdout.isatty()):
        typer.echo(f"{short} --pages near reads the page where one word of a topic is missing.", err=True)
        return None
    typer.echo(f"{short} A topic that asks for two words may miss one of them there.")
    return Pages.NEAR if typer.confirm('Read the page behind an article in that case (pages = "near")?') else None
