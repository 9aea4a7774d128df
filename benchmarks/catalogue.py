"""`python -m benchmarks.catalogue [FOLDER]`: chooses the feeds of the catalogue that comes with the program.

FOLDER is ../shared/corpora. Two lists are read: `sources/feeds.tsv` and `outlets.tsv` (URLs with the place or subject
that they are kept under, languages, outlets, countries and kinds), and `opml/awesome-rss-feeds` (feeds by country).
Addresses, countries, languages and kinds are facts and are taken; descriptions are not. Nothing is added from memory,
and no feed has been tried. The same lists give the same bytes.
"""

import argparse
import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from monitor.catalogue.sources import FEEDS, KINDS, Source, as_table, places
from monitor.url import registrable_domain

SHARED = Path(__file__).resolve().parents[2] / "shared" / "corpora"

A_LIST, A_PART, PER_OUTLET = 12, 6, 2
"""So many feeds are taken of a country, region or subject, of a part of a country, and of them of one outlet."""

COLLECTIONS = re.compile(
    r"//(?:[^/]+\.)?(?:reddit|youtube|medium|news\.google|news\.yahoo|yahoo|blogspot|tumblr)\.com/"
)
"""Sites where anybody publishes, or that list the articles of others."""

SURE = 5
"""The language of a domain is believed from so many feeds on."""

SUBJECTS = {
    "Agriculture": "agriculture",
    "AI": "artificial intelligence",
    "Aviation": "aviation",
    "Climate Change": "climate",
    "Cybersecurity": "cybersecurity",
    "Defense": "defence",
    "Diplomacy": "diplomacy",
    "Economy": "economy",
    "Energy": "energy",
    "Healthcare | Germany": "health",
    "Healthcare | USA": "health",
    "Homelessness": "homelessness",
    "Maritime": "shipping",
    "Medicine": "medicine",
    "Mining": "mining",
    "Nuclear Power": "nuclear power",
    "Privacy": "privacy",
    "Space": "space",
}
"""What news is about. Hobbies, sports and products are left out."""

REGIONS = {"Africa", "Asia", "Caribbean", "Europe", "Middle East"}

NAMES = {
    "USA": "US",
    "UK": "GB",
    "U.S.": "US",
    "Hong Kong SAR China": "HK",
    "Myanmar (Burma)": "MM",
    "Czech Republic": "CZ",
    "The Netherlands": "NL",
    "DR Congo": "CD",
    "North Carolina": "US",
    "Madeira Island": "PT",
    "Switzerland (DE)": "CH",
    "Switzerland (FR)": "CH",
    "Switzerland (IT)": "CH",
    "Palestine": "PS",
    "United States": "US",
    "United Kingdom": "GB",
    "Macau": "MO",
    "Netherlands/Morocco": "NL",
    "Taiwan/South Africa": "TW",
}
"""Names of the lists that are not those of monitor/catalogue/places.tsv."""

LANGUAGES = {"arq": "ar", "gr": "el", "no": "nb", "sq-XK": "sq", "cnr": "sr", "zh-Hans": "zh", "zh-Hant": "zh"}
"""Codes of the lists that feeds do not use. Algerian papers write standard Arabic."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet as the list has it: its name, the code of its country ("" if it has none), its kind."""

    name: str
    country: str
    kind: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalogue", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED)
    folder = parser.parse_args().folder
    if not folder.is_dir():
        sys.exit(f"There is no folder {folder}.")
    sources = sorted(
        chosen(folder), key=lambda each: (each.country or "~", each.covers, each.outlet.casefold(), each.url)
    )
    FEEDS.write_text(as_table(sources), encoding="utf-8")
    print(
        f"{len(sources)} feeds of {len({each.outlet for each in sources})} outlets, "
        f"{len({each.country for each in sources if each.country})} countries, "
        f"{len({each.language for each in sources if each.language})} languages, {FEEDS.stat().st_size:,} bytes"
    )


def chosen(folder: Path) -> Iterator[Source]:
    outlets = dict(_outlets(folder / "sources/outlets.tsv"))
    rows = _rows(folder / "sources/feeds.tsv")
    languages = _languages(rows)
    seen: set[str] = set()
    for source in (
        *_by_category(rows, outlets, languages),
        *_by_country(folder / "opml/awesome-rss-feeds", outlets, languages),
    ):
        address = re.sub(r"^https?://(www\.)?", "", source.url).rstrip("/")
        if address not in seen:
            seen.add(address)
            yield source


