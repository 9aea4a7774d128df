"""The templates of the page, and what they may print. Everything foreign is escaped by the template engine."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor.counted import counted
from monitor.plain_text import one_line
from monitor.url import clean_link
from monitor.web.asking import asking, may_change

HERE = Path(__file__).parent
STATIC = {"page.css": "text/css; charset=utf-8", "workbench.js": "text/javascript; charset=utf-8"}
"""Files that browsers may ask for, with their kinds. There is no other way to a file."""


@cache
def templates() -> Environment:
    """Every name that a template prints must be there, and all values are escaped."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters |= {
        "line": line,
        "link": clean_link,
        "counted": counted,
        "at": at,
        "fact": fact,
        "marked": marked,
        "address": quoted,
    }
    found.globals |= {"asking": asking, "may_change": may_change}
    return found


@cache
def static(name: str) -> bytes:
    """A file of ours. Raises KeyError for any other name."""
    if name not in STATIC:
        raise KeyError(name)
    return (HERE / "static" / name).read_bytes()


def line(text: object, limit: int | None = None) -> str:
    """Foreign text on one line, without signs that hide or reorder what stands around them."""
    return one_line(str(text), limit)


def at(moment: datetime | str | None, zone: str, form: str = "%Y-%m-%d %H:%M") -> str:
    """A moment as people read it, in their zone; "never" for none."""
    if not moment:
        return "never"
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return parsed.astimezone(ZoneInfo(zone)).strftime(form)


def fact(value: object, zone: str) -> str:
    """A value of a list of facts as people read it: moments in their zone, yes and no, several joined."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    written = str(value)
    return at(written, zone) if MOMENT.fullmatch(written) else written


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def quoted(text: str) -> str:
    """A name as a field of an address."""
    return quote(text, safe="")


def marked(text: str, marks: Sequence[Sequence[int]]) -> Markup:
    """Foreign text, escaped, with these parts of it marked."""
    pieces, place = [], 0
    for start, end in marks:
        pieces += [_piece(text[place:start]), Markup("<mark>"), _piece(text[start:end]), Markup("</mark>")]
        place = end
    return Markup("").join([*pieces, _piece(text[place:])])


def _piece(text: str) -> str:
    return one_line(text, None, is_piece=True)


def rendered(template: str, facts: dict[str, Any]) -> str:
    return templates().get_template(template).render(facts)
