"""What `why`, `topics explain`, `topics diff`, `topics misses` and `export` say of the page behind an article."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from editions import article, match
from newspaper import TRUCE, Press, lorries, page, press
from origin import Origin, status
from table import each_row
from test_fate import FATE
from typer.testing import CliRunner

from monitor.cli import app
from monitor.fate import Cause, came, judged
from monitor.match import TopicIndex
from monitor.model.fate import FatedMatch
from monitor.model.history import StoredMatch
from monitor.model.ids import ArticleId
from monitor.model.match import Document, Evidence, Tier
from monitor.model.match import Origin as Why
from monitor.model.stored_page import PageState, StoredPage
from monitor.web.tried import tried
from monitor.workbench import Entry
from monitor.workbench.entry import finding
from monitor.workbench.tuned import Tuning

NOON = datetime(2016, 9, 21, 12, tzinfo=UTC)


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Press]:
    with Origin("127.0.0.1", "127.0.0.2") as origin, press(tmp_path, origin) as found:
        found.home.folder.joinpath("config.toml").write_text(
            f'[[feeds]]\nurl = "{origin.url("/wire")}"\noutlet = "The Post"\n'
            f'[[topics]]\nname = "{TRUCE.name}"\nall = [["Syria*"], ["truce", "ceasefire"]]\n'
            f'[storage]\nfolder = "{tmp_path}"\n'
            f'[polling]\nallow_private = ["127.0.0.0/8"]\nallow_ports = [{origin.port}]\n',
            "utf-8",
        )
        yield found


def said(wire: Press, *words: str) -> Any:
    config = wire.home.folder / "config.toml"
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["--config", str(config), *words])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if "--json" in words else result.stdout


def test_every_command_knows_the_page_that_made_a_topic_match(wire: Press) -> None:
    story = lorries("a", link=wire.link("a"))
    wire.origin.serve("/a", page(story.title))
    wire.publish(story)
    wire.home.read_pages()
    number = str(wire.page(story.title).article_id)

    answer = said(wire, "why", number, "--json")
    (verdict,) = [each for each in answer["findings"] if each["cause"] == "matches"]
    assert "(on the page)" in verdict["sentence"]
    (read,) = [each for each in answer["findings"] if each["cause"] == "page-read"]
    assert read["sentence"].startswith("The page behind it was read on ")

    explained = said(wire, "topics", "explain", TRUCE.name, number)
    assert "truce → “truce” (on the page)" in explained
    assert "the page behind it was read, too: " in explained
    verdicts = said(wire, "topics", "explain", TRUCE.name, number, "--json")["verdicts"]
    assert (verdicts[0]["tier"], verdicts[0]["article"]["page_words"] > 50) == ("passing", True)

    since = ("--since", "2016-01-01", "--json")
    (changed,) = said(wire, "topics", "diff", *since)["topics"]
    assert (changed["enters"], changed["leaves"]) == ([], [])
    missed = said(wire, "topics", "misses", TRUCE.name, *since)
    assert (missed["matches"], [group["articles"] for group in missed["groups"]]) == (1, [0, 0])

    (record,) = [json.loads(line) for line in said(wire, "export", "--topic", TRUCE.name).splitlines()]
    (exported,) = record["topics"]
    assert exported["on_page"] is True
    assert [each["found"] for each in exported["evidence"] if each["field"] == "page"] == ["truce"]
    assert "; on the page: truce" in said(wire, "export", "--topic", TRUCE.name, "--format", "csv")


@pytest.mark.parametrize("is_indexed", [False, True])
def test_the_workbench_counts_what_a_page_says_with_and_without_the_index(wire: Press, *, is_indexed: bool) -> None:
    story = lorries("a", link=wire.link("a"))
    wire.origin.serve("/a", page(story.title))
    wire.publish(story)
    wire.home.read_pages()
    store = wire.home.jobs.store
    if is_indexed:
        while store.searching.advance({}):
            pass
    figures = [each for each in tried(store, Tuning(None, TRUCE, {}), {}, datetime(2016, 1, 1, tzinfo=UTC)) if each]
    assert figures[-1].matches == 1


def test_why_says_what_kept_a_page_from_being_read(wire: Press) -> None:
    story = lorries("a", link=wire.link("a"))
    wire.origin.serve("/a", status(500))
    wire.publish(story)
    wire.home.read_pages()
    answer = said(wire, "why", str(wire.page(story.title).article_id), "--json")
    (failed,) = [each for each in answer["findings"] if each["cause"] == "page-failed"]
    assert failed["sentence"].endswith("HTTP 500 (Internal Server Error); it is asked for once more, a day later.")


STORED = StoredPage(
    article_id=ArticleId(7),
    host="post.example",
    asked_at=NOON,
    tries=1,
    state=PageState.READ,
    kind="",
    reason="",
    text="A truce holds.",
    text_hash="0",
    fetched_at=NOON,
    keep_until=NOON,
)
FATES = [
    (STORED, Cause.PAGE_READ, "was read on 2016-09-21 12:00 UTC: 3 words."),
    (replace(STORED, state=PageState.FRESH), Cause.PAGE_READ, "3 words; topics look at it within a minute."),
    (replace(STORED, text=""), Cause.PAGE_READ, "its text is not kept any more."),
    (
        replace(STORED, state=PageState.REFUSED, tries=0, reason="robots.txt forbids it."),
        Cause.PAGE_REFUSED,
        "was not asked for on 2016-09-21 12:00 UTC: robots.txt forbids it.",
    ),
    (
        replace(STORED, state=PageState.REFUSED, reason="it is a wall"),
        Cause.PAGE_REFUSED,
        "was read on 2016-09-21 12:00 UTC, and its text does not count: it is a wall.",
    ),
    (replace(STORED, state=PageState.FAILED, tries=2, reason="HTTP 500"), Cause.PAGE_FAILED, "UTC: HTTP 500."),
    (
        replace(STORED, state=PageState.ASKED, fetched_at=None),
        Cause.PAGE_FAILED,
        "what came of that is not known; it is asked for once more, a day later.",
    ),
]


def test_what_became_of_a_page_is_a_sentence() -> None:
    def check(stored: StoredPage, cause: Cause, end: str) -> None:
        (found,) = [each for each in came(replace(FATE, page=stored)) if each.cause.startswith("page-")]
        assert found.cause is cause
        assert found.sentence.endswith(end), found.sentence

    each_row(check, FATES)
    assert not any(each.cause.startswith("page-") for each in came(FATE))


ON_PAGE = Evidence(group=1, term="truce", found="truce", field="page", start=2, end=7)


def test_a_match_whose_page_is_gone_says_so() -> None:
    proof = replace(match(TRUCE.name, article(7, "Lorries in Syria")), tier=Tier.PAGE, evidence=(ON_PAGE,))
    kept = FatedMatch(id=1, stored=StoredMatch(match=proof, origin=Why.NEW, matched_at=NOON), stale_since=None)
    explanation = TopicIndex([TRUCE], {}).explain(TRUCE.name, Document(title="Lorries in Syria", text=""))
    for page_, cause in ((None, Cause.MATCHES), (replace(STORED, text=""), Cause.MATCHES), (STORED, Cause.TAKEN_BACK)):
        fate = replace(FATE, matches=(kept,), page=page_)
        (verdict,) = judged(fate, (explanation,), {TRUCE.name: TRUCE}, NOON.date())
        assert verdict.cause is cause
    gone = next(judged(replace(FATE, matches=(kept,)), (explanation,), {TRUCE.name: TRUCE}, NOON.date()))
    assert gone.sentence.endswith("“truce” on the page, before the text of the page was removed.")


def test_a_list_names_what_stood_on_a_page_that_is_gone() -> None:
    proof = replace(match(TRUCE.name, article(7, "Lorries")), evidence=(ON_PAGE,))
    for text, shown in (("", 1), ("A truce holds.", 1), ("No word of it.", 0)):
        entry = Entry(id=7, document=Document(title="Lorries", text="", page=text))
        assert len(finding(entry, proof).evidence) == shown
    assert finding(Entry(id=7, document=Document(title="", text="")), proof).reason == 'truce → "truce" (on the page)'


def test_an_exclusion_on_the_page_is_named_there() -> None:
    barred = replace(TRUCE, rules=(replace(TRUCE.rules[0], none=("podcast",)),))
    document = Document(title="Syria", text="", page="A truce, says the podcast.")
    assert 'the exclusion "podcast" was found: "podcast" (on the page)' in str(
        TopicIndex([barred], {}).explain(barred.name, document)
    )
