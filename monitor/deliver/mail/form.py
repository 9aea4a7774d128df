"""What the channels of mail have in common: everything but the way by which a message leaves."""

from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from monitor.deliver.mail.address import bare_address
from monitor.deliver.mail.advice import ACCEPTED, advice
from monitor.deliver.mail.message import compose_message, mail_id, mailbox
from monitor.deliver.mail.plain_copy import second_form, third_form
from monitor.deliver.mail.redacted import redacted
from monitor.deliver.mail.resent import resent
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, Letter, NewDelivery


class MailForm:
    """The base of a channel of mail. `sender` is the From line: `Name <user@domain>`, or the address alone."""

    __slots__ = ()

    sender: str

    @staticmethod
    def recipient(text: str) -> str:
        return bare_address(text)

    @staticmethod
    def identity(recipient: str) -> str:
        return mailbox(recipient)

    def message_id(self, key: str) -> str:
        return mail_id(key, self.sender)

    def compose(self, letter: Letter) -> bytes:
        return compose_message(letter, self.sender)

    def copy_after_refusal(self, delivery: Delivery) -> NewDelivery | None:
        """The same without the links that the server named, or as plain text."""
        return second_form(delivery, self.sender)

    def copy_of_copy(self, delivery: Delivery) -> NewDelivery | None:
        return third_form(delivery, self.sender)

    def resent(self, delivery: Delivery, recipient: str, mark: str, now: datetime) -> NewDelivery:
        return resent(delivery, recipient, mark, now, self.sender)

    def redacted(self, body: bytes, plain: Callable[[str], str], page: Callable[[str], str]) -> bytes:
        return redacted(body, plain, page)

    def advice(self, error: DeliveryError | None) -> str:
        return ACCEPTED if error is None else advice(error)

    def described(self, body: bytes) -> Mapping[str, str]:
        """Its headers, decoded."""
        message = BytesParser(EmailMessage, policy=default).parsebytes(body, headersonly=True)
        return dict(message.items())

    def text_of(self, body: bytes) -> str:
        part = BytesParser(EmailMessage, policy=default).parsebytes(body).get_body(("plain",))
        try:
            return "" if part is None else str(part.get_content())
        except LookupError:  # an encoding or a kind of content that nobody knows: none of our making
            return ""
