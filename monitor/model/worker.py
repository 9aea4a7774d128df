"""Processes that share one database: who polls, who delivers, who leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

WorkerId = NewType("WorkerId", int)
"""Given once and to no other process: what a worker writes, it writes under this number."""


class Duty(StrEnum):
    """What a process does."""

    POLL = "poll"
    DELIVER = "deliver"
    LEAD = "lead"
    """Publishes, alerts, keeps the store, and does what no other process does."""


class LeaseKind(StrEnum):
    """Of what only one worker has to do with at a time."""

    HOST = "host"
    """The name of a host that is asked."""
    RECIPIENT = "recipient"
    """Whoever is sent messages, in their order."""


DOES = {Duty.POLL: "polls", Duty.DELIVER: "delivers"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStanding:
    """One process, as the store has it."""

    id: WorkerId
    """The fencing token."""
    name: str
    """Of its sessions: its machine and its number there."""
    duties: tuple[Duty, ...]
    """What it was started for."""
    leads: bool
    """Whether it leads now."""
    is_waiting: bool
    """Whether it polls nothing because its topics are not those of the process that leads."""
    hosts: int
    """How many hosts it has for itself now."""
    version: str
    """Of the program that it runs."""
    started_at: datetime
    """On the server's clock, as the next one."""
    seen_at: datetime
    """When it last gave a sign of life."""
    silent_for: timedelta
    """Since it was last heard of."""

    @property
    def sentence(self) -> str:
        """What it does, in words."""
        does = [DOES[duty] for duty in self.duties if duty is not Duty.LEAD]
        if self.leads:
            does.insert(0, "leads")
        said = ", ".join(does) or "waits to lead"
        hosts = f" ({self.hosts} hosts now)" if self.hosts else ""
        waits = "; waits until its topics are those of the process that leads" if self.is_waiting else ""
        return f"{said}{hosts}{waits}; {self.name}, heard of {round(self.silent_for.total_seconds())} s ago"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What a worker learns when it says that it lives."""

    is_ours: bool
    """False if it has been declared dead: it must write nothing more."""
    topics: str
    """By what articles are matched; "" while nobody may store any."""
    others: frozenset[Duty]
    """What other processes do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A host that is had for one request."""

    asked_at: datetime | None = None
    """When it was asked last, by whichever process; None if it was not lately."""
    holds: Mapping[str, datetime]
    """Until when each origin that asked for quiet is left alone."""
