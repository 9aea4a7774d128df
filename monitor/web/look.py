"""The templates of the page, and what they may print. Everything foreign is escaped by the template engine."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.counted import counted
from monitor.plain_text import one_line
from monitor.url import clean_link

HERE = Path(__file__).parent
STATIC = {"page.css": "text/css; charset=utf-8"}
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
    found.filters |= {"line": line, "link": clean_link, "counted": counted, "at": at}
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


def rendered(template: str, facts: dict[str, Any]) -> str:
    return templates().get_template(template).render(facts)
