"""Saving on the workbench of the page: what others wrote meanwhile, what cannot be written, and drafts that are odd."""

import re
import threading
from collections.abc import Iterator
from html import unescape
from itertools import product
from urllib.parse import quote, urlencode

import pytest
from origin import Origin
from pages import CONFIG, Answer, Site, lived
from test_web_workbench import ATTACK, NAME, STORIES, TOPIC, parts, sent

from monitor.web.guard import MAX_TOPIC_BYTES

MINE = TOPIC.replace("armistice", "hush")
ODD_NAME = "<script>alert(9)</script> & {{ 7*7 }}"
ODD = f"""
[[topics]]
name = "{ODD_NAME}"
any = ["<img src=x onerror=alert(3)>", "'\\"><svg onload=alert(4)>", "lull"]
must_match = ["<b onmouseover=alert(5)>Lull</b>"]
"""


@pytest.fixture
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Origin() as origin, lived(tmp_path_factory.mktemp("lived"), *STORIES, origin=origin) as found:
        yield found


def mark(page: Site) -> str:
    found: list[str] = re.findall(r'name="was" value="(\w+)"', page.ask("/workbench?topic=Syria%20ceasefire").body)
    return found[0]


def typed(answer: Answer) -> str:
    """The draft that the page still has."""
    toml: list[str] = re.findall(r'<textarea[^>]* name="toml"[^>]*>\n(.*?)</textarea>', answer.body, re.DOTALL)
    return unescape(toml[0])


def of_fields(do: str, name: str, **fields: str) -> str:
    """What the form sends that has fields."""
    return urlencode({"topic": name, "mode": "fields", "name": name, "do": do, **fields})


def test_of_two_tabs_that_save_at_once_the_second_sees_what_the_first_wrote_and_loses_nothing(page: Site) -> None:
    was = mark(page)
    assert "The topic was saved" in page.post("/workbench", sent("save", was=was)).body
    first = page.config.read_text()
    second = page.post("/workbench", sent("save", toml=MINE, was=was))
    assert second.status == 400
    assert "something else about this topic" in second.body
    assert "-all = [&#34;Syria*&#34;, [&#34;truce&#34;, &#34;lull&#34;, &#34;armistice&#34;]]" in second.body
    assert typed(second) == MINE
    assert page.config.read_text() == first
    (now,) = re.findall(r'name="was" value="(\w+)"', second.body)
    assert "The topic was saved" in page.post("/workbench", sent("save", toml=typed(second), was=now)).body
    assert '"hush"' in page.config.read_text()


def test_two_tabs_that_add_the_same_topic_are_not_merged_in_silence(page: Site) -> None:
    new = sent("save", name="", toml='name = "Lull"\nany = ["lull"]\n')
    assert "The topic was saved" in page.post("/workbench", new).body
    again = page.post("/workbench", new)
    assert again.status == 400
    assert "Lull" in again.body
    assert 'any = ["lull"]' in typed(again)
    assert page.config.read_text().count('name = "Lull"') == 1


def test_a_file_that_was_edited_meanwhile_keeps_what_was_written_there(page: Site) -> None:
    was, before = mark(page), page.config.read_text()
    other = before.replace("[[topics]]", '[[topics]]\nname = "Above"  # new\nany = ["quake"]\n\n[[topics]]', 1)
    page.config.write_text(other)
    assert "The topic was saved" in page.post("/workbench", sent("save", was=was)).body
    assert page.config.read_text() == other.replace('"truce"]', '["truce", "lull", "armistice"]]')


def test_a_topic_that_is_gone_from_the_file_can_be_added_again(page: Site) -> None:
    was, before = mark(page), page.config.read_text()
    page.config.write_text(before.replace(NAME, "Elsewhere"))
    gone = page.post("/workbench", sent("save", was=was))
    assert gone.status == 400
    assert "no topic named Syria ceasefire any more" in gone.body
    assert '<input type="hidden" name="topic" value="">' in gone.body
    assert "The topic was saved" in page.post("/workbench", sent("save", toml=typed(gone), name="")).body
    assert "Elsewhere" in page.config.read_text()


def test_a_file_with_a_mistake_is_left_alone(page: Site) -> None:
    page.config.write_text(page.config.read_text() + "\n[[topics]\n")
    broken = page.config.read_bytes()
    answer = page.post("/workbench", sent("save"))
    assert answer.status == 400
    assert "config.toml" in answer.body
    assert '"armistice"' in typed(answer)
    assert page.config.read_bytes() == broken


HALVES = ('name = "x"\nany = ["lull', "[[topics", '"""', "\0", "any = [" * 50)


def test_toml_that_is_half_typed_stays_as_it_is(page: Site) -> None:
    for half, do in product(HALVES, ("try", "save", "yes:1", "must_match:1")):
        answer = page.post("/workbench", sent(do, toml=half))
        assert answer.status == 400
        assert "not TOML" in answer.body
        assert typed(answer) == half
        assert "not TOML" in parts(page, sent(do if do.startswith("yes") else "try", toml=half))[-1]["found"]


