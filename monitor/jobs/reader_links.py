"""The links in mails by which a recipient pauses them: signed by a key of the store, so that they last."""

from dataclasses import dataclass

from monitor.signed_links import PATH, signed
from monitor.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLinks:
    """Makes links, where people can open the page."""

    store: Store
    public_url: str
    """Where they open it, without a slash at its end; "" if they cannot."""

    def link(self, recipient: str, subject: str) -> str:
        """The address for what this recipient gets under this subject; "" if there is none."""
        key = self.store.people.link_key() if self.public_url else b""
        return f"{self.public_url}{PATH}{signed(key, recipient, subject)}" if key else ""
