"""A topic that somebody edits: from the fields of a form to the table of the config, and back. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from monitor.config.edit.whole_topic import is_tables, topic_table, topic_text
from monitor.errors import UsageError

Table = dict[str, Any]

RULE_KEYS = ("pair", "all", "any", "none", "near", "within", "at_least")
PLACES = ("anywhere", "lead", "headline")
LISTS = ("languages", "sources")
EXAMPLES = ("must_match", "must_not_match")
MOST_RULES, MOST_GROUPS = 8, 8
"""So many are read of a form; a topic with more is edited as TOML."""


def table_of(form: Mapping[str, str]) -> Table:
    """What a form says: its TOML, and over it its fields where these are shown. Raises UsageError."""
    try:
        table = topic_table(form.get("toml", ""))
    except ValueError as error:
        raise UsageError(str(error)) from error
    return _overlaid(table, form) if form.get("mode") == "fields" and fits(table) else table


def as_text(table: Table) -> str:
    return topic_text(table)


def rules_of(table: Table) -> list[dict[str, Any]]:
    """The rules as fields: the topic's own keys first, then those of its rule tables, and one empty group each."""
    return [_fields(rule) for rule in (table, *table.get("rule", ()))]


def fits(table: Table) -> bool:
    """Whether the form has a field for all of it, and its values are of the kinds that fields have."""
    if not is_tables(table.get("rule", [])) or not all(_are_texts(table.get(key, [])) for key in (*LISTS, *EXAMPLES)):
        return False
    written = [table, *table.get("rule", ())]
    if not all(_is_rule(each) for each in written):
        return False
    rules = rules_of(table)
    return len(rules) <= MOST_RULES and all(len(each["groups"]) <= MOST_GROUPS + 1 for each in rules)


def _is_rule(rule: Mapping[str, Any]) -> bool:
    groups = [rule.get(key, []) for key in ("pair", "all")]
    return (
        all(isinstance(each, list) for each in groups)
        and all(isinstance(each, str) or _are_texts(each) for group in groups for each in group)
        and all(_are_texts(rule.get(key, [])) for key in ("any", "none"))
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _fields(rule: Mapping[str, Any]) -> dict[str, Any]:
    groups = [*rule.get("pair", ()), *rule.get("all", ())]
    groups += [rule["any"]] if rule.get("any") else []
    shown = [_lines(each) for each in groups]
    return {
        "groups": [*shown, ""],
        "pair": bool(rule.get("pair")),
        "none": _lines(rule.get("none", ())),
        "near": rule.get("near", ""),
        "within": rule.get("within", PLACES[0]),
        "at_least": rule.get("at_least", ""),
    }


def _lines(terms: Any) -> str:
    return terms if isinstance(terms, str) else "\n".join(map(str, terms)) if isinstance(terms, (list, tuple)) else ""


def _overlaid(base: Table, form: Mapping[str, str]) -> Table:
    """The table with what the fields say; a part that says what it said keeps how it was written."""
    table = dict(base)
    _put(table, "name", form.get("name", "").strip())
    for key in LISTS:
        _put(table, key, [each.strip() for each in form.get(key, "").split(",") if each.strip()])
    for key in EXAMPLES:
        _put(table, key, examples_of(form.get(key, "")))
    _write_rule(table, form, 0)
    old = base.get("rule", [])
    rules = []
    for number in range(1, MOST_RULES + 1):
        rule = dict(old[number - 1]) if number <= len(old) else {}
        _write_rule(rule, form, number)
        rules += [rule] if rule else []
    _put(table, "rule", rules)
    return table


def _put(table: Table, key: str, value: Any) -> None:
    """An empty value takes the key away; an equal one leaves it as it stands."""
    if value in ("", [], None):
        table.pop(key, None)
    elif table.get(key) != value:
        table[key] = value


def _write_rule(rule: Table, form: Mapping[str, str], number: int) -> None:
    was, now = _fields(rule), _of_form(form, number)
    if was["groups"][:-1] != now["groups"] or was["pair"] != now["pair"]:
        _write_groups(rule, [each.split("\n") for each in now["groups"]], is_pair=now["pair"])
    if was["none"] != now["none"]:
        _put(rule, "none", now["none"].split("\n") if now["none"] else [])
    if str(was["within"]) != now["within"]:
        _put(rule, "within", now["within"] if now["within"] != PLACES[0] else "")
    for key in ("near", "at_least"):
        if str(was[key]) != now[key]:
            _put(rule, key, int(now[key]) if _is_number(now[key]) else now[key])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _of_form(form: Mapping[str, str], number: int) -> dict[str, Any]:
    groups = [_tidy(form.get(f"r{number}.g{group}", "")) for group in range(MOST_GROUPS + 1)]
    found: dict[str, Any] = {key: form.get(f"r{number}.{key}", "").strip() for key in ("near", "at_least")}
    within = form.get(f"r{number}.within", "")
    return found | {
        "groups": [each for each in groups if each],
        "pair": bool(form.get(f"r{number}.pair")),
        "none": _tidy(form.get(f"r{number}.none", "")),
        "within": within if within in PLACES else PLACES[0],
    }


def _tidy(text: str) -> str:
    """One term a line, without empty lines."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _write_groups(rule: Table, groups: list[list[str]], *, is_pair: bool) -> None:
    """In the keys in which the rule has them; else `any` for one group, and `all` for several."""
    had_any = "any" in rule and groups and not is_pair
    pair, rest = (groups[:2], groups[2:]) if is_pair and len(groups) > 1 else ([], groups)
    last = rest[-1] if rest and (had_any or (len(rest) == 1 and "all" not in rule)) else []
    for key, some in (("pair", pair), ("all", rest[:-1] if last else rest)):
        _put(rule, key, _as_written(rule.get(key), some))
    _put(rule, "any", last)


def _as_written(was: Any, groups: list[list[str]]) -> list[Any]:
    """Groups of one term stand alone (`all = ["a", "b"]`) unless they were written as lists."""
    is_plain = not isinstance(was, list) or all(isinstance(each, str) for each in was)
    return [each[0] if len(each) == 1 and (is_plain or each[0] in was) else each for each in groups]


def examples_of(text: str) -> list[str]:
    """Examples are apart by an empty line: the first line of each is the headline."""
    return list(_examples(text))


def _examples(text: str) -> Iterator[str]:
    found: list[str] = []
    for line in (*text.splitlines(), ""):
        if line.strip():
            found.append(line.strip())
        elif found:
            yield "\n".join(found)
            found = []
