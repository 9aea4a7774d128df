"""Lines of keys and elements, for every way in which TOML lets a person write them."""

import pytest

from monitor.config.positions import KeyPath, positions

PLACES: list[tuple[str, str, KeyPath, int]] = [
    ("a key", 'a = 1\nname = "x"', ("name",), 2),
    ("a key after a comment and an empty line", "# why\n\na = 1", ("a",), 3),
    ("a table", "\n[storage]\nfolder = 1", ("storage",), 2),
    ("a key in a table", "\n[storage]\nfolder = 1", ("storage", "folder"), 3),
    ("the first of an array of tables", "[[feeds]]\n[[feeds]]", ("feeds", 0), 1),
    ("the second of an array of tables", "[[feeds]]\nurl = 1\n[[feeds]]\nurl = 2", ("feeds", 1), 3),
    ("a key in the second", "[[feeds]]\nurl = 1\n[[feeds]]\nurl = 2", ("feeds", 1, "url"), 4),
    ("a table array inside the last one", "[[t]]\n[[t]]\n[[t.rule]]\nany = 1", ("t", 1, "rule", 0, "any"), 4),
    ("the second such", "[[t]]\n[[t.rule]]\n[[t.rule]]\nany = 1", ("t", 0, "rule", 1, "any"), 4),
    ("counting anew in the next", "[[t]]\n[[t.rule]]\n[[t]]\n[[t.rule]]", ("t", 1, "rule", 0), 4),
    ("a table inside the last of an array", "[[t]]\n[[t]]\n[t.more]\na = 1", ("t", 1, "more", "a"), 4),
    ("an array on one line", 'a = ["x", "y"]', ("a", 1), 1),
    ("an element on its own line", 'a = [\n  "x",\n  "y",\n]', ("a", 1), 3),
    ("an element after a comment", 'a = [ # one\n  "x", # two\n  # three\n  "y" ]', ("a", 1), 4),
    ("an element of an inner array", 'all = [\n  ["a"],\n  ["b",\n   "c",\n   "d"],\n]', ("all", 1, 2), 5),
    ("an inner array", 'all = [\n  ["a"],\n  ["b",\n   "c"],\n]', ("all", 1), 3),
    ("a key with a comment behind its value", 'a = ["x"] # why\nb = 1 # so', ("a", 0), 1),
    ("a key of an inline table", "a = { b = 1, c = 2 }", ("a", "c"), 1),
    ("an array in an inline table", "a = { b = [\n1,\n2] }", ("a", "b", 1), 3),
    ("an inline table in an array", "feeds = [\n  { url = 1 },\n  { url = 2 },\n]", ("feeds", 1, "url"), 3),
    ("a dotted key", "\npolling.interval = 1", ("polling", "interval"), 2),
    ("the table that a dotted key opens", "\npolling.interval = 1", ("polling",), 2),
    ("a dotted header", "\n[a.b.c]\nd = 1", ("a", "b", "c", "d"), 3),
    ("a quoted key", '[lists]\n"syria.ar" = ["x"]', ("lists", "syria.ar", 0), 2),
    ("a literal key", "[lists]\n'syria.ar' = 1", ("lists", "syria.ar"), 2),
    ("a key with an escape", '"\\u00e9t\\u00e9" = 1', ("été",), 1),
    ("a key with blanks round its dot", 'a . "b c" = 1', ("a", "b c"), 1),
    ("what follows a text of many lines", 'a = """\none\ntwo"""\nb = 1', ("b",), 4),
    ("what follows letters of many bytes", 'a = "Ünïcödé 停戦"\nb = 1', ("b",), 2),
    ("Windows line ends", "a = 1\r\nb = [\r\n1,\r\n2]\r\n", ("b", 1), 4),
    ("a table written in two places has the line of the first", "[a.b]\n[a.c]", ("a",), 1),
]


@pytest.mark.parametrize(
    ("source", "path", "line"), [place[1:] for place in PLACES], ids=[place[0] for place in PLACES]
)
def test_the_line_of(source: str, path: KeyPath, line: int) -> None:
    assert positions(source.encode())[path] == line


def test_an_empty_file_has_no_places() -> None:
    assert positions(b"") == {}
