"""A recipient pauses or stops mails by the signed link in one: what is sent then, what is said, and the way back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from alerting import DESK, OLD, TRUCE, configured, story
from daemons import asked
from house import House, Story, done_by, lived_in, rss, send_now
from origin import Origin, reply
from outbox import delivery, text_of
from pages import CONFIG, OURS, Site, site
from simulated import NOON, SimulatedClock
from test_web_users import USERS

from monitor.config import load
from monitor.deliver.mail.message import compose_message
from monitor.deliver.mail.resent import resent
from monitor.model.delivery import Delivery, DeliveryState, Letter
from monitor.model.people import ALERTS, Pause, subject_of
from monitor.model.requests import SendRequest
from monitor.policy.pausing import is_paused, unwanted, why_paused
from monitor.signed_links import MOST_CHARACTERS, masked, opened, signed

YOU, ANN = "you@reader.example", "ann@reader.example"
PUBLIC = "https://news.example.org"
KEY = b"k" * 32
LINK = re.compile(r"https?://\S+?/leave/[\w.-]+")
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class Post:
    """A service of which two people get the digest, and its page."""

    home: House
    page: Site
    origin: Origin

    def send(self, *stories: Story) -> dict[str, Delivery]:
        """An edition after a poll that found these; by recipient."""
        self.origin.serve("/feed", reply(rss(*(replace(each, at=self.home.clock.now()) for each in stories))))
        self.home.clock.advance(timedelta(hours=3))
        self.home.tick()
        sent = send_now(self.home.jobs, self.home.jobs.publisher.digests[0])
        return {each.recipient: each for each in sent}

    def path(self, of: Delivery) -> str:
        """The path of the link that stands in a message."""
        return link_of(of).removeprefix(PUBLIC)


def link_of(of: Delivery) -> str:
    found = LINK.search(text_of(of.body))
    assert found is not None
    return found[0]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@contextmanager
def post(folder: Path, origin: Origin, web: str = f'public_url = "{PUBLIC}"\n', users: str = USERS) -> Iterator[Post]:
    polling = f'[polling]\nhost_gap = "0s"\nallow_private = ["127.0.0.1"]\nallow_ports = [{origin.port}]\n'
    mail = f'[mail]\nkind = "maildir"\nfolder = "{folder}/data/maildir"\n'
    text = CONFIG.replace("https://news.example/feed.xml", origin.url("/feed")).replace(
        f'["{YOU}"]', f'["{YOU}", "{ANN}"]'
    )
    file = folder / "config.toml"
    file.write_text(f"{text}{users}\n[web]\n{web}{polling}{mail}")
    file.chmod(0o600)
    origin.serve("/feed", reply(rss()))
    clock = SimulatedClock()
    with lived_in(load(file, {}), clock) as home:
        home.tick()
        with site(folder, file.read_text(), clock=clock) as page:
            yield Post(home=home, page=page, origin=origin)


def truce(number: int) -> Story:
    return Story(
        id=f"t{number}", title=f"Syria truce, day {number}: {'abcdefgh'[number] * 3} road opens", text="Syria truce"
    )


# ---- Links


def test_a_link_is_of_one_recipient_and_one_digest_and_nobody_makes_another() -> None:
    token = signed(KEY, YOU, "digest Daily")
    assert token == signed(KEY, YOU, "digest Daily")
    assert opened(KEY, token) == (YOU, "digest Daily")
    said, _, signature = token.partition(".")
    other = signed(KEY, ANN, "digest Daily")
    wrong = [
        *(
            said,
            f"{said}.",
            f".{signature}",
            f"{other.partition('.')[0]}.{signature}",
            f"{token}A",
            token[:-1],
            "",
            "…",
        ),
        *(signed(b"x" * 32, YOU, "digest Daily"), f"{token}é", "a" * (MOST_CHARACTERS + 1) + ".a", f"A.{signature}"),
    ]
    assert [opened(KEY, each) for each in wrong] == [None] * len(wrong)
    assert opened(b"", signed(b"", YOU, "digest Daily")) is None
    far = "ж" * 200
    assert opened(KEY, signed(KEY, f"{'a' * 64}@{'b' * 189}", far)) is not None
    assert masked(f"see {PUBLIC}/leave/{token}.") == f"see {PUBLIC}/leave/{said}.…."
    assert masked("https://post.example/leave/now.html") == "https://post.example/leave/now.html"


def letter(url: str, html: str = "<html><body><p>All</p></body></html>") -> Letter:
    return Letter(
        message_id="<a@b.example>", digest="Daily", recipient=YOU, subject="News", text="All\n", html=html, date=NOON,
        pause_url=url,
    )  # fmt: skip


def composed(url: str, **changes: str) -> EmailMessage:
    body = compose_message(replace(letter(url), **changes), "News <news@monitor.example>")  # type: ignore[arg-type]
    return message_from_bytes(body, _class=EmailMessage, policy=default)


def test_a_mail_with_a_link_has_it_in_its_head_for_one_click_and_at_its_end() -> None:
    url = f"{PUBLIC}/leave/{signed(KEY, YOU, 'digest Daily')}"
    mail = composed(url)
    assert str(mail["List-Unsubscribe"]).startswith(f"<{url}>, <mailto:news@monitor.example?")
    assert mail["List-Unsubscribe-Post"] == ONE_CLICK
    assert text_of(mail.as_bytes()).endswith(f"Pause or stop these mails: {url}")
    html = mail.get_body(("html",))
    assert html is not None
    assert f'href="{url}"' in html.get_content()
    assert html.get_content().rstrip().endswith("</p>\r\n</body></html>")
    plain = composed(url, html="")
    assert plain.get_body(("html",)) is None
    assert url in text_of(composed(url, html="<p>no end").as_bytes(), "html")


def test_without_a_link_there_is_none_and_by_http_no_one_click() -> None:
    assert "Pause" not in composed("").as_string()
    assert composed("")["List-Unsubscribe-Post"] is None
    by_http = composed("http://news.lan/leave/x.y")
    assert "<http://news.lan/leave/x.y>" in str(by_http["List-Unsubscribe"])
    assert by_http["List-Unsubscribe-Post"] is None
    assert "leave" not in str(composed(f"{PUBLIC}/leave/{'a' * 1000}.b")["List-Unsubscribe"])  # no line of 1,000 bytes
    own = composed(f"{PUBLIC}/leave/x.y", unsubscribe_url="https://bye.example/{list}")
    assert "leave" not in str(own["List-Unsubscribe"])
    assert f"{PUBLIC}/leave/x.y" in text_of(own.as_bytes())


def test_a_message_that_goes_to_somebody_else_takes_no_link_along() -> None:
    old = delivery(recipient=YOU, body=composed(f"{PUBLIC}/leave/x.y").as_bytes())
    sender = "News <news@monitor.example>"
    assert b"/leave/" in resent(old, YOU, "1", NOON, sender).body
    other = resent(old, ANN, "1", NOON, sender).body
    assert b"/leave/" not in other
    assert b"Pause" not in other
    assert text_of(other) == "All"


def test_a_pause_in_words() -> None:
    stopped = Pause(recipient=YOU, subject=subject_of("Daily"), since=NOON, until=None)
    paused = replace(stopped, until=NOON + timedelta(days=7), subject=ALERTS)
    assert (stopped.what, paused.what) == ("Daily", "instant alerts")
    assert why_paused(stopped) == "the recipient paused these messages on 2026-03-01"
    assert unwanted([paused]) == {
        YOU: "paused: the recipient paused these messages on 2026-03-01 until 2026-03-08 12:00 UTC"
    }
    assert is_paused(unwanted([stopped])[YOU])
    assert not is_paused("550 no")


# ---- The whole way


def test_one_click_stops_the_mails_of_one_digest_and_all_of_it_is_said(tmp_path: Path, origin: Origin) -> None:
    with post(tmp_path, origin) as here:
        first = here.send(truce(1))
        path = here.path(first[YOU])
        assert here.path(first[ANN]) != path
        before = here.page.ask(path)
        assert (before.status, "You get these mails" in before.body, "<form" in before.body) == (200, True, True)
        assert here.page.ask(path, method="HEAD").status == 200
        assert not here.home.jobs.store.people.paused(here.home.clock.now()), "a GET changes nothing"
        done = here.page.post(path, ONE_CLICK, headers={})  # mail programs have no Origin, and no session
        assert (done.status, "set-cookie" in done.headers) == (200, False)
        second = here.send(truce(2))
        assert {who: each.state for who, each in second.items()} == {YOU: "cancelled", ANN: "sent"}
        assert is_paused(second[YOU].answer)
        test = done_by(here.home.jobs, SendRequest(digest="Daily", test=True))
        assert [each["recipient"] for each in test["deliveries"]] == [ANN]
        config = here.page.config
        assert f"Daily by {YOU}" in asked(config, "status").stdout
        assert f'"recipient": "{YOU}"' in asked(config, "status", "--json").stdout
        assert YOU in asked(config, "deliveries", "paused").stdout
        why = " ".join(asked(config, "why", "https://post.example/t2").stdout.split())
        assert re.search(rf"to {YOU}: cancelled on .*: paused: the recipient paused these messages on", why)
        assert asked(config, "deliveries", "resume", ANN).returncode == 2
        assert "again" in asked(config, "deliveries", "resume", YOU, "--digest", "Daily").stdout
        assert asked(config, "deliveries", "paused").stdout == "Nobody has paused anything.\n"
        third = here.send(truce(3))
        said = text_of(third[YOU].body)
        assert "You paused these mails, so the edition of" in said
        assert "was not sent to you; what was listed there is not repeated here." in said
        assert "You paused these mails" in text_of(third[YOU].body, "html")
        assert "/t2" not in said
        assert "You paused these mails, so" not in text_of(third[ANN].body)
        assert "You paused these mails, so" not in text_of(here.send(truce(4))[YOU].body), "it is named once"


def test_a_pause_of_a_week_ends_by_itself_and_the_first_mail_names_all_that_was_not_sent(
    tmp_path: Path, origin: Origin
) -> None:
    with post(tmp_path, origin) as here:
        path = here.path(here.send(truce(1))[YOU])
        week = here.page.post(path, "do=week")
        assert "for 7 more days" in week.body
        assert "Send them again" in week.body
        here.send(truce(2))
        here.send(truce(3))
        here.home.clock.advance(timedelta(days=7))
        here.send(truce(4))
        named = [text for text in here.home.mails() if "You paused these mails, so" in text]
        assert len(named) == 1
        assert re.search(r"You paused these mails, so \d+ editions, of .* to .*, were not", " ".join(named[0].split()))
        assert here.page.post(path, "do=month").status == here.page.post(path, "do=resume").status == 200
        assert here.page.post(path, "do=forever").status == here.page.post(path, "a=b").status == 400
        assert here.page.post(path, "&".join("a=b" for _ in range(50))).status == 400


def test_a_link_that_is_not_whole_and_a_page_that_is_asked_by_another_name_do_nothing(
    tmp_path: Path, origin: Origin
) -> None:
    with post(tmp_path, origin) as here:
        path = here.path(here.send(truce(1))[YOU])
        assert here.page.post(path[:-1], ONE_CLICK, headers={}).status == here.page.ask(path[:-1]).status == 404
        assert here.page.post(path, ONE_CLICK, headers={"Host": "evil.example"}).status == 421
        assert here.page.post(path, "a" * 70_000, headers={}).status == 413
        multipart = "--x\r\nContent-Disposition: form-data; name=List-Unsubscribe\r\n\r\nOne-Click\r\n--x--\r\n"
        assert not here.home.jobs.store.people.paused(here.home.clock.now())
        head = f"POST {path} HTTP/1.1\r\nHost: news.example.org\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        answer = here.page.raw(f"{head}Content-Length: {len(multipart)}\r\n\r\n{multipart}".encode())
        assert answer.startswith(b"HTTP/1.1 200")
        assert len(here.home.jobs.store.people.paused(here.home.clock.now())) == 1


def test_the_key_is_private_and_no_page_shows_a_link_of_somebody(tmp_path: Path, origin: Origin) -> None:
    with post(tmp_path, origin, users=USERS.replace("password", "#password"), web=(
        f'public_url = "{PUBLIC}"\nproxies = ["127.0.0.1"]\nproxy_header = "Remote-User"\n'
    )) as here:  # fmt: skip
        sent = here.send(truce(1))
        data = here.page.config.parent / "data"
        assert {(data / name).stat().st_mode & 0o777 for name in ("news-monitor.db", "news-monitor.db-wal")} == {0o600}
        key = here.home.jobs.store.people.link_key()
        assert len(key) == 32
        here.home.jobs.store.people.make_link_key(b"another", here.home.clock.now())
        assert here.home.jobs.store.people.link_key() == key, "old mails have links of it"
        signature = link_of(sent[YOU]).rpartition(".")[2]
        mara = {"Remote-User": "mara"}
        for path in ("", ".json", "/mail"):
            shown = here.page.ask(f"/deliveries/{sent[YOU].id}{path}", headers=mara)
            assert shown.status == 200, path
            assert "Pause or stop these mails" in shown.body, path
            assert signature not in shown.body, path
        for path in ("/editions/1", "/editions/1/page", "/editions/1.json", "/preview?digest=Daily"):
            assert signature not in here.page.ask(path, headers=mara).body, path
        here.page.post(here.path(sent[YOU]), ONE_CLICK, headers={})
        assert (
            f"<bdi>{YOU}</bdi> gets <bdi>Daily</bdi> no more until" in here.page.ask("/deliveries", headers=mara).body
        )
        again = f"recipient={YOU}&subject=digest+Daily"
        assert here.page.post("/deliveries/resume", again, headers={**OURS, "Remote-User": "ben"}).status == 403
        assert here.page.post("/deliveries/resume", again, headers={**OURS, **mara}).status == 303
        assert not here.home.jobs.store.people.paused(here.home.clock.now())


def test_without_an_address_for_others_no_mail_has_a_link(tmp_path: Path, origin: Origin) -> None:
    with post(tmp_path, origin, web="") as here:
        sent = here.send(truce(1))
        assert all(b"leave" not in each.body for each in sent.values())
        assert all(b"List-Unsubscribe-Post" not in each.body for each in sent.values())


def test_an_edition_that_was_paused_can_be_sent_by_the_owner_all_the_same(tmp_path: Path, origin: Origin) -> None:
    with post(tmp_path, origin) as here:
        here.page.post(here.path(here.send(truce(1))[YOU]), ONE_CLICK, headers={})
        paused = here.send(truce(2))[YOU]
        here.home.jobs.outbox.retry([paused.id], lambda: False)
        (again,) = here.home.jobs.store.deliveries.these([paused.id])
        assert (again.state, again.body) == (DeliveryState.SENT, paused.body)


def test_alerts_are_paused_for_themselves(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", reply(rss(OLD)))
    with lived_in(configured(tmp_path, origin, TRUCE)) as home:
        home.tick()
        now = home.clock.now()
        home.jobs.store.people.pause(Pause(recipient=DESK, subject=ALERTS, since=now, until=None))
        home.clock.advance(timedelta(hours=1))
        origin.serve("/a", reply(rss(OLD, story(1, "Truce holds in Aleppo", at=home.clock.now()))))
        home.tick()
        (record,) = home.jobs.store.alerts.records()
        assert record.state == "dropped"
        assert record.why == f"the recipient paused these messages on {now:%Y-%m-%d}"
        sent = send_now(home.jobs, home.jobs.publisher.digests[0])
        assert "Truce holds in Aleppo" in text_of(sent[0].body), "the digest lists it"
