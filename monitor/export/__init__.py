"""A stored article as a line for other programs: facts → line, nothing is read or written here.

record    an article with its matches and feed → the facts of it, which docs/export.schema.json describes
sources   who publishes an outlet, and in which country
lines     the facts → a line of JSON
sheet     the facts → a line of CSV that no spreadsheet takes for a formula
"""

from monitor.export.lines import json_line
from monitor.export.record import Record, record_of
from monitor.export.sheet import BYTE_ORDER_MARK, COLUMNS, csv_line, header_line, tag_line
from monitor.export.sources import Sources, sources_of

__all__ = [
    "BYTE_ORDER_MARK",
    "COLUMNS",
    "Record",
    "Sources",
    "csv_line",
    "header_line",
    "json_line",
    "record_of",
    "sources_of",
    "tag_line",
]
