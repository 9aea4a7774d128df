"""`[[topics]]`: from the keys people write to the rules that are matched.

People write `any` for one group, `all = ["a", "b"]` for two groups of one term, `pair = ["a", "b"]` for two that stand
side by side, or only a name; the model knows only AND-ed groups. `match` decides what terms mean and which are
mistakes; this module traces its findings back to the keys in the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.config import values
from monitor.config.lists import Lists
from monitor.config.positions import KeyPath
from monitor.config.table import PerhapsLines, Reading, Terms, table
from monitor.model.topic import Rule, Topic, Within

if TYPE_CHECKING:
    from monitor.match import TermProblem

Origins = dict[KeyPath, KeyPath]
"""Where in the document a part of the model comes from."""

HARMLESS_KEYS = {"languages", "sources", "priority", "enabled", "mute_until", "perhaps", "alert", "was"}
"""Keys that do not change the meaning of a topic's terms and examples."""


def _groups(value: object) -> object:
    """`all = ["a", "b"]`: a term without a list around it is a group of its own."""
    return [[each] if isinstance(each, str) else each for each in value] if isinstance(value, list) else value


Pair = Annotated[list[Terms], BeforeValidator(_groups), Field(min_length=2, max_length=2), AfterValidator(tuple)]
Groups = Annotated[list[Terms], BeforeValidator(_groups), Field(min_length=1), AfterValidator(tuple)]
PlainTexts = Annotated[list[str], AfterValidator(tuple)]
Languages = Annotated[list[Annotated[str, AfterValidator(values.language)]], AfterValidator(tuple)]
Count = Annotated[int, Field(ge=1, le=1_000)]
Name = Annotated[str, AfterValidator(values.name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRule:
    """A `[[topics.rule]]` table; keys that were not written are empty or None. `any`, `all` and
    `pair` become groups.
    """

    any: tuple[str, ...] = ()
    all: tuple[tuple[str, ...], ...] = ()
    pair: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()
    near: int | None = None
    within: Within | None = None
    at_least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTopic(WrittenRule):
    """A `[[topics]]` table: it is a rule by its own keys, or has several in `rule`, or neither."""

    name: str
    rule: tuple[Any, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    priority: int = 1
    enabled: bool = True
    mute_until: date | None = None
    perhaps: int | None = None
    alert: None = None
    was: str = ""
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()


RULE_KEYS = tuple(each.name for each in fields(WrittenRule))
BESIDE_GROUPS = tuple(key for key in RULE_KEYS if key not in {"any", "all", "pair", "none"})
"""Keys of a rule that qualify its groups; the model has them under the same names."""
TOPIC_KEYS = tuple(each.name for each in fields(WrittenTopic) if each.name not in {*RULE_KEYS, "rule"})
"""Keys of a topic as a whole, which the model has under the same names."""

TERM_LISTS: dict[str, Any] = {
    "pair": Pair,
    "any": Terms,
    "all": Groups,
    "none": PlainTexts,
    "near": Count,
    "at_least": Count,
}
RULE = table(WrittenRule, **TERM_LISTS)
TOPIC = table(
    WrittenTopic,
    **TERM_LISTS,
    name=Name,
    languages=Languages,
    priority=Count,
    perhaps=PerhapsLines,
    alert=Annotated[Any, AfterValidator(lambda _: None)],  # read by `config.alerts`
    must_match=PlainTexts,
    must_not_match=PlainTexts,
)


@dataclass(frozen=True, slots=True)
class _PlacedRule:
    """A rule and the places where its parts are written; `origins` has paths within the rule."""

    rule: Rule
    origins: Origins


@dataclass(frozen=True, slots=True)
class _PlacedTopic:
    """A topic and the places where it and the parts of its rules are written."""

    path: KeyPath
    topic: Topic
    rules: tuple[_PlacedRule, ...]

    def origins(self, index: int) -> Origins:
        """The place in the file of what `match` reports about topic number `index`."""
        root = ("topics", index)
        inner = {
            (*root, "rules", number, *part): place
            for number, placed in enumerate(self.rules)
            for part, place in placed.origins.items()
        }
        return {root: self.path} | inner


def read_topics(tables: Sequence[tuple[KeyPath, object]], lists: Lists, reading: Reading) -> tuple[Topic, ...]:
    """Every topic that can be read; what `match` reports about their terms is added to the findings.

    Of a topic of which a rule or an example is broken only the single terms are looked at: what is left of it as a
    whole is not what was meant. Terms are not looked at where the settings are for a command that has no use for them.
    """
    placed = [topic for path, written in tables if (topic := _topic(written, path, reading))]
    if reading.is_with_terms:
        _check_terms(placed, lists, reading)
    return tuple(each.topic for each in placed)


def origins_of(written: object, path: KeyPath, reading: Reading) -> Origins:
    """Where the rules and groups of one topic are written: (*path, "rules", n, "all", m) → the place."""
    placed = _topic(written, path, reading)
    return {} if placed is None else placed.origins(int(path[1]))


def _check_terms(placed: "Sequence[_PlacedTopic]", lists: Lists, reading: Reading) -> None:
    from monitor.match import spelling_problems, term_problems

    broken = [each for each in placed if reading.findings.broken_keys(each.path) - HARMLESS_KEYS]
    clear = [each for each in placed if each not in broken]
    _report(term_problems([each.topic for each in clear], lists), clear, reading)
    _report(spelling_problems([each.topic for each in broken], lists), broken, reading)


def _report(problems: "Sequence[TermProblem]", topics: Sequence[_PlacedTopic], reading: Reading) -> None:
    origins: Origins = {}
    for index, each in enumerate(topics):
        origins |= each.origins(index)
    for problem in problems:
        report = reading.findings.warn if problem.is_warning else reading.findings.error
        report(_origin(problem.path, origins), problem.message)


def _origin(path: KeyPath, origins: Origins) -> KeyPath:
    """The place where a part of the model is written: the origin of the nearest part around it, and the path from
    there.
    """
    for length in range(len(path), 0, -1):
        if path[:length] in origins:
            return (*origins[path[:length]], *path[length:])
    return path


def _topic(written: object, path: KeyPath, reading: Reading) -> _PlacedTopic | None:
    tables = _rule_tables(written, path, reading)
    table = TOPIC.read(written, path, reading)
    if table is None:
        return None
    rules = _rules(table, tables, path, reading)
    topic = Topic(rules=tuple(placed.rule for placed in rules), **{key: getattr(table, key) for key in TOPIC_KEYS})
    return _PlacedTopic(path, topic, rules)


def _rule_tables(topic: object, path: KeyPath, reading: Reading) -> list[_PlacedRule]:
    """The rules of the `[[topics.rule]]` tables, read even if the topic itself cannot be."""
    written = topic.get("rule") if isinstance(topic, dict) else None
    places = [((*path, "rule", n), table) for n, table in enumerate(written if isinstance(written, list) else ())]
    read = [(place, RULE.read(table, place, reading)) for place, table in places]
    return [_rule(rule, place) for place, rule in read if rule]


def _rules(
    topic: WrittenTopic, tables: Sequence[_PlacedRule], path: KeyPath, reading: Reading
) -> tuple[_PlacedRule, ...]:
    """The rule of the topic's own keys, then those of its tables. All share the topic's `none`."""
    own = _rule(topic, path)
    shared = tuple(_excluding(rule, topic.none, path) for rule in tables)
    if own.rule.all:
        return (own, *shared)
    if shared:
        _report_lonely_keys(topic, path, reading)
        return shared
    return (own,) if topic.none or not reading.is_with_terms else (_named(topic.name, own.rule, path),)


def _rule(written: WrittenRule, path: KeyPath) -> _PlacedRule:
    groups = [((*path, "pair", index), terms) for index, terms in enumerate(written.pair)]
    groups += [((*path, "all", index), terms) for index, terms in enumerate(written.all)]
    if written.any:
        groups.append(((*path, "any"), written.any))
    given = {key: value for key in BESIDE_GROUPS if (value := getattr(written, key)) is not None}
    rule = Rule(all=tuple(terms for _, terms in groups), none=written.none, is_pair=bool(written.pair), **given)
    places: Origins = {("all", index): place for index, (place, _) in enumerate(groups)}
    return _PlacedRule(rule, places | {(): path})


def _excluding(placed: _PlacedRule, terms: tuple[str, ...], path: KeyPath) -> _PlacedRule:
    """The rule with the topic's own exclusions after those of the rule."""
    first = len(placed.rule.none)
    places: Origins = {("none", first + index): (*path, "none", index) for index in range(len(terms))}
    return _PlacedRule(replace(placed.rule, none=placed.rule.none + terms), placed.origins | places)


def _named(name: str, own: Rule, path: KeyPath) -> _PlacedRule:
    """The rule of a bare name; whatever is wrong with its terms is wrong with the name."""
    from monitor.match import rule_from_name

    groups = rule_from_name(name).all
    places: Origins = {("all", index): (*path, "name") for index in range(len(groups))}
    return _PlacedRule(replace(own, all=groups), places | {(): path, ("none",): (*path, "name")})


def _report_lonely_keys(topic: WrittenTopic, path: KeyPath, reading: Reading) -> None:
    for key in BESIDE_GROUPS:
        if getattr(topic, key) is not None:
            message = (
                "belongs to an any or all in the same table, and there is none here; move it into [[topics.rule]]."
            )
            reading.findings.error((*path, key), message)
