"""A key of topics is known everywhere: each field of a rule or topic is put to all the places that must know it.

Whoever adds a key adds its field, and these tests name the places that have not heard of it: the file is in the
message. What a key does is shown by an article that it decides about; it stands in `DECIDED`. To see that no place
is forgotten by the tests themselves, they are also run on a key that nobody knows.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields, make_dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from monitor.cli.topics import show
from monitor.config import load
from monitor.config.topics import HARMLESS_KEYS, WrittenRule, WrittenTopic
from monitor.errors import ConfigError
from monitor.match import TopicIndex, fingerprint, term_problems
from monitor.match.fingerprint import DECIDES_NOTHING
from monitor.model.alert import AlertSettings
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.workbench import Entry, State, brief, changes, in_words, suggestions, trials

ROOT = Path(__file__).parents[1]
LISTS = {"cold": ["frost", "ice"]}
GROUPS = (("@cold", "snow"), ("Velm",), ("bridge",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A key of a rule or a topic, and an article that matches without this value of it and not with it."""

    value: object
    title: str
    text: str = ""
    language: str = ""
    outlet: str = ""
    reason: str

    @property
    def document(self) -> Document:
        return Document(title=self.title, text=self.text, language=self.language, outlet=self.outlet)


DECIDED: Mapping[str, Decided] = {
    "all": Decided(
        value=(*GROUPS, ("ferry",)), title="Frost in Velm: bridge closed", reason="nothing of all[3] (ferry) was found"
    ),
    "none": Decided(
        value=("title:review",), title="Review: frost on Velm bridge", reason='the exclusion "title:review" was found'
    ),
    "near": Decided(
        value=3, title="Frost in Velm", text="Lorries wait for hours at the old bridge.", reason="near allows 3"
    ),
    "within": Decided(
        value="headline", title="Frost in Velm", text="The bridge is closed.", reason="was found in the headline"
    ),
    "at_least": Decided(value=2, title="Frost in Velm: bridge closed", reason="1 of the 2 mentions asked for"),
    "is_pair": Decided(value=True, title="Frost hurts Velm bridge", reason="never side by side"),
}
"""One row for each key of a rule. The reason is what `explain` says of it."""

LIMITED: Mapping[str, Decided] = {
    "languages": Decided(
        value=("fr",), title="Frost: Velm bridge", language="en", reason="the language of the article is en"
    ),
    "sources": Decided(value=("!The Echo",), title="Frost: Velm bridge", outlet="The Echo", reason="rules out"),
}
"""One row for each key of a topic by which an article is let pass."""

WRITTEN = {"all": "all = {}", "is_pair": 'pair = ["Velm", "bridge"]'}
NAMED = {"is_pair": "pair"}
"""How a config says what the model says otherwise; other keys have one name."""


# ---- A value other than the default, whatever the key


def other_value(kind: type, key: str) -> Any:
    """A value for the key of a rule or topic that is not its default, by the type of its field."""
    if key == "all":
        return (*GROUPS, ("ferry",))
    if key in DECIDED or key in LIMITED:
        return {**DECIDED, **LIMITED}[key].value
    default, hint = {each.name: each.default for each in fields(kind)}[key], get_type_hints(kind)[key]
    return next(value for value in _values(hint) if value != default)


