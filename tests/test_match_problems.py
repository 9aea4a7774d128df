"""Every mistake and doubt in topics and lists: where it is said to be, and what is proposed."""

import pytest

from monitor.match import TermProblem, term_problems
from monitor.model.topic import Rule, Topic

LISTS = {"us": ["US", "Washington"], "truce": ["ceasefire", "truce"]}


def of(*rules: Rule, must: tuple[str, ...] = (), must_not: tuple[str, ...] = ()) -> tuple[TermProblem, ...]:
    topic = Topic(name="Syria ceasefire", rules=rules, must_match=must, must_not_match=must_not)
    return term_problems((topic,), LISTS)


def of_term(term: str) -> tuple[TermProblem, ...]:
    return of(Rule(all=(("Syria",), ("fine", term))))


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("", '"" – an empty term matches nothing; delete it.'),
        ("  ", "an empty term matches nothing"),
        ('""', "an empty term matches nothing"),
        ("Sy*", '"Sy*" – at least 3 letters before *'),
        ("Islamic S*", "at least 3 letters before *"),
        ("*syria", '"*syria" – * is allowed only at the end of a word.'),
        ("sy*ia", "* is allowed only at the end of a word."),
        ("*", "* is allowed only at the end of a word."),
        ("Syria *", "* is allowed only at the end of a word."),
        ("...*", "at least 3 letters before *"),
        ("=Syria*", "= means the exact form and * any ending; use one of them."),
        ("Syria AND ceasefire", 'AND is read as a word here. Use all = ["Syria", "ceasefire"].'),
        ("Syria OR Iraq", 'Use any = ["Syria", "Iraq"].'),
        ("Syria NOT podcast", 'Use none = ["podcast"].'),
        ("NOT podcast", 'Use none = ["podcast"].'),
        ("Syria NEAR/5 truce", 'Use all = ["Syria", "truce"] and near = 10.'),
        ("-podcast", 'write it without the sign in none = ["…"].'),
        ("!podcast", 'write it without the sign in none = ["…"].'),
        ("/syri(a|an)/i", "regular expressions are not supported"),
        ("Syria|Iraq", "regular expressions are not supported"),
        ('"Syria truce"~5', "use near = 10 and two groups in all."),
        ("wom?n", "write each spelling as a separate term."),
        ("intitle:Syria", '"intitle:" is not supported. Did you mean "title:"?'),
        ("titel:Syria", 'Did you mean "title:"?'),
        ("title:", "it contains no word to look for"),
        ("=", "it contains no word to look for"),
        ("…!", "it contains no word to look for"),
        ("@trucce", '"@trucce" – no such list. Did you mean "@truce"?'),
        ("@weather", "Define it under [lists]: weather = [ … ]."),
        ("title:@trucce", 'Did you mean "@truce"?'),
    ],
)
def test_a_term_that_cannot_be_used_is_an_error_with_a_proposal(term: str, message: str) -> None:
    (problem,) = of_term(term)
    assert problem.path == ("topics", 0, "rules", 0, "all", 1, 1)
    assert message in problem.message
    assert not problem.is_warning


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("“truce”", '“truce”" – quotes inside the term; removed.'),
        ("us", '"us" will match the pronoun. Write "US" for the country.'),
        ("title:who", '"who" will match the pronoun. Write "WHO" for the organisation.'),
        ("the", '"the" is in nearly every article.'),
        ("airstrikes", '"airstrikes" does not match "airstrike". Write the singular to get both.'),
        ("allies", '"allies" does not match "ally".'),
        ("houses", '"houses" does not match "house".'),
        ("clashes", '"clashes" does not match "clash".'),
        ("美", "is one character and is found inside other words"),
    ],
)
def test_a_term_that_is_probably_not_meant_is_a_warning(term: str, message: str) -> None:
    (problem,) = of_term(term)
    assert message in problem.message
    assert problem.is_warning


@pytest.mark.parametrize(
    "term",
    [
        "Syria", "US", "IT", "talks", "news", "Hamas", "crisis", "Paris", "peace talks", "=us", "AT&T", "Brexit: what",
        "title:podcast", "https://news.example/x", "=War AND Peace", "停火*", "이란*", "перемири*", "virus", "@us",
        "title:@us", "l’ONU", "bus", "pass", "crises",
    ],
)  # fmt: skip
def test_a_good_term_causes_no_remark(term: str) -> None:
    assert of_term(term) == ()


