"""The first run on the page: from no config, or an unfinished one, to the first edition; without JavaScript."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from accessible import CHROMIUM
from browser import browser
from house import Story, rss
from origin import Origin, reply
from pages import Site, shown
from smtp_server import mail_server

from monitor.catalogue import search_feeds, sources
from monitor.catalogue.sources import Source, as_table
from monitor.cli.web import Lent
from monitor.cli.web_start import settings_to_start
from monitor.config import load
from monitor.daemon.clock import SystemClock
from monitor.web.desk import Desk

NEWS = ("Syria ceasefire holds for a second night", "Syria: mediators extend the ceasefire", "Harbour reopens")


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Origin]:
    """A catalogue of two feeds, one of which answers; engines are asked here as well."""
    with Origin() as found:
        at = SystemClock().now() - timedelta(hours=2)
        stories = [Story(id=str(number), title=title, at=at) for number, title in enumerate(NEWS)]
        found.serve("/good", reply(rss(*stories, title="Levant Post")))
        table = tmp_path / "feeds.tsv"
        table.write_text(as_table(source(found.url(path), name) for path, name in (("/good", "Levant"), ("/no", "No"))))
        monkeypatch.setattr(sources, "FEEDS", table)
        monkeypatch.setattr(search_feeds, "ENGINES", {"Engine": lambda _query, _language: found.url("/search")})
        sources.sources.cache_clear()
        sources.countries.cache_clear()
        yield found
        sources.sources.cache_clear()
        sources.countries.cache_clear()


def source(url: str, outlet: str) -> Source:
    return Source(url=url, outlet=outlet, country="SY", about="", covers="", language="en", kind="", listed="test")


@contextmanager
def starting(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The page as `news-monitor --config FILE web` shows it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(file.parent / "share"))
    context = cast("Any", SimpleNamespace(obj=file))
    clock = SystemClock()
    with shown(Desk(lambda: settings_to_start(context), clock, Lent(clock)), file) as found:
        yield found


def unfinished(origin: Origin) -> str:
    polling = f'[polling]\nhost_gap = "0s"\nallow_private = ["127.0.0.1"]\nallow_ports = [{origin.port}]\n'
    return f'# mine\n[storage]\nfolder = "data"\n\n{polling}'


def form(**fields: str) -> str:
    return urlencode(fields)


def test_without_a_config_topics_write_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "new" / "config.toml"
    with starting(file, monkeypatch) as page:
        first = page.ask("/")
        assert (first.status, "What do you want to read about?" in first.body) == (200, True)
        assert page.ask("/start.json").json()["file"] == ""
        assert not file.exists()
        assert not (tmp_path / "share").exists()  # by looking, nothing is made
        assert page.post("/start/topics", form(words="")).status == 400
        assert page.post("/start/topics", form(words="(Syria or")).status == 400
        assert page.post("/start/mail", form(kind="smtp")).status == 400
        assert page.post("/start/topics", form(words="Syria"), headers={}).status == 403
        assert not file.exists()
        done = page.post("/start/topics", form(words="Syria ceasefire, Red Sea shipping"))
        assert "Syria ceasefire: looks for" in done.body
        assert [each.name for each in load(file, {}, is_draft=True).topics] == ["Syria ceasefire", "Red Sea shipping"]
        facts = page.ask("/start.json").json()
        assert [each["name"] for each in facts["topics"]] == ["Syria ceasefire", "Red Sea shipping"]
        assert facts["mail"]["kind"] == "maildir"
        assert any("no [[feeds]]" in each for each in facts["missing"])
        assert page.post("/start/read").status == 400
        more = page.post("/start/topics", form(words="Kyiv grain"))
        assert "+[[topics]]" in more.body
        assert page.post("/start/topics", form(words="Kyiv grain")).status == 400


def test_an_unfinished_config_goes_on_to_the_first_edition(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(unfinished(origin))
    file.chmod(0o600)
    with starting(file, monkeypatch) as page:
        page.post("/start/topics", form(words="Syria ceasefire"))
        proposed = page.ask("/sources?topic=Syria%20ceasefire")
        assert "Levant" in proposed.body
        assert page.post("/sources", form(topic="Syria ceasefire")).status == 400
        assert page.post("/sources", form(topic="Syria ceasefire", **{"feed-1": "http://10.0.0.1/"})).status == 400
        chosen = {"feed-1": origin.url("/good"), "feed-2": origin.url("/no")}
        added = page.post("/sources", form(topic="Syria ceasefire", **chosen))
        assert "Levant: 3 items now, 2 would match" in added.body
        assert "no feed now" in added.body
        assert [each.url for each in load(file, {}).feeds] == [origin.url("/good")]
        assert "in the config" in page.ask("/sources?topic=Syria%20ceasefire").body
        read = page.post("/start/read")
        assert (read.status, read.headers["location"]) == (303, "/preview?digest=Daily")
        assert "Syria ceasefire holds" in page.ask("/preview?digest=Daily").body
        assert "Today so far" in page.ask("/").body
    assert file.read_text().startswith(unfinished(origin))


def test_the_way_of_mails_is_written_and_tried(tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    file.write_text(unfinished(origin))
    file.chmod(0o600)
    with starting(file, monkeypatch) as page, mail_server() as server:
        page.post("/start/topics", form(words="Syria ceasefire"))
        tried = page.post("/start/mail/test", form(to="me@reader.example"))
        assert "The test was accepted" in tried.body
        assert page.post("/start/mail", form(kind="smtp", server="")).status == 400
        assert page.post("/start/mail", form(kind="smtp", server="mail.example", at="25:00")).status == 400
        fields = {"to": "me@reader.example you@reader.example", "at": "06:30", "timezone": "Europe/London"}
        done = page.post("/start/mail", form(kind="smtp", server=f"localhost:{server.port}", **fields))
        assert done.status == 200, done.body
        settings = load(file, {}, is_draft=True)
        assert settings.digests[0].to == ("me@reader.example", "you@reader.example")
        assert (f"{settings.digests[0].times[0]}", settings.digests[0].timezone) == ("06:30:00", "Europe/London")
        assert "localhost" in page.ask("/start").body
        tried = page.post("/start/mail/test", form(to="me@reader.example"))
        assert "The test was accepted" in tried.body
        page.post("/start/mail", form(kind="smtp", server="mail.example:465", login="me", password="s3cret words"))
        assert (tmp_path / "smtp-password").read_text() == "s3cret words\n"
        assert (tmp_path / "smtp-password").stat().st_mode & 0o777 == 0o600
        for address in ("/start", "/start.json"):
            assert "s3cret" not in page.ask(address).body
        assert "s3cret" not in file.read_text()
        page.post("/start/mail", form(kind="maildir"))
        assert load(file, {}, is_draft=True).mail.__class__.__name__ == "MaildirChannel"


@pytest.mark.whole
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium; on Debian: apt-get install chromium")
@pytest.mark.parametrize("has_script", [True, False])
def test_from_words_to_the_first_edition_in_a_browser(
    tmp_path: Path,
    origin: Origin,
    monkeypatch: pytest.MonkeyPatch,
    has_script: bool,  # noqa: FBT001 (a parameter)
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(unfinished(origin))
    file.chmod(0o600)
    with starting(file, monkeypatch) as page, browser() as chromium:
        tab = chromium.page(width=320, has_script=has_script)
        tab.open(f"http://127.0.0.1:{page.port}/")
        tab.value("document.getElementById('words').focus()")
        tab.type("Syria ceasefire")
        tab.press_and_wait("Enter")
        tab.follow("[...document.links].find(each => each.textContent == 'Go on').click()")
        assert tab.value("document.documentElement.scrollWidth <= innerWidth")
        tab.follow("[...document.links].find(each => each.textContent.includes('Sources for')).click()")
        assert tab.value("document.documentElement.scrollWidth <= innerWidth")
        tab.follow("document.querySelector('main button').click()")
        tab.open(f"http://127.0.0.1:{page.port}/start")
        tab.follow("document.querySelector('form[action=\"/start/read\"] button').click()")
        assert "Syria ceasefire holds" in tab.value("document.querySelector('main').textContent")
        assert not [each for each in tab.log if "404" not in each]
        tab.close()
