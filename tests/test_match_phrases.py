"""Lists inside phrases: "talks with @russia" stands for one phrase per term of the list."""

import re
from pathlib import Path

import pytest

from monitor.config import check, load
from monitor.lists import list_names, shipped_lists
from monitor.match import TopicIndex, listed_names, term_problems
from monitor.match.terms import MOST_PHRASES, ListError, expanded
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.workbench import in_words, misses, suggestions, trials
from monitor.workbench.entry import Entry

LISTS = {
    "us": ["US", "Washington"],
    "russia": ["Russia", "Moscow", "@officials"],
    "officials": ["Lavrov"],
    "halt": ["halt", "call off"],
    "open": ["Syria*", "Aleppo"],
    "exact": ["=Turkey"],
    "headline": ["title:poll"],
    "empty": [],
    "my friends": ["Norway", "Iceland"],
    "many": [f"word{'abcdefghij'[n // 10]}{'abcdefghij'[n % 10]}" for n in range(50)],
    "loop": ["talks with @pool"],
    "pool": ["@loop"],
}
WITH = Topic(name="t", rules=(Rule(all=(("talks with @russia",), ("deal",))),))


def written_out(*terms: str) -> tuple[str, ...]:
    return expanded(terms, LISTS)


@pytest.mark.parametrize(
    ("term", "phrases"),
    [
        ("with @us", ("with US", "with Washington")),
        ("@us and Moscow", ("US and Moscow", "Washington and Moscow")),
        ("with @russia", ("with Russia", "with Moscow", "with Lavrov")),
        ("@halt on @us", ("halt on US", "halt on Washington", "call off on US", "call off on Washington")),
        ("title:talks with @us", ("title:talks with US", "title:talks with Washington")),
        ("fall of @open", ("fall of Syria*", "fall of Aleppo")),
        ("  with   @officials ", ("with Lavrov",)),
        ("fly to @exact", ("fly to Turkey",)),
        ("with @empty", ()),
        ("@my friends", ("Norway", "Iceland")),
        ("title:@my friends", ("title:Norway", "title:Iceland")),
        ("@ us", ("US", "Washington")),
        ("mail me @ noon", ("mail me @ noon",)),
        ("me@home", ("me@home",)),
    ],
)
def test_a_phrase_with_a_list_is_written_out(term: str, phrases: tuple[str, ...]) -> None:
    assert written_out(term) == phrases


def test_two_lists_give_each_pair_of_their_terms_once() -> None:
    assert written_out("@us meets @us", "US meets US") == (
        "US meets US",
        "US meets Washington",
        "Washington meets US",
        "Washington meets Washington",
    )


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("talks with @rusia", '"@rusia" – no such list. Did you mean "@russia"?'),
        ("talks with @weather", "Define it under [lists]: weather = [ … ]."),
        ("talks with @headline", '"@headline" has "title:poll", which cannot stand inside a phrase.'),
        ("@open falls", 'it comes to "Syria* falls", and * is allowed only at the end of a term.'),
        ("@many @many", f"comes to 2,500 phrases, {MOST_PHRASES:,} are allowed. Use shorter lists."),
        ("talks with @loop", "lists.loop → lists.pool → lists.loop is a loop; take one of them out."),
    ],
)
def test_a_phrase_that_cannot_be_written_out_is_an_error_of_the_place_where_it_stands(term: str, message: str) -> None:
    with pytest.raises(ListError, match=re.escape(message)):
        written_out(term)
    lists = {name: terms for name, terms in LISTS.items() if name not in {"empty", "loop", "pool"}}
    if "loop" not in term:
        topic = Topic(name="t", rules=(Rule(all=(("deal", term),)),))
        (problem,) = term_problems((topic,), lists)
        assert problem.path == ("topics", 0, "rules", 0, "all", 0, 1)
        (problem,) = term_problems((), lists | {"own": ["deal", term]})
        assert problem.path == ("lists", "own", 1)


def test_a_loop_through_a_phrase_is_reported_at_each_list_of_it() -> None:
    problems = term_problems((), {"loop": LISTS["loop"], "pool": LISTS["pool"]})
    assert {problem.path for problem in problems} == {("lists", "loop", 0), ("lists", "pool", 0)}


