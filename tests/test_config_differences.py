"""What a config that is read again changes of the one that runs, in words, and that no secret is in them."""

from pathlib import Path

import pytest

from monitor.config import load
from monitor.config.differences import differences
from monitor.config.differences.rules import rule_changes
from monitor.model.topic import Rule

OLD = """
[storage]
folder = "data"
[mail]
kind = "smtp"
host = "mail.house.example"
sender = "desk@house.example"
username = "desk"
password = "old-password"
[operator]
to = ["operator@house.net"]
[groups.Arab]
interval = "1h"
[[feeds]]
url = "https://nile.example/rss"
outlet = "Nile Post"
group = "Arab"
[[feeds]]
url = "https://levant.example/rss"
group = "Arab"
[[feeds]]
url = "https://paid.example/rss?token=old-token"
headers = { "X-Key" = "old-token" }
auth = { username = "me", password = "old-token" }
proxy = "http://me:old-token@proxy.example:1080"
[lists]
places = ["Aleppo", "Homs"]
[[topics]]
name = "Syria ceasefire"
all = ["Syria*", ["ceasefire", "truce"]]
none = ["football"]
[[topics]]
name = "Grain"
any = ["grain deal"]
[[digests]]
name = "Daily"
to = ["you@house.net"]
at = "07:00"
[[searches]]
name = "Drones"
words = "drone"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    return path


def said(file: Path, *edits: tuple[str, str]) -> list[str]:
    """What changes when each old text of the config is replaced by its new one."""
    new = OLD
    for old, other in edits:
        assert old in new, old
        new = new.replace(old, other, 1)
    file.write_text(OLD, encoding="utf-8")
    before = load(file, {})
    file.write_text(new, encoding="utf-8")
    found = [change.in_words() for change in differences(before, load(file, {}))]
    assert "token" not in str(found).replace("token=***", "")
    assert "password" not in str(found).replace("password changed", "")
    return found


GROUP, NILE, LEVANT = 'interval = "1h"', 'url = "https://nile.example/rss"', 'url = "https://levant.example/rss"'
FEED = '[[feeds]]\nurl = "https://new.example/rss"\noutlet = "New"\n[lists]'
PAIR = 'pair = [["Syria"], ["Turkey"]]'
TERMS = '["ceasefire", "truce"]'
OTHER_MAIL = OLD[OLD.index("[mail]") : OLD.index("[operator]")]

CASES: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "nothing": ([], []),
    "a comment": ([("[storage]", "# a comment\n[storage]")], []),
    "feed added": ([("[lists]", FEED)], ["feed added: New (https://new.example/rss)"]),
    "feed removed": (
        [(f'[[feeds]]\n{LEVANT}\ngroup = "Arab"\n', "")],
        ["feed removed: https://levant.example/rss"],
    ),
    "feed paused": ([(NILE, f"{NILE}\nenabled = false")], ["feed paused: Nile Post (https://nile.example/rss)"]),
    "feed keys": (
        [(LEVANT, f'{LEVANT}\ninterval = "1h 30m"\naggregator = true\npublishers = {{ deny = ["farm.example"] }}')],
        [
            (
                "feed changed: https://levant.example/rss: aggregator false → true; publishers.deny +farm.example; "
                "interval 1h → 1h 30m"
            )
        ],
    ),
    "feed moved": (
        [(NILE, 'url = "https://nile.example/feed"\nwas = "https://nile.example/rss"')],
        [
            "feed changed: Nile Post (https://nile.example/feed): url https://nile.example/rss → https://nile.example/feed"
        ],
    ),
    "secrets of a feed": (
        [
            ("paid.example/rss?token=old-token", "paid.example/rss?token=new-token"),
            ('{ "X-Key" = "old-token" }', '{ "X-Key" = "new-token" }'),
            ('{ username = "me", password = "old-token" }', '{ token = "new-token" }'),
            ("http://me:old-token@proxy", "http://me:new-token@proxy"),
        ],
        ["feed changed: https://paid.example/rss?token=***: url changed; headers changed; auth changed; proxy changed"],
    ),
    "a group's key": ([(GROUP, 'interval = "30m"')], ["group changed: Arab: interval 1h → 30m"]),
    "a group paused": ([(GROUP, f"{GROUP}\nenabled = false")], ["group paused: Arab"]),
    "a group's name": (
        [
            ("[groups.Arab]", "[groups.Levant]"),
            ('group = "Arab"', 'group = "Levant"'),
            ('group = "Arab"', 'group = "Levant"'),
        ],
        [
            "group added: Levant",
            "group removed: Arab",
            "feed changed: Nile Post (https://nile.example/rss): group Arab → Levant",
            "feed changed: https://levant.example/rss: group Arab → Levant",
        ],
    ),
    "topic added": (
        [("[[digests]]", '[[topics]]\nname = "Water"\nall = [["dam", "river"], "Nile"]\n[[digests]]')],
        ["topic added: Water: (dam, river) and Nile"],
    ),
    "topic removed": ([('[[topics]]\nname = "Grain"\nany = ["grain deal"]', "")], ["topic removed: Grain"]),
    "topic renamed": (
        [('name = "Grain"', 'name = "Grain deal"\nwas = "Grain"\nmute_until = 2027-01-01')],
        ["topic changed: Grain deal: name Grain → Grain deal; mute_until not set → 2027-01-01"],
    ),
    "topic disabled": ([('name = "Grain"', 'name = "Grain"\nenabled = false')], ["topic disabled: Grain"]),
    "terms": (
        [(TERMS, '["ceasefire", "armistice"]'), ('["football"]', "[]")],
        ["topic changed: Syria ceasefire: group 2 +armistice −truce; none −football"],
    ),
    "groups and keys of a rule": (
        [(f'"Syria*", {TERMS}]', '"Syria*"]\nwithin = "lead"\nat_least = 2')],
        ["topic changed: Syria ceasefire: groups −(ceasefire, truce); within anywhere → lead; at_least 1 → 2"],
    ),
    "order of groups": (
        [(f'"Syria*", {TERMS}', f'{TERMS}, "Syria*"')],
        ["topic changed: Syria ceasefire: order of groups changed"],
    ),
    "order of terms": (
        [(TERMS, '["truce", "ceasefire"]')],
        ["topic changed: Syria ceasefire: group 2 changed"],
    ),
    "another rule": (
        [('any = ["grain deal"]', '[[topics.rule]]\nany = ["grain deal"]\n[[topics.rule]]\nall = ["wheat", "port"]')],
        ["topic changed: Grain: rules +wheat and port"],
    ),
    "a pair": (
        [(f'all = ["Syria*", {TERMS}]', f"{PAIR}\nnear = 5")],
        [
            (
                "topic changed: Syria ceasefire: group 1 +Syria −Syria*; group 2 +Turkey −ceasefire −truce; "
                "near not set → 5; pair false → true"
            )
        ],
    ),
    "list": (
        [('["Aleppo", "Homs"]', '["Aleppo", "Idlib"]\nrivers = ["Nile"]')],
        ["list changed: places: terms +Idlib −Homs", "list added: rivers"],
    ),
    "a key that says the default": ([('at = "07:00"', "")], []),
    "two times a day": ([('at = "07:00"', 'at = ["07:00", "18:00"]')], ["digest changed: Daily: at +18:00"]),
    "list removed": ([('places = ["Aleppo", "Homs"]', "")], ["list removed: places"]),
    "digest": (
        [
            ('to = ["you@house.net"]', 'to = ["you@house.net", "me@house.net"]\ndays = ["monday", "friday"]'),
            ('at = "07:00"', 'at = "18:30"'),
        ],
        ["digest changed: Daily: to +me@house.net; days +monday +friday; at +18:30 −07:00"],
    ),
    "search": (
        [("[[searches]]", '[[searches]]\nname = "Dams"\nwords = "dam"\n[[searches]]')],
        ["search added: Dams: dam"],
    ),
    "the password of mail": (
        [("old-password", "new-password"), ('host = "mail.house.example"', 'host = "smtp.house.example"')],
        ["[mail] changed: host mail.house.example → smtp.house.example; password changed"],
    ),
    "another kind of mail": ([(OTHER_MAIL, "")], ["[mail] changed: kind smtp → maildir"]),
    "sections": (
        [("[operator]", '[polling]\nconcurrency = 4\nhost_gap = "0s"\n[operator]\ninterval = "2h"')],
        ["[polling] changed: host_gap 2s → 0s; concurrency 8 → 4", "[operator] changed: interval 1h → 2h"],
    ),
    "a ping with a token": (
        [("[operator]", '[health]\nping_url = "https://ping.example/old-token"\n[operator]')],
        ["[health] changed: ping_url changed"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_changed(case: str, file: Path) -> None:
    edits, expected = CASES[case]
    assert said(file, *edits) == expected


def test_the_order_of_rules_is_all_that_differs() -> None:
    rules = [Rule(all=((word,),)) for word in ("wheat", "port")]
    assert [key.in_words() for key in rule_changes(rules, rules[::-1])] == ["order of rules changed"]
    assert [key.in_words() for key in rule_changes(rules, rules[:1])] == ["rules −port"]
