"""Rules: groups, near, within, at_least, exclusions, whom a topic listens to; tiers, evidence, explanations."""

import subprocess
import sys

import pytest

from monitor.match import TopicIndex, fingerprint, rule_from_name, vocabulary
from monitor.match.plural import plurals, singulars
from monitor.match.rules import EVIDENCE_LIMIT
from monitor.model.match import Document, Match, Tier
from monitor.model.topic import Rule, Topic

LISTS = {
    "us": ["US", "United States", "Washington"],
    "russia": ["Russia*", "Moscow"],
    "truce": ["ceasefire", "truce"],
    "everyone": ["@us", "@russia"],
}
FILLER = " ".join(["meanwhile"] * 60)


def topic(name: str = "t", *rules: Rule, languages: tuple[str, ...] = (), sources: tuple[str, ...] = ()) -> Topic:
    return Topic(name=name, rules=rules, languages=languages, sources=sources)


def only_match(rule: Rule, document: Document) -> Match | None:
    return next(iter(TopicIndex((topic("t", rule),), LISTS).matches(document)), None)


def reasons(rule: Rule, document: Document) -> str:
    return str(TopicIndex((topic("t", rule),), LISTS).explain("t", document))


SYRIA_TRUCE = Rule(all=(("Syria*", "Aleppo"), ("@truce",)), none=("title:podcast",))


@pytest.mark.parametrize(
    ("rule", "title", "text", "holds"),
    [
        (SYRIA_TRUCE, "Syrian cease-fire", "", True),
        (SYRIA_TRUCE, "Aleppo", "The truce held.", True),
        (SYRIA_TRUCE, "Aleppo", "Nothing held.", False),
        (SYRIA_TRUCE, "Podcast: Syria's truce", "", False),
        (SYRIA_TRUCE, "Syria's truce", "Hear our podcast.", True),
        (Rule(all=(("@everyone",),)), "Moscow says", "", True),
        (Rule(all=(("title:@us",),)), "Talks", "Washington waits.", False),
        (Rule(all=(("title:@us",),)), "Washington waits", "", True),
        (Rule(all=(("Syria",), ("truce",)), near=1), "Syria truce", "", True),
        (Rule(all=(("Syria",), ("truce",)), near=1), "Syria has a truce", "", False),
        (Rule(all=(("Syria",), ("truce",)), near=3), "Syria has a truce", "", True),
        (Rule(all=(("Syria",), ("truce",)), near=3), "truce has a Syria", "", True),
        (Rule(all=(("Syria",), ("truce",)), near=2), "In Syria", "A truce held.", True),
        (Rule(all=(("Syria",), ("truce",), ("aid",)), near=2), "Syria truce aid", "", True),
        (Rule(all=(("Syria",), ("truce",), ("aid",)), near=2), "Syria, truce for aid", "", False),
        (Rule(all=(("Syria",), ("truce",)), near=2), "Syria", f"{FILLER} truce {FILLER} Syria truce", True),
        (Rule(all=(("Syria*",), ("Syrian army",)), near=1), "Syrian army", "", True),
        (Rule(all=(("Syria",),), within="headline"), "Talks", "Syria waits.", False),
        (Rule(all=(("Syria",),), within="headline"), "Syria waits", "", True),
        (Rule(all=(("Syria",),), within="lead"), "Talks", f"{FILLER} Syria", False),
        (Rule(all=(("meanwhile",), ("Syria",)), within="lead"), "Syria", FILLER, True),
        (Rule(all=(("Syria",),), at_least=2), "Syria", "Syria", True),
        (Rule(all=(("Syria",),), at_least=2), "Syria", "Iraq", False),
        (Rule(all=(("Syria*", "Syrian army"),), at_least=2), "Syrian army", "", False),
        (Rule(all=(("Syria",), ("truce",)), at_least=2), "Syria Syria", "truce", False),
        (Rule(all=(("Jersey",),), none=("New Jersey",)), "New Jersey", "", False),
        (Rule(all=(("Jersey",),), none=("@us",)), "Jersey", "Washington", False),
    ],
)
def test_a_rule_holds_or_not(rule: Rule, title: str, text: str, *, holds: bool) -> None:
    document = Document(title=title, text=text)
    assert (only_match(rule, document) is not None) is holds
    assert bool(TopicIndex((topic("t", rule),), LISTS).matching(document)) is holds


