"""The editor of the config: in every way to write TOML the edit is made, and no other byte changes."""

import re
import tomllib
from copy import deepcopy
from datetime import UTC, date, datetime, time
from random import Random  # noqa: TID251 (seeded)
from typing import Any

import pytest
from hard_configs import WORDS, Hard, Written, hard_config
from table import each_row

from monitor.config.edit import AddItem, AddTable, CannotEdit, Edit, Remove, SetValue, edited
from monitor.config.edit.changes import equal
from monitor.config.edit.toml import text_of

A = ("a",)
TOPIC = "[[t]]\nn = 1\n"

ITEMS: list[tuple[str, str]] = [
    ("a = []", 'a = ["x"]'),
    ("a = [ ] # c", 'a = ["x"] # c'),
    ("a = [\n]", 'a = [\n  "x",\n]'),
    ("a = [\n  # c\n]", 'a = [\n  # c\n  "x",\n]'),
    ("a = [ # ]\n\t]", 'a = [ # ]\n\t  "x",\n\t]'),
    ("a = ['y']", "a = ['y', \"x\"]"),
    ("a = ['y',]", "a = ['y', \"x\",]"),
    ("a = [\n  'y' # c\n]\n", "a = [\n  'y', # c\n  \"x\"\n]\n"),
    ("a = [\r\n\t'y', # c\r\n]", "a = [\r\n\t'y', # c\r\n\t\"x\",\r\n]"),
    ("a = [ 'z',\n  'y' ]", "a = [ 'z',\n  'y', \"x\" ]"),
    ("a = [\n  'z', 'y',\n]", "a = [\n  'z', 'y', \"x\",\n]"),
    ("a = [\n  'z'\n  , 'y' # d\n]", "a = [\n  'z'\n  , 'y', \"x\" # d\n]"),
    ("a = [\n  'y' # c\n  , # d\n]", "a = [\n  'y' # c\n  , # d\n  \"x\",\n]"),
    ("a = [\n  'y', # c\n  # e\n]", "a = [\n  'y', # c\n  \"x\",\n  # e\n]"),
    ("a = ['''\n]''']", "a = ['''\n]''', \"x\"]"),
    ("\ufeffa = ['停戦']", "\ufeffa = ['停戦', \"x\"]"),
    ('"a" = ["y"]', '"a" = ["y", "x"]'),
    ("'\\u0061' = 1\na = []", "'\\u0061' = 1\na = [\"x\"]"),
    ('"\\u0061" = []', '"\\u0061" = ["x"]'),
    ("b = 1", 'b = 1\na = ["x"]'),
    ("b = 1 # c\r\n\r\n[d]\r\n", 'b = 1 # c\r\na = ["x"]\r\n\r\n[d]\r\n'),
    ("# c\n[d]", 'a = ["x"]\n# c\n[d]'),
    ("", 'a = ["x"]\n'),
]
"""What becomes of each when "x" is added to `a`."""

