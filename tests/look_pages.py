"""The page for people in Chromium, for `make look`: pictures of every page, and what axe-core finds wrong with them."""

import tempfile
from itertools import product
from pathlib import Path

from browser import browser
from pages import a_week, every_address

WIDTHS = (320, 1200)
FOR_DOCS = {"web.png": ("today", "light", 1000), "web-dark.png": ("topic", "dark", 360)}
SCHEMES = ("light", "dark")


def look_at_pages(folder: Path) -> int:
    """Photographs every page over the news week of the demo; how many faults were found."""
    faults = 0
    with tempfile.TemporaryDirectory() as place, a_week(Path(place)) as site, browser() as chromium:
        addresses = every_address(site)
        for width, scheme, name in product(WIDTHS, SCHEMES, addresses):
            page = chromium.page(width=width, scheme=scheme)
            page.open(f"http://127.0.0.1:{site.port}{addresses[name]}")
            page.picture(folder / f"{name}-{scheme}-{width}.png")
            found = [*page.faults(), *(each for each in page.log if "404" not in each)]
            page.close()
            faults += len(found)
            print(f"{name}, {scheme}, {width}: {len(found)} violations", *found, sep="\n  ", flush=True)
        for picture, (name, scheme, width) in FOR_DOCS.items():
            page = chromium.page(width=width, scheme=scheme)
            page.open(f"http://127.0.0.1:{site.port}{addresses[name]}")
            page.picture(folder / picture, most=900)
            page.close()
    return faults
