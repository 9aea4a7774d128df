"""Feeds of one sentence an article, and the pages behind them, on hosts of loopback, for tests of pages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from house import House, Story, lived_in, rss, settings
from origin import Origin, Script, reply, status
from simulated import SimulatedClock

from monitor.config import Settings
from monitor.model.ids import ArticleId
from monitor.model.settings import FeedSettings
from monitor.model.stored_page import StoredPage
from monitor.model.topic import Rule, Topic

HOUR = timedelta(hours=1)
TRUCE = Topic(name="Truce in Syria", rules=(Rule(all=(("Syria*",), ("truce", "ceasefire"))),))
"""Two groups: a summary that names Syria alone lacks the other."""

SUMMARY = "Drivers in northern Syria waited since dawn."
BODY = (
    "The quartermaster of the northern column counted forty lorries at the crossing before noon.",
    "None of them had moved since the morning, because the papers of the convoy named the wrong road.",
    "Both sides said that the truce was still in force, and that the road would open in the evening.",
    "A farmer who had walked from the next village sold bread to the drivers and went home.",
    "The column carried flour, blankets and the parts of two water pumps for the hospital in the valley.",
)


def html(title: str, *sentences: str, head: str = "") -> bytes:
    """A page with a menu, a headline and paragraphs."""
    body = "".join(f"<p>{each}</p>" for each in sentences)
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav><article><h1>{title}</h1>{body}</article>"
        "<footer>The Post</footer></body></html>"
    ).encode()


def page(title: str, *sentences: str, head: str = "") -> Script:
    """The answer of a server with such a page."""
    return reply(html(title, *(sentences or BODY), head=head), headers=[("Content-Type", "text/html; charset=utf-8")])


def lorries(key: str = "a", *, text: str = SUMMARY, link: str = "") -> Story:
    """An article that lacks the truce in its feed."""
    return Story(id=key, title=f"Lorries wait at crossing {key} in Syria", text=text, link=link)


@dataclass(frozen=True, kw_only=True)
class Press:
    """A house with one feed on the first of the origin's addresses, which has had its first poll."""

    home: House
    origin: Origin
    stories: list[Story] = field(default_factory=list)

    def link(self, key: str, address: str = "127.0.0.2") -> str:
        return self.origin.url(f"/{key}", address)

    def publish(self, *stories: Story) -> None:
        """Put these into the feed, and poll it."""
        self.stories.extend(stories)
        self.origin.serve("/wire", reply(rss(*self.stories)))
        self.home.clock.advance(HOUR)
        self.home.poll()

    def stored(self, title: str) -> StoredPage | None:
        found = self.home.jobs.store.articles.decided_since(self.home.clock.now() - 90 * 24 * HOUR)
        (article,) = [each for each, _ in found if each.title == title]
        return self.home.jobs.store.pages.of(ArticleId(article.id))

    def page(self, title: str) -> StoredPage:
        found = self.stored(title)
        assert found is not None, title
        return found

    def asked_pages(self) -> list[str]:
        """The paths that were asked for on other hosts than the feed's, what hosts say of themselves left out."""
        paths = [each.target for each in self.origin.requests if each.address != self.origin.addresses[0]]
        return [each for each in paths if each not in ("/robots.txt", "/.well-known/tdmrep.json")]


def press_settings(
    folder: Path, origin: Origin, *, pages: str = "near", topics: Sequence[Topic] = (TRUCE,), budget: int = 40
) -> Settings:
    base = settings(folder, [], origin.port)
    return replace(
        base,
        feeds=(FeedSettings(url=origin.url("/wire"), outlet="The Post", language="en", pages=pages),),
        topics=tuple(topics),
        polling=replace(base.polling, pages_per_host=budget),
    )


@contextmanager
def press(
    folder: Path, origin: Origin, config: Settings | None = None, clock: SimulatedClock | None = None
) -> Iterator[Press]:
    """A house with that feed; its hosts allow everything."""
    old = Story(id="old", title="Weather", link=origin.url("/old", "127.0.0.2"))
    origin.serve("/robots.txt", status(404))
    origin.serve("/wire", reply(rss(old)))
    with lived_in(config or press_settings(folder, origin), clock) as home:
        home.poll()
        yield Press(home=home, origin=origin, stories=[old])
