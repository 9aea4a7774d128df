"""The workbench of the page, asked as a browser without JavaScript asks it."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from itertools import product
from urllib.parse import urlencode

import pytest
from house import Story
from origin import Origin
from pages import Site, lived

from monitor.store.search_file import index_file
from monitor.web import look

ATTACK = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'{{ 7*7 }}"
STORIES = (
    Story(id="truce", title="Syria truce holds", text="The truce in Syria holds. " * 5),
    Story(id="lull", title=f"Lull in Syria {ATTACK}", text="Guns are silent in Syria."),
    Story(id="later", title="Syria: second truce announced", text="A second truce for Syria."),
)
TOPIC = '[[topics]]\nname = "Syria ceasefire"\nall = ["Syria*", ["truce", "lull", "armistice"]]\n'
NAME = "Syria ceasefire"


@pytest.fixture
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Origin() as origin, lived(tmp_path_factory.mktemp("lived"), *STORIES, origin=origin) as found:
        yield found


def sent(do: str = "try", toml: str = TOPIC, name: str = NAME, **fields: str) -> str:
    return urlencode({"topic": name, "mode": "toml", "toml": toml, "do": do, **fields})


def test_the_topic_as_it_is_stands_beside_what_it_finds(page: Site) -> None:
    shown = page.ask("/workbench?topic=Syria%20ceasefire")
    assert shown.status == 200
    assert "<strong>2 matches</strong> in 3 articles" in shown.body
    assert page.ask("/workbench.json?topic=Syria%20ceasefire").json()["found"]["matches"] == 2
    assets = sum(len(page.ask(f"/static/{name}").body.encode()) for name in look.STATIC)
    assert len(shown.body.encode()) + assets < 50_000
    assert page.ask("/workbench").status == 200
    assert page.ask("/workbench?topic=None").status == 404
    assert "/workbench?topic=Syria%20ceasefire" in page.ask("/topic?name=Syria%20ceasefire").body


def test_a_draft_says_what_enters_and_leaves_and_which_terms_are_dead(page: Site) -> None:
    before = page.config.read_bytes()
    body = page.post("/workbench", sent()).body
    assert "<strong>3 matches</strong> in 3 articles; 2 before, <ins>+1</ins> <del>−0</del>" in body
    assert "Terms that nothing has" in body
    assert "<bdi>armistice</bdi>" in body
    assert "<script>alert" not in body
    assert "<img" not in body
    lost = page.post("/workbench", sent(toml=TOPIC.replace('"truce", ', ""))).body
    assert "<ins>+1</ins> <del>−2</del>" in lost
    assert page.config.read_bytes() == before


def parts(page: Site, form: str) -> list[dict[str, str]]:
    answer = page.post("/workbench/figures", form)
    assert answer.status == 200
    pieces = re.split(r"(?m)^[0-9a-f]+\r\n", answer.body)  # chunks of HTTP
    return [json.loads(line) for line in "".join(each.removesuffix("\r\n") for each in pieces).splitlines() if line]


def test_while_typing_the_same_comes_in_parts(page: Site) -> None:
    figures, asked = parts(page, sent())
    assert "<strong>3 matches</strong>" in figures["found"]
    assert "armistice" in figures["toml"]
    assert set(asked) == {"asked"}
    assert "<script>alert" not in f"{figures}{asked}"
    (wrong,) = parts(page, sent(toml="name = "))
    assert "not TOML" in wrong["found"]
    (wrong,) = parts(page, sent(toml='name = "x"\nany = ["a*"]'))
    assert "at least 3 letters" in wrong["found"]


def test_of_many_articles_the_newest_come_first(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.web.tried.FIRST_ARTICLES", 0)
    monkeypatch.setattr("monitor.web.tried.STEP", 1)
    first, whole, _ = parts(page, sent())
    assert "<strong>1 match</strong> in 1 article;" in first["found"]
    assert "These are the newest" in first["found"]
    assert "<strong>3 matches</strong> in 3 articles;" in whole["found"]
    assert "These are the newest" in page.ask("/workbench?topic=Syria%20ceasefire").body
    assert "<strong>3 matches</strong>" in page.post("/workbench", sent()).body


def test_without_the_index_every_article_is_read_and_the_figures_are_the_same(page: Site) -> None:
    with_index = page.post("/workbench", sent()).body
    file = index_file(page.desk.settings.storage.database_file)
    assert file.exists()
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    assert page.post("/workbench", sent()).body == with_index
    file.write_bytes(b"damaged" * 1_000)
    assert page.post("/workbench", sent()).body == with_index


def test_whoever_leaves_ends_the_work(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def endless(*_: object, **__: object) -> Iterator[None]:
        try:
            while True:
                yield None
        finally:
            over.set()

    monkeypatch.setattr("monitor.web.pages.tuning.tried", endless)
    form = sent().encode()
    with socket.create_connection(("127.0.0.1", page.port), timeout=30) as client:
        client.sendall(
            b"POST /workbench/figures HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%b" % (len(form), form)
        )
        assert client.recv(12) == b"HTTP/1.1 200"
        assert page.ask("/topics").status == 200  # others have their turn
    assert over.wait(20)


def test_any_article_becomes_an_example_from_its_own_page(page: Site) -> None:
    matches = page.ask("/topic.json?name=Syria%20ceasefire").json()["matches"]
    number = matches[0]["article"]
    assert "This should match" in page.ask(f"/articles/{number}").body
    body = page.post("/workbench", f"do=must_match%3A{number}&topic=Syria+ceasefire").body
    assert "The example was added to the draft" in body
    assert page.post("/workbench", f"do=must_match%3A{number}&topic=None").status == 404


def test_mistakes_are_said_and_nothing_is_tried(page: Site) -> None:
    assert "at least 3 letters" in page.post("/workbench", sent(toml='name = "x"\nany = ["a*"]')).body
    assert page.post("/workbench", sent(toml="name = ")).status == 400
    assert page.post("/workbench", sent("save", toml='name = "x"\nany = ["a*"]')).status == 400


WRONG = ("3", '"x"', "[1]", "[[1]]", "[[[]]]", "{ a = 1 }", "[{ a = 1 }]", "true", "1e999", "2016-09-12", '""', "[]")
KEYS = (
    *("name", "rule", "any", "all", "pair", "none", "near", "within", "at_least", "languages", "sources", "priority"),
    *("enabled", "mute_until", "perhaps", "alert", "was", "must_match", "must_not_match", "unknown"),
)


def test_no_value_of_a_wrong_kind_makes_the_page_fail(page: Site) -> None:
    for number, (key, wrong) in enumerate(product(KEYS, WRONG)):
        named = "" if key == "name" else 'name = "x"\n'
        toml = f"{named}{key} = {wrong}\n"
        mode, act = ("fields", "toml") if number % 2 else ("toml", "fields")
        assert page.post("/workbench", sent(act, toml=toml, mode=mode, name="")).status == 200, toml
        if number % len(WRONG) == 0:
            assert page.post("/workbench", sent("must_match:1", toml=toml)).status in {200, 400}, toml
            assert "problem" not in parts(page, sent(toml=toml))[0], toml


def test_fields_and_toml_are_the_same_topic(page: Site) -> None:
    fields = {"mode": "fields", "name": NAME, "r0.g0": "Syria*", "r0.g1": "truce\nlull", "r0.none": "racing"}
    body = page.post("/workbench", sent("toml", **fields)).body
    assert "all = [&#34;Syria*&#34;, [&#34;truce&#34;, &#34;lull&#34;" in body
    assert "none = [&#34;racing&#34;]" in body
    assert 'name="r0.g1"' in page.post("/workbench", sent("fields")).body


def test_save_writes_by_the_edits_of_commands_and_says_the_effect(page: Site) -> None:
    before = page.config.read_text()
    body = page.post("/workbench", sent("save")).body
    assert "2 matches in 30 days before, 3 now (+1 −0)" in body
    assert "No daemon runs" in body
    after = page.config.read_text()
    assert after == before.replace('"truce"]', '["truce", "lull", "armistice"]]')
    assert "says so already" in page.post("/workbench", sent("save")).body
    new = page.post("/workbench", sent("save", name="", toml='name = "Lull"\nany = ["lull"]'))
    assert "The topic was saved" in new.body
    assert page.ask("/workbench?topic=Lull").status == 200


def test_another_name_keeps_the_history(page: Site) -> None:
    page.post("/workbench", sent("save", toml=TOPIC.replace("Syria ceasefire", "Truces in Syria")))
    text = page.config.read_text()
    assert 'name = "Truces in Syria"' in text
    assert 'was = "Syria ceasefire"' in text


def test_a_config_that_nobody_may_write_gets_the_lines_to_paste(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(page.config))

    monkeypatch.setattr("monitor.config.edit.plan.replace_kept", refuse)
    answer = page.post("/workbench", sent("save"))
    assert answer.status == 400
    assert "armistice" in answer.body


def test_judgements_are_those_of_the_command_and_articles_become_examples(page: Site) -> None:
    matches = page.ask("/topic.json?name=Syria%20ceasefire").json()["matches"]
    number = matches[0]["article"]
    page.post("/workbench", sent(f"no:{number}"))
    assert page.desk.store.judgements.of(NAME) == {number: False}
    body = page.post("/workbench", sent(f"must_match:{number}")).body
    assert "The example was added to the draft" in body
    assert "must_match = [&#34;" in body
    for wrong in ("yes:0", "yes:x", "must_match:99999", "yes"):
        assert page.post("/workbench", sent(wrong)).status == 400, wrong


def test_a_draft_of_what_the_config_no_longer_says_is_not_saved(page: Site) -> None:
    (was,) = re.findall(r'name="was" value="(\w+)"', page.ask("/workbench?topic=Syria%20ceasefire").body)
    assert "The topic was saved" in page.post("/workbench", sent("save", was=was)).body
    assert "something else" in page.post("/workbench", sent("save", toml=TOPIC.replace("lull", "hush"), was=was)).body
    assert "hush" not in page.config.read_text()


def test_no_stranger_can_save(page: Site) -> None:
    before = page.config.read_bytes()
    assert page.post("/workbench", sent("save"), headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert page.config.read_bytes() == before