def _by_category(
    rows: Iterable[Mapping[str, str]], outlets: Mapping[str, Outlet], spoken: Mapping[str, str]
) -> Iterator[Source]:
    groups: dict[str, list[Source]] = {}
    for row in rows:
        place, _, part = (each.strip() for each in row["category"].partition("|"))
        subject = SUBJECTS.get(row["category"], "")
        country = "" if subject else code_of(place)
        region = place if place in REGIONS else ""
        if not (country or region or subject):
            continue
        if not subject and place in {"North Carolina", "Madeira Island"}:
            part = place
        source = _source(row["url"], outlets, country=country, covers=subject or region or part)
        is_local = not subject and not source.about
        language = _language(row) if is_local else spoken.get(_domain(row["url"]), "")
        groups.setdefault(row["category"], []).append(replace(source, language=language, listed="feeds.tsv"))
    for category in sorted(groups):
        yield from _some(groups[category], A_PART if "|" in category and category not in SUBJECTS else A_LIST)


def _by_country(folder: Path, outlets: Mapping[str, Outlet], languages: Mapping[str, str]) -> Iterator[Source]:
    for file in sorted((folder / "countries/without_category").glob("*.opml")):
        country = code_of(file.stem)
        found = [
            replace(_source(url, outlets, country=country, covers=""), listed="countries")
            for url in re.findall(r'xmlUrl="([^"]+)"', file.read_text(encoding="utf-8"))
        ]
        with_language = (replace(each, language=languages.get(_domain(each.url), "")) for each in found)
        yield from _some(with_language)
    world = (folder / "recommended/without_category/News.opml").read_text(encoding="utf-8")
    found = [
        replace(_source(url, outlets, country="", covers="World"), listed="News")
        for url in re.findall(r'xmlUrl="([^"]+)"', world)
        if not COLLECTIONS.search(url)
    ]
    yield from (replace(each, language=languages.get(_domain(each.url), "")) for each in found)


def _source(url: str, outlets: Mapping[str, Outlet], *, country: str, covers: str) -> Source:
    outlet = next((outlets[each] for each in _domains(url) if each in outlets), None)
    if "feedburner.com" in url:  # where many outlets keep their feeds
        outlet = Outlet(name=urlsplit(url).path.strip("/"), country="", kind="")
    return Source(
        url=url,
        outlet=outlet.name if outlet else _domain(url),
        country=(outlet.country if outlet and outlet.country else country),
        about=country if outlet and country and outlet.country not in {"", country} else "",
        covers=covers,
        language="",
        kind=outlet.kind if outlet else "",
        listed="",
    )


def _some(sources: Iterable[Source], left: int = A_LIST) -> Iterator[Source]:
    """At most `left`: outlets that are known first, of each the shortest addresses, which are mostly the main feeds."""
    taken: Counter[str] = Counter()
    ranked = sorted(sources, key=lambda each: (not each.kind, len(each.url), each.url))
    for source in ranked:
        if (
            left
            and taken[source.outlet] < PER_OUTLET
            and re.match(r"https?://", source.url)
            and not COLLECTIONS.search(source.url)
        ):
            taken[source.outlet] += 1
            left -= 1
            yield source


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")), delimiter="\t"))


def _outlets(file: Path) -> Iterator[tuple[str, Outlet]]:
    for row in _rows(file):
        yield row["domain"], Outlet(row["organization"], code_of(row["country"]), KINDS.get(row["typology"], ""))


def _languages(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """By domain with enough feeds, their language, where all are kept under one: a list keeps a paper's feed about
    another country under that country's language.
    """
    found: dict[str, Counter[str]] = {}
    for row in rows:
        found.setdefault(_domain(row["url"]), Counter())[_language(row)] += 1
    return {domain: next(iter(each)) for domain, each in found.items() if each.total() >= SURE and len(each) == 1}


def _language(row: Mapping[str, str]) -> str:
    return LANGUAGES.get(row["language"], row["language"])


def _domain(url: str) -> str:
    return registrable_domain(url) or (urlsplit(url).hostname or "")


def _domains(url: str) -> Iterator[str]:
    parts = (urlsplit(url).hostname or "").split(".")
    yield from (".".join(parts[place:]) for place in range(len(parts)))


def code_of(name: str) -> str:
    """The code of a country by its name; "" for a name that is none of a country."""
    name = name.strip()
    return NAMES.get(name) or next((code for code, place in places().items() if name == place.name), "")


if __name__ == "__main__":
    main()
