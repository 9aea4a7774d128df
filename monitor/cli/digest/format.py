"""The formats in which an edition can be shown."""

from enum import StrEnum


class Format(StrEnum):
    """The format in which to show an edition."""

    TEXT = "text"
    HTML = "html"
    EML = "eml"
