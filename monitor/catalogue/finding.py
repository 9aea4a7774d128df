"""Feeds of the catalogue by words: an outlet, a domain, a country, a language, a subject."""

from collections.abc import Sequence

from monitor.catalogue.sources import Source, places, sources
from monitor.text import folded


def found(words: str, *, country: str = "", language: str = "", limit: int) -> tuple[Source, ...]:
    """Those in which every word occurs, best first: named so, then about it, then in such a language or of such a kind.

    `country` is a code or a name, `language` a code; "" for any. Without words all that are left, by country.
    """
    asked = folded(words).split()
    ranked = []
    for each in sources():
        if (country and not _is_in(each, country)) or (language and each.language != language.casefold()):
            continue
        ranks = [_rank(word, each) for word in asked]
        if None not in ranks:
            ranked.append((sum(rank or 0 for rank in ranks), each))
    return tuple(each for _, each in sorted(ranked, key=lambda one: one[0])[:limit])


def _rank(word: str, source: Source) -> int | None:
    """0 if it is the outlet's name or domain, more if it only says what it is about; None if it has nothing of it."""
    for rank, texts in enumerate(_texts(source)):
        if any(word in _words(text) for text in texts):
            return 2 * rank
        if len(word) > 2 and any(word in folded(text) for text in texts):
            return 2 * rank + 1
    return None


def _texts(source: Source) -> Sequence[Sequence[str]]:
    known = [places()[code] for code in (source.about, source.country) if code]
    return (
        (source.outlet, source.url),
        (source.covers, *(text for place in known for text in (place.name, place.code, place.region))),
        (source.language, source.kind),
    )


def _words(text: str) -> list[str]:
    return folded(text).replace(".", " ").replace("/", " ").split()


def _is_in(source: Source, country: str) -> bool:
    known = [places()[code] for code in (source.about, source.country) if code]
    return any(folded(country) in {folded(place.code), folded(place.name)} for place in known)
