"""The words in dates: months and weekdays in many languages, names of time zones, and what says nothing.

A name that is another month in another language (listopad: October in Croatian, November in Polish) is none, and so is
the name of several zones (IST: Indian, Irish, Israel). Only the words are known here; how they make a date: `dates`.
"""

import unicodedata
from collections import defaultdict
from functools import cache
from typing import Literal

from babel.dates import get_day_names, get_month_names

_LANGUAGES = [
    "ar",
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "fa",
    "fi",
    "fr",
    "he",
    "hi",
    "hr",
    "hu",
    "id",
    "is",
    "it",
    "ja",
    "ko",
    "lt",
    "lv",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sk",
    "sl",
    "sr",
    "sv",
    "th",
    "tr",
    "uk",
    "vi",
    "zh",
]
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAYS = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
]
_ENGLISH = {name[:length]: number for number, name in enumerate(_MONTHS, 1) for length in (3, len(name))} | {"sept": 9}

_FILLERS = frozenset(
    {
        "st",
        "nd",
        "rd",
        "th",
        "er",
        "at",
        "on",
        "the",
        "of",
        "de",
        "del",
        "do",
        "da",
        "di",
        "um",
        "uhr",
        "h",
        "hs",
        "hrs",
        "kl",
        "klo",
        "alle",
        "ore",
        "à",
        "a",
        "às",
        "o",
        "le",
        "los",
        "las",
        "den",
        "am",
        "г",
        "год",
        "года",
        "в",
        "y",
    }
)
"""Between the parts of a date. `am` is German here; before or after a time it is read with it."""

_SILENT = _FILLERS | {name[:length] for name in _DAYS for length in (3, 4, 5, len(name))}
_WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")
_FORMS: tuple[Literal["format", "stand-alone"], ...] = ("format", "stand-alone")

ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "wat": 60, "cet": 60, "mez": 60, "cest": 120,
    "mesz": 120, "eet": 120, "eest": 180, "cat": 120, "sast": 120, "eat": 180, "msk": 180, "msd": 240, "trt": 180,
    "irst": 210, "pkt": 300, "npt": 345, "ict": 420, "wib": 420, "wita": 480, "wit": 540, "hkt": 480, "sgt": 480,
    "pht": 480, "awst": 480, "jst": 540, "kst": 540, "acst": 570, "acdt": 630, "aest": 600, "aedt": 660, "nzst": 720,
    "nzdt": 780, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480,
    "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "nst": -210, "ndt": -150, "brt": -180, "art": -180,
    "clt": -240, "clst": -180, "pet": -300,
}  # fmt: skip
"""Minutes east of UTC, of the names that mean one zone, and of those of RFC 5322 (4.3), whatever else they mean."""


def month_of(word: str) -> int:
    """1 to 12. Raises ValueError for a word that names no month, or several; case must be folded."""
    months = {_ENGLISH[word]} if word in _ENGLISH else _months().get(_without_marks(word), set())
    if len(months) != 1:
        raise ValueError("not a month")
    return min(months)


def says_nothing(word: str) -> bool:
    """Whether it may stand in a date and changes nothing: a weekday, "at", "Uhr"."""
    if word in _ENGLISH or word in _SILENT:
        return word in _SILENT
    return _without_marks(word) in _weekdays()


@cache
def _months() -> dict[str, set[int]]:
    """By name, long or short, the months that it is in some language."""
    found = defaultdict[str, set[int]](set)
    for language in _LANGUAGES:
        for names in (get_month_names(width, form, language) for width in _WIDTHS for form in _FORMS):
            for number, name in names.items():
                found[_without_marks(name)].add(number)
    return dict(found)


@cache
def _weekdays() -> frozenset[str]:
    names = (get_day_names(width, "format", language).values() for language in _LANGUAGES for width in _WIDTHS)
    return frozenset(_without_marks(name) for each in names for name in each)


def _without_marks(word: str) -> str:
    """Without accents, the dot of a short form, and case: Août and AOUT are the same."""
    parts = unicodedata.normalize("NFKD", word.casefold()).rstrip(".")
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))
