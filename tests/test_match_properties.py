"""What must hold for all terms, texts and topics, tried on many made-up ones."""

from dataclasses import fields, replace
from random import Random  # noqa: TID251 (the type of what Hypothesis hands out)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match import TopicIndex, fingerprint, term_problems
from monitor.match.terms import parse_term
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

pytestmark = pytest.mark.no_cover  # what chance reaches is not what tests reach on purpose

few = settings(max_examples=80, derandomize=True, deadline=None)

WORDS = st.sampled_from(
    ["Syria", "Syrian", "syria's", "cease", "fire", "ceasefire", "cease-fire", "US", "us", "U.S.", "Aleppo", "air",
     "strike", "airstrikes", "truce", "talks", "the", "Erdoğan", "停火", "叙利亚", "Сирия", "سوريا", "l'ONU"]
)  # fmt: skip
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", ", ", ". ", "-", "\n", " — "])), max_size=12).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
DOCUMENTS = st.builds(Document, title=TEXTS, text=TEXTS)
TERMS = st.sampled_from(
    ["Syria*", "Syria", "ceasefire", "cease fire", "cease-fire", "US", "=us", "airstrike", "title:truce", "talk",
     "停火", "Erdogan", "Сири*", "ONU", "@truce"]
)  # fmt: skip
LISTS = {"truce": ["truce", "ceasefire"]}
GROUPS = st.lists(TERMS, min_size=1, max_size=3).map(tuple)
KEYS: dict[str, st.SearchStrategy[object]] = {
    "all": st.lists(GROUPS, min_size=2, max_size=3).map(tuple) | st.tuples(GROUPS),
    "none": st.lists(TERMS, max_size=1).map(tuple),
    "near": st.sampled_from([None, 1, 4]),
    "within": st.sampled_from(["anywhere", "lead", "headline"]),
    "at_least": st.sampled_from([1, 1, 2]),
    "is_pair": st.booleans(),
}
RULES = st.fixed_dictionaries(KEYS).map(
    lambda keys: Rule(**{**keys, "is_pair": keys["is_pair"] and len(keys["all"]) > 1})  # type: ignore[arg-type]
)


def test_every_key_of_a_rule_is_tried() -> None:
    assert KEYS.keys() == {each.name for each in fields(Rule)}


def holds(rule: Rule, document: Document) -> bool:
    return bool(TopicIndex((Topic(name="t", rules=(rule,)),), LISTS).matches(document))


@few
@given(st.lists(RULES, min_size=1, max_size=4), st.lists(st.tuples(GROUPS), min_size=1, max_size=4), DOCUMENTS, TEXTS)
def test_counting_finds_the_topics_that_match(
    rules: list[Rule], plain: list[tuple[tuple[str, ...]]], document: Document, page: str
) -> None:
    document = replace(document, page=page)
    every = [*rules, *(Rule(all=groups) for groups in plain)]
    index = TopicIndex([Topic(name=f"t{number}", rules=(rule,)) for number, rule in enumerate(every)], LISTS)
    assert index.matching(document) == {match.topic for match in index.matches(document)}


def is_clean(term: str) -> bool:
    topic = Topic(name="t", rules=(Rule(all=((term,),)),))
    return not any(not problem.is_warning for problem in term_problems((topic,), {}))


@few
@given(RULES, DOCUMENTS)
def test_spans_slice_back_to_the_text_as_found(rule: Rule, document: Document) -> None:
    for match in TopicIndex((Topic(name="t", rules=(rule,)),), LISTS).matches(document):
        assert {hit.group for hit in match.evidence} == set(range(len(rule.all)))
        for hit in match.evidence:
            assert getattr(document, hit.field)[hit.start : hit.end] == hit.found != ""


@few
@given(RULES, DOCUMENTS, TERMS, st.integers(0, 2))
def test_adding_an_or_term_never_removes_a_match(rule: Rule, document: Document, term: str, place: int) -> None:
    group = place % len(rule.all)
    wider = tuple((*terms, term) if index == group else terms for index, terms in enumerate(rule.all))
    assert holds(replace(rule, all=wider), document) or not holds(rule, document)


@few
@given(RULES, DOCUMENTS, TERMS)
def test_adding_an_exclusion_never_adds_a_match(rule: Rule, document: Document, term: str) -> None:
    assert holds(rule, document) or not holds(replace(rule, none=(*rule.none, term)), document)


@few
@given(st.lists(RULES, min_size=2, max_size=4), DOCUMENTS, st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_company_of_topics_matters(
    rules: list[Rule], document: Document, chance: Random
) -> None:
    topics = [Topic(name=f"t{number}", rules=(rule,)) for number, rule in enumerate(rules)]
    shuffled = list(topics)
    chance.shuffle(shuffled)
    together = TopicIndex(shuffled, LISTS).matches(document)
    alone = [match for topic in topics for match in TopicIndex((topic,), LISTS).matches(document)]
    assert list(together) == alone


@few
@given(RULES, DOCUMENTS)
def test_an_explanation_and_a_match_never_disagree(rule: Rule, document: Document) -> None:
    index = TopicIndex((Topic(name="t", rules=(rule,)),), LISTS)
    explanation = index.explain("t", document)
    assert (explanation.match,) == (index.matches(document) or (None,))
    assert bool(explanation.match) is not any(explanation.rules[0].reasons)
    assert str(explanation)


@few
@given(st.text(max_size=30))
def test_any_text_is_either_a_term_that_finds_itself_or_a_mistake_with_a_reason(written: str) -> None:
    if "@" in written or "*" in written or "title:" in written or not is_clean(written):
        return
    assert parse_term(written).sequences
    assert fingerprint(Topic(name="t", rules=(Rule(all=((written,),)),)), {})


@few
@given(st.lists(WORDS, min_size=1, max_size=3).map(" ".join))
def test_a_term_is_found_where_it_stands_as_written(term: str) -> None:
    assert holds(Rule(all=((term,),)), Document(title="", text=f"They said {term} again today"))
