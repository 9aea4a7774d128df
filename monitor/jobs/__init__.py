"""The flow: each job is an object with everything it needs. It calls the stages in order and decides nothing.

    poller           fetch → parse → reconcile → match → store     one transaction per feed
    page_reader      pages behind articles                         before and after each page
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

from dataclasses import dataclass

from monitor.jobs.alerter import Alerter
from monitor.jobs.archive_writer import ArchiveWriter
from monitor.jobs.editor import Draft, Editor
from monitor.jobs.indexer import Indexer
from monitor.jobs.keeper import Keeper
from monitor.jobs.learner import Learner
from monitor.jobs.licences import TextRemover
from monitor.jobs.operator_notes import OperatorNotes
from monitor.jobs.outbox import Outbox, Unsettled
from monitor.jobs.outgoing_writer import OutgoingWriter
from monitor.jobs.page_reader import PageReader
from monitor.jobs.poller import OnPolled, Poller, ignore_report
from monitor.jobs.publish_gate import PublishGate
from monitor.jobs.publisher import EDITION_LIMIT, Publisher
from monitor.jobs.redactor import Redactor
from monitor.jobs.rematcher import Rematcher
from monitor.jobs.remover import Remover
from monitor.model.clock import Clock
from monitor.progress import Progress
from monitor.store import Store

__all__ = [
    "EDITION_LIMIT",
    "Alerter",
    "ArchiveWriter",
    "Draft",
    "Editor",
    "Indexer",
    "Jobs",
    "Keeper",
    "Learner",
    "OnPolled",
    "OperatorNotes",
    "Outbox",
    "OutgoingWriter",
    "PageReader",
    "Poller",
    "PublishGate",
    "Publisher",
    "Redactor",
    "Rematcher",
    "Remover",
    "TextRemover",
    "Unsettled",
    "ignore_report",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """All jobs for one store and one config; `daemon.build` makes them, and a reload makes new ones."""

    clock: Clock
    progress: Progress
    store: Store
    poller: Poller
    page_reader: PageReader
    publisher: Publisher
    alerter: Alerter
    outbox: Outbox
    operator_notes: OperatorNotes
    keeper: Keeper
    rematcher: Rematcher
    learner: Learner
    indexer: Indexer
    remover: Remover
