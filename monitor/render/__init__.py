"""An edition or a roll-up in words: subject, text, HTML, its archive page, and the index. The only importer of jinja2.

Decides how much of an edition a mail shows, so that it stays under the size at which mail services
cut it off; the archive page always shows all. Reads no file while rendering: `environment` is
called at the edge and reads the templates once.
"""

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment

from monitor.model.archive_index import ArchiveIndex
from monitor.model.edition import Edition, Missed, Rendered
from monitor.model.rollup import RollUp
from monitor.render.calendar import Calendar
from monitor.render.headline import (
    UNUSUAL,
    counted,
    preheader,
    rollup_preheader,
    rollup_subject,
    subject,
    without_label,
)
from monitor.render.notes import render_notes
from monitor.render.templates import broken_templates, environment, template_problem

__all__ = [
    "Environment",
    "Limits",
    "Rendered",
    "broken_templates",
    "counted",
    "environment",
    "render",
    "render_index",
    "render_notes",
    "render_page",
    "template_problem",
    "without_label",
]

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


def render(
    edition: Edition | RollUp, environment: Environment, *, archive_page: str = "", missed: Sequence[Missed] = ()
) -> Rendered:
    """A mail: the same rows and templates give the same bytes (rule E13).

    `archive_page` is the address of the page that has all of it; "" if there is none. `missed`: earlier
    editions that did not reach its reader.
    """
    context = _context(edition, archive_page, missed)
    name = "digest" if isinstance(edition, Edition) else "rollup"
    steps = (limits for limits in STEPS if _stories_shown(edition, limits) <= MAX_STORIES)
    for limits in steps:
        html = environment.get_template(f"{name}.html.j2").render(context, limits=limits)
        if encoded_size(html) <= MAX_HTML_BYTES:
            break
    text = environment.get_template(f"{name}.txt.j2").render(context, limits=limits)
    return Rendered(subject=context["subject"], text=_tidy(text), html=html)


def render_page(edition: Edition | RollUp, environment: Environment) -> str:
    """The archive page: everything the edition lists."""
    name = "page" if isinstance(edition, Edition) else "rollup_page"
    context = {**_context(edition, ""), "preheader": ""}
    return environment.get_template(f"{name}.html.j2").render(context, limits=EVERYTHING)


def render_index(index: ArchiveIndex, environment: Environment) -> str:
    """The first page of the archive."""
    calendar = Calendar(zone=ZoneInfo(index.timezone), now=index.made_at, language=index.language)
    context = {"index": index, "subject": "Archive of News Monitor", "preheader": "", "calendar": calendar}
    return environment.get_template("index.html.j2").render(context)


def encoded_size(html: str) -> int:
    """Bytes on the wire, by whichever of quoted-printable and base64 is shorter."""
    raw = html.encode()
    quoted = binascii.b2a_qp(raw, istext=True)
    return min(len(quoted) + quoted.count(b"\n"), int(len(raw) / 3 * 4 * 78 / 76) + 80)


def _stories_shown(edition: Edition | RollUp, limits: Limits) -> int:
    if isinstance(edition, RollUp):
        return len(edition.stories)
    return sum(len(section.stories[: limits.stories]) for section in edition.sections[: limits.topics])


def _context(edition: Edition | RollUp, archive_page: str, missed: Sequence[Missed] = ()) -> dict[str, Any]:
    calendar = Calendar(zone=ZoneInfo(edition.timezone), now=edition.moment, language=edition.language)
    if isinstance(edition, RollUp):
        headline = {"subject": rollup_subject(edition, calendar), "preheader": rollup_preheader(edition)}
    else:
        headline = {"subject": subject(edition, calendar), "preheader": preheader(edition)}
    return {
        **headline,
        "edition": edition,
        "archive_page": archive_page,
        "missed": missed,
        "calendar": calendar,
        "unusual": UNUSUAL,
    }


def _tidy(text: str) -> str:
    """No more than one empty line in a row, and none at the ends."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
