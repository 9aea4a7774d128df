"""Attacks on the page: by what feeds write, from other origins, by guesses. None may find anything."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from attack_site import MARA, OURS, USERS, WEB, attack, attacked, every_page, findings
from databases import lay_beside
from house import lived_in
from pages import Site, site
from simulated import SimulatedClock
from test_web_users import HASHES, WORDS, log_in, with_users

from monitor.config import load
from monitor.web.guard import POLICY
from monitor.web.pages import PAGES
from monitor.web.slowing import OF_ADDRESS

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with attacked(tmp_path_factory.mktemp("attacked")) as found:
        yield found


def test_the_search_for_attacks_finds_them() -> None:
    assert len(findings(attack("x"))) == 3
    wrong = [
        '<a href="javascript:x">',
        '<a href="//evil.example">',
        "<form action=https://evil.example>",
        "<p style=x>",
    ]
    wrong += [
        '<meta http-equiv="refresh" content="0;url=x">',
        "<iframe src=/x>",
        "<button formaction=data:x>",
        "<p onclick=x>",
    ]
    assert [len(findings(each)) for each in wrong] == [1] * len(wrong)


def test_nothing_of_any_field_of_a_feed_is_taken_for_markup_on_any_page(page: Site) -> None:
    wrong, seen = [], ""
    for address in every_page(page):
        answer = page.ask(address, headers=MARA)
        is_mail = answer.headers["content-security-policy"] != POLICY
        assert answer.status in ({200, 404} if "%3Cscript" in address else {200}), (address, answer.body[:500])
        assert answer.headers["content-type"].startswith("text/html"), address
        assert not is_mail or "; sandbox allow-popups" in answer.headers["content-security-policy"]
        wrong += [f"{address}: {each}" for each in findings(answer.body, is_mail=is_mail)]
        seen += answer.body
    assert wrong == []
    said = ("title", "json-title", "source", "description", "encoded", "summary", "html", "q")
    assert [each for each in said if f"hit=&#39;{each}&#39;" not in seen] == [], (
        "fields that no page shows prove nothing"
    )


def test_what_is_made_of_it_for_programs_is_no_page(page: Site) -> None:
    for address in every_page(page):
        path, mark, query = address.partition("?")
        answer = page.ask(f"{'/today' if path == '/' else path}.json{mark}{query}", headers=MARA)
        if answer.status == 200 and not path.endswith(("/page", "/mail")):  # documents, in their sandbox
            assert answer.headers["content-type"] == "application/json", address
            assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_buttons_answer_is_as_harmless(page: Site) -> None:
    origin = page.ask("/feeds.json", headers=MARA).json()["feeds"][0]["url"].rpartition("/")[0]
    toml = quote(f"name = '''{attack('name')}'''\nall = ['truce']")
    asked = {
        "/feeds/try": f"url={quote(f'{origin}/home')}",
        "/feeds/add": f"url={quote(origin + attack('url'))}&outlet={quote(attack('outlet'))}",
        "/workbench": f"topic=Syria+ceasefire&do=must_match%3A1&mode=toml&toml={toml}",
        "/start/topics": f"words={quote(attack('words'))}",
        "/preview/test": f"digest={quote(attack('digest'))}",
        "/me": f"subject={quote(attack('subject'))}&do=week",
        "/deliveries/1/cancel": "",
        "/login": f"name={quote(attack('user'))}&password={quote(attack('password'))}&next={quote(attack('next'))}",
    }
    for path, form in asked.items():
        answer = page.post(path, form, headers={**OURS, **MARA})
        assert findings(answer.body) == [], path
        assert "\r" not in answer.headers.get("location", "")
    streamed = page.post("/workbench/figures", f"topic=Syria+ceasefire&mode=toml&toml={toml}", headers={**OURS, **MARA})
    parts = [html for line in streamed.body.splitlines() if line.startswith("{") for html in json.loads(line).values()]
    assert len(parts) > 3
    assert [each for html in parts for each in findings(html)] == []


PATHS = (
    *("/static/..%2f..%2fconfig.toml", "/static/%2e%2e%2fapp.py", "/static/....//app.py", "/static/..%5capp.py"),
    *("/static//etc/passwd", "/static/%00", "/editions/..%2f..%2fetc%2fpasswd", "/editions/1/..%2f..%2fconfig.toml"),
    *("/leave/..%2f..%2fconfig.toml", "/leave/%2e%2e/%2e%2e/config.toml", "/feeds/../../config.toml", "/.git/config"),
    *("/topic?name=..%2f..%2fconfig.toml", "/preview?digest=..%2f..%2fetc%2fpasswd", "/editions/1.json/page"),
)


@pytest.mark.parametrize("path", PATHS)
def test_no_address_leads_to_a_file(page: Site, path: str) -> None:
    answer = page.ask(path, headers=MARA)
    assert answer.status == 404, answer.body
    assert "storage" not in answer.body
    assert "root:" not in answer.body


def test_many_guesses_at_once_are_as_few_as_one_after_the_other(tmp_path: Path) -> None:
    with with_users(tmp_path, 'proxies = ["127.0.0.1"]') as page:
        statuses: list[int] = []
        guessing = [
            threading.Thread(
                target=lambda: statuses.append(log_in(page, "mara", "wrong", address="198.51.100.9").status)
            )
            for _ in range(40)
        ]
        for each in guessing:
            each.start()
        for each in guessing:
            each.join(60)
        assert statuses.count(403) == OF_ADDRESS
        assert statuses.count(429) == 40 - OF_ADDRESS
        assert log_in(page, "mara", WORDS["mara"], address="198.51.100.10").status == 303
        long = log_in(page, "mara", "x" * 60_000, address="198.51.100.11")
        assert long.status == 403


SECRETS = ("s3cretuser", "s3cretword", "s3crettoken", "s3cretmail", "s3crethook", "s3cretkey")
CONFIG_WITH_SECRETS = f"""
[[feeds]]
url = "https://news.example/feed.xml?token={SECRETS[2]}"
auth = {{ username = "{SECRETS[0]}", password = "{SECRETS[1]}" }}