def test_the_lists_of_a_term_are_known_by_name() -> None:
    assert listed_names("talks with @russia and @us") == ("russia", "us")
    assert listed_names("title:@us") == listed_names(" @us") == ("us",)
    assert listed_names("@my friends", LISTS) == ("my friends",)
    assert listed_names("talks @ noon") == ()


def found(term: str, title: str) -> bool:
    return bool(
        TopicIndex((Topic(name="t", rules=(Rule(all=((term,),)),)),), LISTS).matches(Document(title=title, text=""))
    )


@pytest.mark.parametrize(
    ("term", "title", "verdict"),
    [
        ("talks with @russia", "Talks with Moscow begin", True),
        ("talks with @russia", "Talks with Lavrov's envoy", True),
        ("talks with @russia", "Moscow talks with Oslo", False),
        ("talks with @russia", "Talks with. Moscow", False),
        ("talks with @us", "Talks with us begin", False),
        ("title:talks with @us", "Talks with the US", False),
        ("title:talks with @us", "Talks with U.S. begin", True),
        ("@halt to fire", "Call-off to fire", True),
        ("@my friends", "Iceland votes", True),
    ],
)
def test_it_is_found_as_a_phrase_is(term: str, title: str, *, verdict: bool) -> None:
    assert found(term, title) is verdict


# ---- In the workbench

ENTRIES = [
    Entry(id=number, document=Document(title=title, text=""))
    for number, title in enumerate(
        ["Talks with Moscow near a deal", "Talks with Russia on grain", "Deal with Lavrov", "Rain in Oslo"]
    )
]


def test_the_workbench_writes_the_phrases_out() -> None:
    (rule,) = in_words(WITH, LISTS).rules
    assert "talks with Moscow" in rule.sentences[0]
    (trial,) = trials(ENTRIES, (WITH,), LISTS)
    assert [hits.term for hits in trial.terms if hits.articles] == ["deal", "talks with Moscow", "talks with Russia"]
    gaps = {each.group: each.articles for each in misses(ENTRIES, WITH, LISTS).groups}
    assert gaps == {0: 1, 1: 1}
    assert "moscow" not in {each.term for each in suggestions(lambda: iter(ENTRIES), WITH, LISTS).words}


def test_an_explanation_names_the_phrase_that_was_found() -> None:
    explanation = TopicIndex((WITH,), LISTS).explain("t", ENTRIES[0].document)
    assert "talks with Moscow" in str(explanation)
    missing = str(TopicIndex((WITH,), LISTS).explain("t", ENTRIES[3].document))
    assert "nothing of all[0] (talks with Russia, talks with Moscow, talks with Lavrov)" in missing


# ---- In a config

REST = '[[feeds]]\nurl = "https://a.example/rss"\n[[digests]]\nname = "D"\nto = ["a@b.example"]\n'


def test_a_phrase_brings_the_lists_of_the_library_that_it_names(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        f'[lists]\nties = ["talks with @oman"]\n[[topics]]\nname = "T"\nany = ["@ties", "trip to @yemen"]\n{REST}'
    )
    assert load(file, {}).lists.keys() == {"ties", "oman", "yemen"}


def test_a_list_whose_name_has_a_space_brings_nothing_of_the_library(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[lists]\n"my friends" = ["Norway"]\n[[topics]]\nname = "T"\nany = ["@my friends"]\n{REST}')
    assert load(file, {}).lists == {"my friends": ("Norway",)}


def test_a_mistake_in_a_phrase_is_found_on_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[[topics]]\nname = "T"\nany = [\n"Oslo",\n"talks with @yemmen",\n]\n{REST}')
    (problem,) = check(file, {})
    assert (problem.line, problem.key) == (5, 'topics[0] "T": any[1]')
    assert 'Did you mean "@yemen"?' in problem.message


def test_lists_of_the_library_may_name_each_other() -> None:
    library = shipped_lists(list_names())
    assert "Kobane" in expanded(("@syria-towns",), library)
