"""What commands ask for, done: by the command itself, or by the daemon that runs beside it.

Requests and outcomes are plain JSON objects, because they cross processes as rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import structlog

from monitor.errors import NewsMonitorError, UsageError
from monitor.jobs import (
    OnPolled,
    Stages,
    Unsettled,
    cancel,
    ignore_report,
    poll_by_hand,
    refresh_due,
    resend,
    retry,
    send_now,
    send_test,
)
from monitor.model.delivery import Delivery
from monitor.model.feed_update import PollReport
from monitor.model.requests import Request

Payload = dict[str, Any]

log = structlog.get_logger(__name__)


def outcome_of(request: Request, work: Callable[[Payload], Payload]) -> Payload:
    """What `work` makes of it, or {"error": words} if that fails; `is_usage`: who asked has made a mistake."""
    try:
        return work(request.arguments)
    except NewsMonitorError as error:
        return {"error": str(error), "is_usage": isinstance(error, UsageError)}
    except Exception as error:
        log.exception("request failed", kind=request.kind)
        return {"error": str(error)}


async def poll_request(stages: Stages, payload: Payload, on_polled: OnPolled = ignore_report) -> Payload:
    """What `poll` asks for: {"urls": […], "due": bool} → {"reports": […]}."""
    reports: list[PollReport] = []

    def heard(report: PollReport) -> None:
        reports.append(report)
        on_polled(report)

    if payload["due"]:
        await refresh_due(stages, heard, is_once=True)
    else:
        reports += await poll_by_hand(stages, payload["urls"], on_polled)
    return {"reports": [{**asdict(each), "next_poll_at": each.next_poll_at.isoformat()} for each in reports]}


def send_request(
    stages: Stages, payload: Payload, unsettled: Unsettled, is_stopping: Callable[[], bool] = lambda: False
) -> Payload:
    """What `digest send` asks for: {"digest": name, "test": bool} → {"deliveries": […]}. Raises UsageError."""
    name = payload["digest"]
    digest = next((digest for digest in stages.digests if digest.name == name), None)
    if digest is None:
        raise UsageError(f'No digest "{name}" is enabled in the config that runs; reload it (SIGHUP) or see `check`.')
    sent = send_test(stages, digest) if payload["test"] else send_now(stages, digest, unsettled, is_stopping)
    return {"deliveries": _outcomes(sent)}


def retry_request(
    stages: Stages, payload: Payload, unsettled: Unsettled, is_stopping: Callable[[], bool] = lambda: False
) -> Payload:
    """What `deliveries retry` asks for: {"ids": […]} → {"deliveries": […]}. Raises UsageError."""
    return {"deliveries": _outcomes(retry(stages, payload["ids"], unsettled, is_stopping))}


def resend_request(
    stages: Stages, payload: Payload, unsettled: Unsettled, is_stopping: Callable[[], bool] = lambda: False
) -> Payload:
    """What `digest resend` asks for: {"edition": id, "to": […]} → {"deliveries": […]}. Raises UsageError."""
    return {"deliveries": _outcomes(resend(stages, payload["edition"], payload["to"], unsettled, is_stopping))}


def cancel_request(stages: Stages, payload: Payload) -> Payload:
    """What `deliveries cancel` asks for: {"ids": […]} → {"deliveries": […]}. Raises UsageError."""
    return {"deliveries": _outcomes(cancel(stages, payload["ids"]))}


def _outcomes(deliveries: Sequence[Delivery]) -> list[Payload]:
    keys = ("id", "recipient", "state", "answer")
    return [{key: getattr(each, key) for key in keys} for each in deliveries]
