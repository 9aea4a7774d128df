"""The commands about topics, over a small house: what they print, as text and as JSON, and what they leave alone."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from house import Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import SimulatedClock
from typer.testing import CliRunner, Result

from monitor.cli import app, main
from monitor.config import load
from monitor.daemon.clock import SystemClock
from monitor.daemon.store_only import opened_store
from monitor.errors import UsageError
from monitor.model.ids import ArticleId

TOPICS = """
[lists]
truce = ["ceasefire", "truce", "lull"]

[[topics]]
name = "Syria truce"
all = [["Syria*", "Aleppo"], ["@truce"]]
none = ["title:podcast"]
must_match = ["Aleppo cease-fire holds"]
must_not_match = ["Truce in Yemen"]

[[topics]]
name = "Grain deal"
priority = 2
sources = ["!The Sun"]

[[topics]]
name = "Floods"
any = ["flood"]
enabled = false
"""

STORIES = (
    Story(id="1", title="Syrian truce holds", text="The convoy left Aleppo."),
    Story(id="2", title="Aleppo waits for fuel", text="A convoy burned."),
    Story(id="3", title="Markets close higher", text="In Syria, a cease-fire was declared; the convoy left."),
    Story(id="4", title="Podcast: Syria's truce", text="An hour of talk."),
    Story(id="5", title="Floods in the north", text="Rivers rose."),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house in which five articles were polled a moment ago."""
    place = tmp_path_factory.mktemp("house")
    config = place / "config.toml"
    with Origin() as origin:
        origin.serve("/feed", reply(rss(*STORIES)))
        write(config, place, TOPICS)
        topics = load(config, {})
        house = settings(place, [origin.url("/feed")], origin.port)
        with lived_in(
            replace(house, topics=topics.topics, lists=topics.lists), SimulatedClock(SystemClock().now())
        ) as lived:
            lived.tick()
    return place


def write(config: Path, storage: Path, topics: str) -> Path:
    feeds = '[[feeds]]\nurl = "https://post.example/feed"\n'
    digest = '[[digests]]\nname = "Daily"\nto = ["you@reader.example"]\n'
    config.write_text(f'{feeds}{topics}{digest}[storage]\nfolder = "{storage}"\n', "utf-8")
    return config


def run(folder: Path, *words: str, stdin: str = "") -> Result:
    arguments = ["--config", str(folder / "config.toml"), "topics", *words]
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, arguments, input=stdin)


