"""The facts of an article → a line of JSON."""

import json

from monitor.export.record import Record
from monitor.plain_text import escaped


def json_line(record: Record) -> str:
    """One line, with letters as they are. What moves a cursor, reorders a line or is taken for the end of one is
    escaped; every JSON parser undoes that.
    """
    written = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return f"{escaped(written, form=_json_escape)}\n"


def _json_escape(sign: str) -> str:
    return json.dumps(sign)[1:-1]
