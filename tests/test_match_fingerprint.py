"""Fingerprints stay. A topic with another one is matched again over stored articles, and its trend begins anew.

The values below are those of the first release. They change only if what a term or a key means changes on purpose.
"""

import pytest

from monitor.match import fingerprint
from monitor.model.topic import Rule, Topic

LISTS = {
    "ports": ["Odrava", "port of Velm", "harbour*"],
    "strike": ["strike", "walkout", "go-slow", "@lockout"],
    "lockout": ["lockout", "lock-out"],
    "crews": ["dockers", "pilots"],
    "наводнение": ["паводок", "наводнени*"],
}


def rule(*groups: tuple[str, ...], **keys: object) -> Topic:
    return topic(Rule(all=groups, **keys))  # type: ignore[arg-type]


def topic(*rules: Rule, languages: tuple[str, ...] = (), sources: tuple[str, ...] = ()) -> Topic:
    return Topic(name="t", rules=rules, languages=languages, sources=sources)


KEPT: dict[str, tuple[Topic, str]] = {
    "a word": (rule(("flood",)), "5a83d701cad21da9"),
    "any": (rule(("flood", "high water", "flood")), "18e5b8826c0fd601"),
    "two groups": (rule(("Velm*",), ("flood", "=Pegel")), "a13abc87ce12e7cc"),
    "lists, one in another": (rule(("@ports",), ("@strike",)), "d1280ae9d397d44f"),
    "a list in a headline": (rule(("title:@ports", "title:quay")), "4bb5e8608bc73455"),
    "a list in a phrase": (rule(("@crews on @strike", "@lockout of @crews")), "d6358a27ab47fef1"),
    "another script": (rule(("@наводнение", "洪水", "فيضان")), "00d8679544bb4a83"),
    "none": (rule(("flood",), none=("title:podcast", "flood of @crews")), "79aa7fc63bedfb74"),
    "a list in none": (rule(("harbour",), none=("@strike",)), "98d6c855c572a3fe"),
    "near": (rule(("@ports",), ("strike",), near=6), "456877e86c279c7b"),
    "lead": (rule(("flood",), within="lead"), "e2a30cbf1aa9be33"),
    "headline": (rule(("flood",), within="headline"), "62e77160d416c9b1"),
    "at_least": (rule(("flood",), at_least=3), "bed447e3b3cb6b5d"),
    "a pair": (rule(("@crews",), ("owners", "shippers"), is_pair=True), "cf81c090e5d16ec1"),
    "every key": (
        rule(("a",), ("b", "@crews"), ("c",), none=("d",), near=9, within="lead", at_least=2, is_pair=True),
        "39d874fb4f81b617",
    ),
    "two rules": (topic(Rule(all=(("flood",),)), Rule(all=(("@ports",), ("storm",)), near=4)), "17a5f360f9e0332b"),
    "a pair among rules": (
        topic(Rule(all=(("a",), ("b",)), is_pair=True), Rule(all=(("a",), ("b",)))),
        "2edef51de1f3657a",
    ),
    "languages": (topic(Rule(all=(("flood",),)), languages=("en", "fr-CA")), "d796566a88cdc9f8"),
    "sources": (topic(Rule(all=(("flood",),)), sources=("!The Velm Echo", "@home")), "b4d0381648840a7f"),
    "languages and sources": (
        topic(Rule(all=(("flood",),)), languages=("de",), sources=("Der Bote", "Der Bote")),
        "00eaa047226086d1",
    ),
    "only none": (topic(Rule(all=(), none=("flood",))), "041190c2e104c07d"),
    "an empty group": (topic(Rule(all=((), ("flood",)))), "344846cc90aa62e7"),
    "no rule": (topic(), "49973e384bd929cb"),
}


@pytest.mark.parametrize(("written", "kept"), KEPT.values(), ids=KEPT)
def test_a_fingerprint_is_what_it_has_always_been(written: Topic, kept: str) -> None:
    assert fingerprint(written, LISTS) == kept


def test_no_two_of_these_topics_share_a_fingerprint() -> None:
    assert len({kept for _, kept in KEPT.values()}) == len(KEPT)
