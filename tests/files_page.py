"""`make docs` writes docs/files.md: every file of the package with the first sentence of its docstring."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "files.md"
HEAD = """# Every file, in a sentence

Written by `make docs` from the first sentence of each file; a test checks that it is up to date. Where a certain thing
is decided, and how the parts go together, is in [flow.md](flow.md).
"""


def page() -> str:
    """The text of docs/files.md, from the files as they are."""
    folders: dict[Path, list[str]] = {}
    for file in sorted((ROOT / "monitor").rglob("*.py"), key=lambda each: (each.parent, each.name)):
        folders.setdefault(file.parent.relative_to(ROOT), []).append(f"| `{file.name}` | {first_sentence(file)} |")
    parts = [
        f"## {folder}/\n\n| file | what it is about |\n|---|---|\n" + "\n".join(rows)
        for folder, rows in folders.items()
    ]
    return "\n\n".join([HEAD.rstrip("\n"), *parts]) + "\n"


def first_sentence(file: Path) -> str:
    """As one line that stands in a table; up to a colon that begins a list, if that comes first."""
    said = " ".join((ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").split("\n\n")[0].split())
    sentence = re.split(r"(?<=[.;:])\s(?=[A-Z(]|$)", said, maxsplit=1)[0].rstrip(":;")
    return sentence.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
