"""Items of real feeds as three news sites served them in April and May 2020, and the labels for some of them.

The snapshots stay where they are (../shared/corpora/polls beside the project) and nothing of their text is kept
here: a label names its item by feed and a hash.
"""

import hashlib
import tarfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.evaluation.labels import FOLDER, Pool, lines_of
from monitor.model.feed import ParsedFeed, ParsedItem
from monitor.model.match import Document
from monitor.parse import parse_feed

ARCHIVES = Path(__file__).parents[2] / ".." / "shared" / "corpora" / "polls"
LABELS = FOLDER / "polls.jsonl"
PREFIX_DIGITS = 16
MAX_ITEMS = 5_000


def poll_documents(folder: Path = ARCHIVES) -> dict[str, Document]:
    """Every wording of every item, by its name; none if the folder is missing. A snapshot that is
    not a feed has none.
    """
    items = (
        (item_name(archive, item), item) for archive in sorted(folder.glob("*.tar.xz")) for item in _items(archive)
    )
    return {name: Document(title=item.title, text=item.text, language="en") for name, item in items}


def item_name(archive: Path, item: ParsedItem) -> str:
    """Feed and hash. An edited headline is an item of its own: it may have changed its topic."""
    identity = f"{item.guid or item.link}\n{item.title}"
    return f"{archive.name.partition('.')[0]}/{hashlib.sha256(identity.encode()).hexdigest()[:PREFIX_DIGITS]}"


def _items(archive: Path) -> Iterator[ParsedItem]:
    with tarfile.open(archive) as snapshots:
        for member in snapshots:
            file = snapshots.extractfile(member)
            if file is None:
                continue
            outcome = parse_feed(file.read(), url="http://feed.example/", headers={}, max_items=MAX_ITEMS)
            if isinstance(outcome, ParsedFeed):
                yield from outcome.items


def poll_labels(file: Path = LABELS) -> dict[str, frozenset[str]]:
    return {f"{line['feed']}/{line['item']}": frozenset(line["topics"]) for line in lines_of(file)}


def labelled_polls(documents: dict[str, Document], file: Path = LABELS) -> Pool:
    """The items that were read by hand. Raises KeyError if one of them is not among the documents."""
    labels = poll_labels(file)
    return Pool(documents={name: documents[name] for name in labels}, labels=labels)
