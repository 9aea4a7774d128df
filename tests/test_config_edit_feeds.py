"""Feeds and groups in hard configs: added by the dozen, paused, resumed and removed, and no other byte changes."""

from random import Random  # noqa: TID251 (seeded)
from typing import Any

import pytest
from hard_configs import WORDS, Hard, Written, hard_config

from monitor.config.edit import AddTable, Edit, MakeTable, Remove, SetValue, edited
from monitor.config.edit.changes import equal

ROUNDS = pytest.mark.parametrize("rounds", [2, pytest.param(100, marks=pytest.mark.simulate)])
"""With `simulate` 10,000 edits of 100 files."""


@ROUNDS
@pytest.mark.timeout(1200)
def test_feeds_and_groups_added_in_one_write_are_all_that_is_new(rounds: int) -> None:
    """What was there stays, to the byte: each group, and then all feeds together, are a block that is put in."""
    for seed in range(100):
        hard, chance = hard_config(seed), Random(seed)
        for _ in range(rounds):
            groups, feeds = new_tables(chance)
            new, source = edited(hard.source, [*groups, *feeds]), hard.source
            assert equal(Hard(new, []).data, with_tables(hard.data, [*groups, *feeds]))
            for edits in (*([each] for each in groups), feeds):
                before, source = source, edited(source, edits)
                assert is_one_insertion(before, source) or is_inline(hard), f"file {seed}: {edits}"
                assert is_inside(before, source), f"file {seed}: {edits}"
            assert source == new
    print(f"{100 * rounds} writes of several tables, 0 bytes of the old file changed")


@ROUNDS
@pytest.mark.timeout(1200)
def test_a_feed_that_is_paused_and_resumed_leaves_the_file_as_it_was(rounds: int) -> None:
    made = 0
    for seed in range(100):
        hard, chance = hard_config(seed), Random(seed)
        feeds = [table for table in hard.tables if is_feed(table)]
        for table in [chance.choice(feeds) for _ in range(rounds)] if feeds else ():
            paused = edited(hard.source, [SetValue((*table.path, "enabled"), value=False)])
            assert paused.startswith(hard.source[: table.start])
            assert paused.endswith(hard.source[table.end :])
            assert edited(paused, [Remove((*table.path, "enabled"))]) == hard.source, f"file {seed}: {table.path}"
            made += 2
    print(f"{made} edits of pauses, 0 bytes changed outside the feed's table, and none was left")
    assert made > 100 * rounds


@ROUNDS
@pytest.mark.timeout(1200)
def test_feeds_that_are_removed_one_by_one_leave_everything_else(rounds: int) -> None:
    made = 0
    for seed in range(100):
        hard = hard_config(seed)
        source, chance = hard.source, Random(seed)
        for _ in range(rounds):
            feeds = Hard(source, []).data.get("feeds", [])
            if not feeds:
                break
            number = chance.randrange(len(feeds))
            source = edited(source, [Remove(("feeds", number))])
            left = [*feeds[:number], *feeds[number + 1 :]]
            assert equal(Hard(source, []).data.get("feeds", []), left)
            assert is_inside(source, hard.source)
            made += 1
        assert equal({**hard.data, "feeds": []}, {**Hard(source, []).data, "feeds": []})
    print(f"{made} feeds removed, nothing else")
    assert made > 60


def new_tables(chance: Random) -> tuple[list[Edit], list[Edit]]:
    """As an import writes them: new groups, then feeds in them."""
    groups = chance.sample(("Nord", "Süd & Ost", "x.y", "[[feeds]]"), chance.randrange(3))
    feeds: list[dict[str, Any]] = [
        {"url": f"https://new.example/{number}", "outlet": chance.choice(WORDS), "interval": "2h", "enabled": False}
        for number in range(chance.randrange(1, 6))
    ]
    if groups:
        feeds = [{**each, "group": chance.choice(groups)} for each in feeds]
    return [MakeTable(("groups", name), {}) for name in groups], [AddTable(("feeds",), each) for each in feeds]


def with_tables(data: dict[str, Any], edits: list[Edit]) -> dict[str, Any]:
    for edit in edits:
        match edit:
            case MakeTable():
                data.setdefault("groups", {})[edit.path[1]] = edit.content
            case AddTable():
                data.setdefault("feeds", []).append(edit.content)
    return data


def is_one_insertion(old: bytes, new: bytes) -> bool:
    """Whether the new one is the old one with some bytes put in at one place."""
    pairs = enumerate(zip(old, new, strict=False))
    same = next((number for number, (a, b) in pairs if a != b), len(old))
    return new.endswith(old[same:]) and len(new) > len(old)


def is_inline(hard: Hard) -> bool:
    """Whether its feeds are an array on lines of its own, where a comma may have to go before a comment."""
    return any(is_feed(table) and hard.tables[0].start < table.start < hard.tables[0].end for table in hard.tables)


def is_inside(short: bytes, long: bytes) -> bool:
    """Whether the short one is what is left of the long one when some of its bytes are taken out."""
    place = 0
    for byte in short:
        place = long.find(byte, place) + 1
        if not place:
            return False
    return True


def is_feed(table: Written) -> bool:
    return len(table.path) == 2 and table.path[0] == "feeds"
