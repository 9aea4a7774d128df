"""What a recipient may do with their own messages: pause them for some time, stop them, or have them again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.people import Pause
from monitor.store.people import PeopleStore

SPANS: dict[str, timedelta | None] = {"week": timedelta(days=7), "month": timedelta(days=28), "stop": None}
"""By the name of a button, how long nothing comes; None for good."""


@dataclass(frozen=True, slots=True)
class Pausing:
    """The messages of one subject to one recipient."""

    people: PeopleStore
    recipient: str
    subject: str
    now: datetime

    def state(self) -> Pause | None:
        """The pause that lasts now; None if they get these messages."""
        found = self.people.paused(self.now, self.subject)
        return next((each for each in found if each.recipient == self.recipient), None)

    def change(self, do: str) -> bool:
        """Do what a button says. Returns whether there is such a button."""
        if do == "resume":
            self.people.resume(self.recipient, self.subject)
        elif do in SPANS:
            span = SPANS[do]
            until = self.now + span if span else None
            pause = Pause(recipient=self.recipient, subject=self.subject, since=self.now, until=until)
            self.people.pause(pause)
        else:
            return False
        return True


def lasts(pause: Pause | None, now: datetime) -> str:
    """How long a pause lasts, as a clause; "" for none."""
    if pause is None:
        return ""
    if pause.until is None:
        return "until somebody asks for them again"
    days = max(1, round((pause.until - now) / timedelta(days=1)))
    return f"for {days} more day{'' if days == 1 else 's'}"
