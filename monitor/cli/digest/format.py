"""In what form editions are shown."""

from enum import StrEnum


class Format(StrEnum):
    """In what form to show an edition."""

    TEXT = "text"
    HTML = "html"
    EML = "eml"
