"""Terms for what a feed says about an article: author:, category: and url:."""

import pytest
from table import each_row

from monitor.match import TopicIndex, fingerprint, term_problems
from monitor.match.rule_mistakes import example_document
from monitor.model.match import Document, Match, Tier, category_line, readable_url
from monitor.model.topic import Rule, Topic

ARTICLE = Document(
    title="Truce in Aleppo fails",
    text="Words of war, and nobody's opinion.",
    author="Ines Okafor, Jan Velm",
    category=category_line(["Opinion & Debate", "World news", "Köln"]),
    url=readable_url("https://blogs.echo.example/opinion/2016/why-truce-fails?from=%C3%BCbersicht"),
)


def only_match(rule: Rule, document: Document = ARTICLE) -> Match | None:
    index = TopicIndex((Topic(name="t", rules=(rule,)),), {"names": ["Okafor", "=Marlow", "url:/blog/"]})
    matches = index.matches(document)
    assert index.explain("t", document).match == next(iter(matches), None)
    return matches[0] if matches else None


FOUND = [
    ("author:Okafor", "Okafor"),
    ("author: Ines Okafor", "Ines Okafor"),
    ("author:=Velm", "Velm"),
    ("author:Oka*", "Okafor"),
    ("author:@names", "Okafor"),
    ("author:Velms", None),
    ("author:Okafor Velm", None),
    ("author:Aleppo", None),
    ("category:opinion", "Opinion"),
    ("category:opinion debate", "Opinion & Debate"),
    ("category:debate world", None),
    ("category:Koeln", "Köln"),
    ("category:war", None),
    ("url:truce", "truce"),
    ("url:/opinion/", "/opinion/"),
    ("url:/truce/", None),
    ("url:echo.example", "echo.example"),
    ("url:echo.example/opinion", "echo.example/opinion"),
    ("url:https://blogs.echo.example", "https://blogs.echo.example"),
    ("url:/2016/*", "/2016/"),
    ("url:blog", "blogs"),
    ("url:übersicht", "übersicht"),
    ("url:/2016/why-truce", "/2016/why-truce"),
    ("url:Okafor", None),
    ("Okafor", None),
    ("title:debate", None),
    ("opinion", "opinion"),
]


def test_a_term_is_found_in_its_field_and_in_no_other() -> None:
    def check(term: str, expected: str | None) -> None:
        match = only_match(Rule(all=((term,),)))
        assert (match and match.evidence[0].found) == expected
        for hit in match.evidence if match else ():
            assert getattr(ARTICLE, hit.field)[hit.start : hit.end] == hit.found

    each_row(check, FOUND)


@pytest.mark.parametrize(
    ("rule", "tier"),
    [
        (Rule(all=(("category:opinion",),)), Tier.HEADLINE),
        (Rule(all=(("truce",), ("author:Velm",)), near=1), Tier.HEADLINE),
        (Rule(all=(("truce",), ("war",), ("author:Velm",)), near=3), None),
        (Rule(all=(("author:Velm",), ("truce",), ("war",)), near=6), Tier.LEAD),
        (Rule(all=(("truce",), ("url:/opinion/",)), within="headline"), Tier.HEADLINE),
        (Rule(all=(("war",), ("url:/opinion/",)), within="headline"), None),
        (Rule(all=(("truce", "category:world"),), at_least=2), Tier.HEADLINE),
        (Rule(all=(("truce",), ("category:world",)), at_least=2), None),
        (Rule(all=(("category:world",),), at_least=5), Tier.HEADLINE),
        (Rule(all=(("truce",),), none=("category:opinion",)), None),
        (Rule(all=(("truce",),), none=("author:Marlow",)), Tier.HEADLINE),
        (Rule(all=(("truce",), ("war",), ("category:sport",)), near=9), None),
    ],
)
def test_a_field_is_within_every_scope_near_everything_and_as_often_as_asked(rule: Rule, tier: Tier | None) -> None:
    match = only_match(rule)
    assert (match and match.tier) == tier


@pytest.mark.parametrize("shown", ["US / WORLD / POLITICS", "NEWS US WHO"])
def test_a_category_in_capitals_does_not_shout(shown: str) -> None:
    article = Document(title="Truce", text="Quiet.", category=shown)
    for term in ("category:US", "category:news" if "NEWS" in shown else "category:world"):
        assert only_match(Rule(all=((term,),)), article)


def test_evidence_and_explanation_say_where_it_was_found() -> None:
    index = TopicIndex(
        (Topic(name="t", rules=(Rule(all=(("category:opinion",), ("rain",)), none=("url:truce",)),)),), {}
    )
    told = str(index.explain("t", ARTICLE))
    assert "rain" in told
    assert '"truce" (url)' in told
    (group, _) = index.explain("t", ARTICLE).rules[0].groups
    assert [(hit.field, hit.found) for hit in group.hits] == [("category", "Opinion")]


def test_an_article_without_them_is_read_as_ever() -> None:
    assert only_match(Rule(all=(("category:opinion",),)), Document(title="Opinion", text="opinion")) is None
    index = TopicIndex((Topic(name="t", rules=(Rule(all=(("author:Velm",),)),)),), {})
    index.forget_words()
    assert index.matches(ARTICLE)


def test_a_field_is_part_of_the_fingerprint() -> None:
    terms = ("opinion", "title:opinion", "author:opinion", "category:opinion", "url:opinion")
    assert len({fingerprint(Topic(name="t", rules=(Rule(all=((term,),)),)), {}) for term in terms}) == len(terms)


def test_an_example_may_say_what_its_feed_does() -> None:
    example = "Why the truce fails\nauthor: Ines Okafor\ncategory: Opinion\nurl: https://echo.example/a\nWords.\nMore."
    assert example_document(example) == Document(
        title="Why the truce fails",
        text="Words.\nMore.",
        author="Ines Okafor",
        category="Opinion",
        url="https://echo.example/a",
    )
    assert example_document("Why the truce fails\ntitle: is a word here").text == "title: is a word here"


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("autor:Velm", 'Did you mean "author:"?'),
        ("byline:Velm", 'Did you mean "author:"?'),
        ("categories:opinion", 'Did you mean "category:"?'),
        ("tag:opinion", 'Did you mean "category:"?'),
        ("inurl:opinion", 'Did you mean "url:"?'),
        ("site:echo.example", 'Did you mean "url:"?'),
        ("author:", "it contains no word to look for"),
        ("url:/", "it contains no word to look for"),
        ("title:author:Velm", '"title:" and "author:" cannot both be asked of one term.'),
        ("category:op*ed", "* is allowed only at the end of a word."),
        ("author:V*", "at least 3 letters before *"),
    ],
)
def test_a_mistake_is_said_with_what_to_write_instead(term: str, message: str) -> None:
    (problem,) = term_problems((Topic(name="t", rules=(Rule(all=((term,),)),)),), {})
    assert message in problem.message
    assert not problem.is_warning


def test_a_list_of_fields_cannot_stand_in_a_phrase_or_a_pair() -> None:
    lists = {"kinds": ["category:opinion", "truce"]}
    (problem,) = term_problems((Topic(name="t", rules=(Rule(all=(("no @kinds",),)),)),), lists)
    assert '"@kinds" has "category:opinion", which cannot stand inside a phrase.' in problem.message
    pair = Rule(all=(("@kinds",), ("US",)), is_pair=True)
    (problem,) = term_problems((Topic(name="t", rules=(pair,)),), lists)
    assert problem.path == ("topics", 0, "rules", 0, "all", 0)
    assert '"category:opinion" cannot stand in a pair' in problem.message
