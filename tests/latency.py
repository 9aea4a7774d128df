"""How long the daemon itself takes from the moment that a feed shows an article to the mail server having the alert.

    python tests/latency.py [ARTICLES] [SECONDS]

A feed on loopback, asked every SECONDS (default: 6), shows ARTICLES (default: 20), one after the other, at moments that
nobody can foresee. Prints medians, and how much of it came after the answer of the feed that first had the article.
"""

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)
from statistics import median

from attacks.press import WORDS
from daemons import daemon, eventually, said
from house import Story, rss
from origin import Origin, reply
from smtp_server import HOST, MailServer, mail_server

LIMIT_SECONDS = 5.0
"""What is allowed on top of half the interval: three jobs that look every two seconds, and their work."""

CONFIG = """
[[feeds]]
url = "{url}"
interval = "{every}s"

[[topics]]
name = "Truce"
any = ["truce"]
alert = {{ to = ["desk@reader.example"], cool_down = "0s", at_most = 20 }}

[[digests]]
name = "Daily"
to = ["you@reader.example"]
at = "{at}"

[storage]
folder = "data"

[mail]
kind = "smtp"
host = "{host}"
port = {smtp}
tls = "none"
sender = "monitor@news.example"

[polling]
host_gap = "0s"
allow_private = ["127.0.0.1"]
allow_ports = [{port}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How long one alert took, in seconds."""

    whole: float
    """From the moment that the feed showed the article."""
    after_poll: float
    """From the request whose answer had it first."""


def measured(folder: Path, articles: int, every_seconds: int) -> list[Taken]:
    """The daemon lives through these articles."""
    chance, found = Random(7), list[Taken]()
    with Origin("127.0.0.1") as origin, mail_server() as post:
        config = _configured(folder, origin, post, every_seconds)
        origin.serve("/a", reply(rss(Story(id="old", title="An old truce"))))
        with daemon(config):
            eventually(said(config, '"started"'))
            eventually(lambda: len(origin.requests) > 1)
            for number in range(articles):
                time.sleep(chance.uniform(0, every_seconds))
                found.append(_one(origin, post, number))
    return found


def _configured(folder: Path, origin: Origin, post: MailServer, every: int) -> Path:
    config = folder / "config.toml"
    hour = (time.gmtime().tm_hour + 12) % 24
    places = {"url": origin.url("/a"), "port": origin.port, "host": HOST, "smtp": post.port}
    config.write_text(CONFIG.format(every=every, at=f"{hour:02}:00", **places), encoding="utf-8")
    return config


def news(number: int) -> Story:
    """An article that has nothing in common with the others but the word of the topic."""
    words = Random(number).sample(WORDS, 8)
    return Story(id=f"s{number}", title=" ".join([*words[:3], "truce", *words[3:5]]), text=" ".join(words[5:]))


def _one(origin: Origin, post: MailServer, number: int) -> Taken:
    story, before, asked = news(number), len(post.messages), len(origin.requests)
    origin.serve("/a", reply(rss(story)))
    shown_at = time.monotonic()
    eventually(lambda: len(post.messages) > before)
    arrived_at = time.monotonic()
    request = next(each for each in origin.requests[asked:] if each.at >= shown_at)
    return Taken(whole=arrived_at - shown_at, after_poll=arrived_at - request.at)


def main() -> None:
    articles, every = (int(each) for each in (*sys.argv[1:], *("20", "6")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder), articles, every)
    whole, after = [each.whole for each in found], [each.after_poll for each in found]
    print(f"{articles} alerts of a feed that is asked every {every} s, in seconds: median, longest")
    print(f"  from the article in the feed  {median(whole):5.1f} {max(whole):5.1f}")
    print(f"  from the answer of the feed   {median(after):5.1f} {max(after):5.1f}")


if __name__ == "__main__":
    main()
