"""`make look`: every page in Chromium: what axe-core finds wrong with it, and pictures in all lights and widths.

    python tests/look.py [FOLDER]

The last digest of the demo and its archive, every page of `news-monitor web` over its week, then the golden mails and
pages, also with their colours inverted. Exit code 1 if axe-core finds anything. It takes minutes, most of them for
Chromium to start.

The pictures go into FOLDER (default: build/look). Four are shown: mail-light-wide.png as docs/digest.png in README,
mail-dark-narrow.png as docs/digest-dark.png in docs/templates.md, web/web.png as docs/web.png in README and
docs/web.md, web/web-dark.png as docs/web-dark.png in docs/web.md. Copy them when the look has changed on purpose.
"""

import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from accessible import CHROMIUM, QUIET, violations
from look_pages import look_at_pages

from monitor.cli.logs import configure_logs
from monitor.demo import play

SCHEMES = {"light": "1", "dark": "0"}
WIDTHS = {"wide": (680, 1200), "narrow": (320, 1000)}
GOLDEN = Path(__file__).parent / "golden"
GOLDEN_WIDTHS = {"600": (600, 2600), "320": (320, 4000)}
INVERTED = "<style>html { background-color: white; filter: invert(1) hue-rotate(180deg) }</style></head>"
"""What programs do that turn light mail dark by themselves."""


def photograph(page: Path, picture: Path, width: int, height: int, scheme: str) -> None:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                str(CHROMIUM),
                *QUIET,
                f"--user-data-dir={profile}",
                f"--blink-settings=preferredColorScheme={scheme}",
                f"--window-size={width},{height}",
                f"--screenshot={picture}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )


def look_at_golden(folder: Path) -> int:
    """Photographs every golden page; how many faults axe-core found."""
    faults = 0
    for page, size in product(sorted(GOLDEN.glob("*.html")), GOLDEN_WIDTHS):
        html, (width, height) = page.read_text("utf-8"), GOLDEN_WIDTHS[size]
        for scheme, number in SCHEMES.items():
            photograph(page, folder.absolute() / f"{page.stem}-{scheme}-{size}.png", width, height, number)
            found = violations(html, number, width)
            faults += len(found)
            print(f"{page.stem}, {scheme}, {size}: {len(found)} violations", *found, sep="\n  ", flush=True)
        with tempfile.TemporaryDirectory() as place:
            copy = Path(place) / page.name
            copy.write_text(html.replace("</head>", INVERTED), "utf-8")
            photograph(copy, folder.absolute() / f"{page.stem}-inverted-{size}.png", width, height, SCHEMES["light"])
    return faults


def main() -> int:
    if CHROMIUM is None:
        sys.exit("No Chromium found; on Debian: apt-get install chromium")
    configure_logs(is_verbose=False)
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/look")
    for part in ("golden", "web"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    look_at_demo(folder)
    faults = look_at_pages(folder / "web") + look_at_golden(folder / "golden")
    return 1 if faults else 0


def look_at_demo(folder: Path) -> None:
    """Plays it, and photographs what it made."""
    with tempfile.TemporaryDirectory() as place:
        day = list(play(Path(place)))[-1]
        mail = Path(place) / "mail.html"
        html = day.letter.get_body(("html",))
        mail.write_text("" if html is None else html.get_content(), "utf-8")
        pages = {"mail": mail, "page": day.page, "archive": day.page.parents[1] / "index.html"}
        for name, scheme, size in product(pages, SCHEMES, WIDTHS):
            picture = folder / f"{name}-{scheme}-{size}.png"
            photograph(pages[name], picture.absolute(), *WIDTHS[size], SCHEMES[scheme])
            print(picture)


if __name__ == "__main__":
    sys.exit(main())
