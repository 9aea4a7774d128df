"""What a topic is about: the countries and subjects that its words name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.catalogue.sources import Place, places
from monitor.match.terms import ABOUT, EXACT, PREFIX, anywhere, expanded
from monitor.model.topic import Topic
from monitor.text import folded, tokenise

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "agriculture": ("agriculture", "crop", "drought", "famine", "farm", "farmer", "grain", "harvest", "wheat"),
    "artificial intelligence": ("ai", "artificial intelligence", "chatbot", "language model"),
    "aviation": ("aircraft", "airline", "airport", "aviation", "flight", "plane"),
    "climate": ("climate", "cop", "emissions", "flood", "heatwave", "warming"),
    "cybersecurity": ("cyber", "cyberattack", "cybersecurity", "hacker", "malware", "ransomware"),
    "defence": ("army", "defence", "defense", "drone", "military", "missile", "nato", "troops", "weapons"),
    "diplomacy": (
        *("ambassador", "ceasefire", "coordination", "diplomacy", "diplomat", "embassy", "peace talks", "sanctions"),
        *("summit", "talks", "treaty", "truce"),
    ),
    "economy": ("central bank", "debt", "economy", "gdp", "inflation", "tariff", "trade", "unemployment"),
    "energy": ("electricity", "energy", "gas", "oil", "opec", "pipeline", "power grid", "solar"),
    "health": ("clinic", "health", "hospital", "nurse", "patients"),
    "homelessness": ("homeless", "homelessness", "housing"),
    "medicine": ("cholera", "disease", "drug", "ebola", "epidemic", "measles", "outbreak", "vaccine", "virus"),
    "mining": ("cobalt", "copper", "lithium", "mine", "miner", "mining", "rare earth"),
    "nuclear power": ("enrichment", "iaea", "nuclear", "reactor", "uranium"),
    "privacy": ("data protection", "privacy", "spyware", "surveillance"),
    "shipping": ("container", "harbour", "port", "ship", "shipping", "strait", "tanker", "vessel"),
    "space": ("launch", "nasa", "orbit", "rocket", "satellite", "space", "spacecraft"),
}
"""The subjects of the catalogue, and words of topics that point to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a topic is about, each in the order in which its words name it.

    `places`: codes of countries. `subjects`: keys of `SUBJECTS`. `words`: all words of the topic, folded.
    """

    places: tuple[str, ...]
    subjects: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(places()[code].region for code in self.places))


def subject_of(topic: Topic, lists: Mapping[str, Sequence[str]], shipped: Mapping[str, Sequence[str]]) -> Subject:
    """`lists`: those that the topic's terms may insert; `shipped`: all lists that come with the program."""
    terms = list(dict.fromkeys((*_named(topic.name), *_terms(topic, lists))))
    known = set(terms)
    words = tuple(dict.fromkeys(word for term in terms for word in _words(term)))
    owners = {place.code: _place_terms(place, shipped) for place in places().values()}
    return Subject(
        places=tuple(dict.fromkeys(code for term in terms for code, own in owners.items() if term in own)),
        subjects=tuple(
            subject
            for subject, own in SUBJECTS.items()
            if any(form in known or form in words for word in own for form in (word, f"{word}s"))
        ),
        words=words,
    )


def _terms(topic: Topic, lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for rule in topic.rules:
        for group in rule.all:
            for term in expanded(group, lists):
                plain = anywhere(term)
                if not plain.startswith(tuple(ABOUT)):
                    yield folded(plain.removeprefix(EXACT).removesuffix(PREFIX))


def _named(name: str) -> Iterator[str]:
    """Runs of up to three words of a name: "South Korea" in "South Korea chips"."""
    words = _words(name)
    for length in (3, 2, 1):
        yield from (" ".join(words[first : first + length]) for first in range(len(words) - length + 1))


def _words(text: str) -> list[str]:
    return [folded(text[token.start : token.end]) for token in tokenise(text)]


def _place_terms(place: Place, shipped: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The name, and the terms of its lists in all languages."""
    own = (terms for name, terms in shipped.items() if place.terms and name.partition(".")[0] == place.terms)
    return frozenset(
        folded(term.removeprefix(EXACT).removesuffix(PREFIX)) for terms in ((place.name,), *own) for term in terms
    )
