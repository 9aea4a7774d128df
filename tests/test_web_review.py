"""A draft on the page: dropped, ordered, commented and released by forms, without JavaScript and in Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from accessible import CHROMIUM
from browser import browser
from drafts import with_draft
from origin import Origin
from pages import Answer, Site, site


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as found:
        yield found


@pytest.fixture
def page(origin: Origin, tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, with_draft(tmp_path, origin).read_text()) as found:
        yield found


def draft(page: Site) -> dict[str, int]:
    """The story of each headline by its first word, in the order of the draft."""
    (found,) = page.ask("/review.json").json()["drafts"]
    return {
        each["lead"]["title"].split()[0 if "Aid" in each["lead"]["title"] else 1]: each["story"]
        for part in [*found["topics"], {"stories": found["dropped"]}]
        for each in part["stories"]
    }


def sent(page: Site, do: str, version: int, **fields: str) -> Answer:
    numbers = ",".join(map(str, draft(page).values()))
    form = {"digest": "Daily", "version": str(version), "stories": numbers, "do": do, **fields}
    return page.post("/review", urlencode(form))


def test_a_draft_is_changed_and_released_by_forms(page: Site) -> None:
    assert "Its draft waits for a person" in page.ask("/").body
    body = page.ask("/review").body
    assert "waits until" in body
    assert "<script" not in body
    stories = draft(page)
    first, second, *_ = stories.values()
    changed = sent(
        page,
        "save",
        0,
        **{f"place-{second}": "1", f"place-{first}": "1", f"comment-{second}": "Nobody <b>knows</b>."},
        **{f"drop-{first}": "1"},
    )
    assert (changed.status, changed.headers["location"]) == (303, "/review?digest=Daily")
    shown = page.ask("/review?digest=Daily").body
    assert "Dropped: no message has these" in shown
    assert "Nobody &lt;b&gt;knows&lt;/b&gt;." in shown
    preview = page.ask("/preview?digest=Daily").body
    assert "Nobody &lt;b&gt;knows&lt;/b&gt;." in preview
    stale = sent(page, "save", 0)
    assert (stale.status, "not as you saw it" in stale.body) == (400, True)
    released = sent(page, "release", 1, **{f"drop-{first}": "1"})
    assert "The edition was released" in released.body
    assert "sent" in released.body
    assert "No draft waits" in page.ask("/review").body
    (edition,) = page.ask("/editions.json").json()["editions"]
    one = page.ask(f"/editions/{edition['id']}.json").json()
    assert one["review"]["is_released"]
    assert one["review"]["dropped"] == 1
    assert "released by a person" in page.ask(f"/editions/{edition['id']}").body
    assert "dropped from its draft" in page.ask(f"/articles/{first}").body


def test_a_draft_takes_no_nonsense(page: Site) -> None:
    long = "x" * 281
    (first, *_) = draft(page).values()
    assert sent(page, "save", 0, **{f"comment-{first}": long}).status == 400
    assert sent(page, "save", 0, stories="9999999,1e3,-4").status == 400
    assert page.post("/review", "digest=Nobody&version=0").status == 404
    assert page.post("/review", "digest=Daily&version=zero").status == 400
    assert page.ask("/review?digest=Nobody").status == 404
    assert page.post("/review", "digest=Daily&version=0", headers={}).status == 403
    assert sent(page, "save", 0, **{f"place-{first}": "9" * 30}).status == 303


def test_nobody_waits_without_the_setting(tmp_path: Path) -> None:
    with site(tmp_path) as page:
        assert "No digest waits for a person" in page.ask("/review").body
        assert page.ask("/review.json").json() == {"drafts": [], "waits": []}


@pytest.mark.whole
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium; on Debian: apt-get install chromium")
def test_a_draft_is_reviewed_and_released_in_a_browser_without_javascript(page: Site) -> None:
    with browser() as chromium:
        tab = chromium.page(width=320, has_script=False)
        tab.open(f"http://127.0.0.1:{page.port}/")
        tab.follow("[...document.links].find(each => each.textContent == 'review it').click()")
        assert tab.value("document.documentElement.scrollWidth <= innerWidth")
        tab.value("document.querySelector('input[type=checkbox]').focus()")
        tab.press(" ")
        tab.follow("document.querySelector('button[value=save]').click()")
        assert "Dropped: no message has these" in tab.value("document.querySelector('main').textContent")
        tab.follow("document.querySelector('button[value=release]').click()")
        assert "The edition was released" in tab.value("document.querySelector('h1').textContent")
        assert not [each for each in tab.log if "404" not in each]
        tab.close()
    (edition,) = page.ask("/editions.json").json()["editions"]
    html = page.ask(f"/editions/{edition['id']}/page").body
    assert len(re.findall("<h3", html)) == 2