@pytest.mark.parametrize(
    ("rule", "path", "message", "is_warning"),
    [
        (Rule(all=(), none=("x1",)), ("none",), "it would match every article. Add any or all.", False),
        (Rule(all=()), ("none",), "the rule is empty. Add any or all.", False),
        (Rule(all=((),)), ("all", 0), "an empty group is never found; delete it.", False),
        (Rule(all=(("x1",),), none=("",)), ("none", 0), "an empty term", False),
        (Rule(all=(("x1",),), near=40), ("near",), "near = 40 with one group has no effect.", True),
        (Rule(all=(("x1",), ("x2",)), near=0), ("near",), "near = 0 – write a distance in words of at least 1.", False),
        (Rule(all=(("x1",),), at_least=0), ("at_least",), "at_least = 0 – write a number of mentions", False),
        (
            Rule(all=(("x1",), ("@truce",)), none=("Ceasefire",)),
            ("all", 1),
            '"ceasefire" appears in both all[1] and none: finding it never helps.',
            True,
        ),
        (Rule(all=(("x1",),), none=("X1",)), ("all", 0), "the rule can never match", False),
    ],
)
def test_a_wrong_rule_is_told_at_its_key(
    rule: Rule, path: tuple[str | int, ...], message: str, *, is_warning: bool
) -> None:
    (problem,) = of(rule)
    assert problem.path == ("topics", 0, "rules", 0, *path)
    assert message in problem.message
    assert problem.is_warning is is_warning


def test_a_title_exclusion_contradicts_nothing_that_may_stand_in_the_text() -> None:
    assert of(Rule(all=(("podcast",),), none=("title:podcast",))) == ()


def test_a_topic_without_a_rule_is_an_error() -> None:
    assert [problem.path for problem in of()] == [("topics", 0, "rules")]


def test_mistakes_of_lists_are_told_once_at_the_list() -> None:
    lists = {
        "a": ["x1", "@b"],
        "b": ["@a"],
        "c": ["@a", "@typo", "Sy*"],
        "self": ["@self"],
        "empty": [],
    }
    topics = [Topic(name="t", rules=(Rule(all=(("@c",), ("@empty",), ("@a",))),))]
    found = {problem.path: problem.message for problem in term_problems(topics, lists)}
    assert found == {
        ("lists", "a", 1): "lists.a → lists.b → lists.a is a loop; take one of them out.",
        ("lists", "b", 0): "lists.b → lists.a → lists.b is a loop; take one of them out.",
        ("lists", "c", 1): '"@typo" – no such list. Define it under [lists]: typo = [ … ].',
        ("lists", "c", 2): '"Sy*" – at least 3 letters before *; this would match hundreds of words.',
        ("lists", "self", 0): "lists.self → lists.self is a loop; take one of them out.",
        ("topics", 0, "rules", 0, "all", 1, 0): '"@empty" – the list is empty. Add a term to it.',
    }


def test_all_mistakes_of_all_topics_come_at_once() -> None:
    rules = (Rule(all=(("", "Sy*"),)), Rule(all=(("fine",),), none=("@typo",)))
    topics = [Topic(name="a", rules=rules), Topic(name="b", rules=(rules[0],))]
    assert [problem.path for problem in term_problems(topics, {})] == [
        ("topics", 0, "rules", 0, "all", 0, 0),
        ("topics", 0, "rules", 0, "all", 0, 1),
        ("topics", 0, "rules", 1, "none", 0),
        ("topics", 1, "rules", 0, "all", 0, 0),
        ("topics", 1, "rules", 0, "all", 0, 1),
    ]


RULE = Rule(all=(("Syria*", "Aleppo"), ("@truce",)), none=("title:podcast",), near=5)


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        ("Aleppo waits", "nothing of all[1] (ceasefire, truce) was found"),
        ("Podcast: the Syrian truce", 'the exclusion "title:podcast" was found: "Podcast" (title)'),
        ("Syria hopes that Geneva will bring a truce", "the groups are 7 words apart"),
        ("The week\nA truce in\nTurkey", "nothing of all[0] (Syria*, Aleppo) was found"),
    ],
)
def test_an_example_that_must_match_and_does_not_is_an_error_with_the_reason(example: str, reason: str) -> None:
    (problem,) = of(RULE, must=("Syria truce", example))
    assert problem.path == ("topics", 0, "must_match", 1)
    assert example in problem.message
    assert reason in problem.message


def test_an_example_that_must_not_match_and_does_is_an_error_with_the_hits() -> None:
    (problem,) = of(RULE, must_not=("Syria waits", "The week\nA cease-fire in Aleppo"))
    assert problem.path == ("topics", 0, "must_not_match", 1)
    assert 'Aleppo → "Aleppo" (text) · ceasefire → "cease-fire" (text)' in problem.message


def test_examples_of_a_topic_with_mistakes_are_not_run() -> None:
    problems = of(Rule(all=(("Sy*",),)), must=("Syria",))
    assert [problem.path[2] for problem in problems] == ["rules"]
