"""The golden files of tests/golden: what each edition looks like as text, HTML and archive page.

`python tests/golden_editions.py` writes them anew; the differences are then read before they are committed.
"""

from pathlib import Path

from editions import EDITIONS

from monitor.render import environment, render, render_page
from monitor.resources import resource

FOLDER = Path(__file__).parent / "golden"
ARCHIVE = "https://monitor.home.example/archive/Daily/2016-09-21.html"
TEMPLATES = environment([resource("templates")])


def golden_files(name: str) -> dict[str, str]:
    """File name → content, the text part with its subject on top."""
    edition = EDITIONS[name]()
    mail = render(edition, TEMPLATES, archive_page=ARCHIVE)
    return {
        f"{name}.txt": f"Subject: {mail.subject}\n\n{mail.text}",
        f"{name}.html": mail.html,
        f"{name}.page.html": render_page(edition, TEMPLATES),
    }


def write_all() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in EDITIONS:
        for file, content in golden_files(name).items():
            (FOLDER / file).write_text(content, "utf-8")


if __name__ == "__main__":
    write_all()
