"""The templates: the shipped ones, and the owner's, which replace them file by file (rule S9)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from traceback import extract_tb

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateSyntaxError

from monitor.counted import counted
from monitor.plain_text import one_line
from monitor.render.baseline import already
from monitor.render.columns import flush, isolated, width, wrapped
from monitor.render.counts import spoken
from monitor.render.headline import clipped, corrected, how, tally
from monitor.render.levels import bars, heights, level, silence, span, usually
from monitor.render.links import link_text
from monitor.render.plain_list import listed_entries, listed_headlines
from monitor.render.shown import all_entries
from monitor.unusable import why

SUFFIX = ".j2"

FILTERS: Mapping[str, Callable[..., object]] = {
    "all_entries": all_entries,
    "already": already,
    "bars": bars,
    "clipped": clipped,
    "corrected": corrected,
    "counted": counted,
    "flush": flush,
    "heights": heights,
    "how": how,
    "isolated": isolated,
    "level": level,
    "link_text": link_text,
    "listed_entries": listed_entries,
    "listed_headlines": listed_headlines,
    "silence": silence,
    "span": span,
    "spoken": spoken,
    "tally": tally,
    "usually": usually,
    "width": width,
    "wrapped": wrapped,
}
"""What templates can do with what they receive, beside Jinja's own; docs/templates.md says how."""


def environment(folders: Sequence[Path]) -> Environment:
    """The templates (`*.j2`) of these folders, one in an earlier folder before its namesake in a later one.

    Values are always escaped, except in `*.txt.j2`; an undefined name is an error, not an empty string (rule S9).
    """
    found = {path.name: path.read_text("utf-8") for folder in reversed(folders) for path in sorted(folder.glob("*.j2"))}
    made = Environment(
        loader=FunctionLoader(lambda name: (found[name], name, lambda: True) if name in found else None),
        autoescape=_is_markup,  # noqa: S701 (on for all but plain text)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(FILTERS)
    return made


def broken_templates(folder: Path) -> Iterator[tuple[str, int, str]]:
    """The templates of a folder that cannot be used: (file name, line, what is wrong). Line 0: all of the file.

    Finds only what can be seen without an edition: an undefined name is noticed when the template is used.
    """
    bare = environment([])
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            bare.compile(path.read_text("utf-8"), path.name)
        except TemplateSyntaxError as error:
            yield path.name, error.lineno, str(error.message)
        except OSError as error:
            yield path.name, 0, f"cannot be read: {why(path, error)}"
        except UnicodeDecodeError as error:
            yield path.name, 0, str(error)


def template_problem(error: Exception) -> str:
    """What went wrong in a template, and where: "digest.html.j2, line 3: 'foo' is undefined"."""
    words = one_line(str(error), None) or type(error).__name__
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name}, line {error.lineno}: {words}"
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(SUFFIX)]
    return f"{frames[-1].filename}, line {frames[-1].lineno}: {words}" if frames else words


def _is_markup(template: str | None) -> bool:
    return template is None or not template.endswith(".txt.j2")
