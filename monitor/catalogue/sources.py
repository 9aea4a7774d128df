"""The feeds of the catalogue, and the places that they are about: two tables beside this file, read when asked for.

`feeds.tsv` is chosen by `benchmarks/catalogue.py` from two public lists; its README names them and their licences. No
feed in it has been tried: whether it answers is known when it is polled.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from functools import cache
from pathlib import Path

from monitor.url import registrable_domain

FEEDS = Path(__file__).parent / "feeds.tsv"
PLACES_FILE = Path(__file__).parent / "places.tsv"

KINDS: Mapping[str, str] = {
    "Independent Media": "independent",
    "Non-Profit": "non-profit",
    "Print Media": "private",
    "Private Enterprise": "private",
    "Private Independent Media": "independent",
    "Private Media": "private",
    "Public agency (statutory, editorially independent)": "public",
    "Public Broadcaster": "public",
    "Public Media": "public",
    "State Funded Media": "state-funded",
    "State Media / Digital": "state-funded",
}
"""What the list calls an outlet → its kind in the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country or territory: its ISO 3166 code, English name and region, and the shipped list of its words, or ""."""

    code: str
    name: str
    region: str
    terms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed of the catalogue.

    `country`: the code of the outlet's country, else of the country that the list keeps the feed under, or "".
    `about`: the code of the country that it reports on, where that is not `country`. `covers`: the region, part of a
    country or subject that it is about, or "". `language`: a code, or "" where the list does not say. `kind`: who
    owns the outlet (a value of `KINDS`), or "". `listed`: the list that the line comes from.
    """

    url: str
    outlet: str
    country: str
    about: str
    covers: str
    language: str
    kind: str
    listed: str

    @property
    def place(self) -> str:
        """The code of the country that it reports on, or ""."""
        return self.about or self.country


@cache
def places() -> Mapping[str, Place]:
    """By code."""
    rows = csv.DictReader(io.StringIO(PLACES_FILE.read_text(encoding="utf-8")), delimiter="\t")
    found = (Place(code=row["code"], name=row["name"], region=row["region"], terms=row["list"]) for row in rows)
    return {each.code: each for each in found}


@cache
def sources() -> tuple[Source, ...]:
    rows = csv.DictReader(io.StringIO(FEEDS.read_text(encoding="utf-8")), delimiter="\t")
    return tuple(Source(**row) for row in rows)


@cache
def countries() -> Mapping[str, str]:
    """Registrable domain → the code of the country of the outlets whose feeds are there, if it is one."""
    found: dict[str, set[str]] = {}
    for each in sources():
        found.setdefault(registrable_domain(each.url), set()).add(each.country)
    return {domain: next(iter(codes)) for domain, codes in found.items() if len(codes) == 1 and "" not in codes}


def as_table(found: Iterable[Source]) -> str:
    """The text of `feeds.tsv`."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(each.name for each in fields(Source))
    writer.writerows(astuple(each) for each in found)
    return out.getvalue()