def text(folder: Path, *words: str) -> str:
    result = run(folder, *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def told(folder: Path, *words: str) -> dict[str, Any]:
    """What the command prints as JSON."""
    found: dict[str, Any] = json.loads(text(folder, *words, "--json"))
    return found


def ids(findings: list[dict[str, Any]]) -> list[int]:
    return [each["id"] for each in findings]


# ---- list, check


def test_the_list_tells_rules_and_how_busy_each_topic_is(folder: Path) -> None:
    first, second, third = told(folder, "list")["topics"]
    assert first["last_match_at"]
    assert {**first, "last_match_at": None} == {
        "name": "Syria truce",
        "enabled": True,
        "priority": 1,
        "rules": "(Syria*, Aleppo) and @truce, not title:podcast",
        "matches": 2,
        "last_7_days": 0,  # all were there at the first poll
        "last_30_days": 0,
        "last_match_at": None,
        "audit": None,
    }
    assert (second["priority"], second["matches"], second["last_match_at"]) == (2, 0, None)
    assert third["enabled"] is False
    shown = text(folder, "list")
    assert "Floods (disabled)" in shown
    assert shown.count("never") == 2


def test_a_check_says_in_words_what_a_topic_looks_for(folder: Path) -> None:
    assert text(folder, "check", "Syria truce").splitlines() == [
        "Syria truce",
        "  one of Syria*, Aleppo",
        "  and one of ceasefire, truce, lull",
        "  but not title:podcast",
        '  ✓ match: “Aleppo cease-fire holds” – Aleppo → "Aleppo" (title) · ceasefire → "cease-fire" (title)',
        "  ✓ no match: “Truce in Yemen” – nothing of all[0] (Syria*, Aleppo) was found",
    ]
    assert text(folder, "check").splitlines()[6:] == [
        "Grain deal",
        "  nothing but a name: each of its words must be found: Grain, deal",
        "  not from The Sun",
        "  Grain",
        "  and deal",
        "Floods",
        "  disabled: nothing is looked for",
        "  flood",
    ]
    wording = told(folder, "check", "Syria truce")["topics"][0]
    assert wording["rules"][0]["groups"] == [["Syria*", "Aleppo"], ["ceasefire", "truce", "lull"]]
    assert [example["is_right"] for example in wording["examples"]] == [True, True]


# ---- test


def test_a_trial_shows_days_samples_and_terms(folder: Path) -> None:
    shown = text(folder, "test", "Syria truce")
    assert "Syria truce: 2 of 5 articles (1 headline, 1 lead)" in shown
    assert f"{'█' * 30} 2 of 5" in shown
    assert "[Syrian] [truce] holds – post.example, headline, #1" in shown
    assert "not title:podcast         1        –" in shown
    assert "dead terms, found in no article: lull" in shown
    assert "… 1 older match" in text(folder, "test", "Syria truce", "--limit", "1")


def test_without_a_name_all_enabled_topics_are_tried_and_a_disabled_one_if_it_is_named(folder: Path) -> None:
    assert [(topic["topic"], topic["matches"]) for topic in told(folder, "test")["topics"]] == [
        ("Syria truce", 2),
        ("Grain deal", 0),
    ]
    (floods,) = told(folder, "test", "Floods", "Floods", "--since", "2000-01-01")["topics"]
    assert (floods["matches"], ids(floods["samples"])) == (1, [5])


def test_a_window_may_begin_after_everything_that_is_stored(folder: Path) -> None:
    (trial, _) = told(folder, "test", "--since", "0s")["topics"]
    assert (trial["articles"], trial["days"]) == (0, [])
    assert text(folder, "test", "Syria truce", "--since", "0s") == "Syria truce: 0 of 0 articles\n"


def test_long_lists_of_days_and_terms_are_cut_with_a_count(tmp_path: Path) -> None:
    words = [f"word{letter}" for letter in "abcdefghijklmnopqrst"]
    write(tmp_path / "config.toml", tmp_path, f'[[topics]]\nname = "Many"\nany = {json.dumps(words)}\n')
    lines = [
        {"id": n, "title": " ".join(words), "published": f"2026-0{1 + n // 28}-{1 + n % 28:02}"} for n in range(40)
    ]
    shown = run(tmp_path, "test", "--input", "-", stdin="\n".join(map(json.dumps, lines))).stdout
    assert "9 matches on 9 earlier days" in shown
    assert "… 35 older matches" in shown
    assert "… 5 more terms" in shown


# ---- test --input


@pytest.fixture
def _no_database(tmp_path: Path) -> Iterator[None]:
    yield
    assert not (tmp_path / "house").exists()


LINES = """\
{"id": 1, "title": "Syrian truce holds", "text": "", "published": "2026-03-01T10:00:00Z", "language": "en"}
{"id": "two", "title": "Rain"}

{"id": 3, "title": 3}
{"title": "Who am I?"}
no json
{"id": 7.5, "text": "In Syria, a cease-fire was declared.", "label": "ignored"}
{"id": "sun", "title": "Grain deal in reach", "source": "The Sun"}
{"id": 1, "title": "Grain deal in reach"}
"""


@pytest.mark.usefixtures("_no_database")
@pytest.mark.parametrize("from_stdin", [True, False])
def test_every_readable_line_gets_one_line_of_json_in_its_order(tmp_path: Path, *, from_stdin: bool) -> None:
    write(tmp_path / "config.toml", tmp_path / "house", TOPICS)
    (tmp_path / "news.jsonl").write_text(LINES, "utf-8")
    file = "-" if from_stdin else str(tmp_path / "news.jsonl")
    result = run(tmp_path, "test", "--input", file, "--json", stdin=LINES)
    headline = [
        {"term": "Syria*", "found": "Syrian", "field": "title", "start": 0, "end": 6},
        {"term": "truce", "found": "truce", "field": "title", "start": 7, "end": 12},
    ]
    lead = [
        {"term": "Syria*", "found": "Syria", "field": "text", "start": 3, "end": 8},
        {"term": "ceasefire", "found": "cease-fire", "field": "text", "start": 12, "end": 22},
    ]
    grain = [
        {"term": "Grain", "found": "Grain", "field": "title", "start": 0, "end": 5},
        {"term": "deal", "found": "deal", "field": "title", "start": 6, "end": 10},
    ]
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"id": 1, "topics": [{"name": "Syria truce", "tier": "headline", "why": headline}]},
        {"id": "two", "topics": []},
        {"id": 7.5, "topics": [{"name": "Syria truce", "tier": "lead", "why": lead}], "identified_language": "en"},
        {"id": "sun", "topics": []},
        {"id": 1, "topics": [{"name": "Grain deal", "tier": "headline", "why": grain}]},
    ]
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f'{file}:4: "title" is not a string.',
        f'{file}:5: there is no "id".',
        f"{file}:6: not JSON: Expecting value: line 1 column 1 (char 0).",
    ]