EDITS: list[tuple[str, Edit, str]] = [
    ("[[t]]\nall = ['a', ['b']]", AddItem(("t", 0, "all", 0), "x"), "[[t]]\nall = [['a', \"x\"], ['b']]"),
    ("[[t]]\nall = ['a', ['b']]", AddItem(("t", 0, "all", 1), "x"), "[[t]]\nall = ['a', ['b', \"x\"]]"),
    (f"{TOPIC}# o = 2\n\n[z]", AddItem(("t", 0, "m"), "x"), f'{TOPIC}m = ["x"]\n# o = 2\n\n[z]'),
    ("[[t]]\n\n[z]", AddItem(("t", 0, "m"), "x"), '[[t]]\nm = ["x"]\n\n[z]'),
    ("  [[t]]\n[[t]] # c", AddItem(("t", 0, "m"), 1), "  [[t]]\n  m = [1]\n[[t]] # c"),
    ("t = [{n=1}]", AddItem(("t", 0, "m"), "x"), 't = [{n=1, m = ["x"]}]'),
    ("t = [{n=[\n1\n]}]", AddItem(("t", 0, "n"), 2), "t = [{n=[\n1,\n2\n]}]"),
    ("t=[{ }]", AddItem(("t", 0, "m"), "x"), 't=[{ m = ["x"] }]'),
    ("p = {i.k = 1}", SetValue(("p", "i", "z"), 3), "p = {i.k = 1, i.z = 3}"),
    ("p.i = 1 # c\nq=2\n[x]", SetValue(("p", "j"), 3), "p.i = 1 # c\np.j = 3\nq=2\n[x]"),
    ("[s]\np.i = [\n]\n", SetValue(("s", "p", "j"), [1, "b"]), '[s]\np.i = [\n]\np.j = [1, "b"]\n'),
    ("[p.q]", SetValue(("p", "j"), 3), "[p.q]\n\n[p]\nj = 3"),
    ("", SetValue(path=("p", "j"), value=True), "[p]\nj = true\n"),
    ("a = 1", SetValue(("p q", "j.k"), {}), 'a = 1\n\n["p q"]\n"j.k" = {}\n'),
    ("[a]\n\tb = '''\n2''' # c\n", SetValue(("a", "b"), "z"), '[a]\n\tb = "z" # c\n'),
    ("a = {b = 1}", SetValue(("a", "b"), 2.5), "a = {b = 2.5}"),
    (f"{TOPIC}# o = 2\n\n[z]", AddTable(("t",), {"n": 2}), f"{TOPIC}# o = 2\n\n[[t]]\nn = 2\n\n[z]"),
    (f"{TOPIC}# of z\n[z]", AddTable(("t",), {"n": 2}), f"{TOPIC}\n[[t]]\nn = 2\n# of z\n[z]"),
    (f"{TOPIC}# at the end", AddTable(("t",), {"n": 2}), f"{TOPIC}# at the end\n\n[[t]]\nn = 2"),
    ("", AddTable(("t",), {"n": 2}), "[[t]]\nn = 2\n"),
    ("a=1\r\n", AddTable(("t",), {"n": "é\n"}), 'a=1\r\n\r\n[[t]]\r\nn = "é\\n"\r\n'),
    ("a=1", AddTable(("t",), {"n": 2}), "a=1\n\n[[t]]\nn = 2\n"),
    ("t = []", AddTable(("t",), {"n": 2}), "t = [{ n = 2 }]"),
    ("t = [{n=1},\n]", AddTable(("t",), {"n": 2}), "t = [{n=1}, { n = 2 },\n]"),
    (f"{TOPIC}[[t.r]]\n[[t]]", AddTable(("t", 0, "r"), {"a": 2}), f"{TOPIC}[[t.r]]\n\n[[t.r]]\na = 2\n[[t]]"),
    (f"{TOPIC}[[t]]", AddTable(("t", 0, "r"), {"a": 2}), f"{TOPIC}\n[[t.r]]\na = 2\n[[t]]"),
    ("t=[{n=1}]", AddTable(("t", 0, "r"), {"a": 2}), "t=[{n=1, r = [{ a = 2 }]}]"),
    ("a = [\n 'x', # 1\n 'y', # 2\n 'z' # 3\n]", Remove(("a", 2)), "a = [\n 'x', # 1\n 'y', # 2\n]"),
    ("a = [\n 'x', # 1\n 'y', # 2\n]", Remove(("a", 0)), "a = [\n 'y', # 2\n]"),
    ("a = ['x','y']", Remove(("a", 0)), "a = ['y']"),
    ("a = ['x', 'y']", Remove(("a", 1)), "a = ['x']"),
    ("a = ['x',]", Remove(("a", 0)), "a = []"),
    ("a = ['x', # 1\n 'y']", Remove(("a", 1)), "a = ['x', # 1\n ]"),
    ("a = ['x' # 1\n, 'y']", Remove(("a", 0)), "a = [ # 1\n'y']"),
    ("a = [\n ['x',\n  'y'], # 1\n 'z'\n]", Remove(("a", 0)), "a = [\n 'z'\n]"),
    ("a={b=1,c=2}\nd=1", Remove(("a", "b")), "a={c=2}\nd=1"),
    ("a={b=1, c=2}", Remove(("a", "c")), "a={b=1}"),
    ("a={ b = {c=2} }", Remove(("a", "b", "c")), "a={ b = {} }"),
    ("a={b.x=1, c=2, b.y=3, d=4}", Remove(("a", "b")), "a={c=2, d=4}"),
    ("a = { b = { c = 1 } } # c\nd=1", Remove(("a",)), "d=1"),
    ('z=1\na = """x\ny""" # c\nb=1', Remove(("a",)), "z=1\nb=1"),
    ("a.b=1\nd=1\na.c=2", Remove(("a",)), "d=1"),
    ("# a\n[[t]]\nn=2\n# o\n\n[[t.r]]\na=1\n\n[z]", Remove(("t", 0)), "# a\n# o\n\n[z]"),
    ("[[t]]\n[[t]]\nn=1\n\n[z]", Remove(("t", 0)), "[[t]]\nn=1\n\n[z]"),
    ("t = [\n {n=1}, # one\n {n=2},\n]", Remove(("t", 0)), "t = [\n {n=2},\n]"),
]

