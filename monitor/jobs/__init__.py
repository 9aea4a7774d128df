"""The flow: it calls the stages in order and decides nothing.

    refresh    fetch → parse → reconcile → match → store     one transaction per feed
    publish    slots → cluster → digest → render → compose   one transaction per edition
    deliver    deliver                                       committed before and after each message
    notes      what the operator should know                 one transaction per mail
    maintain   archive, prune, checkpoint
    rematch    stored articles, when topics changed

The database is the only hand-off between these jobs, so a crash at any line loses nothing. One feed,
digest or message that fails never stops the others.
"""

from monitor.jobs.deliver import Unsettled, cancel, deliver_due, recover, resend, retry, send_now, send_test, settle
from monitor.jobs.maintain import maintain_due
from monitor.jobs.notes import notes_due
from monitor.jobs.publish import (
    EDITION_LIMIT,
    Draft,
    draft_edition,
    grouping,
    preview_edition,
    publish_due,
    publishers,
)
from monitor.jobs.publish_gate import PublishGate, rest_after
from monitor.jobs.refresh import OnPolled, ignore_report, poll_by_hand, poll_once, refresh_due
from monitor.jobs.rematch import rematch, take_up
from monitor.jobs.stages import Stages

__all__ = [
    "EDITION_LIMIT",
    "Draft",
    "OnPolled",
    "PublishGate",
    "Stages",
    "Unsettled",
    "cancel",
    "deliver_due",
    "draft_edition",
    "grouping",
    "ignore_report",
    "maintain_due",
    "notes_due",
    "poll_by_hand",
    "poll_once",
    "preview_edition",
    "publish_due",
    "publishers",
    "recover",
    "refresh_due",
    "rematch",
    "resend",
    "rest_after",
    "retry",
    "send_now",
    "send_test",
    "settle",
    "take_up",
]
