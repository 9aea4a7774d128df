"""The page in Chromium: every page fits into 320 pixels, axe-core finds nothing, and a keyboard is enough."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from accessible import AXE, CHROMIUM
from browser import Chromium, Page, browser
from house import Story
from origin import Origin
from pages import CONFIG, Site, a_week, every_address, lived

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium; on Debian: apt-get install chromium"),
]
STORIES = (
    Story(id="truce", title="Syria truce holds", text="The truce in Syria holds. " * 5),
    Story(id="lull", title="Lull in Syria", text="Guns are silent in Syria."),
    Story(id="later", title="Syria: second truce announced", text="A second truce for Syria."),
)
FITS = "document.documentElement.scrollWidth <= innerWidth"
FOCUSED = "document.activeElement.textContent.trim()"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with a_week(tmp_path_factory.mktemp("week")) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with browser() as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_small_screen_and_has_no_fault(site: Site, chromium: Chromium, scheme: str) -> None:
    faults = []
    for name, address in every_address(site).items():
        page = chromium.page(width=320, scheme=scheme)
        page.open(f"http://127.0.0.1:{site.port}{address}")
        found = page.faults() if AXE.exists() else []  # `make look` fetches axe-core
        faults += [f"{name}: {each}" for each in found]
        if not page.value(FITS):
            faults.append(f"{name} is wider than the window")
        faults += [f"{name}: {each}" for each in page.log if "404" not in each]
        page.close()
    assert not faults


def test_twice_as_large_letters_still_fit(site: Site, chromium: Chromium) -> None:
    for address in every_address(site).values():
        page = chromium.page(width=640)
        page.open(f"http://127.0.0.1:{site.port}{address}")
        page.value("document.documentElement.style.fontSize = '200%'")
        assert page.value(FITS), address
        page.close()


def test_a_keyboard_gets_past_the_menu_and_sees_where_it_is(site: Site, chromium: Chromium) -> None:
    page = chromium.page()
    page.open(f"http://127.0.0.1:{site.port}/search")
    page.press("Tab")
    assert page.value(FOCUSED) == "Skip to the content"
    outline = "parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
    assert page.value(outline) >= 2
    assert page.value("document.activeElement.getBoundingClientRect().left") >= 0
    page.press("Enter")
    page.until("document.activeElement.id == 'content'")
    page.press("Tab")
    assert page.value("document.activeElement.id") == "q"
    assert page.value(outline) >= 2
    page.type("truce")
    page.press_and_wait("Enter")
    assert "q=truce" in page.value("location.search")
    assert page.value("document.querySelectorAll('.stories > li').length") > 3
    page.close()


def test_a_story_is_muted_without_javascript(site: Site, chromium: Chromium) -> None:
    page = chromium.page(has_script=False)
    page.open(f"http://127.0.0.1:{site.port}{every_address(site)['story']}")
    for button, then in (("Mute this story", "Report this story again"), ("Report this story again", "Mute")):
        while page.value(FOCUSED) != button:
            page.press("Tab")
        page.press_and_wait("Enter")
        assert then in page.value("document.querySelector('main').textContent")
    page.close()


LIVE = "document.getElementById('count').textContent"


def test_a_topic_is_tuned_and_saved_with_the_keyboard_and_its_figures_follow_what_is_typed(
    tmp_path: Path, chromium: Chromium
) -> None:
    with Origin() as origin, lived(tmp_path, *STORIES, origin=origin) as site:
        page = chromium.page()
        page.open(f"http://127.0.0.1:{site.port}/workbench?topic=Syria%20ceasefire")
        page.until(f"{LIVE}.startsWith('2 matches in 3 articles')")
        _reach(page, "document.activeElement.id == 'r0.g1'")
        page.press("ArrowDown")
        page.type("\nlull")
        page.until(f"{LIVE}.includes('3 matches in 3 articles; 2 before, +1')")
        assert page.value("document.activeElement.id") == "r0.g1"
        assert "Lull in Syria" in page.value("document.querySelector('.enters').textContent")
        _reach(page, "document.activeElement.value == 'save'", back=True)
        page.press_and_wait("Enter")
        assert "2 matches in 30 days before, 3 now (+1 −0)" in page.value("document.body.textContent")
        assert '"lull"' in site.config.read_text()
        assert not [each for each in page.log if "404" not in each]  # there is no picture for the tab
        page.close()


def test_a_topic_is_tuned_without_javascript(tmp_path: Path, chromium: Chromium) -> None:
    with Origin() as origin, lived(tmp_path, *STORIES, origin=origin) as site:
        page = chromium.page(has_script=False)
        page.open(f"http://127.0.0.1:{site.port}/workbench?topic=Syria%20ceasefire")
        _reach(page, "document.activeElement.id == 'r0.g1'")
        page.press("ArrowDown")
        page.type("\nlull")
        _reach(page, "document.activeElement.value == 'try'", back=True)
        page.press_and_wait("Enter")
        assert "3 matches in 3 articles; 2 before, +1" in page.value("document.body.textContent")
        assert "lull" not in site.config.read_text()
        _reach(page, "document.activeElement.value == 'save'")
        page.press_and_wait("Enter")
        assert '"lull"' in site.config.read_text()
        page.close()


def test_an_article_is_judged_with_the_keyboard_where_it_stands(tmp_path: Path, chromium: Chromium) -> None:
    belongs = "document.activeElement.matches('.enters button[value^=yes]')"
    for has_script in (True, False):
        folder = tmp_path / str(has_script)
        folder.mkdir()
        with Origin() as origin, lived(folder, *STORIES, origin=origin) as site:
            page = chromium.page(has_script=has_script)
            page.open(f"http://127.0.0.1:{site.port}/workbench?topic=Syria%20ceasefire")
            _reach(page, "document.activeElement.id == 'r0.g1'")
            page.press("ArrowDown")
            page.type("\nlull")
            if has_script:
                page.until(f"{LIVE}.includes('3 matches in 3 articles')")
            else:
                _reach(page, "document.activeElement.value == 'try'", back=True)
                page.press_and_wait("Enter")
            _reach(page, belongs)
            if has_script:
                page.press("Enter")
                page.until("document.getElementById('said').textContent.startsWith('Judged')")
                page.until("!document.getElementById('bench').hasAttribute('aria-busy')")
                assert page.value(belongs), "the focus stays at the button"
            else:
                page.press_and_wait("Enter")
                assert page.value("document.getElementById('said').textContent").startswith("Judged: it belongs")
            assert "lull" in page.value("document.getElementById('r0.g1').value")
            assert list(site.desk.store.judgements.of("Syria ceasefire").values()) == [True]
            assert not [each for each in page.log if "404" not in each]
            page.close()


ODD = """
[[topics]]
name = "<img src=x onerror=alert(1)>"
any = ["truce", "'\\"><svg onload=alert(2)>", "hush"]
must_match = ["<b onmouseover=alert(3)>truce</b>"]
"""


def test_a_draft_with_all_that_may_be_said_has_no_fault_in_any_light_and_runs_nothing(
    tmp_path: Path, chromium: Chromium
) -> None:
    hostile = Story(id="odd", title="<svg onload=alert(4)> Lull", text="Lull <script>alert(5)</script>")
    with Origin() as origin, lived(tmp_path, *STORIES, hostile, origin=origin, config=CONFIG + ODD) as site:
        faults = []
        for width, scheme in product((320, 1200), ("light", "dark")):
            page = chromium.page(width=width, scheme=scheme)
            page.open(f"http://127.0.0.1:{site.port}/workbench?topic=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
            _reach(page, "document.activeElement.id == 'r0.g0'")
            page.press("ArrowDown")
            page.type("\nlull\nnowhere")
            page.until(f"{LIVE}.includes('4 matches') && {LIVE}.includes('+2')")
            page.until("!document.getElementById('bench').hasAttribute('aria-busy')")
            faults += page.faults() if AXE.exists() else []
            page.value("document.getElementsByName('was')[0].value = '0'")
            _reach(page, "document.activeElement.value == 'save'", back=True)
            page.press_and_wait("Enter")
            assert "something else about this topic" in page.value("document.querySelector('[role=alert]').textContent")
            assert "nowhere" in page.value("document.getElementById('r0.g0').value")
            faults += page.faults() if AXE.exists() else []
            faults += [each for each in page.log if "404" not in each and "400" not in each]
            page.close()
        assert not faults


def _reach(page: Page, script: str, *, back: bool = False) -> None:
    """Press Tab until this is true."""
    for _ in range(60):
        if page.value(script):
            return
        page.press("Tab", shift=back)
    raise AssertionError(f"No Tab leads to: {script}")
