"""compose: the letters of an edition, one for each recipient."""

from dataclasses import dataclass
from urllib.parse import quote

from monitor.deliver.message import list_id, message_id
from monitor.model.delivery import Letter
from monitor.model.edition import Edition, Rendered
from monitor.model.rollup import RollUp


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWriter:
    """Addresses rendered editions."""

    sender: str
    unsubscribe_url: str
    """With the placeholders {recipient} and {list}; "" for none."""

    def letter(self, edition: Edition | RollUp, rendered: Rendered, recipient: str) -> Letter:
        """The letter to this recipient: the same edition always has the same Message-ID."""
        return Letter(
            message_id=message_id(edition.digest, edition.kind, edition.slot, recipient, self.sender),
            list_id=list_id(edition.digest, self.sender),
            recipient=recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            date=edition.moment,
            attachment=rendered.rest,
            unsubscribe_url=self._unsubscribe_url(edition, recipient),
        )

    def _unsubscribe_url(self, edition: Edition | RollUp, recipient: str) -> str:
        blanks = {"{recipient}": recipient, "{list}": list_id(edition.digest, self.sender).strip("<>")}
        url = self.unsubscribe_url
        for blank, value in blanks.items():
            url = url.replace(blank, quote(value, safe=""))
        return url
