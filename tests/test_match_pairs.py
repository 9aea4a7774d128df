"""A pair: two parties named side by side, and what keeps them apart."""

from pathlib import Path

import pytest

from monitor.config import load
from monitor.errors import ConfigError
from monitor.match import TopicIndex, fingerprint, term_problems
from monitor.match.pairs import MOST_BETWEEN
from monitor.model.match import Document, Tier
from monitor.model.topic import Rule, Topic
from monitor.workbench import in_words, misses
from monitor.workbench.entry import Entry
from monitor.workbench.wording import brief

LISTS = {
    "us": ["US", "United States", "American*", "Washington", "Trump", "США", "美国"],
    "russia": ["Russia*", "Moscow", "Putin", "Россия", "俄罗斯"],
}
PAIR = Rule(all=(("@us",), ("@russia",)), is_pair=True)
DEAL = Rule(all=(("@us",), ("@russia",), ("deal",)), is_pair=True, near=6)


def found(rule: Rule, title: str, text: str = "") -> Tier | None:
    matches = TopicIndex((Topic(name="t", rules=(rule,)),), LISTS).matches(Document(title=title, text=text))
    return matches[0].tier if matches else None


@pytest.mark.parametrize(
    "title",
    [
        "US and Russia meet",
        "Russia, US meet",
        "A US-Russian meeting",
        "The American and Russian presidents meet",
        "Washington & Moscow meet",
        "Trump-Putin summit",
        "US president and his Russian counterpart meet",
        "Top American diplomats and Russian military officials meet",
        "Russia's foreign minister and the United States' envoy meet",
        "Between Moscow and Washington",
        "Iran, the United States and Russia meet",
        "США и Россия договорились",
        "美国和俄罗斯达成协议",
        "美国、俄罗斯达成协议",
    ],
)
def test_two_that_are_named_in_one_breath_are_a_pair(title: str) -> None:
    assert found(PAIR, title) is Tier.HEADLINE
    assert found(PAIR, "Monday", title + ".") is Tier.LEAD


@pytest.mark.parametrize(
    "title",
    [
        "US accuses Russia",
        "US troops strike Russian base",
        "Russia says US lied",
        "US blames Iran and Russia",
        "Fire in Washington. Moscow cold",
        "Moscow: US broke its word",
        "Washington | Moscow",
        "US meets. Russia sulks",
        "Washington",
        "US and its foreign minister and the top defence officials and Russia",
    ],
)
def test_a_verb_a_third_party_or_the_end_of_a_sentence_keeps_two_apart(title: str) -> None:
    assert found(PAIR, title) is None


def test_a_pair_does_not_run_from_the_headline_into_the_text() -> None:
    assert found(PAIR, "News from Washington", "Moscow is cold.") is None
    assert found(PAIR, "Washington and", "Moscow") is None


def test_only_what_stands_side_by_side_counts_for_near_and_at_least() -> None:
    assert found(DEAL, "US and Russia reach deal") is Tier.HEADLINE
    assert found(DEAL, "US and Russia quarrel as cheap cars from the East go to market in a deal") is None
    twice = Rule(all=(("@us",), ("@russia",)), is_pair=True, at_least=2)
    assert found(twice, "US and Russia meet; US and Russia part") is Tier.HEADLINE
    assert found(twice, "US and Russia meet; US mourns, Russia sings") is None


def test_words_between_are_counted() -> None:
    assert found(PAIR, f"US {'the ' * MOST_BETWEEN}Russia") is Tier.HEADLINE
    assert found(PAIR, f"US {'the ' * (MOST_BETWEEN + 1)}Russia") is None


def test_an_explanation_says_that_the_two_are_apart() -> None:
    index = TopicIndex((Topic(name="t", rules=(PAIR,)),), LISTS)
    explanation = index.explain("t", Document(title="US accuses Russia", text=""))
    assert str(explanation) == "both terms of the pair were found, but never side by side"
    assert explanation.rules[0].is_apart
    assert "nothing of all[1]" in str(index.explain("t", Document(title="US votes", text="")))


def test_in_words() -> None:
    topic = Topic(name="t", rules=(DEAL,))
    assert brief(topic) == "pair of @us and @russia and deal, near 6"
    assert "the first two side by side" in in_words(topic, LISTS).rules[0].sentences


def test_a_miss_of_the_third_group_still_asks_for_the_pair() -> None:
    entries = [
        Entry(id=n, document=Document(title=title, text=""))
        for n, title in enumerate(["US and Russia meet", "US accuses Russia", "US deal"])
    ]
    groups = {each.group: each.articles for each in misses(entries, Topic(name="t", rules=(DEAL,)), LISTS).groups}
    assert groups == {0: 0, 1: 1, 2: 1}


def test_a_pair_is_part_of_the_fingerprint_and_other_rules_keep_theirs() -> None:
    loose = Rule(all=DEAL.all, near=6)
    assert fingerprint(Topic(name="t", rules=(DEAL,)), LISTS) != fingerprint(Topic(name="t", rules=(loose,)), LISTS)
    old = Topic(name="t", rules=(Rule(all=(("Syria*",), ("truce",)), none=("title:podcast",), near=5),))
    assert fingerprint(old, {}) == "836ddfdf1ede8ec8"


def test_near_beside_a_pair_alone_has_no_effect() -> None:
    topic = Topic(name="t", rules=(Rule(all=(("@us",), ("@russia",)), is_pair=True, near=4),))
    assert [problem.message for problem in term_problems((topic,), LISTS) if problem.path[-1] == "near"] == [
        "near = 4 beside a pair alone has no effect: the two stand side by side."
    ]


def configured(folder: Path, rule: str) -> tuple[Rule, ...]:
    file = folder / "config.toml"
    file.write_text(
        f'[[feeds]]\nurl = "https://news.example/rss"\n[[topics]]\nname = "t"\n{rule}\n'
        '[[digests]]\nname = "Daily"\nto = ["a@reader.example"]\n',
        "utf-8",
    )
    return load(file, {}).topics[0].rules


def test_in_the_config_a_pair_takes_two_terms_or_two_lists_of_terms(tmp_path: Path) -> None:
    assert configured(tmp_path, 'pair = ["US", ["Russia", "Moscow"]]\nany = ["deal"]') == (
        Rule(all=(("US",), ("Russia", "Moscow"), ("deal",)), is_pair=True),
    )
    assert configured(tmp_path, '[[topics.rule]]\npair = ["US", "Russia"]') == (
        Rule(all=(("US",), ("Russia",)), is_pair=True),
    )


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('pair = ["US"]', "pair"),
        ('pair = ["US", "Russia", "Iran"]', "pair"),
        ('pair = "US"', "pair"),
        ('pair = ["US", "Rus*sia"]', "pair[1]"),
    ],
)
def test_a_mistake_in_a_pair_is_found_where_it_is_written(tmp_path: Path, rule: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("[", r"\[")):
        configured(tmp_path, rule)
