"""`articles show` and `articles forget`: what is stored of an article, and that nothing of a removed one is left.

Articles are polled, matched, mailed and archived as in life; then they are removed, and every file of the data folder
is searched for their words.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from house import Story
from origin import Origin
from sqlalchemy import select
from test_why import Newsroom
from typer.testing import CliRunner

from monitor.cli import app
from monitor.jobs.remover import Remover
from monitor.model.ids import ArticleId
from monitor.model.requests import ForgetRequest
from monitor.store import open_store
from monitor.store.search_file import index_file, writing
from monitor.store.tables import articles, deliveries, editions, stories

NOTE = "[1 article removed by the owner]"
TRUCE = Story(
    id="truce",
    title="Syrian truce enters its quixotic second day",
    text="The zephyrine convoy left Aleppo at noon, and a truce held along the whole of the road. It said so.",
)
OTHER = Story(id="other", title="Aleppo welcomes another ceasefire", text="Shops opened again in Aleppo this morning.")
OLD = Story(id="old", title="An old tale")
SECRET = ("quixotic", "zephyrine")


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with Origin() as origin:
        yield Newsroom(origin, tmp_path)


def done(newsroom: Newsroom, *words: str) -> dict[str, Any]:
    result = newsroom.run("articles", *words, "--json")
    assert result.exit_code == 0, f"{result.output}{result.exception}"
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refused(newsroom: Newsroom, *words: str) -> str:
    result = newsroom.run("articles", *words)
    assert result.exit_code != 0
    return f"{result.output}{result.exception}"


def url(story: Story) -> str:
    return f"https://post.example/{story.id}"


def number(newsroom: Newsroom, story: Story) -> int:
    return int(done(newsroom, "show", url(story))["articles"][0]["id"])


def holding(newsroom: Newsroom, *but: str) -> list[str]:
    """The files of the data folder that have a word of the removed article; mails that were sent do not count."""
    found = []
    for path in sorted(newsroom.folder.rglob("*")):
        if path.is_file() and "maildir" not in path.parts and path.name not in but:
            content = path.read_bytes() + _decoded(path)
            found += [path.name for word in SECRET if word.encode() in content]
    return found


def _decoded(path: Path) -> bytes:
    """What messages in a database say, whatever their encoding."""
    if path.name != "news-monitor.db":
        return b""
    store = open_store(f"sqlite:///{path}")
    with store.database.read() as connection:
        bodies = connection.scalars(select(deliveries.c.body)).all()
    store.close()
    said = (part.get_content() for body in bodies for part in _parts(body))
    return "\n".join(map(str, said)).encode()


def _parts(body: bytes) -> list[Any]:
    return [part for part in message_from_bytes(body, policy=policy.default).walk() if not part.is_multipart()]


# ---- What is stored


def test_an_article_is_shown_as_it_is_stored(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE)
    (found,) = done(newsroom, "show", url(TRUCE))["articles"]
    assert found["title"] == TRUCE.title
    assert found["matches"][0]["topic"] == "Syria truce"
    assert found["editions"][0]["digest"] == "Daily"
    text = newsroom.run("articles", "show", f"#{found['id']}").stdout
    assert "Post" in text
    assert "zephyrine convoy" in text
    assert "Syria truce (" in text


@pytest.mark.parametrize("named", ["9223372036854775807", "9223372036854775808", "99999999999999999999999", "no such"])
def test_a_number_or_an_address_that_no_article_has(newsroom: Newsroom, named: str) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    assert f"No stored article has the number or address {named}" in refused(newsroom, "show", named)


def test_a_negative_number_is_a_mistake_and_no_fault(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    assert "-5" in refused(newsroom, "show", "-5")
    assert "-5" in refused(newsroom, "show", "--", "-5")


# ---- What is removed


def test_nothing_of_a_removed_article_is_left(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, OTHER)
    before = newsroom.run("digest", "list").stdout
    assert newsroom.run("search", "quixotic").stdout.startswith("Syrian truce")
    assert holding(newsroom)
    found = done(newsroom, "forget", url(TRUCE), "--yes")
    assert (found["articles"], found["editions"], found["sent"]) == (1, 1, 1)
    assert found["done"] == {"removed": 1, "editions": 1, "messages": 1, "unwritten": 0}
    assert holding(newsroom) == []
    shown = newsroom.run("digest", "show", "1").stdout
    assert NOTE in shown
    assert OTHER.title in shown
    assert newsroom.run("digest", "list").stdout == before
    assert newsroom.run("search", "quixotic").stdout == "No stored article was found.\n"
    page = next((newsroom.folder / "archive").glob("Daily/*.html")).read_text("utf-8")
    assert NOTE in page
    assert url(TRUCE) not in page
    assert url(OTHER) in page


def test_why_says_that_the_owner_removed_it_and_cases_of_missed_go_on(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE)
    known = number(newsroom, TRUCE)
    case = newsroom.why(f"{known}", command="missed")["case"]["id"]
    done(newsroom, "forget", f"{known}", "--yes")
    for subject in (url(TRUCE), f"{url(TRUCE)}/?utm_source=x", f"{known}"):
        found = newsroom.why(subject)
        assert found["answer"]["cause"] == "removed"
        assert "was removed by the owner on " in found["findings"][0]["sentence"]
    assert newsroom.why(url(TRUCE), command="missed")["case"]["id"] == case
    (listed,) = json.loads(newsroom.run("missed", "--list", "--json").stdout)["cases"]
    assert listed["cause"] == "removed"
    assert newsroom.run("missed", "--close", f"{case}").exit_code == 0


def test_its_feed_does_not_bring_it_back(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, OTHER)
    done(newsroom, "forget", url(TRUCE), "--yes")
    with newsroom.open() as house:
        newsroom.clock.advance(timedelta(hours=5))
        house.tick()
        house.live(timedelta(days=1))
        house.jobs.store.retention.forget_tombstones()
    assert "No stored article" in refused(newsroom, "show", url(TRUCE))
    assert holding(newsroom) == []


def test_the_others_of_its_story_stay_one_and_stay_muted(newsroom: Newsroom) -> None:
    copy = Story(id="copy", title=TRUCE.title, text="Copied elsewhere, about a truce in Aleppo.")
    newsroom.lived(TRUCE, copy)
    story = done(newsroom, "show", url(TRUCE))["articles"][0]["story_id"]
    assert story == number(newsroom, TRUCE)
    assert newsroom.run("stories", "mute", f"{story}").exit_code == 0
    done(newsroom, "forget", f"{story}", "--yes")
    assert done(newsroom, "show", url(copy))["articles"][0]["story_id"] == number(newsroom, copy)
    store = open_store(f"sqlite:///{newsroom.folder / 'news-monitor.db'}")
    with store.database.read() as connection:
        assert connection.scalars(select(stories.c.id)).all() == [number(newsroom, copy)]
    store.close()


def test_a_message_that_waits_is_sent_without_it(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, OTHER, span=timedelta())
    with newsroom.open() as house:
        newsroom.clock.advance(timedelta(days=1))
        house.jobs.publisher.run()
        ids = [each.id for each in house.jobs.store.articles.at(url(TRUCE))]
        assert house.jobs.remover.run(ids).messages == 1
        house.jobs.outbox.run()
        (mail,) = house.mails()
    assert NOTE in mail
    assert "quixotic" not in mail


def test_more_pages_than_one_run_of_the_archive_writes(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.jobs.archive_writer.MOST_PAGES", 1)
    newsroom.lived(TRUCE)
    with newsroom.open() as house:
        house.live(timedelta(days=3))
        house.jobs.store.editions.archive_again()
        assert len(house.jobs.store.editions.unarchived(100)) > 2
        ids = [each.id for each in house.jobs.store.articles.at(url(TRUCE))]
        assert house.jobs.remover.run(ids).unwritten == 0
        assert house.jobs.store.editions.unarchived(100) == ()


def test_pages_that_cannot_be_written_are_counted(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.lived(TRUCE)

    def full(*_: object) -> None:
        raise OSError("no space")

    with newsroom.open() as house:
        monkeypatch.setattr("monitor.jobs.archive_writer.write_page", full)
        ids = [each.id for each in house.jobs.store.articles.at(url(TRUCE))]
        assert house.jobs.remover.run(ids).unwritten == 1


def test_a_stop_leaves_the_rest(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE)
    with newsroom.open() as house:
        assert house.jobs.remover.run([ArticleId(1), ArticleId(2)], lambda: True).removed == 0
        assert house.jobs.remover.run([ArticleId(4711)]).removed == 0


def test_a_channel_that_cannot_rewrite_messages_keeps_none(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE)
    with newsroom.open() as house:
        remover: Remover = house.jobs.remover
        object.__setattr__(remover, "channel", object())
        ids = [each.id for each in house.jobs.store.articles.at(url(TRUCE))]
        assert remover.run(ids).messages == 1
        with house.jobs.store.database.read() as connection:
            assert connection.scalars(select(deliveries.c.body)).all() == [b""]


# ---- How it is asked for


def test_it_says_what_goes_and_asks(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE)
    assert newsroom.run("backup").exit_code == 0
    result = newsroom.run("articles", "forget", url(TRUCE))
    assert "1 article would be removed:" in result.stdout
    assert "1 edition shows them" in result.stdout
    assert "1 mail that was sent has them, beyond our reach." in result.stdout
    assert re.search(r"Still in the backup .*news-monitor-\d{8}T\d{6}Z\.db", "".join(result.stdout.split("\n")))
    assert number(newsroom, TRUCE)
    found = done(newsroom, "forget", url(TRUCE))
    assert found["done"] is None
    assert len(found["backups"]) == 1
    result = newsroom.run("articles", "forget", url(TRUCE), "--yes")
    assert "1 article was removed, and its words in 1 edition and 1 stored message." in result.stdout


def test_it_asks_and_takes_no_for_an_answer(newsroom: Newsroom) -> None:
    newsroom.lived(*[Story(id=f"s{place}", title=f"Truce number {place} in Aleppo") for place in range(12)])
    arguments = ["--config", str(newsroom.config), "articles", "forget", "--feed", "Post", "--between", "2001-01-01"]
    arguments.append(f"{newsroom.clock.now():%Y-%m-%d}")
    result = CliRunner().invoke(app, arguments, input="n\n")
    assert "and 3 more" in result.stdout
    assert "Remove 13 articles? [y/N]" in result.stdout
    assert result.stdout.endswith("Nothing was removed.\n")
    result = CliRunner().invoke(app, ["--config", str(newsroom.config), "articles", "forget", url(OLD)], input="y\n")
    assert result.stdout.endswith("1 article was removed.\n"), result.output


def test_an_edited_article_loses_its_earlier_wordings_as_well(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE)
    with newsroom.open() as house:
        newsroom.clock.advance(timedelta(hours=5))
        newsroom.serve(replace(TRUCE, title="Syrian truce ends after a day", text="It ended.\n\nIn Aleppo."))
        house.tick()
    text = newsroom.run("articles", "show", url(TRUCE)).stdout
    assert "Before an edit" in text
    assert "In Aleppo." in text
    done(newsroom, "forget", url(TRUCE), "--yes")
    assert holding(newsroom) == []


def test_all_of_a_feed_between_two_days(newsroom: Newsroom) -> None:
    newsroom.lived(TRUCE, OTHER)
    day = newsroom.clock.now().date()
    some = (f"{day - timedelta(days=9)}", f"{day}")
    assert done(newsroom, "forget", "--feed", "Post", "--between", *some)["articles"] == 3
    assert "was first seen between" in refused(
        newsroom, "forget", "--feed", "Post", "--between", "2001-01-01", "2001-01-02"
    )
    assert done(newsroom, "forget", "--feed", "Post", "--between", *some, "--yes")["done"]["removed"] == 3
    store = open_store(f"sqlite:///{newsroom.folder / 'news-monitor.db'}")
    with store.database.read() as connection:
        assert connection.execute(select(articles.c.id)).all() == []
        assert connection.execute(select(editions.c.id)).all() != []
    store.close()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "Name articles by address or number"),
        (["--feed", "Post"], "--feed and --between belong together"),
        (["1", "--feed", "Post"], "Name articles by address or number"),
        (["--feed", "Psot", "--between", "2001-01-01", "2001-01-02"], "--feed: no feed"),
        (["--feed", "Post", "--between", "soon", "2001-01-02"], "--between takes two dates"),
        (["--feed", "Post", "--between", "2001-01-03", "2001-01-02"], "--between: 2001-01-03 is after 2001-01-02"),
        (["4711"], "No stored article has the number or address 4711"),
    ],
)
def test_mistakes(newsroom: Newsroom, words: list[str], problem: str) -> None:
    newsroom.lived(TRUCE, span=timedelta())
    assert problem in refused(newsroom, "forget", *words)


def test_a_request_crosses_processes() -> None:
    assert ForgetRequest(ids=(ArticleId(1),)).ids == (1,)


def test_a_roll_up_that_showed_it_and_lists_nothing(newsroom: Newsroom) -> None:
    newsroom.write(digest='kind = "roll-up"\n')
    newsroom.lived(TRUCE, OTHER, span=timedelta(days=8))
    assert TRUCE.title in " ".join(newsroom.run("digest", "show", "1").stdout.split())
    found = done(newsroom, "forget", url(TRUCE), "--yes")
    assert found["done"]["editions"] >= 1
    assert NOTE in newsroom.run("digest", "show", "1").stdout
    assert holding(newsroom) == []


def test_an_index_that_is_locked_loses_it_with_the_next_batch(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.lived(TRUCE)
    assert newsroom.run("search", "quixotic").stdout.startswith("Syrian")
    monkeypatch.setattr("monitor.store.search_file.TRIES", 1)
    with newsroom.open() as house:
        ids = [each.id for each in house.jobs.store.articles.at(url(TRUCE))]
        going = house.jobs.store.removal.going(ids)
        with writing(index_file(newsroom.folder / "news-monitor.db")):
            house.jobs.remover._forget(going)
        house.jobs.indexer.run()
    assert newsroom.run("search", "quixotic").stdout == "No stored article was found.\n"
