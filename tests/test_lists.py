"""The library of named lists: what each finds and leaves alone, and how a config comes by it."""

import tomllib
from pathlib import Path

import pytest
from table import each_row

from monitor.config import check, load
from monitor.lists import list_names, shipped_lists
from monitor.match import TopicIndex, fingerprint, listed_names, own_wordings, term_problems
from monitor.match.rule_mistakes import example_document
from monitor.match.terms import split_field
from monitor.model.topic import Rule, Topic

pytestmark = pytest.mark.whole

LIBRARY = shipped_lists(list_names())
ROWS = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "lists_rows").glob("*.toml"))
}
TABLE = [
    (name, headline, verdict)
    for lists in ROWS.values()
    for name, verdicts in lists.items()
    for verdict, headlines in verdicts.items()
    for headline in headlines
]
FEWEST = {"countries": (3, 2)}
"""Rows that a list must find, and must not, by the file they stand in; of the others two and one."""

FOLDER = Path(__file__).parents[1] / "monitor" / "lists"


def test_a_list_finds_what_is_meant_and_nothing_that_looks_like_it() -> None:
    indexes = {name: TopicIndex((Topic(name=name, rules=(Rule(all=((f"@{name}",),)),)),), LIBRARY) for name in LIBRARY}

    def check(name: str, headline: str, verdict: str) -> None:
        matches = indexes[name].matches(example_document(headline.replace(" | ", "\n")))
        assert verdict == ("found" if matches else "missed")

    each_row(check, TABLE)


def test_every_list_has_rows_of_its_own() -> None:
    assert sorted(name for lists in ROWS.values() for name in lists) == sorted(LIBRARY)
    for group, lists in ROWS.items():
        most, least = FEWEST.get(group, (2, 1))
        short = {name for name, rows in lists.items() if len(rows["found"]) < most or len(rows["missed"]) < least}
        assert not short, group


def test_every_list_is_without_a_remark() -> None:
    assert term_problems((), LIBRARY) == ()
    assert all(len(set(terms)) == len(terms) for terms in LIBRARY.values())


def test_every_term_finds_something_that_no_other_of_its_list_finds() -> None:
    idle = [(name, term) for name, terms in LIBRARY.items() for term in terms if is_found_by_another(term, terms)]
    assert idle == []


def is_found_by_another(term: str, terms: tuple[str, ...]) -> bool:
    others = tuple(each for each in terms if each != term)
    if listed_names(term) or not others:
        return False
    index = TopicIndex((Topic(name="others", rules=(Rule(all=(others,)),)),), LIBRARY)
    field, words = split_field(term.strip("=*"))
    return bool(index.matches(example_document(f"-\n{field}{words}")))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_the_names_are_read_without_toml_as_with_it(file: Path) -> None:
    names = tomllib.loads(file.read_text(encoding="utf-8"))
    assert names.keys() <= list_names()
    assert shipped_lists(frozenset(names)).keys() == names.keys()


def test_no_name_stands_in_two_files() -> None:
    names = [name for file in FOLDER.glob("*.toml") for name in tomllib.loads(file.read_text(encoding="utf-8"))]
    assert sorted(names) == sorted(list_names())


def test_a_name_that_is_not_there_brings_nothing() -> None:
    assert shipped_lists(frozenset({"atlantis"})) == {}


def test_the_library_is_as_large_as_it_says() -> None:
    sizes = {group: len(lists) for group, lists in ROWS.items()}
    assert sizes["countries"] >= 60
    assert sizes["names"] >= 40
    assert sizes["synonyms"] >= 25
    for language in ("ar", "ru", "fr", "de", "zh"):
        assert sizes[f"countries.{language}"] >= 15


# ---- in a config -----------------------------------------------------------------------------------

TOPIC = '[[topics]]\nname = "T"\nany = ["@{}"]\n'
REST = '[[feeds]]\nurl = "https://a.example/rss"\n[[digests]]\nname = "D"\nto = ["a@b.example"]\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def errors(config: Path) -> list[tuple[str, int, str]]:
    return [
        (problem.file.name, problem.line, problem.key)
        for problem in check(config, {}, is_draft=True)
        if not problem.is_warning
    ]


def test_a_topic_uses_a_list_of_the_library_and_only_that_is_read(config: Path) -> None:
    config.write_text(TOPIC.format("syria.ar") + REST)
    settings = load(config, {}, is_draft=True)
    assert settings.warnings == ()
    assert settings.lists == {"syria.ar": LIBRARY["syria.ar"]}


def test_a_list_of_ones_own_may_build_on_the_library(config: Path) -> None:
    config.write_text('[lists]\nlevant = ["@lebanon", "title:@jordan"]\n' + TOPIC.format("levant") + REST)
    assert load(config, {}, is_draft=True).lists.keys() == {"levant", "lebanon", "jordan"}


def test_a_list_of_ones_own_takes_the_place_of_one_of_the_library(config: Path) -> None:
    config.write_text('[lists]\nsyria = ["Palmyra"]\n' + TOPIC.format("syria") + REST)
    assert load(config, {}, is_draft=True).lists == {"syria": ("Palmyra",)}


