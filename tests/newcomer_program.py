"""The program for a newcomer without the world: the catalogue and the engines are on loopback, all else is real.

Called as `python newcomer_program.py CATALOGUE ORIGIN WORDS…`.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from monitor.catalogue import search_feeds, sources
from monitor.cli import main as news_monitor


def address(origin: str, path: str) -> Callable[[str, str], str]:
    """One answer to all queries."""
    return lambda _query, _language: f"{origin}{path}"


def main() -> None:
    catalogue, origin, *words = sys.argv[1:]
    sources.FEEDS = Path(catalogue)
    search_feeds.ENGINES = {"Engine": address(origin, "/search")}
    sys.argv = ["news-monitor", *words]
    news_monitor()


if __name__ == "__main__":
    main()
