"""The named lists that come with the program: countries, names with many spellings, families of synonyms.

They are terms in the language of `match`, written by hand in the TOML files beside this one; each list
has headlines of its own in the tests that it must and must not find. What a term means is not known here,
nor that a list of the same name in somebody's config takes its place.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent
NAME = re.compile(r'^"?([a-z0-9.-]+)"? = \[', re.MULTILINE)
"""In our files a list begins at the start of a line, so that its name is known without reading TOML:
that costs a hundredth of the time, and few configs need more than one of the files.
"""


def list_names() -> frozenset[str]:
    return frozenset(name for source in _sources() for name in NAME.findall(source))


def shipped_lists(wanted: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The lists of these names, as far as there are such. Only the files that hold one of them are parsed."""
    parsed = (tomllib.loads(source) for source in _sources() if not wanted.isdisjoint(NAME.findall(source)))
    return {name: tuple(terms) for lists in parsed for name, terms in lists.items() if name in wanted}


def _sources() -> Iterator[str]:
    return (file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.toml")))
