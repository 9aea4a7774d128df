"""An edition in words: subject, text, HTML, and its archive page. The only importer of jinja2.

Decides how much of an edition a mail shows, so that it stays under the size at which mail services
cut it off; the archive page always shows all. Reads no file while rendering: `environment` is
called at the edge and reads the templates once.
"""

import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, Environment, StrictUndefined

from monitor.model.edition import Edition, Missed, Rendered
from monitor.render.calendar import Calendar
from monitor.render.columns import flush, isolated, width, wrapped
from monitor.render.headline import UNUSUAL, clipped, counted, preheader, subject, tally
from monitor.render.notes import render_notes
from monitor.render.rhythm import bars, level, silence, span

__all__ = ["Environment", "Limits", "Rendered", "counted", "environment", "render", "render_notes", "render_page"]

MAX_HTML_BYTES = 95_000
"""Encoded for transport; Gmail cuts a message off at 102 KB (rule E2)."""

MAX_STORIES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a template may show: topics, stories in full per topic, lines per fold, outlets named
    beside the lead's. None: all. What is left out is counted in words.
    """

    topics: int | None = None
    stories: int | None = None
    lines: int | None = None
    outlets: int | None = None


EVERYTHING = Limits()

STEPS = (
    Limits(topics=40, stories=5, lines=8, outlets=4),
    Limits(topics=40, stories=4, lines=6, outlets=4),
    Limits(topics=40, stories=3, lines=5, outlets=3),
    Limits(topics=40, stories=2, lines=3, outlets=3),
    Limits(topics=40, stories=1, lines=2, outlets=2),
    Limits(topics=40, stories=0, lines=0, outlets=0),
    Limits(topics=10, stories=0, lines=0, outlets=0),
)
"""Tried in this order until the HTML is small enough."""


FILTERS: Mapping[str, Callable[..., str | int]] = {
    "bars": bars,
    "clipped": clipped,
    "counted": counted,
    "flush": flush,
    "isolated": isolated,
    "level": level,
    "silence": silence,
    "span": span,
    "tally": tally,
    "width": width,
    "wrapped": wrapped,
}
"""What templates can do with what they receive, beside Jinja's own; docs/templates.md says how."""


def environment(folders: Sequence[Path]) -> Environment:
    """The templates (`*.j2`) of these folders, one in an earlier folder before its namesake in a later one.

    What goes into a template is escaped always, except in `*.txt.j2`; a name that a template uses and
    nobody gave is an error, not an empty string (rule S9).
    """
    found = {path.name: path.read_text("utf-8") for folder in reversed(folders) for path in sorted(folder.glob("*.j2"))}
    made = Environment(
        loader=DictLoader(found),
        autoescape=_is_markup,  # noqa: S701 (on for all but plain text)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(FILTERS)
    return made


def render(
    edition: Edition, environment: Environment, *, archive_page: str = "", missed: Sequence[Missed] = ()
) -> Rendered:
    """A mail: the same rows and templates give the same bytes (rule E13).

    `archive_page` is the address of the page that has all of it; "" if there is none. `missed`: earlier
    editions that did not reach its reader.
    """
    context = _context(edition, archive_page, missed)
    steps = (limits for limits in STEPS if _stories_shown(edition, limits) <= MAX_STORIES)
    for limits in steps:
        html = environment.get_template("digest.html.j2").render(context, limits=limits)
        if encoded_size(html) <= MAX_HTML_BYTES:
            break
    text = environment.get_template("digest.txt.j2").render(context, limits=limits)
    return Rendered(subject=context["subject"], text=_tidy(text), html=html)


def render_page(edition: Edition, environment: Environment) -> str:
    """The archive page: everything the edition lists."""
    return environment.get_template("page.html.j2").render(_context(edition, ""), limits=EVERYTHING)


def encoded_size(html: str) -> int:
    """Bytes on the wire, by whichever of quoted-printable and base64 is shorter."""
    raw = html.encode()
    quoted = binascii.b2a_qp(raw, istext=True)
    return min(len(quoted) + quoted.count(b"\n"), int(len(raw) / 3 * 4 * 78 / 76) + 80)


def _stories_shown(edition: Edition, limits: Limits) -> int:
    return sum(len(section.stories[: limits.stories]) for section in edition.sections[: limits.topics])


def _context(edition: Edition, archive_page: str, missed: Sequence[Missed] = ()) -> Mapping[str, Any]:
    calendar = Calendar(zone=ZoneInfo(edition.timezone), now=edition.moment, language=edition.language)
    return {
        "edition": edition,
        "subject": subject(edition, calendar),
        "preheader": preheader(edition),
        "archive_page": archive_page,
        "missed": missed,
        "calendar": calendar,
        "unusual": UNUSUAL,
    }


def _tidy(text: str) -> str:
    """No more than one empty line in a row, and none at the ends."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _is_markup(template: str | None) -> bool:
    return template is None or not template.endswith(".txt.j2")
