"""Matching in the text of the page behind an article: it adds to what the feed says and changes nothing of that."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from table import each_row

from monitor.match import TopicIndex, term_problems
from monitor.match.rules import LEAD_WORDS, PAGE_LEAD_WORDS
from monitor.match.vocabulary import MATCHED_CHARACTERS
from monitor.model.match import Document, Match, Tier
from monitor.model.topic import Rule, Topic

TITLE, TEXT = "Lorries wait in Syria", "Drivers slept. Nobody spoke of the road to Homs."
FILL = "and so on " * 40
PAGE = f"The truce of Homs began at U. S. insistence. {FILL}Engineers came to the cease-fire line. #AidConvoy rolled."


def match_of(rule: Rule, page: str = PAGE, title: str = TITLE, text: str = TEXT, language: str = "") -> Match | None:
    index = TopicIndex((Topic(name="t", rules=(rule,)),), {"pauses": ["truce", "title:lull"]})
    document = Document(title=title, text=text, page=page, language=language)
    matches = index.matches(document)
    assert index.explain("t", document).match == next(iter(matches), None)
    return matches[0] if matches else None


def rule(*groups: str, **keys: object) -> Rule:
    return Rule(all=tuple((each,) for each in groups), **keys)  # type: ignore[arg-type]


RULES = [
    # the rule, the tier, what was found on the page
    (rule("Syria", "lorry"), Tier.HEADLINE, []),
    (rule("Syria", "road"), Tier.LEAD, []),
    (rule("Syria", "truce"), Tier.PASSING, ["truce"]),
    (rule("Syria", "engineer"), Tier.PAGE, ["Engineers"]),
    (rule("truce", "engineer"), Tier.PAGE, ["truce", "Engineers"]),
    (rule("Syria", "ceasefire"), Tier.PAGE, ["cease-fire"]),
    (rule("Syria", "US"), Tier.PASSING, ["U. S"]),
    (rule("Syria", "aid convoy"), Tier.PAGE, ["AidConvoy"]),
    (rule("Syria", "truce of Homs"), Tier.PASSING, ["truce of Homs"]),
    (rule("Syria", "Homs truce"), None, []),
    (rule("Syria", "@pauses"), Tier.PASSING, ["truce"]),
    (rule("Syria", "title:truce"), None, []),
    (rule("Syria", "text:truce"), None, []),
    (rule("Syria", "text:road"), Tier.LEAD, []),
    (rule("text:Syria", "truce"), Tier.PASSING, ["truce"]),
    (rule("Syria", "page:truce"), Tier.PASSING, ["truce"]),
    (rule("Syria", "page:=Engineers"), Tier.PAGE, ["Engineers"]),
    (rule("Syria", "page:road"), None, []),
    (rule("page:@pauses"), Tier.PASSING, ["truce"]),
    (rule("Syria", "truce", within="lead"), None, []),
    (rule("Syria", "truce", within="headline"), None, []),
    (rule("Syria", "lorry", none=("truce",)), Tier.HEADLINE, []),
    (rule("Syria", "engineer", none=("truce",)), None, []),
    (rule("Syria", "engineer", none=("text:truce",)), Tier.PAGE, ["Engineers"]),
    (rule("truce", "engineer", near=3), None, []),
    (rule("truce", "Homs", near=3), Tier.PASSING, ["truce", "Homs"]),
    (rule("Homs", at_least=2), Tier.PASSING, ["Homs"]),
    (rule("Homs", at_least=3), None, []),
    (rule("Homs The"), None, []),
]


def test_the_page_adds_to_what_the_feed_says() -> None:
    def check(rule_: Rule, tier: Tier | None, found: list[str]) -> None:
        match = match_of(rule_)
        assert (match and match.tier) == tier
        evidence = match.evidence if match else ()
        assert [each.found for each in evidence if each.field == "page"] == found
        assert (match is not None and match.is_by_page) is bool(found)
        for each in evidence:
            assert PAGE[each.start : each.end] == each.found or each.field != "page"

    each_row(check, RULES)


def test_a_pair_does_not_go_on_from_the_text_to_the_page() -> None:
    pair = Rule(all=(("Homs",), ("Aleppo",)), is_pair=True)
    assert match_of(pair, page="Aleppo waits.", text="They went to Homs") is None
    assert match_of(pair, page="Homs and Aleppo wait.", text="") is not None


def test_a_tier_ends_where_its_words_end() -> None:
    assert PAGE_LEAD_WORDS > LEAD_WORDS
    for words, tier in ((PAGE_LEAD_WORDS - 1, Tier.PASSING), (PAGE_LEAD_WORDS, Tier.PAGE)):
        match = match_of(rule("Syria", "truce"), page="so " * words + "truce", text="")
        assert match is not None
        assert match.tier is tier
    assert [each for each in Tier if each.is_mention] == [Tier.PASSING, Tier.PAGE]


def test_a_page_in_capitals_and_one_in_turkish_are_read_as_texts_are() -> None:
    assert match_of(rule("Syria", "US"), page="THEY TOLD US TO WAIT AT THE RIVER UNTIL MORNING") is None
    assert match_of(rule("Syria", "ışık"), page="IŞIK YANDI", language="tr") is not None


def test_a_page_is_read_as_far_as_a_text() -> None:
    assert match_of(rule("Syria", "truce"), page="x" * MATCHED_CHARACTERS + " truce") is None


def test_a_page_without_a_word_moves_nothing() -> None:
    index = TopicIndex((Topic(name="t", rules=(rule("Syria", "author:Okafor"),)),), {})
    document = Document(title=TITLE, text=TEXT, page=" … ", author="Ines Okafor")
    (match,) = index.matches(document)
    assert [each.found for each in match.evidence] == ["Syria", "Okafor"]
    assert index.explain("t", replace(document, title="Rain")).match is None


def test_terms_for_the_page_are_no_mistakes_and_others_are_named() -> None:
    def said(term: str) -> str:
        topic = Topic(name="t", rules=(Rule(all=((term,),)),))
        return " ".join(str(each) for each in term_problems((topic,), {}))

    assert said("text:truce") == said("page:truce") == ""
    assert 'Did you mean "text:"?' in said("body:truce")
    assert "cannot both be asked" in said("page:title:truce")


WORDS = st.lists(st.sampled_from(["Syria", "truce", "Homs", "US", "cease", "fire", "-", ".", "\n", "#a"]), max_size=12)


@given(WORDS, WORDS, WORDS)
def test_what_matches_without_the_page_matches_the_same_with_it(
    title: list[str], text: list[str], page: list[str]
) -> None:
    rules = [rule("Syria", "truce", near=4), rule("Homs", "ceasefire", none=("US",)), rule("US", at_least=2)]
    index = TopicIndex([Topic(name=f"{n}", rules=(each,)) for n, each in enumerate(rules)], {})
    without = Document(title=" ".join(title), text=" ".join(text))
    with_page = Document(title=without.title, text=without.text, page=" ".join(page))
    found, more = index.matches(without), index.matches(with_page)
    assert set(found) <= set(more)
    assert [each.topic for each in more] == sorted(each.topic for each in more)
    for each in more:
        for item in each.evidence:
            assert getattr(with_page, item.field)[item.start : item.end] == item.found
    for each in more:
        assert each.is_by_page is (each not in found)
        assert each.tier.is_mention or not each.is_by_page