def test_the_shipped_wording_is_part_of_a_topics_fingerprint(config: Path) -> None:
    config.write_text(TOPIC.format("syria") + REST)
    shipped = load(config, {}, is_draft=True)
    config.write_text('[lists]\nsyria = ["Palmyra"]\n' + TOPIC.format("syria") + REST)
    own = load(config, {}, is_draft=True)
    assert fingerprint(shipped.topics[0], shipped.lists) != fingerprint(own.topics[0], own.lists)


def test_another_version_of_a_list_is_the_programs_change_and_one_in_its_place_the_owners(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a topic names it or a list of the owner's does."""
    own, topic = '[lists]\nlevant = ["@syria", "Lebanon"]\n', TOPIC.format("levant")

    def read(lists: str) -> tuple[str, str]:
        config.write_text(lists + topic + REST)
        found = load(config, {}, is_draft=True)
        wording = own_wordings(found.topics, found.lists, found.shipped)["T"]
        return wording, fingerprint(found.topics[0], found.lists)

    before, replaced = read(own), read(own + 'syria = ["Palmyra"]\n')
    monkeypatch.setattr("monitor.lists.shipped_lists", lambda _names: {"syria": ("Syria", "Palmyra")})
    upgraded, still = read(own), read(own + 'syria = ["Palmyra"]\n')
    assert (before[0], replaced) == (upgraded[0], still)
    assert before[1] != upgraded[1]
    assert before[0] != replaced[0]


@pytest.mark.parametrize(
    ("written", "proposed"), [("syrai", "@syria"), ("hizbullah", "@hezbollah"), ("syria.arr", "@syria.ar")]
)
def test_a_name_that_is_nowhere_brings_a_proposal_from_the_library(config: Path, written: str, proposed: str) -> None:
    config.write_text(TOPIC.format(written) + REST)
    [problem] = check(config, {}, is_draft=True)
    assert (problem.line, problem.key) == (3, 'topics[0] "T": any[0]')
    assert f'Did you mean "{proposed}"?' in problem.message


def test_a_name_with_a_dot_that_is_like_none_is_shown_with_its_quotes(config: Path) -> None:
    config.write_text(TOPIC.format("qqqq.xx") + REST)
    [problem] = check(config, {}, is_draft=True)
    assert '"qqqq.xx" = [ … ]' in problem.message


def test_included_lists_come_after_ones_own_and_before_the_library(config: Path) -> None:
    (config.parent / "more").mkdir()
    (config.parent / "more" / "lists.toml").write_text(
        '[lists]\nsyria = ["Palmyra"]\niraq = ["Nineveh"]\nsea = ["Red Sea"]\n'
    )
    (config.parent / "last.toml").write_text('[lists]\nsea = ["Black Sea"]\n')
    text = 'include = ["more/lists.toml", "last.toml"]\n[lists]\niraq = ["Babylon"]\n'
    config.write_text(text + '[[topics]]\nname = "T"\nany = ["@syria", "@iraq", "@sea", "@oman"]\n' + REST)
    settings = load(config, {}, is_draft=True)
    assert settings.warnings == ()
    assert settings.lists == {"iraq": ("Babylon",), "syria": ("Palmyra",), "sea": ("Red Sea",), "oman": LIBRARY["oman"]}


def test_a_mistake_in_an_included_file_is_told_with_that_files_line(config: Path) -> None:
    (config.parent / "mine.toml").write_text(
        '# mine\n[lists]\nsea = [\n  "Red Sea",\n  "Sy*",\n]\nfar = ["@syrai"]\n"a.b" = 5\n'
    )
    config.write_text('include = ["mine.toml"]\n[lists]\nown = [""]\n' + TOPIC.format("sea") + REST)
    assert errors(config) == [
        ("config.toml", 3, "lists.own[0]"),
        ("mine.toml", 5, "lists.sea[1]"),
        ("mine.toml", 7, "lists.far[0]"),
        ("mine.toml", 8, "lists.a.b"),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('sea = ["Red Sea"]', ("mine.toml", 1, "sea")),
        ("[lists]\n[[digests]]", ("mine.toml", 2, "digests")),
        ("\nlists = 5", ("mine.toml", 2, "lists")),
        ('[lists]\nsea = ["Red', ("mine.toml", 2, "")),
        ('include = ["other.toml"]', ("mine.toml", 1, "include")),
    ],
)
def test_an_included_file_holds_no_other_section(config: Path, text: str, place: tuple[str, int, str]) -> None:
    (config.parent / "mine.toml").write_text(text)
    config.write_text('include = ["mine.toml"]\n' + TOPIC.format("oman") + REST)
    assert errors(config) == [place]


@pytest.mark.parametrize(
    ("include", "place"),
    [
        ('"mine.toml"', ("config.toml", 1, "include")),
        ('[\n"not-there.toml"]', ("config.toml", 2, "include[0]")),
        ("[5]", ("config.toml", 1, "include[0]")),
    ],
)
def test_an_include_that_leads_nowhere_is_told(config: Path, include: str, place: tuple[str, int, str]) -> None:
    config.write_text(f"include = {include}\n" + TOPIC.format("oman") + REST)
    assert errors(config) == [place]


def test_lists_that_are_no_table_do_not_hide_what_is_wrong(config: Path) -> None:
    (config.parent / "mine.toml").write_text('[lists]\nsea = ["Red Sea"]')
    config.write_text('include = ["mine.toml"]\nlists = 5\n' + TOPIC.format("oman") + REST)
    assert errors(config) == [("config.toml", 2, "lists")]
