"""Several people: who gets in, as whom, how long, and what they may do there."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from pages import CONFIG, OURS, Answer, Site, site
from simulated import SimulatedClock
from starlette.routing import Route
from typer.testing import CliRunner

from monitor.cli import app as command_line
from monitor.config import load
from monitor.errors import ConfigError
from monitor.web.app import app
from monitor.web.door import is_proxy
from monitor.web.login import inside
from monitor.web.pages import CHANGES, PAGES
from monitor.web.passwords import hashed, is_right
from monitor.web.slowing import FORGOTTEN_AFTER, MOST_ADDRESSES, MOST_FRIENDS, OF_ADDRESS, OF_NAME, Slowing

WORDS = {"mara": "correct horse battery", "ben": "staple of the reader"}
HASHES = {name: hashed(words) for name, words in WORDS.items()}
USERS = f"""
[[users]]
name = "mara"
password = "{HASHES["mara"]}"
role = "owner"

[[users]]
name = "ben"
password = "{HASHES["ben"]}"
recipient = "you@reader.example"
"""


@contextmanager
def with_users(folder: Path, web: str = "", users: str = USERS) -> Iterator[Site]:
    with site(folder, f"{CONFIG}{users}\n[web]\n{web}", clock=SimulatedClock()) as found:
        yield found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with with_users(tmp_path_factory.mktemp("users"), 'proxies = ["127.0.0.1"]') as found:
        yield found


def log_in(page: Site, name: str, password: str = "", *, to: str = "", address: str = "192.0.2.9") -> Answer:
    form = f"name={name}&password={(password or WORDS[name]).replace(' ', '+')}&next={to}"
    return page.post("/login", form, headers={**OURS, "X-Forwarded-For": address})


def session(page: Site, name: str) -> dict[str, str]:
    answer = log_in(page, name)
    assert answer.status == 303, answer.body
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def clock_of(page: Site) -> SimulatedClock:
    assert isinstance(page.desk.clock, SimulatedClock)
    return page.desk.clock


def test_nobody_sees_anything_before_they_log_in_and_nothing_after_they_log_out(page: Site) -> None:
    for path in ("/", "/status", "/feeds", "/me", "/nothing"):
        answer = page.ask(path)
        assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, "/login"), path
    assert page.ask("/search?q=a%26b").headers["location"] == "/login?next=%2Fsearch%3Fq%3Da%2526b"
    assert page.ask("/status.json").status == page.post("/stories/1/mute").status == 401
    assert page.ask("/static/page.css").status == 200
    form = page.ask("/login").body
    assert "<nav" not in form
    assert 'type="password"' in form
    mara = session(page, "mara")
    assert page.ask("/status", headers=mara).status == 200
    assert 'href="/me"' in page.ask("/status", headers=mara).body
    assert page.ask("/login", headers=mara).headers["location"] == "/"
    out = page.post("/logout", headers={**OURS, **mara})
    assert "Max-Age=0" in out.headers["set-cookie"]
    assert page.ask("/status", headers=mara).status == 303


def test_a_cookie_is_for_this_page_alone_and_names_nobody(page: Site) -> None:
    cookie = log_in(page, "mara").headers["set-cookie"]
    assert cookie.startswith("session=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "mara" not in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    assert token.encode() not in (page.config.parent / "data" / "news-monitor.db").read_bytes()
    for wrong in (f"session={token[:-1]}", f"session={token}; session=x", f"other={token}", "session="):
        assert page.ask("/status", headers={"Cookie": wrong}).status == 303, wrong


def test_a_log_in_begins_another_session_and_ends_the_one_that_was_there(page: Site) -> None:
    planted = {"Cookie": "session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
    form = f"name=mara&password={WORDS['mara'].replace(' ', '+')}"
    first = page.post("/login", form, headers={**OURS, **planted}).headers["set-cookie"].partition(";")[0]
    assert first != planted["Cookie"]
    assert page.ask("/status", headers=planted).status == 303
    assert page.ask("/status", headers={"Cookie": first}).status == 200
    second = page.post("/login", form, headers={**OURS, "Cookie": first}).headers["set-cookie"].partition(";")[0]
    assert page.ask("/status", headers={"Cookie": first}).status == 303
    assert page.ask("/status", headers={"Cookie": second}).status == 200


def test_a_session_ends_by_time_by_idleness_by_a_new_password_and_with_its_user(page: Site) -> None:
    clock, before = clock_of(page), page.config.read_text()
    idle = session(page, "mara")
    clock.advance(timedelta(days=7, hours=1))
    assert page.ask("/status", headers=idle).status == 303
    used = session(page, "mara")
    for _ in range(5):
        clock.advance(timedelta(days=6))
        assert page.ask("/status", headers=used).status == 200
    clock.advance(timedelta(days=1))
    assert page.ask("/status", headers=used).status == 303
    mara, ben = session(page, "mara"), session(page, "ben")
    try:
        page.config.write_text(before.replace(HASHES["ben"], HASHES["mara"]))
        assert page.ask("/status", headers=ben).status == 303
        assert page.ask("/status", headers=mara).status == 200
        page.config.write_text(before.replace('name = "mara"', 'name = "somebody else"'))
        assert page.ask("/status", headers=mara).status == 303
        page.config.write_text(before.replace('role = "owner"', 'role = "reader"'))
        assert page.ask("/status", headers=mara).status == 303
    finally:
        page.config.write_text(before)


OWNERS_PAGES = {"/start", "/sources", "/feeds/add"}
READERS_FORMS = {"/me", "/login", "/logout", "/workbench", "/workbench/figures", "/leave/{token}"}


def routes_of(page: Site) -> list[tuple[str, str]]:
    """Method and path of every route that there is."""
    routes: list[Route] = app(page.desk, PAGES, CHANGES)._app._app.routes  # type: ignore[attr-defined]
    return [(method, route.path) for route in routes for method in sorted(route.methods or ()) if method != "HEAD"]


def asked_for(path: str) -> str:
    return path.replace("{id:int}", "1").replace("{name}", "page.css").replace("{token}", "x.y")


def test_a_reader_reaches_no_route_of_owners(page: Site) -> None:
    ben, config = session(page, "ben"), page.config.read_bytes()
    database = page.config.parent / "data" / "news-monitor.db"
    before = dump(database)
    routes = routes_of(page)
    assert len(routes) > 70
    for method, path in routes:
        if method == "POST" and path not in READERS_FORMS:
            answer = page.post(asked_for(path), "digest=Daily&do=save&url=x&words=x", headers={**OURS, **ben})
            assert (answer.status, answer.body) == (403, "Only an owner may do this; you are a reader.\n"), path
        elif method == "GET":
            answer = page.ask(asked_for(path), headers=ben)
            assert (answer.status == 403) == (path.removesuffix(".json") in OWNERS_PAGES), path
            forms = set(re.findall(r'<form [^>]*method="post" action="([^"]*)"', answer.body))
            assert forms <= READERS_FORMS, path
            assert "Save<" not in answer.body, path
    assert page.config.read_bytes() == config
    assert dump(database) == before


@pytest.mark.parametrize(
    "path",
    ["/feeds/add/", "/feeds//add", "/./feeds/add", "/x/../feeds/add", "/feeds/%61dd", "/feeds%2fadd", "/FEEDS/ADD",
     "/feeds/add;x", "/feeds/add.json", "/feeds/add.json.json", "//feeds/add", "/feeds/add%00", "/static/../start"],
)  # fmt: skip
def test_an_owners_page_has_no_other_way_in(page: Site, path: str) -> None:
    ben = session(page, "ben")
    assert page.ask(path, headers=ben).status in {307, 403, 404}
    assert page.post(path, "url=x", headers={**OURS, **ben}).status in {307, 403}


def test_a_reader_judges_and_tries_a_topic_and_does_not_save_it(page: Site) -> None:
    ben, mara, config = session(page, "ben"), session(page, "mara"), page.config.read_bytes()
    toml = quote("name = 'Syria ceasefire'\nall = ['truce']\n")
    draft = f"topic=Syria+ceasefire&mode=toml&toml={toml}"
    tried = page.post("/workbench", f"{draft}&do=try", headers={**OURS, **ben})
    assert tried.status == 200
    assert 'value="save"' not in tried.body
    assert 'value="save"' in page.ask("/workbench?topic=Syria%20ceasefire", headers=mara).body
    for do in ("do=save", "do=save%3A1", "do=yes%3A1&do=save"):
        refused = page.post("/workbench", f"{draft}&{do}", headers={**OURS, **ben})
        assert (refused.status, "Only an owner may save" in refused.body) == (403, True), do
    assert page.post("/workbench", f"{draft}&do=yes%3A1", headers={**OURS, **ben}).status == 400  # no such article
    assert page.post("/workbench/figures", draft, headers={**OURS, **ben}).status == 200
    assert page.config.read_bytes() == config


def dump(database: Path) -> list[str]:
    """All rows but those of sessions, of which a use is noted."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return [line for line in connection.iterdump() if not line.startswith('INSERT INTO "sessions"')]


