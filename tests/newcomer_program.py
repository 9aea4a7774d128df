"""The program for a newcomer without the world: the catalogue and the engines are on loopback, all else is real.

Called as `python newcomer_program.py CATALOGUE ORIGIN WORDS…`.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from monitor.catalogue import search_feeds, sources
from monitor.cli import main as news_monitor


def address(origin: str, path: str) -> Callable[[str, str], str]:
    return lambda query, language: f"{origin}{path}?{urlencode({'q': query, 'lang': language})}"


def main() -> None:
    catalogue, origin, *words = sys.argv[1:]
    sources.FEEDS = Path(catalogue)
    search_feeds.ENGINES = {"Engine": address(origin, "/search")}
    sys.argv = ["news-monitor", *words]
    news_monitor()


if __name__ == "__main__":
    main()