@pytest.mark.parametrize(
    ("rule", "title", "text", "tier"),
    [
        (SYRIA_TRUCE, "Syria truce", "", Tier.HEADLINE),
        (SYRIA_TRUCE, "Syria", "A truce.", Tier.LEAD),
        (SYRIA_TRUCE, "", "Syria truce", Tier.LEAD),
        (SYRIA_TRUCE, "Syria", f"{FILLER} truce", Tier.PASSING),
        (SYRIA_TRUCE, "Syria", f"{FILLER[:-10]} truce", Tier.LEAD),
        (Rule(all=(("Syria",), ("truce",)), near=2), "Syria today: no truce", "A Syria truce.", Tier.LEAD),
        (Rule(all=(("Syria",), ("truce",)), near=2), "Syria", f"truce {FILLER}", Tier.LEAD),
    ],
)
def test_the_tier_is_the_narrowest_part_in_which_the_rule_holds(rule: Rule, title: str, text: str, tier: Tier) -> None:
    match = only_match(rule, Document(title=title, text=text))
    assert match is not None
    assert match.tier is tier


def test_counting_looks_at_whom_a_topic_listens_to_at_words_and_at_the_page() -> None:
    rules = (Rule(all=(("truce",),)), Rule(all=(("Syria",),)), Rule(all=(("air strike",),)), Rule(all=(("calm",),)))
    index = TopicIndex([topic("any", *rules), topic("german", *rules, languages=("de",))], {})
    assert index.matching(Document(title="A truce in Syria", text="", language="en")) == {"any"}
    assert index.matching(Document(title="Ein truce", text="", language="de")) == {"any", "german"}
    assert index.matching(Document(title="An air-strike", text="")) == {"any", "german"}
    assert index.matching(Document(title="Talks", text="", page="All calm.", language="en")) == {"any"}
    assert index.matching(Document(title="Talks", text="")) == set()


def test_of_several_rules_the_one_with_the_best_tier_is_told() -> None:
    rules = (Rule(all=(("truce",),)), Rule(all=(("Syria",),)), Rule(all=(("aid",),)))
    (match,) = TopicIndex((topic("t", *rules),), {}).matches(Document(title="Syria", text="A truce"))
    assert (match.rule, match.tier) == (1, Tier.HEADLINE)


def test_evidence_names_the_term_of_a_list_and_the_words_as_found() -> None:
    match = only_match(SYRIA_TRUCE, Document(title="Syria waits", text="The cease-fire in Syria. SYRIA."))
    assert match is not None
    assert [(hit.group, hit.term, hit.found, hit.field, hit.start, hit.end) for hit in match.evidence] == [
        (0, "Syria*", "Syria", "title", 0, 5),
        (0, "Syria*", "Syria", "text", 18, 23),
        (1, "ceasefire", "cease-fire", "text", 4, 14),
    ]


def test_evidence_with_near_is_taken_where_the_groups_are_closest() -> None:
    rule = Rule(all=(("Syria",), ("truce",)), near=2)
    match = only_match(rule, Document(title="", text="Syria and Iraq had no truce, a truce for Syria."))
    assert match is not None
    assert [(hit.term, hit.start) for hit in match.evidence] == [("Syria", 41), ("truce", 31)]


def test_evidence_is_bounded_and_has_every_group() -> None:
    words = tuple(f"word{number}x" for number in range(20))
    match = only_match(Rule(all=(words, ("last",))), Document(title="", text=" ".join((*words, "last"))))
    assert match is not None
    assert len(match.evidence) == EVIDENCE_LIMIT
    assert {hit.group for hit in match.evidence} == {0, 1}