def test_a_reader_pauses_their_own_digest_and_has_it_again(page: Site) -> None:
    ben, mara = session(page, "ben"), session(page, "mara")
    assert "Pause for a week" in page.ask("/me", headers=ben).body
    assert page.post("/me", "subject=digest+Daily&do=week", headers={**OURS, **ben}).status == 303
    (message,) = page.ask("/me.json", headers=ben).json()["messages"]
    assert message["lasts"] == "for 7 more days"
    assert "Send them again" in page.ask("/me", headers=ben).body
    assert page.post("/me", "subject=digest+Daily&do=resume", headers={**OURS, **ben}).status == 303
    assert page.ask("/me.json", headers=ben).json()["messages"][0]["paused_since"] is None
    assert page.post("/me", "subject=digest+Daily&do=forever", headers={**OURS, **ben}).status == 400
    for headers, subject in ((ben, "digest+Weekly"), (ben, "alerts"), (mara, "digest+Daily")):
        assert page.post("/me", f"subject={subject}&do=stop", headers={**OURS, **headers}).status == 404
    assert not page.desk.store.people.paused(page.desk.now())


# ---- Guessing


def test_who_guesses_is_slowed_and_others_are_not(page: Site) -> None:
    clock_of(page).advance(timedelta(days=1))
    statuses = [log_in(page, "mara", "wrong", address="198.51.100.1").status for _ in range(OF_ADDRESS + 1)]
    assert statuses == [403] * OF_ADDRESS + [429]
    slowed = log_in(page, "mara", address="198.51.100.1")
    assert (slowed.status, "set-cookie" in slowed.headers) == (429, False)  # though it is right
    assert int(slowed.headers["retry-after"]) >= 1
    assert log_in(page, "mara", address="198.51.100.2").status == 303
    clock_of(page).advance(timedelta(minutes=1))
    assert log_in(page, "mara", address="198.51.100.1").status == 303


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(page: Site) -> None:
    answers = [log_in(page, *each, address=f"203.0.113.{place}") for place, each in enumerate(
        [("mara", "wrong"), ("nobody", "wrong"), ("", "wrong"), ("MARA", WORDS["mara"]), ("mara", WORDS["mara"] + "x")]
    )]  # fmt: skip
    assert {(each.status, each.body) for each in answers} == {(403, answers[0].body)}


