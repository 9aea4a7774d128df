"""A scripted web: many hosts of loopback, each with a manner of its own towards programs that read pages.

What nobody may ask for is written here once more by hand, apart from the program's own reading of robots.txt.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 (seeded: every run has the same web)

from house import Story, rss
from newspaper import page
from origin import Asked, Origin, Script, Step, redirect, reply, status

SAID = ("/robots.txt", "/.well-known/tdmrep.json", "/rsl.xml")
"""What a host says of itself: these are not pages."""

RSL = b'<rsl><content url="/"><license><prohibits type="usage">search</prohibits></license></content></rsl>'
BLOCKS_AFTER = 10
WALL = (
    "The people of this paper work every day for the valley and its towns.",
    "Their work has a price, and the price is a cup of coffee in the week.",
)
WHO, DID, WHAT, WHERE = (
    words.split()
    for words in (
        "miners nurses drivers bakers clerks teachers farmers sailors judges porters masons weavers",
        "counted carried repaired guarded painted watched sorted loaded cleaned bought hid measured",
        "lorries bridges ledgers boats ovens pumps fences windows engines barrels ropes lamps",
        "harbour valley market station quarry depot school orchard canal tunnel fort square",
    )
)


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a host behaves."""

    robots: tuple[Script, ...] = (status(404),)
    files: Mapping[str, Script] = field(default_factory=dict)
    """What else it says of itself."""
    closed: str = ""
    """How the paths begin that nobody may ask for; "" if none do."""
    delay: float = 5.0
    """The seconds between two of its pages."""
    folder: str = "/"
    """Where every other of its pages is; the others are in "/"."""
    answer: Callable[[int, Script], Script] = lambda number, script: script
    """What it answers to the request for a page, of which there were so many before, instead of the page."""


def text(body: str) -> Script:
    return reply(body.encode(), headers=[("Content-Type", "text/plain")])


def manners(elsewhere: str, closed: str) -> dict[str, Manner]:
    """By name. `elsewhere` and `closed`: the beginnings of links to hosts that may be asked, and may not."""
    everybody, nobody = text("User-agent: *\nDisallow:\n"), text("User-agent: *\nDisallow: /\n")
    return {
        "open": Manner(),
        "willing": Manner(robots=(everybody,)),
        "shut": Manner(robots=(nobody,), closed="/"),
        "named": Manner(
            robots=(text("User-agent: *\nAllow: /\n\nUser-agent: News-Monitor\nDisallow: /\n"),), closed="/"
        ),
        "parted": Manner(
            robots=(text("User-agent: *\nDisallow: /private\nAllow: /private/notices\n"),),
            folder="/private/",
            closed="/private/",
        ),
        "slow": Manner(robots=(text("User-agent: *\nCrawl-delay: 30\n"),), delay=30.0),
        "licensed": Manner(
            robots=(text("License: /rsl.xml\nUser-agent: *\nDisallow:\n"),),
            files={"/rsl.xml": reply(RSL)},
            closed="/",
        ),
        "reserved": Manner(
            files={"/.well-known/tdmrep.json": reply(b'[{"location": "/", "tdm-reservation": 1}]')}, closed="/"
        ),
        "down": Manner(robots=(status(503),), closed="/"),
        "moved robots": Manner(robots=(redirect(f"{elsewhere}consent"),), closed="/"),
        "patient": Manner(robots=(status(500), everybody)),
        "blocking": Manner(answer=lambda number, script: script if number < BLOCKS_AFTER else status(403)),
        "broken": Manner(answer=lambda _number, _script: status(500)),
        "wall": Manner(answer=lambda _number, _script: page("The Valley Paper", *WALL)),
        "leading": Manner(answer=lambda number, _script: redirect(f"{elsewhere}moved{number}")),
        "leading astray": Manner(answer=lambda number, _script: redirect(f"{closed}moved{number}")),
        "reset": Manner(answer=lambda number, script: script if number % 2 else reply(b"<html>", length=9_000)),
    }


