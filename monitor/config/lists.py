"""`[lists]`: families of terms that topics name as "@name".

A name is looked up in the config, then in the files it includes (`include` has already joined them to it),
then in the library that comes with the program. `match` decides whether a term is valid.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING

from monitor.config.table import Adapter, Reading, Terms, check

Lists = Mapping[str, tuple[str, ...]]
LIST = Adapter(Terms)


def read_lists(written: Mapping[str, object], reading: Reading) -> Lists:
    """The named lists. The valid terms of a list with mistakes are kept, so that `@name` is known."""
    return {name: _list(name, value, reading) for name, value in written.items()}


def _list(name: str, written: object, reading: Reading) -> tuple[str, ...]:
    if isinstance(written, dict):
        inner = next(iter(written), "x")
        message = f'is a table; a list whose name has a dot needs quotes: "{name}.{inner}" = ["term"].'
        reading.findings.error(("lists", name), message)
        return ()
    terms = check(LIST, written, ("lists", name), reading)
    if terms is MISSING:
        candidates = written if isinstance(written, list) else [written]
        return tuple(term for term in candidates if isinstance(term, str))
    return tuple(terms)


def with_library(own: Lists, topics: object) -> Lists:
    """The lists of the config, and the library lists that they or the topics refer to.

    If a name cannot be found, the whole library is included, so that `match` can suggest the nearest name.
    """
    from monitor.lists import list_names, shipped_lists

    lists = dict(own)
    while lacking := _references([topics, lists], lists) - lists.keys():
        if not lacking <= list_names():
            return shipped_lists(list_names()) | lists
        lists |= shipped_lists(lacking)
    return lists


def _references(written: object, lists: Lists) -> frozenset[str]:
    from monitor.match import listed_names

    return frozenset(name for text in _texts(written) for name in listed_names(text, lists))


def _texts(written: object) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(written, str):
        yield written
    elif isinstance(written, (dict, list, tuple)):
        for each in written.values() if isinstance(written, dict) else written:
            yield from _texts(each)
