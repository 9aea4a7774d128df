"""Housekeeping: what grows is kept bounded, and what could not be archived is tried again."""

from datetime import timedelta

from monitor.pipeline.publish import archive_due
from monitor.pipeline.stages import Stages

LEDGER_KEPT = timedelta(days=90)
REQUESTS_KEPT = timedelta(days=1)


def maintain_due(stages: Stages) -> None:
    """Keep what grows bounded, and write what could not be archived."""
    now = stages.clock.now()
    stages.store.feeds.forget_polls(now - LEDGER_KEPT)
    stages.store.requests.forget(now - REQUESTS_KEPT)
    stages.store.deliveries.forget_attempts(now - LEDGER_KEPT)
    stages.store.notes.forget(now - LEDGER_KEPT)
    archive_due(stages)
    stages.store.database.checkpoint()
