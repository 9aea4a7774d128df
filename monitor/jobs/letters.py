"""compose: the letters of an edition, one for each recipient."""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.deliver import Channel
from monitor.deliver.keys import message_key
from monitor.deliver.routes import towards
from monitor.model.delivery import Letter
from monitor.model.edition import Edition, Rendered
from monitor.model.people import subject_of
from monitor.model.rollup import RollUp


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWriter:
    """Addresses rendered editions."""

    channel: Channel
    unsubscribe_url: str
    """With the placeholders {recipient} and {list}; "" for none."""
    link_of: Callable[[str, str], str] = lambda _recipient, _subject: ""
    """The address by which a recipient pauses what a subject names; "" for none."""
    page_of: Callable[[str, str], str] = lambda _digest, _slot: ""
    """The address of an edition's page for its readers; "" if they can open none."""

    def letter(self, edition: Edition | RollUp, rendered: Rendered, recipient: str, *, generation: str = "") -> Letter:
        """The letter to this recipient: the same edition of the same generation always has the same id. `edition` is
        as readers may see it.
        """
        key = message_key(edition.digest, edition.kind, edition.slot, recipient, generation)
        return Letter(
            message_id=towards(self.channel, recipient).message_id(key),
            digest=edition.digest,
            recipient=recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            date=edition.moment,
            attachment=rendered.rest,
            page=self.page_of(edition.digest, edition.slot),
            edition=edition,
            unsubscribe_url=self.unsubscribe_url,
            pause_url=self.link_of(recipient, subject_of(edition.digest)),
        )
