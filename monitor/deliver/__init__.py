"""The channels that send finished messages. A new channel is one file here and one line in `KINDS`.

A channel composes bytes once and hands over exactly those bytes, however often it is asked to.
What an answer means for the delivery is not decided here but in `policy.retry`, and nothing here knows
of topics or the database.
"""

from monitor.deliver.by_apprise import AppriseChannel
from monitor.deliver.channel import (
    Channel,
    ChecksConnection,
    ChecksReach,
    ChecksSender,
    KindOfChannel,
    KnowsSpellings,
    ReportsSteps,
    WarnsOfSettings,
    copy_of_copy,
    is_brief,
    is_local,
    redacted,
    send_timeout,
    sender_of_batch,
    server_of,
)
from monitor.deliver.mail.maildir import MaildirChannel
from monitor.deliver.mail.plain_copy import BARE, UNLINKED
from monitor.deliver.mail.sendmail import SendmailChannel
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.deliver.matrix import MatrixChannel
from monitor.deliver.ntfy import NtfyChannel
from monitor.deliver.webhook import WebhookChannel

__all__ = [
    "KINDS",
    "WITHOUT_LINKS",
    "Channel",
    "ChecksConnection",
    "ChecksReach",
    "ChecksSender",
    "KindOfChannel",
    "KnowsSpellings",
    "ReportsSteps",
    "WarnsOfSettings",
    "copy_of_copy",
    "is_brief",
    "is_local",
    "redacted",
    "send_timeout",
    "sender_of_batch",
    "server_of",
]

KINDS: dict[str, type[KindOfChannel]] = {
    "apprise": AppriseChannel,
    "maildir": MaildirChannel,
    "matrix": MatrixChannel,
    "ntfy": NtfyChannel,
    "sendmail": SendmailChannel,
    "smtp": SmtpChannel,
    "webhook": WebhookChannel,
}

WITHOUT_LINKS = (UNLINKED, BARE)
"""The forms of a refused message that lack links."""