def _values(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in (Union, UnionType):
        for each in get_args(hint):
            yield from _values(each)
    elif get_origin(hint) is Literal:
        yield from get_args(hint)
    elif get_origin(hint) is tuple:
        yield from ((value,) for value in _values(get_args(hint)[0]))
    else:
        values: dict[Any, tuple[Any, ...]] = {bool: (True, False), int: (2, 3), str: ("es", "it")}
        values |= {date: (date(2026, 3, 1),), AlertSettings: (AlertSettings(),)}
        yield from values.get(hint, ())


def topic_of(rule: Rule) -> Topic:
    return Topic(name="t", rules=(rule,))


def plain(kind: type[Rule]) -> Rule:
    return kind(all=GROUPS)


def changed(kind: type[Rule], key: str) -> Rule:
    return replace(plain(kind), **{key: other_value(kind, key)})


def index_of(topic: Topic) -> TopicIndex:
    return TopicIndex((topic,), LISTS)


# ---- The places: what each must do with a key of a rule


def is_in_the_fingerprint(kind: type[Rule], key: str) -> bool:
    """Also: a rule without the key keeps the fingerprint that it has without the field."""
    without, with_it = (fingerprint(topic_of(rule), LISTS) for rule in (plain(kind), changed(kind, key)))
    return without != with_it and without == fingerprint(topic_of(plain(Rule)), LISTS)


def is_said_in_words_and_in_brief(kind: type[Rule], key: str) -> bool:
    without, with_it = topic_of(plain(kind)), topic_of(changed(kind, key))
    before, after = (in_words(topic, LISTS).rules[0].sentences for topic in (without, with_it))
    return before != after and brief(without) != brief(with_it)


def decides(kind: type[Rule], key: str) -> bool:
    row = DECIDED.get(key)
    rules = (plain(kind), changed(kind, key))
    return row is not None and [bool(index_of(topic_of(rule)).matches(row.document)) for rule in rules] == [True, False]


def is_explained(kind: type[Rule], key: str) -> bool:
    row = DECIDED.get(key)
    return row is not None and row.reason in str(index_of(topic_of(changed(kind, key))).explain("t", row.document))


def is_shown(kind: type[Rule], key: str) -> bool:
    """`topics explain` has a line with a cross for it, which the rule without the key has not."""
    row = DECIDED.get(key)
    return row is not None and _crosses(changed(kind, key), row) > _crosses(plain(kind), row) == 0


def _crosses(rule: Rule, row: Decided) -> int:
    (finding,) = index_of(topic_of(rule)).explain("t", row.document).rules
    return sum(line.startswith("✗") for line in show.verdicts(finding, rule))


def is_compared(kind: type[Rule], key: str) -> bool:
    """`topics diff`: the topic has changed, and the article leaves with a reason."""
    row = DECIDED.get(key)
    if row is None:
        return False
    before, after = topic_of(plain(kind)), topic_of(changed(kind, key))
    entry = Entry(id=1, document=row.document)
    running = {"t": fingerprint(before, LISTS)}
    (change,) = changes([(entry, index_of(before).matches(row.document))], (after,), LISTS, running)
    return change.state is State.CHANGED and [row.reason in each.reason for each in change.leaves] == [True]


def is_read(kind: type[Rule], key: str) -> bool:
    """From the keys of a topic and from those of a rule of several."""
    value = other_value(kind, key)
    line = WRITTEN.get(key, f"{key} = {{}}").format(json.dumps(value))
    rest = "" if key == "all" else 'any = ["frost"]\n'
    heads = ("[[topics]]\nname = 't'\n", "[[topics]]\nname = 't'\n[[topics.rule]]\n")
    found = [loaded(f"{head}{rest}{line}\n") for head in heads]
    return all(topic is not None and getattr(topic.rules[0], key, MISSING) == value for topic in found)


def loaded(topics: str) -> Topic | None:
    """The topic of a config that is right, or None."""
    with TemporaryDirectory() as folder, suppress(ConfigError):
        config = Path(folder) / "config.toml"
        feeds, digests = '[[feeds]]\nurl = "https://a.example/rss"\n', '[[digests]]\nname = "D"\nto = ["a@b.example"]\n'
        config.write_text(f"{feeds}{topics}{digests}[lists]\ncold = {json.dumps(LISTS['cold'])}\n", encoding="utf-8")
        return load(config, {}).topics[0]
    return None


def is_in_the_example(_: type, key: str) -> bool:
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    return bool(re.search(rf"^#?(?:#   )?{NAMED.get(key, key)} +=", text, flags=re.MULTILINE))


def is_documented(_: type, key: str) -> bool:
    page = (ROOT / "docs/topics.md").read_text(encoding="utf-8")
    table = page.split("## All keys of a topic")[1].split("\n## ")[0]
    return f"`{NAMED.get(key, key)}`" in "".join(re.findall(r"^\|(.*?)\|", table, flags=re.MULTILINE))


PLACES: dict[str, Callable[[type[Rule], str], bool]] = {
    "monitor/match/fingerprint.py": is_in_the_fingerprint,
    "monitor/match/rules.py": decides,
    "monitor/match/explain.py": is_explained,
    "monitor/workbench/wording.py": is_said_in_words_and_in_brief,
    "monitor/workbench/change.py": is_compared,
    "monitor/cli/topics/show.py": is_shown,
    "monitor/config/topics.py": is_read,
    "config.example.toml": is_in_the_example,
    "docs/topics.md": is_documented,
}
DERIVED = {"monitor/match/fingerprint.py"}
"""Places that know every field by themselves."""


# ---- Keys that hold terms: their mistakes are found, their hits are counted, they are not proposed again


def mistakes_are_found(kind: type[Rule], key: str) -> bool:
    broken = replace(plain(kind), **_terms(key, "*frost"))
    return any("* is allowed only at the end" in each.message for each in term_problems((topic_of(broken),), LISTS))


def hits_are_counted(kind: type[Rule], key: str) -> bool:
    counted = replace(plain(kind), **_terms(key, "ferry"))
    (trial,) = trials([Entry(id=1, document=Document(title="Ferry", text=""))], (topic_of(counted),), LISTS)
    return ("ferry", 1) in {(each.term, each.articles) for each in trial.terms}


def is_not_proposed(kind: type[Rule], key: str) -> bool:
    """A word of the key, though every match has it and nothing else."""
    known = replace(plain(kind), **_terms(key, "title:ferry"))
    crowd = [Entry(id=n, document=Document(title="Frost, Velm bridge", text="No ferry and no boat.")) for n in range(9)]
    crowd += [Entry(id=n, document=Document(title="Rain", text="More rain.")) for n in range(10, 99)]
    if key == "all":
        crowd = [
            replace(each, document=replace(each.document, title=f"{each.document.title}: ferry")) for each in crowd
        ]
    words = {each.term for each in suggestions(lambda: crowd, topic_of(known), LISTS, enough=1).words}
    return "boat" in words and "ferry" not in words


def _terms(key: str, term: str) -> dict[str, Any]:
    return {key: (*GROUPS, (term,)) if key == "all" else (term,)}


TERM_PLACES: dict[str, Callable[[type[Rule], str], bool]] = {
    "monitor/match/rule_mistakes.py": mistakes_are_found,
    "monitor/workbench/trial.py": hits_are_counted,
    "monitor/workbench/suggest.py": is_not_proposed,
}


def holds_terms(kind: type[Rule], key: str) -> bool:
    return get_origin(get_type_hints(kind)[key]) is tuple


def forgotten(kind: type[Rule], key: str) -> set[str]:
    """The places that do not know this key."""
    places = {**PLACES, **(TERM_PLACES if holds_terms(kind, key) else {})}
    return {place for place, knows in places.items() if not knows(kind, key)}


def keys_of(kind: type) -> list[str]:
    return [each.name for each in fields(kind)]


@pytest.mark.parametrize("key", keys_of(Rule))
def test_every_place_knows_every_key_of_a_rule(key: str) -> None:
    places = sorted(forgotten(Rule, key))
    assert not places, f"{key} is not known yet in {', '.join(places)}"


def with_a_key(kind: type, annotation: Any, default: Any) -> type[Any]:
    """A rule or a topic with one more key, which nobody knows."""
    return make_dataclass(
        "Longer", [("thrown_away", annotation, default)], bases=(kind,), frozen=True, kw_only=True, slots=True
    )


@pytest.mark.parametrize(
    ("annotation", "default"),
    [
        (bool, False),
        (int | None, None),
        (int, 1),
        (Literal["story", "box"], "story"),
        (tuple[str, ...], ()),
        (tuple[tuple[str, ...], ...], ()),
    ],
    ids=str,
)
def test_every_place_but_those_that_are_derived_demands_a_new_key_of_a_rule(annotation: Any, default: Any) -> None:
    longer = with_a_key(Rule, annotation, default)
    places = PLACES.keys() | (TERM_PLACES.keys() if holds_terms(longer, "thrown_away") else set())
    assert forgotten(longer, "thrown_away") == places - DERIVED


def test_a_list_in_a_new_key_is_part_of_the_fingerprint_with_its_terms() -> None:
    longer = with_a_key(Rule, tuple[str, ...], ())
    topic = topic_of(longer(all=GROUPS, thrown_away=("@cold",)))
    assert fingerprint(topic, LISTS) != fingerprint(topic, {"cold": ["frost", "ice", "hail"]})


def test_a_rule_of_the_config_has_no_key_that_the_model_does_not_know() -> None:
    """A key that is read and goes no further would be one without effect."""
    assert set(keys_of(WrittenRule)) - {"any", "pair"} == set(keys_of(Rule)) - {"is_pair"}
    assert set(keys_of(WrittenTopic)) - set(keys_of(WrittenRule)) - {"rule"} == set(keys_of(Topic)) - {"rules"}


# ---- Keys of a topic


def is_in_the_fingerprint_of_topics(kind: type[Topic], key: str) -> bool:
    without, with_it = (fingerprint(topic, LISTS) for topic in _topics(kind, key))
    return without == fingerprint(topic_of(plain(Rule)), LISTS) != with_it


def is_noted_in_words(kind: type[Topic], key: str) -> bool:
    without, with_it = (in_words(topic, LISTS).notes for topic in _topics(kind, key))
    return without != with_it


def limits_with_a_reason(kind: type[Topic], key: str) -> bool:
    row = LIMITED.get(key)
    if row is None:
        return False
    without, with_it = (index_of(topic).explain("t", row.document) for topic in _topics(kind, key))
    return without.match is not None and with_it.match is None and row.reason in str(with_it)


def is_read_for_topics(kind: type[Topic], key: str) -> bool:
    value = other_value(kind, key)
    line = f"{key} = {_in_toml(value)}\n"
    name = "" if key == "name" else 'name = "t"\n'
    word = "it" if key == "must_not_match" else "es"  # the examples of `other_value` say "es"
    topic = loaded(f'[[topics]]\n{name}any = ["{word}"]\n{line}')
    return topic is not None and getattr(topic, key, MISSING) == value


def _in_toml(value: object) -> str:
    if isinstance(value, AlertSettings):
        return "true"  # as whose defaults it is
    return str(value) if isinstance(value, date) else json.dumps(value)


def _topics(kind: type[Topic], key: str) -> tuple[Topic, Topic]:
    without = kind(name="t", rules=(plain(Rule),))
    return without, replace(without, **{key: other_value(kind, key)})


TOPIC_PLACES: dict[str, Callable[[type[Topic], str], bool]] = {
    "monitor/match/fingerprint.py": is_in_the_fingerprint_of_topics,
    "monitor/match/index.py": limits_with_a_reason,
    "monitor/workbench/wording.py": is_noted_in_words,
}
"""What must know a key of a topic by which articles are let pass; the others are no part of the fingerprint."""

READERS: dict[str, Callable[[type[Topic], str], bool]] = {
    "monitor/config/topics.py": is_read_for_topics,
    "config.example.toml": is_in_the_example,
    "docs/topics.md": is_documented,
}


def forgotten_of_topics(kind: type[Topic], key: str) -> set[str]:
    places = {**READERS, **({} if key in DECIDES_NOTHING else TOPIC_PLACES)}
    return {place for place, knows in places.items() if not knows(kind, key)}


@pytest.mark.parametrize("key", [key for key in keys_of(Topic) if key != "rules"])
def test_every_place_knows_every_key_of_a_topic(key: str) -> None:
    places = sorted(forgotten_of_topics(Topic, key))
    assert not places, f"{key} is not known yet in {', '.join(places)}"


@pytest.mark.parametrize(("annotation", "default"), [(str, ""), (tuple[str, ...], ()), (bool, True)], ids=str)
def test_every_place_but_those_that_are_derived_demands_a_new_key_of_a_topic(annotation: Any, default: Any) -> None:
    longer = with_a_key(Topic, annotation, default)
    assert forgotten_of_topics(longer, "thrown_away") == (TOPIC_PLACES.keys() | READERS.keys()) - DERIVED


@pytest.mark.parametrize("key", sorted(DECIDES_NOTHING))
def test_a_key_that_decides_nothing_leaves_the_fingerprint_and_the_verdict(key: str) -> None:
    without, with_it = _topics(Topic, key)
    assert fingerprint(without, LISTS) == fingerprint(with_it, LISTS)
    document = Document(title="Frost in Velm: bridge closed", text="")
    found = [index_of(replace(topic, enabled=True)).matches(document) for topic in (without, with_it)]
    assert [len(each) for each in found] == [1, 1]


def test_the_sets_of_keys_name_keys_that_there_are() -> None:
    assert HARMLESS_KEYS | DECIDES_NOTHING | LIMITED.keys() == set(keys_of(Topic)) - {"rules"}
    assert DECIDED.keys() == set(keys_of(Rule))


def test_the_guide_for_contributors_lists_all_the_places() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| a key of topics \|(.*)$", guide, flags=re.MULTILINE)
    named = set(re.findall("`([^`]+)`", row)) | set(re.findall(r"\]\(([^)]+)\)", row))
    places = PLACES.keys() | TERM_PLACES.keys() | TOPIC_PLACES.keys() | READERS.keys()
    assert places <= named
    assert [place for place in named if "/" in place and not (ROOT / place).exists()] == []
