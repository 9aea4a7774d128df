"""The flow: each job is an object with everything it needs. It calls the stages in order and decides nothing.

    poller           fetch → parse → reconcile → match → store     one transaction per feed
    page_reader      pages behind articles                         before and after each page
    page_matcher     match, in the texts of pages                  one transaction per page
    publisher        slots → cluster → digest → render → compose   one transaction per edition
    alerter          what cannot wait → cluster → render → compose  one transaction per recipient
    outbox           deliver                                       committed before and after each message
    operator_notes   what the operator should know                 one transaction per mail
    keeper           archive, prune, remove texts for licences, checkpoint, back up, check
    rematcher        stored articles, when topics changed
    learner          what resembled topics on past days
    indexer          the index of searches
    outgoing         feeds for the readers of others, by publisher, keeper and remover
    remover          articles that their owner removes, when somebody asks

Each job has one public method that runs it, `run`. A job holds the clock, because a round of polls or a batch of mails
takes minutes and asks for the time repeatedly (docs/decisions/0047). Jobs exchange data only through the database, so a
crash at any line loses nothing. If one feed, digest or message fails, the others go on.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.jobs.alerter import Alerter
    from monitor.jobs.indexer import Indexer
    from monitor.jobs.keeper import Keeper
    from monitor.jobs.learner import Learner
    from monitor.jobs.membership import Membership
    from monitor.jobs.operator_notes import OperatorNotes
    from monitor.jobs.outbox import Outbox
    from monitor.jobs.page_matcher import PageMatcher
    from monitor.jobs.page_reader import PageReader
    from monitor.jobs.poller import Poller
    from monitor.jobs.publisher import Publisher
    from monitor.jobs.rematcher import Rematcher
    from monitor.jobs.remover import Remover
    from monitor.model.clock import Clock
    from monitor.progress import Progress
    from monitor.store import Store


class Jobs:
    """All jobs for one store and one config; `daemon.build` says how each is made, and a reload makes new ones.

    A job is made, and what it needs imported, when it is first asked for: a command needs one or two. What runs for
    months asks for all at once (`all_made`): it must not import a file of a version that was installed meanwhile.
    """

    poller: "Poller"
    page_reader: "PageReader"
    page_matcher: "PageMatcher"
    publisher: "Publisher"
    alerter: "Alerter"
    outbox: "Outbox"
    operator_notes: "OperatorNotes"
    keeper: "Keeper"
    rematcher: "Rematcher"
    learner: "Learner"
    indexer: "Indexer"
    remover: "Remover"

    def __init__(
        self,
        clock: "Clock",
        progress: "Progress",
        store: "Store",
        makers: Mapping[str, Callable[[], Any]],
        membership: "Membership",
    ) -> None:
        """`makers`: how each job is made, by its name. `membership`: this process among those of the database."""
        self.clock = clock
        self.progress = progress
        self.store = store
        self.makers = makers
        self.membership = membership

    def __getattr__(self, name: str) -> Any:
        """The job of this name, if it was not made yet. Raises AttributeError."""
        make = self.__dict__.get("makers", {}).get(name)
        if make is None:
            raise AttributeError(f"There is no job {name!r}.")
        job = make()
        setattr(self, name, job)
        return job

    def all_made(self) -> "Jobs":
        """The same, with all jobs made and all groups of the store at hand."""
        self.store.all_made()
        for name in self.makers:
            getattr(self, name)
        return self