@pytest.mark.parametrize(
    ("languages", "sources", "language", "outlet", "holds"),
    [
        (("en",), (), "en-GB", "", True),
        (("en",), (), "EN_us", "", True),
        (("en-US",), (), "en", "", True),
        (("en", "fr"), (), "de", "", False),
        (("en",), (), "", "", True),
        ((), ("Example Wire",), "", "example wire", True),
        ((), ("Example Wire",), "", "Daily Sample", False),
        ((), ("!Example Wire",), "", "Example Wire", False),
        ((), ("!Example Wire",), "", "Daily Sample", True),
        ((), ("Example Wire",), "", "", True),
    ],
)
def test_a_topic_listens_to_its_languages_and_sources(
    languages: tuple[str, ...], sources: tuple[str, ...], language: str, outlet: str, *, holds: bool
) -> None:
    listening = topic("t", Rule(all=(("Syria",),)), languages=languages, sources=sources)
    index = TopicIndex((listening,), {})
    document = Document(title="Syria", text="", language=language, outlet=outlet)
    assert bool(index.matches(document)) is holds
    assert bool(index.explain("t", document).match) is holds


def test_matches_come_by_name_and_from_enabled_topics_only() -> None:
    rule = Rule(all=(("Syria",),))
    topics = (topic("b", rule), topic("a", rule), Topic(name="c", rules=(rule,), enabled=False))
    index = TopicIndex(topics, {})
    assert [match.topic for match in index.matches(Document(title="Syria", text=""))] == ["a", "b"]
    assert index.explain("c", Document(title="Syria", text="")).match


@pytest.mark.parametrize(
    ("rule", "text", "sentence"),
    [
        (SYRIA_TRUCE, "Syria", "nothing of all[1] (ceasefire, truce) was found"),
        (Rule(all=(("a1", "b1", "c1", "d1", "e1", "f1"),)), "", "nothing of all[0] (a1, b1, c1, d1, e1, …) was found"),
        (Rule(all=(("Syria",),), within="lead"), "", "all[0] (Syria) was found in the headline or the lead"),
        (
            Rule(all=(("Syria",), ("truce",)), near=2),
            "Syria has seen no truce",
            "the groups are 4 words apart at the closest, near allows 2",
        ),
        (Rule(all=(("Syria",),), at_least=2), "Syria", "1 of the 2 mentions asked for"),
        (
            Rule(all=(("Syria",),), none=("podcast",)),
            "Syria podcasts",
            'the exclusion "podcast" was found: "podcasts" (text)',
        ),
        (Rule(all=(("Syria*",),)), "Syrian", 'Syria* → "Syrian" (text)'),
    ],
)
def test_an_explanation_says_what_was_missing(rule: Rule, text: str, sentence: str) -> None:
    assert sentence in reasons(rule, Document(title="", text=text))


def test_an_explanation_of_several_rules_numbers_them_and_names_a_refusal_first() -> None:
    rules = (Rule(all=(("Syria",),)), Rule(all=(("Iraq",),)))
    index = TopicIndex((topic("t", *rules, languages=("en",), sources=("!Sample",)),), {})
    told = str(index.explain("t", Document(title="Iran", text="")))
    assert told == "rules[0]: nothing of all[0] (Syria) was found. rules[1]: nothing of all[0] (Iraq) was found"
    assert "language" in index.explain("t", Document(title="Syria", text="", language="fr")).refusal
    assert "Sample" in str(index.explain("t", Document(title="Syria", text="", outlet="Sample")))


def test_explaining_an_unknown_topic_is_an_error() -> None:
    with pytest.raises(KeyError):
        TopicIndex((), {}).explain("t", Document(title="", text=""))


@pytest.mark.parametrize("rule", [Rule(all=()), Rule(all=((),)), Rule(all=(("@nothing",),)), Rule(all=(("",),))])
def test_an_index_refuses_what_nobody_checked(rule: Rule) -> None:
    with pytest.raises(ValueError, match=r"term|list"):
        TopicIndex((topic("t", rule),), {})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Gaza aid", ["Gaza", "aid"]),
        ("US-Russia coordination", ["US", "Russia", "coordination"]),
        ("the war in Syria", ["war", "Syria"]),
        ("Syria cease-fire", ["Syria", "cease-fire"]),
        ("WHO and the EU", ["WHO", "EU"]),
        ("COVID-19", ["COVID-19"]),
        ("叙利亚停火", ["叙利亚停火"]),
        ("Assad’s army, @home*", ["Assad", "army", "home"]),
        ("Syria Syria", ["Syria"]),
        ("a & the", []),
    ],
)
def test_a_bare_name_asks_for_all_its_words(name: str, words: list[str]) -> None:
    assert rule_from_name(name) == Rule(all=tuple((word,) for word in words))


