"""store, render, deliver → editions that were made, without the words of some articles: their pages and messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.deliver import Channel, redacted
from monitor.deliver.routes import towards
from monitor.model.ids import ArticleId, DeliveryId, EditionId
from monitor.progress import Progress
from monitor.render.redaction import Redaction
from monitor.store import Store

TIDIED = 100
"""Steps of a tenth of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redactor:
    """Takes words out of editions. What is written to the archive is the archive writer's work."""

    progress: Progress
    store: Store
    channel: Channel

    def redact(
        self, ids: Sequence[ArticleId], whole: Redaction, edition_ids: Iterable[EditionId]
    ) -> dict[EditionId, int]:
        """Those of the editions that said something of these articles, each with the number of messages that did."""
        removal = self.store.removal
        found: dict[EditionId, int] = {}
        for edition_id in edition_ids:
            redaction = whole.beside(removal.words(removal.others_in(edition_id, ids)))
            page = self.store.editions.page(edition_id)
            without = redaction.page(page)
            messages = sum(
                self._redact_message(redaction, message, recipient)
                for message, recipient in removal.messages(edition_id)
            )
            if without != page:
                removal.rewrite_page(edition_id, without)
            if messages or without != page:
                found[edition_id] = messages
            self.progress.sign_of_life()
        for message, recipient in removal.alert_messages(ids):
            self._redact_message(whole, message, recipient)
        return found

    def _redact_message(self, redaction: Redaction, message: DeliveryId, recipient: str) -> bool:
        """Whether the message said something of them."""
        body = self.store.removal.body(message)
        without = redacted(towards(self.channel, recipient), body, redaction.plain, redaction.page)
        if without != body:
            self.store.removal.rewrite_message(message, without)
        self.progress.sign_of_life()
        return without != body

    def sweep(self) -> None:
        """Empty the log of the database, and join the parts of the index, which have old words until then: of a large
        index a part now, and the rest as after every batch.
        """
        self.store.database.checkpoint()
        for _ in range(TIDIED):
            if not self.store.searching.tidy(is_overwritten=True):
                return
            self.progress.sign_of_life()
