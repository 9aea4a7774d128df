"""`python benchmarks/grouping.py FILE [--json] [--assignments OUT]`: how well the product groups these articles.

FILE has one JSON object a line (`benchmarks.stories.lines`). Where lines name the story they belong to, the figures
of ours and of the simpler methods are printed. OUT gets one line an article, {"id", "story"}, in the order of FILE;
the story is called by the id of its first article. Without labels there is nothing to print but these lines.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.model.ids import ArticleId

if __name__ == "__main__":  # called by its path, from wherever
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import table
from benchmarks.stories.figures import bcubed, pairwise
from benchmarks.stories.lines import Stories, stories_in
from benchmarks.stories.methods import RIVALS, ours

OURS = "ours"


def main(words: Sequence[str]) -> int:
    """Exit code 2 for a file that cannot be read."""
    parser = argparse.ArgumentParser(prog="grouping.py", description="Group news articles into stories, and judge it.")
    parser.add_argument("file", type=Path, metavar="FILE", help='lines of {"id", "title", "text", "published", …}')
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--assignments", type=Path, metavar="OUT", help='write a line of {"id", "story"} per article')
    asked = parser.parse_args(words)
    try:
        stories = stories_in(asked.file)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    found = dict(zip((article.id for article in stories.stream), ours(stories.stream), strict=True))
    lines = list(_assignments(stories, found))
    if asked.assignments:
        asked.assignments.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    if stories.gold:
        told = _told(stories, found)
        print(json.dumps(told) if asked.json else _plain(told))
    elif not asked.assignments:
        print("\n".join(lines))
    return 0


def _assignments(stories: Stories, found: Mapping[ArticleId, int]) -> Iterator[str]:
    for number, name in stories.names.items():
        yield json.dumps({"id": name, "story": stories.names[found[ArticleId(number)]]}, ensure_ascii=False)


def _told(stories: Stories, found: Mapping[ArticleId, int]) -> dict[str, Any]:
    """Figures are of the lines that have a label; every line is grouped."""
    rivals = {}
    for name, method in RIVALS.items():
        other = dict(zip((article.id for article in stories.stream), method(stories.stream), strict=True))
        rivals[name] = _figures(stories, other)
    counts = {"n": len(found), "stories": len(set(found.values()))}
    return {**counts, **_figures(stories, found), "baselines": rivals}


def _figures(stories: Stories, found: Mapping[ArticleId, int]) -> dict[str, Any]:
    gold = list(stories.gold.values())
    grouped = [found[ArticleId(number)] for number in stories.gold]
    return {"bcubed": bcubed(gold, grouped).plain(), "pairwise": pairwise(gold, grouped).plain()}


def _plain(told: dict[str, Any]) -> str:
    rows = [
        [name, *(f"{each[measure][figure]:.3f}" for measure in ("bcubed", "pairwise") for figure in ("p", "r", "f1"))]
        for name, each in {OURS: told, **told["baselines"]}.items()
    ]
    head = ["method", "BCubed P", "R", "F1", "pairwise P", "R", "F1"]
    return f"{told['n']} articles, {told['stories']} stories\n\n{table(head, rows)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
