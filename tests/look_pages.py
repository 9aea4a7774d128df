"""The page for people in Chromium, for `make look`: pictures of every page, and what axe-core finds wrong with them."""

import tempfile
from itertools import product
from pathlib import Path

from browser import Chromium, Page, browser
from pages import a_week, every_address
from test_web_users import USERS, with_users

from monitor.model.people import subject_of
from monitor.signed_links import signed

WIDTHS = (320, 1200)
FOR_DOCS = {"web.png": ("today", "light", 1000), "web-dark.png": ("topic", "dark", 360)}
SCHEMES = ("light", "dark")


def look_at_pages(folder: Path) -> int:
    """Photographs every page over the news week of the demo; how many faults were found."""
    with browser() as chromium:
        return look_at_week(folder, chromium) + look_at_people(folder, chromium)


def look_at_week(folder: Path, chromium: Chromium) -> int:
    faults = 0
    with tempfile.TemporaryDirectory() as place, a_week(Path(place)) as site:
        addresses = every_address(site)
        for width, scheme, name in product(WIDTHS, SCHEMES, addresses):
            page = chromium.page(width=width, scheme=scheme)
            faults += _faults(
                page, f"http://127.0.0.1:{site.port}{addresses[name]}", folder / f"{name}-{scheme}-{width}"
            )
        for picture, (name, scheme, width) in FOR_DOCS.items():
            page = chromium.page(width=width, scheme=scheme)
            page.open(f"http://127.0.0.1:{site.port}{addresses[name]}")
            page.picture(folder / picture, most=900)
            page.close()
    return faults


def look_at_people(folder: Path, chromium: Chromium) -> int:
    """The pages of somebody who logs in, and of whoever follows the link in a mail."""
    faults = 0
    web = 'proxies = ["127.0.0.1"]\nproxy_header = "Remote-User"\n'
    with tempfile.TemporaryDirectory() as place, with_users(Path(place), web, USERS) as site:
        site.desk.store.people.make_link_key(b"k" * 32, site.desk.now())
        token = signed(site.desk.store.people.link_key(), "you@reader.example", subject_of("Daily"))
        addresses = {"login": "/login", "me": "/me", "leave": f"/leave/{token}", "leave-wrong": "/leave/x"}
        for width, scheme, name in product(WIDTHS, SCHEMES, addresses):
            page = chromium.page(width=width, scheme=scheme)
            if name == "me":
                page.do("Network.enable")
                page.do("Network.setExtraHTTPHeaders", headers={"Remote-User": "ben"})
            faults += _faults(
                page, f"http://127.0.0.1:{site.port}{addresses[name]}", folder / f"{name}-{scheme}-{width}"
            )
    return faults


def _faults(page: Page, address: str, picture: Path) -> int:
    """How many faults a page has; it is photographed, and closed."""
    page.open(address)
    page.picture(picture.with_name(f"{picture.name}.png"))
    found = [*page.faults(), *(each for each in page.log if "404" not in each)]
    page.close()
    print(f"{picture.name}: {len(found)} violations", *found, sep="\n  ", flush=True)
    return len(found)
