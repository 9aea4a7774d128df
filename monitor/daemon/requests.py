"""Carries out requests of commands, in the command itself or in the running daemon. One table for both."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from monitor.errors import NewsMonitorError, UsageError
from monitor.jobs import Jobs
from monitor.jobs.poll_report import OnPolled, ignore_report
from monitor.log import logger
from monitor.model.delivery import Delivery
from monitor.model.feed_update import PollReport
from monitor.model.ids import EditionId
from monitor.model.requests import (
    AnyRequest,
    CancelRequest,
    ForgetRequest,
    LearnRequest,
    Outcome,
    PollRequest,
    ReindexRequest,
    ReleaseRequest,
    ReloadRequest,
    RequestKind,
    ResendRequest,
    RetryRequest,
    SendRequest,
    StoredRequest,
    kind_of,
)
from monitor.model.settings import DigestSettings

log = logger(__name__)


def _no_daemon() -> Outcome:
    raise UsageError("Only a running daemon reads its config again; each command reads it when it starts.")


def _run(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    return asyncio.run(work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The environment in which a request is carried out."""

    jobs: Jobs
    on_polled: OnPolled = ignore_report
    is_stopping: Callable[[], bool] = lambda: False
    run: Callable[[Coroutine[Any, Any, Outcome]], Outcome] = _run
    """Runs asynchronous work to its end; the daemon's version gives up when the daemon is stopped."""
    reload: Callable[[], Outcome] = _no_daemon
    """Reads the config again; what `daemon.reload` says of it."""


def done(context: Context, request: AnyRequest) -> Outcome:
    """The outcome of a request. Raises UsageError if the person who asked made a mistake."""
    return HANDLERS[kind_of(request)](context, request)


def outcome_of(context: Context, request: StoredRequest) -> Outcome:
    """The outcome of a request, or {"error": words} if it fails; `is_usage`: the person who asked made a mistake."""
    try:
        return done(context, request.asked)
    except NewsMonitorError as error:
        return {"error": str(error), "is_usage": isinstance(error, UsageError)}
    except Exception as error:
        log.exception("request failed", kind=request.kind)
        return {"error": str(error)}


def _poll(context: Context, request: PollRequest) -> Outcome:
    return context.run(_polled(context, request))


async def _polled(context: Context, request: PollRequest) -> Outcome:
    reports: list[PollReport] = []

    def keep(report: PollReport) -> None:
        reports.append(report)
        context.on_polled(report)

    if request.due and request.whole:
        raise UsageError("poll --due asks each feed as its next poll would; --whole is for feeds that you name.")
    if request.due and not context.jobs.store.feeds.has_due(context.jobs.clock.now()):
        return {"reports": []}  # the jobs of a poll, and all that they import, are not even made
    if request.due:
        await context.jobs.poller.run(keep, is_once=True)
    else:
        reports += await context.jobs.poller.by_hand(request.urls, context.on_polled, is_whole=request.whole)
    return {"reports": [{**asdict(each), "next_poll_at": each.next_poll_at.isoformat()} for each in reports]}


def _send(context: Context, request: SendRequest) -> Outcome:
    jobs, digest = context.jobs, _digest(context, request.digest)
    if others := [each for each in request.to if each not in digest.to]:
        raise UsageError(f'"{digest.name}" does not go to {others[0]}; a test goes to its recipients.')
    if request.test:
        draft = jobs.publisher.editor.draft(digest, is_test=True)
        wanted = request.to or [each for each in digest.to if each not in draft.paused]
        return _deliveries(jobs.outbox.try_out([each for each in draft.letters if each.recipient in wanted]))
    return _delivered(context, jobs.publisher.publish(digest))


def _release(context: Context, request: ReleaseRequest) -> Outcome:
    digest = _digest(context, request.digest)
    return _delivered(context, context.jobs.publisher.release(digest, request.version))


def _digest(context: Context, name: str) -> DigestSettings:
    for each in context.jobs.publisher.digests:
        if each.name == name:
            return each
    raise UsageError(f'No digest "{name}" is enabled in the running config; run `news-monitor reload`, or `check`.')


def _delivered(context: Context, edition_id: EditionId | None) -> Outcome:
    """What happened to the messages of an edition that was just published."""
    if edition_id is None:
        return _deliveries(())
    context.jobs.outbox.run(context.is_stopping)
    return _deliveries(context.jobs.store.deliveries.of_edition(edition_id))


def _resend(context: Context, request: ResendRequest) -> Outcome:
    return _deliveries(context.jobs.outbox.resend(request.edition, request.to, context.is_stopping))


def _retry(context: Context, request: RetryRequest) -> Outcome:
    return _deliveries(context.jobs.outbox.retry(request.ids, context.is_stopping))


def _cancel(context: Context, request: CancelRequest) -> Outcome:
    return _deliveries(context.jobs.outbox.cancel(request.ids))


def _learn(context: Context, _: LearnRequest) -> Outcome:
    days = context.jobs.learner.again(context.is_stopping)
    if context.is_stopping():
        raise NewsMonitorError("The daemon is being stopped; it continues when it runs again.")
    return {"days": days}


def _forget(context: Context, request: ForgetRequest) -> Outcome:
    return asdict(context.jobs.remover.run(request.ids, context.is_stopping))


def _reindex(context: Context, _: ReindexRequest) -> Outcome:
    context.jobs.indexer.again()
    return {}


def _reload(context: Context, _: ReloadRequest) -> Outcome:
    return context.reload()


HANDLERS: dict[RequestKind, Callable[[Context, Any], Outcome]] = {
    RequestKind.POLL: _poll,
    RequestKind.SEND: _send,
    RequestKind.RELEASE: _release,
    RequestKind.RESEND: _resend,
    RequestKind.RETRY: _retry,
    RequestKind.CANCEL: _cancel,
    RequestKind.LEARN: _learn,
    RequestKind.FORGET: _forget,
    RequestKind.REINDEX: _reindex,
    RequestKind.RELOAD: _reload,
}


def _deliveries(deliveries: Sequence[Delivery]) -> Outcome:
    keys = ("id", "recipient", "state", "answer")
    return {"deliveries": [{key: getattr(each, key) for key in keys} for each in deliveries]}
