"""The catalogue: its data, what a topic is about, which feeds are proposed, and the two commands."""

import json
import tomllib
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner, Result

from monitor.catalogue.finding import found
from monitor.catalogue.proposals import PER_OUTLET, WORLD, Proposal, proposals
from monitor.catalogue.search_feeds import WORDS, query_of, search_feeds
from monitor.catalogue.sources import FEEDS, KINDS, as_table, places, sources
from monitor.catalogue.subject import SUBJECTS, Subject, subject_of
from monitor.cli import app
from monitor.config.values import feed_url
from monitor.errors import UsageError
from monitor.lists import list_names, shipped_lists
from monitor.match import rule_from_name
from monitor.model.topic import Rule, Topic

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
LISTS = shipped_lists(list_names())


def words(name: str) -> Topic:
    return Topic(name=name, rules=(rule_from_name(name),))


def about(topic: Topic) -> Subject:
    return subject_of(topic, LISTS, LISTS)


def proposed(name: str, limit: int = 12) -> tuple[Proposal, ...]:
    return proposals(about(words(name)), limit=limit)


# ---- The data


def test_the_catalogue_is_as_large_as_promised_and_each_line_can_be_used() -> None:
    assert len(sources()) > 500
    assert len({each.country for each in sources() if each.country}) >= 30
    assert Counter(each.language for each in sources() if each.language).most_common(12)[-1][1] >= 10
    for each in sources():
        assert feed_url(each.url) == each.url
        assert {each.country, each.about} <= {"", *places()}, each
        assert each.kind in {"", *KINDS.values()}, each
        assert each.listed
    addresses = [each.url.partition("//")[2].removeprefix("www.").rstrip("/") for each in sources()]
    assert len(set(addresses)) == len(addresses)


def test_what_feeds_cover_is_a_subject_a_region_the_world_or_a_part_of_a_country() -> None:
    regions = {place.region for place in places().values()}
    parts = {each.covers for each in sources() if each.country} - {"", WORLD, *SUBJECTS, *regions}
    nowhere = {each.covers for each in sources() if not each.country} - {"", WORLD, *SUBJECTS, *regions}
    assert {"Scotland", "Kerala", "Bavaria"} <= parts
    assert not nowhere
    assert set(SUBJECTS) <= {each.covers for each in sources()}


def test_every_list_of_a_place_is_one_that_comes_with_the_program() -> None:
    assert {place.terms for place in places().values()} - {""} <= set(LISTS)
    assert {code for code in places() if len(code) != 2} == set()


def test_every_line_is_in_the_list_that_it_names() -> None:
    if not CORPORA.is_dir():
        pytest.skip("needs ../shared/corpora")
    listed = (CORPORA / "sources/feeds.tsv").read_text("utf-8")
    countries = "".join(
        file.read_text("utf-8") for file in (CORPORA / "opml/awesome-rss-feeds").rglob("without_category/*.opml")
    )
    for each in sources():
        text = listed if each.listed == "feeds.tsv" else countries
        assert each.url in text, each


def test_the_same_lists_give_the_same_bytes() -> None:
    assert as_table(sources()) == FEEDS.read_text("utf-8")
    if not CORPORA.is_dir():
        pytest.skip("needs ../shared/corpora")
    from benchmarks.catalogue import chosen  # noqa: PLC0415

    assert Counter(chosen(CORPORA)) == Counter(sources())


# ---- What a topic is about


@pytest.mark.parametrize(
    ("name", "countries", "subjects"),
    [
        ("Syria ceasefire", ("SY",), {"diplomacy"}),
        ("US-Russia coordination", ("US", "RU"), {"diplomacy"}),
        ("Cholera in Haiti", ("HT",), {"medicine"}),
        ("South Korea chips", ("KR",), set()),
        ("Waffenruhe in Syrien", ("SY",), set()),
        ("叙利亚 停火", ("SY",), set()),
        ("Port strikes", (), {"shipping"}),
        ("Opera", (), set()),
    ],
)
def test_words_name_countries_and_subjects(name: str, countries: tuple[str, ...], subjects: set[str]) -> None:
    subject = about(words(name))
    assert subject.places == countries
    assert set(subject.subjects) == subjects


