"""`export` as a person and a program meet it: which articles, where they go, and what happens when something breaks."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from house import Story
from origin import Origin
from program import EDITABLE
from sqlalchemy import delete, insert, text, update
from test_cli_search import CONFIG
from test_export import VALID
from test_search import NOON, TEXTS, Shelf
from test_why import Newsroom
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.export import COLUMNS, header_line, tag_line
from monitor.files import DRAFT, replacing
from monitor.model.exported import Wanted
from monitor.store import exports
from monitor.store.tables import articles, feeds, matches, topics


class Desk(Shelf):
    """A store with two topics, a config beside it, and the command."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        more = '\n[[topics]]\nname = "Truces"\nany = ["truce"]\n'
        (folder / "config.toml").write_text(CONFIG.format(folder=folder) + more, "utf-8")
        with self.store.database.write() as connection:
            connection.execute(insert(topics), [{"name": name, "fingerprint": ""} for name in ("Ports", "Truces")])

    def match(self, *ids: int, topic: int = 1, stale: datetime | None = None) -> None:
        facts = {"rule": 0, "tier": "lead", "origin": "new", "fingerprint": "", "matched_at": NOON}
        proof = {"group": 0, "term": "dock", "found": "Dock", "field": "title", "start": 0, "end": 4}
        rows = [
            {**facts, "topic_id": topic, "article_id": each, "evidence": [proof], "stale_since": stale} for each in ids
        ]
        with self.store.database.write() as connection:
            connection.execute(insert(matches), rows)

    def run(self, *words: str) -> Result:
        return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["-c", str(self.folder / "config.toml"), "export", *words])

    def lines(self, *words: str) -> list[Any]:
        result = self.run(*words)
        assert result.exit_code == 0, f"{result.output}{result.exception}"
        return [VALID(json.loads(line)) for line in result.stdout.splitlines()]

    def ids(self, *words: str) -> list[int]:
        return [each["id"] for each in self.lines(*words)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.add(*TEXTS)
    yield made
    made.store.close()


# ---- Which articles


def test_what_topics_match_or_everything_the_oldest_first(desk: Desk) -> None:
    desk.match(3, 6)
    desk.match(6, topic=2)
    desk.match(4, topic=2, stale=NOON)
    assert desk.ids() == [3, 6]
    assert desk.ids("--all") == [1, 2, 3, 4, 5, 6]
    assert desk.ids("--topic", "Truces") == [6]
    assert desk.ids("--topic", "Ports", "--all") == [3, 6]
    assert [each["name"] for each in desk.lines()[1]["topics"]] == ["Ports", "Truces"]
    assert desk.lines("--all")[3]["topics"] == []


def test_the_filters_of_search(desk: Desk) -> None:
    desk.write(update(feeds).where(feeds.c.id == 1).values(title="Coast news"))
    desk.add(("Dock of the hill", ""), feed=2, at=NOON + timedelta(days=3), language="de_AT")
    desk.write(update(articles).where(articles.c.id == 1).values(identified_language="zh"))
    desk.write(update(articles).where(articles.c.id == 2).values(language="den", identified_language="de"))
    assert desk.ids("--all", "--feed", "Hill") == [7]
    assert desk.ids("--all", "--feed", "https://coast.example/f", "--language", "zh-CN") == [1]
    assert desk.ids("--all", "--language", "DE") == [7]
    assert desk.ids("--all", "--until", "2016-03-02", "--since", "2016-03-01") == [1, 2, 3, 4, 5, 6]
    assert desk.ids("--all", "--since", "2016-03-02") == [7]
    assert desk.ids("--all", "--since", "2016-03-05") == []
    assert desk.ids("--all", "--until", "9999-12-31", "--since", "2016-03-04") == [7]


def test_a_date_is_the_publishers_unless_that_is_after_it_was_seen(desk: Desk) -> None:
    for number, days in ((1, -40), (2, 40)):
        row = update(articles).where(articles.c.id == number)
        desk.write(row.values(published_at=NOON + timedelta(days=days)))
    assert desk.ids("--all", "--until", "2016-02-01") == [1]
    assert desk.ids("--all", "--since", "2016-03-01") == [2, 3, 4, 5, 6]
    assert desk.ids("--all", "--since", "2016-03-02") == []


def test_pages_and_gaps_change_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    monkeypatch.setattr(exports, "LOOKED_AT", 3)
    desk.match(1, 5, 6)
    desk.write(delete(articles).where(articles.c.id == 2))
    assert desk.ids() == [1, 5, 6]
    assert desk.ids("--all") == [1, 3, 4, 5, 6]


def test_what_changes_meanwhile_is_there_once_and_what_goes_is_not(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two pages a poll changes and adds, and the owner removes: nothing of that is kept from writing."""
    monkeypatch.setattr(exports, "PAGE", 2)
    pages = desk.store.exports.pages(Wanted(is_matched=False))
    found = [each.article.id for each in next(pages)]
    desk.write(update(articles).where(articles.c.id.in_([1, 4])).values(title="Changed"))
    desk.write(delete(articles).where(articles.c.id == 3))
    desk.add(("New", ""))
    assert desk.store.database.checkpoint()
    rest = [each for page in pages for each in page]
    assert [*found, *(each.article.id for each in rest)] == [1, 2, 4, 5, 6]
    assert rest[0].article.title == "Changed"


def test_no_page_reads_more_rows_than_a_bounded_number(desk: Desk) -> None:
    """Neither a topic with few matches nor one with many: each transaction goes through the same few rows."""
    with desk.store.database.write() as connection:
        row = "INSERT INTO articles (feed_id, key, first_seen_at, arrival, is_mailable, content_hash, link, title,"
        names = "text, outlet, language, revisions, author, categories, via, identified_language, is_new_outlet)"
        values = "SELECT 1, 'k' || value, '2016-03-01 12:00:00.000000', 'new', 1, '', '', 'T', '', '', '', 0, '', '[]',"
        many = "WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 20000)"
        connection.execute(text(f"{row}{names} {many} {values} '', '', 0 FROM n"))
    desk.match(19_000)
    assert desk.ids() == [19_000]
    for wanted in (Wanted(), Wanted(topic="Ports"), Wanted(is_matched=False)):
        with desk.store.database.read() as connection:
            plan = connection.execute(
                text("EXPLAIN QUERY PLAN " + str(_compiled(wanted))),
            ).all()
        said = "\n".join(row.detail for row in plan)
        assert "SCAN articles" not in said, said
        assert "SCAN matches" not in said, said


def _compiled(wanted: Wanted) -> object:
    query = exports.page_query(wanted, 5_000, 10_000)  # type: ignore[arg-type]
    return query.compile(compile_kwargs={"literal_binds": True})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "xml"), "--format takes jsonl or csv, not 'xml'."),
        (("--format", "opml"), "news-monitor feeds export"),
        (("--format", "jsonl", "--hxl"), "--hxl and --bom are for --format csv."),
        (("--topic", "Port"), "There is no topic"),
        (("--feed", "Nobody"), "no feed has the URL or outlet"),
        (("--language", "german!"), "is not a language code"),
        (("--since", "yesterday"), "--since takes a date"),
        (("--since", "2016-03-02", "--until", "2016-03-01"), "is after --until"),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(desk: Desk, words: tuple[str, ...], said: str) -> None:
    result = desk.run(*words, "-o", str(desk.folder / "out"))
    assert result.exit_code != 0
    assert said in f"{result.output}{result.exception}"
    assert not (desk.folder / "out").exists()


# ---- Where it goes


def test_csv_with_and_without_tags_and_mark(desk: Desk) -> None:
    desk.match(3)
    plain = desk.run("--format", "csv").stdout_bytes.decode()
    head, row, *rest = plain.split("\r\n")
    assert head == ",".join(COLUMNS)
    assert row.startswith("3,2016-03-01T12:00:00Z,,")
    assert rest == [""]
    tagged = desk.run("--hxl").stdout_bytes.decode()
    assert tagged == header_line() + tag_line() + plain.removeprefix(header_line())
    assert desk.run("--bom").stdout_bytes == b"\xef\xbb\xbf" + plain.encode()


def test_a_file_says_how_many_and_is_its_owners_alone(desk: Desk) -> None:
    desk.match(3, 6)
    for name in ("out.csv", "out.jsonl"):
        result = desk.run("--output", str(desk.folder / name))
        assert result.stdout.replace("\n", " ").startswith("Wrote 2 articles to ")
        assert (desk.folder / name).stat().st_mode & 0o777 == 0o600
    assert (desk.folder / "out.csv").read_text("utf-8").startswith("id,first_seen,")
    assert len((desk.folder / "out.jsonl").read_text("utf-8").splitlines()) == 2
    assert not list(desk.folder.glob(f"{DRAFT}*"))


def test_nothing_to_export_says_what_else_there_is(desk: Desk) -> None:
    result = desk.run()
    assert result.stdout == ""
    assert result.stderr == (
        "No stored article fits what you asked for. To include articles that no topic matches, add --all.\n"
    )
    assert desk.run("--format", "csv").stdout_bytes == header_line().encode()
    assert desk.run("--all", "--since", "2017-01-01").stderr == "No stored article fits what you asked for.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "news.XLSX"), "Excel opens CSV: -o NAME.csv --bom"),
        (("-o", "news.jsonl", "--bom"), "Write to NAME.csv."),
        (("--hxl", "-o", "news.json"), "Write to NAME.csv."),
    ],
)
def test_a_name_that_promises_another_format_is_refused(words: tuple[str, ...], said: str, desk: Desk) -> None:
    result = desk.run(*words)
    assert result.exit_code != 0
    assert said in f"{result.output}{result.exception}"


def test_the_schema_is_printed_without_a_config(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["-c", str(tmp_path / "none.toml"), "export", "--schema"])
    assert json.loads(result.stdout)["$id"] == "urn:news-monitor:export:article:1"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(there)

    def broken() -> None:
        with replacing(link) as file:
            file.write(b"half")
            file.flush()
            assert there.read_bytes() == b"old"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert there.read_bytes() == b"old"
    with replacing(link) as file:
        file.write(b"new")
    assert there.read_bytes() == b"new"
    assert link.is_symlink()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "there"]


def test_a_pipe_is_written_to_and_a_folder_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with replacing(pipe) as file:
        file.write(b"said")
    assert os.read(reader, 10) == b"said"
    os.close(reader)
    with pytest.raises(IsADirectoryError), replacing(tmp_path):
        pass
    with pytest.raises(FileNotFoundError) as missing, replacing(tmp_path / "no" / "out"):
        pass
    assert missing.value.filename == str(tmp_path / "no" / "out")


@pytest.mark.whole
def test_a_reader_that_has_gone_ends_it_quietly(desk: Desk) -> None:
    """`export --all | head -1`, of more than a pipe holds."""
    desk.add(*((f"Dock {number}", "word " * 400) for number in range(1_500)))
    command = [str(EDITABLE), "-c", str(desk.folder / "config.toml"), "export", "--all"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["id"] == 1
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 128 + signal.SIGPIPE


# ---- What is gone


def test_of_an_article_that_its_owner_has_removed_nothing_is_exported(tmp_path: Path) -> None:
    truce = Story(id="truce", title="Syrian truce enters its quixotic day", text="The zephyrine convoy left Aleppo.")
    with Origin() as origin:
        newsroom = Newsroom(origin, tmp_path)
        newsroom.lived(truce, Story(id="other", title="Aleppo welcomes a ceasefire in Syria"), span=timedelta(hours=30))
        before = newsroom.run("export", "--all").stdout
        assert "quixotic" in before
        assert "zephyrine" in before
        newsroom.run("articles", "forget", "https://post.example/truce", "--yes")
        after = newsroom.run("export", "--all").stdout
        rows = newsroom.run("export", "--all", "--format", "csv").stdout
    for gone in ("quixotic", "zephyrine", "post.example/truce"):
        assert gone not in after + rows
    assert [VALID(json.loads(line))["title"] for line in after.splitlines()] == [
        "An old tale",
        "Aleppo welcomes a ceasefire in Syria",
    ]
    assert datetime.fromisoformat(json.loads(after.splitlines()[0])["first_seen_at"]).tzinfo == UTC