class Web(Origin):
    """The first address has the feeds, each other one is a host. A blocking host has articles enough to block."""

    def __init__(self, hosts: int, feeds: int, seed: int) -> None:
        super().__init__("127.0.0.1", *(f"127.0.{1 + number // 250}.{1 + number % 250}" for number in range(hosts)))
        self.feeds = [f"/feed{number}" for number in range(feeds)]
        self.pages: Counter[str] = Counter()
        """By address, how many pages it was asked for."""
        self._chance = Random(seed)
        self._items: defaultdict[str, list[Story]] = defaultdict(list)
        self._titles: dict[str, str] = {}
        kinds = list(manners("", ""))
        names = self.addresses[1:]
        found = {name: kinds[number % len(kinds)] for number, name in enumerate(names)}
        self.kinds = found
        links = {kind: self.url("/", next(name for name in names if found[name] == kind)) for kind in kinds}
        of_kind = manners(links["open"], links["shut"])
        self.manners = {name: of_kind[found[name]] for name in names}
        for name, manner in self.manners.items():
            self.serve("/robots.txt", *manner.robots, host=name)
            for path, script in manner.files.items():
                self.serve(path, script, host=name)
        for path in self.feeds:
            self._items[path] = [Story(id=path, title=f"Weather of {path}")]
            self.serve(path, self._feed(path))

    def publish(self, key: str, least: int = 1, blocking: int = 1) -> None:
        """So many new articles of each host, and of each that blocks."""
        for place, (name, manner) in enumerate(self.manners.items()):
            for number in range(blocking if self.kinds[name] == "blocking" else least):
                path = f"{manner.folder if number % 2 else '/'}{key}n{number}"
                story = Story(
                    id=f"{name}{path}",
                    title=f"Lorries wait at crossing {key}n{number}h{place} in Syria",
                    text="Drivers in northern Syria waited since dawn.",
                    link=self.url(path, name),
                )
                self._titles[f"{name}{path}"] = story.title
                self._items[self.feeds[(place + number) % len(self.feeds)]].append(story)

    def forbidden(self) -> list[str]:
        """The requests that nobody may send."""
        asked = ((each, self.manners.get(each.address)) for each in self.requests if each.target not in SAID)
        return [
            f"{each.address}{each.target}"
            for each, manner in asked
            if manner is not None and manner.closed and each.target.startswith(manner.closed)
        ]

    def asked_pages(self) -> list[Asked]:
        """The requests for pages."""
        return [each for each in self.requests if each.address in self.manners and each.target not in SAID]

    def _script(self, request: Asked) -> Script:
        if request.address not in self.manners or request.target in SAID:
            return super()._script(request)
        super()._script(request)
        number = self.pages[request.address]
        self.pages[request.address] += 1
        title = self._titles.get(f"{request.address}{request.target}", "Lorries wait at a crossing in Syria")
        return self.manners[request.address].answer(number, page(title, *self._body(title)))

    def _body(self, title: str) -> Iterator[str]:
        """Sentences that no other page has; half of the pages have the word that their feed lacks."""
        chance = Random(title)
        yield f"At the crossing in Syria the {chance.choice(WHO)} {chance.choice(DID)} the lorries before noon."
        for _ in range(3):
            first, second = chance.sample(WHO, 2)
            what, other = chance.sample(WHAT, 2)
            yield (
                f"The {first} of the {chance.choice(WHERE)} {chance.choice(DID)} the {what} while the {second} "
                f"{chance.choice(DID)} the {other} near the {chance.choice(WHERE)}."
            )
        yield "Both sides said that the truce held." if chance.random() < 0.5 else "Both sides said that it rained."

    def _feed(self, path: str) -> Script:
        def script(request: Asked) -> Iterator[Step]:
            yield from reply(rss(*self._items[path][-60:]))(request)

        return script
