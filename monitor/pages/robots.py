"""robots.txt as RFC 9309 has it: the rules of a document, and whether they let an agent fetch a path.

Feeds are published to be asked for, so polls do not look here; a page behind an article is asked for only where
robots.txt lets us. What a status of the request for robots.txt itself means is `robots_answer`'s business.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass, field

from monitor.model.page import PageRefusal, PageRefusalKind
from monitor.pages.patterns import PathPattern, path_of

MAX_BYTES = 500 * 1024
"""Of the document, what RFC 9309 (2.5) has crawlers read at least; the line that is cut there is left out."""

MAX_LICENCES = 8
"""Of `License:` lines, those that are kept."""

LONGEST_DELAY_SECONDS = 86_400
"""A `Crawl-delay` beyond a day is one of a day."""

_LINE_END = re.compile("\r\n|\r|\n")
_TOKEN = re.compile("[A-Za-z_-]+")
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_USER_AGENT = frozenset({"user-agent", "useragent", "user agent"})
_DISALLOW = frozenset({"disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"})
"""With the misspellings that large crawlers take for what was meant."""

ANYBODY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRule:
    """An `Allow` or `Disallow` line."""

    pattern: PathPattern
    """The paths it is about."""
    is_allowing: bool
    """Whether it allows."""
    line: int
    """Its line in the document, from 1."""
    written: str
    """The path as it was written."""


@dataclass(slots=True)
class RobotsGroup:
    """What is said to one agent, in whatever places of the document."""

    rules: list[RobotsRule] = field(default_factory=list)
    """The rules in their order."""
    delay_seconds: float = 0
    """The longest `Crawl-delay`, in seconds; 0 if there is none."""
    signals: dict[str, str] = field(default_factory=dict)
    """What `Content-Signal` lines say, by use: `search` → `no`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """A document. One without groups allows everything."""

    groups: dict[str, RobotsGroup] = field(default_factory=dict)
    """By product token in lower case; `*` for whoever is not named."""
    licences: tuple[str, ...] = ()
    """The addresses of `License:` lines (RSL), as they were written."""
    is_closed: bool = False
    """Whether nothing may be fetched, because what the document says is not known."""

    def group_for(self, agent: str) -> RobotsGroup:
        """What is said to the agent of this product token (`news-monitor`, or a whole User-Agent)."""
        found = self.groups.get(_token(agent)) or self.groups.get(ANYBODY)
        return found or RobotsGroup()


CLOSED = Robots(is_closed=True)
"""What holds while a robots.txt that may exist could never be read."""


def robots_of(body: bytes) -> Robots:
    """The rules of a document; whatever is no line of robots.txt is passed over, as the RFC wants."""
    text = _read(body)
    groups: dict[str, RobotsGroup] = {}
    licences: list[str] = []
    named: list[RobotsGroup] = []
    is_naming = False
    for number, key, value in _lines(text):
        if key in _USER_AGENT:
            group = groups.setdefault(_token(value), RobotsGroup())
            named = [*(each for each in named if is_naming and each is not group), group]
            is_naming = True
        elif key == "license":
            licences += [value] if value and len(licences) < MAX_LICENCES else []
        elif _added(named, number, key, value):
            is_naming = False
    return Robots(groups=groups, licences=tuple(licences))


def may_fetch(robots: Robots, agent: str, path: str) -> bool:
    """Whether the agent of this product token may ask for the path (or URL)."""
    return robots_refusal(robots, agent, path) is None


def robots_refusal(robots: Robots, agent: str, path: str) -> PageRefusal | None:
    """Why it may not, with the line that says so; None if it may. The longest pattern decides, on a tie `Allow`."""
    if robots.is_closed:
        return _refusal("robots.txt of this host could not be read, so nothing of it is asked for")
    group, wanted = robots.group_for(agent), path_of(path)
    if wanted == "/robots.txt":
        return None
    found = [rule for rule in group.rules if rule.pattern.matches(wanted)]
    rule = max(found, key=lambda each: (each.pattern.octets, each.is_allowing), default=None)
    if rule is not None and not rule.is_allowing:
        return _refusal(f'robots.txt forbids it: "Disallow: {rule.written[:100]}" in line {rule.line}')
    if group.signals.get("search") == "no":
        return _refusal('robots.txt forbids it: "Content-Signal: search=no"')
    return None


def _refusal(reason: str) -> PageRefusal:
    return PageRefusal(kind=PageRefusalKind.ROBOTS, reason=reason)


def _read(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        cut = body[:MAX_BYTES]
        body = cut[: max(cut.rfind(b"\n"), cut.rfind(b"\r")) + 1]
    return body.decode("utf-16" if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig", "replace")


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Number, key in lower case, and value. A colon may be missing, as crawlers forgive it."""
    for number, line in enumerate(_LINE_END.split(text), 1):
        words = line.partition("#")[0].strip()
        key, colon, value = words.partition(":")
        if not colon:
            key, _, value = words.partition(" ")
        if key:
            yield number, key.strip().lower(), value.strip()


def _token(value: str) -> str:
    """The product token: `News-Monitor/2.1 (+…)` is news-monitor. What has none names nobody."""
    if value.startswith(ANYBODY):
        return ANYBODY
    found = _TOKEN.match(value)
    return found[0].lower() if found else ""


def _added(groups: list[RobotsGroup], number: int, key: str, value: str) -> bool:
    """Add a line to the groups it is for; whether it was a rule, after which a `User-agent` begins other groups."""
    if key in _DISALLOW or key == "allow":
        if value:
            rule = RobotsRule(pattern=PathPattern.of(value), is_allowing=key == "allow", line=number, written=value)
            for group in groups:
                group.rules.append(rule)
        return True
    if key == "crawl-delay" and _NUMBER.fullmatch(value):
        for group in groups:
            group.delay_seconds = max(group.delay_seconds, min(float(value), LONGEST_DELAY_SECONDS))
    elif key == "content-signal":
        said = [each.partition("=") for each in value.lower().split(",")]
        for group in groups:
            group.signals |= {use.strip(): answer.strip() for use, _, answer in said}
    return False
