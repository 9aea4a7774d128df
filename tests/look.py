"""`make look`: plays the demo and photographs its last digest and the archive with Chromium, in all lights and widths.

    python tests/look.py [FOLDER]

The pictures go into FOLDER (default: build/look). Two are shown: mail-light-wide.png as docs/digest.png in README, and
mail-dark-narrow.png as docs/digest-dark.png in docs/templates.md. Copy them when the look has changed on purpose.
"""

import shutil
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from monitor.cli.logs import configure_logs
from monitor.demo import play

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-device-scale-factor=2",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCHEMES = {"light": "1", "dark": "0"}
WIDTHS = {"wide": (680, 1200), "narrow": (320, 1000)}


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


def main() -> None:
    if CHROMIUM is None:
        sys.exit("No Chromium found; on Debian: apt-get install chromium")
    configure_logs(is_verbose=False)
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/look")
    folder.mkdir(parents=True, exist_ok=True)
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
    main()