def test_a_fingerprint_changes_with_what_decides_and_with_nothing_else() -> None:
    plain = Topic(name="t", rules=(SYRIA_TRUCE,))
    same = Topic(name="u", rules=(SYRIA_TRUCE,), priority=3, enabled=False, must_match=("x",))
    assert fingerprint(plain, LISTS) == fingerprint(same, {**LISTS, "unused": ["x"]})
    others = [
        fingerprint(plain, {**LISTS, "truce": ["truce"]}),
        fingerprint(Topic(name="t", rules=(SYRIA_TRUCE,), languages=("en",)), LISTS),
        fingerprint(Topic(name="t", rules=(SYRIA_TRUCE,), sources=("x",)), LISTS),
        fingerprint(Topic(name="t", rules=(Rule(all=SYRIA_TRUCE.all, none=SYRIA_TRUCE.none, near=5),)), LISTS),
    ]
    assert len({fingerprint(plain, LISTS), *others}) == 5
    assert fingerprint(plain, LISTS) == "a5c9b76f867a2246"


def test_a_full_memory_is_emptied_and_changes_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MEMORY_WORDS", 1)
    index = TopicIndex((topic("t", Rule(all=(("Syria",), ("truce",)))),), {})
    document = Document(title="Syria", text="A truce in Syria, a truce at last.")
    assert index.matches(document) == index.matches(document) != ()


BOUNDED = """
import sys, tracemalloc
from monitor.match import TopicIndex, vocabulary, word_reading
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

word_reading.MEMORY_WORDS = vocabulary.MEMORY_WORDS = 1_000
letter = sys.argv[1]
index = TopicIndex((Topic(name="t", rules=(Rule(all=(("Syria",), ("truce",))),)),), {})
words = [[f"{number}{letter * (number % 90)}" for number in range(at, at + 50)] for at in range(0, 6_000, 50)]
assert index.matches(Document(title="Syria truce", text=""))  # what is made once is made
tracemalloc.start()
assert all(index.matches(Document(title="Syria truce", text=" ".join(each))) for each in words)
_, peak = tracemalloc.get_traced_memory()
assert peak < 1_500_000, peak
"""


@pytest.mark.parametrize("letter", ["x", "\U0001d51e", "\ufdfa"], ids=["plain", "of four bytes", "folds to eighteen"])
def test_the_memory_of_words_is_bounded_in_bytes(letter: str) -> None:
    """As many words as anybody likes, of any length: 1,000 are kept in each of two memories, none of them long.

    In a process of its own: Python keeps one table of all remembered words, which grows by leaps of megabytes, and what
    other tests left in it decides when.
    """
    subprocess.run([sys.executable, "-c", BOUNDED, letter], check=True, timeout=60)


@pytest.mark.parametrize("word", ["ally", "hero", "virus", "church", "truce", "day", "bus"])
def test_the_singulars_of_a_plural_are_the_words_that_have_it(word: str) -> None:
    for plural in plurals(word):
        assert word in singulars(plural)
        assert all(plural in plurals(each) for each in singulars(plural))
    assert singulars("news") == singulars("truce") == []


@pytest.mark.parametrize("text", ["be-ach", "be ach be-ach"])
def test_a_short_half_makes_a_compound_with_a_hyphen(text: str) -> None:
    assert only_match(Rule(all=(("beach",),)), Document(title="", text=text))


@pytest.mark.parametrize("text", ["be ach", "be, ach", "be ach be- ach"])
def test_a_short_half_makes_no_compound_without(text: str) -> None:
    assert not only_match(Rule(all=(("beach",),)), Document(title="", text=text))


def test_a_hostile_text_is_read_in_linear_time() -> None:
    document = Document(title="so " * 1000, text="so " * 10_000 + "a.b" * 5_000 + "l'" * 5_000)
    rule = Rule(all=(("so so so",), ("so",)), near=3)
    assert only_match(rule, document)
