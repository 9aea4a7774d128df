"""The page in Chromium: every page fits into 320 pixels, axe-core finds nothing, and a keyboard is enough."""

from collections.abc import Iterator

import pytest
from accessible import AXE, CHROMIUM
from browser import Chromium, browser
from pages import Site, a_week, every_address

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium; on Debian: apt-get install chromium"),
]
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
