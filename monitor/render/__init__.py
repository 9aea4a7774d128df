"""An edition or a roll-up in words: subject, text, HTML, its archive page, and the index. The only importer of jinja2.

A mail shows as much as fits (`fit`), so that it stays under the size at which mail services cut it off; the archive
page always shows all. Reads no file while rendering: `environment` is called at the edge and reads the templates once.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment

from monitor.model.archive_index import ArchiveIndex, Neighbours
from monitor.model.delivery import REST_FILE
from monitor.model.edition import Edition, Missed, Rendered
from monitor.model.rollup import RollUp
from monitor.render.alerts import render_alert
from monitor.render.calendar import Calendar
from monitor.render.counts import spoken
from monitor.render.fit import ALL, LEAST, MAX_HTML_BYTES, encoded_size, fit
from monitor.render.headline import (
    UNUSUAL,
    preheader,
    rollup_preheader,
    rollup_subject,
    subject,
    without_label,
)
from monitor.render.notes import render_notes
from monitor.render.shown import Limits, Shown
from monitor.render.templates import broken_templates, environment, template_problem

__all__ = [
    "MAX_HTML_BYTES",
    "Environment",
    "Limits",
    "Rendered",
    "broken_templates",
    "encoded_size",
    "environment",
    "render",
    "render_alert",
    "render_index",
    "render_notes",
    "render_page",
    "spoken",
    "template_problem",
    "topic_anchor",
    "with_neighbours",
    "without_label",
]

PLACES = ("above", "below")
"""The place of the links to the previous and next page: `<!-- neighbours above -->` in a template."""

ANCHOR_DIGITS = 8

EVERYTHING = Limits()

ROLLUP_STEPS = (replace(ALL, topics=40, stories=5, lines=8, outlets=4), LEAST)

HREF = re.compile(r'href="([^"]*)"')


def render(
    edition: Edition | RollUp, environment: Environment, *, archive_page: str = "", missed: Sequence[Missed] = ()
) -> Rendered:
    """A mail: the same rows and templates give the same bytes (rule E13).

    `archive_page` is the address of the page that has all of it; "" if its reader can open none. What has no room
    is then in `rest`, even if no mail program follows the address. `missed`: earlier editions that did not reach its
    reader.
    """
    context = _context(edition, archive_page, missed)
    if isinstance(edition, RollUp):
        return _rollup(environment, context)
    template = environment.get_template("digest.html.j2")
    limits, html = fit(edition, lambda limits: template.render(context, limits=limits, shown=Shown(edition, limits)))
    shown = Shown(edition, limits)
    text = environment.get_template("digest.txt.j2").render(context, limits=limits, shown=shown)
    addresses = {unescape(each) for each in HREF.findall(html)}
    rest = {"rest": shown.rest(addresses), "corrections": shown.rest_of_corrections(addresses)}
    is_attached = context["attached"] and any(rest.values())
    return Rendered(
        subject=context["subject"],
        text=_tidy(text),
        html=html,
        rest=_tidy(environment.get_template("rest.txt.j2").render(context, **rest)) if is_attached else "",
    )


def _rollup(environment: Environment, context: dict[str, Any]) -> Rendered:
    """A roll-up as a mail. It has no limits: it lists nothing for the first time, and its templates limit what they
    print.
    """
    template = environment.get_template("rollup.html.j2")
    for limits in ROLLUP_STEPS:
        html = template.render(context, limits=limits)
        if encoded_size(html) <= MAX_HTML_BYTES:
            break
    text = environment.get_template("rollup.txt.j2").render(context, limits=limits)
    return Rendered(subject=context["subject"], text=_tidy(text), html=html)


def render_page(edition: Edition | RollUp, environment: Environment) -> str:
    """The archive page: everything the edition lists. It does not lead to its neighbours yet: see `with_neighbours`."""
    name = "page" if isinstance(edition, Edition) else "rollup_page"
    if isinstance(edition, Edition):
        sections = (replace(section, anchor=topic_anchor(section.topic)) for section in edition.sections)
        edition = replace(edition, sections=tuple(sections))
    context = {**_context(edition, ""), "preheader": ""}
    if isinstance(edition, Edition):
        context["shown"] = Shown(edition, EVERYTHING)
    return environment.get_template(f"{name}.html.j2").render(context, limits=EVERYTHING)


def topic_anchor(topic: str) -> str:
    """The anchor of a topic on every archive page, so that other pages can link to it without reading that page."""
    return f"topic-{hashlib.sha256(topic.encode('utf-8', 'surrogatepass')).hexdigest()[:ANCHOR_DIGITS]}"


def with_neighbours(page: str, neighbours: Neighbours, environment: Environment) -> str:
    """A page of `render_page`, leading to the editions before and after it.

    One without a place for that, from an earlier version or an owner's template, has it at its end.
    """
    calendar = Calendar(zone=ZoneInfo(neighbours.timezone), now=neighbours.made_at, language=neighbours.language)
    template = environment.get_template("neighbours.html.j2")
    ways = {place: template.render(neighbours=neighbours, calendar=calendar, place=place) for place in PLACES}
    if not any(_mark(place) in page for place in PLACES):
        start, end, rest = page.rpartition("</body>")
        return f"{start}{ways['below']}{end}{rest}" if end else page
    for place, way in ways.items():
        page = page.replace(_mark(place), way)
    return page


def _mark(place: str) -> str:
    return f"<!-- neighbours {place} -->"


def render_index(index: ArchiveIndex, environment: Environment) -> str:
    """The first page of the archive."""
    calendar = Calendar(zone=ZoneInfo(index.timezone), now=index.made_at, language=index.language)
    context = {"index": index, "subject": "Archive of News Monitor", "preheader": "", "calendar": calendar}
    return environment.get_template("index.html.j2").render(context)


def _context(edition: Edition | RollUp, archive_page: str, missed: Sequence[Missed] = ()) -> dict[str, Any]:
    calendar = Calendar(zone=ZoneInfo(edition.timezone), now=edition.moment, language=edition.language)
    if isinstance(edition, RollUp):
        headline = {"subject": rollup_subject(edition, calendar), "preheader": rollup_preheader(edition, calendar)}
    else:
        headline = {"subject": subject(edition, calendar), "preheader": preheader(edition, calendar)}
    return {
        **headline,
        "edition": edition,
        "archive_page": archive_page,
        "attached": "" if archive_page.startswith(("http://", "https://")) else REST_FILE,
        "missed": missed,
        "calendar": calendar,
        "unusual": UNUSUAL,
    }


def _tidy(text: str) -> str:
    """No more than one empty line in a row, and none at the ends."""
    return re.sub(r"\n\n\n+", "\n\n", text).strip() + "\n"