[[topics]]
name = "Syria ceasefire"
all = ["Syria*", "truce"]

[[digests]]
name = "Daily"
to = ["you@reader.example", "desk"]
at = "07:00"
timezone = "UTC"

[mail]
kind = "smtp"
host = "mail.example"
sender = "m@x.example"
username = "m"
password = "{SECRETS[3]}"

[channels.hook]
kind = "webhook"
secret = "{SECRETS[5]}"

[recipients.desk]
channel = "hook"
address = "https://hooks.example/{SECRETS[4]}"

[storage]
folder = "data"
"""


def test_no_page_has_a_secret_of_the_config(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    text = f"{CONFIG_WITH_SECRETS}{USERS}{WEB}".replace("role =", f'password = "{HASHES["mara"]}"\nrole =')
    config.write_text(text)
    config.chmod(0o600)
    lay_beside(config)
    clock = SimulatedClock()
    with lived_in(load(config, {}), clock) as home:
        home.refresh()
        for letter in home.jobs.publisher.editor.draft(home.jobs.publisher.digests[0]).letters:
            assert letter.pause_url
        home.jobs.publisher.publish(home.jobs.publisher.digests[0])
    with site(tmp_path, text, clock=clock) as page:
        key = page.desk.store.people.link_key()
        hidden = (*SECRETS, HASHES["mara"], HASHES["mara"].rpartition("$")[2], key.hex(), str(key))
        deliveries = [f"/deliveries/{number}" for number in (1, 2)]
        query = {
            "/preview": "?digest=Daily",
            "/topic": "?name=Syria%20ceasefire",
            "/workbench": "?topic=Syria%20ceasefire",
        }
        fixed = [f"{path}{query.get(path, '')}" for path in PAGES if "{" not in path]
        seen = 0
        for address in (*fixed, *deliveries, "/feeds/1", "/editions/1", "/editions/1/page", "/deliveries/1/mail"):
            path, mark, rest = address.partition("?")
            for asked in (address, f"{'/today' if path == '/' else path}.json{mark}{rest}"):
                answer = page.ask(asked, headers=MARA)
                seen += answer.status == 200
                assert [each for each in hidden if each in answer.body] == [], asked
        assert seen > 40
