"""The headlines of a story: each once, with the outlets that carry it in the same words.

Two headlines are the same if their normalised titles are: case, quotes, dashes and accents make no difference. Even if
articles were grouped wrongly, every headline is in the edition.
"""

from collections.abc import Iterable, Iterator, Sequence

from monitor.model.entries import Carrier, Headline, Item
from monitor.text import normalised_title


def headlines(lead: Item, also: Sequence[Item]) -> tuple[Headline, ...]:
    """Every headline among these articles, that of the lead first."""
    if not also:
        return (Headline(item=lead, more=0, carriers=()),)
    groups: dict[str, list[Item]] = {}
    for item in (lead, *also):
        groups.setdefault(normalised_title(item.title), []).append(item)
    return tuple(map(_headline, groups.values()))


def _headline(items: Sequence[Item]) -> Headline:
    first, *others = items
    is_own = [item.outlet.casefold() == first.outlet.casefold() and item.under == first.under for item in others]
    rest = (item for item, own in zip(others, is_own, strict=True) if not own)
    return Headline(item=first, more=sum(is_own), carriers=tuple(_carriers(rest)))


def _carriers(items: Iterable[Item]) -> Iterator[Carrier]:
    groups: dict[tuple[str, tuple[str, ...]], list[Item]] = {}
    for item in items:
        groups.setdefault((item.outlet.casefold(), item.under), []).append(item)
    for group in groups.values():
        yield Carrier(item=group[0], times=len(group))