IMPOSSIBLE: list[tuple[str, Edit, str]] = [
    (TOPIC, AddItem(("t",), "x"), "written as tables"),
    (TOPIC, AddItem(("t", 0, "n"), "x"), "n is not an array"),
    (TOPIC, AddItem(("t", 1, "m"), "x"), "there is no t"),
    (TOPIC, SetValue(("t",), 1), "written as tables"),
    (TOPIC, SetValue(("t", 0, "n", "m"), 1), "nothing like that"),
    (TOPIC, Remove(("t", 0, "m")), "nothing like that"),
    (TOPIC, Remove(("t", 7)), "nothing like that"),
    (TOPIC, AddItem(("t", 0, "m"), "\ud800"), "cannot be edited safely"),
    ("a.b = 1", SetValue(("a",), 1), "cannot be edited safely"),
    ("a.b.c = 1", AddTable(("a", "b", "c"), {"n": 2}), "c is not an array"),
]


def test_an_item_is_added_to_every_kind_of_array() -> None:
    def check(before: str, after: str) -> None:
        assert edited(before.encode(), [AddItem(A, "x")]).decode() == after

    each_row(check, ITEMS)


def test_every_edit_is_made_as_a_person_would() -> None:
    def check(before: str, edit: Edit, after: str) -> None:
        assert edited(before.encode(), [edit]).decode() == after

    each_row(check, EDITS)


def test_what_cannot_be_edited_is_refused_with_the_reason() -> None:
    def check(before: str, edit: Edit, reason: str) -> None:
        with pytest.raises(CannotEdit, match=reason):
            edited(before.encode(), [edit])

    each_row(check, IMPOSSIBLE)


def test_edits_are_made_one_after_the_other() -> None:
    m = ("t", 0, "m")
    edits: list[Edit] = [AddTable(("t",), {"n": 1}), AddItem(m, "x"), AddItem(m, "y"), Remove((*m, 0))]
    assert edited(b"", edits) == b'[[t]]\nn = 1\nm = ["y"]\n'


def test_a_long_list_gets_a_line_for_each_item() -> None:
    found = edited(b"[a]\n", [SetValue(("a", "b"), ["x" * 60, "y" * 60])]).decode()
    assert found == f'[a]\nb = [\n  "{"x" * 60}",\n  "{"y" * 60}",\n]\n'


def test_data_that_only_look_alike_are_not_equal() -> None:
    assert not equal({"a": 1}, {"a": True})
    assert not equal({"a": [1]}, {"a": [1.0]})
    assert not equal({"a": 1}, {"a": 1, "b": 2})
    assert equal({"a": [float("nan")]}, {"a": [float("nan")]})


VALUES: list[tuple[Any, str]] = [
    (True, "true"),
    (-7, "-7"),
    (2.5, "2.5"),
    (1e22, "1e+22"),
    (float("-inf"), "-inf"),
    (float("nan"), "nan"),
    (date(2016, 9, 21), "2016-09-21"),
    (time(7, 30), "07:30:00"),
    (datetime(2016, 9, 21, 7, 30, tzinfo=UTC), "2016-09-21T07:30:00+00:00"),
    (["a", [1]], '["a", [1]]'),
    ({"a b": {}, "c": {"d": "e"}}, '{ "a b" = {}, c = { d = "e" } }'),
    ('a\\b "c" \x00\x1b\n', '"a\\\\b \\"c\\" \\u0000\\u001b\\n"'),
    ("\u202e\U000e0041آتش\u200cبس", '"\\u202e\\U000e0041آتش\u200cبس"'),
]


def test_every_value_is_written_as_toml_reads_it() -> None:
    def check(value: Any, text: str) -> None:
        assert text_of(value) == text
        assert equal(tomllib.loads(f"a = {text}"), {"a": value})

    each_row(check, VALUES)
    with pytest.raises(ValueError, match="object has no form in TOML"):
        text_of(object())


# ---- Random edits of hard files


@pytest.mark.parametrize("rounds", [4, pytest.param(100, marks=pytest.mark.simulate)])
@pytest.mark.timeout(1200)
def test_no_byte_outside_the_edited_table_changes(rounds: int) -> None:
    """With `simulate` 10,000 edits of 100 files. Prints how many were made."""
    made = 0
    for seed in range(100):
        hard, chance = hard_config(seed), Random(seed)
        for _ in range(rounds):
            edit, table = random_edit(hard, chance)
            check_edit(hard, edit, table)
            made += 1
    print(f"{made} edits, 0 bytes changed outside the edited table")
    assert made == 100 * rounds