@pytest.mark.usefixtures("_no_database")
def test_lines_may_be_tried_on_one_topic_and_shown_to_people(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", tmp_path / "house", TOPICS)
    (tmp_path / "news.jsonl").write_text('{"id": "\\ud800", "title": "Floods"}', "utf-8")
    file = str(tmp_path / "news.jsonl")
    verdict = run(tmp_path, "test", "Floods", "--input", file, "--json")
    assert (verdict.exit_code, json.loads(verdict.stdout)["id"]) == (0, "\ud800")
    assert [topic["name"] for topic in json.loads(verdict.stdout)["topics"]] == ["Floods"]
    assert "  [Floods] – headline, #\\ud800\n" in text(tmp_path, "test", "Floods", "--input", file)
    assert json.loads(run(tmp_path, "test", "--input", file, "--json").stdout)["topics"] == []


# ---- diff


def test_rules_as_they_were_change_nothing(folder: Path) -> None:
    assert text(folder, "diff").endswith("Floods: disabled\nUnchanged: Syria truce, Grain deal.\n")


def test_edited_rules_are_compared_article_by_article(folder: Path, tmp_path: Path) -> None:
    edited = '[[topics]]\nname = "Truces"\nwas = "Syria truce"\nall = ["Aleppo"]\n[[topics]]\nname = "Grain deal"\n'
    new = str(write(tmp_path / "new.toml", tmp_path / "house", edited))
    truces, grain = told(folder, "diff", "--config", new)["topics"]
    assert (truces["topic"], truces["state"], truces["was"]) == ("Truces", "renamed", "Syria truce")
    assert (ids(truces["enters"]), ids(truces["leaves"]), truces["stays"]) == ([2], [3], 1)
    assert (grain["state"], grain["enters"]) == ("unchanged", [])
    shown = text(folder, "diff", "--config", new)
    assert "Truces: renamed, was Syria truce; 1 enter, 1 leave, 1 stay" in shown
    assert "  + " in shown
    assert "[Aleppo] waits" in shown
    assert "    nothing of all[0] (Aleppo) was found" in shown
    assert not (tmp_path / "house").exists()


def test_a_topic_that_left_the_config_is_gone_and_long_lists_are_cut(folder: Path, tmp_path: Path) -> None:
    new = str(write(tmp_path / "new.toml", tmp_path, '[[topics]]\nname = "News"\nany = ["the", "truce", "burned"]\n'))
    shown = text(folder, "diff", "--config", new, "--limit", "1")
    assert "News: new, not looked for until now; 5 matches" in shown
    assert "… 4 more enter" in shown
    assert "Syria truce: gone; 0 enter, 2 leave, 0 stay" in shown
    assert "… 1 more leaves" in shown


def test_a_diff_says_what_it_compares_and_two_files_are_compared_with_each_other(folder: Path, tmp_path: Path) -> None:
    rule = '[[topics]]\nname = "Fuel"\nall = ["{}"]\n'
    old = str(write(tmp_path / "old.toml", tmp_path, rule.format("convoy")))
    new = str(write(tmp_path / "new.toml", tmp_path, rule.format("fuel") + '[[topics]]\nname = "Truce"\n'))
    stored = told(folder, "diff", "--to", new)
    assert stored["compared"] == {"from": "stored matches", "to": new}
    assert [(each["topic"], each["state"]) for each in stored["topics"]][:2] == [("Fuel", "new"), ("Truce", "new")]
    shown = " ".join(text(folder, "diff", "--config", new).split())
    assert f"the topics of {new} against the stored matches." in shown
    assert "under the wording that it runs. Two files: --from OLD --to NEW" in shown
    found = told(folder, "diff", "--from", old, "--to", new)
    assert found["compared"] == {"from": old, "to": new}
    fuel, truce = found["topics"]
    assert (fuel["state"], ids(fuel["enters"]), ids(fuel["leaves"]), fuel["stays"]) == ("changed", [], [1, 3], 1)
    assert (truce["state"], len(truce["enters"])) == ("new", 2)
    shown = " ".join(text(folder, "diff", "--from", old, "--to", new).split())
    assert f"the topics of {new} against those of {old}, both tried on the stored articles." in shown
    assert "under the wording that it runs" not in shown
    (same,) = told(folder, "diff", "--from", old, "--to", old)["topics"]
    assert (same["state"], same["stays"]) == ("unchanged", 3)
    assert "Syria truce: gone" not in text(folder, "diff", "--from", old)


# ---- explain


def test_a_match_is_explained_group_by_group_with_when_it_was_stored(folder: Path) -> None:
    shown = text(folder, "explain", "Syria truce", "3").splitlines()
    assert shown[0] == "Syria truce matches (lead)"
    assert shown[1].startswith("  #3 ")
    assert shown[1].endswith("post.example: Markets close higher")
    assert shown[2:5] == [
        "  In [Syria], a [cease-fire] was declared; the convoy left.",
        "  ✓ one of Syria*, Aleppo: Syria* → “Syria” (text)",
        "  ✓ one of ceasefire, truce, lull: ceasefire → “cease-fire” (text)",
    ]
    assert "as lead (baseline) by the current wording of the topic" in shown[5]
    (verdict,) = told(folder, "explain", "Syria truce", "3")["verdicts"]
    assert (verdict["matches"], verdict["tier"], verdict["stored"]["is_present_wording"]) == (True, "lead", True)
    assert [group["hits"][0]["found"] for group in verdict["explanation"]["rules"][0]["groups"]] == [
        "Syria",
        "cease-fire",
    ]


def test_a_topic_with_alerts_says_of_an_article_what_why_says(folder: Path, tmp_path: Path) -> None:
    """The config alone has alerts since then: the sentence is the one of `why`."""
    config = write(
        tmp_path / "config.toml", folder, TOPICS.replace('name = "Syria truce"', 'name = "Syria truce"\nalert = true')
    )
    assert "alert = true" in config.read_text()
    shown = text(tmp_path, "explain", "Syria truce", "3")
    assert "  No alert on Syria truce: it was in its feed before the first poll, or came too long ago.\n" in shown
    (verdict,) = told(tmp_path, "explain", "Syria truce", "3")["verdicts"]
    assert [each["cause"] for each in verdict["alerts"]] == ["no-alert"]
    assert told(folder, "explain", "Syria truce", "3")["verdicts"][0]["alerts"] == []


def test_what_of_a_text_is_not_matched_is_shown_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", tmp_path, TOPICS)
    words = ("--title", "Bread", "--text", "Bakers met. Follow us on Telegram for the truce in Syria!")
    shown = text(tmp_path, "explain", "Syria truce", *words)
    assert "Syria truce does not match" in shown
    assert "not matched: “Follow us on Telegram for the truce in Syria!” – a known form: to follow" in shown
    (verdict,) = told(tmp_path, "explain", "Syria truce", *words)["verdicts"]
    assert verdict["article"]["left_out"] == [
        {
            "start": 11,
            "end": 57,
            "reason": "a known form: to follow",
            "text": " Follow us on Telegram for the truce in Syria!",
        }
    ]


def test_an_article_that_does_not_match_is_explained_by_its_address_too(folder: Path) -> None:
    shown = text(folder, "explain", "Syria truce", "https://post.example/4?utm_source=x")
    assert "Syria truce does not match" in shown
    assert "✗ excluded by title:podcast: “Podcast” (headline)" in shown
    assert "stored: not flagged by this topic" in shown
    shown = text(folder, "explain", "Syria truce", "2")
    assert "[Aleppo] waits for fuel" in shown
    assert "✗ one of ceasefire, truce, lull: not found" in shown


@pytest.mark.parametrize(
    ("within", "place"), [("headline", "in the headline"), ("lead", "in the headline or the lead")]
)
def test_a_group_that_stands_beyond_the_part_asked_for_is_said_to_be_missing_there(
    tmp_path: Path, within: str, place: str
) -> None:
    write(tmp_path / "config.toml", tmp_path, f'[[topics]]\nname = "Quake"\nany = ["quake"]\nwithin = "{within}"\n')
    far = f"{'Calm. ' * 60}A quake was felt."
    assert f"✗ quake: not found {place}\n" in text(tmp_path, "explain", "Quake", "--title", "Velm", "--text", far)


def test_a_stored_match_by_an_older_wording_or_name_is_told_as_such(folder: Path, tmp_path: Path) -> None:
    renamed = '[[topics]]\nname = "Calm"\nwas = "Syria truce"\nany = ["calm"]\n'
    write(tmp_path / "config.toml", folder, renamed)
    shown = text(tmp_path, "explain", "Calm", "1")
    assert "Calm does not match" in shown
    assert "by an earlier wording of the topic" in shown


RULES = """
[[topics]]
name = "Rules"
languages = ["en"]
sources = ["!The Sun"]

[[topics.rule]]
all = ["Syria", "truce"]
near = 3

[[topics.rule]]
any = ["talks"]
at_least = 2
"""


def test_words_that_are_written_out_are_explained_without_a_database(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", tmp_path / "house", RULES)
    words = ("explain", "Rules", "--title", "Syria said to agree on a truce", "--text", f"Talks. {'Far ' * 200}")
    shown = text(tmp_path, *words).splitlines()
    assert shown[:2] == ["Rules does not match", "  [Syria] said to agree on a [truce]"]
    assert shown[2].startswith("  [Talks]. Far")
    assert shown[2].endswith(" …")
    assert shown[3:] == [
        "  rule 1:",
        "    ✓ Syria: Syria → “Syria” (headline)",
        "    ✓ truce: truce → “truce” (headline)",
        "    ✗ 6 words apart at the closest, near allows 3",
        "  rule 2:",
        "    ✓ talks: talks → “Talks” (text)",
        "    ✗ 1 mention of the rarest group, at_least asks for 2",
        "  language: en, by its text; nobody names one",
    ]
    (verdict,) = told(tmp_path, *words)["verdicts"]
    assert verdict["article"]["id"] is None
    assert verdict["stored"] is None
    assert not (tmp_path / "house").exists()


def test_control_characters_of_an_article_do_not_reach_the_terminal(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", tmp_path, TOPICS)
    shown = text(tmp_path, "explain", "Syria truce", "--title", "\x1b[2J Syrian truce", "--text", "one\ntwo")
    assert "   [2J [Syrian] [truce]\n  one two\n" in shown


def test_a_topic_of_several_rules_is_checked_rule_by_rule(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", tmp_path, RULES)
    assert text(tmp_path, "check").splitlines() == [
        "Rules",
        "  one of 2 rules must match",
        "  only articles in en, or in a language they do not name",
        "  not from The Sun",
        "  rule 1:",
        "    Syria",
        "    and truce",
        "    all within 3 words of each other",
        "  rule 2:",
        "    talks",
        "    each group mentioned at least 2 times",
    ]


def test_an_outlet_that_is_ruled_out_is_the_reason(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "config.toml", folder, '[[topics]]\nname = "Truce"\nsources = ["!post.example"]\n')
    shown = text(tmp_path, "explain", "Truce", "1")
    assert 'Truce does not match: the outlet is "post.example", which sources rules out' in shown


# ---- misses, suggest


def test_misses_stand_under_the_group_they_lack(folder: Path) -> None:
    assert [(group["group"], ids(group["samples"])) for group in told(folder, "misses", "Syria truce")["groups"]] == [
        (1, [2]),
        (0, []),
    ]
    shown = text(folder, "misses", "Syria truce")
    assert "  1 lacks only one of ceasefire, truce, lull" in shown
    assert "[Aleppo] waits for fuel" in shown
    assert "… 1 more" in text(folder, "misses", "Syria truce", "--limit", "0")
    assert "every rule has only one group" in text(folder, "misses", "Floods")
    assert "too few articles have matched so far" in text(folder, "misses", "Floods")
    assert told(folder, "misses", "Floods")["resembling"] == []
    assert text(folder, "learn") == "Learned from 0 past days.\n"
    assert told(folder, "learn") == {"days": 0}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with 25 truces, of which five are the name of a horse, and 40 articles on rain."""
    place = tmp_path_factory.mktemp("busy")
    stories = [Story(id=f"t{n}", title=f"Truce {n}", text=f"The convoy waits, day {n * 7}.") for n in range(20)]
    stories += [Story(id=f"h{n}", title=f"Truce wins race {n}", text=f"The jockey fell {n} times.") for n in range(5)]
    stories += [
        Story(id=f"o{n}", title="Rain", text=f"It will go on, say the farmers of valley {n}.") for n in range(40)
    ]
    write(place / "config.toml", place, '[[topics]]\nname = "Truce"\n[[topics]]\nname = "Grain"\n')
    with Origin() as origin:
        origin.serve("/feed", reply(rss(*stories)))
        house = settings(place, [origin.url("/feed")], origin.port)
        with lived_in(replace(house, topics=()), SimulatedClock(SystemClock().now())) as lived:
            lived.tick()
    return place


def test_words_are_suggested_with_counts_and_an_example(busy: Path) -> None:
    found = told(busy, "suggest", "Truce", "--limit", "2")
    assert [(word["term"], word["matches"], word["others"]) for word in found["words"]] == [
        ("convoy waits", 20, 0),
        ("day", 20, 0),
    ]
    assert "The convoy waits, day" in text(busy, "suggest", "Truce")
    assert "Grain: words of its 0 matches\n  too few to learn from: nothing is proposed below 20" in text(
        busy, "suggest", "Grain"
    )


def horses(busy: Path) -> list[str]:
    samples = told(busy, "test", "Truce", "--limit", "30")["topics"][0]["samples"]
    return [str(each["id"]) for each in samples if "race" in each["title"]]


def test_wrong_matches_are_learned_from_and_each_change_says_what_it_loses(busy: Path) -> None:
    shown = text(busy, "suggest", "Truce")
    assert "For precision: 0 matches known to be wrong, 0 to be right" in shown
    assert "none is enough to learn from; 2 are. Say which matches are wrong" in shown
    first, second, third, *others = horses(busy)
    assert "one is not enough" in text(busy, "suggest", "Truce", "--wrong", first)
    found = told(busy, "suggest", "Truce", "--wrong", f"{first},{second}", "--wrong", third, "--wrong", "999")[
        "precision"
    ]
    assert (found["hits"], found["not_matching"]) == ({"wrong": 3, "right": 0, "unjudged": 22}, [999])
    assert found["proposals"][0]["loses"] == {"wrong": 3, "right": 0, "unjudged": 2}
    assert {'none = ["jockey fell"]', 'none = ["race"]'} <= {each["written"] for each in found["proposals"]}
    shown = text(busy, "suggest", "Truce", "--wrong", f"{first} {second}", "--wrong", "999")
    assert "#999 does not match, so it is left out" in shown
    assert "2 of 2" in shown
    assert len(others) == 2


def test_stored_judgements_are_known_and_the_command_line_wins(tmp_path: Path, busy: Path) -> None:
    shutil.copytree(busy, tmp_path / "house")
    place = tmp_path / "house"
    write(place / "config.toml", place, '[[topics]]\nname = "Truce"\n')
    first, second, third, *_ = map(int, horses(busy))
    with opened_store(load(place / "config.toml", {}).storage, SystemClock()) as store:
        said = {ArticleId(first): False, ArticleId(second): False, ArticleId(third): True}
        store.judgements.add("Truce", said, source="judge", now=SystemClock().now())
        store.judgements.add("Truce", {}, source="judge", now=SystemClock().now())
    assert told(place, "suggest", "Truce")["precision"]["hits"] == {"wrong": 2, "right": 1, "unjudged": 22}
    assert "no word and no distance tells them apart" in text(place, "suggest", "Truce")
    again = told(place, "suggest", "Truce", "--wrong", str(third))["precision"]
    assert again["hits"] == {"wrong": 3, "right": 0, "unjudged": 22}


# ---- What was asked wrongly


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("check", "Syria truth"), 'There is no topic "Syria truth" in .*Did you mean "Syria truce"?'),
        (("test", "Nothing like it"), 'There is no topic "Nothing like it" in '),
        (
            ("misses", "Syria truce", "--since", "soon"),
            '--since "soon" is not a duration; .* A date such as 2026-03-01',
        ),
        (("test", "--input", "no.jsonl"), "no.jsonl cannot be read: No such file"),
        (("test", "--input", "-", "--since", "1d"), "--since is for stored articles"),
        (("suggest", "Syria truce", "--wrong", "12,x"), '--wrong "x" is not the id of an article, such as 4711'),
        (("explain", "Syria truce"), "Give the id or URL of a stored article"),
        (("explain", "Syria truce", "1", "--title", "T"), "Give the id or URL of a stored article"),
        (("explain", "Syria truce", "99"), 'No stored article has the id or URL "99"'),
        (("explain", "Syria truce", "https://post.example/99"), "No stored article has the id or URL"),
    ],
)
def test_what_is_asked_wrongly_is_a_usage_error(folder: Path, words: tuple[str, ...], told: str) -> None:
    result = run(folder, *words)
    assert isinstance(result.exception, UsageError)
    with pytest.raises(UsageError, match=told.replace("?", r"\?")):
        raise result.exception


def test_a_usage_error_exits_with_2(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["news-monitor", "-c", str(folder / "config.toml"), "topics", "misses", "Grain"])
    with pytest.raises(SystemExit) as exit_:
        main()
    assert exit_.value.code == 2
    assert 'Did you mean "Grain deal"?' in capsys.readouterr().err


def test_no_command_changes_what_is_stored(folder: Path) -> None:
    before = (folder / "news-monitor.db").read_bytes()
    commands = (("list",), ("check",), ("test",), ("diff",), ("explain", "Syria truce", "1"), ("misses", "Syria truce"))
    for words in (*commands, ("suggest", "Syria truce")):
        text(folder, *words)
        told(folder, *words)
    assert (folder / "news-monitor.db").read_bytes() == before