def test_waits_double_per_address_and_per_name_in_bounded_memory() -> None:
    slowing, now = Slowing(), datetime(2016, 9, 20, 12, tzinfo=UTC)
    for _ in range(OF_NAME):
        slowing.failed("mara", "198.51.100.1", now)
    assert slowing.wait("ben", "198.51.100.1", now) == 900
    assert slowing.wait("mara", "198.51.100.7", now) == 2
    slowing.failed("mara", "198.51.100.2", now)
    assert slowing.wait("mara", "198.51.100.7", now) == 4
    slowing.succeeded("mara", "198.51.100.7")
    slowing.failed("mara", "198.51.100.3", now)
    assert slowing.wait("mara", "198.51.100.7", now) == 0  # where its owner was before
    assert slowing.wait("ben", "198.51.100.7", now) == 0
    assert slowing.wait("mara", "198.51.100.1", now + FORGOTTEN_AFTER * 2) == 0
    for number in range(2 * MOST_ADDRESSES):
        slowing.failed(f"name {number}", f"2001:db8:{number:x}::1", now)
    assert len(slowing._addresses) == MOST_ADDRESSES
    assert len(slowing._names) <= MOST_ADDRESSES
    for number in range(OF_ADDRESS + 1):  # all addresses of one network are one
        slowing.failed("x", f"2001:db8:ffff:1::{number + 1:x}", now)
    assert slowing.wait("y", "2001:db8:ffff:1:2::9", now) > 0
    assert Slowing().wait("mara", "no address", now) == 0
    for number in range(MOST_FRIENDS + 5):
        slowing.succeeded("mara", f"2001:db8:{number:x}:9::1")
    assert len(slowing._friends) == MOST_FRIENDS


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\nb", "/\u2028"],
)
def test_after_the_log_in_nobody_is_sent_elsewhere(target: str) -> None:
    assert inside(target) == "/"


def test_after_the_log_in_one_is_where_one_wanted_to_be(page: Site) -> None:
    assert log_in(page, "mara", to="%2Ftopic%3Fname%3Da").headers["location"] == "/topic?name=a"
    assert log_in(page, "mara", to="%2F%2Fevil.example").headers["location"] == "/"
    assert "<script" not in page.ask("/login?next=/%22%3E%3Cscript%3E").body


