"""What forms of the page do: by the edits and requests of commands, and only from our own page."""

from collections.abc import Iterator
from datetime import timedelta
from xml.sax.saxutils import escape

import pytest
from house import Story, lived_in, rss
from origin import Origin, raw, reply
from pages import Site, lived
from simulated import SimulatedClock

from monitor.config import load

STORIES = (
    Story(id="truce", title="Syria truce holds", text="The truce in Syria holds. " * 5),
    Story(id="later", title="Syria: second truce announced", text="A second truce for Syria."),
)
CHANGES = (
    *("/feeds/1/pause", "/feeds/1/resume", "/feeds/try", "/feeds/add", "/stories/1/mute", "/stories/1/unmute"),
    *("/deliveries/1/retry", "/deliveries/1/cancel", "/preview/test", "/doctor"),
)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as found:
        yield found


@pytest.fixture
def page(origin: Origin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with lived(tmp_path_factory.mktemp("lived"), *STORIES, origin=origin) as found:
        yield found


def test_feeds_have_their_state_their_polls_and_their_worth(page: Site) -> None:
    (feed,) = page.ask("/feeds.json").json()["feeds"]
    one = page.ask(f"/feeds/{feed['id']}.json").json()["feed"]
    assert len(one["polls"]) == 2
    assert "The Post" in page.ask(f"/feeds/{feed['id']}").body
    assert page.ask("/feeds?state=ok").status == 200
    assert page.ask("/feeds/value.json").json()["feeds"][0]["matches"] == 1  # the first poll does not count
    assert page.ask("/feeds/value").status == 200
    assert page.ask("/feeds/99").status == 404
    assert page.ask("/feeds/add").status == 200


def test_a_feed_is_paused_and_polled_again_by_the_edits_of_commands(page: Site) -> None:
    before = page.config.read_text()
    paused = page.post("/feeds/1/pause")
    assert "The feed is paused" in paused.body
    assert "enabled = false" in paused.body
    assert page.config.read_text().count("enabled = false") == 1
    assert "already" in page.post("/feeds/1/pause").body
    assert page.ask("/feeds/1.json").json()["feed"]["state"] == "disabled"
    assert "is polled again" in page.post("/feeds/1/resume").body
    assert page.config.read_text() == before


def test_a_feed_is_tried_then_added_and_what_is_no_feed_or_private_is_not(page: Site, origin: Origin) -> None:
    origin.serve("/other", reply(rss(STORIES[0], title="Other")))
    tried = page.post("/feeds/try", f"url={origin.url('/other')}")
    assert "Add it to the config" in tried.body
    assert "/other" not in page.config.read_text()
    assert "The feed was added" in page.post("/feeds/add", f"url={origin.url('/other')}&outlet=Other").body
    assert f'url = "{origin.url("/other")}"' in page.config.read_text()
    assert page.post("/feeds/add", f"url={origin.url('/other')}").status == 400  # it is there
    before = page.config.read_text()
    for url in (
        "http://10.0.0.1/feed",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "",
        "gopher://x.example/",
    ):
        assert page.post("/feeds/add", f"url={url}").status == 400, url
        assert "Add it to the config" not in page.post("/feeds/try", f"url={url}").body, url
    assert page.config.read_text() == before


ATTACK = b"\"'><script>alert(1)</script><img src=x onerror=alert(2)>"
HOSTILE: dict[str, bytes] = {
    "reason": b"HTTP/1.1 503 " + ATTACK + b"\r\n\r\n",
    "kind": b"HTTP/1.1 200 OK\r\nContent-Type: text/" + ATTACK + b"\r\n\r\n" + ATTACK,
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: /" + ATTACK + b"\r\n\r\n",
    "retry": b"HTTP/1.1 429 No\r\nRetry-After: " + ATTACK + b"\r\n\r\n",
    "page": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>" + ATTACK + b"</title><link rel=alternate"
    b" type='application/rss+xml' href='javascript:alert(1)'><link rel=alternate"
    b" type='application/rss+xml' href='/x&quot;&gt;&lt;script&gt;'>",
    "feed": b"HTTP/1.1 200 OK\r\n\r\n<rss version='2.0'><channel><title>" + escape(ATTACK.decode()).encode()
    + b'</title><language>en"&gt;&lt;script&gt;</language><item><title>' + escape(escape(ATTACK.decode())).encode()
    + b"</title><link>javascript:alert(3)</link></item></channel></rss>",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_a_server_says_is_markup(page: Site, origin: Origin, name: str) -> None:
    origin.serve("/hostile", raw(HOSTILE[name]))
    clock = SimulatedClock(page.desk.now() + timedelta(hours=9))
    feed = page.config.read_text().replace("/feed", "/hostile", 1)
    tried = page.post("/feeds/try", f"url={origin.url('/hostile')}").body
    assert "<script" not in tried
    assert name != "feed" or "&lt;script&gt;" in tried
    page.config.write_text(feed)
    with lived_in(load(page.config, {}), clock) as house:
        house.tick()
    (number,) = [each["id"] for each in page.ask("/feeds.json").json()["feeds"]]
    for address in ("/feeds", f"/feeds/{number}", "/status", "/feeds/value", "/", "/topic?name=Syria%20ceasefire"):
        body = page.ask(address).body
        assert "<script" not in body, address
        assert "<img" not in body, address
        assert 'href="javascript' not in body, address


def test_an_address_with_a_secret_is_in_no_page(page: Site, origin: Origin) -> None:
    origin.serve("/secret?token=hunter2", reply(rss(STORIES[0], title="Secret")))
    tried = page.post("/feeds/try", f"url={origin.url('/secret')}%3Ftoken%3Dhunter2")
    assert "news-monitor feeds add" in tried.body
    assert "hunter2" not in tried.body


def test_a_config_that_nobody_may_write_gets_the_lines_to_paste(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(page.config))

    monkeypatch.setattr("monitor.config.edit.plan.replace_kept", refuse)
    answer = page.post("/feeds/1/pause")
    assert answer.status == 400
    assert "enabled = false" in answer.body


def test_stories_are_muted_and_reported_again(page: Site) -> None:
    story = page.ask("/stories.json?days=30").json()["stories"][0]["id"]
    answer = page.post(f"/stories/{story}/mute")
    assert (answer.status, answer.headers["location"]) == (303, f"/stories/{story}")
    assert page.ask(f"/stories/{story}.json").json()["story"]["muted_at"]
    assert "Report this story again" in page.ask(f"/stories/{story}").body
    page.post(f"/stories/{story}/unmute")
    assert not page.ask(f"/stories/{story}.json").json()["story"]["muted_at"]
    assert page.post("/stories/999/mute").status == 404


def test_a_delivery_is_shown_exactly_and_can_be_tried_again_or_cancelled(page: Site) -> None:
    (first, *_) = page.ask("/deliveries.json").json()["deliveries"]
    number = first["id"]
    assert page.ask(f"/deliveries/{number}").status == 200
    assert "Syria truce holds" in page.ask(f"/deliveries/{number}.json").json()["text"]
    mail = page.ask(f"/deliveries/{number}/mail")
    assert "Syria truce holds" in mail.body
    assert "sandbox" in mail.headers["content-security-policy"]
    assert page.ask("/deliveries?state=sent").status == 200
    assert page.ask("/deliveries/99").status == page.ask("/deliveries/99/mail").status == 404
    assert page.post(f"/deliveries/{number}/cancel").status in {200, 400}  # it was sent: in words
    assert page.post(f"/deliveries/{number}/retry").status in {200, 400}


def test_a_test_goes_to_the_recipients_and_lists_nothing(page: Site) -> None:
    before = page.ask("/today.json").json()
    assert "sent" in page.post("/preview/test", "digest=Daily").body
    assert page.ask("/today.json").json()["editions"][0]["counts"] == before["editions"][0]["counts"]
    assert page.post("/preview/test", "digest=None").status == 404
    assert "you@reader.example: sent" in page.post("/preview/test", "digest=Daily&to=you@reader.example").body
    stranger = page.post("/preview/test", "digest=Daily&to=stranger@elsewhere.example")
    assert (stranger.status, "a test goes to its recipients" in stranger.body) == (400, True)


def test_the_doctor_asks_others_only_by_a_button(page: Site) -> None:
    assert page.ask("/doctor.json").json()["is_offline"] is True
    assert page.ask("/doctor").status == 200


@pytest.mark.parametrize("path", CHANGES)
def test_no_form_works_from_elsewhere_and_none_by_a_link(page: Site, path: str) -> None:
    before = page.config.read_bytes()
    assert page.post(path, "digest=Daily", headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert page.post(path, "digest=Daily", headers={}).status == 403
    if path not in {"/doctor", "/feeds/add"}:
        assert page.ask(path).status in {404, 405}
    assert page.config.read_bytes() == before
