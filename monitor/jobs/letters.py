"""compose: the letters of an edition, one for each recipient."""

from dataclasses import dataclass

from monitor.deliver import Channel
from monitor.deliver.keys import message_key
from monitor.model.delivery import Letter
from monitor.model.edition import Edition, Rendered
from monitor.model.rollup import RollUp


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWriter:
    """Addresses rendered editions."""

    channel: Channel
    unsubscribe_url: str
    """With the placeholders {recipient} and {list}; "" for none."""

    def letter(self, edition: Edition | RollUp, rendered: Rendered, recipient: str, *, generation: str = "") -> Letter:
        """The letter to this recipient: the same edition of the same generation always has the same id. `edition` is
        as readers may see it.
        """
        key = message_key(edition.digest, edition.kind, edition.slot, recipient, generation)
        return Letter(
            message_id=self.channel.message_id(key),
            digest=edition.digest,
            recipient=recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            date=edition.moment,
            attachment=rendered.rest,
            edition=edition,
            unsubscribe_url=self.unsubscribe_url,
        )
