"""Requests feed documents from servers: conditional GET, address policy, limits, politeness.

    turns → targets → resolver → addresses → headers → (httpx) → network → body → outcome

The only package that uses httpx. It does not decide *when* a feed is polled (`polling`), does not
look into a document (`parse`) and stores nothing; the result is a `model.fetch.FetchOutcome`.
"""

from monitor.fetch.connectivity import check_reachable
from monitor.fetch.fetcher import Fetcher, Session
from monitor.fetch.headers import user_agent
from monitor.fetch.host_limiter import HostBusy, Shared, alone
from monitor.fetch.resolver import Resolve

__all__ = ["Fetcher", "HostBusy", "Resolve", "Session", "Shared", "alone", "check_reachable", "user_agent"]
