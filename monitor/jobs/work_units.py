"""The units of work that may be set aside: what identifies each, and whether it is set aside now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import ParamSpec, TypeVar

from monitor.model.clock import Clock
from monitor.model.feed_update import FeedState
from monitor.model.ids import ArticleId
from monitor.model.setback import Setback
from monitor.model.settings import DigestSettings, FeedSettings
from monitor.policy.setting_aside import is_left_alone
from monitor.progress import Progress, Unit
from monitor.store import Store

Params = ParamSpec("Params")
Result = TypeVar("Result")

POLL, EDITION, REMATCH, PAGE = "poll", "edition", "rematch", "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkUnits:
    """Names units of work and runs them where a crash can be traced to them (docs/decisions/0028)."""

    clock: Clock
    progress: Progress
    store: Store
    fingerprints: Mapping[str, str]
    """The fingerprints of topics, by name: if a topic changes, the unit counts as different work."""

    def poll(self, state: FeedState, feed: FeedSettings, body: str = "") -> Unit:
        """Processing a feed's document, up to its rows; `body` is the hash of the document."""
        return Unit(kind=POLL, key=state.url, given=self._fingerprint(body, repr(feed)))

    def edition(self, digest: DigestSettings) -> Unit:
        """Making the edition from what is stored; a later match makes it a different unit."""
        last = self.store.edition_input.high_water().matches
        return Unit(kind=EDITION, key=digest.name, given=self._fingerprint(repr(digest), str(last)))

    def rematch(self, article_id: ArticleId) -> Unit:
        """Matching one stored article again."""
        return Unit(kind=REMATCH, key=str(article_id), given=self._fingerprint())

    def page(self, article_id: ArticleId) -> Unit:
        """Matching the text of the page behind one article."""
        return Unit(kind=PAGE, key=str(article_id), given=self._fingerprint())

    def setback(self, unit: Unit) -> Setback | None:
        """Why the unit is set aside now; None if it is not."""
        setback = self.store.setbacks.of(unit)
        return setback if setback and is_left_alone(setback, unit.given, self.clock.now()) else None

    def run(self, unit: Unit, work: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs) -> Result:
        """The result of `work`, a part of the unit that waits for nothing."""
        with self.progress.at_work(unit):
            return work(*args, **kwargs)

    def succeeded(self, unit: Unit) -> None:
        """The unit did not end the process this time: forget its setbacks."""
        self.store.setbacks.over(unit)

    def _fingerprint(self, *parts: str) -> str:
        topics = sorted(self.fingerprints.items())
        return sha256(repr((parts, topics)).encode()).hexdigest()[:32]