def test_a_log_in_from_another_page_is_refused(page: Site) -> None:
    assert page.post("/login", "name=mara", headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert page.post("/logout", headers={"Origin": "https://evil.example"}).status == 403
    assert page.post("/login", "&".join(f"a{n}=" for n in range(50))).status == 403


# ---- Proxies, and what the config may say


def test_the_word_of_a_proxy_counts_only_if_it_was_named(tmp_path: Path) -> None:
    users = '\n[[users]]\nname = "mara"\nrole = "owner"\n'
    said = {"Remote-User": "mara"}
    with with_users(tmp_path, 'proxies = ["127.0.0.0/8"]\nproxy_header = "Remote-User"\n', users) as page:
        assert page.ask("/status", headers=said).status == 200
        assert page.ask("/status").status == 303
        assert page.ask("/status", headers={"Remote-User": "eve"}).status == 303
        twice = "GET /status HTTP/1.1\r\nHost: localhost\r\nRemote-User: mara\r\nremote-user: eve\r\n\r\n"
        assert page.raw(twice.encode()).startswith(b"HTTP/1.1 303")
        assert log_in(page, "mara", "a password").status == 403  # she has none
        assert page.post("/doctor", headers={**said, "Sec-Fetch-Site": "cross-site"}).status == 403
        page.config.write_text(page.config.read_text().replace("127.0.0.0/8", "192.0.2.7"))
        assert page.ask("/status", headers=said).status == 303


def test_proxies_are_addresses_and_networks() -> None:
    assert is_proxy("10.0.0.9", ["10.0.0.0/24"])
    assert is_proxy("::ffff:10.0.0.9", ["10.0.0.9/32"])
    assert not is_proxy("10.0.1.9", ["10.0.0.0/24"])
    assert not is_proxy("", ["10.0.0.0/24"])
    assert not is_proxy("::1", ["127.0.0.1/32"])


def test_by_https_the_cookie_stays_with_https_and_this_host(tmp_path: Path) -> None:
    with with_users(tmp_path, 'public_url = "https://news.example.org"') as page:
        cookie = log_in(page, "mara").headers["set-cookie"]
        assert cookie.startswith("__Host-session=")
        assert "Secure" in cookie.split("; ")
        assert page.ask("/login", headers={"Host": "news.example.org"}).status == 200
        assert page.ask("/login", headers={"Host": "other.example.org"}).status == 421


WRONG = [
    ('[web]\nlisten = "0.0.0.0:8222"', "asks nobody for a password"),
    ('[web]\npublic_url = "https://news.example.org"', "write [[users]], too"),
    ('[web]\nproxy_header = "Remote-User"', "write [[users]], too"),
    (USERS + '[web]\nproxy_header = "Remote-User"', "anybody could write this header"),
    (USERS + '[web]\nproxy_header = "Cookie"', "says something else"),
    (USERS + '[web]\nproxies = ["everybody"]', "an address or a network"),
    (USERS + '[web]\npublic_url = "https://news.example.org/monitor"', "has a path"),
    ('[[users]]\nname = "mara"', "has no password"),
    ('[[users]]\nname = "mara"\npassword = "hunter2"', "is not a hash of a password"),
    (USERS.replace("m=19456", "m=9999999"), "too long"),
    (USERS + USERS.replace("mara", "Mara"), "the same name"),
    (USERS + '[[users]]\nname = "x"\npassword = "y"\nrole = "admin"', "role"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_check_refuses_what_lets_strangers_in_and_shows_no_password(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"{CONFIG}\n{text}\n")
    with pytest.raises(ConfigError) as refused:
        load(file, {}, is_draft=True)
    assert said in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_with_users_it_may_listen_to_other_machines(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'{CONFIG}\n{USERS}\n[web]\nlisten = "0.0.0.0:8222"\n')
    settings = load(file, {}, is_draft=True)
    assert "passwords go through the network" in " ".join(map(str, settings.warnings))
    assert [(each.name, each.role, each.recipient) for each in settings.users] == [
        ("mara", "owner", ""),
        ("ben", "reader", "you@reader.example"),
    ]
    assert HASHES["mara"] not in repr(settings)
    file.write_text(file.read_text() + 'public_url = "https://news.example.org"\n')
    assert "passwords" not in " ".join(map(str, load(file, {}, is_draft=True).warnings))


# ---- Passwords


def test_a_password_is_hashed_for_the_config_and_nowhere_shown() -> None:
    made = CliRunner().invoke(command_line, ["web", "password"], input="correct horse battery\n")
    assert made.exit_code == 0, made.output
    line = made.stdout.strip()
    assert is_right(line.removeprefix('password = "').removesuffix('"'), "correct horse battery")
    assert "horse" not in line
    short = CliRunner().invoke(command_line, ["web", "password"], input="short\n")
    assert (short.exit_code, "10 to 1,024" in str(short.output) + str(short.exception)) != (0, False)
    assert not is_right(HASHES["mara"], "wrong")
    assert not is_right("", "a password that nobody has")
    assert not is_right("nonsense", "x")
