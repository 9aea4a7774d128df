"""Feeds on loopback for the soak: at nearly every poll some news more, the others answer that nothing is new.

The words are as frequent as a language's, and now and then there is one that nobody has used before, as
in real news: names, figures, slips of the pen. All is made up, and the same for the same seed.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from random import Random  # noqa: TID251 (seeded)
from threading import Event, Lock, Thread
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.news import Language, article, language

ADDRESSES = tuple(f"127.0.0.{number}" for number in range(1, 9))
"""One feed of a host is asked at a time, so there are several. That all of 127.0.0.0/8 is this machine is
so on Linux alone."""

WINDOW = 25
"""Items that a document carries."""

NEW_ITEMS = (1, 2, 3)
UNCHANGED_SHARE = 0.3
MATCHING_SHARE = 0.01
COINED = 2
"""Words of an article that nobody has used before."""

SPOKEN_WORDS, TEXT_WORDS = 50_000, 60
PLANTED = (
    ("truce", "Syria"),
    ("ceasefire", "Damascus"),
    ("Washington", "Moscow", "agree"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsstand:
    """So many feeds, spread over the hosts."""

    feeds: int
    seed: int


@dataclass(slots=True)
class Feed:
    """One feed; each document differs from the one before unless it says so."""

    number: int
    speech: Language
    chance: Random
    edition: int = 0
    items: deque[str] = field(default_factory=lambda: deque(maxlen=WINDOW))
    lock: Lock = field(default_factory=Lock)

    def answer(self, known: str | None) -> tuple[str, bytes | None]:
        """The ETag and the document; None if the one that is known is still right."""
        with self.lock:
            if known == self._etag() and self.chance.random() < UNCHANGED_SHARE:
                return self._etag(), None
            self.edition += 1
            for _ in range(self.chance.choice(NEW_ITEMS)):
                self.items.appendleft(self._item())
            return self._etag(), self._document()

    def _etag(self) -> str:
        return f'"{self.number}-{self.edition}"'

    def _item(self) -> str:
        chance = self.chance
        planted = chance.choice(PLANTED) if chance.random() < MATCHING_SHARE else ()
        coined = ["".join(chance.choices("abdegiklmnoprstuvz", k=9)) for _ in range(COINED)]
        news = article(self.speech, chance, TEXT_WORDS, [*planted, *coined])
        name = f"{self.number}-{chance.getrandbits(60):x}"
        date = format_datetime(datetime.now(UTC))  # noqa: TID251 (real publishers read it too)
        return (
            f"<item><title>{escape(news.title)}</title><link>https://paper{self.number}.example/{name}</link>"
            f"<guid isPermaLink='false'>{name}</guid><pubDate>{date}</pubDate>"
            f"<description>{escape(news.text)}</description></item>"
        )

    def _document(self) -> bytes:
        head = f"<title>Paper {self.number}</title><link>https://paper{self.number}.example/</link>"
        return f"<rss version='2.0'><channel>{head}{''.join(self.items)}</channel></rss>".encode()


def serve(stand: Newsstand, to: "Connection[Any, Any]") -> None:
    """Send the URLs and the port to `to`, then answer until the process is ended."""
    speech = language(Random(stand.seed), spoken=SPOKEN_WORDS, unspoken=0)
    feeds = {f"/{number}": Feed(number, speech, Random(f"{stand.seed} {number}")) for number in range(stand.feeds)}
    first = ThreadingHTTPServer((ADDRESSES[0], 0), _handler(feeds))
    port = first.server_port
    for server in (first, *(ThreadingHTTPServer((address, port), _handler(feeds)) for address in ADDRESSES[1:])):
        Thread(target=server.serve_forever, daemon=True).start()
    urls = tuple(f"http://{ADDRESSES[feed.number % len(ADDRESSES)]}:{port}{path}" for path, feed in feeds.items())
    to.send((urls, port))
    Event().wait()


def _handler(feeds: dict[str, Feed]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Conditional GET, as a well-behaved server does it."""

        def do_GET(self) -> None:
            etag, body = feeds[self.path].answer(self.headers["If-None-Match"])
            self.send_response(304 if body is None else 200)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Nothing: thousands of requests are no news."""

    return Handler