def check_edit(hard: Hard, edit: Edit, table: Written) -> None:
    new = edited(hard.source, [edit])
    head, tail = hard.source[: table.start], hard.source[table.end :]
    assert new.startswith(head), f"{edit} changed what is before {table.path}"
    assert new.endswith(tail), f"{edit} changed what is behind {table.path}"
    assert len(new) >= len(head) + len(tail), edit
    assert new != hard.source
    found, wanted = (
        without_empty_array(each, edit.path[:-1]) if isinstance(edit.path[-1], int) else each
        for each in (Hard(new, []).data, expected(hard.data, edit))
    )
    assert equal(found, wanted), edit


def expected(data: Any, edit: Edit) -> Any:
    """What the data should be then, said in another way than the editor says it."""
    data = deepcopy(data)
    place = data
    for part in edit.path[:-1]:
        place = place[part]
    last: Any = edit.path[-1]
    match edit:
        case AddItem() if isinstance(last, int):
            place[last] = [*(place[last] if isinstance(place[last], list) else [place[last]]), edit.value]
        case AddItem():
            place[last] = [*place.get(last, []), edit.value]
        case AddTable():
            place[last] = [*place.get(last, []), edit.content]
        case SetValue():
            place[last] = edit.value
        case Remove():
            del place[last]
    return data


def without_empty_array(data: Any, path: tuple[str | int, ...]) -> Any:
    """An array whose last table goes is gone or empty, as it was written."""
    *way, last = path
    place = data
    for part in way:
        place = place[part]
    if isinstance(place, dict) and place.get(last) == []:
        del place[last]
    return data


def random_edit(hard: Hard, chance: Random) -> tuple[Edit, Written]:
    table = chance.choice(hard.tables)
    content: Any = hard.data
    for part in table.path:
        content = content[part]
    lists = [key for key, value in content.items() if isinstance(value, list) and not is_tables(value)]
    scalars = [key for key, value in content.items() if not isinstance(value, (list, dict))]
    word = chance.choice(WORDS)
    edits: list[Edit] = [
        AddItem((*table.path, "brand new"), word),
        SetValue((*table.path, "brand_new"), chance.choice([word, 7, False, 2.5, [word], {"x": [1, word]}])),
    ]
    for key in lists:
        edits.append(AddItem((*table.path, key), word))
        for index in range(len(content[key])):
            edits.append(Remove((*table.path, key, index)))
            if key == "all":
                edits.append(AddItem((*table.path, key, index), word))
    edits += [SetValue((*table.path, key), word) for key in scalars]
    edits += [Remove((*table.path, key)) for key in [*lists, *scalars]]
    if is_of_array(table) and chance.random() < 0.2:
        array = table.path[:-1]
        if chance.random() < 0.5:
            return AddTable(array, {"name": word}), behind_all(hard, array)
        return Remove(table.path), with_all_inside(hard, table)
    return chance.choice(edits), table


def is_tables(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(each, dict) for each in value)


def is_of_array(table: Written) -> bool:
    return bool(table.path) and isinstance(table.path[-1], int)


def with_all_inside(hard: Hard, table: Written) -> Written:
    """Where a whole table goes: with its inner tables and the empty lines behind it, in an array with its comma."""
    last = max((each for each in hard.tables if each.path[: len(table.path)] == table.path), key=lambda each: each.end)
    return Written(table.path, with_blanks_before(hard, table.start), with_rest(hard, last.end))


def behind_all(hard: Hard, array: tuple[str | int, ...]) -> Written:
    """Where a new table of an array may stand: behind the last one, before what comes then."""
    last = max((each for each in hard.tables if each.path[: len(array)] == array), key=lambda each: each.end)
    start = len(hard.source[: last.end].rstrip(b"\r\n"))
    own = re.compile(rb"(?:\r?\n)?(?:[ \t]*#[^\n]*\n)*(?:[ \t]*#[^\n]*\Z)?").match(hard.source, start)
    assert own
    return Written(last.path, start, max(own.end(), with_rest(hard, last.end)))


def with_rest(hard: Hard, end: int) -> int:
    found = re.compile(rb"[ \t]*,?[ \t]*(?:#[^\n]*)?(?:[ \t\r]*\n)*").match(hard.source, end)
    assert found
    return found.end()


def with_blanks_before(hard: Hard, start: int) -> int:
    return len(hard.source[:start].rstrip(b" \t"))
