"""Who says it, in words: "9 outlets, 3 publishers, 1 AFP text"."""

from collections.abc import Iterator

from monitor.counted import counted
from monitor.model.voices import SharedTexts, Voices


def spoken(voices: Voices) -> str:
    """How many outlets there are, and what is less: their publishers, and the texts that several of them carry."""
    return ", ".join(_parts(voices))


def _parts(voices: Voices) -> Iterator[str]:
    yield counted(voices.outlets, "outlet", "outlets")
    if voices.publishers < voices.outlets:
        yield counted(voices.publishers, "publisher", "publishers")
    yield from map(_shared, voices.shared)


def _shared(shared: SharedTexts) -> str:
    """1 AFP text, 2 AFP texts, AFP texts (nobody knows how many), 1 shared text; in so many outlets if not in all."""
    where = "" if shared.is_all else f" in {counted(shared.outlets, 'outlet', 'outlets')}"
    name = shared.agency or "shared"
    words = f"{name} texts" if shared.texts is None else counted(shared.texts, f"{name} text", f"{name} texts")
    return f"{words}{where}"
