"""The pages to read, over a store that a feed has filled whose texts are an attack."""

import re
from collections.abc import Iterator

import pytest
from house import Story
from origin import Origin
from pages import Site, lived

ATTACK = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'{{ 7*7 }}"
STORIES = (
    Story(id="truce", title="Syria truce holds", text="The truce in Syria holds. " * 5),
    Story(
        id="evil",
        title=f"Syria truce {ATTACK}",
        text=f"Syria truce &lt;script&gt;alert(3)&lt;/script&gt; {ATTACK}",
        link="javascript:alert(4)",
        source='evil.example"><script>',
    ),
    Story(id="data", title="A truce for Syria \u202e dezisrever", link="data:text/html,<script>alert(5)</script>"),
    Story(id="arabic", title="Syria truce: هدنة في سوريا", text="Syria truce هدنة"),
    Story(id="later", title="Syria: second truce announced in Idlib", text="A second truce for Syria."),
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        Origin() as origin,
        lived(tmp_path_factory.mktemp("lived"), *STORIES, origin=origin, title=f"The Post {ATTACK}") as found,
    ):
        yield found


def addresses(page: Site) -> list[str]:
    stories = page.ask("/stories.json?days=30").json()["stories"]
    articles = [each["article"] for each in page.ask("/topic.json?name=Syria%20ceasefire").json()["matches"]]
    edition = page.ask("/editions.json").json()["editions"][0]["id"]
    return [
        *("/", "/editions", "/stories", "/topics", "/topic?name=Syria%20ceasefire", "/search?q=truce", "/status"),
        *("/feeds", "/feeds/1", "/feeds/value", "/feeds/add", "/deliveries", "/deliveries/1", "/doctor"),
        "/preview?digest=Daily",
        f"/editions/{edition}",
        *(f"/stories/{each['id']}" for each in stories),
        *(f"/articles/{each}" for each in articles),
    ]


def test_every_page_is_there_as_html_and_as_json_with_one_heading_and_landmarks(page: Site) -> None:
    found = addresses(page)
    assert len(found) > 10
    for each in found:
        answer = page.ask(each)
        assert answer.status == 200, (each, answer.body)
        assert answer.body.count("<h1>") == 1
        assert all(part in answer.body for part in ("<main", "<nav", "<header", 'class="skip"', 'lang="en"')), each
        path, mark, query = each.partition("?")
        assert page.ask(f"{'/today' if path == '/' else path}.json{mark}{query}").json() is not None
        assert len(answer.body) < 40_000


def test_nothing_that_a_feed_wrote_runs_loads_or_leads_anywhere_but_to_the_web(page: Site) -> None:
    for each in addresses(page):
        body = page.ask(each).body
        assert "<script" not in body, each
        assert not re.search(r"<[^>]*\son\w+\s*=", body), each
        assert "<img" not in body, each
        assert "javascript:" not in re.findall(r'href="([^"]*)"', body), each
        for address in re.findall(r'(?:href|src)="([^"]*)"', body):
            assert address.startswith(("/", "#", "http://", "https://")), (each, address)
        for outside in re.findall(r'<a href="https?://[^>]*>', body):
            assert 'rel="noopener noreferrer"' in outside
        assert "49" not in re.findall(r"'(\d+)", body)
        assert "\u202e" not in body


def test_today_has_what_the_next_edition_lists_and_the_edition_what_was_mailed(page: Site) -> None:
    (edition,) = page.ask("/today.json").json()["editions"]
    assert edition["digest"] == "Daily"
    assert "second truce" in page.ask("/").body
    (past,) = page.ask("/editions.json").json()["editions"]
    document = page.ask(f"/editions/{past['id']}/page")
    assert "Syria truce holds" in document.body
    assert "sandbox" in document.headers["content-security-policy"]
    assert "script-src" not in document.headers["content-security-policy"]
    assert "allow-scripts" not in page.ask(f"/editions/{past['id']}").body


def test_a_topic_has_its_days_and_matches_and_an_article_says_why(page: Site) -> None:
    topic = page.ask("/topic.json?name=Syria%20ceasefire").json()
    assert len(topic["timeline"]) == 30
    assert len(topic["matches"]) == 5
    article = page.ask(f"/articles/{topic['matches'][-1]['article']}.json").json()
    assert any(each["stage"] == "topic" and "Syria" in each["sentence"] for each in article["findings"])
    arabic = page.ask("/topic?name=Syria%20ceasefire").body
    assert 'dir="auto"' in arabic


def test_search_has_the_language_of_the_command_and_says_what_is_wrong(page: Site) -> None:
    assert [each["title"] for each in page.ask("/search.json?q=%22second+truce%22").json()["articles"]] == [
        "Syria: second truce announced in Idlib"
    ]
    assert page.ask("/search.json?q=truce+-holds+-second").json()["articles"]
    assert "<mark>truce</mark>" in page.ask("/search?q=truce").body
    wrong = page.ask("/search?q=%22open")
    assert wrong.status == 200
    assert 'role="alert"' in wrong.body or wrong.body.count("<li>")
    assert page.ask("/search.json?since=never").json()["problem"]
    assert page.ask("/search").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/editions/999",
        "/stories/999",
        "/articles/999",
        "/topic?name=None",
        "/articles/1e9",
        "/articles/-1",
        "/preview?digest=x",
    ],
)
def test_what_is_not_there_is_said_with_404(page: Site, path: str) -> None:
    assert page.ask(path).status == 404


def test_numbers_that_are_none_fall_back_and_huge_ones_are_bounded(page: Site) -> None:
    for days in ("0", "-1", "x", "9" * 400, "%C2%B2"):
        assert page.ask(f"/stories.json?days={days}").status == 200
    assert page.ask("/stories.json?days=31").json()["days"] == 30
    assert page.ask("/articles/99999999999999999999999").status == 404