def test_a_list_and_marks_of_terms_name_a_country_too() -> None:
    rule = Rule(all=(("@syria", "title:=Damas"), ("truce", "cease*", "author:Nadia")))
    assert about(Topic(name="T", rules=(rule,))).places[0] == "SY"
    assert about(Topic(name="T", rules=(Rule(all=(("=Turkey",),)),))).places == ("TR",)
    assert about(Topic(name="T", rules=())).places == ()


# ---- Proposals


def test_feeds_of_the_country_come_first_then_of_its_region_and_of_the_subject() -> None:
    found_ = proposed("Syria ceasefire")
    reasons = [each.why for each in found_]
    assert reasons[0] == "reports on Syria"
    assert {"reports on the region: Middle East", "reports on diplomacy", "world news"} <= set(reasons)
    assert len(found_) == 12


def test_two_countries_take_turns_and_no_outlet_fills_the_list() -> None:
    found_ = proposed("US-Russia coordination", limit=30)
    assert [each.why for each in found_[:4]] == ["reports on United States", "reports on Russia"] * 2
    assert max(Counter(each.source.outlet for each in found_).values()) <= PER_OUTLET
    assert len({each.source.url for each in found_}) == len(found_) == 30


def test_a_part_of_a_country_is_proposed_if_the_topic_names_it() -> None:
    assert proposed("Kerala floods")[0].why == "reports on Kerala"
    assert not any(each.source.covers == "Kerala" for each in proposed("India floods"))


def test_a_topic_about_nothing_known_gets_world_news() -> None:
    assert {each.why for each in proposed("Opera")} == {"world news"}


def test_languages_of_a_topic_limit_what_is_proposed() -> None:
    found_ = proposals(about(words("Syria ceasefire")), ("ar",), limit=50)
    assert {each.source.language for each in found_} <= {"", "ar"}


@pytest.mark.parametrize("limit", [1, 2, 5, 500])
def test_there_are_never_more_than_asked(limit: int) -> None:
    assert 1 <= len(proposed("Kenya elections", limit=limit)) <= limit


# ---- Searches of engines


def test_a_rule_becomes_a_query_that_engines_understand() -> None:
    rule = Rule(all=(("@syria",), ("truce", "cease-fire", "halt* ", "title:=Peace", "url:/news/")))
    query = query_of(Topic(name="T", rules=(rule,)), LISTS)
    assert query.startswith("(Syria OR Syrian OR ")
    assert query.endswith('(truce OR "cease-fire" OR "halt* " OR Peace)')


def test_a_query_keeps_below_what_an_engine_reads() -> None:
    many = tuple(tuple(f"word{group}x{n}" for n in range(40)) for group in range(6))
    query = query_of(Topic(name="T", rules=(Rule(all=many),)), {})
    assert len(query.replace("(", " ").replace(")", " ").split()) <= WORDS


@pytest.mark.parametrize("rules", [(), (Rule(all=()),), (Rule(all=(("truce",), ("author:Nadia",))),)])
def test_a_topic_without_words_for_an_engine_has_no_search(rules: tuple[Rule, ...]) -> None:
    found_ = search_feeds(Topic(name="T", rules=rules), {})
    assert found_ == ()


def test_searches_ask_in_the_language_of_the_topic_and_escape_its_words() -> None:
    topic = words("Müller & Söhne?x=1")
    for language, country in (("de", "DE"), ("xx", "US")):
        google, bing = search_feeds(topic, {}, language)
        asked = parse_qs(urlsplit(google.url).query)
        assert urlsplit(google.url).hostname == "news.google.com"
        assert asked["q"] == [f"{google.query} when:7d"]
        assert asked["gl"] == [country]
        assert parse_qs(urlsplit(bing.url).query)["q"] == [bing.query]
        assert feed_url(google.url) == google.url


