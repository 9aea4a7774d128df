"""Whether two endings that read alike say the same: with another figure, "5 new cases in Aleppo" is news."""

import re

_YEAR = r"(?:19|20)\d\d"
_MONTH = r"""(?:jan(?:uary|uar|vier)?|enero|feb(?:ruary|ruar|rero)?|février|mar(?:ch|s|zo)?|märz|apr(?:il)?|avril|abril
    |may|mai|mayo|june?|juni|juin|junio|july?|juli|juillet|julio|aug(?:ust)?|août|agosto|sept?(?:ember|embre|iembre)?
    |o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?|de[cz](?:ember)?|décembre|diciembre|января|февраля|марта
    |апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)\b"""
_DAY = r"\d{1,2}(?:st|nd|rd|th|er)?\b"
_DATE = re.compile(
    rf"""(?:\bcopyright|©|\b\(?c\))\s*(?:©|\(c\))?\s*{_YEAR}(?:\s?[-–]\s?{_YEAR})?\b
    | \b\d{{1,2}}([./-])\d{{1,2}}\1{_YEAR}\b | \b{_YEAR}-\d\d-\d\d\b
    | \b{_DAY}\.?\s(?:de\s)?{_MONTH}(?:,?\s(?:de\s)?{_YEAR}\b)?
    | \b{_MONTH}\.?\s(?:{_DAY}(?:,?\s{_YEAR}\b)?|{_YEAR}\b)""",
    re.IGNORECASE | re.VERBOSE,
)
"""A date, or the year of a notice. Any other year may be a count: "2013 new cases"."""

_FIGURE = re.compile(r"\d+")


def same_figures(one: str, other: str) -> bool:
    """Whether both have the same figures, dates aside."""
    return one == other or _figures(one) == _figures(other)


def _figures(text: str) -> list[str]:
    return _FIGURE.findall(_DATE.sub(" ", text))