def test_examples_are_right_or_wrong_in_a_draft_that_is_tried_and_wrong_ones_are_not_saved(page: Site) -> None:
    before = page.config.read_bytes()
    odd = TOPIC + 'must_match = ["Truce in Syria", "Nothing of it"]\nmust_not_match = ["Lull in Syria"]\n'
    body = page.post("/workbench", sent(toml=odd)).body
    assert "<strong>3 matches</strong>" in body
    assert (body.count('<li class="right">'), body.count('<li class="wrong">')) == (1, 2)
    refused = page.post("/workbench", sent("save", toml=odd))
    assert refused.status == 400
    assert "must_match[1]" in refused.body
    assert "must_not_match[0]" in refused.body
    assert typed(refused) == odd
    assert page.config.read_bytes() == before


def test_a_button_that_cannot_do_its_work_keeps_the_draft(page: Site) -> None:
    for do in ("yes:99999", "must_match:99999", "must_not_match:x"):
        answer = page.post("/workbench", sent(do, toml=MINE))
        assert answer.status == 400
        assert typed(answer) == MINE


EXPRESSIONS = (
    *(
        "(a+)+$",
        ".*",
        "[a-z",
        "a{1,99999}",
        "\\b\\w+",
        "^lull$",
        "lull|truce",
        "(?=x)",
        "*",
        "**lull",
        "%s%n",
        "a'; --",
    ),
    *("." * 5_000, "(" * 5_000, "a" * 50_000, "lull " * 2_000),
)


def test_regular_expressions_are_words_or_mistakes(page: Site) -> None:
    for each in EXPRESSIONS:
        toml = f"name = \"x\"\nany = ['''{each}''']\n"
        answer = page.post("/workbench", sent(toml=toml, name=""))
        assert answer.status == 200
        assert 'class="count"' in answer.body or 'class="problem"' in answer.body, each[:20]


def test_a_draft_of_a_thousand_terms_is_tried_and_saved_and_a_longer_form_is_refused(page: Site) -> None:
    terms = [f"مصطلح{number}" for number in range(1_000)] + ["lull"]
    fields = {"toml": TOPIC, "r0.g0": "\n".join(terms)}
    answer = page.post("/workbench", of_fields("try", NAME, **fields))
    assert "<strong>1 match</strong> in 3 articles" in answer.body
    assert "300 terms" in answer.body
    assert len(answer.body) < 200_000
    assert "The topic was saved" in page.post("/workbench", of_fields("save", NAME, **fields)).body
    assert page.post("/workbench", "toml=" + "x" * MAX_TOPIC_BYTES).status == 413


def test_whoever_tries_keeps_no_other_change_and_no_page_waiting(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, begun = threading.Event(), threading.Semaphore(0)

    def slow(*_: object, **__: object) -> Iterator[None]:
        begun.release()
        go_on.wait(20)
        yield None
        raise ValueError("the end")

    monkeypatch.setattr("monitor.web.pages.tuning.tried", slow)
    trying = [threading.Thread(target=page.post, args=("/workbench", sent())) for _ in range(6)]
    for each in trying:
        each.start()
    assert begun.acquire(timeout=20)
    assert begun.acquire(timeout=20)
    assert page.ask("/topics").status == 200
    assert page.post("/feeds/1/pause").status == 200
    assert not begun.acquire(blocking=False)  # two at a time
    go_on.set()
    for each in trying:
        each.join(20)


def test_an_article_is_judged_on_the_way_to_the_figures(page: Site) -> None:
    number = page.ask("/topic.json?name=Syria%20ceasefire").json()["matches"][0]["article"]
    judged, *_, asked = parts(page, sent(f"yes:{number}"))
    assert judged == {"said": "Judged: it belongs to the topic."}
    assert set(asked) == {"asked"}
    assert page.desk.store.judgements.of(NAME) == {number: True}
    before = page.config.read_bytes()
    assert "said" not in parts(page, sent("save", toml=MINE))[0]
    assert page.config.read_bytes() == before
    assert page.post("/workbench/figures", sent("no:99999")).status == 400


def test_names_and_terms_are_foreign_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    with (
        Origin() as origin,
        lived(tmp_path_factory.mktemp("odd"), *STORIES, origin=origin, config=CONFIG + ODD) as page,
    ):
        fields = {"toml": ODD, "r0.g0": f"lull\n{ATTACK}", "sources": ATTACK, "must_match": f"{ATTACK}\n{ATTACK}"}
        tried = of_fields("try", ODD_NAME, **fields)
        bodies = [
            page.ask(f"/workbench?topic={quote(ODD_NAME, safe='')}").body,
            page.ask("/topics").body,
            page.post("/workbench", tried).body,
            page.post("/workbench", of_fields("toml", ODD_NAME, **fields)).body,
            *map(str, parts(page, tried)),
            page.post("/workbench", of_fields("save", ODD_NAME, **fields, was="0" * 16)).body,
            page.post("/workbench", of_fields("save", ODD_NAME, **fields)).body,
            page.post("/workbench", sent("save", ODD.replace('"lull"', '"lull", "hush"'), ODD_NAME)).body,
        ]
        assert "The topic was saved" in bodies[-1], re.findall(r"problem.*?</div>", bodies[-1], re.DOTALL)
        for body in bodies:
            assert "alert" in body
            assert not re.search(r"<(script>|img|svg onload|b )", body)
            assert " 49" not in body
