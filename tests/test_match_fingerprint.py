"""Fingerprints stay: a topic with another one is matched again over stored articles. The name of what its owner wrote
stays as well: with another one the past of its trend is not known.

The values of `KEPT` are those of the first release, with the meaning that terms had then; `MEANING` names another.
"""

import sys
from collections.abc import Mapping, Sequence

import pytest

from monitor.match import fingerprint, own_wordings
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


@pytest.fixture
def first_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a term still meant what it did in the first release; only the wording counts then."""
    monkeypatch.setattr(sys.modules["monitor.match.fingerprint"], "MEANING", 1)


@pytest.mark.usefixtures("first_meaning")
@pytest.mark.parametrize(("written", "kept"), KEPT.values(), ids=KEPT)
def test_what_a_fingerprint_says_of_the_wording_is_what_it_has_always_been(written: Topic, kept: str) -> None:
    assert fingerprint(written, LISTS) == kept


SINCE_THE_SECOND_MEANING = {
    "a word": "afdc373a141894f1",
    "lists, one in another": "4d87d37905728c98",
    "every key": "c7277666084d8e53",
}


@pytest.mark.parametrize(("name", "kept"), SINCE_THE_SECOND_MEANING.items(), ids=SINCE_THE_SECOND_MEANING)
def test_a_fingerprint_names_the_meaning_of_terms_as_well(name: str, kept: str) -> None:
    assert fingerprint(KEPT[name][0], LISTS) == kept


def test_no_two_of_these_topics_share_a_fingerprint() -> None:
    assert len({kept for _, kept in KEPT.values()}) == len(KEPT)


LIBRARY = frozenset({"ports", "strike", "lockout"})
STOPPED = rule(("@ports",), ("title:@strike",), ("@crews on @strike", "flood"))


def own(written: Topic, lists: Mapping[str, Sequence[str]] = LISTS, shipped: frozenset[str] = LIBRARY) -> str:
    return own_wordings([written], lists, shipped)[written.name]


WRITTEN: dict[str, tuple[Topic, str]] = {
    "a word": (rule(("flood",)), "b1540dae32176f31"),
    "lists, alone, in headlines and in a phrase": (STOPPED, "4dd9e7b39ec1abf3"),
    "a list of the owner's": (rule(("@crews",)), "771f18a49513a839"),
    "every key": (KEPT["every key"][0], "d828cee15af34113"),
    "languages and sources": (KEPT["languages and sources"][0], "dd70213ee456a6ee"),
}


@pytest.mark.parametrize(("written", "kept"), WRITTEN.values(), ids=WRITTEN)
def test_the_name_of_what_the_owner_wrote_is_what_it_has_always_been(written: Topic, kept: str) -> None:
    assert own(written) == kept


@pytest.mark.parametrize(
    "change",
    [
        {"ports": ["Odrava", "quay"]},
        {"strike": ["strike"]},
        {"lockout": ["lockout", "lock-in"]},
        {"strike": ["strike", "@ports"]},
        {"ports": ["Odrava", "@more"], "more": ["Velm"]},
    ],
    ids=str,
)
def test_what_shipped_lists_contain_changes_what_a_topic_means_and_not_what_its_owner_wrote(
    change: dict[str, list[str]],
) -> None:
    after = {**LISTS, **change}
    assert fingerprint(STOPPED, after) != fingerprint(STOPPED, LISTS)
    assert own(STOPPED, after, LIBRARY | change.keys()) == own(STOPPED)


def test_another_meaning_of_terms_changes_what_a_topic_means_and_not_what_its_owner_wrote(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = fingerprint(STOPPED, LISTS), own(STOPPED)
    monkeypatch.setattr(sys.modules["monitor.match.fingerprint"], "MEANING", 3)
    after = fingerprint(STOPPED, LISTS), own(STOPPED)
    assert before[0] != after[0]
    assert before[1] == after[1]


@pytest.mark.parametrize("lists", [{"crews": ["dockers"]}, {"crews": ["dockers", "pilots", "@lockout"]}], ids=str)
def test_a_list_of_the_owners_is_part_of_what_he_wrote(lists: dict[str, list[str]]) -> None:
    assert own(STOPPED, {**LISTS, **lists}) != own(STOPPED)


def test_a_list_in_place_of_a_shipped_one_is_the_owners_also_where_only_shipped_lists_name_it() -> None:
    """`@strike` of the library names `@lockout`, and the owner has a list of that name."""
    strikes, library = rule(("@strike",)), LIBRARY - {"lockout"}
    assert own(strikes, shipped=library) != own(strikes)
    assert own(strikes, {**LISTS, "lockout": ["shut-out"]}, library) != own(strikes, shipped=library)
    assert own(rule(("@ports",)), {**LISTS, "lockout": ["shut-out"]}, library) == own(rule(("@ports",)))


def test_another_shipped_list_is_another_wording() -> None:
    alike = {**LISTS, "harbours": LISTS["ports"]}
    a, b = rule(("@ports",)), rule(("@harbours",))
    assert fingerprint(a, alike) == fingerprint(b, alike)
    assert own(a, alike, LIBRARY | {"harbours"}) != own(b, alike, LIBRARY | {"harbours"})


def test_shipped_lists_that_name_each_other_are_named_once() -> None:
    """A list that is a loop is a mistake of the config, and it is `fingerprint` that says so."""
    loop = {"a": ["@b", "@own"], "b": ["@a", "@own"], "own": ["flood"]}
    assert own(rule(("@a",)), loop, frozenset("ab")) != own(rule(("@b",)), loop, frozenset("ab"))


def test_a_topic_of_another_name_or_priority_is_worded_alike() -> None:
    plain = rule(("flood",))
    other = Topic(name="other", rules=plain.rules, priority=3, was="t")
    assert own_wordings([plain, other], {}, frozenset()) == dict.fromkeys(("t", "other"), own(plain))
