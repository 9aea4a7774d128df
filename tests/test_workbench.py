"""The workbench: topics tried on articles, rules compared, groups missed, words proposed, rules in words."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from monitor.match import TopicIndex, fingerprint
from monitor.model.article import Arrival, Article
from monitor.model.ids import ArticleId, FeedId
from monitor.model.match import Document, Evidence, Match, Tier
from monitor.model.topic import Rule, Topic
from monitor.workbench import (
    Entry,
    State,
    TermHits,
    Trial,
    brief,
    changes,
    entry_from_line,
    entry_of,
    in_words,
    lists_with,
    misses,
    named_lists,
    runs,
    trials,
    verdict,
)
from monitor.workbench import suggestions as suggest
from monitor.workbench.precision import Judged, Loss, remedies

suggestions = partial(suggest, enough=3)
"""Small samples are enough for how it counts."""

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LISTS = {"truce": ["ceasefire", "truce", "lull"], "syria": ["Syria*", "Aleppo"]}
SYRIA = Topic(name="Syria ceasefire", rules=(Rule(all=(("@syria",), ("@truce",)), none=("title:podcast",)),))
TRUCES = Topic(name="Truces", rules=(Rule(all=(("@truce",),)),))
RUNNING = {SYRIA.name: fingerprint(SYRIA, LISTS)}
GRAIN = Topic(name="Grain", rules=(Rule(all=(("grain",),)),), enabled=False)


def entry(id_: int, title: str, text: str = "", *, day: int | None = 0, language: str = "", outlet: str = "") -> Entry:
    seen_at = None if day is None else NOON + timedelta(days=day)
    return Entry(id=id_, document=Document(title=title, text=text, language=language, outlet=outlet), seen_at=seen_at)


NEWS = (
    entry(1, "Syrian truce holds", day=0),
    entry(2, "Truce in Yemen", "The ceasefire is young.", day=0),
    entry(3, "Podcast: Syria's truce", day=1),
    entry(4, "Aleppo waits for fuel", day=1),
    entry(5, "Markets close higher", "In Syria, a cease-fire was declared.", day=3),
    entry(6, "Grain ships sail", day=None),
)


def trial_of(*topics: Topic, news: Sequence[Entry] = NEWS, samples: int = 5) -> Trial:
    return trials(news, topics, LISTS, samples=samples)[0]


# ---- Entries


def test_a_stored_article_is_dated_by_when_it_was_first_seen() -> None:
    article = Article(
        id=ArticleId(7),
        feed_id=FeedId(1),
        key="k",
        link="https://post.example/7",
        title="Title",
        text="Text",
        outlet="The Post",
        language="en",
        published_at=NOON - timedelta(days=9),
        first_seen_at=NOON,
        arrival=Arrival.LATE,
        is_mailable=True,
    )
    found = entry_of(article, {})
    assert (found.id, found.link, found.day) == (7, "https://post.example/7", date(2026, 3, 1))
    url = "https://post.example/7"
    assert found.document == Document(title="Title", text="Text", language="en", outlet="The Post", url=url)
    (left_out,) = entry_of(replace(article, text="A truce. Follow us on Telegram!"), {}).document.left_out
    assert left_out.reason == "a known form: to follow"
    line = json.dumps({"id": 1, "text": "A truce. Follow us on Telegram!"}).encode()
    assert entry_from_line(line).document.left_out == (left_out,)


# ---- Trials


def test_a_trial_counts_matches_by_tier_and_by_day_on_which_articles_came() -> None:
    trial = trial_of(SYRIA)
    assert (trial.articles, trial.matches) == (6, 2)
    assert trial.tiers == {Tier.HEADLINE: 1, Tier.LEAD: 1, Tier.PASSING: 0, Tier.PAGE: 0}
    assert [(day.day.day, day.articles, day.matches) for day in trial.days] == [(1, 2, 1), (2, 2, 0), (4, 1, 1)]


def test_samples_are_the_latest_matches_with_what_was_found() -> None:
    (sample,) = trial_of(SYRIA, samples=1).samples
    assert sample.id == 5
    assert sample.reason == 'Syria* → "Syria" (text) · ceasefire → "cease-fire" (text)'
    assert [(hit.field, hit.found) for hit in sample.evidence] == [("text", "Syria"), ("text", "cease-fire")]


def test_a_term_counts_where_it_is_found_and_is_dead_where_no_article_has_it() -> None:
    trial = trial_of(SYRIA)
    assert trial.terms == (
        TermHits(term="Syria*", articles=3, matches=2, excludes=False),
        TermHits(term="truce", articles=3, matches=1, excludes=False),
        TermHits(term="ceasefire", articles=2, matches=1, excludes=False),
        TermHits(term="Aleppo", articles=1, matches=0, excludes=False),
        TermHits(term="title:podcast", articles=1, matches=0, excludes=True),
        TermHits(term="lull", articles=0, matches=0, excludes=False),
    )
    assert trial.dead_terms == ("lull",)


def test_several_topics_are_tried_in_one_pass_in_the_order_given_disabled_or_not() -> None:
    found = trials(iter(NEWS), (TRUCES, GRAIN, SYRIA), LISTS)
    assert [(trial.topic, trial.matches) for trial in found] == [("Truces", 4), ("Grain", 1), ("Syria ceasefire", 2)]


def test_a_trial_of_nothing_says_nothing() -> None:
    trial = trial_of(SYRIA, news=())
    assert (trial.articles, trial.matches, trial.days, trial.samples) == (0, 0, (), ())


# ---- Changes


def decided(*topics: Topic, news: Sequence[Entry] = NEWS) -> list[tuple[Entry, Sequence[Match]]]:
    """The news, as these topics have decided about it."""
    index = TopicIndex(topics, LISTS)
    return [(each, index.matches(each.document)) for each in news]


def test_articles_enter_and_leave_as_the_edited_rule_says_and_a_reason_is_given() -> None:
    edited = Topic(name=SYRIA.name, rules=(Rule(all=(("Syria*", "Aleppo"), ("truce", "fuel")), none=("podcast",)),))
    (change,) = changes(decided(SYRIA), (edited,), LISTS, {SYRIA.name: "as it was"})
    assert (change.state, change.stays) == (State.CHANGED, 1)
    assert [(each.id, each.reason) for each in change.enters] == [
        (4, 'Aleppo → "Aleppo" (title) · fuel → "fuel" (title)')
    ]
    assert [(each.id, each.reason) for each in change.leaves] == [(5, "nothing of all[1] (truce, fuel) was found")]
    assert [hit.found for hit in change.leaves[0].evidence] == ["Syria", "cease-fire"]


@pytest.mark.parametrize(
    ("stored", "edited", "running", "state", "was", "counts"),
    [
        (SYRIA, SYRIA, RUNNING, State.UNCHANGED, "", (0, 2, 0)),
        (SYRIA, replace(SYRIA, priority=9), RUNNING, State.UNCHANGED, "", (0, 2, 0)),
        (SYRIA, SYRIA, {SYRIA.name: "older"}, State.UNCHANGED, "", (0, 2, 0)),
        (None, SYRIA, {SYRIA.name: "older"}, State.CHANGED, "", (2, 0, 0)),
        (None, SYRIA, {}, State.NEW, "", (2, 0, 0)),
        (SYRIA, None, RUNNING, State.GONE, "", (0, 0, 2)),
        (SYRIA, replace(SYRIA, enabled=False), RUNNING, State.DISABLED, "", (0, 0, 0)),
        (SYRIA, replace(SYRIA, name="Lull", was=SYRIA.name), RUNNING, State.RENAMED, SYRIA.name, (0, 2, 0)),
        (SYRIA, replace(SYRIA, was="Long ago"), RUNNING | {"Long ago": ""}, State.UNCHANGED, "", (0, 2, 0)),
        (None, SYRIA, {SYRIA.name: ""}, State.NEW, "", (2, 0, 0)),
        (None, replace(SYRIA, was="Never was"), {}, State.NEW, "", (2, 0, 0)),
    ],
)
def test_a_topic_is_new_gone_renamed_disabled_or_unchanged(
    stored: Topic | None,
    edited: Topic | None,
    running: dict[str, str],
    state: State,
    was: str,
    counts: tuple[int, int, int],
) -> None:
    (change,) = changes(decided(*filter(None, [stored])), tuple(filter(None, [edited])), LISTS, running)
    assert (change.state, change.was) == (state, was)
    assert (len(change.enters), change.stays, len(change.leaves)) == counts


def test_under_the_wording_that_runs_nothing_changes_whatever_older_ones_have_left() -> None:
    (change,) = changes(decided(replace(TRUCES, name=SYRIA.name)), (SYRIA,), LISTS, RUNNING)
    assert (change.state, change.stays) == (State.UNCHANGED, 4)
    (change,) = changes(decided(), (SYRIA,), LISTS, RUNNING)
    assert (change.state, change.enters) == (State.UNCHANGED, ())


def test_evidence_that_is_no_longer_where_it_was_found_is_left_out() -> None:
    before = Evidence(group=0, term="lull", found="lull", field="title", start=0, end=4)
    old = Match(topic=SYRIA.name, rule=0, tier=Tier.HEADLINE, evidence=(before,), fingerprint="f")
    (change,) = changes([(entry(1, "Calm in Idlib"), [old])], (SYRIA,), LISTS, {SYRIA.name: ""})
    assert [each.evidence for each in change.leaves] == [()]


# ---- Misses


def test_a_miss_lacks_exactly_one_group_and_stands_under_the_one_it_lacks() -> None:
    found = misses(NEWS, SYRIA, LISTS)
    assert (found.articles, found.matches) == (6, 2)
    assert [(group.group, group.articles, [each.id for each in group.samples]) for group in found.groups] == [
        (0, 1, [2]),
        (1, 1, [4]),
    ]
    assert found.groups[0].terms == ("Syria*", "Aleppo")
    assert [hit.group for hit in found.groups[0].samples[0].evidence] == [1, 1]
    assert [hit.group for hit in found.groups[1].samples[0].evidence] == [0]


SPREAD = Rule(all=(("Syria*",), ("truce",), ("talks",)), near=2)


@pytest.mark.parametrize(
    ("topic", "article", "lacking"),
    [
        (SYRIA, entry(1, "Podcast: Aleppo waits"), []),
        (SYRIA, entry(1, "Nothing of all this"), []),
        (replace(SYRIA, languages=("fr",)), entry(1, "Aleppo waits", language="en"), []),
        (replace(SYRIA, sources=("The Post",)), entry(1, "Aleppo waits", outlet="The Post"), [(0, 1)]),
        (Topic(name="t", rules=(SPREAD,)), entry(1, "Syrian truce"), [(0, 2)]),
        (Topic(name="t", rules=(SPREAD,)), entry(1, "Syrian war, and elsewhere a truce"), []),
        (Topic(name="t", rules=(SPREAD,)), entry(1, "Syrian truce", "For days now no talks."), []),
        (Topic(name="t", rules=(replace(SPREAD, within="headline"),)), entry(1, "Syrian truce", "No talks"), [(0, 2)]),
        (Topic(name="t", rules=(*SYRIA.rules, Rule(all=(("Aleppo",),)))), entry(1, "Aleppo waits"), []),
        (Topic(name="t", rules=(*TRUCES.rules, *SYRIA.rules)), entry(1, "Aleppo waits"), [(1, 1)]),
    ],
)
def test_only_the_missing_group_may_stand_between_a_miss_and_a_match(
    topic: Topic, article: Entry, lacking: list[tuple[int, int]]
) -> None:
    found = misses([article], replace(topic, enabled=False), LISTS)
    assert [(group.rule, group.group) for group in found.groups if group.articles] == lacking


def test_a_topic_of_one_group_has_no_misses() -> None:
    assert misses(NEWS, TRUCES, LISTS).groups == ()


def test_of_many_misses_the_strongest_and_newest_are_kept() -> None:
    news = [entry(n, "Aleppo" if n % 2 else "Fuel", "Aleppo") for n in range(10)]
    group = next(group for group in misses(news, SYRIA, LISTS, samples=6).groups if group.articles)
    assert (group.articles, [each.id for each in group.samples]) == (10, [9, 7, 5, 3, 1, 8])


def test_misses_that_resemble_the_topic_come_before_stronger_and_newer_ones() -> None:
    news = [entry(n, "Aleppo" if n % 2 else "Fuel", "Aleppo") for n in range(10)]
    likeness: dict[object, float] = {2: 0.2, 7: 0.1, 99: 1.0}
    group = next(each for each in misses(news, SYRIA, LISTS, samples=4, likeness=likeness).groups if each.articles)
    assert [each.id for each in group.samples] == [2, 7, 9, 5]
    assert misses(news, SYRIA, LISTS, samples=0, likeness=likeness).groups[0].samples == ()


# ---- Suggestions


def crowd() -> list[Entry]:
    """Convoys go with Syrian truces; the rest is about grain, and everyone says something."""
    syrian = [
        entry(n, "Syrian truce holds", f"The aid Convoy said it waits for days near US lines, 2016, day {n}.")
        for n in (1, 2, 3, 4)
    ]
    others = [entry(n, "Grain prices fall", "Traders said it was the rain that told us so.") for n in range(10, 60)]
    return syrian + others


def test_words_that_tell_matches_apart_are_proposed_but_not_the_terms_themselves() -> None:
    found = suggestions(crowd, replace(SYRIA, enabled=False), LISTS)
    words = {word.term: (word.matches, word.others) for word in found.words}
    assert (found.articles, found.matches) == (54, 4)
    assert words == dict.fromkeys(("US", "aid Convoy", "day", "days", "holds", "lines", "near", "waits"), (4, 0))
    assert [word.score for word in found.words] == sorted((word.score for word in found.words), reverse=True)


def test_a_suggestion_shows_the_word_where_it_stands() -> None:
    word = next(word for word in suggestions(crowd, SYRIA, LISTS).words if word.term == "lines")
    assert (word.example.id, word.example.reason) == (4, "… Convoy said it waits for days near US lines, 2016, day 4.")
    assert [(hit.field, hit.found) for hit in word.example.evidence] == [("text", "lines")]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("A convoy left.", "A convoy left."),
        (f"convoy {'far ' * 30}", f"convoy {'far ' * 9}…"),
        (f"{'国' * 50}convoy{'国' * 50}", "… convoy …"),
    ],
)
def test_the_context_of_a_word_is_cut_between_words(text: str, context: str) -> None:
    news = [entry(n, "Syrian truce", text) for n in range(5)] + [entry(n, "Rain", "No news.") for n in range(9, 999)]
    word = next(word for word in suggestions(lambda: news, SYRIA, LISTS).words if word.term.startswith("convoy"))
    assert word.example.reason == context


def test_the_parts_of_a_phrase_or_compound_and_words_of_chinese_are_not_proposed() -> None:
    topic = Topic(name="t", rules=(Rule(all=(("ceasefire", "cessation of hostilities", "title:pause*"),)),))
    texts = ("Cease-fire", "Cessation of hostilities", "Pauses", "Cease fire", "停火协议 ceasefires") * 3
    news = [entry(n, text) for n, text in enumerate(texts)] + [entry(n, "Rain") for n in range(20, 99)]
    assert suggestions(lambda: news, topic, {}).words == ()


def test_without_matches_nothing_is_proposed() -> None:
    found = suggestions(lambda: NEWS[-1:], SYRIA, LISTS)
    assert (found.articles, found.matches, found.words) == (1, 0, ())


OUTLETS = ("Coast Post", "Harbour Echo", "Delta Courier", "Plains Herald", "Valley Mirror", "Island Times")


def force(number: int) -> Entry:
    """One of many articles on a militia, each in other words."""
    act = ("seized a depot", "left the airport", "denied the claim", "fired on a market", "freed captives")[number % 5]
    other = ("Villagers", "Doctors", "Traders", "Drivers")[number % 4]
    text = f"{other} of town {number} say that the Rapid Support Forces {act}, {other.lower()} {number * 7} fled."
    return entry(number, f"Khartoum {number}", text)


def others(count: int) -> list[Entry]:
    text = "Support for farmers is rapid, and police forces watch; traders, doctors and drivers wait."
    return [entry(1000 + number, f"Grain, week {number}", text) for number in range(count)]


KHARTOUM = Topic(name="Khartoum", rules=(Rule(all=(("Khartoum",),)),))


@pytest.mark.parametrize(
    ("matches", "names"), [(19, []), (20, ["Rapid Support Forces"]), (60, ["Rapid Support Forces"])]
)
def test_a_name_of_several_words_is_proposed_whole_and_nothing_from_too_few_matches(
    matches: int, names: list[str]
) -> None:
    news = [*map(force, range(matches)), *others(200)]
    found = suggest(lambda: news, KHARTOUM, {})
    proposed = [word.term for word in found.words]
    assert (found.matches, found.too_few, found.enough) == (matches, not names, 20)
    assert {*names} <= {*proposed}
    assert bool(proposed) is bool(names)
    assert not {"Rapid", "Support", "Forces", "Rapid Support", "Support Forces"} & {*proposed}
    if names:
        word = next(word for word in found.words if word.term == names[0])
        assert (word.matches, word.others) == (matches, 0)
        assert [(hit.field, hit.found) for hit in word.example.evidence] == [("text", names[0])]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Number {n}: the Bank of Velm {act}.", "Bank of Velm"),
        ("{act}: {n}, said Médecins Sans Frontières.", "Médecins Sans Frontières"),
        ("القرية {n} {act} قوات الدعم السريع، {act}.", "قوات الدعم السريع"),
        ("{act} {n}; what US Central Command {act}.", "US Central Command"),
        ("{act} {n}. The men of al-Nour {act}.", "al-Nour"),
        ("{act} {n}. Dr. Velm {act}.", "Dr. Velm"),
    ],
)
def test_names_with_grammar_in_them_of_other_scripts_and_with_hyphens(text: str, name: str) -> None:
    acts = ("closed", "opened", "waited", "moved", "returned", "paid")
    news = [entry(n, f"Khartoum {n}", text.format(n=n, act=acts[n * n % 7 % 6])) for n in range(30)]
    proposed = [word.term for word in suggest(lambda: [*news, *others(99)], KHARTOUM, {}).words]
    assert name in proposed
    assert not {*name.split()} - {name} & {*proposed}


def test_a_sentence_that_outlets_print_word_for_word_is_no_name() -> None:
    copied = "Envoys from eleven coastal provinces signed another long harbour treaty near midnight."
    news = [entry(n, f"Khartoum {n}", copied) for n in range(30)] + others(99)
    assert not [word.term for word in suggest(lambda: news, KHARTOUM, {}).words if " " in word.term]


def test_the_memory_of_runs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "REMEMBERED", 40)
    news = [*map(force, range(40)), *others(99)]
    assert "Rapid Support Forces" in [word.term for word in suggest(lambda: news, KHARTOUM, {}).words]


# ---- Precision

MERCURY = Topic(
    name="Mercury",
    rules=(Rule(all=(("Mercury",), ("spill", "mine")), none=("title:quiz",)),),
    must_match=("Mercury spill near the mine",),
)


def hits() -> list[Entry]:
    """Right ones on a poisoned river; wrong ones on a planet, and on a song, whose words stand far apart."""
    river = [entry(n, f"Mercury spill {n}", f"Fish of river {n} died; album sales fund aid.") for n in range(10)]
    planet = [entry(20 + n, f"Mercury {n} seen from orbit", f"A probe could mine it, say {n} of us.") for n in range(4)]
    song = [entry(30 + n, f"Album {n}: Mercury", f"{'La la la ' * 12} a spill of tears {n}.") for n in range(3)]
    return river + planet + song + [entry(99, "Rain")]


def proposals_of(judged: Judged, topic: Topic = MERCURY) -> dict[str, Loss]:
    found = remedies(hits, topic, {}, judged)
    assert found.topic == topic.name
    return {each.written: each.loses for each in found.proposals}


def test_what_wrong_hits_have_and_right_ones_have_not_is_proposed_with_what_it_loses() -> None:
    right, wrong = frozenset({0, 1, 2}), frozenset({20, 21, 22, 23, 30, 31, 32})
    proposed = proposals_of(Judged(right=right, wrong=wrong))
    assert proposed['none = ["probe"]'] == Loss(wrong=4)
    assert proposed['none = ["title:Album"]'] == Loss(wrong=3)
    assert proposed["near = 5"] == Loss(wrong=7)
    assert not {'none = ["Album"]', 'none = ["Mercury"]', 'none = ["mine"]', "near = 25", "near = 8"} & proposed.keys()


def test_a_change_that_would_lose_a_right_hit_is_not_proposed() -> None:
    far = replace(MERCURY, must_match=(*MERCURY.must_match, f"Mercury\n{'word ' * 30} spill"))
    wrong = frozenset({30, 31, 32})
    assert "near = 8" in proposals_of(Judged(wrong=wrong))
    assert not [each for each in proposals_of(Judged(wrong=wrong), far) if each.startswith("near")]
    assert proposals_of(Judged(wrong=frozenset({20, 21, 22, 23})), replace(MERCURY, rules=(Rule(all=(("Mercury",),)),)))
    near_already = replace(MERCURY, rules=(replace(MERCURY.rules[0], near=40), Rule(all=(("quicksilver",),))))
    assert "near = 8" in proposals_of(Judged(wrong=wrong), near_already)


@pytest.mark.parametrize("wrong", [frozenset(), frozenset({30}), frozenset({99, 30})])
def test_from_one_wrong_hit_nothing_is_proposed(wrong: frozenset[int | float | str]) -> None:
    found = remedies(hits, replace(MERCURY, enabled=False), {}, Judged(wrong=wrong))
    assert (found.too_few, found.enough, found.proposals) == (True, 2, ())
    assert found.hits == Loss(wrong=len(wrong - {99}), right=1, unjudged=17 - len(wrong - {99}))
    assert found.not_matching == tuple(sorted(wrong & {99}))


def test_examples_that_must_not_match_and_still_do_are_wrong_hits() -> None:
    broken = replace(MERCURY, must_not_match=("Mercury album out\nA spill", "Mercury: the album\nspill", "Rain"))
    found = remedies(lambda: hits()[:10], broken, {}, Judged())
    assert (found.hits.wrong, found.not_matching) == (2, ())
    assert 'none = ["title:album"]' in [each.written for each in found.proposals]


# ---- Lists

FAMILIES = {
    "oman": ("Oman*", "Muscat"),
    "oman.de": ("Maskat",),
    "talks": ("talks with @gulf", "summit"),
    "gulf": ("Muscat", "Doha"),
    "opinion": ("category:opinion", "url:/opinion/"),
    "empty": (),
}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Omani", {"oman": ("Oman*",)}),
        ("muscat", {"gulf": ("Muscat",), "oman": ("Muscat",), "talks": ("talks with Muscat",)}),
        ("Maskat", {"oman.de": ("Maskat",)}),
        ("talks with Muscat", {"talks": ("talks with Muscat",)}),
        ("opinion", {"opinion": ("category:opinion", "url:/opinion/")}),
        ("summits", {"talks": ("summit",)}),
        ("oman", {"oman": ("Oman*",), "oman.de": ()}),
        ("summ", {"talks": ("summit",)}),
        ("scat", {}),
        ("the Omani summit", {}),
        ("Florida", {"mine": ("Florida",)}),
        ("empty", {"empty": ()}),
    ],
)
def test_a_list_has_a_word_that_its_terms_find_or_name(words: str, found: dict[str, tuple[str, ...]]) -> None:
    known = named_lists({**FAMILIES, "mine": ("Miami",)}, {"mine": ("Florida", "=Miami")})
    hits = {each.name: each.has for each in lists_with(known, words)}
    assert hits == found
    assert [each.name for each in known if each.is_own] == ["mine"]
    talks = next(each for each in known if each.name == "talks")
    assert (talks.terms[0], talks.expanded[:2]) == ("talks with @gulf", ("talks with Muscat", "talks with Doha"))


# ---- In words


@pytest.mark.parametrize(
    ("rule", "sentences"),
    [
        (SYRIA.rules[0], ["one of Syria*, Aleppo", "and one of ceasefire, truce, lull", "but not title:podcast"]),
        (Rule(all=(("grain",),), near=5), ["grain"]),
        (Rule(all=(("grain",), ("Egypt*",)), near=5), ["grain", "and Egypt*", "all within 5 words of each other"]),
        (
            Rule(all=(("a",),), within="headline", at_least=2),
            ["a", "all in the headline", "each group mentioned at least 2 times"],
        ),
        (
            Rule(all=(("a",),), within="lead", none=("b", "c")),
            ["a", "all in the headline or the first 60 words", "but none of b, c"],
        ),
    ],
)
def test_a_rule_is_told_in_words_with_its_lists_expanded(rule: Rule, sentences: list[str]) -> None:
    (wording,) = in_words(Topic(name="t", rules=(rule,)), LISTS).rules
    assert list(wording.sentences) == sentences


@pytest.mark.parametrize(
    ("topic", "notes"),
    [
        (SYRIA, []),
        (GRAIN, ["disabled: nothing is looked for", "nothing but a name: each of its words must be found: Grain"]),
        (replace(SYRIA, rules=SYRIA.rules * 2), ["one of 2 rules must match"]),
        (replace(SYRIA, languages=("en", "fr")), ["only articles in en or fr, or in a language they do not name"]),
        (replace(SYRIA, sources=("The Post", "!The Sun")), ["only from The Post", "not from The Sun"]),
        (
            Topic(name="Gaza aid", rules=(Rule(all=(("Gaza",), ("aid",))),)),
            ["nothing but a name: each of its words must be found: Gaza, aid"],
        ),
    ],
)
def test_what_holds_for_all_rules_of_a_topic_is_noted(topic: Topic, notes: list[str]) -> None:
    topic = replace(topic, rules=(Rule(all=(("Grain",),)),)) if topic is GRAIN else topic
    assert list(in_words(topic, LISTS).notes) == notes


def test_examples_are_tried_and_their_outcome_told() -> None:
    topic = replace(SYRIA, must_match=("Syrian truce", "Calm in Syria"), must_not_match=("Podcast: Syrian truce",))
    assert [(each.expects, each.is_right, each.reason) for each in in_words(topic, LISTS).examples] == [
        ("match", True, 'Syria* → "Syrian" (title) · truce → "truce" (title)'),
        ("match", False, "nothing of all[1] (ceasefire, truce, lull) was found"),
        ("no match", True, 'the exclusion "title:podcast" was found: "Podcast" (title)'),
    ]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (SYRIA.rules, "@syria and @truce, not title:podcast"),
        ((Rule(all=(("a", "b"), ("c", "d", "e", "f")), none=("g", "h")),), "(a, b) and (c, d, +2), not (g, h)"),
        ((Rule(all=(("a",), ("b",)), near=5, within="lead", at_least=2),), "a and b, near 5, in lead, 2×"),
        ((Rule(all=(("a",),)), Rule(all=(("b",),))), "a | b"),
    ],
)
def test_rules_in_brief_fit_a_line(rules: tuple[Rule, ...], told: str) -> None:
    assert brief(Topic(name="t", rules=rules)) == told


# ---- Lines of JSON


def test_a_line_is_read_with_all_it_may_say() -> None:
    line = json.dumps(
        {
            "id": "a/1",
            "title": "Title",
            "text": "Text",
            "published": "2016-09-12T10:00:00+02:00",
            "source": "The Post",
            "language": "en",
            "label": "kept for yourself",
        }
    )
    assert entry_from_line(line.encode()) == Entry(
        id="a/1",
        document=Document(title="Title", text="Text", language="en", outlet="The Post"),
        seen_at=datetime(2016, 9, 12, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("line", "id_"),
    [
        (b'{"id": 1}', 1),
        (b'{"id": 1.5, "title": null}\r\n', 1.5),
        (b'\xef\xbb\xbf{"id": ""}', ""),
        (b'{"id": "\\ud800"}', "\ud800"),
    ],
)
def test_nothing_but_an_id_must_be_there(line: bytes, id_: object) -> None:
    assert entry_from_line(line) == Entry(id=id_, document=Document(title="", text=""))  # type: ignore[arg-type]


def test_what_is_said_about_an_article_is_read_as_well() -> None:
    line = b'{"id": 1, "author": "Ines Okafor", "categories": ["World", "War"], "url": "https://a.example/x%20y"}'
    said = Document(title="", text="", author="Ines Okafor", category="World\n\nWar", url="https://a.example/x y")
    assert entry_from_line(line).document == said


@pytest.mark.parametrize(
    ("published", "moment"),
    [
        ("2016-09-12", datetime(2016, 9, 12, tzinfo=UTC)),
        ("2016-09-12T10:00:00Z", datetime(2016, 9, 12, 10, tzinfo=UTC)),
        ("Mon, 12 Sep 2016 10:00:00 -0200", datetime(2016, 9, 12, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00+10:00", None),
        ("yesterday", None),
        (1473674400, None),
        (None, None),
    ],
)
def test_a_date_is_read_if_it_is_one(published: object, moment: datetime | None) -> None:
    assert entry_from_line(json.dumps({"id": 1, "published": published}).encode()).seen_at == moment


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not JSON: Expecting property name enclosed in double quotes"),
        (b'{"id": "\xff"}', "not UTF-8 (byte 9)."),
        (b"[" * 100_000, "not JSON: too deeply nested."),
        (b"[1]", "write one JSON object per line"),
        (b"{}", 'there is no "id".'),
        (b'{"id": null}', '"id" is neither a string nor a number.'),
        (b'{"id": true}', '"id" is neither a string nor a number.'),
        (b'{"id": NaN}', '"id" is neither a string nor a number.'),
        (b'{"id": 1, "title": 5}', '"title" is not a string.'),
        (b'{"id": 1, "categories": "World"}', '"categories" is not a list of strings.'),
        (b'{"id": 1, "categories": ["World", 5]}', '"categories" is not a list of strings.'),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        entry_from_line(line)


def test_a_verdict_has_the_id_and_each_topic_with_what_was_found_where() -> None:
    article = entry(1, "Syrian truce holds")
    assert json.loads(json.dumps(verdict(article, TopicIndex((SYRIA,), LISTS).matches(article.document)))) == {
        "id": 1,
        "topics": [
            {
                "name": "Syria ceasefire",
                "tier": "headline",
                "why": [
                    {"term": "Syria*", "found": "Syrian", "field": "title", "start": 0, "end": 6},
                    {"term": "truce", "found": "truce", "field": "title", "start": 7, "end": 12},
                ],
            }
        ],
    }
    assert verdict(entry(2, "Rain"), ()) == {"id": 2, "topics": []}
