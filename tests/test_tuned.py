"""A draft of a topic beside the topic as it is; the text of a topic, its edits, and its fields."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.config.edit import AddItem, AddTable, Edit, Remove, SetValue
from monitor.config.edit.whole_topic import edits_between, topic_table, topic_text
from monitor.config.one_topic import read_topic
from monitor.errors import UsageError
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.web.pages import draft
from monitor.workbench import Entry
from monitor.workbench.tuned import SAMPLES, Tuning

START = datetime(2016, 9, 12, tzinfo=UTC)


def entry(number: int, title: str, seen_at: datetime | None = START) -> Entry:
    return Entry(id=number, document=Document(title=title, text=""), seen_at=seen_at)


def topic(*groups: tuple[str, ...], none: tuple[str, ...] = ()) -> Topic:
    return Topic(name="Syria", rules=(Rule(all=groups, none=none),))


def test_what_enters_and_leaves_is_counted_and_the_newest_are_shown() -> None:
    tuning = Tuning(topic(("Syria",)), topic(("Sudan", "Chad"), none=("chess",)), {})
    count = SAMPLES + 5
    for number in range(count):
        tuning.add(entry(number, f"Sudan {number}", START - timedelta(hours=number)))
    tuning.add(entry(-1, "Syria", None))
    tuning.add(entry(-2, "Sudan and Syria"))
    tuning.add(entry(-3, "Sudan wins at chess"))
    tuning.add(entry(-4, "Nothing", None))
    found = tuning.figures(articles=100, is_whole=True, dead=tuning.unheard, counted={"Sudan": 70})
    assert (found.articles, found.before, found.matches, found.entered, found.left) == (100, 2, count + 1, count, 1)
    assert [each.id for each in found.enters] == list(range(SAMPLES))
    assert [each.id for each in found.leaves] == [-1]
    assert "Sudan" in found.leaves[0].reason
    assert found.latest[0].id in (-2, 0)
    assert found.dead_terms == ("Chad",)
    assert [(each.term, each.articles, each.matches) for each in found.terms] == [
        ("Sudan", 70, count + 1),
        ("chess", 1, 0),
        ("Chad", 0, 0),
    ]
    assert sum(day.matches for day in found.days) == count + 1
    assert tuning.by_matches() == ("Sudan", "chess", "Chad")


def test_a_new_topic_has_nothing_that_leaves() -> None:
    tuning = Tuning(None, topic(("Syria",)), {})
    tuning.add(entry(1, "Syria", None))
    found = tuning.figures(articles=1, is_whole=False)
    assert (found.matches, found.before, found.enters, found.leaves) == (1, 0, (), ())
    assert len(tuning.topics) == 1


WRITTEN: dict[str, Any] = {
    "name": "Syria",
    "all": ["Syria*", ["truce", "lull"]],
    "none": ["chess"],
    "rule": [{"any": ["Idlib"]}, {"any": ["Homs"]}],
}
CHANGES: list[tuple[str, dict[str, Any], list[Edit]]] = [
    ("nothing", {}, []),
    ("a term more", {"all": ["Syria*", ["truce", "lull", "calm"]]}, [AddItem(("topics", 3, "all", 1), "calm")]),
    ("a term less", {"all": ["Syria*", ["lull"]]}, [Remove(("topics", 3, "all", 1, 0))]),
    ("a key more", {"near": 5}, [SetValue(("topics", 3, "near"), 5)]),
    ("a key less", {"none": None}, [Remove(("topics", 3, "none"))]),
    ("another list", {"none": ["golf"]}, [SetValue(("topics", 3, "none"), ["golf"])]),
    ("a rule less", {"rule": [{"any": ["Idlib"]}]}, [Remove(("topics", 3, "rule", 1))]),
    ("no rule", {"rule": None}, [Remove(("topics", 3, "rule"))]),
    (
        "a rule more",
        {"rule": [{"any": ["Idlib", "x"]}, {"any": ["Homs"]}, {"any": ["Hama"]}]},
        [AddItem(("topics", 3, "rule", 0, "any"), "x"), AddTable(("topics", 3, "rule"), {"any": ["Hama"]})],
    ),
    ("a group more", {"all": ["Syria*", ["truce", "lull"], "aid"]}, [AddItem(("topics", 3, "all"), "aid")]),
    ("its name", {"name": "Levant"}, [SetValue(("topics", 3, "name"), "Levant")]),
]


@pytest.mark.parametrize(("change", "edits"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES])
def test_only_what_differs_is_edited(change: dict[str, Any], edits: list[Edit]) -> None:
    after = {key: value for key, value in (WRITTEN | change).items() if value is not None}
    assert edits_between(3, WRITTEN, after) == edits
    assert topic_table(topic_text(after)) == after


@pytest.mark.parametrize(
    "text", ["name =", "[[topics]]\nname = 'a'\n[[topics]]\nname = 'b'", "topics = 3", "x = " + "[" * 3_000]
)
def test_what_is_not_one_topic_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"TOML|one topic"):
        topic_table(text)
    with pytest.raises(UsageError):
        draft.table_of({"toml": text})


def test_a_draft_is_checked_as_the_config_would_be() -> None:
    assert read_topic({"name": "Syria", "any": ["@none"]}, {}).problems[0].startswith("any[0]: ")
    assert read_topic({"name": "Syria", "anny": ["x"]}, {}).problems[0].startswith("anny: unknown key")
    assert read_topic({}, {}).topic is None
    fine = read_topic({"name": "Syria", "any": ["Syrias"]}, {})
    assert fine.topic is not None


def test_a_draft_that_comes_to_millions_of_phrases_is_refused_before_they_are_made() -> None:
    lists = {"many": tuple(f"w{number}" for number in range(40))}
    table = {"name": "x", "any": [f"a{number} @many @many" for number in range(100)]}
    assert "more than 50,000 phrases" in read_topic(table, lists).problems[0]
    assert read_topic({"name": "x", "any": table["any"][:3]}, lists).topic is not None


def test_a_draft_may_have_examples_that_fail_and_no_term_without_an_end() -> None:
    failing = read_topic({"name": "x", "any": ["hush"], "must_match": ["Lull"]}, {})
    assert failing.topic is not None
    assert failing.failing[0].startswith("must_match[0]: ")
    assert read_topic({"name": "x", "any": ["hush"], "must_match": [3]}, {}).topic is None
    assert "200 letters" in read_topic({"name": "x", "rule": [{"all": [["a" * 201]]}]}, {}).problems[0]
    long = [("a-" * 40) + f"{number}" for number in range(1_000)]
    assert "50,000 phrases" in read_topic({"name": "x", "any": long}, {}).problems[0]
    assert read_topic({"name": "x", "any": ["hush"], "must_not_match": [" ".join(["word"] * 9_000)]}, {}).topic


def fields(table: dict[str, Any]) -> dict[str, str]:
    """What a browser sends of the form of this topic."""
    found = {"mode": "fields", "toml": topic_text(table), "name": table["name"]}
    for number, rule in enumerate(draft.rules_of(table)):
        found |= {f"r{number}.g{group}": text for group, text in enumerate(rule["groups"])}
        found |= {f"r{number}.{key}": str(rule[key]) for key in ("none", "near", "within", "at_least")}
        found |= {f"r{number}.pair": "1"} if rule["pair"] else {}
    for key in draft.LISTS:
        found[key] = ", ".join(table.get(key, ()))
    for key in draft.EXAMPLES:
        found[key] = "\n\n".join(table.get(key, ()))
    return found


TABLES: list[dict[str, Any]] = [
    WRITTEN,
    {"name": "Only a name"},
    {"name": "One", "any": ["a b", "c d"], "priority": 2, "languages": ["en", "ar"], "sources": ["!Post"]},
    {"name": "Pair", "pair": [["Iran"], ["US", "America"]], "any": ["talks"], "near": 9, "within": "lead"},
    {"name": "Many", "all": [["x"], ["y", "z"]], "any": ["q"], "at_least": 2, "must_match": ["A b\nc d", "E f"]},
]


@pytest.mark.parametrize("table", TABLES, ids=[each["name"] for each in TABLES])
def test_fields_that_nobody_touches_change_nothing(table: dict[str, Any]) -> None:
    assert draft.fits(table)
    assert draft.table_of(fields(table)) == table


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({"r0.g1": "truce\nlull\ncalm"}, {"all": ["Syria*", ["truce", "lull", "calm"]]}),
        ({"r0.g0": "", "r0.g1": "truce"}, {"all": [["truce"]]}),
        ({"r0.pair": "1"}, {"pair": ["Syria*", ["truce", "lull"]], "all": None}),
        ({"r0.none": ""}, {"none": None}),
        ({"r0.near": "7"}, {"near": 7}),
        ({"r0.near": "x"}, {"near": "x"}),
        ({"r0.within": "headline"}, {"within": "headline"}),
        ({"r2.g0": ""}, {"rule": [{"any": ["Idlib"]}]}),
        ({"r3.g0": "Hama\n Aleppo "}, {"rule": [*WRITTEN["rule"], {"any": ["Hama", "Aleppo"]}]}),
        ({"must_match": "A b\nc\n\n\nD"}, {"must_match": ["A b\nc", "D"]}),
        ({"languages": "en, , de"}, {"languages": ["en", "de"]}),
    ],
)
def test_a_field_changes_its_key_alone(change: dict[str, str], after: dict[str, Any]) -> None:
    wanted = {key: value for key, value in (WRITTEN | after).items() if value is not None}
    assert draft.table_of(fields(WRITTEN) | change) == wanted


def test_a_topic_that_has_no_fields_for_all_of_it_is_edited_as_toml() -> None:
    assert not draft.fits({"name": "x", "all": [[f"a{number}"] for number in range(9)]})
    assert not draft.fits({"name": "x", "rule": [{"any": ["a"]}] * 9})