# ---- Words → feeds


def test_feeds_are_found_by_outlet_country_subject_and_language() -> None:
    assert found("syrian observer", limit=5)[0].outlet == "The Syrian Observer"
    assert {each.country for each in found("kenya", limit=5)} == {"KE"}
    assert all(each.covers == "energy" for each in found("energy", limit=5) if "energy" not in each.url)
    assert all(each.language == "am" for each in found("", language="AM", limit=50))
    assert all("SY" in {each.country, each.about} for each in found("", country="syria", limit=50))
    assert found("", country="sy", limit=1)
    assert found("no such outlet anywhere", limit=5) == ()
    assert len(found("", limit=7)) == 7


# ---- The commands

CONFIG = """[storage]
folder = "data"

# My topic.
[[topics]]
name = "Syria ceasefire"
any = ["@ceasefire"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, "utf-8")
    return path


def run(config: Path, *asked: str, lines: str = "") -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["--config", str(config), *asked], input=lines)


def test_sources_are_proposed_with_what_is_known_of_them_and_nothing_is_created(config: Path) -> None:
    result = run(config, "topics", "sources", "Syria ceasefire")
    assert result.exit_code == 0, result.output
    assert "Syrian Arab News Agency (SANA) (Syria, en, state-funded) reports on Syria" in result.stdout
    assert "lossy, so never the only source" in " ".join(result.stdout.split())
    assert result.stdout.count("not tried from here") == 14
    assert [file.name for file in config.parent.iterdir()] == ["config.toml"]


def test_sources_that_are_chosen_are_added_and_nothing_else_changes(config: Path) -> None:
    result = run(config, "topics", "sources", "Syria ceasefire", "--add", "1,13 1", lines="y\n")
    assert result.exit_code == 0, result.output
    text = config.read_text("utf-8")
    assert text.startswith(CONFIG)
    first, second = tomllib.loads(text)["feeds"]
    assert first == {"url": "https://sana.sy/en/feed", "outlet": "Syrian Arab News Agency (SANA)"}
    assert second["aggregator"] is True
    again = run(config, "topics", "sources", "Syria ceasefire", "--add", "1,13")
    assert "The config has these feeds already." in again.stdout
    rows = json.loads(run(config, "topics", "sources", "Syria ceasefire", "--json").stdout)["sources"]
    assert rows[0]["known"] == "in your config, not polled yet"
    assert [row["number"] for row in rows] == list(range(1, 15))


def test_words_that_are_no_topic_yet_are_tried(config: Path) -> None:
    result = run(config, "topics", "sources", "Kenya elections", "--limit", "2")
    assert "reports on Kenya" in result.stdout


@pytest.mark.parametrize("numbers", ["0", "99", "one", "1;2", "-1"])
def test_numbers_that_are_not_in_the_list_are_refused(config: Path, numbers: str) -> None:
    result = run(config, "topics", "sources", "Syria ceasefire", f"--add={numbers}")
    assert isinstance(result.exception, UsageError)
    assert "--add takes numbers from 1 to 14" in str(result.exception)
    assert config.read_text("utf-8") == CONFIG


def test_feeds_are_found_with_and_without_a_config(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(config, "feeds", "find", "syrian", "observer").stdout
    assert "The Syrian Observer (United Kingdom, en, independent) Middle East" in shown
    assert "not tried from here" in shown
    assert "no such feed" in run(config, "feeds", "find", "atlantis").stdout
    monkeypatch.chdir(config.parent)
    config.write_text("[[feeds]]\nurl = 3\n", "utf-8")
    facts = json.loads(run(config, "feeds", "find", "syrian", "observer", "--json").stdout)["feeds"]
    assert facts[0]["country_name"] == "United Kingdom"
    config.unlink()
    result = CliRunner().invoke(app, ["feeds", "find", "kenya", "--limit", "1"])
    assert result.exit_code == 0
