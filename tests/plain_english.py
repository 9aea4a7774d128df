"""`python tests/plain_english.py`: whether messages, help, docstrings, comments and docs avoid the phrases of a list.

The list has what a reader of this project stumbled over, with the words to use in its place; CONTRIBUTING.md explains
it. A line that needs one of them for a reason says so: a comment `plain: reason` (in Markdown, <!-- plain: reason -->).
"""

import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = ("monitor", "migrations", "benchmarks")
DOCS = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "config.example.toml", "docs", "templates", "deploy")
SUFFIXES = {".md", ".toml", ".html", ".txt", ".j2", ".service", ".yml"}
HISTORY = ("docs/decisions/",)
"""Decision notes are not rewritten, and data is not ours to word."""
DATA = ("monitor/demo/week.toml", "monitor/lists/", "benchmarks/labelled/", "monitor/cluster/frequency/")

PHRASES = {
    r"\bfail(?:s|ed)? since\b": "has been failing since",
    r"\banew\b": "again, restart",
    r"\b(?:mend|mends|mended|mending)\b": "fix",
    r"(?<!there )\bis no (?:kind|name|day|token|valid|mail|address|number|time|date|feed|URL)\b": "is not a valid …",
    r"\bno more of\b": "stop reporting",
    r"\b(?:config|configuration|topic|rule) holds\b": "is valid, matches",
    r"\b(?:was|were|is|are|been|be|gets?|got) told\b(?! apart)": "reported, shown, notified",
    r"\b(?:not|never|already|to be) told\b(?! apart)": "reported, shown",
    r"\btold (?:of|once|twice|again|already|before|since|under|in|by)\b": "reported, shown",
    r"\btell of\b|\btells of\b": "report, is about",
    r"\bcomes? about\b|\bcame about\b": "happen, be established",
    r"\blet be\b": "left alone",
    r"'s word\b(?! )|\bis \w+'s word\b": "decided by …",
    r"\bwhat becomes of\b": "what happens to",
    r"\bhow (?:\w+ )?fares?\b": "the state of",
    r"\bwho (?:hangs up|was stopped)\b": "a client that …",
    r"\bas good as\b": "nearly",
    r"\bof (?:his|its|their) own making\b": "self-made, private",
    r"\bcame of it\b|\bcomes of it\b": "the result",
    r"\blook(?:s|ing)? (?:at|into) (?:your |the )?(?:log|DNS|host|tls)\b": "check",
    r"\b(?:hears?|heard) of (?:each|every|it|them)\b": "is called with, receives",
    r"\bof the owner's choice\b": "configured",
    r"\b(?:made|is|are) at work\b": "is running",
    r"\bfor want of\b": "because … is missing",
    r"\bdoes so by itself\b": "does this by itself",
}
_EXEMPT = re.compile(r"plain: \S")


def words_of_code(text: str) -> Iterator[tuple[int, str]]:
    """(line, words) of each string and comment."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.STRING, tokenize.COMMENT):
            for offset, line in enumerate(token.string.splitlines()):
                yield token.start[0] + offset, line


def words_of_text(text: str) -> Iterator[tuple[int, str]]:
    return enumerate(text.splitlines(), 1)


def findings(path: Path, root: Path = ROOT) -> Iterator[str]:
    """A sentence for each phrase of the list: where it is, and what to write in its place."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    words = words_of_code(text) if path.suffix == ".py" else words_of_text(text)
    for number, line in words:
        if _EXEMPT.search(lines[number - 1]):
            continue
        for phrase, better in PHRASES.items():
            found = re.search(phrase, line, re.IGNORECASE)
            if found:
                yield f"{path.relative_to(root)}:{number}: “{found[0]}” → {better}"


def files(root: Path = ROOT) -> Iterator[Path]:
    for name in (*CODE, *DOCS):
        place = root / name
        found = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in found:
            relative = path.relative_to(root).as_posix()
            if relative.startswith((*HISTORY, *DATA)) or "__pycache__" in relative:
                continue
            if path.is_file() and (path.suffix == ".py" or (name in DOCS and path.suffix in SUFFIXES)):
                yield path


if __name__ == "__main__":
    problems = [problem for path in files() for problem in findings(path)]
    print("\n".join(problems) or "No phrase of the list was found.")
    sys.exit(1 if problems else 0)
